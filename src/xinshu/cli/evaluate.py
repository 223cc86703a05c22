"""`xinshu evaluate`: indicators, models and their life, runs, the evaluation of one subject with its reasons."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.catalogue import Catalogue
from xinshu.cli.output import BAR, Json, explained, local_user, print_json, run
from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings, load_settings
from xinshu.evaluate import loader, scorecards
from xinshu.evaluate.explain import Evaluation
from xinshu.evaluate.life import STATE_NAMES, StoredModel
from xinshu.evaluate.loader import Book
from xinshu.evaluate.service import EvaluationService
from xinshu.members.model import local_operator
from xinshu.node.services import open_services

app = typer.Typer(help="信用评价:指标、评价模型、运行评价、查看一个主体的评价与理由。", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="模型编号,如 general。")]
Version = Annotated[str, typer.Argument(help="版本,如 2026.1。")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="截至该日已知的信息。")]
EFFECTS = {
    "veto": "[red]否决[/red]",
    "lowered": "[yellow]扣分[/yellow]",
    "unknown": "无数据",
    "raised": "[green]得分[/green]",
}


class OutcomesInvalidError(XinshuError):
    """The file of outcomes cannot be read."""

    code = "outcomes_invalid"


def _book(settings: Settings) -> Book:
    return Book.load(settings.definitions, Catalogue.load(settings.definitions, settings.overlay))


@asynccontextmanager
async def _service() -> AsyncIterator[EvaluationService]:
    async with open_services(load_settings(), SystemClock()) as services:
        yield services.evaluation


@app.command()
def indicators(
    topic: Annotated[str, typer.Option(help="只要这个主题(文件名,如 08-penalty)。")] = "",
    as_json: Json = False,
) -> None:
    """列出指标。例:xinshu evaluate indicators --topic 08-penalty"""
    with explained(as_json):
        book = _book(load_settings())
        chosen = [one for one in book if topic in ("", book.topic(one.id))]
        if as_json:
            print_json([one.model_dump(mode="json") for one in chosen])
            return
        table = Table("指标", "名称", "含义", "事项", title=f"共 {len(chosen)} 个指标")
        for one in chosen:
            table.add_row(one.id, one.name.zh, one.meaning, "、".join(sorted(book.items_of(one.id))))
        Console().print(table)


@app.command()
def check(as_json: Json = False) -> None:
    """检查指标和评价模型的定义,指出文件、行、值和改法;有误时退出码为 1。例:xinshu evaluate check"""
    with explained(as_json):
        settings = load_settings()
        catalogue = Catalogue.load(settings.definitions, settings.overlay)
        files, faults = loader.read_files(settings.definitions, catalogue)
        cards: list[Any] = []
        if not faults:
            book = Book(files, catalogue)
            cards, faults = scorecards.read_files(settings.definitions, book)
            faults = faults or scorecards.read_variants(settings.definitions, book, cards)[1]
        count = sum(len(one.indicators) for _, one in files)
        if as_json:
            print_json({"indicators": count, "models": len(cards), "faults": [fault.as_dict() for fault in faults]})
        else:
            for fault in faults:
                Console(stderr=True).print(str(fault), style="red", highlight=False, markup=False)
            if not faults:
                Console().print(f"[green]没有错误[/green]:{count} 个指标,{len(cards)} 个评价模型", highlight=False)
    if faults:
        raise typer.Exit(1)


@app.command()
def models(as_json: Json = False) -> None:
    """列出平台上的评价模型和随软件提供的评价模型。例:xinshu evaluate models"""

    async def ask() -> tuple[list[StoredModel], list[Any]]:
        async with _service() as service:
            shipped = scorecards.load(load_settings().definitions, service.book)
            stored = await service.models.all()
            known = {(one.id, one.version) for one in stored}
            return stored, [card for card in shipped if (card.id, card.version) not in known]

    with explained(as_json):
        stored, shipped = run(ask)
        if as_json:
            print_json([_brief(one) for one in stored]
                       + [{"id": one.id, "version": one.version, "state": None} for one in shipped])  # fmt: skip
            return
        table = Table("模型", "版本", "名称", "状态", "验证", "批准人")
        for one in stored:
            auc = (one.validation or {}).get("auc")
            measured = "" if one.validation is None else f"AUC {auc:.3f}" if auc is not None else "无结果数据"
            state = STATE_NAMES[one.state]
            table.add_row(one.id, one.version, one.card.name.zh, state, measured, one.approved_by or "")
        for card in shipped:
            table.add_row(card.id, card.version, card.name.zh, "随软件提供,未载入", "", "")
        Console().print(table)


def _brief(one: StoredModel) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "state": one.state.value, "digest": one.digest.hex(),
        "created_by": one.created_by, "validation": one.validation, "approved_by": one.approved_by,
    }  # fmt: skip


@app.command()
def load(
    files: Annotated[list[Path] | None, typer.Argument(help="模型文件;不写则载入随软件提供的。", exists=True)] = None,
    as_json: Json = False,
) -> None:
    """载入评价模型,作为草稿;已载入的版本不会改变。例:xinshu evaluate load"""

    async def work() -> list[StoredModel]:
        async with _service() as service:
            settings = load_settings()
            cards = (
                [scorecards.read_one(path, service.book) for path in files]
                if files
                else scorecards.load(settings.definitions, service.book)
                + scorecards.load_variants(settings.definitions, service.book)
            )
            known = {(one.id, one.version) for one in await service.models.all()}
            who = local_operator(local_user())
            fresh = cards if files else [card for card in cards if (card.id, card.version) not in known]
            return [await service.models.create(card, who) for card in fresh]

    with explained(as_json):
        _say(run(work), "已载入为草稿", as_json)


@app.command()
def validate(
    id: Id,
    version: Version,
    source: Annotated[str, typer.Option(help="结果数据的来源和口径,随验证结果保存。")],
    outcomes: Annotated[
        Path | None, typer.Option(help="结果数据 CSV,两列 code,bad(0 或 1);不写则没有结果数据。", exists=True)
    ] = None,
    earlier: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="与这一天的得分分布比较(PSI)。")
    ] = None,
    as_json: Json = False,
) -> None:
    """验证模型:区分、校准、分布、公平。例:xinshu evaluate validate general 2026.1 --source 逾期 --outcomes o.csv"""

    async def work() -> list[StoredModel]:
        known = _outcomes(outcomes) if outcomes is not None else {}
        async with _service() as service:
            who = local_operator(local_user())
            return [await service.validate(id, version, known, source, who, _day(earlier))]

    with explained(as_json):
        _say(run(work), "已验证", as_json)


def _outcomes(path: Path) -> dict[str, bool]:
    """Raises OutcomesInvalidError naming the line."""
    found: dict[str, bool] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames is None or set(rows.fieldnames) != {"code", "bad"}:
            raise OutcomesInvalidError(
                f"文件 {path} 的表头是 {rows.fieldnames}", hint="表头应为两列:code,bad;bad 填 0 或 1"
            )
        for number, row in enumerate(rows, 2):
            if row["bad"] not in ("0", "1") or not row["code"]:
                raise OutcomesInvalidError(f"文件 {path} 第 {number} 行无法识别:{row}", hint="bad 填 0 或 1")
            found[row["code"]] = row["bad"] == "1"
    return found


@app.command()
def approve(id: Id, version: Version, as_json: Json = False) -> None:
    """批准模型;起草人和验证人不能批准。例:xinshu evaluate approve general 2026.1"""
    _step("approve", id, version, "已批准", as_json)


@app.command()
def start(id: Id, version: Version, as_json: Json = False) -> None:
    """施行已批准的模型,原施行的版本停用。例:xinshu evaluate start general 2026.1"""
    _step("start", id, version, "已施行;用 xinshu evaluate run --full 评价全部主体", as_json)


@app.command()
def retire(id: Id, version: Version, as_json: Json = False) -> None:
    """停用模型。例:xinshu evaluate retire general 2026.1"""
    _step("retire", id, version, "已停用", as_json)


def _step(verb: str, id: str, version: str, said: str, as_json: bool) -> None:
    async def work() -> list[StoredModel]:
        async with _service() as service:
            return [await getattr(service.models, verb)(id, version, local_operator(local_user()))]

    with explained(as_json):
        _say(run(work), said, as_json)


def _say(done: list[StoredModel], said: str, as_json: bool) -> None:
    if as_json:
        print_json([_brief(one) for one in done])
        return
    for one in done:
        Console().print(f"{one.card.name.zh}({one.id} {one.version}){said}", highlight=False)
    if not done:
        Console().print("没有新的模型", highlight=False)


@app.command("run")
def run_all(
    full: Annotated[bool, typer.Option("--full", help="评价全部主体;不写则只评价有变化的。")] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """运行评价。例:xinshu evaluate run --full"""

    async def work() -> Any:
        async with _service() as service:
            who = local_operator(local_user())
            if not full:
                return await service.run_touched(who)
            with Progress(*BAR, disable=as_json) as progress:
                task = progress.add_task("评价", total=None)
                return await service.run_full(
                    who, _day(as_of), lambda done, of: progress.update(task, completed=done, total=of)
                )

    with explained(as_json):
        if as_of is not None and not full:
            raise XinshuError("--as-of 只用于全量评价", hint="加上 --full")
        done = run(work)
        if as_json:
            print_json({"kind": done.kind, "as_of": done.as_of, "subjects": done.subjects, "changed": done.changed,
                        "left": done.left})  # fmt: skip
        else:
            Console().print(f"截至 {done.as_of} 评价 {done.subjects:,} 个主体,{done.changed:,} 个等级有变化",
                            highlight=False)  # fmt: skip


@app.command()
def score(
    code: Annotated[str, typer.Argument(help="统一社会信用代码、原注册号或平台编号。")],
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """查看一个主体的评价与理由,留存证。例:xinshu evaluate score 91320100748204660Q"""

    async def work() -> Evaluation:
        async with _service() as service:
            return await service.read(code, "upkeep", local_operator(local_user()), _day(as_of))

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json(found.as_json())
        else:
            _show(found)


def _show(found: Evaluation) -> None:
    console, card = Console(highlight=False), found.card
    console.print(f"[bold]{found.subject['name']}[/bold]({found.code})")
    console.print(f"{card.name.zh} {card.version}:[bold]{found.score.grade}[/bold],{found.score.score} 分,"
                  f"截至 {found.as_of},有效至 {found.valid_to},存证第 {found.leaf} 条")  # fmt: skip
    for dimension in card.dimensions:
        weight = sum(one.weight for one in dimension.indicators)
        console.print(f"  {dimension.name.zh}:{found.score.by_dimension[dimension.id]} / {weight}")
    table = Table("作用", "理由", "怎样改变")
    for reason in found.reasons:
        table.add_row(EFFECTS[reason.effect], reason.text, reason.change or "")
    console.print(table)
    for name, facts in found.facts.items():
        for fact in facts:
            about = ",".join(f"{key}={value}" for key, value in fact.about.items())
            console.print(f"  依据 {name}:{fact.item_name}({fact.provider},批次 {fact.batch}){about}", markup=False)
    console.print(card.uses.person, style="dim")


@app.command()
def course(
    code: Annotated[str, typer.Argument(help="统一社会信用代码、原注册号或平台编号。")], as_json: Json = False
) -> None:
    """查看一个主体的评价怎样变化,留存证。例:xinshu evaluate course 91320100748204660Q"""

    async def work() -> list[dict[str, Any]]:
        async with _service() as service:
            return (await service.course(code, "upkeep", local_operator(local_user()))).entries

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json(found)
            return
        table = Table("日期", "模型", "版本", "等级", "得分", "原因", "变化")
        for one in found:
            score = str(one["score"]) if one["score"] is not None else ""
            table.add_row(str(one["day"]), one["model_name"], one["version"], one["grade"] or "", score,
                          one["cause_name"], ";".join(one["changes"]))  # fmt: skip
        Console().print(table)


@app.command()
def improve(
    code: Annotated[str, typer.Argument(help="统一社会信用代码、原注册号或平台编号。")], as_json: Json = False
) -> None:
    """一个主体怎样改进评价,留存证。例:xinshu evaluate improve 91320100748204660Q"""

    async def work() -> dict[str, Any]:
        async with _service() as service:
            return await service.improvements(code, local_operator(local_user()))

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json(found)
            return
        console = Console(highlight=False)
        console.print(f"[bold]{found['name']}[/bold]:{found['grade']},{found['score']} 分;全部做到:"
                      f"{found['together']['grade']},{found['together']['score']} 分")  # fmt: skip
        table = Table("可得", "怎样改变", "做什么", "向谁办理")
        for one in found["lifts"]:
            sources = "、".join(source["provider"] for source in one["sources"])
            table.add_row(f"等级{one['grade_without']}", one["reason"], one["action"], sources)
        for one in found["steps"]:
            sources = "、".join(source["provider"] for source in one["sources"])
            table.add_row(f"{'至多 ' if one['at_most'] else ''}{one['gain']} 分", one["text"], one["action"], sources)
        console.print(table)


@app.command()
def compare(
    id: Id, version: Version, other: Annotated[str, typer.Argument(help="与之比较的版本。")], as_json: Json = False
) -> None:
    """一个版本与另一版本的差别。例:xinshu evaluate compare general 2026.2 2026.1"""

    async def work() -> list[Any]:
        async with _service() as service:
            return await service.models.compared(id, version, other)

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json([asdict(one) for one in found])
            return
        for one in found:
            Console().print(f"{one.name}:{one.text}", highlight=False, markup=False)
        if not found:
            Console().print("没有差别", highlight=False)


@app.command()
def monitor(as_json: Json = False) -> None:
    """计算施行中模型本月的漂移(PSI)。例:xinshu evaluate monitor"""

    async def work() -> list[dict[str, Any]]:
        async with _service() as service:
            return await service.models.monitor()

    with explained(as_json):
        found = run(work)
        if as_json:
            print_json(found)
            return
        table = Table("模型", "版本", "月份", "主体", "PSI", "判断")
        words = {"stable": "稳定", "watch": "[yellow]关注[/yellow]", "alarm": "[red]警示[/red]"}
        for one in found:
            table.add_row(one["model"], one["version"], one["month"], f"{one['subjects']:,}", f"{one['psi']:.4f}",
                          words[one["drift"]])  # fmt: skip
        Console().print(table)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
