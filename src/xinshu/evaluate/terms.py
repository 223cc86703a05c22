"""What is decided about each record: conditions, windows and validity as columns of a table of facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import Item
from xinshu.catalogue.conditions import literal
from xinshu.catalogue.model import FieldType, When
from xinshu.evaluate import columns
from xinshu.evaluate.days import MONTH_KEY
from xinshu.evaluate.model import Latest, OverItem, ValidToday


class Today:
    """The day asked about as parameters of the expression: one compiled statement serves every day."""

    def __init__(self) -> None:
        self.day = ibis.param("date")
        self.key, self.month, self.year = (ibis.param("int64") for _ in range(3))
        self.bounds: dict[int, ir.Value] = {}  # months → the day after which such a window begins

    def bound(self, months: int) -> ir.Value:
        """The day after which a window of so many months begins."""
        return self.bounds.setdefault(months, ibis.param("date"))


def unit_of(item: Item, date: str) -> str:
    """The column that says how far a record's `date` lies back: whole months or years, of dates days."""
    return f"{date}__{'days' if item.field(date).type is FieldType.DATE else 'age'}"


def with_ages(item: Item, facts: ir.Table, ours: Sequence[OverItem], today: Today) -> ir.Table:
    """The facts with a column `unit_of` for each date whose distance from the day is counted."""
    found: dict[str, ir.Value] = {}
    for name in columns.dates_read(item, ours):
        match item.field(name).type:
            case FieldType.DATE:
                if any(isinstance(one, Latest) and one.date == name for one in ours):
                    found[unit_of(item, name)] = today.day.delta(facts[name], unit="day").cast("int64")
            case FieldType.YEAR:
                found[unit_of(item, name)] = today.year - facts[name]
            case _:
                found[unit_of(item, name)] = today.month - facts[name]
    return facts.mutate(**found)


def with_terms(item: Item, facts: ir.Table, ours: Sequence[OverItem], today: Today) -> ir.Table:
    """The facts with every condition as a column: looked at once, however many indicators share it."""
    found = {_named(condition): _term(item, facts, condition) for one in ours for condition in one.where}
    for one in ours:
        window = columns.window_of(item, one)
        if window is not None:
            found[_window_named(window)] = _window(item, facts, window, today)
    if any(one.valid or isinstance(one, ValidToday) for one in ours):
        found["x_valid"] = _valid(item, facts, today)
    return facts.mutate(**found)


def terms_of(item: Item, one: OverItem, *, windows: bool = True) -> tuple[str, ...]:
    """The columns that must all hold for a record to count; without the window where that is looked at later."""
    names = [_named(condition) for condition in one.where]
    if one.valid or isinstance(one, ValidToday):
        names.append("x_valid")
    window = columns.window_of(item, one)
    if window is not None and windows:
        names.append(_window_named(window))
    return tuple(dict.fromkeys(names))


def shared(several: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The columns that all ask for: records without them need not be read at all."""
    lists = list(several)
    return tuple(name for name in lists[0] if all(name in other for other in lists))


def all_of(facts: ir.Table, names: Iterable[str]) -> ir.BooleanValue | None:
    """Whether all these columns hold; None: nothing is asked."""
    terms = [facts[name] for name in names]
    return reduce(and_, terms) if terms else None


def both(condition: ir.BooleanValue | None, other: ir.BooleanValue) -> ir.BooleanValue:
    """A condition, if there is one, and another."""
    return other if condition is None else condition & other


def number(value: ir.Value, field: FieldType) -> ir.Value:
    """A sum or extreme in its final type. Engines add up whole numbers in wider ones, of which Ibis knows nothing."""
    final = value.cast("float64")
    return final if field is FieldType.DECIMAL else final.cast("int64")


def _window(item: Item, facts: ir.Table, window: tuple[str, int | None], today: Today) -> ir.BooleanValue:
    """Whether a record's date lies in the window, not after the day."""
    field, length = window
    if item.field(field).type is FieldType.DATE:
        inside = facts[field] <= today.day
        return inside if length is None else inside & (facts[field] > today.bound(length // MONTH_KEY))
    age = facts[unit_of(item, field)]
    return age >= 0 if length is None else (age >= 0) & (age < length)


def _valid(item: Item, facts: ir.Table, today: Today) -> ir.BooleanValue:
    """Whether a record holds on the day; its bounds count as holding."""
    terms = []
    for name, end in ((item.validity.from_, False), (item.validity.to, True)):
        if name is None:
            continue
        kind = item.field(name).type
        bound: ir.Value = today.day
        if kind is not FieldType.DATE:
            bound = today.day.year().cast("int64")
            if kind is FieldType.MONTH:
                bound = bound * 12 + today.day.month().cast("int64") - 1
        holds = facts[name] >= bound if end else facts[name] <= bound
        terms.append(facts[name].isnull() | holds)
    return reduce(and_, terms)


def _named(condition: When) -> str:
    return "x_" + hashlib.md5(condition.model_dump_json().encode()).hexdigest()[:12]  # noqa: S324  (a name)


def _window_named(window: tuple[str, int | None]) -> str:
    return f"x_{window[0]}_{window[1] or 'ever'}"


def _term(item: Item, facts: ir.Table, condition: When) -> ir.BooleanValue:
    value = facts[condition.field]
    match condition.op:
        case "present":
            return value.notnull()
        case "absent":
            return value.isnull()
        case "in" | "not_in":
            given = [literal(item, condition.field, one) for one in condition.values]
            return value.isin(given) if condition.op == "in" else value.notin(given)
        case op:
            right = literal(item, condition.field, condition.value)
            compared = {
                "eq": lambda: value == right, "ne": lambda: value != right, "lt": lambda: value < right,
                "le": lambda: value <= right, "gt": lambda: value > right, "ge": lambda: value >= right,
            }  # fmt: skip
            return compared[op]()
