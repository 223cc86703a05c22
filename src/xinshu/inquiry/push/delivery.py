"""Delivering events: in order within a subscription, at least once, never what may not be read at this moment.

Whoever leases a subscription delivers its events one after another until one fails or none is left. A lease that ends
(its holder was killed) is taken by another. What is told is asked for anew, by `InquiryService.ask`, with one
idempotency key an event: its evidence is written before it leaves, and a second attempt is the same inquiry unless the
answer has changed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog

from xinshu.catalogue import Catalogue
from xinshu.consent.rules import IN_FORCE
from xinshu.core.clock import Clock
from xinshu.core.errors import UnavailableError, XinshuError
from xinshu.inquiry.model import Answer, AnswerChangedError, Question, answer_json
from xinshu.inquiry.push.changes import queries
from xinshu.inquiry.push.model import Event, Kind, Subscription, is_dead, wait_after
from xinshu.inquiry.push.post import Poster, PostError
from xinshu.inquiry.push.signing import signed_headers
from xinshu.inquiry.push.subscriptions import decisions
from xinshu.inquiry.service import InquiryService
from xinshu.ledger import Ledger, with_change
from xinshu.members import directory
from xinshu.members.model import MemberState, Principal, Strength
from xinshu.store import Database

logger = structlog.get_logger(__name__)
AT_ONCE = 8  # subscriptions served side by side
IN_A_ROW = 50  # events of one subscription before others get their turn
LEASE = timedelta(minutes=2)  # renewed for each event
_COUNTS = ("consent_exhausted", "consent_frequency")


@dataclass(frozen=True)
class _Told:
    """An event as it is sent."""

    body: bytes
    answer: Answer | None


class _ClosedError(Exception):
    """The event may not be told."""

    def __init__(self, code: str, answer: Answer | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.answer = answer


class Delivery:
    """Delivers what is due."""

    def __init__(
        self,
        db: Database,
        members_db: Database,
        clock: Clock,
        catalogue: Catalogue,
        inquiry: InquiryService,
        ledger: Ledger,
        poster: Poster,
        sandbox: bool = False,
    ) -> None:
        """`members_db`: where the members are; `sandbox`: they need not be online."""
        self._db = db
        self._members_db = members_db
        self._clock = clock
        self._catalogue = catalogue
        self._inquiry = inquiry
        self._ledger = ledger
        self._poster = poster
        self._sandbox = sandbox

    async def deliver_due(self) -> int:
        """Deliver until nothing is due; how many events were delivered. Raises UnavailableError: put off."""
        delivered = 0
        while True:
            now = self._clock.now()
            async with self._db.acquire() as conn:
                rows = [row async for row in queries.lease(conn, now=now, until=now + LEASE, size=AT_ONCE)]
            if len(rows) == 0:
                return delivered
            found = await asyncio.gather(*[self._serve(row) for row in rows], return_exceptions=True)
            for one in found:
                if isinstance(one, BaseException):
                    raise one
                delivered += one

    async def _serve(self, row: Any) -> int:
        """Deliver the events of one leased subscription; how many were."""
        subscription, leased, delivered = Subscription.of(row), row["leased_until"], 0
        try:
            for _ in range(IN_A_ROW):
                until = self._clock.now() + LEASE
                async with self._db.acquire() as conn:
                    next_row = await queries.next_event(
                        conn, subscription_id=subscription.id, leased=leased, until=until, now=self._clock.now()
                    )
                if next_row is None:
                    break
                leased = until
                if not await self._try(subscription, Event.of(next_row)):
                    return delivered
                delivered += 1
        except Exception:
            await self._release(subscription.id, wait_after(1))
            raise
        await self._release(subscription.id)
        return delivered

    async def _release(self, subscription_id: UUID, wait: timedelta = timedelta(0)) -> None:
        async with self._db.transaction() as conn:
            await queries.lock_subscription(conn, id=subscription_id)
            await queries.release(conn, id=subscription_id, due_at=self._clock.now() + wait)

    async def _try(self, subscription: Subscription, event: Event) -> bool:
        """Whether to go on with the next event; False: the subscription waits until it is due again."""
        try:
            told = await self._told(subscription, event)
        except _ClosedError as closed:
            await self._end(subscription, event, "closed", closed.code, closed.answer)
            return True
        except UnavailableError:
            raise
        except MemberOfflineError as error:
            return await self._failed(subscription, event, error.code)
        except XinshuError as error:
            if error.status >= 500:
                return await self._failed(subscription, event, error.code)
            await self._end(subscription, event, "closed", error.code)
            return True
        except Exception:  # a fault of ours about one firm must not keep others from being told
            logger.exception("push broken", subscription=str(subscription.id), number=event.number)
            return await self._failed(subscription, event, "internal")
        async with self._db.acquire() as conn:
            webhook = await queries.webhook(conn, id=subscription.webhook_id)
        headers = signed_headers(self._ledger, event.id, self._clock.now(), told.body)
        try:
            await self._poster.post(webhook["url"], headers, told.body)
        except PostError as error:
            return await self._failed(subscription, event, error.fault, told.answer)
        except UnavailableError:
            raise
        except XinshuError as error:
            return await self._failed(subscription, event, error.code, told.answer)
        await self._delivered(subscription, event, told)
        return True

    # -- what is told ------------------------------------------------------------------------------------------------

    async def _told(self, subscription: Subscription, event: Event) -> _Told:
        """Raises _ClosedError, MemberOfflineError, UnavailableError."""
        who = await self._who(subscription)
        frame: dict[str, Any] = {
            "event": str(event.id),
            "kind": "list" if subscription.kind is Kind.SCREENING else "change",
            "subscription": str(subscription.id),
            "attempt": event.tries,
            "changed_at": event.at,
        }
        if subscription.kind is Kind.SCREENING:
            return _Told(orjson.dumps(frame | {"list": event.lists}), None)
        answer = await self._answer(subscription, event, who)
        given = [one.item.item for one in answer.items if one.decision.allowed]
        if len(given) == 0:
            raise _ClosedError(answer.items[0].decision.code, answer)
        head = orjson.dumps(frame | {"subject": event.subject_code, "items": given})
        return _Told(head[:-1] + b',"answer":' + answer_json(answer) + b"}", answer)

    async def _answer(self, subscription: Subscription, event: Event, who: Principal) -> Answer:
        """Ask, or ask anew where what is known has changed since an earlier attempt. Raises _ClosedError."""
        assert event.subject_code is not None  # noqa: S101  (all but lists are about one)
        items = await self._readable(subscription, event, who)
        reference = f"subscription {subscription.id}"
        question = Question(event.subject_code, subscription.purpose, tuple(items), None, reference, event.key)
        try:
            return await self._inquiry.ask(question, who)
        except AnswerChangedError:
            async with self._db.acquire() as conn:
                await queries.next_round(conn, id=event.id)
            return await self._answer(subscription, replace(event, round=event.round + 1), who)

    async def _who(self, subscription: Subscription) -> Principal:
        """For whom is asked: the member itself, as it stands today. Raises MemberOfflineError, _ClosedError."""
        async with self._members_db.acquire() as conn:
            standing = await directory.standing(conn, subscription.member_id)
        if standing is None or standing.ref.state is MemberState.OFFBOARDED:
            raise _ClosedError("member_left")
        if standing.ref.state is not MemberState.ONLINE and not self._sandbox:
            raise MemberOfflineError("本单位不在上线状态", hint="恢复上线后重新推送")
        return principal_for(subscription, standing)

    async def _readable(self, subscription: Subscription, event: Event, who: Principal) -> list[str]:
        """Those of the changed items that may be read now. Raises _ClosedError with what the gate says.

        Of an event that was asked for before, a use was taken then: that none is left now does not matter.
        """
        assert event.subject_code is not None  # noqa: S101
        now, purpose = self._clock.now(), subscription.purpose
        async with self._db.acquire() as conn:
            asked = await queries.asked(conn, member_id=subscription.member_id, key=event.key) is not None
            if subscription.needs_consent:
                code = await queries.consent_standing(
                    conn, subject_code=event.subject_code, grantee=subscription.member_id, purpose=purpose, now=now
                )
                if code != IN_FORCE and not (asked and code in _COUNTS):
                    raise _ClosedError(code or "consent_missing")
            if asked:
                return list(event.items)
            found = await decisions(conn, self._catalogue, now, event.subject_code, event.items, purpose, who)
            items = [one.item for one in found if one.allowed]
            if len(items) == 0:
                raise _ClosedError(found[0].code)
            if len(items) < len(event.items):  # a second attempt must ask the same
                await queries.narrow_event(conn, id=event.id, items=items)
        return items

    # -- what became of it -------------------------------------------------------------------------------------------

    async def _delivered(self, subscription: Subscription, event: Event, told: _Told) -> None:
        now = self._clock.now()
        about = {
            "event": str(event.id),
            "subscription": str(subscription.id),
            "webhook": str(subscription.webhook_id),
            "inquiry": str(told.answer.id) if told.answer is not None else None,
            "body": self._ledger.suite.digest(told.body).hex(),
        }
        async with self._db.transaction() as conn:
            await self._mark(conn, event, "delivered", None, told.answer)
            await queries.succeed(conn, id=subscription.id)
            await with_change(
                conn, "push", now, principal=subscription.principal_id, member_id=subscription.member_id,
                subject=event.subject_code, **about,
            )  # fmt: skip

    async def _failed(self, subscription: Subscription, event: Event, fault: str, answer: Answer | None = None) -> bool:
        """Wait longer each time; after three days the event is given up and the next has its turn."""
        now = self._clock.now()
        dead = is_dead(event, now)
        logger.warning("push failed", subscription=str(subscription.id), number=event.number, fault=fault, dead=dead)
        async with self._db.transaction() as conn:
            if dead:
                await self._mark(conn, event, "dead", fault, answer)
            else:
                await queries.note_fault(conn, id=event.id, fault=fault)
                await queries.fail(conn, id=subscription.id, due_at=now + wait_after(subscription.failures + 1))
        return dead

    async def _end(
        self, subscription: Subscription, event: Event, state: str, fault: str, answer: Answer | None = None
    ) -> None:
        logger.info("push closed", subscription=str(subscription.id), number=event.number, reason=fault)
        async with self._db.acquire() as conn:
            await self._mark(conn, event, state, fault, answer)

    async def _mark(self, conn: Any, event: Event, state: str, fault: str | None, answer: Answer | None) -> None:
        await queries.end_event(
            conn, id=event.id, state=state, fault=fault, now=self._clock.now(),
            inquiry=answer.id if answer is not None else event.inquiry,
            leaf=answer.leaf if answer is not None else event.leaf,
        )  # fmt: skip


class MemberOfflineError(XinshuError):
    """The member is suspended; what is to be told waits."""

    status = 403
    code = "member_not_online"


def principal_for(subscription: Subscription, standing: directory.Standing) -> Principal:
    """Who acts for a subscription: the member, without any person's roles."""
    return Principal(
        subscription.principal_id, "订阅", frozenset(), standing.ref, None, standing.members, standing.items,
        standing.regions, Strength.KEY,
    )  # fmt: skip
