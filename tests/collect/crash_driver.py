"""Run by test_crash.py in a process of its own: hands in a file and dies by SIGKILL as soon as a state is reached.

Input on standard input: {"file": path, "runs": [{"state", "dsn", "home"}]}. One child a run, forked once everything
is loaded; prints how each ended, as the signal that killed it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from collect_kit import MOMENT, build, parts, tools_for
from pydantic import SecretStr

from xinshu.collect.model import Batch, BatchState, Submission
from xinshu.collect.prepare import prepare
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database


async def run(state: BatchState, dsn: str, home: Path, file: Path) -> None:
    """Receive and process; never comes back where the state is reached."""

    async def die(reached: BatchState) -> None:
        if reached is state:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(home=home, database_url=SecretStr(dsn))
    services = await build(settings, await Database.open(settings), FixedClock(MOMENT), alone=True)
    with file.open("rb") as stream:
        batch, _ = await services.collect.receive(stream, file.name, Submission("samr", "1"))
    await die(BatchState.RECEIVED)
    await services.collect.process(batch.id, die)


def warm(file: Path, home: Path) -> None:
    """Compile the checks once, before the children are made."""
    item = parts().catalogue.item("1")
    batch = Batch(
        id=0, provider="samr", item="1", item_version=item.version, batch_no=None, mode="incremental", channel="file",
        mapping=None, platform="320000", state=BatchState.RECEIVED, file_name=file.name, file_sha256="", file_bytes=0,
        raw_path="", received_at=MOMENT, updated_at=MOMENT,
    )  # fmt: skip
    tools = tools_for(Settings(home=home), alone=True)
    prepare(tools, batch, item, file, MOMENT).close()
    tools.benches.close()


def main() -> None:
    """Fork a child a run, wait for it, tell its end."""
    order = json.load(sys.stdin)
    warm(Path(order["file"]), Path(order["runs"][0]["home"]))
    ends = []
    for one in order["runs"]:
        child = os.fork()
        if child == 0:
            asyncio.run(run(BatchState(one["state"]), one["dsn"], Path(one["home"]), Path(order["file"])))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ends.append(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)
    print(json.dumps(ends))  # noqa: T201


if __name__ == "__main__":
    main()
