"""The job queue on a real database: once, in order, again when put off, alive after the database was away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg

from xinshu.core.errors import UnavailableError
from xinshu.jobs import JobNotNowError, Worker, enqueue
from xinshu.store import Database, DatabaseUnavailableError

POLL = timedelta(milliseconds=100)


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")


async def waiting(db: Database) -> list[str]:
    """State of the jobs in the queue."""
    async with db.acquire() as conn:
        return [row["status"] for row in await conn.fetch("select status::text from pgqueuer order by id")]


async def test_jobs_run_in_order_and_a_waiting_job_is_asked_for_once(db: Database) -> None:
    done: list[Any] = []

    async def task(payload: dict[str, Any]) -> None:
        done.append(payload["n"])

    for n in (1, 2, 2, 3):
        await enqueue(db, "t", {"n": n}, key=f"t:{n}")
    assert await waiting(db) == ["queued"] * 3
    worker = Worker(db, {"t": task}, poll=POLL)
    worker.start()
    await until(lambda: len(done) == 3)
    await enqueue(db, "t", {"n": 1}, key="t:1")
    await until(lambda: len(done) == 4)
    await worker.stop()
    assert done == [1, 2, 3, 1]
    assert await waiting(db) == []


async def test_a_job_that_cannot_run_now_is_run_again(db: Database) -> None:
    faults: list[Exception] = [UnavailableError("磁盘已满"), JobNotNowError("正在处理")]
    tries = 0

    async def task(payload: dict[str, Any]) -> None:
        nonlocal tries
        tries += 1
        if faults:
            raise faults.pop()

    await enqueue(db, "t", {}, key="t")
    worker = Worker(db, {"t": task}, again=timedelta(0), poll=POLL)
    worker.start()
    await until(lambda: tries == 3)
    await worker.stop()
    assert await waiting(db) == []


async def test_a_job_that_fails_does_not_stop_the_next(db: Database) -> None:
    done = []

    async def task(payload: dict[str, Any]) -> None:
        if payload["n"] == 1:
            raise ValueError("broken")
        done.append(payload["n"])

    await enqueue(db, "t", {"n": 1}, key="1")
    await enqueue(db, "t", {"n": 2}, key="2")
    worker = Worker(db, {"t": task}, poll=POLL)
    worker.start()
    await until(lambda: done == [2])
    await worker.stop()


async def test_stopping_waits_for_the_job_in_hand(db: Database) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def task(payload: dict[str, Any]) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        ended.set()

    await enqueue(db, "t", {}, key="t")
    worker = Worker(db, {"t": task}, poll=POLL)
    worker.start()
    await asyncio.wait_for(begun.wait(), 20)
    await worker.stop()
    assert ended.is_set()


async def test_the_worker_outlives_its_connections(db: Database, database_url: str) -> None:
    done = []

    async def task(payload: dict[str, Any]) -> None:
        done.append(payload["n"])

    worker = Worker(db, {"t": task}, poll=POLL)
    worker.start()
    await enqueue(db, "t", {"n": 1}, key="1")
    await until(lambda: done == [1])
    admin = await asyncpg.connect(database_url)
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where pid <> pg_backend_pid() and datname = current_database()"
    )
    await admin.close()
    with contextlib.suppress(DatabaseUnavailableError):  # where the connection that was in the pool is met first
        await enqueue(db, "t", {"n": 2}, key="2")
    await enqueue(db, "t", {"n": 2}, key="2")
    await until(lambda: done == [1, 2])
    await worker.stop()
