"""SQL by name: each room keeps its statements in `queries.sql` beside its code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import aiosql


@cache
def load_queries(package: str) -> Any:
    """The named queries of `package`, for asyncpg. Parameters are written `:name`."""
    text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    return aiosql.from_str(text, "asyncpg", mandatory_parameters=False)
