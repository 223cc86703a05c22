"""The commands: list, check, explain without a node; run and show over one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from modules_kit import changed, copied
from typer.testing import CliRunner

from xinshu.cli.modules import app

runner = CliRunner()


def test_list_and_check() -> None:
    listed = json.loads(runner.invoke(app, ["list", "--json"]).output)
    assert (listed[0]["id"], listed[0]["lists"]) == ("agriculture", ["all", "new-entities"])
    assert json.loads(runner.invoke(app, ["check", "--json"]).output) == {"modules": 5, "variants": 2, "faults": []}
    assert "三农" in runner.invoke(app, ["list"]).output


def test_check_names_the_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copied(tmp_path)
    changed(root / "modules/green/module.yml", "full: [E4861, M7514]", "full: [E9961, M7514]")
    monkeypatch.setenv("XINSHU_DEFINITIONS", str(root))
    answer = runner.invoke(app, ["check", "--json"])
    assert answer.exit_code == 1
    (fault,) = json.loads(answer.output)["faults"]
    assert fault["file"] == "modules/green/module.yml" and fault["line"] > 20 and "E9961" in fault["message"]
    assert runner.invoke(app, ["list"]).exit_code == 1


def test_explain_tells_the_evidence_and_refuses_an_unknown_industry() -> None:
    told = json.loads(runner.invoke(app, ["explain", "--text", "污水处理", "--industry", "D4620", "--json"]).output)
    green = next(one for one in told if one["module"] == "green")
    assert (green["degree"], green["points"]) == ("member", 100)
    assert "污水处理" in runner.invoke(app, ["explain", "--text", "污水处理"]).output
    refused = runner.invoke(app, ["explain", "--text", "x", "--industry", "Z9999"])
    assert refused.exit_code == 1 and "Z9999" in refused.output
    assert runner.invoke(app, ["explain"]).exit_code == 2


def test_an_unknown_module_in_the_setting_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINSHU_MODULES", "verdant")
    answer = runner.invoke(app, ["list"])
    assert answer.exit_code == 1 and "verdant" in answer.output
