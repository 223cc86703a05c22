"""What ends when a member leaves: its batches, its subscriptions, its webhooks (`onboarding.registry.Closer`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinshu.inquiry.batches.service import queries as batch_queries
from xinshu.inquiry.push.changes import queries
from xinshu.members.events import record

LEFT = "member_left"


async def close_all_of_member(conn: Any, member_id: str, by: str, now: datetime) -> dict[str, int]:
    """In the transaction of `conn`; how many of each were ended."""
    ended = queries.end_subscriptions(conn, id=None, webhook_id=None, member_id=member_id, reason=LEFT, now=now)
    subscriptions = len([row async for row in ended])
    webhooks = len([row async for row in queries.close_webhooks_of_member(conn, member_id=member_id, now=now)])
    batches = len([row async for row in batch_queries.cancel_of_member(conn, member_id=member_id, code=LEFT)])
    counts: dict[str, Any] = {"subscriptions": subscriptions, "webhooks": webhooks, "inquiry_batches": batches}
    if any(counts.values()):
        await record(conn, now, "push", "closed_with_member", principal=by, member_id=member_id, **counts)
    return counts
