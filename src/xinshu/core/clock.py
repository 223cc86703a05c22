"""Time is passed in: only `node`, `cli` and tests create a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """A source of the present moment."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, UTC."""
        ...

    def today(self) -> date:
        """The present day in China (UTC+8), where all legal dates count."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(CHINA).date()


class FixedClock:
    """A clock that stands still until told, for tests and replays."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError(f"moment {moment!r} has no time zone")
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def today(self) -> date:
        return self._moment.astimezone(CHINA).date()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by `by`."""
        self._moment += by
