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
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job

from xinshu.core.errors import UnavailableError
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.jobs")
logger = structlog.get_logger(__name__)
Task = Callable[[dict[str, Any]], Awaitable[None]]
POLL = timedelta(seconds=5)  # beside LISTEN/NOTIFY, for jobs whose worker died
AGAIN = timedelta(seconds=30)  # until a job that was put off is run again


async def enqueue(db: Database, task: str, payload: dict[str, Any], key: str) -> None:
    """Ask for `task` to be run with `payload`; while a job with the same `key` waits or runs, nothing is added.

    It takes the place of one that failed. Raises DatabaseUnavailableError.
    """
    async with db.acquire() as conn:
        await queries.forget_failed(conn, key=key)
        await Queries(AsyncpgDriver(conn)).enqueue(task, orjson.dumps(payload), dedupe_key=key, on_conflict="skip")


class JobNotNowError(Exception):
    """Raised by a task that cannot run now: the job is run again after `AGAIN`."""


class Worker:
    """Runs jobs until stopped. Tasks are idempotent: a job whose worker died is run again.

    A job that found a dependency unavailable is run again later; when the database goes, the worker comes back with it.
    """

    def __init__(
        self, db: Database, tasks: Mapping[str, Task], *, at_once: int = 1, again: timedelta = AGAIN,
        poll: timedelta = POLL,
    ) -> None:  # fmt: skip
        self._db = db
        self._tasks = tasks
        self._at_once = at_once
        self._again = again
        self._poll = poll
        self._stopping = asyncio.Event()
        self._queue: PgQueuer | None = None
        self._running: asyncio.Task[None] | None = None

    def _new_queue(self) -> PgQueuer:
        queue = PgQueuer(AsyncpgPoolDriver(self._db.pool))
        for name, task in self._tasks.items():
            # What has failed is kept, for somebody to look at and to run again.
            queue.entrypoint(name, concurrency_limit=self._at_once, on_failure="hold")(self._entry(name, task))
        return queue

    def _entry(self, name: str, task: Task) -> Callable[[Job], Awaitable[None]]:
        async def run(job: Job) -> None:
            payload = orjson.loads(job.payload or b"{}")
            with structlog.contextvars.bound_contextvars(task=name, job=int(job.id)):
                try:
                    await task(payload)
                except (JobNotNowError, UnavailableError) as error:
                    logger.warning("job put off", payload=payload, reason=str(error))
                    raise RetryRequested(self._again, reason=str(error)) from error
                except Exception:
                    logger.exception("job failed", payload=payload)
                    raise

        return run

    async def _keep_running(self) -> None:
        while not self._stopping.is_set():
            self._queue = self._new_queue()  # one that ended cannot run again
            try:
                await self._queue.run(dequeue_timeout=self._poll, batch_size=1)
            except Exception as error:  # whatever it was, a node whose worker has ended in silence is worse
                if not self._stopping.is_set():
                    logger.warning("worker interrupted", error=f"{type(error).__name__}: {error}")
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stopping.wait(), self._poll.total_seconds())

    def start(self) -> None:
        """Begin to take jobs, in the background of the running loop."""
        self._running = asyncio.create_task(self._keep_running(), name="worker")

    async def stop(self) -> None:
        """Finish the job in hand and stop."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()
        if self._running is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
            self._running = None
