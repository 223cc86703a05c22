"""Tests of members share `members_kit`; those of accounts also a `house`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from accounts_kit import House


@pytest.fixture
async def house(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[House]:
    """A node's accounts."""
    from accounts_kit import open_house

    async with open_house(settings, db, clock) as opened:
        yield opened
