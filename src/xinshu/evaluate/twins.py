"""Desensitised twins: the band, flag or group of a value, in Python, as Ibis and in words. Pure."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from xinshu.evaluate.columns import SUBJECT
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Bands, Flagged, Indicator, Value, Values
from xinshu.evaluate.words import shown


def twin(indicator: Indicator, value: Value) -> int | None:
    """The band, flag or group of a value; None stays None."""
    form = indicator.twin
    if value is None:
        return None
    if isinstance(form, Flagged):
        return int(float(value) > 0)
    if isinstance(form, Bands):
        return sum(float(value) >= edge for edge in form.edges)
    return next((place for place, group in enumerate(form.groups, 1) if value in group), 0)


def twins(book: Book, values: Values) -> dict[str, int | None]:
    """The twins of all values."""
    return {name: twin(book[name], value) for name, value in values.items()}


def expression(book: Book, values: ir.Table) -> ir.Table:
    """The twins of all indicators in a table of indicators, under the same names."""
    return values.select(SUBJECT, **{one.id: _twin(one, values[one.id]) for one in book})


def _twin(indicator: Indicator, value: ir.Value) -> ir.Value:
    form = indicator.twin
    if isinstance(form, Flagged):
        branches = [(value > 0, 1)]
    elif isinstance(form, Bands):
        branches = [(value >= edge, place) for place, edge in reversed(list(enumerate(form.edges, 1)))]
    else:
        branches = [(value.isin(group), place) for place, group in enumerate(form.groups, 1)]
    return ibis.cases((value.isnull(), ibis.null("int64")), *branches, else_=0).cast("int64")


def label(indicator: Indicator, place: int | None) -> str:
    """A twin in words."""
    form = indicator.twin
    if place is None:
        return "无数据"
    if isinstance(form, Flagged):
        return "有" if place else "无"
    if not isinstance(form, Bands):
        return "、".join(form.groups[place - 1]) if place else "其他"
    if place == 0:
        return f"低于{shown(indicator, form.edges[0])}"
    low = shown(indicator, form.edges[place - 1])
    return f"{low}及以上" if place == len(form.edges) else f"{low}至{shown(indicator, form.edges[place])}(不含)"
