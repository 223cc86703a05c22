"""SQL by name: each room keeps its statements in `queries.sql` beside its code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files
from typing import Any

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter

ADAPTER = "xinshu-asyncpg"


class _Adapter(AsyncPGAdapter):
    """Asks the connection it is given. The library's own looks first whether it is a pool: 25 µs a statement."""

    def _values(self, query_name: str, parameters: Any) -> list[Any]:
        values: list[Any] = self.maybe_order_params(query_name, parameters)  # type: ignore[no-untyped-call]
        return values

    async def select(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None
    ) -> AsyncIterator[Any]:
        for row in await conn.fetch(sql, *self._values(query_name, parameters)):
            yield row

    async def select_one(self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None) -> Any:
        return await conn.fetchrow(sql, *self._values(query_name, parameters))

    async def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.fetchval(sql, *self._values(query_name, parameters))

    async def insert_update_delete(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.execute(sql, *self._values(query_name, parameters))


aiosql.register_adapter(ADAPTER, _Adapter)  # type: ignore[arg-type]


@cache
def load_queries(package: str) -> Any:
    """The named queries of `package`, for asyncpg. Parameters are written `:name`."""
    text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    return aiosql.from_str(text, ADAPTER, mandatory_parameters=False)
