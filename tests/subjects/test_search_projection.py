"""The search projection: complete after crashes, changes and races; every plan gives the same answer."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from subjects_kit import COLUMNS, firms, load

from xinshu.core.identifiers import make_uscc
from xinshu.core.text import normalise_name, pinyin_key
from xinshu.store import Database
from xinshu.subjects import SubjectService, name_key, rebuild_search, refresh_search, search_lag, tasks
from xinshu.subjects import store as search_store

CITIES = ("320102", "320508", "320213")


def many(count: int) -> list[tuple[Any, ...]]:
    """Rows for COPY with names of few characters, so that parts of them are rare, common and everything between."""
    draw = random.Random(5)
    found = []
    for serial in range(count):
        name = "".join(draw.choices("青禾白桦金山银河", k=draw.choice((2, 3, 4)))) + draw.choice(
            ("科技", "贸易", "商行")
        )
        name += draw.choice(("有限公司", "有限责任公司", ""))
        division = draw.choice(CITIES)
        code = make_uscc("9", "1", division, serial)
        found.append((code, None, name, name_key(division, name), "enterprise", division, "1", "micro", None))
    return found


async def projected(db: Database) -> list[tuple[Any, ...]]:
    async with db.acquire() as conn:
        rows = await conn.fetch("select subject_id, name, division, status from subject_search order by subject_id")
    return [tuple(row) for row in rows]


async def wanted(db: Database) -> list[tuple[Any, ...]]:
    async with db.acquire() as conn:
        rows = await conn.fetch("select id, name, division, status from subject order by id")
    return [(row["id"], normalise_name(row["name"]), row["division"], row["status"]) for row in rows]


async def test_follows_changes_and_then_has_nothing_to_do(filled: SubjectService, db: Database) -> None:
    assert await projected(db) == await wanted(db)
    async with db.transaction() as conn:
        await conn.execute("update subject set name = name || '（新）', status = '3' where id % 2 = 0")
    assert await search_lag(db) == 4
    assert await refresh_search(db) == 4
    assert await projected(db) == await wanted(db)
    assert await refresh_search(db) == 0
    assert await search_lag(db) == 0


async def test_a_change_that_is_rolled_back_leaves_no_trace(filled: SubjectService, db: Database) -> None:
    class CrashError(Exception):
        pass

    with pytest.raises(CrashError):
        async with db.transaction() as conn:
            await conn.execute("update subject set name = 'x'")
            raise CrashError
    assert await refresh_search(db) == 0


async def test_one_that_began_earlier_and_commits_later_is_not_passed_over(db: Database) -> None:
    rows = firms()
    async with db.acquire() as early:
        transaction = early.transaction()
        await transaction.start()
        await early.copy_records_to_table("subject", records=rows[:3], columns=COLUMNS)
        await load(db, rows[3:])
        assert await refresh_search(db) == len(rows) - 3
        await transaction.commit()
    assert await refresh_search(db) == 3
    assert await projected(db) == await wanted(db)


async def test_a_crash_between_chunks_loses_nothing(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await load(db, many(100))
    merge, calls = tasks._merge, 0

    async def failing(conn: Any, projections: Any) -> None:
        nonlocal calls
        calls += 1
        await merge(conn, projections)
        if calls == 3:
            raise ConnectionResetError

    monkeypatch.setattr(tasks, "_merge", failing)
    with pytest.raises(Exception, match="中断"):
        await refresh_search(db, chunk=10)
    assert len(await projected(db)) == 20
    monkeypatch.setattr(tasks, "_merge", merge)
    assert await refresh_search(db, chunk=10) == 80
    assert await projected(db) == await wanted(db)


async def test_limit_and_chunks(db: Database) -> None:
    await load(db, many(100))
    assert await refresh_search(db, limit=25, chunk=10) == 25
    assert await refresh_search(db, limit=0) == 0
    assert await refresh_search(db, chunk=7) == 75


async def test_several_at_once_with_writers_end_in_step(db: Database) -> None:
    await load(db, many(200))

    async def write(step: int) -> None:
        for turn in range(5):
            async with db.transaction() as conn:
                sql = "update subject set status = $1 where id % 7 = $2"
                await conn.execute(sql, f"{step}{turn}", (step + turn) % 7)

    await asyncio.gather(*(write(n) for n in range(3)), *(refresh_search(db, chunk=20) for _ in range(4)))
    await refresh_search(db)
    assert await projected(db) == await wanted(db)


async def test_first_load_gives_the_same_as_chunks(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await load(db, many(300))
    await refresh_search(db)
    everything = "select * from subject_search order by subject_id"
    indexes = "select indexname, indexdef from pg_indexes where tablename = 'subject_search' order by 1"
    async with db.transaction() as conn:
        in_chunks, before = await conn.fetch(everything), await conn.fetch(indexes)
        await conn.execute("truncate subject_search")
        await conn.execute("insert into subject_dirty select id from subject")
    monkeypatch.setattr(tasks, "FILL_FROM", 1)
    assert await refresh_search(db, chunk=50) == 300
    async with db.acquire() as conn:
        assert await conn.fetch(everything) == in_chunks
        assert await conn.fetch(indexes) == before


async def test_rebuild_mends_whatever_was_wrong(filled: SubjectService, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("update subject_search set name = 'x', grams = '{}'")
    await rebuild_search(db)
    assert await projected(db) == await wanted(db)


async def test_all_plans_agree_with_a_plain_scan(
    service: SubjectService, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = many(600)
    await load(db, rows)
    await refresh_search(db)
    async with db.acquire() as conn:
        await conn.execute("analyze subject_search")
    monkeypatch.setattr(search_store, "COMMON_FROM", 60)
    for reach in (10_000, 40):  # few hits sorted; many hits walked
        monkeypatch.setattr(search_store, "MAX_REACH", reach)
        for text in ("青禾", "科技", "有限", "禾白桦", "贸易有限", "银河商行", "有限责任公司", ""):
            for division in ("", "32", "3201", "320508"):
                hits = [r[2] for r in rows if text in r[2] and r[5].startswith(division)]
                page = await service.search(text, division=division, page_size=30)
                exact_first = sorted(hits, key=lambda n: (n != text, pinyin_key(n)))
                assert [pinyin_key(i.name) for i in page.items] == [pinyin_key(n) for n in exact_first[:30]]
                assert page.total == min(len(hits), reach + 1)


async def test_total_beyond_the_reach_says_so(filled: SubjectService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_store, "MAX_REACH", 4)
    monkeypatch.setattr("xinshu.subjects.service.MAX_REACH", 4)
    page = await filled.search("有限公司", page_size=2)
    assert (page.total, page.more, page.total_text) == (4, True, "4+")
    page = await filled.search("青禾", page_size=2)
    assert (page.total, page.more, page.total_text) == (3, False, "3")
