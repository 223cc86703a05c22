"""The job queue: jobs are rows of the same PostgreSQL, a job survives the process that asked for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.models import Job

from xinshu.store import Database

logger = structlog.get_logger(__name__)
Task = Callable[[dict[str, Any]], Awaitable[None]]
POLL = timedelta(seconds=5)  # beside LISTEN/NOTIFY, for jobs whose worker died


async def enqueue(db: Database, task: str, payload: dict[str, Any], key: str) -> None:
    """Ask for `task` to be run with `payload`; while a job with the same `key` waits or runs, nothing is added."""
    queries = Queries(AsyncpgPoolDriver(db.pool))
    await queries.enqueue(task, orjson.dumps(payload), dedupe_key=key, on_conflict="skip")


class Worker:
    """Runs jobs one at a time until stopped. Tasks are idempotent: a job whose worker died is run again."""

    def __init__(self, db: Database, tasks: Mapping[str, Task], *, at_once: int = 1) -> None:
        self._queue = PgQueuer(AsyncpgPoolDriver(db.pool))
        self._at_once = at_once
        self._running: asyncio.Task[None] | None = None
        for name, task in tasks.items():
            self._register(name, task)

    def _register(self, name: str, task: Task) -> None:
        @self._queue.entrypoint(name, concurrency_limit=self._at_once)
        async def run(job: Job) -> None:
            payload = orjson.loads(job.payload or b"{}")
            with structlog.contextvars.bound_contextvars(task=name, job=int(job.id)):
                try:
                    await task(payload)
                except Exception:
                    logger.exception("job failed", payload=payload)
                    raise

    def start(self) -> None:
        """Begin to take jobs, in the background of the running loop."""
        self._running = asyncio.create_task(self._queue.run(dequeue_timeout=POLL, batch_size=1), name="worker")

    async def stop(self) -> None:
        """Finish the job in hand and stop."""
        self._queue.shutdown.set()
        if self._running is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
            self._running = None
