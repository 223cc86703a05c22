"""Webhooks of members: registered, verified once by a signed challenge that must come back, closed."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson

from xinshu.core.clock import Clock
from xinshu.inquiry.push.changes import queries
from xinshu.inquiry.push.model import (
    REST,
    WEBHOOKS_MAX,
    ChallengeError,
    TooSoonError,
    Webhook,
    WebhookLimitError,
    WebhookStateError,
    WebhookUnknownError,
)
from xinshu.inquiry.push.post import Poster
from xinshu.inquiry.push.signing import signed_headers
from xinshu.ledger import Ledger
from xinshu.members.events import record
from xinshu.members.model import Principal
from xinshu.store import Database

PAGE = 500


class Webhooks:
    """Where members receive."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        ledger: Ledger,
        poster: Poster,
        new_id: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16), version=4),
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._db = db
        self._clock = clock
        self._ledger = ledger
        self._poster = poster
        self._new_id = new_id
        self._random_text = random_text

    async def register(self, url: str, member_id: str, who: Principal) -> Webhook:
        """Note an address, pending until it is verified; the one that is there when it was noted before.

        Raises WebhookUrlError, WebhookAddressError, PostError, WebhookLimitError.
        """
        await self._poster.check(url)
        now = self._clock.now()
        async with self._db.transaction() as conn:
            await queries.lock_member(conn, member_id=member_id)
            known = await queries.webhook_by_url(conn, member_id=member_id, url=url)
            if known is not None:
                return Webhook.of(known)
            if await queries.count_webhooks(conn, member_id=member_id) >= WEBHOOKS_MAX:
                raise WebhookLimitError(f"接收地址已有 {WEBHOOKS_MAX} 个", hint="先关闭不用的地址")
            row = await queries.insert_webhook(
                conn, id=self._new_id(), member_id=member_id, url=url, by=who.id, now=now
            )
            webhook = Webhook.of(row)
            await self._record(conn, "webhook_registered", webhook, who)
        return webhook

    async def webhook(self, webhook_id: UUID) -> Webhook:
        """One webhook. Raises WebhookUnknownError."""
        async with self._db.acquire() as conn:
            row = await queries.webhook(conn, id=webhook_id)
        if row is None:
            raise WebhookUnknownError(f"没有接收地址 {webhook_id}", hint="核对编号")
        return Webhook.of(row)

    async def listed(self, scopes: str) -> list[Webhook]:
        """Those within `scopes` (of a guard), newest first."""
        async with self._db.acquire() as conn:
            return [Webhook.of(row) async for row in queries.list_webhooks(conn, scopes=scopes, size=PAGE)]

    async def verify(self, webhook: Webhook, who: Principal) -> Webhook:
        """Send a challenge; a webhook that gives it back is active.

        Raises WebhookStateError, TooSoonError, ChallengeError, WebhookUrlError, WebhookAddressError, PostError.
        """
        if webhook.state == "closed":
            raise WebhookStateError("接收地址已关闭", hint="重新登记")
        now = self._clock.now()
        async with self._db.acquire() as conn:
            if await queries.begin_challenge(conn, id=webhook.id, now=now, rested=now - REST) is None:
                raise TooSoonError("刚刚验证过此地址", hint=f"{REST.seconds} 秒后再试")
        challenge, event = self._random_text(32), self._new_id()
        body = orjson.dumps(
            {"event": str(event), "kind": "challenge", "webhook": str(webhook.id), "challenge": challenge}
        )
        reply = await self._poster.post(webhook.url, signed_headers(self._ledger, event, now, body), body)
        if not _gives_back(reply.body, challenge):
            raise ChallengeError(
                "接收地址没有交回验证内容", hint='以 2xx 应答,内容为 {"challenge": "收到的 challenge"}'
            )
        async with self._db.transaction() as conn:
            row = await queries.verify_webhook(conn, id=webhook.id, now=self._clock.now())
            if row is None:
                raise WebhookStateError("接收地址已关闭", hint="重新登记")
            await self._record(conn, "webhook_verified", webhook, who)
        return Webhook.of(row)

    async def close(self, webhook: Webhook, who: Principal) -> Webhook:
        """Deliver nothing more there: its subscriptions end. Raises WebhookStateError."""
        now = self._clock.now()
        async with self._db.transaction() as conn:
            row = await queries.close_webhook(conn, id=webhook.id, now=now)
            if row is None:
                raise WebhookStateError("接收地址已关闭", hint="无须再关")
            ended = queries.end_subscriptions(
                conn, id=None, webhook_id=webhook.id, member_id=None, reason="webhook_closed", now=now
            )
            count = len([one async for one in ended])
            await self._record(conn, "webhook_closed", webhook, who, subscriptions=count)
        return Webhook.of(row)

    async def _record(self, conn: Any, code: str, webhook: Webhook, who: Principal, **details: Any) -> None:
        await record(
            conn, self._clock.now(), "push", code, principal=who.id, member_id=webhook.member_id,
            target=f"webhook:{webhook.id}", **details,
        )  # fmt: skip


def _gives_back(body: bytes, challenge: str) -> bool:
    """As JSON with `challenge`, or as plain text."""
    try:
        document = orjson.loads(body)
        given = document.get("challenge") if isinstance(document, dict) else None
    except orjson.JSONDecodeError:
        given = body.decode("utf-8", "replace").strip()
    return isinstance(given, str) and hmac.compare_digest(given.encode(), challenge.encode())
