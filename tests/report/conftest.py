"""One whole node with firms of whom much is known, for all tests of reports; its clock only goes forward."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xinshu.store import embedded

for _folder in ("collect", "members", "inquiry"):
    sys.path.insert(0, str(Path(__file__).parent.parent / _folder))
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from report_kit import Counter


@pytest.fixture(scope="session")
async def counter(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counter]:
    """Where reports are asked for."""
    from report_kit import open_counter

    async with open_counter(server, tmp_path_factory.mktemp("counter") / "home") as one:
        yield one
