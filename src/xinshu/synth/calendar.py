"""Days as numbers since 1970-01-01 and months as numbers since 1970-01, vectorised."""

from __future__ import annotations

from datetime import date

import numpy as np

from xinshu.synth.draws import Draws, Ints

_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def to_date(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(_EPOCH.toordinal() + day)


def month_of(day: date) -> int:
    """Months since 1970-01."""
    return (day.year - 1970) * 12 + day.month - 1


def first_day(months: Ints | int) -> Ints:
    """Day number of the first day of each month."""
    return np.asarray(months, dtype=np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def last_day(months: Ints | int) -> Ints:
    """Day number of the last day of each month."""
    return first_day(np.asarray(months, dtype=np.int64) + 1) - 1


def months_of(days: Ints) -> Ints:
    """Month number of each day number."""
    return np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def years_of(days: Ints) -> Ints:
    """Calendar year of each day number."""
    return np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def add_months(days: Ints, months: Ints | int) -> Ints:
    """The same day of the month `months` later, at most the 28th of it where the month is shorter."""
    base = months_of(days)
    offset = np.asarray(days, dtype=np.int64) - first_day(base)
    moved: Ints = first_day(base + np.asarray(months, dtype=np.int64)) + np.minimum(offset, 27)
    return moved


def working_day(days: Ints) -> Ints:
    """The day itself, or the Monday after a Saturday or Sunday."""
    weekday = (np.asarray(days, dtype=np.int64) + 3) % 7
    return days + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))


def day_in(draws: Draws, purpose: str, months: Ints, *counters: Ints) -> Ints:
    """A working day of each month."""
    return working_day(first_day(months) + draws.below(26, purpose, *counters))
