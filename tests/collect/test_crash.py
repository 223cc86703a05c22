"""Killed with SIGKILL at any step, taken up again by another process: the same tables as without the crash."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from collect_kit import MOMENT, Node, build, csv_of, firm, firms, write
from pydantic import SecretStr

from xinshu.collect.errors import BatchBusyError
from xinshu.collect.model import BatchState
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database, embedded

STATES = ("received", "parsed", "checked", "compared", "deduplicated", "loaded", "published")
BASE = firms(6)
SECOND = csv_of(
    [*firms(3), firm(4, address="示例路99号"), firm(5, subject_name="示例市更名机械有限公司"), *firms(4, start=20),
     firm(20), firm(30, subject_name=""), firm(31, address="甲"), firm(31, address="乙")]
)  # fmt: skip
TABLES = (
    "select code, old_number, name, name_key, division, status, industry, address, legal_person, size_class "
    "from subject",
    "select s.code, h.field, h.value from subject_history h join subject s on s.id = h.subject_id",
    "select s.code, r.item, r.key, r.version, r.payload, r.row_hash, r.batch_id, r.row_no, r.state, "
    "r.known_to is null as known from record r join subject s on s.id = r.subject_id",
    "select s.code, h.item, h.document, h.masked, h.rows, h.version "
    "from holding h join subject s on s.id = h.subject_id",
    "select batch_id, row_no, original::text, reasons::text, candidates::text, state from quarantine",
    "select id, state, counts::text, reasons::text, quality::text, format::text, header::text, sequence from batch",
)


@dataclass
class Runs:
    """The databases and homes in which a process was killed, by state; the tables before and after a whole run."""

    places: dict[str, tuple[str, Path]]
    ends: dict[str, int]
    before: list[list[Any]]
    expected: list[list[Any]]


async def opened(dsn: str, home: Path) -> Node:
    """A node over what is there."""
    settings = Settings(home=home, database_url=SecretStr(dsn))
    clock = FixedClock(MOMENT)
    return Node(await build(settings, await Database.open(settings), clock, alone=True), clock)


async def tables(node: Node) -> list[list[Any]]:
    """All that readers may see, without surrogate keys and times."""
    return [sorted(map(repr, await node.table(f"{sql} order by 1, 2"))) for sql in TABLES]


@pytest.fixture(scope="module")
async def runs(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runs]:
    """A first batch published, then a process killed at each state of a second, each in a copy of the whole node."""
    folder = tmp_path_factory.mktemp("crash")
    admin = await asyncpg.connect(server.dsn_of("postgres"))
    await admin.execute("create database crash_base template xinshu_template")
    base = await opened(server.dsn_of("crash_base"), folder / "base")
    await base.publish(BASE)
    before = await tables(base)
    base.close_benches()
    await base.db.close()
    places = {}
    for state in STATES:
        await admin.execute(f"create database crash_{state} template crash_base")
        shutil.copytree(folder / "base", folder / state)
        places[state] = (server.dsn_of(f"crash_{state}"), folder / state)
    base = await opened(server.dsn_of("crash_base"), folder / "base")
    await base.publish(SECOND)
    expected = await tables(base)
    base.close_benches()
    await base.db.close()
    order = {
        "file": str(write(folder, "rows.csv", SECOND)),
        "runs": [{"state": state, "dsn": dsn, "home": str(home)} for state, (dsn, home) in places.items()],
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(Path(__file__).with_name("crash_driver.py"))],
        input=json.dumps(order), capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    yield Runs(places, dict(zip(STATES, json.loads(done.stdout), strict=True)), before, expected)
    for name in ("base", *STATES):
        await admin.execute(f"drop database crash_{name} with (force)")
    await admin.close()


@pytest.mark.parametrize("state", STATES)
async def test_a_killed_process_leaves_nothing_half_done(runs: Runs, state: str) -> None:
    assert runs.ends[state] == signal.SIGKILL
    node = await opened(*runs.places[state])
    try:
        batch = await node.collect.get(2)
        published = state == "published"
        assert (batch.state is BatchState.PUBLISHED) == published
        assert (await tables(node))[:5] == (runs.expected if published else runs.before)[:5]
        assert await node.collect.unfinished() == ([] if published else [2])
        for _ in range(100):  # the killed process's connection may take a moment to fall
            try:
                batch = await node.collect.process(2)
                break
            except BatchBusyError:
                await asyncio.sleep(0.05)
        assert batch.state is BatchState.PUBLISHED
        assert batch.counts.new == 4 and batch.counts.changed == 2 and batch.counts.quarantined == 3
        assert await tables(node) == runs.expected
        assert await node.collect.process(2) == batch
        await node.services.take_up_unfinished()
        left = list((node.services.settings.home / "work").iterdir())
        assert len(left) == (0 if published else 1), left  # the workbench of this process
    finally:
        node.close_benches()
        await node.db.close()
