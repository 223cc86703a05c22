"""Background work of evaluation: a full run a day, and those touched within minutes (R5.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import structlog

from xinshu.jobs import enqueue
from xinshu.members.model import Principal
from xinshu.store import Database

if TYPE_CHECKING:
    from xinshu.evaluate.service import EvaluationService

FULL, TOUCHED = "evaluate.full", "evaluate.touched"
WORKER = Principal("system:evaluate", "评价任务")
logger = structlog.get_logger(__name__)
Task = Callable[[dict[str, Any]], Awaitable[None]]


def tasks(service: EvaluationService) -> dict[str, Task]:
    """For the background worker, by name."""

    async def full(payload: dict[str, Any]) -> None:
        del payload
        if not await service.cards():
            logger.info("no model in force, nothing to evaluate")
            return
        done = await service.run_full(WORKER)
        await service.keep_courses()
        drifts = await service.models.monitor()
        logger.info("all evaluated", as_of=done.as_of.isoformat(), subjects=done.subjects, changed=done.changed,
                    drift=[one["model"] for one in drifts if one["drift"] != "stable"])  # fmt: skip

    async def touched(payload: dict[str, Any]) -> None:
        del payload
        while True:
            done = await service.run_touched(WORKER)
            logger.info("touched evaluated", subjects=done.subjects, changed=done.changed, left=done.left)
            if done.left == 0 or done.subjects == 0:
                break
        await service.keep_courses()

    return {FULL: full, TOUCHED: touched}


async def wake(db: Database, service: EvaluationService) -> None:
    """Ask for the touched ones to be evaluated if there are any; called every minute and after publications.

    Without a model in force nothing is evaluated: a full run follows when one comes into force.
    """
    if await service.waiting() == 0:
        return
    if await service.cards():
        await enqueue(db, TOUCHED, {}, key=TOUCHED)
    else:
        await service.forget_marks()


async def ask_full(db: Database) -> None:
    """Ask for a full run; called when a day begins and when a model comes into force."""
    await enqueue(db, FULL, {}, key=FULL)
