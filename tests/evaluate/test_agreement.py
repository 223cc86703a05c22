"""Two paths must agree: all subjects on DuckDB, one subject in Python; for every indicator, on many worlds and days."""

from __future__ import annotations

import csv
import gzip
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from evaluate_kit import AS_OF, Chunk, batch_values, book, catalogue, chunks, compute, disagreements, single

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType
from xinshu.evaluate import columns, twins
from xinshu.evaluate.days import Day
from xinshu.evaluate.expressions import RESULT
from xinshu.synth import World
from xinshu.synth.rows import arrow_type

SEED = 7
"""Seed of the invented world."""


def compare(subjects: int, day: date) -> int:
    """Values compared; none may differ."""
    compared = 0
    for chunk in chunks(_world(max(subjects, 600)), subjects, day):
        some, differing = disagreements(chunk, Day(day))
        assert differing == []
        compared += some
    return compared


@cache
def _world(subjects: int) -> World:
    return World(SEED, subjects, AS_OF, catalogue=catalogue())


FULL = pytest.mark.full


@pytest.mark.parametrize(
    "day", [AS_OF, date(2025, 2, 28), *(pytest.param(date(y, m, 31), marks=FULL) for y, m in ((2026, 5), (2024, 12)))]
)
def test_batch_and_single_agree_on_an_invented_world(day: date) -> None:
    assert compare(100, day) == 100 * len(book())


@pytest.mark.full
@pytest.mark.timeout(900)
def test_batch_and_single_agree_on_ten_thousand_subjects() -> None:
    assert compare(10_000, AS_OF) == 10_000 * len(book())


@pytest.mark.full
def test_batch_and_single_agree_on_anything() -> None:
    """Every field takes every kind of value: what the invented world never has is met here."""
    for seed, day in enumerate((AS_OF, date(2026, 2, 28), date(2026, 3, 31), date(2024, 2, 29))):
        compared, differing = disagreements(_anything(random.Random(seed), 20, day), Day(day))
        assert differing == []
        assert compared == 20 * len(book())


@pytest.mark.full
def test_every_indicator_says_something() -> None:
    """Over random records no indicator is the same for all subjects: none is dead."""
    seen: dict[str, set[Any]] = {one.id: set() for one in book()}
    for records in _anything(random.Random(99), 120, AS_OF).records().values():
        for name, value in single().evaluate(records, Day(AS_OF)).items():
            seen[name].add(value)
    assert {name for name, values in seen.items() if len(values) < 2} == set()


def _anything(draw: random.Random, subjects: int, day: date) -> Chunk:
    """Subjects with random records; every third has some in each of the last 30 months."""
    chunk = Chunk(list(range(subjects)))
    for number, fields in single().fields.items():
        item = catalogue().item(number)
        monthly = [name for name in fields if item.field(name).type is FieldType.MONTH]
        rows = []
        for subject in range(subjects):
            steady = bool(monthly) and subject % 3 == 0
            for place in range(120 if steady else draw.choice((0, 1, 2, 3, 8, 30))):
                row = {"subject_id": subject, **{name: _any_value(draw, item, name, day) for name in fields}}
                if steady:
                    month = (day - timedelta(days=30 * (place // 4))).isoformat()[:7]
                    row |= dict.fromkeys(monthly, month)
                rows.append(row)
        schema = pa.schema([("subject_id", pa.int64()), *((n, arrow_type(item.field(n))) for n in fields)])
        chunk.tables[number] = pa.Table.from_pylist(rows, schema)
    return chunk


def _any_value(draw: random.Random, item: Item, name: str, day: date) -> Any:
    field = item.field(name)
    if draw.random() < 0.15:
        return None
    back = int(draw.triangular(-40, 1500, 200))
    match field.type:
        case FieldType.DATE:
            return day - timedelta(days=back)
        case FieldType.MONTH:
            return (day - timedelta(days=back)).isoformat()[:7]
        case FieldType.YEAR:
            return day.year - draw.choice((-1, 0, 1, 1, 2, 2, 3, 4))
        case FieldType.DECIMAL:
            return Decimal(draw.choice((0, 1, draw.randrange(-500, 10**7)))).scaleb(-(field.scale or 2))
        case FieldType.INTEGER:
            return draw.choice((0, 1, 2, draw.randrange(1000)))
        case FieldType.BOOLEAN:
            return draw.random() < 0.5
        case FieldType.CODE:
            return draw.choice(_codes_of_interest(item, name) or list(field.codes or {"1": ""}))
        case _:
            return draw.choice("ABCDE")


def _codes_of_interest(item: Item, name: str) -> list[str]:
    """Codes that some indicator asks for, and one that none does."""
    asked = [
        str(value)
        for one in book().over_items()
        if catalogue().item(one.item) is item
        for condition in one.where
        if condition.field == name
        for value in (*condition.values, condition.value)
        if value is not None
    ]
    others = [code for code in item.field(name).codes or {} if code not in asked]
    return asked + others[:1]


def test_twins_agree() -> None:
    chunk = _anything(random.Random(5), 40, AS_OF)
    link = chunk.connection()
    batch_values(link, Day(AS_OF))
    types = {"integer": "int64", "number": "float64", "code": "string"}
    table = ibis.table(
        {columns.SUBJECT: "int64", **{one.id: types[book().kind(one.id)] for one in book()}}, name=RESULT
    )
    sql = ibis.to_sql(twins.expression(book(), table), dialect="duckdb")
    batch = {row.pop("subject_id"): row for row in link.sql(str(sql)).to_arrow_table().to_pylist()}
    for subject, records in chunk.records().items():
        values = single().evaluate(records, Day(AS_OF))
        assert twins.twins(book(), values) == batch[subject]
        assert all(twins.label(book()[name], place) for name, place in batch[subject].items())


def test_batch_and_single_agree_on_real_registrations(shared_data: Path) -> None:
    path = sorted((shared_data / "registry").glob("*.csv.gz"))[10]
    assert _real([path], 500) == 500


@pytest.mark.full
@pytest.mark.timeout(900)
def test_batch_and_single_agree_on_all_real_registrations(shared_data: Path) -> None:
    """Every value of every indicator is compared; what an indicator of another item says of nothing is asked once."""
    assert _real(sorted((shared_data / "registry").glob("*.csv.gz"))) == 282_803


def _real(paths: list[Path], most: int | None = None) -> int:
    """Firms of these files, whose registrations are facts of item 1: dates and capital as far as they can be read.

    All indicators must agree for all of them.
    """
    day, item, firms = Day(date(2020, 1, 1)), catalogue().item("1"), 0
    ours = [one.id for one in book() if book().items_of(one.id) == {"1"}]
    nothing = single().evaluate({}, day)
    others = [name for name in nothing if name not in ours]
    tests = ", ".join(f'count(*) filter ("{name}" is distinct from ?)' for name in others)
    rows = islice(chain.from_iterable(_rows(path) for path in paths), most)
    for part in _pieces(rows, 20_000):
        chunk = Chunk(list(range(len(part))))
        for number, fields in single().fields.items():
            kind = catalogue().item(number)
            schema = pa.schema([("subject_id", pa.int64()), *((n, arrow_type(kind.field(n))) for n in fields)])
            found = [
                {"subject_id": place, **{name: row.get(name) for name in fields}} for place, row in enumerate(part)
            ] if kind is item else []  # fmt: skip
            chunk.tables[number] = pa.Table.from_pylist(found, schema)
        link = chunk.connection()
        compute(link, day)
        assert set(link.execute(f"select {tests} from {RESULT}", [nothing[name] for name in others]).fetchall()[0]) == {
            0
        }
        batch = link.sql(f"select {', '.join(ours)} from {RESULT} order by subject_id").to_arrow_table().to_pylist()
        assert len(batch) == len(part)
        differing = [
            (row, alone, values)
            for row, values in zip(part, batch, strict=True)
            if (alone := single().evaluate({"1": [row]}, day, ours)) != values
        ]
        assert differing == []
        link.close()
        firms += len(part)
    return firms


def _pieces(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            day = re.fullmatch(r"\s*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}).*", row["注册日期"] or "")
            capital = re.match(r"\s*([0-9,]+(?:[.][0-9]+)?)", row["注册资金"] or "")
            try:
                founded = date(*map(int, day.groups())) if day else None
            except ValueError:
                founded = None
            amount = Decimal(capital[1].replace(",", "")).quantize(Decimal("0.000001")) if capital else None
            yield {
                "established_date": founded,
                "registered_capital": amount if amount is not None and amount < 10**9 else None,
                "capital_currency": "CNY",
                "registration_status": "1",
            }
