"""Quality of the platform as reports show it: coverage by class, freshness, what readers say. Counted at most every few
minutes, as it reads every holding."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from xinshu.catalogue import Catalogue, Item
from xinshu.core.clock import Clock
from xinshu.report.evidence import queries
from xinshu.report.facts import day_of
from xinshu.report.quality import cycle_days, period_field
from xinshu.store import Database

KEPT = timedelta(minutes=5)


@dataclass(frozen=True)
class ItemFigures:
    """One item: of how many subjects it is known, when the latest came in, whether that is older than its update cycle
    allows (None: an item of events, or nothing came in), and what readers said of it: kind → (told, answered)."""

    item: Item
    subjects: int
    latest: date | None
    overdue: bool | None
    feedback: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class PlatformQuality:
    """The platform. `reports`: (variant, kind of reader) → issued; `general`: feedback about no single item."""

    at: datetime
    subjects: int
    items: tuple[ItemFigures, ...]
    general: dict[str, tuple[int, int]]
    reports: dict[tuple[str, str], int]


class Figures:
    """Counts, kept for a while."""

    def __init__(self, db: Database, clock: Clock, catalogue: Catalogue) -> None:
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self._lock = asyncio.Lock()
        self._kept: PlatformQuality | None = None

    async def quality(self) -> PlatformQuality:
        """As of now, or a few minutes ago."""
        async with self._lock:
            now = self._clock.now()
            if self._kept is None or not timedelta() <= now - self._kept.at < KEPT:
                self._kept = await self._count(now)
            return self._kept

    async def _count(self, now: datetime) -> PlatformQuality:
        async with self._db.acquire() as conn:
            subjects = await queries.subjects_counted(conn)
            held = {row["item"]: row async for row in queries.held_by_item(conn)}
            told: dict[str, dict[str, tuple[int, int]]] = {}
            async for row in queries.feedback_counts(conn):
                told.setdefault(row["item"], {})[row["kind"]] = (row["told"], row["answered"])
            reports = {
                (row["variant"], row["reader_kind"]): row["reports"] async for row in queries.variant_counts(conn)
            }
        items = tuple(self._item(item, held.get(item.item), told) for item in self._catalogue.items)
        return PlatformQuality(now, subjects, items, told.get("", {}), reports)

    def _item(self, item: Item, held: Any | None, told: dict[str, dict[str, tuple[int, int]]]) -> ItemFigures:
        latest = day_of(held["latest"]) if held is not None else None
        days = cycle_days(item)
        late = None
        if latest is not None and days is not None and period_field(item) is not None:
            late = latest + timedelta(days=days) < self._clock.today()
        return ItemFigures(item, held["subjects"] if held is not None else 0, latest, late, told.get(item.item, {}))
