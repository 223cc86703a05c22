"""A node over a fresh database, as in the tests of collection."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database, embedded

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))  # for collect_kit
sys.path.insert(0, str(Path(__file__).parent.parent / "members"))  # for members_kit
sys.path.insert(0, str(Path(__file__).parent))  # for push_kit

from collect_kit import Node, build

if TYPE_CHECKING:
    from asking_kit import Desk

KNOWN = 80  # firms at the desk; a test takes one or two


@pytest.fixture
async def node(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node with nothing in it."""
    one = Node(await build(settings, db, clock), clock)
    yield one
    await one.close()


@pytest.fixture(scope="session")
async def desk(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A whole node with firms of whom everything is known, for all tests of inquiries; its clock only goes forward."""
    from asking_kit import open_desk

    async with open_desk(server, tmp_path_factory.mktemp("desk") / "home", KNOWN) as one:
        yield one
