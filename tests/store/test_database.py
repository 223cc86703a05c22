"""The store: a real server, migrations both ways, faults that name the remedy."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from xinshu.core.settings import Settings
from xinshu.store import Database, DatabaseUnavailableError, embedded
from xinshu.store.database import IDLE, AtHand, Lease
from xinshu.store.migrate import SchemaTooNewError, current_revision, downgrade, head_revision, upgrade


async def test_opens_with_all_migrations(db: Database, database_url: str) -> None:
    assert current_revision(database_url) == head_revision()
    async with db.acquire() as conn:
        assert await conn.fetchval("select count(*) from subject") == 0


async def test_downgrade_empties_and_upgrade_restores(database_url: str) -> None:
    tables = "select array_agg(tablename::text order by tablename) from pg_tables where schemaname = 'public'"
    conn = await asyncpg.connect(database_url)
    before = await conn.fetchval(tables)
    await asyncio.to_thread(downgrade, database_url, "base")
    assert await conn.fetchval(tables) == ["alembic_version"]
    await asyncio.to_thread(upgrade, database_url)
    assert await conn.fetchval(tables) == before
    await conn.close()


async def test_two_processes_migrate_at_once(server: embedded.EmbeddedServer) -> None:
    admin = await asyncpg.connect(server.dsn_of("postgres"))
    await admin.execute("create database twice")
    dsn = server.dsn_of("twice")
    script = "import sys; from xinshu.store.migrate import upgrade; upgrade(sys.argv[1])"
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", script, dsn) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    assert current_revision(dsn) == head_revision()
    await admin.execute("drop database twice with (force)")
    await admin.close()


async def test_a_newer_schema_is_refused(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    await conn.execute("update alembic_version set version_num = '9999'")
    await conn.close()
    with pytest.raises(SchemaTooNewError, match="9999"):
        upgrade(database_url)


async def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=SecretStr("postgresql://u:geheim@127.0.0.1:1/none"))
    with pytest.raises(DatabaseUnavailableError) as caught:
        await Database.open(settings)
    assert "127.0.0.1:1/none" in str(caught.value)
    assert "geheim" not in str(caught.value)


async def test_a_lost_connection_is_a_clear_error(db: Database, database_url: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with db.acquire() as conn:
            other = await asyncpg.connect(database_url)
            await other.execute("select pg_terminate_backend($1)", conn.get_server_pid())
            await other.close()
            await conn.execute("select pg_sleep(5)")
    async with db.acquire() as conn:
        assert await conn.fetchval("select 1") == 1


def test_a_folder_with_other_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter.txt").write_text("mine")
    with pytest.raises(embedded.EmbeddedServerError, match="占用"):
        embedded.start(tmp_path / "data")
    assert (tmp_path / "data" / "letter.txt").read_text() == "mine"


async def test_connections_at_hand_are_whole_and_not_old(settings: Settings, db: Database) -> None:
    moment = 0.0
    own = await Database.open(settings, migrate=False)
    at_hand = AtHand(own.pool, now=lambda: moment)

    async def backend(*, spoil: str = "") -> int:
        async with Lease(at_hand) as conn:
            number = int(await conn.fetchval("select pg_backend_pid()"))
            if spoil:
                await conn.execute(spoil)
            return number

    first = await backend()
    assert await backend() == first  # kept, and given again
    assert await backend(spoil="begin") == first
    assert len(at_hand._free) == 0  # in the middle of something: the pool cleans it
    with pytest.raises(RuntimeError):
        async with Lease(at_hand):
            raise RuntimeError
    assert len(at_hand._free) == 0
    second = await backend()
    moment += IDLE
    assert await backend() != second  # too long unused
    third = await backend()
    async with db.acquire() as conn:
        await conn.execute("select pg_terminate_backend($1)", third)
    for _ in range(100):
        if not await alive(db, third):
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert await backend() != third  # ended by the server
    await at_hand.close()
    await own.close()


async def alive(db: Database, backend: int) -> bool:
    """Whether the server still has this connection."""
    async with db.acquire() as conn:
        return bool(await conn.fetchval("select count(*) from pg_stat_activity where pid = $1", backend))


async def test_who_waits_for_the_pool_gets_what_becomes_free(settings: Settings, db: Database) -> None:
    own = await Database.open(settings.model_copy(update={"pool_size": 5}), migrate=False)
    taken = 0

    async def use() -> None:
        nonlocal taken
        for _ in range(20):
            async with own.acquire() as conn:
                await conn.fetchval("select 1")
                taken += 1

    await asyncio.wait_for(asyncio.gather(*[use() for _ in range(40)]), 60)
    assert taken == 800
    await own.close()
