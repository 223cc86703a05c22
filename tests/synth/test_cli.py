"""The commands `synth write`, `update`, `describe`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from xinshu.cli.synth import app

runner = CliRunner()
SMALL = ["--subjects", "120", "--as-of", "2026-06-01"]


def test_write_for_machines(tmp_path: Path) -> None:
    result = runner.invoke(app, ["write", str(tmp_path), *SMALL, "--items", "1,8", "--json"])
    assert result.exit_code == 0, result.output
    manifest = json.loads(result.stdout)
    assert [entry["item"] for entry in manifest["files"]] == ["1", "8"]
    assert json.loads((tmp_path / "manifest.json").read_bytes()) == manifest


def test_write_for_people(tmp_path: Path) -> None:
    result = runner.invoke(app, ["write", str(tmp_path), *SMALL, "--items", "1", "--format", "csv", "--dirt", "0"])
    assert result.exit_code == 0, result.output
    assert "item-01-registration.csv" in result.stdout
    assert (tmp_path / "item-01-registration.csv").read_text().startswith("统一社会信用代码,")


def test_update(tmp_path: Path) -> None:
    result = runner.invoke(app, ["update", str(tmp_path), "2026-07", *SMALL, "--items", "1,25", "--json"])
    assert result.exit_code == 0, result.output
    assert [entry["mode"] for entry in json.loads(result.stdout)["files"]] == ["full", "incremental"]


def test_describe() -> None:
    result = runner.invoke(app, ["describe", *SMALL, "--json"])
    assert json.loads(result.stdout)["subjects"] == 120
    shown = runner.invoke(app, ["describe", *SMALL])
    assert shown.exit_code == 0
    assert "违约率" in shown.stdout


def test_faults_are_told_without_a_traceback(tmp_path: Path) -> None:
    result = runner.invoke(app, ["write", str(tmp_path), *SMALL, "--items", "99", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "item_not_found"
    result = runner.invoke(app, ["describe", "--province", "320100"])
    assert result.exit_code == 1
    assert "320100" in result.stderr
    result = runner.invoke(app, ["write", str(tmp_path), *SMALL, "--period", "yesterday"])
    assert result.exit_code == 2


def test_help_shows_examples() -> None:
    for command in ("write", "update", "describe"):
        assert f"xinshu synth {command}" in runner.invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout
