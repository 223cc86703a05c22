"""Typed rows as the text that departments send, and what changed between two days."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from xinshu.catalogue.model import Item
from xinshu.synth.text import Column

# A firm that changes its name, manager or address does not make providers send all their old facts again.
_FOLLOWS = ("subject_name", "legal_person", "address")
_SEPARATOR = "\x1f"


def to_text(table: pa.Table) -> pa.Table:
    """All columns as text: dates as YYYY-MM-DD, decimals plain, booleans as 是 and 否, absent as empty."""
    return pa.table({name: _text(table[name]) for name in table.column_names})


def _text(column: Column) -> Column:
    if pa.types.is_boolean(column.type):
        words = pc.if_else(column, "是", "否")
    else:
        words = column if pa.types.is_string(column.type) else column.cast(pa.string())
    filled = pc.fill_null(words, "")
    return filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled


def news(item: Item, before: pa.Table, after: pa.Table) -> Column:
    """For each text row of `after`: whether it is new or changed since `before`."""
    ignored = _FOLLOWS if item.subject.role == "fact" else ()
    names = [name for name in after.column_names if name not in ignored]
    return pc.invert(pc.is_in(_fingerprint(after, names), value_set=_fingerprint(before, names)))


def _fingerprint(table: pa.Table, names: list[str]) -> Column:
    if table.num_rows == 0:
        return pa.array([], pa.string())
    joined = pc.binary_join_element_wise(*(table[name] for name in names), _SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
