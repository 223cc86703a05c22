"""Indicators of one subject from its records, in plain Python; `expressions` says the same for all subjects."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType, When
from xinshu.evaluate import columns
from xinshu.evaluate.days import MONTH_KEY, Day, date_key, month_index, month_of_text
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import (
    Concentration,
    Continuity,
    Count,
    Flag,
    Latest,
    Maximum,
    OverItem,
    Ratio,
    Sum,
    TimeSince,
    Trend,
    ValidToday,
    Value,
    Values,
)

Row = Mapping[str, Any]
Rows = Sequence[Row]


def parsed(document: str | bytes) -> list[dict[str, Any]]:
    """A JSON text with decimals kept exactly."""
    found: list[dict[str, Any]] = json.loads(document, parse_float=Decimal)
    return found


def typed_rows(item: Item, fields: Iterable[str], payloads: Iterable[Row]) -> list[dict[str, Any]]:
    """The fields read, as `columns` describes them: decimals as Decimal, dates as dates, months as whole numbers."""
    makers = [(name, _maker(item.field(name).type)) for name in fields]
    rows = []
    for payload in payloads:
        row = {}
        for name, make in makers:
            value = payload.get(name)
            row[name] = None if value is None else make(value)
        rows.append(row)
    return rows


def _maker(kind: FieldType) -> Callable[[Any], Any]:
    match kind:
        case FieldType.DATE:
            return lambda value: value if isinstance(value, date) else date.fromisoformat(value)
        case FieldType.MONTH:
            return lambda value: value if isinstance(value, int) else month_of_text(value)
        case FieldType.DECIMAL:
            return lambda value: value if isinstance(value, Decimal) else Decimal(str(value))
        case FieldType.INTEGER | FieldType.YEAR:
            return int
        case FieldType.BOOLEAN:
            return bool
        case _:
            return str


class Single:
    """Evaluates all indicators of a book, or some, for one subject."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.fields: dict[str, tuple[str, ...]] = {}  # item number → fields read
        for number in book.items():
            item = book.catalogue.item(number)
            self.fields[number] = columns.fields_read(
                item, [one for one in book.over_items() if book.catalogue.item(one.item) is item]
            )

    def evaluate(self, records: Mapping[str, Rows], day: Day, names: Iterable[str] | None = None) -> Values:
        """The values by indicator; `records`: item number → payloads. `names`: only these and what they divide."""
        wanted = [self.book[name] for name in names] if names is not None else list(self.book)
        parts = wanted + [
            self.book[name] for one in wanted if isinstance(one, Ratio) for name in (one.numerator, one.denominator)
        ]
        rows: dict[str, Rows] = {}
        values: Values = {}
        for part in parts:
            if part.id not in values and not isinstance(part, Ratio):
                item = self.book.catalogue.item(part.item)
                if item.item not in rows:
                    rows[item.item] = typed_rows(item, self.fields[item.item], records.get(item.item, ()))
                values[part.id] = _value(item, part, rows[item.item], day)
        return {one.id: _ratio(one, values) if isinstance(one, Ratio) else values[one.id] for one in wanted}

    def facts(self, indicator: str, records: Mapping[str, Rows], day: Day) -> dict[str, list[int]]:
        """Positions of the records, by item number, that an indicator counts on the day."""
        one = self.book[indicator]
        if isinstance(one, Ratio):
            return self.facts(one.numerator, records, day) | self.facts(one.denominator, records, day)
        item = self.book.catalogue.item(one.item)
        rows = typed_rows(item, self.fields[item.item], records.get(item.item, ()))
        return {item.item: [place for place, row in enumerate(rows) if _counts(item, one, row, day)]}


def age_of(item: Item, field: str, value: Any, day: Day) -> int:
    """How far a date, month or year lies back, in the unit of `columns.month_scale`."""
    match item.field(field).type:
        case FieldType.DATE:
            return day.key - date_key(value)
        case FieldType.YEAR:
            return day.year - int(value)
        case _:
            return day.month - int(value)


def holds(condition: When, row: Row) -> bool:
    """Whether a condition holds of a typed row."""
    value = row[condition.field]
    if condition.op == "absent":
        return value is None
    if value is None:
        return False
    match condition.op:
        case "present":
            return True
        case "in":
            return value in [_like(value, one) for one in condition.values]
        case "not_in":
            return value not in [_like(value, one) for one in condition.values]
        case op:
            right = _like(value, condition.value)
            compared = {
                "eq": value == right, "ne": value != right, "lt": op == "lt" and value < right,
                "le": op == "le" and value <= right, "gt": op == "gt" and value > right,
                "ge": op == "ge" and value >= right,
            }  # fmt: skip
            return bool(compared[op])


def _like(value: Any, given: Any) -> Any:
    return Decimal(str(given)) if isinstance(value, Decimal | int) and isinstance(given, float) else given


def valid_on(item: Item, row: Row, day: Day) -> bool:
    """Whether a typed row holds on the day, by the validity of its item."""
    for name, end in ((item.validity.from_, False), (item.validity.to, True)):
        if name is None or row[name] is None:
            continue
        kind = item.field(name).type
        today: Any = day.day
        if kind is not FieldType.DATE:
            today = month_index(day.day) if kind is FieldType.MONTH else day.day.year
        if (row[name] < today) if end else (row[name] > today):
            return False
    return True


def _counts(item: Item, one: OverItem, row: Row, day: Day) -> bool:
    """Whether a record counts for an indicator."""
    if not all(holds(condition, row) for condition in one.where):
        return False
    if (one.valid or isinstance(one, ValidToday)) and not valid_on(item, row, day):
        return False
    window = columns.window_of(item, one)
    if window is None:
        return True
    value = row[window[0]]
    if value is None:
        return False
    age = age_of(item, window[0], value, day)
    return age >= 0 and (window[1] is None or age < window[1])


def _number(value: Any) -> Value:
    return float(value) if isinstance(value, Decimal) else value


def _value(item: Item, one: OverItem, rows: Rows, day: Day) -> Value:
    chosen = [row for row in rows if _counts(item, one, row, day)]
    match one:
        case Count(distinct=str(field)):
            return len({row[field] for row in chosen if row[field] is not None})
        case Count() | ValidToday():
            return len(chosen)
        case Flag():
            return int(len(chosen) > 0)
        case Sum() | Maximum():
            found = [row[one.field] for row in chosen if row[one.field] is not None]
            if not found:
                return 0 if one.absent == "zero" else None
            return _number(sum(found) if isinstance(one, Sum) else max(found))
        case Latest():
            return _latest(item, one, chosen, day)
        case TimeSince():
            dates = [row[one.date] for row in chosen]
            if not dates:
                return None
            chief = min(dates) if one.since == "first" else max(dates)
            return (day.day - chief).days if one.unit == "day" else (day.key - date_key(chief)) // MONTH_KEY
        case Continuity():
            return _continuity(_mask(item, one.date, one.lag, one.window, chosen, day), one)
        case Trend():
            return _trend(item, one, chosen, day)
        case Concentration():
            return _concentration(one, chosen)


def _sums(item: Item, date: str, field: str, rows: Rows, day: Day) -> dict[int, Any]:
    """Age of the period → sum of the field, or its largest code; in days where periods are dates."""
    exact = item.field(date).type is FieldType.DATE
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if row[date] is not None and row[field] is not None:
            age = (day.day - row[date]).days if exact else age_of(item, date, row[date], day)
            if age >= 0:
                found[age].append(row[field])
    code = item.field(field).type is FieldType.CODE
    return {age: max(values) if code else sum(values) for age, values in found.items()}


def _latest(item: Item, one: Latest, rows: Rows, day: Day) -> Value:
    sums = _sums(item, one.date, one.field, rows, day)
    return _number(sums[min(sums)]) if sums else None


def _mask(item: Item, date: str, lag: int, window: int, rows: Rows, day: Day) -> int:
    mask = 0
    for row in rows:
        if row[date] is not None:
            age = age_of(item, date, row[date], day) - lag
            if 0 <= age < window:
                mask |= 1 << age
    return mask


def _continuity(mask: int, one: Continuity) -> Value:
    if mask == 0:
        return None
    match one.measure:
        case "months":
            return mask.bit_count()
        case "missing":
            return mask.bit_length() - mask.bit_count()
        case "breaks":
            return (mask & ~(mask << 1)).bit_count() - 1
        case "current_run":
            return ((mask ^ (mask + 1)) >> 1).bit_count()
        case "longest_run":
            return max(map(len, f"{mask:b}".split("0")))


def _change(now: Any, before: Any) -> float | None:
    above, below = float(now), float(before)
    return None if below == 0 else (above - below) / abs(below)


def _trend(item: Item, one: Trend, rows: Rows, day: Day) -> float | None:
    sums = _sums(item, one.date, one.field, rows, day)
    if item.field(one.date).type is FieldType.YEAR:
        newest = min(sums, default=None)
        return None if newest is None or newest + 1 not in sums else _change(sums[newest], sums[newest + 1])
    back = 12 if one.against == "year" else one.over
    recent = [sums.get(one.lag + month) for month in range(one.over)]
    earlier = [sums.get(one.lag + back + month) for month in range(one.over)]
    if None in recent or None in earlier:
        return None
    return _change(sum(recent), sum(earlier))


def _concentration(one: Concentration, rows: Rows) -> float | None:
    groups: defaultdict[Any, Any] = defaultdict(int)
    for row in rows:
        if row[one.field] is not None and row[one.by] is not None:
            groups[row[one.by]] += row[one.field]
    whole = float(sum(groups.values()))
    return float(max(groups.values())) / whole if whole > 0 else None


def _ratio(one: Ratio, values: Values) -> float | None:
    above, below = values[one.numerator], values[one.denominator]
    if above is None or below is None or float(below) <= 0:
        return None
    return float(above) / float(below)
