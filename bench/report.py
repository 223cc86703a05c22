"""Files of credit reports a second, beside Typst alone on the same data: `python bench/report.py [SECONDS]`.

Two sizes: small (a firm of which little is known: 40 facts) and large (2,000 facts in 20 items). Page, PDF, signed
PDF and JSON are made of the same report under a new number each time, on one core, SECONDS each (default 5); Typst
alone is given the same JSON by the same template, without ours around it. Reading, gate and evidence are not in it.
Last line: the lower ratio of rates of the two sizes, PDF (not signed) ÷ Typst alone.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from machine import describe, ratio

from xinshu.report.model import (
    SCHEMA,
    Chart,
    Column,
    Count,
    Issuer,
    ItemPart,
    ItemState,
    Named,
    Origin,
    Quality,
    Reader,
    ReaderKind,
    Report,
    ReportSubject,
    Row,
    Section,
    Series,
    Text,
)  # fmt: skip
from xinshu.report.proof.keys import make_key
from xinshu.report.proof.signing import sign
from xinshu.report.render.html import html
from xinshu.report.render.pdf import TAGGED_MAX, pdf, pdf_data, typeset

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
ADDRESS = "https://platform.example/verify?report=7K2M9QXR04TBHW5C"
SIZES = {"small": (4, 10), "large": (20, 100)}  # items, facts of each
COLUMNS = (("文书号", "string"), ("机关", "string"), ("事由", "text"), ("金额(万元)", "decimal"), ("日期", "date"))


def text(words: str) -> Text:
    """The same words twice."""
    return Text(zh=words, en=words)


def invented(items: int, facts: int) -> Report:
    """A report of so many items."""
    origins = [
        Origin(provider="mem", provider_name=f"示范{name}局", platform=None, batch=n, first_seen=date(2026, 5, 1))
        for n, name in enumerate("甲乙丙", 1)
    ]
    columns = tuple(Column(field=f"f{n}", title=text(name), unit=None, type=kind)
                    for n, (name, kind) in enumerate(COLUMNS))  # fmt: skip

    def fact(number: int) -> Row:
        shown = (
            f"示决字〔2026〕{number} 号",
            "示范市市场监督管理局",
            "未按规定公示年报,责令改正",
            f"{number}.50",
            "2026-03-02",
        )
        return Row(values={}, shown=shown, origin=origins[number % 3], valid_from=None, valid_to=None,
                   state="disputed" if number % 20 == 7 else "current")  # fmt: skip

    parts = tuple(
        ItemPart(item=str(n), title=text(f"示例事项{n}"), state=ItemState.GIVEN, reason=None, consent=None,
                 updated=date(2026, 5, 1), rows_total=facts, columns=columns, rows=tuple(map(fact, range(facts))))
        for n in range(items)
    )  # fmt: skip
    chart = Chart(id="sales", title=text("销售收入"), kind="line", unit=text("元"), x=tuple(f"{n}" for n in range(24)),
                  series=(Series(name=text("收入"), values=tuple(float(n * n) for n in range(24))),))  # fmt: skip
    names = ("基础信息", "行政管理", "司法", "其他")
    sections = tuple(
        Section(id=f"s{n}", title=text(name), parts=parts[n::4], note=None, charts=(chart,), relations=())
        for n, name in enumerate(names)
    )
    known: dict[str, Any] = {"schema": SCHEMA}
    return Report(
        **known, number="XR32000020260601ABCD2345K", check_code="7K2M9QXR04TBHW5C", issued_at=NOW,
        as_of=date(2026, 6, 1),
        since=None, issuer=Issuer(code="320000", name="示范省融资信用服务平台"), layout_version="2026.1",
        variant=Named(code="pre_loan", name=text("贷前调查")), purpose=Named(code="pre_loan", name=text("贷前审查")),
        reader=Reader(kind=ReaderKind.INSTITUTION, code="m", name="示范银行"),
        subject=ReportSubject(
            code="91320100748204660Q", old_number=None, name="示例精密机械有限公司(虚构)", kind="enterprise",
            kind_name="企业", division="320115", division_name="江苏省南京市江宁区", industry="C34",
            industry_name="通用设备制造业", status="1", status_name="存续", size_class="S", size_name="小型",
        ),
        sections=sections, evaluation=None, counts=(Count(label=text("记录"), count=items * facts, item=None),),
        notices=(text("本报告为虚构。"),),
        quality=Quality(classes=(), coverage=1.0, freshest=None, oldest=None, overdue_items=()),
        content_digest="0" * 64,
    )  # fmt: skip


def measure(act: Callable[[], object], seconds: float) -> list[float]:
    """Seconds of each of as many acts as fit, at least three; the first, which loads things, is left out."""
    act()
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < 3 or time.perf_counter() < until:
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def rate(taken: list[float]) -> float:
    """Acts a second."""
    return len(taken) / sum(taken)


def compare(name: str, report: Report, seconds: float) -> float:
    """Print the figures of one size; the ratio of PDF to Typst alone."""
    facts = sum(len(part.rows) for section in report.sections for part in section.parts)
    key = make_key("320000", "示范省融资信用服务平台", NOW)
    data, stamp = pdf_data(report, "zh", ADDRESS), int(NOW.timestamp())
    made = pdf(report, "zh", ADDRESS)
    numbers = itertools.count()

    def fresh() -> Report:
        return report.model_copy(update={"number": f"XR32000020260601{next(numbers):08}K"})

    def typst() -> bytes:
        return typeset(data.replace(report.number, fresh().number), stamp, tagged=facts <= TAGGED_MAX)

    acts: dict[str, Callable[[], object]] = {
        "JSON": lambda: fresh().canonical(),
        "HTML": lambda: html(fresh(), "zh", ADDRESS),
        "PDF": lambda: pdf(fresh(), "zh", ADDRESS),
        "PDF, signed": lambda: asyncio.run(sign(pdf(fresh(), "zh", ADDRESS), key, NOW, "信用报告")),
        "Typst alone": typst,
    }
    rates: dict[str, float] = {}
    print(
        f"{name}: {sum(len(p.rows) for s in report.sections for p in s.parts):,} facts, PDF {len(made) / 1e3:,.0f} kB"
    )
    for label, act in acts.items():
        taken = measure(act, seconds)
        rates[label] = rate(taken)
        p50, p99 = taken[len(taken) // 2], taken[min(int(len(taken) * 0.99), len(taken) - 1)]
        print(f"  {label:<12} {rates[label]:>9,.1f}/s   p50 {p50 * 1e3:>8,.1f} ms   p99 {p99 * 1e3:>8,.1f} ms")
    return rates["PDF"] / rates["Typst alone"]


def main() -> None:
    """Command line."""
    describe()
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    ratio(min(compare(name, invented(*size), seconds) for name, size in SIZES.items()), 1.0)


if __name__ == "__main__":
    main()
