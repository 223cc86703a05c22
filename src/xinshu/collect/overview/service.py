"""A provider's items with what was last sent of each, and quality figures by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Item, Sensitivity
from xinshu.collect.overview.rules import Punctuality, due_day, punctuality
from xinshu.collect.quarantine import reason_summary
from xinshu.core.clock import CHINA, Clock
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.collect.overview")
MENDED_WITHIN = timedelta(days=366)  # rows set aside longer ago no longer wait to be mended
REASONS_MAX = 200
_PERSONAL = (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE)


@dataclass(frozen=True)
class Standing:
    """One item of a provider: what was last sent, and whether that is in time (`due`: the last day that would be)."""

    item: Item
    punctuality: Punctuality
    due: date | None
    received_at: datetime | None
    published_at: datetime | None
    batch: int | None
    state: str | None
    held: int
    working: int
    rows_to_mend: int
    batches_to_mend: int
    batch_to_mend: int | None

    @property
    def personal(self) -> bool:
        """Whether its rows hold personal information."""
        return any(field.sensitivity in _PERSONAL for field in self.item.fields)


@dataclass(frozen=True)
class FrequentReason:
    """What rows of an item were set aside for. `field`: of a field or check; None: of rows that could not be read."""

    item: str
    field: str | None
    code: str
    words: str
    rows: int


@dataclass(frozen=True)
class Trends:
    """Quality by month of receipt, from `since` to `until` (`2026-06`), and the most frequent reasons."""

    since: str
    until: str
    months: list[dict[str, Any]]
    reasons: list[FrequentReason]


class Overview:
    """Reads what concerns a provider's own sending."""

    def __init__(self, db: Database, catalogue: Catalogue, clock: Clock) -> None:
        self._db = db
        self._catalogue = catalogue
        self._clock = clock

    async def items(self, provider: str, own: tuple[str, ...] | None, scopes: str) -> list[Standing]:
        """The items of a provider, in the catalogue's order.

        `own`: those that it is admitted for, None where not limited: then those which the catalogue names it for. What
        it has sent is there in any case.
        """
        since = self._clock.now() - MENDED_WITHIN
        async with self._db.acquire() as conn:
            sent = {row["item"]: dict(row) async for row in queries.deliveries(conn, scopes=scopes, provider=provider)}
            waiting = {
                row["item"]: row
                async for row in queries.rows_to_mend(conn, scopes=scopes, provider=provider, since=since)
            }
        found = []
        for item in self._catalogue:
            is_own = item.item in own if own is not None else item.provider.code == provider
            if is_own or item.item in sent:
                found.append(self._standing(item, sent.get(item.item, {}), waiting.get(item.item)))
        return found

    def _standing(self, item: Item, sent: dict[str, Any], waiting: Any) -> Standing:
        published: datetime | None = sent.get("published_at")
        last = published.astimezone(CHINA).date() if published is not None else None
        return Standing(
            item=item,
            punctuality=punctuality(item.update_cycle, last, self._clock.today()),
            due=due_day(item.update_cycle, last),
            received_at=sent.get("received_at"),
            published_at=published,
            batch=sent.get("batch"),
            state=sent.get("state"),
            held=sent.get("held", 0),
            working=sent.get("working", 0),
            rows_to_mend=waiting["rows"] if waiting is not None else 0,
            batches_to_mend=waiting["batches"] if waiting is not None else 0,
            batch_to_mend=waiting["batch"] if waiting is not None else None,
        )

    async def trends(self, provider: str, item: str | None, months: int, scopes: str) -> Trends:
        """The last `months` months, this one included. `item`: its number. Raises ItemNotFoundError."""
        number = self._catalogue.item(item).item if item is not None else None
        today = self._clock.today()
        first = month_before(today, months - 1)
        asked = {
            "scopes": scopes, "provider": provider, "item": number,
            "since": datetime.combine(first, time(), CHINA),
            "until": datetime.combine(month_before(today, -1), time(), CHINA),
        }  # fmt: skip
        async with self._db.acquire() as conn:
            rows = [dict(row) async for row in queries.months(conn, **asked)]
            reasons = [row async for row in queries.reasons(conn, **asked, most=REASONS_MAX)]
        return Trends(f"{first:%Y-%m}", f"{today:%Y-%m}", rows, self._summed(reasons))

    def _summed(self, rows: list[Any]) -> list[FrequentReason]:
        counted: Counter[tuple[str, str | None, str]] = Counter()
        for row in rows:
            field, bar, code = row["reason"].rpartition("|")
            counted[row["item"], field if bar else None, code] += row["rows"]
        return [
            FrequentReason(item, field, code, self._words(item, field, code), count)
            for (item, field, code), count in counted.most_common()
        ]

    def _words(self, number: str, field: str | None, code: str) -> str:
        """The name of the field, or what the check says, and what was wrong with it."""
        said = reason_summary(code)
        item = next((one for one in self._catalogue if one.item == number), None)
        if field is None or item is None:
            return said
        for check in (*item.checks, *item.batch_checks):
            if check.id == field:
                return check.message.zh
        return next((f"{one.zh}:{said}" for one in item.fields if one.name == field), said)


def month_before(day: date, months: int) -> date:
    """First day of the month so many months before that of `day`; after it where negative."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
