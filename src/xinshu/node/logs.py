"""Log lines: readable in a terminal, JSON in production. Secrets never reach them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

from xinshu.core.settings import Settings

_DETAIL = re.compile(r"^DETAIL:.*?(?=^HINT:|\n\n(?:During handling|The above exception)|\Z)", re.MULTILINE | re.DOTALL)


def configure(settings: Settings) -> None:
    """Set up structlog and hand the standard library's records over to it; everything goes to standard error."""
    level = getattr(logging, settings.log_level.upper())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default shows the values of local variables: passwords, cookies, what is sealed.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _without_rows,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


def _without_rows(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """PostgreSQL's details of an error repeat the row that was refused."""
    told = line.get("exception")
    if isinstance(told, str):
        line["exception"] = _DETAIL.sub("DETAIL: …\n", told)
    return line
