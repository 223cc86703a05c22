"""A report as page and PDF: the same content, whatever departments wrote into it."""

from __future__ import annotations

import html as html_names
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest
import render_kit as kit
from pyhanko.pdf_utils.reader import PdfFileReader

from xinshu.report.model import Chart, ItemPart, Series
from xinshu.report.render import fonts
from xinshu.report.render.charts import chart_svg, nice_ticks, points_svg
from xinshu.report.render.clean import breakable, replacements, visible
from xinshu.report.render.html import html, policy
from xinshu.report.render.pdf import ReportPdfError, pdf, pdf_data, typeset
from xinshu.report.render.sheet import grouped, paired, sheet


class Reader(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def texts_of(data: str) -> list[str]:
    """All texts that the template is given."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(one)

    walk(orjson.loads(data))
    return found


def test_the_page_says_what_the_report_says() -> None:
    report = kit.sample()
    for lang in ("zh", "en"):
        page = read(html(report, lang, kit.ADDRESS))
        notice = report.notices[0].zh if lang == "zh" else report.notices[0].en
        disputed = "异议中" if lang == "zh" else "Disputed"
        for wanted in (
            report.number, "AB12-CD34-EF56-GH78", report.subject.name, report.reader.name, disputed, "2026-04-01",
            "苏州市应急管理局", "62.5%", "江苏示例控股集团有限公司", "连续 36 个月按时缴纳社会保险费", notice,
        ):  # fmt: skip
            assert wanted in page.text, wanted
        assert "176 / 200" in html(report, lang, kit.ADDRESS)
    chinese = read(html(report, "zh", kit.ADDRESS)).text
    assert "需要企业授权,企业没有授权本机构查询此事项" in chinese, "a refusal says why"
    assert "平台没有记录的事项:分支机构信息" in chinese
    for title in ("一、基础信息", "二、行政管理", "三、经营异常", "四、信用评价", "五、数量汇总", "六、说明与权利告知"):
        assert title in chinese


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    hostile = kit.part("<b>事项</b>", ["<i>栏目</i>"] * 2, [kit.row((one, one)) for one in kit.HOSTILE])
    page = html(kit.sample((hostile,)), "zh", kit.ADDRESS)
    seen = read(page)
    names = {tag for tag, _ in seen.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "base", "form", "img", "i", "b"}
    for tag, attributes in seen.tags:
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("src", "href", "style", "action"), (tag, name)
            assert "javascript:" not in (value or "")
    assert "<script>alert(1)</script>" in seen.text, "shown as text"
    assert "{{ 7*7 }}" in seen.text
    assert re.findall(r"https?://[^\s\"<]+", page.replace("http://www.w3.org/2000/svg", "")) == [kit.ADDRESS] * 2
    assert "\u202e" not in page and "\x1b" not in page and "〔U+202E〕反" in seen.text
    assert "default-src 'none'" in policy() and "unsafe" not in policy()


def test_tables_of_the_page_have_captions_and_headers() -> None:
    seen = read(html(kit.sample(), "zh", kit.ADDRESS))
    count = sum(tag == "table" for tag, _ in seen.tags)
    assert count >= 4
    assert sum(tag == "caption" for tag, _ in seen.tags) == count
    assert all(attributes.get("scope") == "col" for tag, attributes in seen.tags if tag == "th")
    assert ("html", {"lang": "zh-CN"}) in seen.tags
    drawings = [attributes["aria-label"] for tag, attributes in seen.tags if attributes.get("role") == "img"]
    assert any("营业总收入:2022 8,200.5" in (label or "") and "2024 无" in (label or "") for label in drawings)


def test_a_pdf_is_the_same_bytes_for_the_same_report() -> None:
    report = kit.sample()
    first = pdf(report, "zh", kit.ADDRESS)
    assert first[:8] == b"%PDF-1.7"
    assert pdf(report, "zh", kit.ADDRESS) == first
    assert pdf(report, "en", kit.ADDRESS) != first


def test_a_pdf_declares_what_it_is() -> None:
    report = kit.sample()
    read_back = PdfFileReader(io.BytesIO(pdf(report, "zh", kit.ADDRESS)))
    root = read_back.root
    metadata = root["/Metadata"].data.decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  (a PDF object)
    assert str(root["/Lang"]).lower().startswith("zh")
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    info = read_back.trailer["/Info"]
    assert report.number in str(info["/Title"]) and str(info["/Author"]) == report.issuer.name
    assert report.content_digest in str(info["/Keywords"])
    assert root["/Pages"]["/Count"] >= 3
    fonts_of_page = root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    for name in fonts_of_page:
        below = fonts_of_page[name]["/DescendantFonts"][0]
        assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"]), "embedded"


def test_no_value_becomes_part_of_the_program() -> None:
    rows = [kit.row((one, one)) for one in kit.HOSTILE]
    for parts in ((kit.part("#表", ["#a", "$b$"], rows),), (kit.part("#单", ["#a", "$b$"], rows[:1]),)):
        report = kit.sample(parts, subject=kit.sample().subject.model_copy(update={"name": "#panic[x] \\ $ 公司"}))
        assert pdf(report, "zh", kit.ADDRESS)[:5] == b"%PDF-"
        said = texts_of(pdf_data(report, "zh", kit.ADDRESS))
        assert '#import "x.typ": *' in said and "#panic[x] \\ $ 公司" in said, "as given, as data"


@pytest.mark.parametrize("name", ["龘䶮𠮷㐂煕", "葛\U000e0100飾", "𰻝𰻝面馆", "ㇰ〆仝", "İşḯ ﷽ ไทย"])
def test_rare_characters_are_printed_or_said(name: str) -> None:
    report = kit.sample(subject=kit.sample().subject.model_copy(update={"name": name}))
    known = fonts.load().characters
    for text in texts_of(pdf_data(report, "zh", kit.ADDRESS)):
        assert all(ord(one) in known or one in "\n\u200b" for one in text), text
    assert pdf(report, "zh", kit.ADDRESS)


def test_what_a_font_lacks_is_said_by_its_code() -> None:
    assert fonts.load().characters >= set(map(ord, "企业信用报告龘䶮𠮷〔〕U+0123456789ABCDEF"))
    table = replacements("好😀\ufe0f", fonts.load().characters)
    assert "好😀\ufe0f".translate(table) == "好〔U+1F600〕"
    assert visible("正\u202e文\x00\u200b") == "正〔U+202E〕文〔U+0000〕〔U+200B〕"
    assert visible("一\u3000二 三\r\n四\u2028五") == "一\u3000二 三 \n四\n五"
    long = "A" * 70
    assert "\u200b" in breakable(long) and breakable(long).replace("\u200b", "") == long
    assert breakable("91320100748204660Q") == "91320100748204660Q"


def test_without_a_font_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontMissingError) as caught:
        fonts.load_from([tmp_path])
    assert caught.value.code == "report_font_missing"
    assert "fonts-noto-cjk" in caught.value.hint and "manimgx-fonts-cjk" in caught.value.hint
    assert fonts.folders(tmp_path)[0].name == "manimgx_fonts_cjk", "the installed one comes first"


def test_thousands_of_rows_are_all_there() -> None:
    rows = [kit.row((f"第 {number} 条", "x", "y", "1.00", "2026-01-01")) for number in range(3_000)]
    report = kit.sample((kit.part("流水", ["摘要", "对方", "事由", "金额(万元)", "日期"], rows),))
    assert "第 2999 条" in html(report, "zh", kit.ADDRESS)
    made = pdf(report, "zh", kit.ADDRESS)
    root = PdfFileReader(io.BytesIO(made)).root
    assert root["/Pages"]["/Count"] > 40
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in root["/Metadata"].data.decode()
    assert len(made) < 2_000_000, "without tags, which would be ten times its text"


def table_of(part: ItemPart) -> dict[str, Any]:
    """The facts of the only part of a report, which come after the charts."""
    blocks = sheet(kit.sample((part,)), "zh", kit.ADDRESS)["sections"][0]["blocks"]
    found: dict[str, Any] = next(block for block in blocks if "form" in block)
    return found


def test_a_table_that_is_too_wide_becomes_records() -> None:
    narrow = table_of(kit.penalties())
    assert (narrow["form"], narrow["size"], narrow["rows"][0]["cells"]) == (
        "table",
        "normal",
        ["宁应急罚〔2026〕0 号", "0.50"],
    )
    assert narrow["same"].startswith("各条相同:处罚机关 南京市应急管理局;"), "said once"
    titles = [f"栏目{number}" for number in range(14)]
    wide = kit.part("宽表", titles, [kit.row(("一" * 12,) * 14)] * 2)
    block = table_of(wide)
    assert block["form"] == "records" and len(block["rows"][0]["lines"]) == 7
    empty = kit.part("空栏", ["有", "无"], [kit.row(("值", ""))] * 2)
    block = table_of(empty)
    assert block["empty"] == "各条记录均无内容的栏目:无" and len(block["columns"]) == 1
    nothing = kit.part("空", ["一"], [])
    assert table_of(nothing)["form"] == "none"


def test_pairs_of_short_texts_share_a_line() -> None:
    assert paired([["a", "1"], ["b", "2"], ["c", "长" * 40], ["d", "4"]]) == [
        ["a", "1", "b", "2"], ["c", "长" * 40], ["d", "4"]
    ]  # fmt: skip
    assert grouped("AB12CD34EF56GH78") == "AB12-CD34-EF56-GH78"


def test_charts() -> None:
    assert nice_ticks(0, 12_800) == [0, 5000, 10000, 15000]
    assert nice_ticks(-240, 9000)[0] < -239
    bar, line = kit.charts()
    assert chart_svg(bar, "zh").count("<rect") == 7, "a missing figure has no bar"
    assert chart_svg(line, "zh").count("<polyline") == 2, "a gap is a gap"
    strange = (
        Series(name=kit.text("<&>"), values=(1.0, float("nan"))),
        Series(name=kit.text("s"), values=(None, 2e15)),
    )
    hostile = Chart(
        id="x", title=kit.text("t"), kind="bar", unit=kit.text("u"), x=("</text><script>", "b"), series=strange
    )
    drawn = chart_svg(hostile, "zh")
    assert "<script" not in drawn and "&lt;&amp;&gt;" in drawn and "nan" not in drawn
    for values in ((), (None, None), (float("inf"),)):
        nothing = hostile.model_copy(update={"series": (Series(name=kit.text("s"), values=values),)})
        assert "没有可以绘制的数值" in html_names.unescape(chart_svg(nothing, "zh"))
    one = hostile.model_copy(update={"x": ("a",), "series": (Series(name=kit.text("s"), values=(0.0,)),)})
    assert "<svg" in chart_svg(one, "zh")
    assert points_svg([("维度", 250, 200), ("零", 0, 0)]).count("<rect") == 4


def test_typst_refuses_to_print_a_box() -> None:
    data = pdf_data(kit.sample(), "zh", kit.ADDRESS).replace("公共信用信息报告", "😀", 1)
    with pytest.raises(ReportPdfError):
        typeset(data, 1_780_000_000, tagged=True)
