"""Log lines: one JSON object each in production, and never the values of variables."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from xinshu.core.settings import Settings
from xinshu.node.logs import configure


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


def fail(token: str) -> None:
    """Fails with a secret at hand."""
    raise ValueError("broken" if token else "empty")


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_without_the_values(capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure(Settings(log_format=form))  # type: ignore[arg-type]
    try:
        fail("gehe" + "im")
    except ValueError:
        structlog.get_logger().exception("failed", batch=7)
    said = capsys.readouterr().err
    assert "ValueError: broken" in said and "failed" in said and "7" in said
    assert "geheim" not in said
    if form == "json":
        assert [orjson.loads(line)["level"] for line in said.splitlines()] == ["error"]


def test_other_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="json", log_level="debug"))
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")
    assert [orjson.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["trouble"]
