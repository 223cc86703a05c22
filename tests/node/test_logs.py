"""Log lines: one JSON object each in production, and never the values of variables."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import asyncpg
import orjson
import pytest
import structlog

from xinshu.core.settings import Settings
from xinshu.node.logs import configure
from xinshu.store import Database


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


PERSON = ("周明远", "13812345678")


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


@pytest.mark.parametrize("form", ["json", "console"])
def test_nor_do_other_libraries_tell_values(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """As asyncio does for a task that nobody waits for; the frames hold cookies and passwords."""
    configure(Settings(log_format=form))  # type: ignore[arg-type]
    try:
        fail("gehe" + "im")
    except ValueError:
        logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=True)
    said = capsys.readouterr().err
    assert "ValueError: broken" in said
    assert "geheim" not in said


@pytest.mark.parametrize("form", ["json", "console"])
async def test_the_database_repeats_no_rows(db: Database, capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure(Settings(log_format=form))  # type: ignore[arg-type]
    async with db.acquire() as conn:
        await conn.execute("create temp table one (name text, number int not null)")
        try:
            await conn.execute("insert into one values ($1, null)", "\n".join(PERSON))
        except asyncpg.NotNullViolationError as error:
            assert PERSON[1] in str(error)
            structlog.get_logger().error("unexpected error", exc_info=error)
    said = capsys.readouterr().err
    assert "NotNullViolationError" in said
    assert not any(one in said for one in PERSON)
