"""Background work of batches of inquiries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xinshu.inquiry.batches.work import BatchWork
from xinshu.jobs import Task, enqueue
from xinshu.store import Database

TASK = "inquiry.batch"


def batch_task(work: BatchWork) -> Task:
    """The task that works one batch through ({"batch": id})."""

    async def run(payload: dict[str, Any]) -> None:
        await work.process(UUID(str(payload["batch"])))

    return run


async def enqueue_batch(db: Database, batch_id: UUID) -> None:
    """Hand a batch to the background worker."""
    await enqueue(db, TASK, {"batch": str(batch_id)}, key=f"{TASK}:{batch_id}")
