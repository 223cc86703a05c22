"""The composition root: what it leaves on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinshu.collect.pull_sources import load_sources
from xinshu.core.clock import FixedClock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.node.sandbox import sandbox_settings
from xinshu.node.services import open_services
from xinshu.store import Database


async def test_folders_with_information_are_private(settings: Settings, clock: FixedClock) -> None:
    async with open_services(settings, clock):
        for name in ("lake", "work", "keys"):
            assert (settings.home / name).stat().st_mode & 0o077 == 0, name


async def test_a_home_that_cannot_be_made_is_told(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SettingError, match="目录"):
        async with open_services(settings.model_copy(update={"home": tmp_path / "file"}), clock):
            pass


async def test_the_sandbox_has_nothing_of_the_node(settings: Settings, db: Database, tmp_path: Path) -> None:
    """Neither its database, folders and keys nor the front-end machines from which it pulls."""
    (tmp_path / "tax-daily.yml").write_text("name: tax-daily")
    node = settings.model_copy(update={"pull_sources": tmp_path, "lake_url": "s3://lake/node"})
    own = await sandbox_settings(node, db)
    assert own.database_url is not None and own.database_url.get_secret_value() != db.dsn
    assert own.home.is_relative_to(node.home) and own.home != node.home
    assert own.lake != node.lake
    assert load_sources(own.pull_sources) == []
