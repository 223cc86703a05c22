"""Background work of modules: a full run a day and after definitions changed, the touched ones within minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import structlog

from xinshu.jobs import enqueue
from xinshu.members.model import Principal
from xinshu.store import Database

if TYPE_CHECKING:
    from xinshu.modules.service import Modules

FULL, TOUCHED = "modules.full", "modules.touched"
WORKER = Principal("system:modules", "模块识别任务")
logger = structlog.get_logger(__name__)
Task = Callable[[dict[str, Any]], Awaitable[None]]


def tasks(service: Modules) -> dict[str, Task]:
    """For the background worker, by name."""

    async def full(payload: dict[str, Any]) -> None:
        del payload
        done = await service.run_full(WORKER)
        logger.info("all classified", as_of=done.as_of.isoformat(), subjects=done.subjects, members=done.members)

    async def touched(payload: dict[str, Any]) -> None:
        del payload
        while True:
            done = await service.run_touched(WORKER)
            logger.info("touched classified", subjects=done.subjects, members=done.members, left=done.left)
            if done.left == 0 or done.subjects == 0:
                return

    return {FULL: full, TOUCHED: touched}


async def wake(db: Database, service: Modules) -> None:
    """Ask for the touched ones to be classified if there are any; called every minute and after publications."""
    if await service.waiting() > 0:
        await enqueue(db, TOUCHED, {}, key=TOUCHED)


async def ask_full(db: Database) -> None:
    """Ask for a full run; called when a day begins and at the start of a node."""
    await enqueue(db, FULL, {}, key=FULL)
