"""Indicators of all subjects as one Ibis expression over the tables of facts.

One pass over each item computes everything that plain aggregates can; what needs the sums of periods or groups first
(latest value, change from year to year, concentration) has a pass of its own over those few rows. `single` says the
same for one subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import Item
from xinshu.catalogue.conditions import literal
from xinshu.catalogue.model import FieldType, When
from xinshu.evaluate import columns
from xinshu.evaluate.columns import SUBJECT
from xinshu.evaluate.days import MONTH_KEY, Day, months_before
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
)

SUBJECTS = "subjects"  # the table of subjects for whom to compute: one column, subject_id
Post = Callable[[ir.Table], ir.Value]
_ZERO = (Count, Flag, ValidToday)


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bit_count(x: int) -> int:  # type: ignore[empty-body]
    """Ones in a whole number."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bin(x: int) -> str:  # type: ignore[empty-body]
    """A whole number in binary digits."""


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def bit_or(x: int, where: bool = True) -> int:  # type: ignore[empty-body]
    """All bits of a group (Ibis's own form does not know Spark's function)."""


class Compiled:
    """The expression over all indicators of a book; `sql` gives the statement for a day."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._day = ibis.param("date")
        self._key, self._month, self._year = (ibis.param("int64") for _ in range(3))
        self._bounds: dict[int, ir.Value] = {}  # months → the day after which such a window begins
        self.expression = self._build()
        self._statement: tuple[Day, str] | None = None

    def sql(self, day: Day) -> str:
        """The statement for a day: a row for each of `subjects`, a column for each indicator."""
        kept = self._statement  # one day is asked about again and again, then never
        if kept is None or kept[0] != day:
            values = {self._day: day.day, self._key: day.key, self._month: day.month, self._year: day.year}
            values |= {bound: months_before(day.day, months) for months, bound in self._bounds.items()}
            kept = self._statement = day, str(ibis.to_sql(self.expression, dialect="duckdb", params=values))
        return kept[1]

    def _build(self) -> ir.Table:
        subjects = ibis.table({SUBJECT: "int64"}, name=SUBJECTS)
        parts: list[ir.Table] = []
        for number in self.book.items():
            item = self.book.catalogue.item(number)
            ours = [one for one in self.book.over_items() if self.book.catalogue.item(one.item) is item]
            parts += self._item(item, ours)
        joined = subjects
        for index, part in enumerate(parts):
            renamed = part.rename({f"s{index}": SUBJECT})
            joined = joined.left_join(renamed, joined[SUBJECT] == renamed[f"s{index}"])
        values: dict[str, ir.Value] = {}
        for one in self.book.over_items():
            value = joined[one.id]
            zero = isinstance(one, _ZERO) or getattr(one, "absent", "missing") == "zero"
            values[one.id] = value.fill_null(0) if zero else value
        wide = joined.select(SUBJECT, **values)
        ratios = {one.id: _ratio(wide, one) for one in self.book.ratios()}
        return wide.mutate(**ratios).select(SUBJECT, *[one.id for one in self.book])

    def _item(self, item: Item, ours: Sequence[OverItem]) -> list[ir.Table]:
        """Tables with one row a subject, together with a column for each of `ours`."""
        names = columns.fields_read(item, ours)
        kinds = {name: columns.fact_type(item, name) for name in names}
        facts = ibis.table({SUBJECT: "int64", **kinds}, name=columns.table_name(item))
        facts = facts.mutate(**self._ages(item, facts, ours))
        facts = facts.mutate(**self._terms(item, facts, ours))
        parts = []
        series = [one for one in ours if columns.is_series(item, one)]
        apart = [one for one in ours if isinstance(one, Concentration)]
        plain = [one for one in ours if one not in series and one not in apart]
        if plain:
            parts.append(self._plain(item, facts, plain))
        for date in dict.fromkeys(one.date for one in series if isinstance(one, Latest | Trend)):
            parts.append(_periods(item, facts, date, [one for one in series if getattr(one, "date", None) == date]))
        parts += [_concentration(item, facts, one) for one in apart if isinstance(one, Concentration)]
        return parts

    def _ages(self, item: Item, facts: ir.Table, ours: Sequence[OverItem]) -> dict[str, ir.Value]:
        """How far months and years lie back, `<field>__age`; of dates whose periods are summed up, `<field>__days`."""
        found: dict[str, ir.Value] = {}
        for name in columns.dates_read(item, ours):
            match item.field(name).type:
                case FieldType.DATE:
                    if any(isinstance(one, Latest) and one.date == name for one in ours):
                        found[f"{name}__days"] = self._day.delta(facts[name], unit="day").cast("int64")
                case FieldType.YEAR:
                    found[f"{name}__age"] = self._year - facts[name]
                case _:
                    found[f"{name}__age"] = self._month - facts[name]
        return found

    def _terms(self, item: Item, facts: ir.Table, ours: Sequence[OverItem]) -> dict[str, ir.Value]:
        """Every condition on the records as a column: looked at once, however many indicators share it."""
        found = {_named(condition): _term(item, facts, condition) for one in ours for condition in one.where}
        for one in ours:
            window = columns.window_of(item, one)
            if window is not None:
                found[_window_named(window)] = self._window(item, facts, window)
        if any(one.valid or isinstance(one, ValidToday) for one in ours):
            found["x_valid"] = self._valid(item, facts)
        return found

    def _window(self, item: Item, facts: ir.Table, window: tuple[str, int | None]) -> ir.BooleanValue:
        """Whether a record's date lies in the window, not after the day."""
        field, length = window
        if item.field(field).type is FieldType.DATE:
            inside = facts[field] <= self._day
            return inside if length is None else inside & (facts[field] > self._bound(length // MONTH_KEY))
        inside = facts[f"{field}__age"] >= 0
        return inside if length is None else inside & (facts[f"{field}__age"] < length)

    def _bound(self, months: int) -> ir.Value:
        """The day after which a window of so many months begins."""
        return self._bounds.setdefault(months, ibis.param("date"))

    def _valid(self, item: Item, facts: ir.Table) -> ir.BooleanValue:
        """Whether a record holds on the day; its bounds count as holding."""
        terms = []
        for name, end in ((item.validity.from_, False), (item.validity.to, True)):
            if name is None:
                continue
            kind = item.field(name).type
            today = self._day
            if kind is FieldType.DATE:
                holds = facts[name] >= today if end else facts[name] <= today
            else:
                unit = today.year().cast("int64")
                if kind is FieldType.MONTH:
                    unit = unit * 12 + today.month().cast("int64") - 1
                holds = facts[name] >= unit if end else facts[name] <= unit
            terms.append(facts[name].isnull() | holds)
        return reduce(and_, terms)

    def _plain(self, item: Item, facts: ir.Table, ours: Sequence[OverItem]) -> ir.Table:
        metrics: dict[str, ir.Value] = {}
        after: dict[str, Post] = {}
        for one in ours:
            self._metrics(item, facts, one, metrics, after)
        totals = facts.group_by(SUBJECT).aggregate(**metrics)
        return totals.select(SUBJECT, **{name: make(totals) for name, make in after.items()})

    def _metrics(
        self, item: Item, facts: ir.Table, one: OverItem, metrics: dict[str, ir.Value], after: dict[str, Post]
    ) -> None:
        """The aggregates that an indicator needs, and what it makes of them."""
        condition = _condition(item, facts, one)
        name = one.id
        match one:
            case Count(distinct=str(field)):
                metrics[name] = facts[field].nunique(where=condition)
                after[name] = lambda t: t[name]
            case Count() | ValidToday():
                metrics[name] = facts.count(where=condition)
                after[name] = lambda t: t[name]
            case Flag():
                metrics[name] = facts.count(where=condition)
                after[name] = lambda t: (t[name] > 0).cast("int64")
            case Sum():
                metrics[name] = facts[one.field].sum(where=condition)
                after[name] = lambda t: _number(t[name], item.field(one.field).type)
            case Maximum():
                metrics[name] = facts[one.field].max(where=condition)
                after[name] = lambda t: _number(t[name], item.field(one.field).type)
            case TimeSince():
                chief = facts[one.date]
                metrics[name] = chief.min(where=condition) if one.since == "first" else chief.max(where=condition)
                after[name] = lambda t: self._since(t[name], one)
            case Continuity():
                shared = f"{one.date}__{hashlib.md5(repr((one.lag, one.window, one.where)).encode()).hexdigest()[:8]}"  # noqa: S324
                if shared not in metrics:
                    metrics[shared] = _months(facts, one.date, one.lag, one.window, condition)
                after[name] = lambda t: _continuity(t[shared], one)
            case Trend():
                _trend(facts, one, condition, metrics, after)
            case _:
                raise AssertionError(one)

    def _since(self, value: ir.Value, one: TimeSince) -> ir.Value:
        """Days or whole months from a date to the day."""
        if one.unit == "day":
            return self._day.delta(value, unit="day").cast("int64")
        month = value.year().cast("int64") * 12 + value.month().cast("int64") - 1
        back = self._key - (month * MONTH_KEY + value.day().cast("int64"))
        return (back // MONTH_KEY).cast("int64")


def _condition(item: Item, facts: ir.Table, one: OverItem) -> ir.BooleanValue | None:
    """Which records count; None: all."""
    terms = [facts[_named(condition)] for condition in one.where]
    if one.valid or isinstance(one, ValidToday):
        terms.append(facts["x_valid"])
    window = columns.window_of(item, one)
    if window is not None:
        terms.append(facts[_window_named(window)])
    return reduce(and_, terms) if terms else None


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


def _number(value: ir.Value, field: FieldType) -> ir.Value:
    """A sum or extreme in its final type. Engines add up whole numbers in wider ones, of which Ibis knows nothing."""
    final = value.cast("float64")
    return final if field is FieldType.DECIMAL else final.cast("int64")


def _both(condition: ir.BooleanValue | None, other: ir.BooleanValue) -> ir.BooleanValue:
    return other if condition is None else condition & other


def _months(facts: ir.Table, date: str, lag: int, window: int, condition: ir.BooleanValue | None) -> ir.Value:
    """A bit for each month of the window in which there is a record; bit 0 is the newest."""
    age = facts[f"{date}__age"] - lag
    inside = _both(condition, (age >= 0) & (age < window))
    safe = ibis.greatest(ibis.least(age, window), 0)  # engines shift before they filter
    return bit_or(ibis.literal(1, type="int64") << safe, where=inside)


def _continuity(mask: ir.Value, one: Continuity) -> ir.Value:
    digits = bin(mask)
    match one.measure:
        case "months":
            value = bit_count(mask)
        case "missing":
            value = digits.length() - bit_count(mask)
        case "breaks":
            value = bit_count(mask) - bit_count(mask & (mask << 1)) - 1
        case "current_run":
            value = bit_count((mask ^ (mask + 1)) >> 1)
        case "longest_run":
            runs = [(digits.contains("1" * length), length) for length in range(one.window, 0, -1)]
            value = ibis.cases(*runs, else_=ibis.null("int64"))
    return value.cast("int64")


def _trend(
    facts: ir.Table, one: Trend, condition: ir.BooleanValue | None, metrics: dict[str, ir.Value],
    after: dict[str, Post],
) -> None:  # fmt: skip
    back = 12 if one.against == "year" else one.over
    age = facts[f"{one.date}__age"] - one.lag
    known = _both(condition, facts[one.field].notnull())
    recent = known & (age >= 0) & (age < one.over)
    earlier = known & (age >= back) & (age < back + one.over)
    full = sum(1 << month for month in (*range(one.over), *range(back, back + one.over)))
    a, b, m = f"{one.id}__a", f"{one.id}__b", f"{one.id}__m"
    metrics[a] = facts[one.field].sum(where=recent)
    metrics[b] = facts[one.field].sum(where=earlier)
    metrics[m] = _months(facts, one.date, one.lag, back + one.over, known)
    needed = ibis.literal(full, type="int64")
    after[one.id] = lambda t: ibis.ifelse((t[m] & needed) == needed, _change(t[a], t[b]), ibis.null("float64"))


def _change(now: ir.Value, before: ir.Value) -> ir.Value:
    now, before = now.cast("float64"), before.cast("float64")
    return (now - before) / before.abs().nullif(0)


def _periods(item: Item, facts: ir.Table, date: str, ours: Sequence[OverItem]) -> ir.Table:
    """What is read from sums of periods: the latest value, and the change from the year before."""
    unit = f"{date}__{'days' if item.field(date).type is FieldType.DATE else 'age'}"
    sums: dict[str, ir.Value] = {}
    for one in ours:
        field = item.field(one.field)  # type: ignore[union-attr]
        condition = _condition(item, facts, one)
        value = facts[field.name]
        if field.type is FieldType.CODE:
            sums[one.id] = value.max(where=condition)
        else:
            sums[one.id] = _number(value.sum(where=condition), field.type)
    known = facts.filter(facts[unit] >= 0)
    periods = known.group_by([SUBJECT, unit]).aggregate(**sums)
    age = periods[unit]
    newest = periods.mutate(
        **{
            f"{one.id}__n": ibis.ifelse(periods[one.id].notnull(), age, ibis.null("int64"))
            .min()
            .over(ibis.window(group_by=periods[SUBJECT]))
            for one in ours
            if isinstance(one, Trend)
        }
    )
    metrics: dict[str, ir.Value] = {}
    after: dict[str, Post] = {}
    for one in ours:
        value, name = newest[one.id], one.id
        if isinstance(one, Trend):
            first = newest[f"{name}__n"]
            metrics[f"{name}__a"] = value.max(where=newest[unit] == first)
            metrics[f"{name}__b"] = value.max(where=newest[unit] == first + 1)
            after[name] = _changed(name)
        else:
            metrics[name] = value.argmin(newest[unit], where=value.notnull())
            after[name] = _same(name)
    totals = newest.group_by(SUBJECT).aggregate(**metrics)
    return totals.select(SUBJECT, **{name: make(totals) for name, make in after.items()})


def _same(name: str) -> Post:
    return lambda t: t[name]


def _changed(name: str) -> Post:
    return lambda t: _change(t[f"{name}__a"], t[f"{name}__b"])


def _concentration(item: Item, facts: ir.Table, one: Concentration) -> ir.Table:
    condition = _condition(item, facts, one)
    chosen = facts.filter(_both(condition, facts[one.field].notnull() & facts[one.by].notnull()))
    groups = chosen.group_by([SUBJECT, one.by]).aggregate(x_sum=chosen[one.field].sum())
    totals = groups.group_by(SUBJECT).aggregate(x_max=groups["x_sum"].max(), x_all=groups["x_sum"].sum())
    largest, whole = totals["x_max"].cast("float64"), totals["x_all"].cast("float64")
    share: Any = ibis.ifelse(whole > 0, largest / whole, ibis.null("float64"))
    return totals.select(SUBJECT, **{one.id: share})


def _ratio(wide: ir.Table, one: Ratio) -> ir.Value:
    above, below = wide[one.numerator].cast("float64"), wide[one.denominator].cast("float64")
    return ibis.ifelse(below > 0, above / below, ibis.null("float64"))
