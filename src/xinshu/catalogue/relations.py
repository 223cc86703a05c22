"""Checks across the fields of one row in plain Python; `conditions` says the same as Ibis expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from xinshu.catalogue.model import (
    AllOrNone,
    AnyPresent,
    Compare,
    FieldType,
    ForbiddenIf,
    Item,
    RequiredIf,
    RowCheck,
    SumEquals,
    When,
)
from xinshu.catalogue.patterns import NUMBERS, number

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def literal(item: Item, name: str, value: Any) -> Any:
    """A value written in YAML in the type of field `name`. Raises ValueError where it is not of that type."""
    kind = item.field(name).type
    if kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValueError(f"{value!r} 不是数值")
        return number(value)
    if kind is FieldType.DATE:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if kind is FieldType.BOOLEAN:
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} 不是 true 或 false")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} 应为文字,请加引号")
    return value


def holds(item: Item, raw: Mapping[str, str], typed: Mapping[str, Any], when: When) -> bool:
    """Whether a condition holds; an absent or unparsable value satisfies none but `absent` and `present`."""
    given = raw.get(when.field, "") != ""
    if when.op in ("present", "absent"):
        return given == (when.op == "present")
    value = typed[when.field]
    if value is None:
        return False
    if when.op in ("in", "not_in"):
        return (value in [literal(item, when.field, v) for v in when.values]) == (when.op == "in")
    return _OPERATORS[when.op](value, literal(item, when.field, when.value))


def violated(item: Item, raw: Mapping[str, str], typed: Mapping[str, Any], check: RowCheck) -> bool:
    """Whether the row violates `check`."""

    def given(name: str) -> bool:
        return raw.get(name, "") != ""

    match check:
        case Compare():
            return (check.when is None or holds(item, raw, typed, check.when)) and _unordered(item, typed, check)
        case RequiredIf():
            return not given(check.field) and holds(item, raw, typed, check.when)
        case ForbiddenIf():
            return given(check.field) and holds(item, raw, typed, check.when)
        case AnyPresent():
            return not any(given(name) for name in check.fields)
        case AllOrNone():
            return len({given(name) for name in check.fields}) == 2
        case SumEquals():
            parts = [typed[name] for name in (*check.fields, check.equals)]
            if any(part is None for part in parts):
                return False
            return abs(Decimal(sum(map(Decimal, parts[:-1]))) - Decimal(parts[-1])) > number(check.tolerance)


def _unordered(item: Item, typed: Mapping[str, Any], check: Compare) -> bool:
    left = typed[check.left]
    right = literal(item, check.left, check.value) if check.right is None else typed[check.right]
    if left is None or right is None:
        return False
    if check.plus_days:
        right = right + timedelta(days=check.plus_days)
    if not check.tolerance:
        return not _OPERATORS[check.op](left, right)
    gap, limit = Decimal(left) - Decimal(right), number(check.tolerance)
    if check.op in ("eq", "ne"):
        return (abs(gap) <= limit) != (check.op == "eq")
    return not _OPERATORS[check.op](gap, limit if check.op in ("lt", "le") else -limit)
