"""Indicators of all subjects as Ibis expressions over the tables of facts.

Each item is read once: `terms` says what is decided about a record, plain aggregates follow here, and `periods` has
what needs the sums of months or years first. Only concentration has a pass of its own. `single` says the same for one
subject.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import Item
from xinshu.evaluate import columns, periods, terms
from xinshu.evaluate.columns import SUBJECT
from xinshu.evaluate.days import MONTH_KEY, Day, months_before
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Concentration, Count, Flag, Maximum, OverItem, Ratio, Sum, TimeSince, ValidToday

SUBJECTS = "subjects"  # the table of subjects for whom to compute: one column, subject_id
RESULT = "indicators"  # the table that the last step makes
AT_ONCE = 6  # aggregates and joins of one statement: each takes about 5 MB however few the facts
_ZERO = (Count, Flag, ValidToday)


class Compiled:
    """The expressions over all indicators of a book, in steps; `steps` gives the statements for a day.

    One statement for everything would keep the hash tables of all items at once, about 0.25 GB however few the facts.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self._today = terms.Today()
        self.expressions = self._build()
        self._kept: tuple[tuple[Day, str], list[tuple[str, str]]] | None = None

    def steps(self, day: Day, dialect: str = "duckdb") -> list[tuple[str, str]]:
        """(table to make, statement) in turn for a day; the last makes `RESULT`, which has a row for each of
        `SUBJECTS` and a column for each indicator."""
        kept = self._kept  # one day is asked about again and again, then never
        if kept is None or kept[0] != (day, dialect):
            today = self._today
            values = {today.day: day.day, today.key: day.key, today.month: day.month, today.year: day.year}
            values |= {bound: months_before(day.day, months) for months, bound in today.bounds.items()}
            made = [
                (name, str(ibis.to_sql(one, dialect=dialect, params=values))) for name, one in self.expressions.items()
            ]
            kept = self._kept = (day, dialect), made
        return kept[1]

    def _build(self) -> dict[str, ir.Table]:
        parts: list[ir.Table] = []
        for number in self.book.items():
            item = self.book.catalogue.item(number)
            ours = [one for one in self.book.over_items() if self.book.catalogue.item(one.item) is item]
            parts += self._item(item, ours)
        steps: dict[str, ir.Table] = {}
        for low in range(0, len(parts), AT_ONCE):
            some = parts[low : low + AT_ONCE]
            beside = _beside(some)
            names = [name for part in some for name in part.columns if name != SUBJECT]
            steps[f"part_{low // AT_ONCE}"] = beside.select(SUBJECT, *names)
        return steps | {RESULT: self._wide([ibis.table(part.schema(), name=name) for name, part in steps.items()])}

    def _wide(self, parts: Sequence[ir.Table]) -> ir.Table:
        """All parts side by side, what is absent filled in, and the ratios."""
        joined = _beside(parts)
        values: dict[str, ir.Value] = {}
        for one in self.book.over_items():
            value = joined[one.id]
            zero = isinstance(one, _ZERO) or getattr(one, "absent", "missing") == "zero"
            values[one.id] = value.fill_null(0) if zero else value
        values |= {one.id: _ratio(values, one) for one in self.book.ratios()}
        return joined.select(SUBJECT, **{one.id: values[one.id] for one in self.book})

    def _item(self, item: Item, ours: Sequence[OverItem]) -> list[ir.Table]:
        """Tables with one row a subject, together with a column for each of `ours`."""
        names = columns.fields_read(item, ours)
        kinds = {name: columns.fact_type(item, name) for name in names}
        facts = ibis.table({SUBJECT: "int64", **kinds}, name=columns.table_name(item))
        facts = terms.with_ages(item, facts, ours, self._today)
        facts = terms.with_terms(item, facts, ours, self._today)
        by_date, rest = periods.split(item, ours)
        parts = [periods.table(item, facts, date, some, self._since) for date, some in by_date.items()]
        plain = [one for one in rest if not isinstance(one, Concentration)]
        if plain:
            parts.append(self._plain(item, facts, plain))
        return parts + [_concentration(item, facts, one) for one in rest if isinstance(one, Concentration)]

    def _plain(self, item: Item, facts: ir.Table, ours: Sequence[OverItem]) -> ir.Table:
        asked = [terms.terms_of(item, one) for one in ours]
        common = terms.shared(asked)
        needed = terms.all_of(facts, common)
        chosen = facts if needed is None else facts.filter(needed)
        metrics = {
            one.id: _metric(chosen, one, terms.all_of(chosen, [name for name in names if name not in common]))
            for one, names in zip(ours, asked, strict=True)
        }
        totals = chosen.group_by(SUBJECT).aggregate(**metrics)
        return totals.select(SUBJECT, **{one.id: self._final(item, totals[one.id], one) for one in ours})

    def _final(self, item: Item, value: ir.Value, one: OverItem) -> ir.Value:
        """What an indicator makes of its aggregate."""
        match one:
            case Flag():
                return (value > 0).cast("int64")
            case Sum() | Maximum():
                return terms.number(value, item.field(one.field).type)
            case TimeSince():
                return self._since(value, one)
            case _:
                return value

    def _since(self, value: ir.Value, one: TimeSince) -> ir.Value:
        """Days or whole months from a date to the day."""
        if one.unit == "day":
            return self._today.day.delta(value, unit="day").cast("int64")
        month = value.year().cast("int64") * 12 + value.month().cast("int64") - 1
        back = self._today.key - (month * MONTH_KEY + value.day().cast("int64"))
        return (back // MONTH_KEY).cast("int64")


def _beside(parts: Sequence[ir.Table]) -> ir.Table:
    """A row for each subject, with the columns of all parts."""
    joined = ibis.table({SUBJECT: "int64"}, name=SUBJECTS)
    for index, part in enumerate(parts):
        renamed = part.rename({f"s{index}": SUBJECT})
        joined = joined.left_join(renamed, joined[SUBJECT] == renamed[f"s{index}"])
    return joined


def _metric(facts: ir.Table, one: OverItem, condition: ir.BooleanValue | None) -> ir.Value:
    """The aggregate that an indicator needs; `condition`: which records count, None: all."""
    match one:
        case Count(distinct=str(field)):
            return facts[field].nunique(where=condition)
        case Count() | ValidToday() | Flag():
            return facts.count(where=condition)
        case Sum():
            return facts[one.field].sum(where=condition)
        case Maximum():
            return facts[one.field].max(where=condition)
        case TimeSince():
            return (
                facts[one.date].min(where=condition) if one.since == "first" else facts[one.date].max(where=condition)
            )
        case _:
            raise AssertionError(one)


def _concentration(item: Item, facts: ir.Table, one: Concentration) -> ir.Table:
    condition = terms.all_of(facts, terms.terms_of(item, one))
    chosen = facts.filter(terms.both(condition, facts[one.field].notnull() & facts[one.by].notnull()))
    groups = chosen.group_by([SUBJECT, one.by]).aggregate(x_sum=chosen[one.field].sum())
    totals = groups.group_by(SUBJECT).aggregate(x_max=groups["x_sum"].max(), x_all=groups["x_sum"].sum())
    largest, whole = totals["x_max"].cast("float64"), totals["x_all"].cast("float64")
    return totals.select(SUBJECT, **{one.id: ibis.ifelse(whole > 0, largest / whole, ibis.null("float64"))})


def _ratio(values: Mapping[str, ir.Value], one: Ratio) -> ir.Value:
    above, below = values[one.numerator].cast("float64"), values[one.denominator].cast("float64")
    return ibis.ifelse(below > 0, above / below, ibis.null("float64"))
