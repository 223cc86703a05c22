"""Reads of the subject base. The SQL is in `queries.sql`; here is which statement answers which search.

Three plans, chosen by what is known of the text:
selective pair of characters → index on pairs, sort the few hits; no such pair and many hits → walk an index that is
already in the wanted order until the page is full; no such pair and few hits → one pass over the table.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from xinshu.core.clock import Clock
from xinshu.store import Database, load_queries
from xinshu.subjects.model import MAX_REACH, Sort
from xinshu.subjects.rules import Query

queries = load_queries("xinshu.subjects")


async def listed(results: AsyncIterator[Any]) -> list[Any]:
    """All rows of a statement: `aiosql` hands them out one by one."""
    return [row async for row in results]


COMMON_FROM = MAX_REACH // 2
"""A pair of characters that so many names have does not narrow a search enough to fetch and sort all its hits."""

COMMON_REFRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Filters:
    """Conditions beside the text; None: any. At most one of province, city and county is given."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    kind: str | None = None
    status: str | None = None
    size_class: str | None = None


@dataclass(frozen=True)
class Found:
    """Rows of `subject` for one page, and how many there are up to `MAX_REACH` + 1."""

    rows: list[Any]
    total: int


class SubjectSearch:
    """Searches; remembers for some minutes which pairs of characters are common."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._common: dict[int, float] = {}
        self._common_at: datetime | None = None

    async def find(self, query: Query, filters: Filters, sort: Sort, size: int, skip: int) -> Found:
        """One page of hits."""
        if query.what == "code":
            return await self._by_code(query.text, filters, size, skip)
        async with self._db.acquire() as conn:
            selective = await self._is_selective(conn, query.grams)
            if selective:
                found = await listed(queries.search_grams(
                    conn, grams=query.grams, name=query.text, pattern=query.pattern, sort=sort, size=size, skip=skip,
                    **vars(filters),
                ))  # fmt: skip
                return await self._counted(conn, found, query, filters, skip)
        return await self._dense(query, filters, sort, size, skip)

    async def _by_code(self, text: str, filters: Filters, size: int, skip: int) -> Found:
        async with self._db.acquire() as conn:
            rows = await listed(
                queries.search_codes(
                    conn, low=text, high=f"{text}~", reach=MAX_REACH, size=size, skip=skip, **vars(filters)
                )
            )
        return Found(rows, rows[0]["total"] if rows else 0)

    async def _counted(self, conn: Any, rows: list[Any], query: Query, filters: Filters, skip: int) -> Found:
        """The total stands on every row; a page past the end has none, so it is counted."""
        if rows or skip == 0:
            return Found(rows, rows[0]["total"] if rows else 0)
        total = await queries.count_hits(
            conn, grams=query.grams, pattern=query.pattern, reach=MAX_REACH, **vars(filters)
        )
        return Found([], total)

    async def _dense(self, query: Query, filters: Filters, sort: Sort, size: int, skip: int) -> Found:
        asked = {"pattern": query.pattern or None, **vars(filters)}
        async with self._db.transaction() as conn:
            await queries.plan_with_values(conn)
            pairs = query.grams or None
            total = await queries.count_hits(conn, grams=pairs, reach=MAX_REACH, **asked)
            if total <= MAX_REACH:
                hits = queries.search_all(conn, grams=pairs, name=query.text, sort=sort, size=size, skip=skip, **asked)
                return Found(await listed(hits), total)
            await queries.plan_walk(conn)
            walk = queries.walk_established if sort == "established" else queries.walk_pinyin
            return Found(await listed(walk(conn, size=size, skip=skip, **asked)), total)

    async def _is_selective(self, conn: Any, grams: list[int]) -> bool:
        if len(grams) == 0:
            return False
        now = self._clock.now()
        if self._common_at is None or now - self._common_at >= COMMON_REFRESH:
            self._common = {row["gram"]: row["names"] async for row in queries.common_grams(conn)}
            self._common_at = now
        return min(self._common.get(gram, 0.0) for gram in grams) < COMMON_FROM
