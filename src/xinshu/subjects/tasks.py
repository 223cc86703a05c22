"""Background work of the subject base: keeping the search projection in step with `subject`.

Triggers on `subject` note changed ids in `subject_dirty` inside the changing transaction, so a crash loses nothing: the
queue is there after the restart and the next run goes on. Each chunk is one transaction.
"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, NamedTuple

from xinshu.core.text import normalise_name, pinyin_key
from xinshu.store import Database
from xinshu.subjects.rules import grams
from xinshu.subjects.store import listed, queries

CHUNK = 20_000
FILL_FROM = 50_000
"""So many waiting subjects and an empty projection make a first load."""


async def refresh_search(db: Database, limit: int | None = None, chunk: int = CHUNK) -> int:
    """Project changed subjects for search until none is left, or about `limit` are done; returns how many.

    May be called at any time and from several processes at once: they take turns. The first load of many subjects
    is done in one go and builds the indexes afterwards.
    """
    if limit is None and await search_lag(db) >= FILL_FROM:
        async with db.transaction() as conn:
            await queries.lock_search(conn)
            done = await _fill(conn, chunk) if await queries.search_is_empty(conn) else 0
            if done > 0:
                await queries.analyze_search(conn)  # later changes are left to autovacuum
    else:
        done = 0
    while limit is None or done < limit:
        size = chunk if limit is None else min(chunk, limit - done)
        async with db.transaction() as conn:
            await queries.lock_search(conn)
            rows = await listed(queries.take_dirty(conn, size=size))
            if len(rows) > 0:
                await _merge(conn, await asyncio.to_thread(_projected, rows))
        done += len(rows)
        if len(rows) == 0 or rows[0]["taken"] < size:
            break
    return done


async def rebuild_search(db: Database) -> int:
    """Project every subject anew, after a change of the rules of projection or a restore; returns how many."""
    async with db.transaction() as conn:
        await queries.mark_all_dirty(conn)
    return await refresh_search(db)


async def search_lag(db: Database) -> int:
    """How many changed subjects wait to be projected, counted up to 100,000."""
    async with db.acquire() as conn:
        row = await queries.search_lag(conn)
    return int(row["waiting"])


async def _fill(conn: Any, chunk: int) -> int:
    """Project all subjects into the empty table; one chunk is worked out while the one before is written.

    One connection does it all: waiting for a second one while searches wait for this table could wait for ever.
    """
    indexes = await listed(queries.search_indexes(conn))
    for index in indexes:
        await conn.execute(f'drop index "{index["indexname"]}"')
    await queries.forget_dirty(conn)
    done = 0
    cursor = await conn.cursor(queries.all_subjects.sql)
    ready = _projected(await cursor.fetch(chunk))
    while len(ready) > 0:
        done += len(ready)
        rows = await cursor.fetch(chunk)
        written = conn.copy_records_to_table("subject_search", records=ready, columns=_Projection._fields)
        ready, _ = await asyncio.gather(asyncio.to_thread(_projected, rows), written)
    await queries.plan_build(conn)
    for index in indexes:
        await conn.execute(index["indexdef"])
    return done


class _Projection(NamedTuple):
    """One row of `subject_search`."""

    subject_id: int
    name: str
    pinyin: str
    division: str | None
    kind: str | None
    status: str | None
    size_class: str
    established: date | None
    grams: list[int]


def _projected(rows: list[Any]) -> list[_Projection]:
    found = []
    for subject_id, name, division, kind, status, size_class, established, *_ in rows:
        plain = normalise_name(name)
        row = (subject_id, plain, pinyin_key(plain), division, kind, status, size_class, established, grams(plain))
        found.append(_Projection._make(row))
    return found


async def _merge(conn: Any, projections: list[_Projection]) -> None:
    ids, names, pinyins, divisions, kinds, statuses, sizes, established, pairs = zip(*projections, strict=True)
    await queries.merge_search(
        conn,
        subject_ids=ids,
        names=names,
        pinyins=pinyins,
        divisions=divisions,
        kinds=kinds,
        statuses=statuses,
        size_classes=sizes,
        establisheds=established,
        grams=["{" + ",".join(map(str, these)) + "}" for these in pairs],
    )
