"""Rows of an item as a typed Arrow table with exactly the item's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinshu.catalogue.model import FieldDef, FieldType, Item
from xinshu.synth.draws import Flags, Floats, Ints
from xinshu.synth.text import Column
from xinshu.synth.view import View

_INTEGERS = (FieldType.INTEGER, FieldType.YEAR)


class Only(NamedTuple):
    """A value that is present only in some rows."""

    value: Any
    keep: Flags


class Coded(NamedTuple):
    """A code for each row: `codes[ordinal]`; None is absent."""

    codes: tuple[str | None, ...]
    ordinal: Ints


@dataclass(frozen=True)
class Rows:
    """Rows of one item: `owner` is the position of each row's subject in the view, not decreasing.

    A value is a number, array, text or Arrow column; `Only` and `Coded` wrap it. Fields not named stay empty;
    `uscc`, `subject_name`, `registration_no` and `division` are filled from the subject unless named.
    """

    owner: Ints
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, owner: Ints, /, **values: Any) -> Rows:
        return cls(owner, values)


def to_table(item: Item, view: View, rows: Rows) -> pa.Table:
    """The rows as a table. Raises KeyError for a value that the item has no field for."""
    for name in rows.values:
        item.field(name)
    taken = pa.array(rows.owner)
    about: dict[str, Column] = {
        "uscc": view.codes,
        "subject_name": view.names,
        "registration_no": view.old_numbers,
    }
    arrays = []
    for definition in item.fields:
        if definition.name in rows.values:
            arrays.append(_column(definition, rows.values[definition.name], len(rows.owner)))
        elif definition.name in about:
            arrays.append(about[definition.name].take(taken))
        elif definition.name == "division":
            arrays.append(pa.array(view.firms.division[rows.owner]).cast(pa.string()))
        else:
            arrays.append(pa.nulls(len(rows.owner), arrow_type(definition)))
    schema = pa.schema([(f.name, arrow_type(f)) for f in item.fields])
    return pa.Table.from_arrays([pc.cast(a, t.type) for a, t in zip(arrays, schema, strict=True)], schema=schema)


def arrow_type(definition: FieldDef) -> pa.DataType:
    """Physical type of a field in a generated table."""
    if definition.type in _INTEGERS:
        return pa.int64()
    if definition.type is FieldType.DECIMAL:
        return pa.decimal128(20, 2 if definition.scale is None else definition.scale)
    if definition.type is FieldType.DATE:
        return pa.date32()
    return pa.bool_() if definition.type is FieldType.BOOLEAN else pa.string()


def _column(definition: FieldDef, value: Any, count: int) -> Column:
    if isinstance(value, Only):
        column = _column(definition, value.value, count)
        return pc.if_else(pa.array(value.keep), column, pa.scalar(None, column.type))
    if isinstance(value, Coded):
        return pa.array(value.codes, pa.string()).take(pa.array(value.ordinal))
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value.combine_chunks() if isinstance(value, pa.ChunkedArray) else value
    if isinstance(value, str):
        return pa.repeat(pa.scalar(value), count)
    numbers = np.broadcast_to(np.asarray(value), (count,))
    if definition.type is FieldType.DECIMAL:
        return decimals(numbers, 2 if definition.scale is None else definition.scale)
    if definition.type is FieldType.DATE:
        return pa.array(np.ascontiguousarray(numbers, dtype=np.int32)).cast(pa.date32())
    if definition.type is FieldType.MONTH:
        return month_text(numbers)
    if definition.type is FieldType.BOOLEAN:
        return pa.array(np.ascontiguousarray(numbers, dtype=np.bool_))
    return pa.array(np.ascontiguousarray(numbers, dtype=np.int64))


def decimals(numbers: Floats | Ints, scale: int) -> Column:
    """decimal128(20, scale) from numbers, rounded to the scale."""
    units = np.rint(np.asarray(numbers, dtype=np.float64) * 10**scale).astype(np.int64)
    words = np.empty((len(units), 2), dtype=np.int64)
    words[:, 0] = units
    words[:, 1] = units >> 63
    return pa.Array.from_buffers(pa.decimal128(20, scale), len(units), [None, pa.py_buffer(words)])


def month_text(months: Ints) -> Column:
    """YYYY-MM of month numbers."""
    months = np.asarray(months, dtype=np.int64)
    distinct, position = np.unique(months, return_inverse=True)
    words = [str(np.datetime64(int(m), "M")) for m in distinct]
    return pa.array(words, pa.string()).take(pa.array(position))
