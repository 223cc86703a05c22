"""A node over a fresh database, as in the tests of evaluation, and the modules over it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))  # for collect_kit
sys.path.insert(0, str(Path(__file__).parent.parent / "evaluate"))  # for evaluate_kit
sys.path.insert(0, str(Path(__file__).parent))

from collect_kit import Node, build
from modules_kit import modules_over

from xinshu.modules.service import Modules


@pytest.fixture
async def node(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node with nothing in it."""
    one = Node(await build(settings, db, clock), clock)
    yield one
    await one.close()


@pytest.fixture
async def service(node: Node) -> Modules:
    """The modules of the node; evidence is written."""
    await node.start()
    return modules_over(node)
