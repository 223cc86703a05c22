"""`xinshu report`: issue a credit report, list those issued, read one; on the node itself, as its operator."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from xinshu.cli import report_files
from xinshu.cli.output import Json, explained, local_user, print_json, run
from xinshu.core.clock import CHINA, SystemClock
from xinshu.core.settings import load_settings
from xinshu.members.model import local_operator
from xinshu.node.reports import Reports
from xinshu.node.services import open_services
from xinshu.report.model import ItemPart, ItemState, Report, Variant, json_schema
from xinshu.report.service import Asked, Issued
from xinshu.report.shelf import Filter, Held
from xinshu.report.store import Stored

app = typer.Typer(help="信用报告:出具、列出、查看、生成 PDF、离线核验。", no_args_is_help=True)
app.command()(report_files.pdf)
app.command()(report_files.verify)
Code = Annotated[str, typer.Argument(help="统一社会信用代码、原注册号或平台编号。")]
Number = Annotated[str, typer.Argument(help="报告编号,如 XR320000202606012GF9RBSC5。")]
_DAY = ["%Y-%m-%d"]
STATES = {
    ItemState.GIVEN: "提供", ItemState.MASKED: "遮蔽", ItemState.CUT: "部分提供", ItemState.NONE: "无记录",
    ItemState.REFUSED: "[yellow]未提供[/yellow]",
}  # fmt: skip


@asynccontextmanager
async def reports() -> AsyncIterator[Reports]:
    """The reports of this node."""
    async with open_services(load_settings(), SystemClock()) as services:
        yield services.report


@app.command()
def issue(
    code: Code,
    variant: Annotated[Variant, typer.Option(help="报告类型。")] = Variant.PRE_LOAN,
    purpose: Annotated[str, typer.Option(help="用途代码;不写为平台维护 upkeep。")] = "",
    as_of: Annotated[datetime | None, typer.Option(formats=_DAY, help="报告日期;不写为今天。")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="变动报告的起始日期。")] = None,
    reference: Annotated[str | None, typer.Option(help="业务编号。")] = None,
    key: Annotated[str | None, typer.Option(help="幂等键;同一键只出具一份。")] = None,
    as_json: Json = False,
) -> None:
    """以平台运营人员身份出具一份报告,留存证。例:xinshu report issue 91320100748204660Q --as-of 2026-05-31"""

    async def work() -> Issued:
        asked = Asked(code, variant, purpose, _day(as_of), _day(since), reference)
        async with reports() as found:
            return await found.service.issue(asked, local_operator(local_user()), key)

    with explained(as_json):
        done = run(work)
        if as_json:
            print_json(_about(done.stored) | {"repeated": done.repeated})
            return
        words = "已出具过(同一幂等键)" if done.repeated else "已出具"
        Console().print(f"报告 [bold]{done.stored.number}[/bold] {words},存证第 {done.stored.leaf} 条,"
                        f"内容保存至 {done.stored.expires_at:%Y-%m-%d}", highlight=False)  # fmt: skip


@app.command("list")
def list_reports(
    subject: Annotated[str | None, typer.Option(help="只要关于此主体的。")] = None,
    variant: Annotated[Variant | None, typer.Option(help="只要此类型的。")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="自该日(含)出具。")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="至该日(含)出具。")] = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="最多列出多少份。")] = 50,
    as_json: Json = False,
) -> None:
    """列出出具过的报告:谁、何时、为何取得,不含内容。例:xinshu report list --subject 91320100748204660Q"""

    async def work() -> list[Stored]:
        asked = Filter(subject.strip().upper() if subject else None, None, variant, _day(since), _day(until), size=size)
        async with reports() as found:
            return await found.shelf.page(asked)

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json([_about(one) for one in found])
            return
        number, code = Column("编号", min_width=25), Column("主体", min_width=18)  # they are typed again
        table = Table(
            number, code, Column("出具", max_width=10), Column("取得者", max_width=14), title=f"{len(found)} 份报告"
        )
        for one in found:
            about = f"{one.at.astimezone(CHINA):%Y-%m-%d} {one.variant} {one.purpose}"
            table.add_row(one.number, one.subject_code, about, escape(one.reader_name))
        Console().print(table)


@app.command()
def schema() -> None:
    """输出报告 JSON 的格式(JSON Schema)。例:xinshu report schema > report-1.json"""
    print_json(json_schema())


@app.command()
def show(
    number: Number,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="把 JSON 原件写入文件;“-”为标准输出。")] = None,
    as_json: Json = False,
) -> None:
    """查看本机出具的一份报告;取走 JSON 原件时留存证。例:xinshu report show XR… -o 报告.json"""

    async def work() -> Held:
        who = local_operator(local_user())
        async with reports() as found:
            held = await found.shelf.content(number, who)
            await found.shelf.hand_out(held, who, "json", "zh", held.document)
            return held

    with explained(as_json):
        held = run(work)
        if as_json or (output is not None and str(output) == "-"):
            sys.stdout.write(held.document.decode() + "\n")
        elif output is not None:
            output.write_bytes(held.document)
            Console().print(f"已写入 {output}", highlight=False)
        else:
            _show(held.report)


def _show(report: Report) -> None:
    console = Console(highlight=False)
    subject = report.subject
    console.print(f"[bold]{escape(subject.name)}[/bold]({subject.code}) {report.variant.name.zh}")
    console.print(f"编号 {report.number},验证码 {report.check_code},截至 {report.as_of},用途:{report.purpose.name.zh}")
    if report.evaluation is not None:
        one = report.evaluation
        console.print(f"{one.name.zh} {one.version}:[bold]{one.grade}[/bold],{one.score} 分")
    table = Table("节", "事项", "状态", "条数", "更新", "说明")
    for section in report.sections:
        for part in section.parts:
            table.add_row(section.title.zh, f"{part.item} {part.title.zh}", STATES[part.state], *_figures(part))
    console.print(table)
    quality = report.quality
    console.print(f"覆盖率 {quality.coverage:.0%},最近更新 {quality.freshest or '无'},逾期未更新:"
                  f"{'、'.join(quality.overdue_items) or '无'}")  # fmt: skip


def _figures(part: ItemPart) -> tuple[str, str, str]:
    total = str(part.rows_total) if part.rows_total is not None else ""
    return total, str(part.updated or ""), escape(part.reason.zh) if part.reason is not None else ""


def _about(stored: Stored) -> dict[str, Any]:
    about = asdict(stored)
    del about["request"]
    about["inquiry"] = str(stored.inquiry)
    return about | {"digest": stored.digest.hex(), "content_digest": stored.content_digest.hex()}


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
