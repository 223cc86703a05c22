"""Who read what about whom: the same list for the firm, the reader and the supervisor, each within its rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from xinshu.consent.grantees import Read
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
    purpose: str
    reference: str | None
    consents: list[str]
    items: dict[str, str]


class Inquiries:
    """Reads the detail of inquiries."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_member(self, subject: str) -> dict[str, Read]:
        """What each member has read about a subject, for `consent.grantees`."""
        async with self._db.acquire() as conn:
            rows = queries.read_by_member(conn, subject=subject)
            return {row["member_id"]: Read(row["inquiries"], row["last_at"]) async for row in rows}

    async def page(
        self,
        scopes: str = EVERYTHING,
        subject: str | None = None,
        member: str | None = None,
        consent: str | None = None,
        before: int | None = None,
        size: int = 50,
    ) -> list[InquiryLine]:
        """A page within `scopes` (of a guard), newest first, with leaves below `before`."""
        async with self._db.acquire() as conn:
            rows = queries.list_inquiries(
                conn, scopes=scopes, subject=subject, member_id=member, consent=consent, before=before, size=size
            )
            return [InquiryLine(**{**dict(row), "items": orjson.loads(row["items"])}) async for row in rows]
