"""Subjects a second for all indicators, beside the same written by hand for DuckDB (`evaluate.sql`) in the same run.

    python bench/evaluate.py [subjects, default 20000] [copies of them, default 1]
    python bench/evaluate.py --memory SUBJECTS [FOLDER]

The facts are an invented world's, made in pieces and kept as tables of facts; with copies, every fact is repeated for
as many further subjects (for a million: 20000 50). Both run over the same tables in a DuckDB file, in pieces of
100,000 subjects, turn about, and must give the same values.

`--memory` runs the whole evaluation as a node does, from records in PostgreSQL to stored grades, and prints the highest
resident memory: `evaluate_memory.py`. The database stays in FOLDER (outside the repository) and is used again.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from machine import Peak, describe, ratio

from xinshu.catalogue import Catalogue
from xinshu.core.settings import packaged_definitions
from xinshu.evaluate import columns, facts
from xinshu.evaluate.days import Day
from xinshu.evaluate.expressions import SUBJECTS
from xinshu.evaluate.loader import Book
from xinshu.evaluate.run import Engine
from xinshu.synth import World
from xinshu.synth.items import GENERATORS
from xinshu.synth.production import HEAVY_CHUNK
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

DAY = Day(date(2026, 6, 1))
PIECE = 100_000
ROUNDS = 6
MEMORY = "2GB"


def fill(link: duckdb.DuckDBPyConnection, engine: Engine, subjects: int, copies: int) -> int:
    """Make the tables of facts under schema `whole`; gives the rows."""
    catalogue = engine.book.catalogue
    world = World(7, max(subjects, 600), DAY.day, catalogue=catalogue)
    link.execute("create schema whole")
    for start in range(0, subjects, HEAVY_CHUNK):
        view = View(world.basis, start, min(start + HEAVY_CHUNK, subjects), (DAY.day - date(1970, 1, 1)).days)
        for number, fields in engine.single.fields.items():
            item, made = catalogue.item(number), GENERATORS[number](view)
            rows = to_table(item, view, made).select(list(fields))
            link.register("given", rows.append_column("subject_id", pa.array(made.owner + start, pa.int64())))
            select, table = facts.from_columns(item, fields, "given"), f"whole.{columns.table_name(item)}"
            link.execute(f"create table {table} as {select}" if start == 0 else f"insert into {table} {select}")
            link.unregister("given")
    total = 0
    for number in engine.single.fields:
        table = f"whole.{columns.table_name(catalogue.item(number))}"
        if copies > 1:
            link.execute(
                f"insert into {table} select subject_id + n * {subjects} as subject_id, t.* exclude (subject_id) "
                f"from {table} t, range(1, {copies}) r(n) order by n"
            )
        total += int(link.sql(f"select count(*) from {table}").fetchall()[0][0])
    return total


Seconds = tuple[float, float]  # on the clock, of the processors
Steps = list[tuple[str, str]]  # (table, statement); the last holds all indicators


def measure(link: duckdb.DuckDBPyConnection, engine: Engine, steps: Steps, name: str, subjects: int) -> Seconds:
    """Time for all subjects, piece by piece, into table `name`."""
    link.execute(f"drop table if exists {name}")
    clock = busy = 0.0
    for low in range(0, subjects, PIECE):
        high = min(low + PIECE, subjects)
        link.execute(f"create or replace view {SUBJECTS} as select range as subject_id from range({low}, {high})")
        for number in engine.single.fields:
            table = columns.table_name(engine.book.catalogue.item(number))
            link.execute(
                f"create or replace view {table} as from whole.{table} "
                f"where subject_id >= {low} and subject_id < {high}"
            )
        began, used = time.perf_counter(), time.process_time()
        for part, statement in steps[:-1]:
            link.execute(f"create or replace temp table {part} as {statement}")
        whole = steps[-1][1]
        link.execute(f"create table {name} as {whole}" if low == 0 else f"insert into {name} {whole}")
        clock, busy = clock + time.perf_counter() - began, busy + time.process_time() - used
    return clock, busy


def differing(link: duckdb.DuckDBPyConnection, engine: Engine) -> list[str]:
    """Indicators whose values are not the same in both tables; what by hand is absent or false counts as 0."""
    zero = [
        one.id for one in engine.book
        if one.pattern in ("count", "flag", "valid_today") or getattr(one, "absent", "") == "zero"
    ]  # fmt: skip
    tests = []
    for one in engine.book:
        kind = {"integer": "bigint", "number": "double", "code": "varchar"}[engine.book.kind(one.id)]
        by_hand = f'h."{one.id}"::{kind}'
        by_hand = f"coalesce({by_hand}, 0)" if one.id in zero else by_hand
        tests.append(f'count(*) filter (o."{one.id}" is distinct from {by_hand}) as "{one.id}"')
    row = link.sql(f"select {', '.join(tests)} from ours o join by_hand h using (subject_id)").fetchall()[0]
    return [f"{one.id} ({count})" for one, count in zip(engine.book, row, strict=True) if count]


def main(subjects: int, copies: int) -> None:
    """Measure both in turn, several times, and print the best of each."""
    describe()
    definitions = packaged_definitions()
    book = Book.load(definitions, Catalogue.load(definitions))
    began = time.perf_counter()
    engine = Engine.of(book)
    steps = engine.compiled.steps(DAY)
    compiled = time.perf_counter() - began
    by_hand = (Path(__file__).with_suffix(".sql")).read_text(encoding="utf-8")
    for name, value in {"$day": f"date '{DAY.day}'", "$m": DAY.month, "$y": DAY.year}.items():
        by_hand = by_hand.replace(name, str(value))
    with tempfile.TemporaryDirectory(prefix="xinshu-bench-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 2,
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        link = duckdb.connect(f"{folder}/facts.duckdb", config=config)
        rows = fill(link, engine, subjects, copies)
        whole = subjects * copies
        print(f"{whole:,} subjects, {rows:,} facts, {len(book)} indicators; compiled in {compiled:.1f} s")
        ours: list[Seconds] = []
        limit: list[Seconds] = []
        with Peak() as peak:
            for turn in range(ROUNDS if whole <= 200_000 else 1):
                both = [(ours, steps, "ours"), (limit, [("by_hand", by_hand)], "by_hand")]
                for into, what, name in both if turn % 2 == 0 else reversed(both):
                    into.append(measure(link, engine, what, name, whole))
        wrong = differing(link, engine)
        link.close()
    if wrong:
        raise SystemExit(f"not the same: {', '.join(wrong)}")
    (clock, busy), (hand_clock, hand_busy) = (
        (min(column) for column in zip(*found, strict=True)) for found in (ours, limit)
    )
    print(f"ours:  {clock:7.2f} s  {whole / clock:10,.0f} subjects/s  {busy:.2f} s of processor")
    print(
        f"limit: {hand_clock:7.2f} s  {whole / hand_clock:10,.0f} subjects/s  {hand_busy:.2f} s (by hand, same values)"
    )
    print(f"peak memory of both {peak.bytes / 2**20:,.0f} MiB, DuckDB limited to {MEMORY}")
    print(f"ratio of processor time: {busy / hand_busy:.2f}")
    ratio(clock, hand_clock)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        import evaluate_memory  # it needs more of the platform

        evaluate_memory.main(int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    else:
        given = [int(value) for value in sys.argv[1:3]]
        main(given[0] if given else 20_000, given[1] if len(given) > 1 else 1)
