"""Tests of authorisations share `consent_kit`, `gate_kit`, and the kits and the software authenticator of members."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xinshu.consent.signing import TrustAnchors
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "members"))

if TYPE_CHECKING:
    from consent_kit import Office


@pytest.fixture
async def office(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Office]:
    """A node's authorisations; no certificates are trusted."""
    from consent_kit import open_office

    async with open_office(settings, db, clock, TrustAnchors([])) as opened:
        yield opened
