"""Changes of rights reach every process, and nothing is believed from memory while they cannot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from xinshu.core.settings import Settings
from xinshu.members.freshness import Freshness, announce
from xinshu.store import Database


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  (it comes from the server)
            await asyncio.sleep(0.005)


@asynccontextmanager
async def heard(db: Database) -> AsyncIterator[tuple[Freshness, list[str]]]:
    """A started listener and what it has told."""
    freshness, told = Freshness(db), []
    freshness.on_change(told.append)
    await freshness.start()
    try:
        yield freshness, told
    finally:
        await freshness.stop()


async def test_a_change_is_told_when_its_transaction_commits(db: Database, settings: Settings) -> None:
    other = await Database.open(settings, migrate=False)
    try:
        async with heard(other) as (freshness, told):
            assert freshness.live
            assert told == ["all"]
            async with db.transaction() as conn:
                await announce(conn, "member:m1")
                await announce(conn, "client:c1")
                async with db.acquire() as bystander:
                    await announce(bystander, "account:first")
                await until(lambda: "account:first" in told)
                assert told == ["all", "account:first"]
            await until(lambda: len(told) == 4)
            assert told[2:] == ["member:m1", "client:c1"]
    finally:
        await other.close()


async def test_a_change_rolled_back_is_not_told(db: Database) -> None:
    async with heard(db) as (_, told):
        with pytest.raises(RuntimeError):
            async with db.transaction() as conn:
                await announce(conn, "member:m1")
                raise RuntimeError
        async with db.acquire() as conn:
            await announce(conn, "member:m2")
        await until(lambda: len(told) == 2)
        assert told == ["all", "member:m2"]


async def test_a_lost_connection_ends_trust_until_listening_again(db: Database) -> None:
    async with heard(db) as (freshness, told):
        states: list[bool] = []
        freshness.on_change(lambda what: states.append(freshness.live))
        async with db.acquire() as conn:
            await conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        await until(lambda: "all" in told[1:])  # told that something may have been missed
        assert states[0] is False
        await until(lambda: freshness.live)
        async with db.acquire() as conn:
            await announce(conn, "member:m1")
        await until(lambda: told[-1] == "member:m1")


async def test_it_starts_without_a_database_and_does_not_trust(settings: Settings) -> None:
    gone = await Database.open(settings)
    await gone.close()
    async with heard(gone) as (freshness, told):
        assert not freshness.live
        assert told == []


async def test_after_stop_nothing_is_live_and_the_connection_is_free(db: Database) -> None:
    async with heard(db) as (freshness, _):
        assert freshness.live
    assert not freshness.live
    async with db.acquire() as conn:
        listening = await conn.fetchval("select count(*) from pg_listening_channels()")
    assert listening == 0


async def test_stop_before_start_is_no_fault(db: Database) -> None:
    await Freshness(db).stop()
