"""`xinshu sandbox`: the tenant of invented data in which members try their systems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.cli.batches import STATES
from xinshu.cli.output import BAR, Json, explained, local_user, print_json, run
from xinshu.collect.model import BatchState, Sender, Submission
from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings, load_settings
from xinshu.members.model import local_operator
from xinshu.node.distribution import Host
from xinshu.node.sandbox import sandbox_settings
from xinshu.node.services import Services, open_services
from xinshu.store import Database, load_queries
from xinshu.synth import World

app = typer.Typer(help="沙箱:填入虚构数据,查看状态。成员在这里测试自己的系统。", no_args_is_help=True)
queries = load_queries("xinshu.node")

SEED = 2  # another world than the demo's
AS_OF = date(2026, 6, 30)  # fixed, so that a second run finds the same files
SUBJECTS = 200


@app.command()
def fill(
    subjects: Annotated[int, typer.Option(min=100, max=1_000_000, help="虚构的信用主体数。")] = SUBJECTS,
    seed: Annotated[int, typer.Option(help="种子;种子与主体数相同,数据相同,再填一次什么都不变。")] = SEED,
    items: Annotated[str, typer.Option(help="事项号,用逗号分开,须含 1;不写:全部 37 项。")] = "",
    as_json: Json = False,
) -> None:
    """生成一个虚构省份,经归集过程填入沙箱。例:xinshu sandbox fill --subjects 2000"""
    with explained(as_json):
        settings = load_settings()

        async def work() -> dict[str, int]:
            async with _sandbox(settings) as sandbox:
                chosen = tuple(one.strip() for one in items.split(",") if one.strip())
                folder, manifest = write_world(sandbox.settings, subjects, seed, chosen)
                return await _collect(sandbox, folder, manifest, as_json)

        counts = run(work)
        if as_json:
            print_json(counts)
        else:
            words = "、".join(f"{STATES.get(BatchState(state), state)} {count} 批" for state, count in counts.items())
            Console().print(f"沙箱已填入 {subjects:,} 个虚构主体的信息:{words}", highlight=False)


@app.command()
def status(as_json: Json = False) -> None:
    """查看沙箱里有什么。例:xinshu sandbox status"""
    with explained(as_json):
        settings = load_settings()

        async def work() -> dict[str, Any]:
            async with _sandbox(settings) as sandbox, sandbox.db.acquire() as conn:
                batches = {row["state"]: row["batches"] async for row in queries.batches_by_state(conn)}
                return {
                    "home": str(sandbox.settings.home),
                    "subjects": await queries.subjects_counted(conn),
                    "batches": batches,
                    "jobs_waiting": await queries.jobs_waiting(conn),
                }

        found = run(work)
        if as_json:
            print_json(found)
            return
        table = Table("项目", "内容", title="沙箱", show_header=False)
        table.add_row("数据目录", found["home"])
        table.add_row("信用主体", f"{found['subjects']:,}")
        for state, count in found["batches"].items():
            table.add_row(f"批次({STATES.get(BatchState(state), state)})", f"{count:,}")
        table.add_row("等待的任务", str(found["jobs_waiting"]))
        Console().print(table)


def write_world(
    sandbox: Settings, subjects: int = SUBJECTS, seed: int = SEED, items: Sequence[str] = ()
) -> tuple[Path, dict[str, Any]]:
    """The files of an invented province in the sandbox's home: (folder, manifest); those of an earlier run serve.

    `items`: numbers, all when there are none. Raises WorldError, ItemNotFoundError.
    """
    folder = sandbox.home / "-".join(("world", str(seed), str(subjects), *items))
    manifest = folder / "manifest.json"
    if not manifest.exists():
        world = World(seed, subjects, AS_OF, sandbox.platform_code, definitions=sandbox.definitions)
        return folder, world.write(folder, items or None, beside=False)
    found: dict[str, Any] = orjson.loads(manifest.read_bytes())
    return folder, found


async def _nobody(principal_id: str) -> None:
    """Whom the worker would act for: none runs here."""


@asynccontextmanager
async def _sandbox(settings: Settings) -> AsyncIterator[Services]:
    clock = SystemClock()
    db = await Database.open(settings)
    try:
        host = Host(db, _nobody)
        async with open_services(await sandbox_settings(settings, db), clock, host) as services:
            yield services
    finally:
        await db.close()


async def _collect(sandbox: Services, folder: Path, manifest: dict[str, Any], quiet: bool) -> dict[str, int]:
    """Every file through the collection path, registers first: batches by state. Raises what is wrong with a file."""
    counts: dict[str, int] = {}
    who = replace(local_operator(local_user()), sandbox=True)
    with Progress(*BAR, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        bar = progress.add_task("归集", total=len(manifest["files"]))
        for entry in manifest["files"]:
            submission = Submission(entry["provider"], entry["item"], entry["mode"])
            sender = await sandbox.senders.local(who, entry["provider"]) or Sender(who.id)
            async for _, result in sandbox.collect.add_files([folder / entry["file"]], submission, sender):
                if isinstance(result, XinshuError):
                    raise result
                counts[result.state.value] = counts.get(result.state.value, 0) + 1
            progress.update(bar, advance=1, description=f"归集 {entry['name']}")
    await sandbox.refresh_search()
    return counts
