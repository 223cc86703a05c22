"""`xinshu sandbox`: filled through the real collection path, on behalf of members where there are such."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from xinshu.cli.sandbox import app
from xinshu.core.settings import Settings
from xinshu.store import Database

SMALL = ("--subjects", "100", "--items", "1")


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node of its own."""
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())


async def run(*arguments: str, expect: int = 0) -> Any:
    """The command in a thread of its own: it makes its own event loop."""
    done = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"])
    assert done.exit_code == expect, done.output
    return json.loads(done.stdout)


async def test_it_is_filled_once(settings: Settings, db: Database) -> None:
    assert await run("fill", *SMALL) == {"published": 1}
    filled = await run("status")
    assert filled["home"] == str(settings.home / "sandbox")
    assert filled["subjects"] > 50
    assert filled["batches"] == {"published": 1}
    assert await run("fill", *SMALL) == {"published": 1}
    assert await run("status") == filled
    async with db.acquire() as conn:
        assert await conn.fetchval("select count(*) from subject") == 0  # nothing of it is on the node


async def test_what_cannot_be_made_is_told() -> None:
    answer = await run("fill", "--items", "99", expect=1)
    assert answer["error"]["code"] == "item_not_found"
    few = await asyncio.to_thread(CliRunner().invoke, app, ["fill", "--subjects", "5"])
    assert few.exit_code == 2
