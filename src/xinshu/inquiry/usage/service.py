"""Figures of a member's inquiries, from their records; nothing is counted beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xinshu.core.clock import CHINA, Clock
from xinshu.core.errors import XinshuError
from xinshu.inquiry.push.model import SCREENINGS_MAX, SUBSCRIPTIONS_MAX, WEBHOOKS_MAX
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.inquiry.usage")
GIVEN = ("consented", "open_information", "operator_upkeep", "own_information")  # codes of decisions that give an item
MOST_DAYS = 366


class UsagePeriodError(XinshuError):
    """The days asked for make no period, or too long a one."""

    code = "usage_period"


@dataclass(frozen=True)
class DayUse:
    """Inquiries of one day and purpose. `whole`, `partly`, `refused`: of how many all, some, none of the items asked
    for were given; `authorised`: how many rested on an authorisation."""

    day: date
    purpose: str
    inquiries: int
    whole: int
    partly: int
    refused: int
    authorised: int


@dataclass(frozen=True)
class Busiest:
    """The minute with most inquiries."""

    at: datetime
    inquiries: int


@dataclass(frozen=True)
class Quota:
    """Something of which a member may have `limit`; `used` None: counted by each process of the node alone, as requests
    a `per` are."""

    name: str
    limit: int
    used: int | None
    per: str | None = None


@dataclass(frozen=True)
class Usage:
    """Days from `since` to `until`, both included, of China."""

    since: date
    until: date
    days: tuple[DayUse, ...]
    subjects: int
    busiest: Busiest | None
    quotas: tuple[Quota, ...]


class UsageService:
    """Counts what a member has asked."""

    def __init__(self, db: Database, clock: Clock, screenings_per_day: int, rates: tuple[Quota, ...]) -> None:
        """`rates`: the limits of requests, as the node's door has them."""
        self._db = db
        self._clock = clock
        self._screenings_per_day = screenings_per_day
        self._rates = rates

    async def of(self, member: str, since: date | None, until: date | None) -> Usage:
        """Of one member; without days, the last thirty. Raises UsagePeriodError."""
        today = self._clock.today()
        last = until or today
        first = since or last - timedelta(days=29)
        if not 0 <= (last - first).days < MOST_DAYS:
            raise UsagePeriodError(f"时段 {first} 至 {last} 不合要求", hint=f"截止日不早于起始日,至多 {MOST_DAYS} 天")
        about: dict[str, Any] = {
            "member": member,
            "since": datetime.combine(first, time(), CHINA),
            "until": datetime.combine(last + timedelta(days=1), time(), CHINA),
        }
        async with self._db.acquire() as conn:
            days = tuple([DayUse(**dict(row)) async for row in queries.by_day(conn, given=list(GIVEN), **about)])
            peak = await queries.busiest(conn, **about)
            subjects = int(await queries.subjects(conn, **about))
            taken = await queries.quotas(conn, member=member, day=today)
        busiest = Busiest(**dict(peak)) if peak is not None else None
        return Usage(first, last, days, subjects, busiest, self._quotas(taken))

    def _quotas(self, taken: Any) -> tuple[Quota, ...]:
        return (
            Quota("screenings", self._screenings_per_day, taken["screenings"], "day"),
            Quota("webhooks", WEBHOOKS_MAX, taken["webhooks"]),
            Quota("subscriptions", SUBSCRIPTIONS_MAX, taken["subscriptions"]),
            Quota("lists", SCREENINGS_MAX, taken["lists"]),
            *self._rates,
        )
