"""Fixtures: the service over an empty subject base, and over a few invented subjects projected for search."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.divisions import Divisions
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.store import Database, embedded
from xinshu.store.data_keys import DataKeys
from xinshu.subjects import SubjectService, refresh_search

sys.path.insert(0, str(Path(__file__).parent))  # for subjects_kit, which these tests share


@pytest.fixture
def vault(settings: Settings, db: Database, clock: FixedClock) -> Vault:
    """The vault of a node with a database of its own."""
    return Vault.load(settings, DataKeys(db.dsn, clock))


@pytest.fixture
def service(db: Database, vault: Vault, clock: FixedClock) -> SubjectService:
    """The service over an empty subject base."""
    return SubjectService(db, vault, clock, Divisions.load(), Industries.load())


@pytest.fixture
async def filled(db: Database, service: SubjectService) -> SubjectService:
    """The service over `FIRMS`."""
    from subjects_kit import FIRMS, firms, load

    await load(db, firms())
    assert await refresh_search(db) == len(FIRMS)
    return service


@pytest.fixture(scope="session")
async def reading_settings(
    server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Settings]:
    """A node whose database the tests that only read share: making one for each takes longer than they do."""
    admin = await asyncpg.connect(server.dsn_of("postgres"))
    await admin.execute("create database subjects_reading template xinshu_template strategy file_copy")
    home = tmp_path_factory.mktemp("reading")
    yield Settings(home=home, database_url=SecretStr(server.dsn_of("subjects_reading")))
    await admin.execute("drop database subjects_reading with (force)")
    await admin.close()


@pytest.fixture(scope="session")
async def reading(reading_settings: Settings) -> AsyncIterator[SubjectService]:
    """The service over `FIRMS`, for tests that change nothing."""
    from subjects_kit import firms, load

    db = await Database.open(reading_settings)
    await load(db, firms())
    await refresh_search(db)
    clock = FixedClock(datetime(2026, 6, 1, 2, tzinfo=UTC))
    vault = Vault.load(reading_settings, DataKeys(db.dsn, clock))
    yield SubjectService(db, vault, clock, Divisions.load(), Industries.load())
    await db.close()
