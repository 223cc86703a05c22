"""`xinshu subject` as a person and as a program use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from subjects_kit import FIRMS, firms
from typer.testing import CliRunner

from xinshu.cli.subject import app
from xinshu.core.settings import Settings
from xinshu.subjects import SubjectService

CODE = firms()[0][0]


@pytest.fixture
def environment(reading: SubjectService, reading_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert reading_settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(reading_settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", reading_settings.database_url.get_secret_value())
    monkeypatch.setenv("COLUMNS", "200")
    yield


async def run(*arguments: str) -> Any:
    """The command in a thread of its own: it makes its own event loop."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


async def test_check_explains_and_tells_by_its_exit_code() -> None:
    good = await run("check", "91320100748204660Q")
    assert good.exit_code == 0
    assert "市场监管" in good.output
    bad = await run("check", "91320100748204660Q", "91320100748204660P", "无")
    assert bad.exit_code == 1
    assert "第 18 位校验码应为“Q”" in bad.output


async def test_check_for_programs() -> None:
    answer = await run("check", "--json", "91320100748204660P", "11010519491231002X")
    first, second = json.loads(answer.output)
    assert (first["valid"], first["faults"][0]["expected"]) == (False, "Q")
    assert (second["valid"], second["shown"]) == (True, "1101**********002X")


async def test_search_and_show(environment: None) -> None:
    found = await run("search", "青禾", "--division", "3201", "--json")
    assert found.exit_code == 0, found.output
    assert [item["name"] for item in json.loads(found.output)["items"]] == [FIRMS[0][1], FIRMS[1][1]]
    assert FIRMS[0][1] in (await run("search", "青禾")).output
    shown = await run("show", CODE, "--history", "--json")
    assert json.loads(shown.output)["history"][0]["field"] == "code"
    assert "江苏省/南京市/玄武区" in (await run("show", CODE, "--history")).output


async def test_faults_are_told_without_a_traceback(environment: None) -> None:
    missing = await run("show", "91320100748204660P")
    assert missing.exit_code == 1
    assert "校验码应为“Q”" in missing.output
    refused = await run("search", "禾", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.output)["error"]["code"] == "search_invalid"
