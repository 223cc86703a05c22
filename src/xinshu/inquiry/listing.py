"""Who read what about whom: the same list for the firm, the reader and the supervisor, each within its rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import orjson

from xinshu.consent.grantees import Read
from xinshu.core.clock import CHINA
from xinshu.inquiry.evidence import queries
from xinshu.store import Database

EVERYTHING = "[{}]"  # scopes of whoever may see all


@dataclass(frozen=True)
class InquiryLine:
    """One answered inquiry. `items`: item → code of its decision."""

    leaf: int
    id: UUID
    at: datetime
    principal: str
    member_id: str | None
    member_name: str | None
    subject_code: str
    subject_name: str | None
    purpose: str
    reference: str | None
    consents: list[str]
    items: dict[str, str]


@dataclass(frozen=True)
class Asked:
    """Which lines: every filter may be None. `since`, `until`: days in China, both included. `others`: not what firms
    read about themselves. `before`: leaves below it."""

    subject: str | None = None
    member: str | None = None
    consent: str | None = None
    purpose: str | None = None
    since: date | None = None
    until: date | None = None
    others: bool = False
    before: int | None = None
    size: int = 50


class Inquiries:
    """Reads the detail of inquiries."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_member(self, subject: str) -> dict[str, Read]:
        """What each member has read about a subject, for `consent.grantees`."""
        async with self._db.acquire() as conn:
            rows = queries.read_by_member(conn, subject=subject)
            return {row["member_id"]: Read(row["name"], row["inquiries"], row["last_at"]) async for row in rows}

    async def page(self, asked: Asked, scopes: str = EVERYTHING) -> list[InquiryLine]:
        """A page within `scopes` (of a guard), newest first."""
        since = datetime.combine(asked.since, time(), CHINA) if asked.since is not None else None
        until = datetime.combine(asked.until + timedelta(days=1), time(), CHINA) if asked.until is not None else None
        async with self._db.acquire() as conn:
            rows = queries.list_inquiries(
                conn, scopes=scopes, subject=asked.subject, member_id=asked.member, consent=asked.consent,
                purpose=asked.purpose, since=since, until=until, others=asked.others, before=asked.before,
                size=asked.size,
            )  # fmt: skip
            return [InquiryLine(**{**dict(row), "items": orjson.loads(row["items"])}) async for row in rows]
