"""`xinshu modules`: feature modules, their definitions, runs, the modules of a subject or of a text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.catalogue import Catalogue
from xinshu.cli.output import BAR, Json, explained, local_user, print_json, run
from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings, load_settings
from xinshu.evaluate import loader, scorecards
from xinshu.evaluate.loader import Book
from xinshu.members.model import local_operator
from xinshu.modules.classify import Firm, Membership, classify
from xinshu.modules.loader import BookOfModules, read_folders
from xinshu.modules.service import Modules
from xinshu.modules.views import ORIGINS
from xinshu.node.services import open_services

app = typer.Typer(help="特色功能模块:战略性新兴产业、未来产业、绿色低碳、重点产业链、三农。", no_args_is_help=True)


class IndustryUnknownError(XinshuError):
    """No such industry code."""

    status = 422
    code = "industry_unknown"


@asynccontextmanager
async def _service() -> AsyncIterator[Modules]:
    async with open_services(load_settings(), SystemClock()) as services:
        yield services.modules


def _book(settings: Settings) -> BookOfModules:
    catalogue = Catalogue.load(settings.definitions, settings.overlay)
    on = [one.strip() for one in settings.modules.split(",") if one.strip()]
    return BookOfModules.load(settings.definitions, catalogue, Book.load(settings.definitions, catalogue), on)


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """列出启用的模块。例:xinshu modules list"""
    with explained(as_json):
        book = _book(load_settings())
        rows = [
            {
                "id": one.id, "version": one.file.version, "name": one.file.name.zh, "province": one.province,
                "parts": [part.name.zh for part in one.file.classification.parts],
                "lists": [listing.id for listing in one.file.lists], "circles": one.file.circles is not None,
            }
            for one in book
        ]  # fmt: skip
        if as_json:
            print_json(rows)
            return
        table = Table("模块", "版本", "名称", "领域", "名单", title=f"共 {len(rows)} 个模块")
        for one in book:
            parts = "、".join(part.name.zh for part in one.file.classification.parts)
            lists = "、".join(listing.id for listing in one.file.lists)
            table.add_row(one.id, one.file.version, one.file.name.zh, parts, lists)
        Console().print(table)


@app.command()
def check(as_json: Json = False) -> None:
    """检查模块的定义,指出文件、行、值和改法;有误时退出码为 1。例:xinshu modules check"""
    with explained(as_json):
        settings = load_settings()
        catalogue = Catalogue.load(settings.definitions, settings.overlay)
        files, faults = loader.read_files(settings.definitions, catalogue)
        modules: list[Any] = []
        variants: list[Any] = []
        if not faults:
            indicators = Book(files, catalogue)
            modules, faults = read_folders(settings.definitions, catalogue, indicators)
            cards, wrong = scorecards.read_files(settings.definitions, indicators)
            variants, more = scorecards.read_variants(settings.definitions, indicators, cards)
            faults = sorted([*faults, *wrong, *more])
        if as_json:
            print_json({"modules": len(modules), "variants": len(variants),
                        "faults": [fault.as_dict() for fault in faults]})  # fmt: skip
        else:
            for fault in faults:
                Console(stderr=True).print(str(fault), style="red", highlight=False, markup=False)
            if not faults:
                said = f"{len(modules)} 个模块,{len(variants)} 个评价变体"
                Console().print(f"[green]没有错误[/green]:{said}", highlight=False)
    if faults:
        raise typer.Exit(1)


@app.command("run")
def run_all(
    full: Annotated[bool, typer.Option("--full", help="识别全部主体;不写则只识别有变化的。")] = False,
    as_json: Json = False,
) -> None:
    """识别主体所属的模块。例:xinshu modules run --full"""

    async def work() -> Any:
        async with _service() as service:
            who = local_operator(local_user())
            if not full:
                return await service.run_touched(who)
            with Progress(*BAR, disable=as_json) as progress:
                task = progress.add_task("识别", total=None)
                return await service.run_full(
                    who, progress=lambda done, of: progress.update(task, completed=done, total=of)
                )

    with explained(as_json):
        done = run(work)
        if as_json:
            print_json(asdict(done))
        else:
            said = f"截至 {done.as_of} 识别 {done.subjects:,} 个主体,得到 {done.members:,} 条归属"
            Console().print(said + (f",另有 {done.left:,} 个待识别" if done.left else ""), highlight=False)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="统一社会信用代码、原注册号或平台编号。")], as_json: Json = False
) -> None:
    """查看一个主体所属的模块与依据,留存证。例:xinshu modules show 91320100748204660Q"""

    async def work() -> dict[str, Any]:
        async with _service() as service:
            return await service.read(code, local_operator(local_user()))

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json(found)
            return
        console = Console(highlight=False)
        console.print(f"[bold]{found['subject']['name']}[/bold]({found['subject']['code']}),存证第 {found['leaf']} 条")
        for one in found["modules"]:
            parts = "、".join(part["name"] for part in one["parts"])
            console.print(f"{one['name']}:[bold]{one['degree_name']}[/bold],{one['points']} 分 {parts}")
            for piece in one["evidence"]:
                console.print(f"  {piece['origin_name']}:{piece['why']}(+{piece['points']})", markup=False)


@app.command()
def explain(
    text: Annotated[str, typer.Option("--text", help="经营范围。")],
    industry: Annotated[str, typer.Option(help="行业代码,带门类字母,如 C3825。")] = "",
    name: Annotated[str, typer.Option(help="名称。")] = "",
    as_json: Json = False,
) -> None:
    """试算一段经营范围,不查任何主体。例:xinshu modules explain --text "光伏组件制造" --industry C3825"""
    with explained(as_json):
        settings = load_settings()
        if industry and industry not in Industries.load(settings.definitions):
            raise IndustryUnknownError(f"没有行业代码 {industry}", hint="按 GB/T 4754-2017,带门类字母,如 C3825")
        found = classify(_book(settings), Firm(name, industry or None, text))
        if as_json:
            print_json([one.as_json() for one in found.values()])
        else:
            _explained(found.values())


def _explained(found: Iterable[Membership]) -> None:
    console = Console(highlight=False)
    for one in found:
        console.print(f"{one.module}:[bold]{one.degree_name}[/bold],{one.points} 分")
        for piece in one.evidence:
            console.print(f"  {ORIGINS[piece.origin]}:{piece.why}(+{piece.points})", markup=False)
