"""`xinshu evaluate` as a person and as a program use it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from evaluate_kit import book, cards
from typer.testing import CliRunner

from xinshu.cli.evaluate import app
from xinshu.core.settings import Settings, packaged_definitions


async def run(*arguments: str) -> Any:
    """The command in a thread of its own: it makes its own event loop."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


async def test_indicators_and_definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = await run("indicators", "--topic", "08-penalty", "--json")
    assert {one["id"] for one in json.loads(listed.output)} == {
        one.id for one in book() if book().topic(one.id) == "08-penalty"
    }
    sound = await run("check", "--json")
    assert json.loads(sound.output) == {"indicators": len(book()), "models": len(cards()), "faults": []}
    for path in packaged_definitions().iterdir():
        if path.name != "indicators":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "x.yml").write_text("topic: {zh: 试, en: t}\n", encoding="utf-8")
    monkeypatch.setenv("XINSHU_DEFINITIONS", str(tmp_path))
    faulty = await run("check")
    assert faulty.exit_code == 1 and "indicators/x.yml:1:1: source_status: 缺少这一项" in faulty.output


async def test_models_and_one_subject(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("COLUMNS", "200")
    loaded = await run("load", "--json")
    assert {one["state"] for one in json.loads(loaded.output)} == {"draft"}, loaded.output
    assert "没有新的模型" in (await run("load")).output
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("code,bad\n91320100748204660Q,maybe\n", encoding="utf-8")
    refused = await run("validate", "general", "2026.1", "--source", "测试", "--outcomes", str(outcomes))
    assert refused.exit_code == 1 and "第 2 行无法识别" in refused.output
    outcomes.write_text("firm,bad\n", encoding="utf-8")
    assert (
        "表头应为"
        in (await run("validate", "general", "2026.1", "--source", "测试", "--outcomes", str(outcomes))).output
    )
    early = await run("approve", "general", "2026.1", "--json")
    assert early.exit_code == 1 and json.loads(early.output)["error"]["code"] == "model_state"
    assert "没有评价模型 general 的版本 2020.1" in (await run("start", "general", "2020.1")).output
    assert "加上 --full" in (await run("run", "--as-of", "2026-01-01")).output
    assert json.loads((await run("run", "--json")).output)["subjects"] == 0
    unknown = await run("score", "91320100748204660Q")
    assert unknown.exit_code == 1 and "没有找到代码" in unknown.output
    assert json.loads((await run("monitor", "--json")).output) == []
    for command in ("course", "improve"):
        nobody = await run(command, "91320100748204660Q")
        assert nobody.exit_code == 1 and "没有找到代码" in nobody.output
    assert "没有差别" in (await run("compare", "general", "2026.1", "2026.1")).output
    assert "没有评价模型 general 的版本 2030.1" in (await run("compare", "general", "2026.1", "2030.1")).output
    late = await run("validate", "general", "2026.1", "--source", "测试", "--earlier", "2990-01-01")
    assert late.exit_code == 1 and "应早于今天" in late.output
    assert "随软件提供" not in (await run("models")).output
