"""White lists that are pushed (名单推送): a screening run again each day or week, told when the list has changed."""

from __future__ import annotations

from typing import Any

import orjson
import structlog

from xinshu.core.clock import Clock
from xinshu.core.errors import UnavailableError, XinshuError
from xinshu.inquiry.push.changes import queries
from xinshu.inquiry.push.delivery import principal_for
from xinshu.inquiry.push.model import EVERY, Subscription
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.members import directory
from xinshu.members.model import MemberState
from xinshu.store import Database

logger = structlog.get_logger(__name__)


class Lists:
    """Runs the screenings that are subscribed to."""

    def __init__(
        self, db: Database, members_db: Database, clock: Clock, screenings: ScreeningService, sandbox: bool = False
    ) -> None:
        self._db = db
        self._members_db = members_db
        self._clock = clock
        self._screenings = screenings
        self._sandbox = sandbox

    async def run_due(self) -> int:
        """Run all that are due; how many lists had changed. Raises UnavailableError."""
        changed = 0
        while True:
            async with self._db.acquire() as conn:
                rows = [row async for row in queries.screenings_due(conn, now=self._clock.now())]
            if len(rows) == 0:
                return changed
            for row in rows:
                changed += await self._run(Subscription.of(row))

    async def _run(self, subscription: Subscription) -> bool:
        """Whether the list changed. One that cannot be run is tried again when it is next due."""
        assert subscription.criteria is not None and subscription.every is not None  # noqa: S101
        async with self._members_db.acquire() as conn:
            standing = await directory.standing(conn, subscription.member_id)
        found: list[int] | None = None
        if standing is not None and (standing.ref.state is MemberState.ONLINE or self._sandbox):
            try:
                who = principal_for(subscription, standing)
                found = await self._screenings.run(subscription.criteria, who, subscription.id)
            except UnavailableError:
                raise
            except XinshuError as error:  # an item that is no longer open, a query that takes too long
                logger.warning("list not screened", subscription=str(subscription.id), code=error.code)
        return await self._keep(subscription, found)

    async def _keep(self, subscription: Subscription, found: list[int] | None) -> bool:
        assert subscription.every is not None  # noqa: S101
        now = self._clock.now()
        async with self._db.transaction() as conn:
            before = set(await queries.listed(conn, id=subscription.id))
            after = set(found) if found is not None else before
            mine = await queries.set_listed(
                conn, id=subscription.id, listed=sorted(after), next=now + EVERY[subscription.every],
                was=subscription.screen_at,
            )  # fmt: skip
            if mine is None or before == after:
                return False
            lists = {"added": await _named(conn, after - before), "removed": await _named(conn, before - after)}
            await queries.insert_list_event(
                conn, subscription_id=subscription.id, lists=orjson.dumps(lists).decode(), now=now
            )
            await queries.make_due(conn, id=subscription.id, now=now)
        return True


async def _named(conn: Any, ids: set[int]) -> list[dict[str, str]]:
    return [{"code": row["code"], "name": row["name"]} async for row in queries.listed_codes(conn, ids=sorted(ids))]
