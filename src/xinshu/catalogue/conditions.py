"""Checks across the fields of a row as Ibis expressions: where a check is violated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import patterns, relations
from xinshu.catalogue.model import (
    AllOrNone,
    AnyPresent,
    Compare,
    ForbiddenIf,
    Item,
    RequiredIf,
    RowCheck,
    SumEquals,
    When,
)

_EXACT = "decimal(28,6)"  # wide enough for sums of 64-bit integers and of every decimal field


@dataclass(frozen=True)
class Row:
    """The expressions of a row: texts as received and typed values."""

    item: Item
    raw: Mapping[str, ir.StringValue]
    typed: Mapping[str, ir.Value]

    def present(self, name: str) -> ir.BooleanValue:
        """Whether the field has a text, parsable or not."""
        return self.raw[name] != "" if name in self.raw else ibis.literal(False)

    def absent(self, name: str) -> ir.BooleanValue:
        """The opposite, never null."""
        if name not in self.raw:
            return ibis.literal(True)
        return (self.raw[name] == "") | self.raw[name].isnull()

    def exact(self, name: str) -> ir.Value:
        """A number of any type on one scale, for sums."""
        return self.typed[name].cast(_EXACT)


def all_of(terms: list[ir.BooleanValue]) -> ir.BooleanValue:
    """Conjunction of at least one term."""
    return reduce(and_, terms)


def any_of(terms: list[ir.BooleanValue]) -> ir.BooleanValue:
    """Disjunction of at least one term, as a balanced tree: a long chain would overflow the SQL compiler's stack."""
    if len(terms) <= 2:
        return reduce(or_, terms)
    middle = len(terms) // 2
    return any_of(terms[:middle]) | any_of(terms[middle:])


def literal(item: Item, name: str, value: Any) -> ir.Value:
    """A value written in YAML as a literal comparable with field `name`. Raises ValueError as `relations.literal`."""
    plain = relations.literal(item, name, value)
    return exact_literal(plain) if isinstance(plain, Decimal) else ibis.literal(plain)


def exact_literal(value: Decimal) -> ir.Value:
    """A number as a literal: whole ones as integers, so that comparing integers stays an integer comparison."""
    if value == value.to_integral_value() and abs(value) <= patterns.INTEGER_MAX:
        return ibis.literal(int(value), type="int64")
    return ibis.literal(value, type=_EXACT)


def _compare(left: Any, op: str, right: Any) -> ir.BooleanValue:
    results = {
        "eq": lambda: left == right,
        "ne": lambda: left != right,
        "lt": lambda: left < right,
        "le": lambda: left <= right,
        "gt": lambda: left > right,
        "ge": lambda: left >= right,
    }
    return results[op]()


_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}


def holds(row: Row, when: When) -> ir.BooleanValue:
    """Where a condition holds; null counts as not."""
    if when.op == "present":
        return row.present(when.field)
    if when.op == "absent":
        return row.absent(when.field)
    value = row.typed[when.field]
    if when.op in ("in", "not_in"):
        values = [literal(row.item, when.field, v) for v in when.values]
        return any_of([value == v for v in values]) if when.op == "in" else all_of([value != v for v in values])
    return _compare(value, when.op, literal(row.item, when.field, when.value))


def violated(row: Row, check: RowCheck) -> ir.BooleanValue:
    """Where `check` is violated; null counts as not."""
    match check:
        case Compare():
            bad = _compare_violated(row, check)
            return bad if check.when is None else holds(row, check.when) & bad
        case RequiredIf():
            return holds(row, check.when) & row.absent(check.field)
        case ForbiddenIf():
            return holds(row, check.when) & row.present(check.field)
        case AnyPresent():
            return all_of([row.absent(f) for f in check.fields])
        case AllOrNone():
            return any_of([row.absent(f) for f in check.fields]) & any_of([row.present(f) for f in check.fields])
        case SumEquals():
            total = reduce(lambda a, b: a + b, [row.exact(f) for f in check.fields])
            gap = total - row.exact(check.equals)
            limit = exact_literal(patterns.number(check.tolerance))
            return gap.abs() > limit


def _compare_violated(row: Row, check: Compare) -> ir.BooleanValue:
    left = row.typed[check.left]
    right = literal(row.item, check.left, check.value) if check.right is None else row.typed[check.right]
    if check.tolerance:
        limit = exact_literal(patterns.number(check.tolerance))
        gap = row.exact(check.left) - (right if check.right is None else row.exact(check.right))
        if check.op in ("eq", "ne"):
            return gap.abs() > limit if check.op == "eq" else gap.abs() <= limit
        return _compare(gap, _OPPOSITE[check.op], limit if check.op in ("lt", "le") else -limit)
    if check.plus_days:
        right = (right + ibis.interval(days=check.plus_days)).cast("date")
    return _compare(left, _OPPOSITE[check.op], right)
