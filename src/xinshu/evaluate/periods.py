"""Indicators over months, years and latest days: what belongs to one period is summed up once, then the periods are.

Indicators that look at the same records share a column of the periods, so that an item of monthly records is read in
one pass, and what follows is done over one row a period.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType
from xinshu.evaluate import columns, terms
from xinshu.evaluate.columns import SUBJECT
from xinshu.evaluate.model import (
    Concentration,
    Continuity,
    Count,
    Flag,
    Latest,
    Maximum,
    OverItem,
    Sum,
    TimeSince,
    Trend,
    ValidToday,
)

Post = Callable[[ir.Table], ir.Value]
Since = Callable[[ir.Value, TimeSince], ir.Value]


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bit_count(x: int) -> int:  # type: ignore[empty-body]
    """Ones in a whole number."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bin(x: int) -> str:  # type: ignore[empty-body]
    """A whole number in binary digits."""


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def bit_or(x: int, where: bool = True) -> int:  # type: ignore[empty-body]
    """All bits of a group (Ibis's own form does not know Spark's function)."""


def split(item: Item, ours: Sequence[OverItem]) -> tuple[dict[str, list[OverItem]], list[OverItem]]:
    """Indicators by the date whose periods they are computed from, and those that are not.

    Where periods are needed at all, whatever can be computed from them is: the records are then read once.
    """
    by_date: dict[str, list[OverItem]] = {
        one.date: [] for one in ours if isinstance(one, Latest | Trend | Continuity)
    }  # fmt: skip
    rest = []
    for one in ours:
        date = getattr(one, "date", None)
        distinct = getattr(one, "distinct", None)
        if isinstance(one, Concentration) or not by_date or not (distinct is None or distinct == date in by_date):
            rest.append(one)
        else:
            by_date[date if date in by_date else next(iter(by_date))].append(one)
    return by_date, rest


def table(item: Item, facts: ir.Table, date: str, ours: Sequence[OverItem], since: Since) -> ir.Table:
    """One row a subject with a column for each of `ours`, computed over the periods of `date`."""
    return _Periods(item, facts, date, ours, since).table()


class _Periods:
    """Collects what the indicators need of each period, and what they make of the periods."""

    def __init__(self, item: Item, facts: ir.Table, date: str, ours: Sequence[OverItem], since: Since) -> None:
        self._item, self._date, self._ours, self._since = item, date, ours, since
        self._unit = terms.unit_of(item, date)
        self._exact = item.field(date).type is FieldType.DATE
        self._common = terms.shared(self._terms(one) for one in ours)
        self._dated = all(getattr(one, "date", None) == date for one in ours)  # nothing counts without a period
        self._facts = self._read(facts)
        self._sums: dict[str, ir.Value] = {}
        self._names: dict[tuple[str, str | None, tuple[str, ...]], str] = {}

    def table(self) -> ir.Table:
        needed = [self._of_period(one) for one in self._ours]
        periods = self._facts.group_by([SUBJECT, self._unit]).aggregate(**self._sums)
        before = self._with_before(periods)
        metrics: dict[str, ir.Value] = {}
        after: dict[str, Post] = {}
        for one, name in zip(self._ours, needed, strict=True):
            self._over_periods(before, one, name, metrics, after)
        totals = before.group_by(SUBJECT).aggregate(**metrics)
        return totals.select(SUBJECT, **{name: make(totals) for name, make in after.items()})

    def _read(self, facts: ir.Table) -> ir.Table:
        """The records that any indicator reads."""
        known = terms.all_of(facts, self._common)
        if self._dated:
            age, reaches = facts[self._unit], [self._reach(one) for one in self._ours]
            known = terms.both(known, age >= 0)
            if None not in reaches:
                known &= age < max(reach for reach in reaches if reach is not None)
        return facts if known is None else facts.filter(known)

    def _terms(self, one: OverItem) -> tuple[str, ...]:
        """Conditions on the record; the window of a month or year is one on the period."""
        return terms.terms_of(self._item, one, windows=self._exact or getattr(one, "date", None) != self._date)

    def _reach(self, one: OverItem) -> int | None:
        """How many periods an indicator looks back; None: to the first."""
        if isinstance(one, Continuity):
            return one.lag + one.window
        if isinstance(one, Trend):
            return None if self._item.field(self._date).type is FieldType.YEAR else one.lag + _back(one) + one.over
        window = columns.window_of(self._item, one)
        return None if window is None else window[1]

    def _of_period(self, one: OverItem) -> str:
        """The column of the periods that an indicator reads."""
        match one:
            case Count(distinct=str()) | Flag() | Continuity():
                return self._part("any", None, one)
            case Count() | ValidToday():
                return self._part("count", None, one)
            case TimeSince():
                return self._part("min" if one.since == "first" else "max", one.date, one)
            case Maximum():
                return self._part("max", one.field, one)
            case Latest() if self._item.field(one.field).type is FieldType.CODE:
                return self._part("max", one.field, one)
            case Sum() | Latest() | Trend():
                return self._part("sum", one.field, one)
            case _:
                raise AssertionError(one)

    def _part(self, how: str, field: str | None, one: OverItem) -> str:
        asked = tuple(name for name in self._terms(one) if name not in self._common)
        key = how, field, asked
        if key not in self._names:
            self._names[key] = name = f"p{len(self._names)}"
            facts, condition = self._facts, terms.all_of(self._facts, asked)
            if field is None:
                many = facts.count(where=condition)
                self._sums[name] = many if how == "count" else many > 0 if condition is None else condition.any()
            else:
                self._sums[name] = getattr(facts[field], how)(where=condition)
        return self._names[key]

    def _with_before(self, periods: ir.Table) -> ir.Table:
        """For changes from year to year: the sum of the year before beside each year's own."""
        yearly = [one for one in self._ours if isinstance(one, Trend) and self._reach(one) is None]
        if not yearly:
            return periods
        older = ibis.window(group_by=periods[SUBJECT], order_by=periods[self._unit])
        follows = periods[self._unit].lead().over(older) == periods[self._unit] + 1
        names = dict.fromkeys(self._of_period(one) for one in yearly)
        return periods.mutate(
            **{f"{name}_b": ibis.ifelse(follows, periods[name].lead().over(older), None) for name in names}
        )

    def _inside(self, periods: ir.Table, one: OverItem) -> ir.BooleanValue | None:
        """Whether a period lies in the window of an indicator; None: any does."""
        if self._exact or getattr(one, "date", None) != self._date:
            return None
        age, window = periods[self._unit], columns.window_of(self._item, one)
        length = None if window is None else window[1]
        inside = None if length is None else age < length
        return inside if self._dated else terms.both(inside, age >= 0)

    def _over_periods(
        self, periods: ir.Table, one: OverItem, part: str, metrics: dict[str, ir.Value], after: dict[str, Post]
    ) -> None:
        value, inside, name = periods[part], self._inside(periods, one), one.id
        match one:
            case Trend() if self._reach(one) is None:
                self._yearly(periods, one, part, metrics, after)
            case Trend():
                self._monthly(periods, one, part, metrics, after)
            case Continuity():
                mask = f"{part}_{one.lag}_{one.window}"
                metrics[mask] = self._months(periods, one, value)
                after[name] = lambda t: _continuity(t[mask], one)
            case Latest():
                known = terms.both(inside, value.notnull())
                metrics[name] = value.argmin(periods[self._unit], where=known)
                after[name] = self._final(one, name)
            case Flag():
                metrics[name] = value.any(where=inside)
                after[name] = lambda t: t[name].cast("int64")
            case Count(distinct=str()):
                metrics[name] = periods.count(where=terms.both(inside, value))
                after[name] = lambda t: t[name]
            case TimeSince():
                metrics[name] = value.min() if one.since == "first" else value.max()
                after[name] = lambda t: self._since(t[name], one)
            case Maximum():
                metrics[name] = value.max(where=inside)
                after[name] = self._final(one, name)
            case _:
                metrics[name] = value.sum(where=inside)
                after[name] = self._final(one, name)

    def _final(self, one: OverItem, name: str) -> Post:
        field = getattr(one, "field", None)
        kind = FieldType.INTEGER if field is None else self._item.field(field).type
        return (lambda t: t[name]) if kind is FieldType.CODE else (lambda t: terms.number(t[name], kind))

    def _months(self, periods: ir.Table, one: Continuity, present: ir.Value) -> ir.Value:
        """A bit for each month of the window in which there is a record; bit 0 is the newest."""
        age = periods[self._unit] - one.lag
        safe = ibis.greatest(ibis.least(age, one.window), 0)  # engines shift before they filter
        inside = present & (age >= 0) & (age < one.window)
        return bit_or(ibis.literal(1, type="int64") << safe, where=inside)

    def _monthly(
        self, periods: ir.Table, one: Trend, part: str, metrics: dict[str, ir.Value], after: dict[str, Post]
    ) -> None:
        """Sums of both spans, and in how many of their months there is a value."""
        age, back = periods[self._unit] - one.lag, _back(one)
        recent = (age >= 0) & (age < one.over)
        earlier = (age >= back) & (age < back + one.over)
        now, then, seen = (f"{one.id}__{side}" for side in "abn")
        metrics[now] = periods[part].sum(where=recent)
        metrics[then] = periods[part].sum(where=earlier)
        metrics[seen] = periods[part].count(where=recent | earlier)
        after[one.id] = lambda t: ibis.ifelse(t[seen] == 2 * one.over, _change(t[now], t[then]), None)

    def _yearly(
        self, periods: ir.Table, one: Trend, part: str, metrics: dict[str, ir.Value], after: dict[str, Post]
    ) -> None:
        """The newest year that has a value, and the year before if that has one too."""
        age, value, earlier = periods[self._unit], periods[part], periods[f"{part}_b"]
        pair = value.notnull() & earlier.notnull()
        now, then, newest, paired = (f"{one.id}__{side}" for side in "abnp")
        metrics[now], metrics[then] = value.argmin(age, where=pair), earlier.argmin(age, where=pair)
        metrics[newest], metrics[paired] = age.min(where=value.notnull()), age.min(where=pair)
        after[one.id] = lambda t: ibis.ifelse(t[newest] == t[paired], _change(t[now], t[then]), None)


def _back(one: Trend) -> int:
    """How many months before the recent span the earlier one lies."""
    return 12 if one.against == "year" else one.over


def _change(now: ir.Value, before: ir.Value) -> ir.Value:
    now, before = now.cast("float64"), before.cast("float64")
    return (now - before) / before.abs().nullif(0)


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
