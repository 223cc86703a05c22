"""Fixtures of the tests of keys: a database for wrapped keys, a vault over it. They share `keys_kit`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.store.data_keys import DataKeys

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> DataKeys:
    """The wrapped keys of an empty database."""
    return DataKeys(database_url, clock)


@pytest.fixture
def vault(settings: Settings, store: DataKeys) -> Vault:
    """The vault of a new node."""
    return Vault.load(settings, store)
