"""The day for which indicators are computed, and how far back a date, month or year lies. Pure.

Months are whole numbers, year × 12 + month − 1. A date's key is month × 32 + day of the month, so that "within twelve
months" is one comparison of whole numbers, alike in SQL and in Python, and no month end needs a rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

MONTH_KEY = 32


def month_index(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def month_of_text(text: str) -> int:
    """The index of a month written YYYY-MM."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def date_key(day: date) -> int:
    """Order and distance of dates in months and days."""
    return month_index(day) * MONTH_KEY + day.day


@dataclass(frozen=True)
class Day:
    """The day asked about, its key, its last complete month and year."""

    day: date

    @property
    def key(self) -> int:
        """Its date key."""
        return date_key(self.day)

    @property
    def month(self) -> int:
        """The last month that is over at the end of the day."""
        return month_index(self.day + timedelta(days=1)) - 1

    @property
    def year(self) -> int:
        """The last year that is over at the end of the day."""
        return (self.day + timedelta(days=1)).year - 1


def months_before(day: date, months: int) -> date:
    """The same day of the month some months earlier, or that month's last day.

    A date lies after it exactly where its key is less than `months` × `MONTH_KEY` below the day's.
    """
    month = month_index(day) - months
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(month // 12, month % 12 + 1, min(day.day, last))
