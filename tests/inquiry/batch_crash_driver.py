"""Run by test_batch_crash.py in a process of its own: works a batch of inquiries through and dies by SIGKILL, again and
again, each time a little further on.

Input on standard input: {"dsn", "home", "batch"}. One child a moment, forked once everything is loaded; prints how each
ended, as the signal that killed it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))

from collect_kit import MOMENT, Node, build, parts
from push_kit import open_banks
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.inquiry.model import Answer, Question
from xinshu.jobs import JobNotNowError
from xinshu.members.model import Principal
from xinshu.store import Database

MOMENTS = ("in the middle of a part", "before a part is kept", "after a part is kept", "before the end")


def die() -> None:
    """As kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


async def run(moment: str, dsn: str, home: Path, batch: UUID) -> None:
    """Work the batch through; never comes back."""
    settings = Settings(home=home, database_url=SecretStr(dsn))
    clock = FixedClock(MOMENT)
    node = Node(await build(settings, await Database.open(settings, migrate=False), clock), clock)
    banks = await open_banks(node, new=False)
    await banks.person()
    asked = 0
    ask, keep = node.services.inquiry.ask, banks.work._keep

    async def counting(question: Question, who: Principal) -> Answer:
        nonlocal asked
        answer = await ask(question, who)
        asked += 1
        if moment == MOMENTS[0] and asked == 13:
            die()
        return answer

    def keeping(name: str, lines: Any) -> None:
        if moment == MOMENTS[1]:
            die()
        keep(name, lines)
        if moment == MOMENTS[2] or (moment == MOMENTS[3] and name.endswith("/002.jsonl.sealed")):
            die()

    node.services.inquiry.ask = counting  # type: ignore[method-assign]
    banks.work._keep = keeping  # type: ignore[method-assign]
    for _ in range(200):  # the connection of the one that was killed may take a moment to fall
        try:
            await banks.work.process(batch)
        except JobNotNowError:
            await asyncio.sleep(0.05)


def main() -> None:
    """Fork a child a moment, wait for it, tell its end."""
    order = json.load(sys.stdin)
    parts()
    ends = []
    for moment in MOMENTS:
        child = os.fork()
        if child == 0:
            asyncio.run(run(moment, order["dsn"], Path(order["home"]), UUID(order["batch"])))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ends.append(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)
    print(json.dumps(ends))  # noqa: T201


if __name__ == "__main__":
    main()
