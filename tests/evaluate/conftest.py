"""A node over a fresh database, as in the tests of collection, and the evaluation over it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))  # for collect_kit
sys.path.insert(0, str(Path(__file__).parent))

from collect_kit import Node, build, parts
from evaluate_kit import book, engine

from xinshu.evaluate.service import EvaluationService


@pytest.fixture
async def node(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node with nothing in it."""
    one = Node(await build(settings, db, clock), clock)
    yield one
    await one.close()


@pytest.fixture
async def service(node: Node) -> EvaluationService:
    """Evaluations of the node, over the engine that all tests share; evidence is written."""
    await node.start()
    return EvaluationService(node.db, book(), node.clock, node.services.ledger, parts().benches, engine)
