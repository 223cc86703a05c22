"""`xinshu demo`: from an empty folder to an answered inquiry, through the real path."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.cli.batches import code_counts
from xinshu.cli.output import BAR, explained, run
from xinshu.cli.serve import refuse_taken_port, run_node
from xinshu.collect.model import Batch, Submission
from xinshu.collect.quarantine import reason_summary
from xinshu.consent.rules import Reader, Request
from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import load_settings
from xinshu.inquiry.routes import body
from xinshu.node.logs import configure
from xinshu.node.services import Services, open_services
from xinshu.synth import World

app = typer.Typer(help="演示:生成示范省,走完归集到查询的全过程。")

AS_OF = date(2026, 6, 30)  # fixed, so that a second run finds the same files
console = Console(highlight=False)


@app.callback(invoke_without_command=True)
def demo(
    subjects: Annotated[int, typer.Option(min=100, max=1_000_000, help="示范省的信用主体数。")] = 2000,
    seed: Annotated[int, typer.Option(help="种子。")] = 1,
    leave: Annotated[bool, typer.Option("--exit", help="演示完即结束,不启动节点。")] = False,
) -> None:
    """生成示范省、归集全部 37 个事项、回答一次查询,然后启动节点。例:xinshu demo --subjects 5000 --exit"""
    with explained():
        settings = load_settings()
        configure(settings)
        if not leave:
            refuse_taken_port(settings)

        async def work() -> None:
            console.print(f"[bold]信枢 xinshu[/bold] 演示  数据目录 {settings.home}")
            async with open_services(settings, SystemClock()) as services:
                folder = settings.home / f"demo-{seed}-{subjects}"
                manifest = await asyncio.to_thread(_world, services, folder, seed, subjects)
                batches = await _collect(services, folder, manifest)
                _report(services, batches)
                await _inquire(services)
                if leave:
                    return
                console.print(f"令牌在 {settings.home / 'admin-token'};Ctrl+C 结束。")
                await run_node(services)

        run(work)


def _world(services: Services, folder: Path, seed: int, subjects: int) -> dict[str, Any]:
    """The files of the invented province; those of an earlier run are used again."""
    path = folder / "manifest.json"
    if path.exists():
        manifest: dict[str, Any] = orjson.loads(path.read_bytes())
        return manifest
    world = World(seed, subjects, AS_OF, services.settings.platform_code, definitions=services.settings.definitions)
    with Progress(*BAR, console=console) as progress:
        bar = progress.add_task("生成示范省(虚构)", total=subjects)
        return world.write(folder, progress=lambda done, total: progress.update(bar, completed=done, total=total))


async def _collect(services: Services, folder: Path, manifest: dict[str, Any]) -> list[Batch]:
    """Every file through the collection path, registers first."""
    batches = []
    with Progress(*BAR, console=console) as progress:
        bar = progress.add_task("归集", total=len(manifest["files"]))
        for entry in manifest["files"]:
            submission = Submission(entry["provider"], entry["item"], entry["mode"])
            async for path, result in services.collect.add_files([folder / entry["file"]], submission):
                if isinstance(result, XinshuError):
                    console.print(f"[red]{path.name}[/red] {result.message}")
                    raise result
                batches.append(result)
            progress.update(bar, advance=1, description=f"归集 {entry['name']}")
        await services.refresh_search()
    return batches


def _report(services: Services, batches: list[Batch]) -> None:
    """What came in, what was set aside and why."""
    table = Table("事项", "名称", "提供单位", "读取", "接受", "问题", "新增", "状态", title="归集结果")
    reasons: Counter[str] = Counter()
    for batch in batches:
        item = services.catalogue.item(batch.item)
        counts = batch.counts
        figures = [f"{n:,}" for n in (counts.read, counts.accepted, counts.quarantined, counts.new)]
        table.add_row(batch.item, item.name.zh[:24], batch.provider, *figures, batch.state.value)
        reasons.update(code_counts(batch.reasons))
    console.print(table)
    why = Table("原因", "行数", "说明", title="被搁置的行及原因")
    for code, count in reasons.most_common(12):
        why.add_row(code, f"{count:,}", reason_summary(code))
    console.print(why)


async def _inquire(services: Services) -> None:
    """One answered inquiry, as the API gives it."""
    found = await services.subjects.search("虚构", kind="enterprise", page_size=20)
    if len(found.items) == 0:
        return
    answers = []
    for subject in found.items:  # of the first twenty, the one about which most is known
        request = Request("demo", Reader.OPERATOR, subject.code or subject.old_number or "", "upkeep")
        answer = orjson.loads(body(await services.inquiry.information(request, None, None)))
        answers.append((sum(one["rows"] > 0 for one in answer["items"]), subject.name, request, answer))
    _, name, request, answer = max(answers, key=lambda one: one[0])
    base = f"http://{services.settings.host}:{services.settings.port}"
    console.print(f"\n[bold]一次查询[/bold] GET {base}/v1/subjects/{request.subject_code}/information")
    known = [one for one in answer["items"] if one["rows"] > 0]
    console.print(f"{name}:{len(answer['items'])} 个事项中 {len(known)} 个有信息")
    for one in known[:6]:
        fact = orjson.dumps(one["records"][0]["data"]).decode()
        console.print(f"  {one['item']:>2} {one['name']}:{one['rows']} 条  [dim]{fact[:150]}…[/dim]", markup=True)
