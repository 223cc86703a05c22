"""Which fields of an item the indicators read, and how these stand in a table of facts.

A table of facts has `subject_id` and these fields, a row a record that is known and may be used: dates as dates, months
as whole numbers (`days`), all else as the catalogue's schema has it. Its name is `fact_<slug>`.
"""

from __future__ import annotations

from collections.abc import Iterable

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType
from xinshu.catalogue.schema import ibis_type
from xinshu.evaluate.model import Continuity, OverItem, TimeSince, Trend, ValidToday

SUBJECT = "subject_id"


def table_name(item: Item) -> str:
    """The table of an item's facts."""
    return f"fact_{item.slug}"


def fact_type(item: Item, field: str) -> str:
    """Physical type of a field in a table of facts, as Ibis names it."""
    definition = item.field(field)
    return "int64" if definition.type is FieldType.MONTH else ibis_type(definition)


def fields_read(item: Item, indicators: Iterable[OverItem]) -> tuple[str, ...]:
    """Fields of `item` that `indicators` read, in the order of the definition."""
    used: set[str] = set()
    for one in indicators:
        used.update(condition.field for condition in one.where)
        used.update(getattr(one, name, None) or "" for name in ("date", "field", "by", "distinct"))
        if one.valid or isinstance(one, ValidToday):
            used.update(name for name in (item.validity.from_, item.validity.to) if name is not None)
    return tuple(field.name for field in item.fields if field.name in used)


def dates_read(item: Item, indicators: Iterable[OverItem]) -> tuple[str, ...]:
    """Those of them by whose distance from the day something is decided."""
    used = {getattr(one, "date", None) for one in indicators}
    return tuple(field.name for field in item.fields if field.name in used)


def month_scale(item: Item, field: str) -> tuple[int, int]:
    """(numerator, denominator) from months to the unit in which the field's age is measured."""
    match item.field(field).type:
        case FieldType.DATE:
            return 32, 1
        case FieldType.YEAR:
            return 1, 12
        case _:
            return 1, 1


def window_of(item: Item, one: OverItem) -> tuple[str, int | None] | None:
    """(date field, window in the unit of its age) of an indicator that looks at dates; window None: no beginning."""
    date = getattr(one, "date", None)
    if date is None or isinstance(one, Trend | Continuity):
        return None
    window = None if isinstance(one, TimeSince) else getattr(one, "window", None)
    up, down = month_scale(item, date)
    return date, None if window is None else window * up // down
