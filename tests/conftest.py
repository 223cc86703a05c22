"""Real PostgreSQL in tests: one embedded server a session; each test has an empty database."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database, embedded
from xinshu.store.migrate import upgrade

sys.path.insert(0, str(Path(__file__).parent))  # for the modules that tests share
from fresh import Lender

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATE = "xinshu_template"


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.EmbeddedServer]:
    """An embedded server with a migrated template database.

    Not under pytest's own folder: a second run as root closes that to the user the server runs as.
    """
    folder = Path(tempfile.mkdtemp(prefix="xinshu-test-"))
    running = embedded.start(folder / "data", database=TEMPLATE)
    upgrade(running.dsn)
    with psycopg.connect(running.dsn_of("postgres"), autocommit=True) as link:
        # Nothing here outlives a power cut, and a database a test costs 0.4 s with fsync and 0.06 s without.
        for name in ("fsync", "full_page_writes"):
            link.execute(f"alter system set {name} = off")
        link.execute("select pg_reload_conf()")
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def lender(server: embedded.EmbeddedServer) -> Lender:
    """Of databases."""
    return Lender(server, TEMPLATE)


@pytest.fixture
async def database_url(server: embedded.EmbeddedServer, lender: Lender) -> AsyncIterator[str]:
    """The address of a migrated, empty database."""
    name = await lender.lend()
    yield server.dsn_of(name)
    await lender.take_back(name)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of a node with a home of its own and a fresh database."""
    return Settings(home=tmp_path / "home", database_url=SecretStr(database_url))


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    database = await Database.open(settings)
    yield database
    await database.close()


@pytest.fixture
def clock() -> FixedClock:
    """Ten o'clock in China on 1 June 2026."""
    return FixedClock(datetime(2026, 6, 1, 2, tzinfo=UTC))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data beside the checkout; tests that need it skip where it is absent."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real data not found in {folder}")
    return folder
