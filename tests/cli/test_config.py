"""`xinshu config token`: where the bootstrap token is, never the token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinshu.cli.config import app
from xinshu.core.settings import Settings
from xinshu.node.access import BootstrapToken

TOKEN = "a-token-of-my-own-making"


def place() -> str | None:
    """What a program is told."""
    done = CliRunner().invoke(app, ["token", "--json"])
    assert done.exit_code == 0, done.output
    found: str | None = json.loads(done.output)["place"]
    return found


def test_before_the_first_start_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINSHU_HOME", str(tmp_path))
    assert place() is None
    assert "没有初始化令牌" in CliRunner().invoke(app, ["token"]).output
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_named_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINSHU_HOME", str(tmp_path))
    token = BootstrapToken(Settings(home=tmp_path))
    token.make()
    assert place() == str(tmp_path / "admin-token")
    assert str(token.read()) not in CliRunner().invoke(app, ["token"], env={"COLUMNS": "300"}).output


def test_a_token_of_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINSHU_HOME", str(tmp_path))
    monkeypatch.setenv("XINSHU_ADMIN_TOKEN", TOKEN)
    assert str(place()).startswith("环境变量")
    assert TOKEN not in CliRunner().invoke(app, ["token"]).output
