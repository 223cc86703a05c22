"""What the catalogue's tests share: definitions in a folder, references, the vectorised path from texts to reasons."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xinshu.catalogue import References, checks
from xinshu.catalogue.masks import masked
from xinshu.catalogue.model import Item

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 6, 1)
REFERENCES = References(
    divisions_current=frozenset({"320000", "320100", "320111", "320102", "110000", "110101"}),
    divisions_retired=frozenset({"320103", "320107", "110103"}),
    industries=frozenset({"C", "C34", "C348", "C3484", "A", "A01", "A011", "A0111", "F", "F51"}),
)


def folder_of(tmp: Path, *items: Path, overlays: dict[str, dict[str, str]] | None = None) -> Path:
    """A definitions folder with the given items, and overlays as {name: {file: text}}."""
    (tmp / "catalogue").mkdir(parents=True, exist_ok=True)
    for path in items:
        text = path.read_text(encoding="utf-8")
        (tmp / "catalogue" / f"01-{path.name}").write_text(text, encoding="utf-8")
    for name, files in (overlays or {}).items():
        for file, text in files.items():
            target = tmp / "overlays" / name / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return tmp


def raw_table(item: Item, rows: list[dict[str, str]]) -> pa.Table:
    """The texts of rows as columns `r_<field>`, with their number in `n`."""
    columns: dict[str, Any] = {"n": pa.array(range(len(rows)), pa.int64())}
    for field in item.fields:
        columns[f"r_{field.name}"] = pa.array([row.get(field.name, "") for row in rows], pa.string())
    return pa.table(columns)


def expression(item: Item, table: ir.Table, today: date, references: References) -> ir.Table:
    """n, typed fields, reasons, warnings and masked fields (`m_…`) of a table of `r_…` columns."""
    raw = {f.name: table[f"r_{f.name}"] for f in item.fields}
    values = table.mutate(**checks.typed(item, raw))
    raw = {name: values[f"r_{name}"] for name in raw}
    typed = {name: values[name] for name in raw}
    return values.select(
        "n",
        **typed,
        reasons=checks.row_reasons(item, raw, typed, today, references),
        warnings=checks.row_warnings(item, raw, typed),
        **{f"m_{name}": value for name, value in masked(item, typed).items()},
    ).order_by("n")


def unbound(item: Item) -> ir.Table:
    """`expression` over a table `rows_in` that any engine may hold."""
    columns = {"n": "int64"} | {f"r_{field.name}": "string" for field in item.fields}
    return expression(item, ibis.table(columns, name="rows_in"), TODAY, REFERENCES)


class Duck:
    """DuckDB in memory, with the SQL of each item compiled once."""

    def __init__(self) -> None:
        self._backend = ibis.duckdb.connect()
        self._connection = self._backend.con
        self._sql: dict[int, tuple[Item, str]] = {}

    def evaluate(self, item: Item, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
        """The rows that `expression` gives."""
        if id(item) not in self._sql:
            self._sql[id(item)] = (item, self._backend.compile(unbound(item)))
        self._connection.register("rows_in", raw_table(item, rows))
        found: list[dict[str, Any]] = self._connection.sql(self._sql[id(item)][1]).to_arrow_table().to_pylist()
        self._connection.unregister("rows_in")
        return found

    def close(self) -> None:
        """Close the connection."""
        self._backend.disconnect()
