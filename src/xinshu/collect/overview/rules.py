"""Whether a provider keeps to the catalogue's cycle (更新周期). Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from xinshu.catalogue.model import UpdateCycle

CYCLE_DAYS = {"realtime": 1, "day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
SOON = 3  # days before the last day, of cycles of a month or longer
Punctuality = Literal["on_time", "due_soon", "late", "never", "on_event"]


def due_day(cycle: UpdateCycle, last: date | None) -> date | None:
    """The last day on which the next batch is in time; None for what is sent when something happens, or never was."""
    days = CYCLE_DAYS.get(cycle.every)
    return None if days is None or last is None else last + timedelta(days=days + cycle.lag_days)


def punctuality(cycle: UpdateCycle, last: date | None, today: date) -> Punctuality:
    """How the item stands today. `last`: day of the last publication."""
    if cycle.every not in CYCLE_DAYS:
        return "on_event"
    due = due_day(cycle, last)
    if due is None:
        return "never"
    if today > due:
        return "late"
    is_long = CYCLE_DAYS[cycle.every] >= CYCLE_DAYS["month"]
    return "due_soon" if is_long and (due - today).days <= SOON else "on_time"
