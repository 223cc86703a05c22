"""The queue as operators see it: what waits, runs or has failed, and what they may do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.jobs")
STATES = {"queued": "waiting", "picked": "running", "failed": "failed"}
_STATUS = {state: status for status, state in STATES.items()}
Told = Callable[[Any, str, "Touched"], Awaitable[None]]  # connection, code, job: in the transaction of the act


class JobNotFoundError(NotFoundError):
    """No job has this number: it has ended, or never was."""

    code = "job_not_found"


class JobStateError(ConflictError):
    """What the job is at does not allow the act."""

    code = "job_state"


@dataclass(frozen=True)
class Fault:
    """Why the last attempt did not succeed. `message` is left out where it may carry data of the job."""

    type: str
    message: str | None
    at: datetime


@dataclass(frozen=True)
class QueuedJob:
    """One job. `put_off`: runs again at `due_at`; `abandoned`: its worker has given no sign of life for two minutes."""

    id: int
    task: str
    state: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    put_off: bool
    abandoned: bool
    fault: Fault | None


@dataclass(frozen=True)
class Touched:
    """The job that somebody has retried or cancelled."""

    id: int
    task: str


@dataclass(frozen=True)
class Going:
    """How the queue goes. `overdue`: for how many seconds the oldest that is due has waited."""

    waiting: int
    running: int
    failed: int
    abandoned: int
    overdue: int


class Jobs:
    """Looks at the queue, and touches single jobs of it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(self, state: str | None, task: str | None, page: int, size: int) -> tuple[list[QueuedJob], int]:
        """One page, running ones first, then failed, then waiting; and how many there are in all."""
        status = _STATUS[state] if state is not None else None
        async with self._db.acquire() as conn:
            rows = [
                row async for row in queries.list_jobs(conn, state=status, task=task, size=size, skip=(page - 1) * size)
            ]
        return [_job(row) for row in rows], rows[0]["total"] if rows else 0

    async def counts(self) -> dict[str, int]:
        """State → how many."""
        async with self._db.acquire() as conn:
            found = {row["status"]: row["jobs"] async for row in queries.count_jobs(conn)}
        return {state: found.get(status, 0) for status, state in STATES.items()}

    async def going(self) -> Going:
        """The whole queue in five figures."""
        async with self._db.acquire() as conn:
            return Going(**dict(await queries.how_it_goes(conn)))

    async def retry(self, job_id: int, told: Told) -> None:
        """Run a failed job again. Raises JobNotFoundError, JobStateError."""
        async with self._db.transaction() as conn:
            try:
                row = await queries.try_again(conn, id=job_id)
            except asyncpg.UniqueViolationError:
                raise JobStateError(
                    f"任务 {job_id} 已有一件相同的在等待或执行", hint="等那一件结束;这一件可以取消"
                ) from None
            if row is None:
                raise await _not_so(conn, job_id, "只有失败的任务可以重试")
            await queries.log_tried_again(conn, **dict(row))
            await told(conn, "job_retried", Touched(row["id"], row["task"]))

    async def cancel(self, job_id: int, told: Told) -> None:
        """Take a job that waits or has failed out of the queue. Raises JobNotFoundError, JobStateError."""
        async with self._db.transaction() as conn:
            row = await queries.give_up(conn, id=job_id)
            if row is None:
                raise await _not_so(conn, job_id, "正在执行的任务不能取消,等它结束")
            await queries.log_given_up(conn, **dict(row))
            await told(conn, "job_cancelled", Touched(row["id"], row["task"]))


async def _not_so(conn: Any, job_id: int, hint: str) -> XinshuError:
    row = await queries.job_status(conn, id=job_id)
    if row is None:
        return JobNotFoundError(f"没有任务 {job_id}", hint="可能已经做完;刷新列表查看")
    names = {"queued": "等待", "picked": "执行中", "failed": "失败"}
    return JobStateError(f"任务 {job_id} 的状态是{names.get(row['status'], row['status'])}", hint=hint)


def _job(row: Any) -> QueuedJob:
    taken = ("id", "task", "attempts", "created_at", "updated_at", "due_at", "abandoned")
    return QueuedJob(
        **{name: row[name] for name in taken},
        state=STATES.get(row["status"], row["status"]),
        payload=orjson.loads(row["payload"] or b"{}"),
        put_off=row["put_off"] and row["status"] == "queued",
        fault=_fault(row),
    )


def _fault(row: Any) -> Fault | None:
    """Of the last attempt. Errors of ours are words for the screen; the text of others may hold a value from a row."""
    if row["fault"] is None:
        return None
    told = orjson.loads(row["fault"])
    context = told.get("additional_context") or {}
    if "reason" in context:  # put off by the task itself
        return Fault("put_off", context["reason"], row["fault_at"])
    ours = told["exception_type"] in _names(XinshuError)
    return Fault(told["exception_type"], told["exception_message"] if ours else None, row["fault_at"])


def _names(kind: type[XinshuError]) -> set[str]:
    return {kind.__name__}.union(*(_names(one) for one in kind.__subclasses__()))
