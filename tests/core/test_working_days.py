"""Working days: the shipped calendar, clocks, and a replaced calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinshu.core.working_days import (
    CalendarError,
    ListedCalendar,
    add_working_days,
    load_calendar,
    working_days_between,
)

SHIPPED = load_calendar()
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 6, 1), True),
        (date(2026, 6, 6), False),  # Saturday
        (date(2026, 2, 16), False),  # Spring Festival, a Monday
        (date(2026, 2, 14), True),  # Saturday worked for it
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
    ],
)
def test_shipped_calendar(day: date, worked: bool) -> None:
    assert SHIPPED.is_working_day(day) is worked


def test_weekends_alone_where_nothing_is_listed() -> None:
    plain = ListedCalendar()
    assert plain.is_working_day(date(2026, 10, 1))
    assert not plain.is_working_day(date(2026, 10, 3))
    assert not plain.knows(2026)
    assert SHIPPED.knows(2026)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 6, 1), 7, date(2026, 6, 10)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # National Day, then a worked Saturday
        (date(2026, 6, 6), 1, date(2026, 6, 8)),  # from a Saturday
        (date(2026, 6, 1), 0, date(2026, 6, 1)),
        (date(2026, 6, 8), -1, date(2026, 6, 5)),
    ],
)
def test_clocks(start: date, count: int, end: date) -> None:
    assert add_working_days(SHIPPED, start, count) == end


@given(DAYS, st.integers(1, 60))
def test_counting_undoes_adding(start: date, count: int) -> None:
    end = add_working_days(SHIPPED, start, count)
    assert SHIPPED.is_working_day(end)
    assert working_days_between(SHIPPED, start, end) == count
    assert working_days_between(SHIPPED, end, start) == -count


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("years: [", "YAML"),
        ("days: {}", "缺少 years"),
        ("years: {2026: {holiday: []}}", "只能有"),
        ("years: {2026: {holidays: [soon]}}", "soon"),
        ("years: {2026: {holidays: [2025-12-31/2026-01-02]}}", "不在该年"),
        ("years: {2026: {holidays: [2026-01-03/2026-01-01]}}", "先后颠倒"),
        ("years: {2026: {holidays: [2026-01-04], workdays: [2026-01-04]}}", "2026-01-04 既是假日又是工作日"),
    ],
)
def test_a_faulty_calendar_is_explained(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "holidays.yml"
    file.write_text(text)
    with pytest.raises(CalendarError, match=says):
        load_calendar(file)
