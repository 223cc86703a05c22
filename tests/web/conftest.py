"""One node and one browser for all tests of the web application."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Browser, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "collect"))
sys.path.insert(0, str(Path(__file__).parent))

from web_kit import AXE, Listening, listening

from xinshu.node import web
from xinshu.store import embedded

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
async def node(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Listening]:
    """A node that listens, with the operator's people and a bank that has applied."""
    if web.built() is None or not AXE.is_file():
        pytest.skip("the web application is not built: make web web/node_modules/.dev")
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("create database web template xinshu_template")
    async with listening(tmp_path_factory.mktemp("web"), server.dsn_of("web")) as running:
        await running.found()
        running.bank_id, _ = await running.bank()
        yield running
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("drop database web with (force)")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield running
        await running.close()
