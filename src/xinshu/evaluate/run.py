"""Evaluations of many subjects: records to facts, facts to indicators, indicators to points, in pieces of bounded size.

Each piece is one transaction, in which the marks of its subjects go too: a run that ends in the middle has done what it
has done, and what it has not done is still marked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from xinshu.core.clock import CHINA
from xinshu.evaluate import facts, scoring_sql
from xinshu.evaluate.columns import SUBJECT
from xinshu.evaluate.days import Day
from xinshu.evaluate.expressions import SUBJECTS, Compiled
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Count, Flag, Indicator, ValidToday, Values
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.single import Single
from xinshu.store import load_queries
from xinshu.store.workbench import Workbench

queries = load_queries("xinshu.evaluate")
LINE = 16 << 20  # bytes of a record at most; unless told, DuckDB would set aside sixteen times as much
PIECE = 20_000  # subjects a transaction
AT_ONCE = 1_000  # subjects whose records are read at once: about 0.06 GB where much is known of each


def end_of(day: date) -> datetime:
    """The moment at which a day is over in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


@dataclass(frozen=True)
class Engine:
    """What is compiled once and used for every piece."""

    book: Book
    compiled: Compiled
    single: Single

    @classmethod
    def of(cls, book: Book) -> Engine:
        """Compile a book."""
        return cls(book, Compiled(book), Single(book))

    def begin(self, bench: Workbench, subjects: Sequence[tuple[int, str | None]]) -> None:
        """Table `SUBJECTS` and empty tables of facts."""
        schema = pa.schema([(SUBJECT, pa.int64()), ("kind", pa.string())])
        known = pa.table([list(column) for column in zip(*subjects, strict=True)], schema=schema)
        bench.connection.register("given_subjects", known)
        bench.execute(f"create or replace table {SUBJECTS} as from given_subjects")
        bench.connection.unregister("given_subjects")
        bench.execute("create or replace table arrived (subject_id bigint, item varchar, payload varchar)")
        for number, fields in self.single.fields.items():
            item = self.book.catalogue.item(number)
            bench.execute(facts.create(item, facts.from_payloads(item, fields, "arrived")))

    def add(self, bench: Workbench, records: str) -> None:
        """Put the facts of a CSV of records (subject_id, item, payload) into their tables."""
        bench.execute(
            f"create or replace table arrived as select * from read_csv('{records}', header = false, "  # noqa: S608
            "auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
            "columns = {'subject_id': 'bigint', 'item': 'varchar', 'payload': 'varchar'}, "
            f"max_line_size = {LINE}, buffer_size = {2 * LINE}, parallel = false)"
        )
        for number, fields in self.single.fields.items():
            item = self.book.catalogue.item(number)
            bench.execute(facts.add(item, facts.from_payloads(item, fields, "arrived")))
        bench.execute("drop table arrived")

    def compute(self, bench: Workbench, day: Day, cards: Sequence[Scorecard]) -> None:
        """From the facts to tables `indicators` and `evaluations` of the bench."""
        for name, statement in self.compiled.steps(day):
            bench.execute(f'create or replace table "{name}" as {statement}')
        parts = [self._evaluations(card) for card in cards]
        empty = (
            "select null::bigint as subject_id, '' as model, '' as version, 0 as score, '' as earned, '' as grade, "
            "[]::integer[] as vetoes, []::integer[] as points where false"
        )
        bench.execute(f"create or replace table evaluations as {' union all by name '.join([empty, *parts])}")

    def _evaluations(self, card: Scorecard) -> str:
        points = ", ".join(f'"p_{one.indicator}"' for _, one in card.scored())
        held = ", ".join(f'case when "v_{place}" then {place} end' for place in range(len(card.vetoes)))
        kinds = ", ".join(f"'{kind.value}'" for kind in card.kinds)
        return (
            f"select e.subject_id, '{card.id}' as model, '{card.version}' as version, score, earned, grade, "  # noqa: S608
            f"list_filter([{held or 'null'}]::integer[], lambda x: x is not null) as vetoes, "
            f"[{points}]::integer[] as points from ({scoring_sql.sql(card, self.book, 'indicators')}) e "
            f"join {SUBJECTS} s using (subject_id) "
            f"where s.kind in ({kinds})"
        )

    def values_sql(self) -> str:
        """The indicators of each subject as a JSON object, without what is absent or zero."""
        parts = []
        for one in self.book:
            left_out = f'"{one.id}" is null' + (f' or "{one.id}" = 0' if _absent_is_zero(one) else "")
            text = f'\'"{one.id}":\' || to_json("{one.id}")'
            parts.append(f"case when {left_out} then null else {text} end")
        return f"select subject_id, '{{' || concat_ws(',', {', '.join(parts)}) || '}}' from indicators"  # noqa: S608


def _absent_is_zero(one: Indicator) -> bool:
    return isinstance(one, Count | Flag | ValidToday) or getattr(one, "absent", "") == "zero"


def filled(book: Book, stored: Values) -> Values:
    """Stored values with what was left out: nothing known, or 0 where absence counts as that."""
    return {one.id: stored.get(one.id, 0 if _absent_is_zero(one) else None) for one in book}


async def load(
    conn: Any, bench: Workbench, engine: Engine, subjects: Sequence[tuple[int, str | None]], until: datetime
) -> None:
    """What was known of some subjects (id, kind) before a moment, as tables of facts in the bench."""
    await asyncio.to_thread(engine.begin, bench, subjects)
    sql = queries.records_of_subjects.sql.rstrip().rstrip(";")
    known = sorted(subject for subject, _ in subjects)
    records = bench.folder / "records.csv"  # in clear: the folder is private to the node, the file goes at once
    for place in range(0, len(known), AT_ONCE):
        given = known[place : place + AT_ONCE], engine.book.items(), until
        try:
            await conn.copy_from_query(sql, *given, output=str(records), format="csv")
            await asyncio.to_thread(engine.add, bench, str(records))
        finally:
            records.unlink(missing_ok=True)


async def piece(
    conn: Any, bench: Workbench, engine: Engine, cards: Sequence[Scorecard], day: Day, now: datetime, *,
    bounds: tuple[int, int] | None = None, chosen: Sequence[int] | None = None,
) -> tuple[int, int]:  # fmt: skip
    """Evaluate the subjects of a range of ids, or some; (subjects, grades changed). `conn` is in a transaction."""
    until = end_of(day.day)
    if bounds is not None:
        low, high = bounds
        subjects = [(r["id"], r["kind"]) async for r in queries.subjects_of_range(conn, low=low, high=high)]
    else:
        assert chosen is not None  # noqa: S101  (one of the two)
        subjects = [(r["id"], r["kind"]) async for r in queries.subjects_of(conn, subjects=list(chosen))]
    if not subjects:
        return 0, 0
    await load(conn, bench, engine, subjects, until)
    await asyncio.to_thread(engine.compute, bench, day, cards)
    await queries.create_stage(conn)
    for table, query in (
        ("evaluation_stage", _stage_sql()),
        ("indicator_stage", engine.values_sql()),
    ):
        out = bench.folder / f"{table}.csv"
        try:
            await asyncio.to_thread(bench.execute, f"copy ({query}) to '{out}' (format csv, header false)")
            await conn.copy_to_table(table, source=str(out), format="csv")
        finally:
            out.unlink(missing_ok=True)
    changed = await queries.count_changes(conn)
    await queries.store_indicators(conn, as_of=day.day, now=now)
    await queries.store_results(conn, as_of=day.day, now=now)
    await queries.drop_strays(conn, subjects=[subject for subject, _ in subjects], as_of=day.day, now=now)
    await conn.execute("drop table evaluation_stage, indicator_stage")
    return len(subjects), changed


def _stage_sql() -> str:
    """Arrays as PostgreSQL writes them."""
    vetoes, points = (f"'{{' || array_to_string({name}, ',') || '}}' as {name}" for name in ("vetoes", "points"))
    return f"select subject_id, model, version, score, earned, grade, {vetoes}, {points} from evaluations"  # noqa: S608
