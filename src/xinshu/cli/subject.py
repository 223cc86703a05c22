"""`xinshu subject`: check codes, search and show subjects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from xinshu.catalogue import Catalogue
from xinshu.cli.output import Json, explained, print_json
from xinshu.core.clock import SystemClock
from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import has_errors
from xinshu.core.industries import Industries
from xinshu.core.settings import load_settings
from xinshu.crypto import Vault
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys
from xinshu.subjects import SubjectService
from xinshu.subjects.explain import explain_code
from xinshu.subjects.model import Sort, Subject

app = typer.Typer(help="信用主体:校验代码、查询、查看。", no_args_is_help=True)
Answer = TypeVar("Answer")


@app.command()
def check(
    codes: Annotated[
        list[str], typer.Argument(help="统一社会信用代码、组织机构代码、注册号、公民身份号码或平台编号。")
    ],
    as_json: Json = False,
) -> None:
    """校验代码并逐项说明,有误时退出码为 1。例:xinshu subject check 91320100748204660Q"""
    with explained(as_json):
        divisions = Divisions.load()
        answers = [explain_code(code, divisions) for code in codes]
        if as_json:
            print_json([{**asdict(one), "valid": not has_errors(one.faults)} for one in answers])
        else:
            console = Console()
            for one in answers:
                mark = "[red]有误[/red]" if has_errors(one.faults) else "[green]有效[/green]"
                console.print(f"{one.shown}  {one.what}  {mark}", highlight=False)
                for label, value in one.parts:
                    console.print(f"  {label}:{value}", highlight=False)
                for fault in one.faults:
                    colour = "red" if fault.level == "error" else "yellow"
                    console.print(f"  [{colour}]{fault.message}[/{colour}]({fault.code})", highlight=False)
    if any(has_errors(one.faults) for one in answers):
        raise typer.Exit(1)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="代码、原注册号、名称或名称的一部分(至少 2 个字)。")] = "",
    division: Annotated[str, typer.Option(help="行政区划:省 2 位、市 4 位、县 6 位。")] = "",
    kind: Annotated[str, typer.Option(help="主体类型。")] = "",
    status: Annotated[str, typer.Option(help="登记状态。")] = "",
    size_class: Annotated[str, typer.Option("--size", help="企业规模。")] = "",
    sort: Annotated[Sort, typer.Option(help="pinyin(名称拼音)或 established(成立日期)。")] = "pinyin",
    page: Annotated[int, typer.Option(help="页码。")] = 1,
    page_size: Annotated[int, typer.Option(help="每页条数,最多 100。")] = 20,
    as_json: Json = False,
) -> None:
    """查询信用主体。例:xinshu subject search 科技 --division 3201"""

    async def ask(service: SubjectService) -> Any:
        return await service.search(
            text, division=division, kind=kind, status=status, size_class=size_class, sort=sort, page=page,
            page_size=page_size,
        )  # fmt: skip

    with explained(as_json):
        found = asyncio.run(_with_service(ask))
        if as_json:
            print_json({**found.model_dump(mode="json"), "total_text": found.total_text})
            return
        table = Table(
            "代码", "名称", "类型", "行政区划", "规模", "成立日期", title=f"共 {found.total_text} 个,第 {page} 页"
        )
        for one in found.items:
            established = one.established.isoformat() if one.established is not None else ""
            code = one.code or one.old_number or ""
            table.add_row(code, one.name, one.kind_name, one.division_path, one.size_name, established)
        Console().print(table)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="统一社会信用代码、原注册号或平台编号。")],
    history: Annotated[bool, typer.Option("--history", help="同时列出沿革。")] = False,
    as_json: Json = False,
) -> None:
    """查看一个信用主体。例:xinshu subject show 91320100748204660Q --history"""

    async def ask(service: SubjectService) -> Any:
        return await service.get(code), await service.history(code) if history else None

    with explained(as_json):
        subject, past = asyncio.run(_with_service(ask))
        if as_json:
            extra = {"history": past.model_dump(mode="json")["entries"]} if past is not None else {}
            print_json({**subject.model_dump(mode="json"), **extra})
            return
        table = Table("项目", "内容", show_header=False)
        for label, value in _lines(subject):
            table.add_row(label, "" if value is None else str(value))
        for entry in past.entries if past is not None else ():
            until = f"{entry.seen_to:%Y-%m-%d}" if entry.seen_to is not None else "至今"
            table.add_row(f"沿革 {entry.field}", f"{entry.value or ''}({entry.seen_from:%Y-%m-%d} 至 {until})")
        Console().print(table)


def _lines(subject: Subject) -> tuple[tuple[str, object], ...]:
    return (
        ("代码", subject.code),
        ("原注册号", subject.old_number),
        ("名称", subject.name),
        ("类型", subject.kind_name),
        ("行政区划", subject.division_path),
        ("行业", subject.industry_path),
        ("登记状态", subject.status_name),
        ("规模", subject.size_name),
        ("成立日期", subject.established),
        ("住所", subject.address),
        ("法定代表人", subject.legal_person),
    )


async def _with_service(ask: Callable[[SubjectService], Awaitable[Answer]]) -> Answer:
    settings = load_settings()
    db = await Database.open(settings)
    try:
        vault = Vault.load(settings, DataKeys(db.dsn, SystemClock()))
        industries = Industries.load(settings.definitions)
        states = Catalogue.load(settings.definitions).code_list("registration_status").codes
        return await ask(SubjectService(db, vault, SystemClock(), Divisions.load(), industries, states))
    finally:
        await db.close()
