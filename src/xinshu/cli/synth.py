"""`xinshu synth`: write the invented province, its monthly updates, and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from xinshu.cli.output import Json, explained, print_json
from xinshu.core.clock import SystemClock
from xinshu.core.settings import load_settings

app = typer.Typer(
    help="虚构的省份:生成 37 个事项的报送文件、月度更新,查看概况。名称均带「(虚构)」。", no_args_is_help=True
)


class FileFormat(StrEnum):
    """Form of the files; mixed: as departments that do not agree."""

    MIXED = "mixed"
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    PARQUET = "parquet"


Folder = Annotated[Path, typer.Argument(help="写到哪个文件夹。")]
Subjects = Annotated[int, typer.Option(help="信用主体数。")]
Seed = Annotated[int, typer.Option(help="种子;种子、主体数和基准日相同,文件逐字节相同。")]
AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="基准日,默认今天。")]
Province = Annotated[str | None, typer.Option(help="借用哪个省的行政区划代码,默认本平台所在省。")]
Items = Annotated[str, typer.Option(help="事项号,用逗号分开;不写:全部 37 项。")]
Dirt = Annotated[float, typer.Option(help="脏数据占比,0 到 0.5;每行的种类和应有结论见 truth.parquet。")]
Form = Annotated[FileFormat, typer.Option("--format", help="文件格式;mixed:各部门各不相同。")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="同时生成的线程数,不影响结果。")]


@app.command()
def write(
    folder: Folder,
    subjects: Subjects = 2000,
    seed: Seed = 1,
    as_of: AsOf = None,
    province: Province = None,
    items: Items = "",
    dirt: Dirt = 0.02,
    form: Form = FileFormat.MIXED,
    period: Annotated[str, typer.Option(help="只写某段时间的新情况,如 2026-01-01:2026-03-31。")] = "",
    workers: Workers = 1,
    as_json: Json = False,
) -> None:
    """生成报送文件。例:xinshu synth write demo --subjects 2000 --seed 1 --items 1,8,15 --dirt 0.02"""
    with explained(as_json), _bar("生成", as_json) as show:
        world = _world(seed, subjects, as_of, province)
        manifest = world.write(folder, _numbers(items), dirt, form.value, show, period=_period(period), workers=workers)
    _report(manifest, folder, as_json)


@app.command()
def update(
    folder: Folder,
    month: Annotated[str, typer.Argument(help="哪个月之后的更新,YYYY-MM,不早于基准日所在月。")],
    subjects: Subjects = 2000,
    seed: Seed = 1,
    as_of: AsOf = None,
    province: Province = None,
    items: Items = "",
    dirt: Dirt = 0.02,
    form: Form = FileFormat.MIXED,
    workers: Workers = 1,
    as_json: Json = False,
) -> None:
    """生成某月的更新(登记全量,其余增量)。例:xinshu synth update demo-07 2026-07 --as-of 2026-06-01"""
    with explained(as_json), _bar("生成", as_json) as show:
        world = _world(seed, subjects, as_of, province)
        manifest = world.write_update(folder, month, _numbers(items), dirt, form.value, show, workers=workers)
    _report(manifest, folder, as_json)


@app.command()
def describe(
    subjects: Subjects = 2000,
    seed: Seed = 1,
    as_of: AsOf = None,
    province: Province = None,
    as_json: Json = False,
) -> None:
    """查看虚构省份的概况。例:xinshu synth describe --subjects 100000 --seed 1"""
    with explained(as_json), _bar("统计", as_json) as show:
        figures = _world(seed, subjects, as_of, province).describe(show)
    if as_json:
        print_json(figures)
        return
    console = Console()
    console.print(
        f"{figures['as_of']}:主体 {figures['subjects']:,},贷款 {figures['loans']:,},违约 {figures['defaults']:,}"
        f"(违约率 {figures['default_rate']:.2%}),担保圈内 {figures['in_circles']:,}",
        highlight=False,
    )
    for name, title in _TITLES.items():
        table = Table(title, "户数", "占比")
        for word, count in figures[name].items():
            table.add_row(_WORDS.get(word, word), f"{count:,}", f"{count / max(figures['subjects'], 1):.1%}")
        console.print(table)


_TITLES = {"kinds": "主体类型", "sizes": "规模", "sections": "行业门类", "cities": "地区", "status": "状态"}
_WORDS = {
    "micro": "微型", "small": "小型", "medium": "中型", "large": "大型",
    "in business": "存续", "revoked": "吊销", "cancelled": "注销",
}  # fmt: skip


def _world(seed: int, subjects: int, as_of: datetime | None, province: str | None) -> Any:
    from xinshu.synth import World  # here, because loading it costs what other commands must not pay

    settings = load_settings()
    day = SystemClock().today() if as_of is None else as_of.date()
    home = f"{settings.platform_code[:2]}0000" if province is None else province
    return World(seed, subjects, day, home, definitions=settings.definitions)


def _numbers(items: str) -> list[str] | None:
    numbers = [number.strip() for number in items.split(",") if number.strip()]
    return numbers or None


def _period(text: str) -> tuple[date, date] | None:
    if text == "":
        return None
    first, _, last = text.partition(":")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise typer.BadParameter(f"期间 {text} 不对,形如 2026-01-01:2026-03-31", param_hint="--period") from None


def _report(manifest: dict[str, Any], folder: Path, as_json: bool) -> None:
    if as_json:
        print_json(manifest)
        return
    table = Table(
        "文件", "事项", "行数", "脏行", "方式", title=f"{folder}:基准日 {manifest['as_of']},种子 {manifest['seed']}"
    )
    for entry in manifest["files"]:
        mode = "全量" if entry["mode"] == "full" else "增量"
        table.add_row(entry["file"], entry["name"], f"{entry['rows']:,}", f"{entry['dirty']:,}", mode)
    Console().print(table)


@contextmanager
def _bar(title: str, as_json: bool) -> Iterator[Any]:
    """A progress bar on standard error; none for machines."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn("主体"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=as_json, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
