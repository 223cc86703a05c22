"""A node over a fresh database, as in the tests of collection."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))  # for collect_kit
sys.path.insert(0, str(Path(__file__).parent.parent / "members"))  # for clients_kit
sys.path.insert(0, str(Path(__file__).parent.parent / "journeys"))  # for whole_kit

from collect_kit import Node, build


@pytest.fixture
async def node(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node with nothing in it."""
    one = Node(await build(settings, db, clock), clock)
    yield one
    await one.close()
