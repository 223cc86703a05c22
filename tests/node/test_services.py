"""The composition root: what it leaves on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.node.services import open_services


async def test_folders_with_information_are_private(settings: Settings, clock: FixedClock) -> None:
    async with open_services(settings, clock):
        for name in ("lake", "work", "keys"):
            assert (settings.home / name).stat().st_mode & 0o077 == 0, name


async def test_a_home_that_cannot_be_made_is_told(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SettingError, match="目录"):
        async with open_services(settings.model_copy(update={"home": tmp_path / "file"}), clock):
            pass
