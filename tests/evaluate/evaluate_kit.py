"""Facts of an invented world for both evaluations: tables in DuckDB, and the same records one subject at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from xinshu.catalogue import Catalogue
from xinshu.core.settings import packaged_definitions
from xinshu.evaluate import facts, scorecards
from xinshu.evaluate.days import Day
from xinshu.evaluate.expressions import RESULT, SUBJECTS, Compiled
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Values
from xinshu.evaluate.run import Engine
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.single import Single
from xinshu.synth import World
from xinshu.synth.items import GENERATORS
from xinshu.synth.production import HEAVY_CHUNK
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

AS_OF = date(2026, 6, 1)
Records = dict[str, list[dict[str, Any]]]  # item → rows of one subject


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return Catalogue.load(packaged_definitions())


@cache
def book() -> Book:
    """The shipped indicators."""
    return Book.load(packaged_definitions(), catalogue())


@cache
def engine() -> Engine:
    """Compiled once, as in service."""
    return Engine.of(book())


def compiled() -> Compiled:
    """The expression over all subjects."""
    return engine().compiled


def single() -> Single:
    """The evaluation of one subject."""
    return engine().single


@cache
def cards() -> dict[str, Scorecard]:
    """The shipped models."""
    return {card.id: card for card in scorecards.load(packaged_definitions(), book())}


@dataclass
class Chunk:
    """Some subjects of a world: their facts in an own DuckDB."""

    subjects: list[int]
    tables: dict[str, pa.Table] = field(default_factory=dict)  # item → the typed rows with subject_id, fields read only

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB with the tables of facts."""
        link = duckdb.connect()
        link.register("given_subjects", pa.table({"subject_id": pa.array(self.subjects, pa.int64())}))
        link.execute(f"create table {SUBJECTS} as select * from given_subjects")
        for number, rows in self.tables.items():
            item = catalogue().item(number)
            link.register("given", rows)
            link.execute(facts.create(item, facts.from_columns(item, single().fields[number], "given")))
            link.unregister("given")
        return link

    def records(self) -> dict[int, Records]:
        """The rows of each subject."""
        found: dict[int, Records] = {subject: defaultdict(list) for subject in self.subjects}
        for number, rows in self.tables.items():
            for row in rows.to_pylist():
                found[row.pop("subject_id")][number].append(row)
        return found


def chunks(world: World, subjects: int, day: date = AS_OF, size: int = HEAVY_CHUNK) -> Iterator[Chunk]:
    """The first subjects of a world, as known on a day."""
    for start in range(0, subjects, size):
        view = View(world.basis, start, min(start + size, subjects), (day - date(1970, 1, 1)).days)
        chunk = Chunk(list(range(view.start, view.stop)))
        for number, fields in single().fields.items():
            made = GENERATORS[number](view)
            rows = to_table(catalogue().item(number), view, made).select(list(fields))
            owners = pa.array(made.owner + view.start, pa.int64())
            chunk.tables[number] = rows.append_column("subject_id", owners)
        yield chunk


def compute(link: duckdb.DuckDBPyConnection, day: Day) -> None:
    """All indicators of all subjects, by the compiled expressions, in table `RESULT`."""
    for name, statement in compiled().steps(day):
        link.execute(f'create table "{name}" as {statement}')


def batch_values(link: duckdb.DuckDBPyConnection, day: Day) -> dict[int, Values]:
    """The same, by subject."""
    compute(link, day)
    return {row.pop("subject_id"): row for row in link.table(RESULT).to_arrow_table().to_pylist()}


def disagreements(chunk: Chunk, day: Day) -> tuple[int, list[str]]:
    """How many values were compared, and what differs, in words."""
    batch, found, compared = batch_values(chunk.connection(), day), [], 0
    for subject, records in chunk.records().items():
        alone = single().evaluate(records, day)
        assert list(alone) == list(batch[subject])
        compared += len(alone)
        found += [
            f"{subject} {name}: alone {value!r}, in batch {batch[subject][name]!r}"
            for name, value in alone.items()
            if value != batch[subject][name]
        ]
    return compared, found
