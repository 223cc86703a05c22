"""Writing and reading the security log."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from xinshu.core.clock import Clock
from xinshu.ledger import with_change
from xinshu.store import Database, load_queries

REFUSED = "refused"
queries = load_queries("xinshu.members.events")


@dataclass(frozen=True)
class Event:
    """One line of the log."""

    id: int
    at: datetime
    kind: str
    code: str
    principal: str | None
    member_id: str | None
    target: str | None
    address: str | None
    details: dict[str, Any]


@dataclass(frozen=True)
class EventPage:
    """One page, newest first."""

    total: int
    events: tuple[Event, ...]


async def record(
    conn: Any,
    at: datetime,
    kind: str,
    code: str,
    *,
    principal: str | None = None,
    member_id: str | None = None,
    target: str | None = None,
    address: str | None = None,
    **details: Any,
) -> None:
    """Append a line, in the transaction of `conn`, and its digest to the log of evidence; refusals, which anybody can
    cause, are left out of the latter. `details` must hold neither secrets nor personal data."""
    text = orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode()
    event = await queries.insert_event(
        conn,
        at=at,
        kind=kind,
        code=code,
        principal=principal,
        member_id=member_id,
        target=target,
        address=address,
        details=text,
    )
    if kind != REFUSED:
        digest = digest_of(kind, code, principal, member_id, target, address, text)
        await with_change(
            conn, f"access.{kind}", at, principal=principal, member_id=member_id, event=event, code=code, digest=digest
        )


def digest_of(*columns: str | None) -> str:
    """Of kind, code, principal, member, target, address and the details as JSON with sorted keys: what the leaf has."""
    return hashlib.sha256(orjson.dumps(columns)).hexdigest()


class Events:
    """The log of a node."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def record(self, kind: str, code: str, **about: Any) -> None:
        """Append a line in a transaction of its own (refusals, whose own transaction is rolled back)."""
        async with self._db.acquire() as conn:
            await record(conn, self._clock.now(), kind, code, **about)

    async def page(
        self,
        scopes: str,
        *,
        kind: str | None = None,
        principal: str | None = None,
        member_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page: int = 1,
        page_size: int = 50,
    ) -> EventPage:
        """One page of what `scopes` (of a guard) lets through."""
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.list_events(
                    conn, scopes=scopes, kind=kind, principal=principal, member_id=member_id, since=since, until=until,
                    size=page_size, skip=(page - 1) * page_size,
                )
            ]  # fmt: skip
        events = tuple(
            Event(**{name: row[name] for name in _COLUMNS}, details=orjson.loads(row["details"])) for row in rows
        )
        return EventPage(rows[0]["total"] if rows else 0, events)


_COLUMNS = ("id", "at", "kind", "code", "principal", "member_id", "target", "address")
