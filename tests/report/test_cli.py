"""`xinshu report` as a person and as a program use it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from collect_kit import Node, build, code_of, firms, penalties
from typer.testing import CliRunner

from xinshu.cli.report import app
from xinshu.core.clock import FixedClock, SystemClock
from xinshu.core.settings import Settings
from xinshu.report.model import Report
from xinshu.store import Database

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / "report-1.json"


async def run(*arguments: str) -> Any:
    """The command in a thread of its own: it makes its own event loop."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


async def test_issue_list_and_show(
    settings: Settings, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock(SystemClock().now())
    node = Node(await build(settings, db, clock), clock)
    await node.publish(firms(2))
    await node.publish(penalties(2), "8", provider="ndrc")
    await node.close()
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("COLUMNS", "240")
    issued = await run("issue", code_of(1), "--key", "a", "--json")
    assert issued.exit_code == 0, issued.output
    about = json.loads(issued.output)
    assert (about["variant"], about["purpose"], about["repeated"]) == ("pre_loan", "upkeep", False)
    again = await run("issue", code_of(1), "--key", "a")
    assert about["number"] in again.output and "已出具过" in again.output
    listed = await run("list", "--subject", code_of(1).lower(), "--json")
    assert [one["number"] for one in json.loads(listed.output)] == [about["number"]]
    assert about["number"] in (await run("list")).output
    assert "0 份报告" in (await run("list", "--variant", "screening")).output
    shown = await run("show", about["number"])
    assert "8 行政处罚" in shown.output and "没有施行" not in shown.output and "覆盖率" in shown.output
    path = tmp_path / "report.json"
    assert "已写入" in (await run("show", about["number"], "-o", str(path))).output
    report = Report.model_validate_json(path.read_bytes())
    assert report.canonical() == path.read_bytes() and report.subject.code == code_of(1)
    assert json.loads((await run("show", about["number"], "--json")).output) == json.loads(path.read_bytes())
    for arguments, words in (
        (("issue", "91320111MA0000000X"), "没有找到代码"),
        (("issue", code_of(1), "--as-of", "2099-01-01"), "还没有到"),
        (("issue", code_of(1), "--variant", "post_loan_change"), "起始日期"),
        (("issue", code_of(1), "--purpose", "own"), "不能用于出具报告"),
        (("show", "XR00000020260601AAAAAAAA0"), "没有报告"),
    ):
        refused = await run(*arguments)
        assert refused.exit_code == 1 and words in refused.output, refused.output
    assert (await run("issue", code_of(1), "--as-of", "gestern")).exit_code == 2


async def test_the_published_schema_is_current() -> None:
    printed = await run("schema")
    assert json.loads(printed.output) == json.loads(PUBLISHED.read_text(encoding="utf-8")), (
        "run: xinshu report schema > docs/schemas/report-1.json"
    )
