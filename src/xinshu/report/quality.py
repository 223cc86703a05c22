"""How complete and how fresh a report is. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType
from xinshu.inquiry.model import ItemAnswer
from xinshu.report.facts import Raw, day_of
from xinshu.report.model import ClassQuality, Quality, Text

_CYCLE_DAYS = {"realtime": 1, "day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


def quality(answers: Sequence[ItemAnswer], rows: Mapping[str, Sequence[Raw]], as_of: date) -> Quality:
    """Figures of a report. `rows`: item → what was given of it."""
    given = [one for one in answers if one.decision.allowed]
    held = [one for one in given if rows[one.item.item]]
    days = sorted(day_of(one.updated_at) for one in held if one.updated_at is not None)
    return Quality(
        classes=tuple(_classes(answers, {one.item.item for one in held})),
        coverage=round(len(held) / len(given), 4) if given else 0.0,
        freshest=days[-1] if days else None,
        oldest=days[0] if days else None,
        overdue_items=tuple(one.item.item for one in held if overdue(one.item, rows[one.item.item], as_of)),
    )


def _classes(answers: Sequence[ItemAnswer], held: set[str]) -> list[ClassQuality]:
    classes = {one.item.class_.no: one.item.class_ for one in answers}
    found = []
    for number in sorted(classes):
        members = [one for one in answers if one.item.class_.no == number]
        found.append(
            ClassQuality(
                class_=number,
                name=Text(zh=classes[number].zh, en=classes[number].en),
                items=len(members),
                given=sum(one.decision.allowed for one in members),
                held=sum(one.item.item in held for one in members),
            )
        )
    return found


def overdue(item: Item, rows: Sequence[Raw], as_of: date) -> bool:
    """Whether a later month or year should have come in by now. Items that tell of events are never overdue."""
    period, days = period_field(item), cycle_days(item)
    if period is None or days is None:
        return False
    ends = [end for row in rows if (end := _end(row["data"].get(period))) is not None]
    return bool(ends) and max(ends) + timedelta(days=days) < as_of


def cycle_days(item: Item) -> int | None:
    """Within how many days something later must come in; None where nothing says so."""
    days = _CYCLE_DAYS.get(item.update_cycle.every)
    return days + item.update_cycle.lag_days if days is not None else None


def period_field(item: Item) -> str | None:
    """The field that says which month or year a row tells of; None where rows tell of events or states."""
    event = item.update_cycle.event_field
    if event in item.natural_key:
        return event if item.validity.from_ is None else None
    kinds = (FieldType.MONTH, FieldType.YEAR)
    return next((name for name in item.natural_key if item.field(name).type in kinds), None)


def _end(value: Any) -> date | None:
    """The last day of a date, a month or a year."""
    text = str(value) if value is not None else ""
    try:
        if len(text) == 4:
            return date(int(text), 12, 31)
        if len(text) == 7:
            year, month = int(text[:4]), int(text[5:])
            return date(year, month, monthrange(year, month)[1])
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
