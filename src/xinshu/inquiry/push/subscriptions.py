"""Subscribing, and looking at what became of what was to be told."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from xinshu.catalogue import Catalogue
from xinshu.consent.lists import Readable, readable
from xinshu.consent.rules import REFUSALS, reader_of
from xinshu.core.clock import Clock
from xinshu.inquiry.model import SubjectUnknownError
from xinshu.inquiry.push.changes import queries
from xinshu.inquiry.push.model import (
    REPLAY_MAX,
    SCREENINGS_MAX,
    SUBSCRIPTIONS_MAX,
    Event,
    EventState,
    Kind,
    NotReadableError,
    Subscription,
    SubscriptionEndedError,
    SubscriptionUnknownError,
    Webhook,
    WebhookLimitError,
    WebhookStateError,
)
from xinshu.inquiry.screening.model import PURPOSE, Criteria
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.members.events import record
from xinshu.members.model import Principal
from xinshu.store import Database


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be told. `subject`: of kind subject; `criteria` and `every`: of kind screening, else
    `purpose` and `items`."""

    kind: Kind
    webhook: Webhook
    subject: str | None = None
    purpose: str | None = None
    items: tuple[str, ...] = ()
    criteria: Criteria | None = None
    every: str | None = None


class Subscriptions:
    """Subscriptions of members."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        catalogue: Catalogue,
        screenings: ScreeningService,
        new_id: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16), version=4),
    ) -> None:
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self._screenings = screenings
        self._new_id = new_id

    async def create(self, wish: Wish, who: Principal) -> tuple[Subscription, bool]:
        """Subscribe, and whether that is new: the same wish twice is one subscription.

        Of one firm, every item must be readable now, openly or by an authorisation in force for the purpose. Raises
        NotReadableError, SubjectUnknownError, ItemNotFoundError, CriteriaError, WebhookStateError, WebhookLimitError.
        """
        assert who.member_id is not None  # noqa: S101  (only institutions have the right)
        if wish.webhook.state != "active" or wish.webhook.member_id != who.member_id:
            raise WebhookStateError("接收地址未通过验证,或不属于本单位", hint="先由本单位管理员登记并验证接收地址")
        items = tuple(dict.fromkeys(self._catalogue.item(name).item for name in wish.items))
        subject, needs_consent = None, wish.kind is Kind.CONSENTED
        if wish.kind is Kind.SUBJECT:
            subject = (wish.subject or "").strip().upper()
            needs_consent = await self._must_be_readable(subject, items, wish.purpose or "", who)
        elif wish.criteria is not None:
            self._screenings.check(wish.criteria, who)
        about = {
            "member_id": who.member_id,
            "webhook_id": wish.webhook.id,
            "kind": wish.kind.value,
            "subject_code": subject,
            "purpose": PURPOSE if wish.kind is Kind.SCREENING else wish.purpose,
            "items": sorted(items, key=items.index),
        }
        now = self._clock.now()
        async with self._db.transaction() as conn:
            await queries.lock_member(conn, member_id=who.member_id)
            known = await queries.same_subscription(conn, **about)
            if known is not None:
                return Subscription.of(known), False
            await self._check_limits(conn, who.member_id, wish.kind)
            row = await queries.insert_subscription(
                conn, id=self._new_id(), **about, needs_consent=needs_consent,
                criteria=wish.criteria.canonical().decode() if wish.criteria is not None else None,
                every=wish.every, screen_at=now if wish.kind is Kind.SCREENING else None, by=who.id, now=now,
            )  # fmt: skip
            made = Subscription.of(row)
            await self._record(conn, "subscribed", made, who)
        return made, True

    async def _must_be_readable(self, code: str, items: tuple[str, ...], purpose: str, who: Principal) -> bool:
        """Whether it rests on an authorisation. Raises NotReadableError, SubjectUnknownError."""
        async with self._db.acquire() as conn:
            if await queries.find_subject(conn, code=code) is None:
                raise SubjectUnknownError(f"没有找到代码为 {code} 的信用主体", hint="以现行的代码订阅")
            found = await decisions(conn, self._catalogue, self._clock.now(), code, items, purpose, who)
        wrong = {one.item: one.code for one in found if not one.allowed}
        if wrong:
            faults = [
                {"item": item, "code": code, "reason": _words(code)[0], "remedy": _words(code)[1]}
                for item, code in wrong.items()
            ]
            names = "、".join(self._catalogue.item(item).name.zh for item in wrong)
            raise NotReadableError(f"不能订阅:{names}", hint=faults[0]["remedy"], items=faults)
        return any(one.code == "consented" for one in found)

    async def _check_limits(self, conn: Any, member_id: str, kind: Kind) -> None:
        count = await queries.count_subscriptions(conn, member_id=member_id)
        if count["all"] >= SUBSCRIPTIONS_MAX:
            raise WebhookLimitError(f"订阅已有 {SUBSCRIPTIONS_MAX} 个", hint="订阅全部已授权的主体,或终止不用的订阅")
        if kind is Kind.SCREENING and count["screening"] >= SCREENINGS_MAX:
            raise WebhookLimitError(f"名单订阅已有 {SCREENINGS_MAX} 个", hint="先终止不用的订阅")

    async def subscription(self, subscription_id: UUID) -> Subscription:
        """One subscription. Raises SubscriptionUnknownError."""
        async with self._db.acquire() as conn:
            row = await queries.subscription(conn, id=subscription_id)
        if row is None:
            raise SubscriptionUnknownError(f"没有订阅 {subscription_id}", hint="核对编号")
        return Subscription.of(row)

    async def page(
        self, scopes: str, subject: str | None, state: str | None, before: UUID | None, size: int
    ) -> list[Subscription]:
        """Those within `scopes` (of a guard), newest first, after the subscription `before`."""
        async with self._db.acquire() as conn:
            rows = queries.list_subscriptions(
                conn, scopes=scopes, subject=subject, state=state, before=before, size=size
            )
            return [Subscription.of(row) async for row in rows]

    async def end(self, subscription: Subscription, who: Principal) -> Subscription:
        """Tell nothing more. Raises SubscriptionEndedError."""
        now = self._clock.now()
        async with self._db.transaction() as conn:
            rows = queries.end_subscriptions(
                conn, id=subscription.id, webhook_id=None, member_id=None, reason="ended_by_member", now=now
            )
            ended = [Subscription.of(row) async for row in rows]
            if len(ended) == 0:
                raise SubscriptionEndedError("订阅已终止", hint="无须再终止")
            await self._record(conn, "unsubscribed", ended[0], who)
        return ended[0]

    # -- events ------------------------------------------------------------------------------------------------------

    async def events(
        self, subscription: Subscription, state: EventState | None, before: int | None, size: int
    ) -> list[Event]:
        """What was and is to be told, newest first, numbered below `before`; without what was told."""
        async with self._db.acquire() as conn:
            rows = queries.list_events(conn, subscription_id=subscription.id, state=state, before=before, size=size)
            return [Event.of(row) async for row in rows]

    async def replay(self, subscription: Subscription, events: Sequence[UUID] | None, who: Principal) -> int:
        """Try again what has ended, those named or all that were given up; how many. What may not be told (any more)
        is closed again. Raises SubscriptionEndedError."""
        if subscription.state != "active":
            raise SubscriptionEndedError("订阅已终止,不能重新推送", hint="重新订阅")
        now = self._clock.now()
        async with self._db.transaction() as conn:
            ids = list(events) if events is not None else None
            count = int(await queries.replay(conn, subscription_id=subscription.id, ids=ids, now=now, most=REPLAY_MAX))
            if count > 0:
                await queries.now_due(conn, id=subscription.id, now=now)
            await self._record(conn, "replayed", subscription, who, events=count)
        return count

    async def _record(self, conn: Any, code: str, about: Subscription, who: Principal, **details: Any) -> None:
        await record(
            conn, self._clock.now(), "push", code, principal=who.id, member_id=about.member_id,
            target=f"subscription:{about.id}", **details,
        )  # fmt: skip


async def decisions(
    conn: Any, catalogue: Catalogue, now: datetime, subject: str, items: Sequence[str], purpose: str, who: Principal
) -> list[Readable]:
    """What the gate says now to each item of one firm."""
    return await readable(
        conn, reader=reader_of(who), member=who.member_id, purpose=purpose, now=now, subjects=[subject],
        items=[catalogue.item(item) for item in items], permitted=who.items,
    )  # fmt: skip


def _words(code: str) -> tuple[str, str]:
    return REFUSALS.get(code, ("不在本单位的接入范围内", "向平台申请扩大接入范围"))
