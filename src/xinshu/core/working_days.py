"""Working days: which days count, and clocks that run in them (service clocks, publicity within 7 working days).

The calendar is data and can be replaced: `definitions/reference/holidays.yml` lists, for the years it knows, the public
holidays and the weekend days that are worked instead, as the State Council announces them each autumn. In a year that
is not listed only Saturdays and Sundays are free; `knows` tells which.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import yaml

from xinshu.core.errors import SettingError
from xinshu.core.settings import packaged_definitions

FILE = "reference/holidays.yml"


class CalendarError(SettingError):
    """The file of holidays is absent or wrong."""

    code = "calendar_invalid"


class Calendar(Protocol):
    """Which days are worked."""

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked."""
        ...


class ListedCalendar:
    """Monday to Friday, less `holidays`, plus the weekend days in `workdays`. Without lists: weekends only."""

    def __init__(
        self,
        holidays: frozenset[date] = frozenset(),
        workdays: frozenset[date] = frozenset(),
        years: frozenset[int] = frozenset(),
    ) -> None:
        self.holidays = holidays
        self.workdays = workdays
        self.years = years

    def is_working_day(self, day: date) -> bool:
        if day in self.holidays:
            return False
        return day in self.workdays or day.weekday() < 5

    def knows(self, year: int) -> bool:
        """Whether the public holidays of the year are listed."""
        return year in self.years


def add_working_days(calendar: Calendar, start: date, count: int) -> date:
    """The day on which a clock of `count` working days ends that starts on `start`; the first day does not count.

    A clock of 0 ends on `start` itself. A negative count runs backwards.
    """
    step = timedelta(days=1 if count >= 0 else -1)
    day, left = start, abs(count)
    while left > 0:
        day += step
        left -= calendar.is_working_day(day)
    return day


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(calendar, end, start)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def load_calendar(file: Path | None = None) -> ListedCalendar:
    """Read a calendar from its YAML (default: the shipped one). Raises CalendarError naming the year and the entry."""
    path = file or packaged_definitions() / FILE
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CalendarError(f"工作日历 {path.name} 无法读取:{error}", hint="检查文件与 YAML 语法") from None
    if not isinstance(data, dict) or not isinstance(data.get("years"), dict):
        raise CalendarError(f"工作日历 {path.name} 缺少 years", hint="按“年份: {holidays: […], workdays: […]}”书写")
    holidays: set[date] = set()
    workdays: set[date] = set()
    for year, lists in data["years"].items():
        holidays |= _days(path, year, lists, "holidays")
        workdays |= _days(path, year, lists, "workdays")
    clash = sorted(holidays & workdays)
    if clash:
        raise CalendarError(f"工作日历 {path.name}:{clash[0]} 既是假日又是工作日", hint="只留一处")
    return ListedCalendar(frozenset(holidays), frozenset(workdays), frozenset(data["years"]))


def _days(path: Path, year: Any, lists: Any, key: str) -> set[date]:
    """Days of one list: single days `2026-01-04`, or `2026-01-01/2026-01-03` with both ends."""
    found: set[date] = set()
    if not isinstance(lists, dict) or not set(lists) <= {"holidays", "workdays"}:
        raise CalendarError(f"工作日历 {path.name} 的 {year} 年只能有 holidays 与 workdays", hint="更正键名")
    for entry in lists.get(key) or ():
        try:
            first, _, last = str(entry).partition("/")
            start = date.fromisoformat(first)
            end = date.fromisoformat(last) if last else start
        except ValueError:
            raise CalendarError(
                f"工作日历 {path.name} {year} 年 {key} 中的 {entry} 不是日期", hint="写成 2026-01-01"
            ) from None
        if start.year != year or end.year != year or end < start:
            raise CalendarError(
                f"工作日历 {path.name} {year} 年 {key} 中的 {entry} 不在该年或先后颠倒", hint="更正日期"
            )
        found |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return found
