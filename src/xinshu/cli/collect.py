"""`xinshu collect`: hand in files, pull tables, follow batches, fetch feedback, decide on held batches."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.cli.batches import HEADINGS, STATES, batch_cells, file_result
from xinshu.cli.output import BAR, Json, explained, local_user, print_json, print_json_line, run
from xinshu.cli.sources import pull_result, source_cells, source_result
from xinshu.collect.model import Batch, BatchState, Mode, Sender, Submission
from xinshu.collect.pulling import PullResult, SourceState
from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import load_settings
from xinshu.members.model import Caller, local_operator
from xinshu.members.permissions import Access
from xinshu.node.services import Services, open_services

app = typer.Typer(help="归集:报送文件、抽取库表、查看批次、取反馈、处置暂停的批次。", no_args_is_help=True)

BatchId = Annotated[int, typer.Argument(help="批次编号。")]


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="CSV、XLSX、JSON Lines、Parquet,可为 gzip 或 zip。")],
    item: Annotated[str, typer.Option(help="事项编号或英文短名。")],
    provider: Annotated[str, typer.Option(help="数据提供单位代码;不写:事项的国家提供单位。")] = "",
    mapping: Annotated[str | None, typer.Option(help="映射名称(definitions/mappings)。")] = None,
    mode: Annotated[Mode, typer.Option(help="full 全量,incremental 增量。")] = "incremental",
    batch_no: Annotated[str | None, typer.Option(help="提供单位自己的批次号(只报一个文件时)。")] = None,
    item_version: Annotated[str | None, typer.Option(help="按事项的哪个版本校验。")] = None,
    correction_of: Annotated[int | None, typer.Option(help="修正哪个批次。")] = None,
    as_json: Json = False,
) -> None:
    """报送文件,逐个处理到发布。例:xinshu collect add 登记*.csv.gz --item 1 --mapping registry-open-data"""
    with explained(as_json):
        if batch_no is not None and len(files) > 1:
            raise typer.BadParameter("--batch-no 只能用于一个文件")

        async def work() -> bool:
            async with open_services(load_settings(), SystemClock()) as services:
                chosen = services.catalogue.item(item)
                submission = Submission(
                    provider or chosen.provider.code, chosen.item, mode, "file", mapping, batch_no, item_version,
                    correction_of=correction_of,
                )  # fmt: skip
                sender = await sender_here(services, submission.provider)
                return await _add_all(services, files, submission, sender, as_json)

        fine = run(work)
    if not fine:
        raise typer.Exit(1)


async def sender_here(services: Services, provider: str) -> Sender:
    """Who sends by a command on the node itself: the member with this provider code, else the node's own import."""
    sender = await services.senders.local(local_operator(local_user()), provider)
    if sender is not None:
        return sender
    Console(stderr=True).print(
        f"[yellow]{provider} 还不是本平台的成员[/yellow],批次记为平台自行导入;办理入驻:xinshu member apply"
    )
    return Sender(f"local:{local_user()}")


async def _add_all(
    services: Services, files: list[Path], submission: Submission, sender: Sender, as_json: bool
) -> bool:
    """Each file to its end, the next one checked while one is published; one object or table row a file."""
    table = Table("文件", *HEADINGS)
    fine = True
    with Progress(*BAR, console=Console(stderr=True), disable=as_json, transient=True) as progress:
        bar = progress.add_task("归集", total=len(files))
        async for path, result in services.collect.add_files(files, submission, sender):
            progress.update(bar, advance=1, description=path.name)
            if isinstance(result, XinshuError):
                fine = False
                shown = {"file": str(path), "error": result.as_dict()}
                table.add_row(path.name, "", "[red]未收[/red]", *[""] * 7, result.message)
            else:
                fine = fine and result.state in (BatchState.PUBLISHED, BatchState.FEEDBACK_SENT)
                shown = file_result(path, result)
                table.add_row(path.name, *batch_cells(result))
            if as_json:
                print_json_line(shown)
    if not as_json:
        Console().print(table)
    await services.refresh_search()
    return fine


@app.command()
def status(
    batch: Annotated[int | None, typer.Argument(help="批次编号;不写:列出批次与数据质量。")] = None,
    provider: Annotated[str | None, typer.Option(help="只看一个提供单位。")] = None,
    item: Annotated[str | None, typer.Option(help="只看一个事项。")] = None,
    page: Annotated[int, typer.Option(min=1, help="页码。")] = 1,
    as_json: Json = False,
) -> None:
    """查看批次与各单位的数据质量。例:xinshu collect status --provider samr"""
    with explained(as_json):

        async def work() -> tuple[list[Batch], list[dict[str, Any]]]:
            async with open_services(load_settings(), SystemClock()) as services:
                if batch is not None:
                    return [await services.collect.get(batch)], []
                found, _ = await services.collect.batches(provider, item, None, page)
                return found, await services.collect.figures(provider, item)

        batches, figures = run(work)
        if as_json:
            print_json({"batches": [file_result(Path(b.file_name), b) for b in batches], "figures": figures})
            return
        console = Console()
        table = Table(*HEADINGS, title="批次")
        for one in batches:
            table.add_row(*batch_cells(one))
        console.print(table)
        if figures:
            quality = Table(
                "提供单位", "事项", "批次", "读取", "接受", "完整性", "准确性", "及时性", "最近发布", title="数据质量"
            )
            for row in figures:
                shares = [_percent(row[name]) for name in ("completeness", "accuracy", "timeliness")]
                figures_shown = [f"{row[name]:,}" for name in ("batches", "read", "accepted")]
                published = f"{row['last_published']:%Y-%m-%d %H:%M}"
                quality.add_row(row["provider"], row["item"], *figures_shown, *shares, published)
            console.print(quality)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


@app.command()
def quarantine(
    batch: BatchId,
    after: Annotated[int, typer.Option(help="从此行号之后开始。")] = 0,
    rows: Annotated[int, typer.Option(min=1, max=1000, help="最多显示几行。")] = 20,
    as_json: Json = False,
) -> None:
    """查看一个批次的问题数据。例:xinshu collect quarantine 3"""
    with explained(as_json):

        async def work() -> Any:
            async with open_services(load_settings(), SystemClock()) as services:
                return await services.collect.quarantined(batch, after, rows)

        found = run(work)
        if as_json:
            print_json([asdict(row) for row in found])
            return
        table = Table("行号", "状态", "原文", "原因")
        for row in found:
            cells = row.original if isinstance(row.original, str) else "、".join(row.original)
            state = {"fixed": "已修正", "shredded": "已依法删除"}.get(row.state, "待修正")
            table.add_row(
                str(row.row_no), state, cells[:80], "\n".join(f"{r['message']}({r['code']})" for r in row.reasons)
            )
        Console().print(table)


@app.command()
def feedback(
    batch: BatchId,
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪个文件。")],
    as_json: Json = False,
) -> None:
    """取问题数据反馈文件,改好后原样报回。例:xinshu collect feedback 3 -o 反馈.csv"""
    with explained(as_json):

        async def work() -> int:
            async with open_services(load_settings(), SystemClock()) as services:
                return await services.collect.feedback(batch, output)

        count = run(work)
        if as_json:
            print_json({"batch": batch, "rows": count, "file": str(output)})
        else:
            Console().print(
                f"{count} 行问题数据写入 {output};改正后用 collect add … --correction-of {batch} 报回", highlight=False
            )


@app.command()
def decide(
    batch: BatchId,
    accept: Annotated[bool, typer.Option("--accept/--reject", help="接受或退回。")],
    by: Annotated[str, typer.Option(help="处置人。")],
    note: Annotated[str, typer.Option(help="说明。")] = "",
    as_json: Json = False,
) -> None:
    """处置超出限度而暂停的批次;报送人不能处置自己报送的批次。例:xinshu collect decide 3 --accept --by 张三"""
    with explained(as_json):

        async def work() -> Batch:
            async with open_services(load_settings(), SystemClock()) as services:
                held = await services.collect.get(batch)
                who = local_operator(by)
                access = Access(services.table, who, "decide", "batch", Caller("local"))
                access.check(member=held.member_id, item=held.item, account=held.submitted_by)
                decided = await services.collect.decide(batch, accept, who.id, note)
                await services.refresh_search()
                return decided

        result = run(work)
        if as_json:
            print_json(file_result(Path(result.file_name), result))
        else:
            Console().print(f"批次 {batch}:{STATES.get(result.state, result.state.value)}")


@app.command()
def resume(as_json: Json = False) -> None:
    """继续处理中断的批次(节点启动时也会自动继续)。例:xinshu collect resume"""
    with explained(as_json):

        async def work() -> list[Batch]:
            async with open_services(load_settings(), SystemClock()) as services:
                done = [await services.collect.process(number) for number in await services.collect.unfinished()]
                await services.refresh_search()
                return done

        done = run(work)
        if as_json:
            print_json([file_result(Path(b.file_name), b) for b in done])
        else:
            Console().print(f"继续处理了 {len(done)} 个批次")


@app.command()
def sources(as_json: Json = False) -> None:
    """列出前置机库表数据源、水位与上一批次。例:xinshu collect sources"""
    with explained(as_json):

        async def work() -> list[SourceState]:
            async with open_services(load_settings(), SystemClock()) as services:
                return await services.pulls.sources()

        found = run(work)
        if as_json:
            print_json([source_result(state) for state in found])
            return
        table = Table("数据源", "启用", "事项", "提供单位", "方式", "表", "水位", "更新于", "上一批次")
        for state in found:
            table.add_row(*source_cells(state))
        Console().print(table)


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="数据源名称(XINSHU_PULL_SOURCES 中的文件名)。")],
    from_start: Annotated[bool, typer.Option("--from-start", help="不看水位,从头抽取。")] = False,
    as_json: Json = False,
) -> None:
    """从前置机库表抽取新行,处理到发布。例:REGISTRY_FRONT_URL=postgresql://… xinshu collect pull example-registry"""
    with explained(as_json):

        async def work() -> PullResult:
            async with open_services(load_settings(), SystemClock()) as services:
                result = await services.pulls.pull(name, from_start=from_start)
                await services.refresh_search()
                return result

        result = run(work)
        if as_json:
            print_json(pull_result(result))
        elif result.batch is None:
            Console().print(f"数据源 {name} 没有新行", highlight=False)
        else:
            table = Table("数据源", *HEADINGS)
            table.add_row(name, *batch_cells(result.batch))
            Console().print(table)
    if result.batch is not None and result.batch.state not in (BatchState.PUBLISHED, BatchState.FEEDBACK_SENT):
        raise typer.Exit(1)
