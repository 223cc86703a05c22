"""From a publication to the events for those who subscribed to what it changed.

The publication writes one row, in its own transaction (`changed`): nothing is lost, and it waits for no subscriber. The
events are made afterwards, by the worker, from the subscriptions (few) to the holdings (by key), never the other way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinshu.core.clock import Clock
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.inquiry.push")


async def changed(conn: Any, item: str, batch_id: int, now: datetime) -> None:
    """To be called in the transaction that changes holdings of `item`, whose `batch_id` says which they are."""
    await queries.mark(conn, item=item, batch_id=batch_id, now=now)


async def make_events(db: Database, clock: Clock) -> int:
    """Make the events of everything published meanwhile; returns how many were made or joined. Each publication is one
    transaction: a process that is killed has made all of its events, or none, and then it is taken up again."""
    made = 0
    while True:
        async with db.transaction() as conn:
            mark = await queries.take_mark(conn)
            if mark is None:
                return made
            made += await queries.make_events(
                conn, item=mark["item"], batch_id=mark["batch_id"], at=mark["at"], now=clock.now()
            )
