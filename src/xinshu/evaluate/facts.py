"""Tables of facts in a workbench, from records: what `expressions` reads."""

from __future__ import annotations

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType
from xinshu.catalogue.schema import ibis_type
from xinshu.evaluate import columns
from xinshu.evaluate.columns import SUBJECT

_SQL_TYPES = {"int64": "bigint", "date": "date", "boolean": "boolean", "string": "varchar"}


def sql_type(item: Item, field: str) -> str:
    """DuckDB's type of a field as it stands in a payload."""
    kind = ibis_type(item.field(field))
    return _SQL_TYPES.get(kind, kind)


def month_sql(text: str) -> str:
    """A month written YYYY-MM as a whole number (`days`)."""
    return f"(cast(substr({text}, 1, 4) as bigint) * 12 + cast(substr({text}, 6, 2) as bigint) - 1)"


def from_columns(item: Item, fields: tuple[str, ...], source: str) -> str:
    """The facts of an item from typed rows in `source`, which has `subject_id`: fields as the catalogue types them."""
    chosen = [
        f'{month_sql(_quoted(name))} as "{name}"' if item.field(name).type is FieldType.MONTH else f'"{name}"'
        for name in fields
    ]
    return f"select {', '.join([SUBJECT, *chosen])} from {source}"  # noqa: S608


def from_payloads(item: Item, fields: tuple[str, ...], source: str) -> str:
    """The facts of an item from `source` with `subject_id`, `item` and `payload`, a JSON text."""
    texts = {name: f"json_extract_string(payload, '$.{name}')" for name in fields}
    chosen = [
        f'{month_sql(text)} as "{name}"'
        if item.field(name).type is FieldType.MONTH
        else f'cast({text} as {sql_type(item, name)}) as "{name}"'
        for name, text in texts.items()
    ]
    return f"select {', '.join([SUBJECT, *chosen])} from {source} where item = '{item.item}'"  # noqa: S608


def _quoted(name: str) -> str:
    return f'"{name}"'


def create(item: Item, sql: str) -> str:
    """The statement that makes the table."""
    return f"create or replace table {columns.table_name(item)} as {sql}"


def add(item: Item, sql: str) -> str:
    """The statement that adds to it."""
    return f"insert into {columns.table_name(item)} {sql}"
