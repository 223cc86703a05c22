"""Fixtures of the tests of collection: a node of one's own, and one shared by tests that look at their own batch."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database, embedded

sys.path.insert(0, str(Path(__file__).parent))  # for collect_kit, which these tests share

from collect_kit import MOMENT, Node, build


@pytest.fixture
async def node(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node with nothing in it."""
    one = Node(await build(settings, db, clock), clock)
    yield one
    await one.close()


@pytest.fixture(scope="session")
async def shared_node(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Node]:
    """A node for tests that send batches of their own and look at nothing else."""
    admin = await asyncpg.connect(server.dsn_of("postgres"))
    await admin.execute("create database shared_node template xinshu_template")
    home = tmp_path_factory.mktemp("shared-node")
    settings = Settings(home=home, database_url=SecretStr(server.dsn_of("shared_node")), cell_max_chars=1000)
    db = await Database.open(settings)
    clock = FixedClock(MOMENT)
    one = Node(await build(settings, db, clock), clock)
    yield one
    await one.close()
    await db.close()
    await admin.execute("drop database shared_node with (force)")
    await admin.close()
