"""The layout: every item in one section; what is wrong is said with file, line and value; a province adds its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from xinshu.catalogue import Catalogue, DefinitionsInvalidError
from xinshu.core.settings import packaged_definitions
from xinshu.report.layout import FILE, Layout, read_layout
from xinshu.report.model import Variant

TEXT = (packaged_definitions() / FILE).read_text(encoding="utf-8")


@cache
def catalogue(overlay: str = "") -> Catalogue:
    """As shipped."""
    return Catalogue.load(packaged_definitions(), overlay)


def faults(folder: Path, text: str, own: str | None = None) -> list[str]:
    """What is wrong with a layout, as it is told."""
    (folder / "reports").mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    overlay = ""
    if own is not None:
        overlay = "jiangsu"
        (folder / "overlays" / overlay / "reports").mkdir(parents=True, exist_ok=True)
        (folder / "overlays" / overlay / FILE).write_text(own, encoding="utf-8")
    return [str(one) for one in read_layout(folder, catalogue(overlay), overlay)[1]]


def line_of(text: str, part: str) -> int:
    """The line on which something stands."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize("overlay", ["", "jiangsu"])
def test_every_item_is_in_exactly_one_section(overlay: str) -> None:
    layout = Layout.load(packaged_definitions(), catalogue(overlay), overlay)
    placed = [number for section in layout.sections for number in section.items]
    assert sorted(placed) == sorted(item.item for item in catalogue(overlay).items)
    assert sorted(layout.items(catalogue(overlay), Variant.PRE_LOAN)) == sorted(placed)


def test_a_province_places_its_items_and_the_rest_goes_to_other(tmp_path: Path) -> None:
    layout = Layout.load(packaged_definitions(), catalogue("jiangsu"), "jiangsu")
    sections = {section.id: section.items for section in layout.sections}
    assert "js-02" in sections["honesty"] and {"js-01", "js-03"} <= set(sections["other"])
    assert faults(tmp_path, TEXT, "sections: {honesty: [js-02], other: [js-01, js-03]}\n") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('["13", "10"]', '["13"]', "事项 10(失信被执行人)不在任何一节"),
        ('["13", "10"]', '["13", "10", "8"]', "事项 8 已在节 administration"),
        ('["13", "10"]', '["13", "10", "99"]', "99"),
        ('["13", "10"]', '["13", dishonest_judgment_debtor]', "应写全国事项的编号,如 10"),
        ("  - id: other", "  - id: rest", "缺少节 other"),
        ("  - id: judicial", "  - id: other", "节 other 重复"),
        ("x: report_year", "x: report_day", "事项 3(企业年度报告)没有字段 report_day"),
        ("x: report_year", "x: revenue", "字段 revenue 的类型是 decimal,应为 year、date"),
        ("{field: revenue,", "{field: operating_status,", "字段 operating_status 的类型是 code,应为 integer、decimal"),
        ("  - id: taxes", "  - id: sales", "图 sales 重复"),
        ("share: share_ratio", "share: shareholder_kind", "字段 shareholder_kind 的类型是 code"),
        ("  screening:\n", "  extra:\n", "variants"),
        ("rows: 3", "rows: -3", "不能小于"),
        ("{issuer}根据", "{issuers}根据", "占位 'issuers' 无效;可用:{as_of}、{issuer}"),
        ("{issuer}根据", "{issuer根据", "占位"),
        ('version: "2026.1"', "version: 2026.1", "应为文字,数字请加引号"),
        ("kind: bar", "kind: pie", "charts[0].kind"),
        ("drawings: true", "drawing: true", "未知的键 drawing,是否应为 drawings"),
        ("readers: [firm]", "readers: [everybody]", "purposes.own.readers[0]"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert TEXT.count(old) >= 1
    found = faults(tmp_path, TEXT.replace(old, new, 1))
    assert any(told in one for one in found), found
    assert all(one.startswith("reports/layout.yml:") for one in found)


def test_the_line_is_named(tmp_path: Path) -> None:
    changed = TEXT.replace("x: report_year", "x: report_day")
    (found,) = faults(tmp_path, changed)
    assert found.startswith(f"reports/layout.yml:{line_of(changed, 'x: report_day')}:")


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("sections: {nowhere: [js-01]}\n", "没有节 nowhere"),
        ("sections: {honesty: [js-02, js-02]}\n", "事项 js-02 已在节 honesty"),
        ('sections: {honesty: ["8"]}\n', "事项 8 已在节 administration"),
        ("sections: {honesty: [js-77]}\n", "js-77"),
        ("sections: [honesty]\n", "应为键值对"),
        ("charts: []\nrelation: []\n", "未知的键 relation"),
        (": :\n", "YAML"),
    ],
)
def test_what_is_wrong_with_an_overlay_is_said(tmp_path: Path, own: str, told: str) -> None:
    found = faults(tmp_path, TEXT, own)
    assert any(told in one for one in found), found
    assert all(one.startswith("overlays/jiangsu/reports/layout.yml:") for one in found)


def test_without_a_layout_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(DefinitionsInvalidError, match=r"reports/layout\.yml"):
        Layout.load(tmp_path, catalogue())
