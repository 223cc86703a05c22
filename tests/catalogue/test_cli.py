"""`xinshu catalogue`: each command for people and for machines, and its errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from catalogue_kit import DATA, folder_of
from click.testing import Result
from typer.testing import CliRunner

from xinshu.cli.catalogue import app


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


def answer(*arguments: str | Path) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_list() -> None:
    assert [line["item"] for line in answer("list")] == [str(n) for n in range(1, 38)]


def test_show() -> None:
    assert answer("show", "penalty")["item"] == "8"
    text = run("show", "8").stdout
    assert "行政处罚决定书文号" in text
    assert "提醒" in text


def test_show_an_unknown_item() -> None:
    result = run("show", "penalti")
    assert result.exit_code == 1
    assert "相近的事项:8" in result.stderr
    result = run("show", "penalti", "--json")
    assert json.loads(result.stdout)["error"]["code"] == "item_not_found"


def test_check_the_shipped_definitions() -> None:
    result = run("check")
    assert (result.exit_code, "没有错误" in result.stdout) == (0, True)


def test_check_reports_file_and_line(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "d", DATA / "all-types.yml")
    path = folder / "catalogue" / "01-all-types.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("access: open", "access: public"), encoding="utf-8")
    result = run("check", folder)
    assert result.exit_code == 1
    assert "catalogue/01-all-types.yml:13:1: access:" in result.stdout
    assert "处错误" in result.stdout
    machine = run("check", folder, "--json")
    assert machine.exit_code == 1
    assert json.loads(machine.stdout)["faults"][-1]["line"] == 13
    assert "Traceback" not in run("check", tmp_path / "nowhere").output


def test_diff(tmp_path: Path) -> None:
    changes = answer("diff", "national", "overlay:jiangsu")
    assert {change["kind"] for change in changes} >= {"added", "changed"}
    assert "共 0 处变化" in run("diff", "8@2024.1", "8@2024.1").stdout
    folder = folder_of(tmp_path / "d", DATA / "all-types.yml")
    assert answer("diff", folder, folder) == []
    for wrong in ("8@1999.1", "nowhere"):
        result = run("diff", "national", wrong)
        assert result.exit_code == 1
        assert "Traceback" not in result.output


def test_template(tmp_path: Path) -> None:
    made = answer("template", "8", "-o", tmp_path / "t.xlsx")
    assert (tmp_path / "t.xlsx").stat().st_size == made["bytes"]
    assert run("template", "8", "--format", "csv").exit_code == 0
    assert next(tmp_path.glob("08-*.csv")).read_bytes().startswith(b"\xef\xbb\xbf")
    result = run("template", "8", "-o", tmp_path / "no" / "t.xlsx")
    assert (result.exit_code, "无法写入" in result.stderr) == (2, True)


def test_schema(tmp_path: Path) -> None:
    assert json.loads(run("schema", "8").stdout)["type"] == "object"
    assert run("schema", "--yaml", "-o", tmp_path / "s").exit_code == 0
    assert len(list((tmp_path / "s").iterdir())) == 4
    assert run("schema").exit_code == 1


def test_docs(tmp_path: Path) -> None:
    assert len(answer("docs", tmp_path / "pages")) == 39


def test_every_command_has_an_example_in_its_help() -> None:
    for command in ("list", "show", "check", "diff", "template", "schema", "docs"):
        assert f"xinshu catalogue {command}" in " ".join(run(command, "--help").stdout.split())
