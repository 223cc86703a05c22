"""What operators see of the queue, and what they may do to a job; rules with a real queue and worker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from xinshu.core.errors import ConflictError, UnavailableError
from xinshu.jobs import Jobs, Worker, enqueue
from xinshu.jobs.service import JobNotFoundError, JobStateError, QueuedJob, Touched
from xinshu.store import Database

POLL = timedelta(milliseconds=100)


class Told:
    """Keeps what would come into the security log."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, Touched]] = []

    async def __call__(self, conn: Any, code: str, job: Touched) -> None:
        """One act."""
        self.acts.append((code, job))


async def settled(db: Database, want: dict[str, int]) -> list[QueuedJob]:
    """The queue, once it looks like this."""
    for _ in range(1000):
        if await Jobs(db).counts() == want:
            return (await Jobs(db).page(None, None, 1, 50))[0]
        await asyncio.sleep(0.02)
    raise AssertionError(await Jobs(db).counts())


async def test_a_failed_job_is_kept_with_its_fault_and_runs_again(db: Database) -> None:
    faults: list[Exception] = [ConflictError("批次 7 没有文件", hint="重新报送")]
    done = []

    async def task(payload: dict[str, Any]) -> None:
        if faults:
            raise faults.pop()
        done.append(payload)

    await enqueue(db, "t", {"batch": 7}, key="t:7")
    worker, told = Worker(db, {"t": task}, poll=POLL), Told()
    worker.start()
    (job,) = await settled(db, {"waiting": 0, "running": 0, "failed": 1})
    assert (job.task, job.state, job.payload) == ("t", "failed", {"batch": 7})
    assert job.fault is not None
    assert (job.fault.type, job.fault.message) == ("ConflictError", "批次 7 没有文件(重新报送)")
    assert (await Jobs(db).going()).failed == 1
    await Jobs(db).retry(job.id, told)
    await settled(db, {"waiting": 0, "running": 0, "failed": 0})
    await worker.stop()
    assert done == [{"batch": 7}]
    assert told.acts == [("job_retried", Touched(job.id, "t"))]
    with pytest.raises(JobNotFoundError, match="没有任务"):
        await Jobs(db).retry(job.id, told)


async def test_the_text_of_an_unexpected_error_is_not_shown(db: Database) -> None:
    async def task(payload: dict[str, Any]) -> None:
        raise ValueError("身份证 11010519491231002X")

    await enqueue(db, "t", {}, key="t")
    worker = Worker(db, {"t": task}, poll=POLL)
    worker.start()
    (job,) = await settled(db, {"waiting": 0, "running": 0, "failed": 1})
    await worker.stop()
    assert job.fault is not None
    assert (job.fault.type, job.fault.message) == ("ValueError", None)


async def test_a_job_put_off_says_why_and_when(db: Database) -> None:
    async def task(payload: dict[str, Any]) -> None:
        raise UnavailableError("磁盘已满")

    await enqueue(db, "t", {}, key="t")
    worker = Worker(db, {"t": task}, poll=POLL)
    worker.start()
    for _ in range(1000):
        (job,) = (await Jobs(db).page("waiting", None, 1, 50))[0] or [None]
        if job is not None and job.put_off:
            break
        await asyncio.sleep(0.02)
    await worker.stop()
    assert job is not None
    assert job.put_off
    assert job.fault is not None
    assert (job.fault.type, job.fault.message) == ("put_off", "磁盘已满")


async def test_asking_again_takes_the_place_of_what_failed(db: Database) -> None:
    async with db.acquire() as conn:
        await conn.execute(
            "insert into pgqueuer (priority, status, entrypoint, dedupe_key) values (0, 'failed', 't', 't:1')"
        )
    await enqueue(db, "t", {"n": 1}, key="t:1")
    assert await Jobs(db).counts() == {"waiting": 1, "running": 0, "failed": 0}


async def test_what_may_be_cancelled(db: Database) -> None:
    jobs, told = Jobs(db), Told()
    async with db.acquire() as conn:
        ids = [
            await conn.fetchval(
                "insert into pgqueuer (priority, status, entrypoint, dedupe_key) values (0, $1, 't', $2) returning id",
                status, key,
            )
            for status, key in (("queued", "a"), ("picked", "b"), ("failed", "b"))
        ]  # fmt: skip
    await jobs.cancel(ids[0], told)
    with pytest.raises(JobStateError, match="执行中"):
        await jobs.cancel(ids[1], told)
    with pytest.raises(JobStateError, match="执行中"):
        await jobs.retry(ids[1], told)
    with pytest.raises(JobStateError, match="相同"):  # the same is running already
        await jobs.retry(ids[2], told)
    await jobs.cancel(ids[2], told)
    assert [(code, job.id) for code, job in told.acts] == [("job_cancelled", ids[0]), ("job_cancelled", ids[2])]
    assert [job.id for job in (await jobs.page(None, None, 1, 50))[0]] == [ids[1]]
    with pytest.raises(JobNotFoundError):
        await jobs.cancel(2**62, told)


async def test_filters_and_pages(db: Database) -> None:
    for n in range(3):
        await enqueue(db, "a.b", {"n": n}, key=f"a:{n}")
    await enqueue(db, "c", {}, key="c")
    found, total = await Jobs(db).page("waiting", "a.b", 2, 2)
    assert (total, [job.payload for job in found]) == (3, [{"n": 2}])
    assert await Jobs(db).page("failed", None, 1, 2) == ([], 0)
