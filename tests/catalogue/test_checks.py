"""The vectorised checks beyond agreement: batch checks, absent columns, SQL that engines share."""

from __future__ import annotations

from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from catalogue_kit import REFERENCES, TODAY, Duck

from xinshu.catalogue import checks
from xinshu.catalogue.model import Item
from xinshu.catalogue.patterns import one_of
from xinshu.catalogue.single import matches


def batch(item: Item, rows: list[tuple[str | None, str | None, str | None, str | None]]) -> list[list[str]]:
    """Reasons of `batch_reasons` for (document_no, kind, uscc, share)."""
    names = ("document_no", "kind", "uscc", "share")
    columns: dict[str, Any] = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    data = pa.table({"n": list(range(len(rows))), **{k: pa.array(v, pa.string()) for k, v in columns.items()}})
    table = ibis.table({"n": "int64", **dict.fromkeys(names, "string")}, name="rows_in")
    typed = table.mutate(share=table.share.try_cast("decimal(20,6)"))
    chosen = typed.select("n", r=checks.batch_reasons(item, typed)).order_by("n")
    with duckdb.connect() as connection:
        connection.register("rows_in", data)
        return [reasons for _, reasons in connection.sql(str(ibis.to_sql(chosen, dialect="duckdb"))).fetchall()]


def test_batch_checks_fail_every_row_of_a_group(every_type: Item) -> None:
    found = batch(
        every_type,
        [
            ("A1", "1", "X", "60"),
            ("A1", "1", "Y", "100"),  # same document and kind as the first
            ("A1", "2", "X", "40.5"),  # X holds 100.5 in all
            ("A2", None, "Z", None),
            ("A2", None, "Z", "99"),  # a part of the key is absent: passes
            (None, "1", None, "200"),
        ],
    )
    assert found == [
        ["document-once|CHECK", "shares-whole|CHECK"],
        ["document-once|CHECK"],
        ["shares-whole|CHECK"],
        [],
        [],
        [],
    ]


def test_batch_columns_are_what_the_checks_read(every_type: Item) -> None:
    assert checks.batch_columns(every_type) == ("document_no", "kind", "uscc", "share")


def test_columns_that_a_file_lacks_count_as_absent(every_type: Item) -> None:
    table = ibis.table({"r_uscc": "string"}, name="rows_in")
    raw = {"uscc": table.r_uscc}
    values = table.mutate(**checks.typed(every_type, raw))
    typed = {f.name: values[f.name] for f in every_type.fields}
    reasons = checks.row_reasons(every_type, {"uscc": values.r_uscc}, typed, TODAY, REFERENCES)
    with duckdb.connect() as connection:
        connection.register("rows_in", pa.table({"r_uscc": ["91320100748204660Q", "", None]}))
        found = connection.sql(str(ibis.to_sql(values.select(reasons=reasons), dialect="duckdb"))).fetchall()
    required = [f"{f.name}|REQUIRED" for f in every_type.fields if f.required]
    assert [row[0] for row in found] == [required, [*required, "identified|CHECK"], [*required, "identified|CHECK"]]


def test_clean_rows_give_an_empty_array_and_never_null(every_type: Item, duck: Duck) -> None:
    clean = {
        "uscc": "91320100748204660Q",
        "subject_name": "示例公司",
        "document_no": "A1",
        "kind": "3",
        "decided_date": "2023-01-01",
    }
    assert duck.evaluate(every_type, [clean])[0]["reasons"] == []


@pytest.mark.parametrize(
    "words",
    [
        set(),
        {"110000"},
        {"110101", "110102", "320000"},
        {"A", "A01", "A011", "B", "B06"},
        {"a", "ab", "abc", "b-", "]^"},
    ],
)
def test_one_of_matches_exactly_its_words(words: set[str]) -> None:
    pattern = one_of(frozenset(words))
    tried = words | {word + "0" for word in words} | {word[:-1] for word in words} | {"x", "-", "^"}
    assert {text for text in tried if text and matches(text, pattern)} == words
