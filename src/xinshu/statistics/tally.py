"""What has happened today, counted from the log of evidence as it grows: each stretch of it is read once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from xinshu.core.clock import CHINA
from xinshu.store import load_queries

queries = load_queries("xinshu.statistics")
HOURS = 24


@dataclass
class Tally:
    """One day's counts up to leaf `until` (exclusive)."""

    day: date
    until: int
    batches: int = 0
    rows: int = 0
    inquiries: int = 0
    consents: int = 0
    rows_by_hour: list[int] = field(default_factory=lambda: [0] * HOURS)
    inquiries_by_hour: list[int] = field(default_factory=lambda: [0] * HOURS)
    rows_by_provider: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    inquiries_by_kind: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    inquiries_by_division: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    async def of_day(cls, conn: Any, day: date) -> Tally:
        """An empty tally that begins with the first leaf of the day in China."""
        midnight = datetime.combine(day, time(), CHINA)
        low, high = 0, int(await queries.log_size(conn))
        while low < high:  # moments rise with the index, and there is no index on moments
            middle = (low + high) // 2
            at = await queries.leaf_moment(conn, index=middle)
            low, high = (middle + 1, high) if at is not None and at < midnight else (low, middle)
        return cls(day, low)

    async def count_to(self, conn: Any, size: int) -> None:
        """Count what the log has grown by, up to `size`."""
        async for row in queries.leaf_tally(conn, after=self.until, until=size):
            self._add(row)
        self.until = size

    def _add(self, row: Any) -> None:
        events = row["events"]
        if row["kind"] == "batch":
            self.batches += events
            self.rows += row["accepted"]
            self.rows_by_hour[row["hour"]] += row["accepted"]
            self.rows_by_provider[row["provider"]] += row["accepted"]
        elif row["kind"] == "consent":
            self.consents += events
        else:
            self.inquiries += events
            self.inquiries_by_hour[row["hour"]] += events
            if row["member_kind"] is not None:
                self.inquiries_by_kind[row["member_kind"]] += events
            if row["division"] is not None:
                self.inquiries_by_division[row["division"]] += events
