"""A report for tests of its files: short or long, with hostile values where asked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from xinshu.report.model import (
    Change,
    Chart,
    ClassQuality,
    Column,
    Count,
    DimensionPart,
    EvaluationPart,
    Issuer,
    ItemPart,
    ItemState,
    Named,
    Origin,
    Quality,
    Reader,
    ReaderKind,
    Reason,
    Relation,
    Report,
    ReportSubject,
    Row,
    Section,
    Series,
    Text,
)

ISSUED = datetime(2026, 6, 1, 2, 15, 30, tzinfo=UTC)
ADDRESS = "https://platform.example/verify?report=AB12CD34EF56GH78"
HOSTILE = (
    '#import "x.typ": *',
    "$ sum_(k=0)^n k $",
    "<script>alert(1)</script>",
    "\\u{41} \\ \\# *粗* _斜_ `码` @ref <label>",
    "#sys.inputs.data",
    "{{ 7*7 }}{% raw %}",
    "A" * 400,
    "中" * 400,
    "😀 emoji 👩‍👩‍👧",
    "𠮷野家 㐂 𰻝 龘 葛\U000e0100",
    "\u202e反\u202c\x00\x07\x1b[31m",
    "第一行\n第二行\t三",
    "\"quotes\" & 'apostrophes' =HYPERLINK(1)",
    "",
)


def text(zh: str, en: str = "words") -> Text:
    return Text(zh=zh, en=en)


def row(shown: tuple[str, ...], **more: Any) -> Row:
    origin = more.pop("origin", None) or Origin(
        provider="samr", provider_name="省市场监督管理局", platform="320000", batch=12, first_seen=date(2026, 5, 3)
    )
    known: dict[str, Any] = {"valid_from": None, "valid_to": None, "state": "current", **more}
    return Row(values={}, shown=shown, origin=origin, **known)


def part(title: str, titles: list[str], rows: list[Row], **more: Any) -> ItemPart:
    columns = tuple(
        Column(field=f"f{place}", title=text(one), unit=None, type="decimal" if "万元" in one else "string")
        for place, one in enumerate(titles)
    )
    known: dict[str, Any] = {
        "item": "1",
        "state": ItemState.GIVEN,
        "reason": None,
        "consent": None,
        "updated": date(2026, 5, 3),
        "rows_total": len(rows),
        **more,
    }
    return ItemPart(title=text(title, "An item"), columns=columns, rows=tuple(rows), **known)


def refused(title: str) -> ItemPart:
    reason = Reason(
        code="consent_missing", zh="需要企业授权,企业没有授权本机构查询此事项", en="The firm gave no consent"
    )
    return part(title, [], [], state=ItemState.REFUSED, reason=reason, rows_total=None, updated=None)


def unknown(title: str) -> ItemPart:
    return part(title, [], [], state=ItemState.NONE, updated=None)


def registration() -> ItemPart:
    titles = [
        "名称",
        "统一社会信用代码",
        "法定代表人",
        "注册资本(万元)",
        "成立日期",
        "登记机关",
        "住所",
        "经营范围",
        "曾用名",
        "核准日期",
    ]
    scope = (
        "软件开发;信息系统集成服务;工业自动控制系统装置制造;"
        "货物进出口(依法须经批准的项目,经相关部门批准后方可开展经营活动)"
    )
    values = (
        "江苏示例精密机械有限公司",
        "91320100748204660Q",
        "张**",
        "5,000.00",
        "2003-04-18",
        "南京市市场监督管理局",
        "江苏省南京市江宁区示例大道 88 号",
        scope,
        "",
        "2025-11-02",
    )
    return part(
        "企业登记信息",
        titles,
        [row(values)],
        state=ItemState.MASKED,
        reason=Reason(code="masked", zh="个人信息已脱敏", en="Personal facts are masked"),
    )


def penalties(rows: int = 6) -> ItemPart:
    titles = ["决定书文号", "处罚机关", "违法事实", "罚款(万元)", "决定日期"]
    changes = [Change.NONE, Change.ADDED, Change.CHANGED, Change.ENDED, Change.REMOVED]
    origins = [
        Origin(
            provider="mem",
            provider_name=f"{name}应急管理局",
            platform=None,
            batch=30 + number,
            first_seen=date(2026, 4, number + 1),
        )
        for number, name in enumerate(("南京市", "苏州市"))
    ]
    made = [
        row(
            (
                f"宁应急罚〔2026〕{number} 号",
                "南京市应急管理局",
                "未按规定对从业人员进行安全生产教育和培训",
                f"{number}.50",
                "2026-03-02",
            ),
            origin=origins[number % 2],
            state="disputed" if number % 3 == 1 else "current",
            change=changes[number % 5],
            valid_from=date(2026, 3, 2),
            valid_to=date(2027, 3, 1),
        )
        for number in range(rows)
    ]
    return part("行政处罚信息", titles, made)


def charts() -> tuple[Chart, ...]:
    months = tuple(f"2025-{month:02}" for month in range(1, 13))
    return (
        Chart(
            id="revenue",
            title=text("营业收入与净利润(年报)"),
            kind="bar",
            unit=text("万元"),
            x=("2022", "2023", "2024", "2025"),
            series=(
                Series(name=text("营业总收入"), values=(8200.5, 9100, None, 12800)),
                Series(name=text("净利润"), values=(620, -240.5, 310, 905)),
            ),
        ),
        Chart(
            id="sales",
            title=text("增值税申报销售收入"),
            kind="line",
            unit=text("元"),
            x=months,
            series=(
                Series(
                    name=text("销售收入"), values=tuple(None if n == 5 else 700000.0 + 9000 * n * n for n in range(12))
                ),
            ),
        ),
    )


def evaluation() -> EvaluationPart:
    return EvaluationPart(
        model="general",
        version="2026.1",
        name=text("企业公共信用综合评价"),
        score=712,
        grade="良",
        dimensions=tuple(
            DimensionPart(name=text(name), points=points, weight=200)
            for name, points in (
                ("守法合规", 176),
                ("经营状况", 141),
                ("履约诚信", 160),
                ("基本情况", 150),
                ("社会责任", 85),
            )
        ),
        raised=("连续 36 个月按时缴纳社会保险费", "纳税信用等级为 A 级"),
        lowered=("近两年有 2 次行政处罚,罚款合计 4.5 万元",),
        changes=("处罚公示期满并修复后,预计提高 24 分",),
        vetoes=(),
        missing=("用电量趋势",),
        valid_to=date(2026, 8, 31),
        withheld=3,
        person="对评价有异议或需要人工说明,请联系平台服务窗口。",
    )


def sample(parts: tuple[ItemPart, ...] | None = None, **changed: Any) -> Report:
    """A report of about four pages; `parts`: of its first section instead."""
    basic = parts if parts is not None else (registration(), unknown("分支机构信息"), refused("企业年报(不公示部分)"))
    relations = (
        Relation(
            kind=text("股东", "Shareholder"),
            name="江苏示例控股集团有限公司",
            code="91320000134775432X",
            role=None,
            share=62.5,
            item="1",
        ),
        Relation(kind=text("主要人员", "Principal person"), name="李**", code=None, role="监事", share=None, item="1"),
    )
    sections = (
        Section(
            id="basic",
            title=text("基础信息", "Basic information"),
            parts=basic,
            note=None,
            charts=charts(),
            relations=relations,
        ),
        Section(
            id="administration",
            title=text("行政管理", "Administration"),
            parts=(penalties(), unknown("行政许可信息")),
            note=None,
            charts=(),
            relations=(),
        ),
        Section(
            id="abnormal",
            title=text("经营异常", "Abnormal"),
            parts=(),
            note=text("截至报告日,平台没有收到该主体经营异常的有效记录。"),
            charts=(),
            relations=(),
        ),
        Section(
            id="evaluation", title=text("信用评价", "Credit evaluation"), parts=(), note=None, charts=(), relations=()
        ),
    )
    known: dict[str, Any] = {
        "number": "XR32000020260601ABCD2345K",
        "check_code": "AB12CD34EF56GH78",
        "issued_at": ISSUED,
        "as_of": date(2026, 6, 1),
        "since": None,
        "issuer": Issuer(code="320000", name="示范省融资信用服务平台"),
        "layout_version": "2026.1",
        "variant": Named(code="pre_loan", name=text("贷前调查版", "Before a loan")),
        "purpose": Named(code="pre_loan", name=text("贷前审查", "Review before a loan")),
        "reader": Reader(kind=ReaderKind.INSTITUTION, code="m-1", name="示范省农村商业银行股份有限公司"),
        "subject": ReportSubject(
            code="91320100748204660Q",
            old_number=None,
            name="江苏示例精密机械有限公司",
            kind="enterprise",
            kind_name="企业",
            division="320115",
            division_name="江苏省南京市江宁区",
            industry="C34",
            industry_name="通用设备制造业",
            status="1",
            status_name="存续",
            size_class="S",
            size_name="小型",
        ),
        "sections": sections,
        "evaluation": evaluation(),
        "counts": (Count(label=text("行政处罚"), count=6, item="8"), Count(label=text("行政许可"), count=0, item="7")),
        "notices": (
            text("本报告依法归集的公共信用信息生成,供查询方在所述用途内使用。"),
            text("信用主体对报告内容有异议的,可以向平台提出异议申请,平台在规定时限内核查并答复。"),
        ),
        "quality": Quality(
            classes=(ClassQuality(**{"class": 1}, name=text("登记注册基本信息"), items=4, held=2, given=3),),
            coverage=0.667,
            freshest=date(2026, 5, 30),
            oldest=date(2025, 12, 1),
            overdue_items=("纳税信息",),
        ),
        "content_digest": "5f" * 32,
    }
    return Report(**{**known, **changed})
