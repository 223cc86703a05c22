"""Reading a subject's information: the gate is asked for each item, the evidence is durable before the answer leaves
(R1.1, R6.1, R11.2, R11.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import structlog

from xinshu.catalogue import Catalogue, Item
from xinshu.consent.forms import Profile, Unseal, profile
from xinshu.consent.rules import Decision, Request, choose_each, cut, period_of, reader_of
from xinshu.consent.view import ConsentView, State
from xinshu.core.clock import CHINA, Clock
from xinshu.inquiry.evidence import Inquired, InquiryDetail, queries, random_id
from xinshu.inquiry.model import (
    Answer,
    AnswerChangedError,
    AsOfError,
    ItemAnswer,
    KeyReusedError,
    Question,
    SubjectUnknownError,
    items_json,
)
from xinshu.inquiry.reading import Known, Reading
from xinshu.ledger import AlreadyRecordedError, Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database

logger = structlog.get_logger(__name__)
KIND = "inquiry"


class Consents(Protocol):
    """What inquiries need of authorisations besides reading them."""

    async def of(self, subject_code: str, member_id: str) -> Sequence[ConsentView]:
        """The authorisations that a subject gave a member, as they are now."""
        ...

    async def take_use(self, consent_id: str, now: datetime) -> bool:
        """Take one use of a counted authorisation; False when none is left."""
        ...

    async def give_back(self, consent_id: str, now: datetime) -> None:
        """Undo `take_use`: nothing was answered."""
        ...


class Wanted(NamedTuple):
    """The items that are asked for."""

    items: tuple[Item, ...]
    names: tuple[str, ...]
    profiles: tuple[Profile, ...]


class InquiryService:
    """The one way to read the information on a subject."""

    def __init__(
        self,
        db: Database,
        catalogue: Catalogue,
        clock: Clock,
        ledger: Ledger,
        consents: Consents,
        unseal: Unseal | None = None,
        new_id: Callable[[], UUID] = random_id,
    ) -> None:
        """`unseal(field, sealed)`: opens the sealed fields that an authorisation gives in clear; it may block."""
        self._db = db
        self._catalogue = catalogue
        self._clock = clock
        self._ledger = ledger
        self._consents = consents
        self._unseal = unseal
        self._new_id = new_id
        self._detail = InquiryDetail()
        self._reading = Reading(db)
        self._wanted = lru_cache(maxsize=1024)(self._find)

    async def ask(self, question: Question, who: Principal) -> Answer:
        """Answer one question, item by item; with `as_of`, what was known and valid at the end of that day; with
        `since`, also at the end of that earlier one.

        Raises SubjectUnknownError, ItemNotFoundError, AsOfError, KeyReusedError, AnswerChangedError,
        LedgerUnavailableError.
        """
        now = self._clock.now()
        if question.as_of is not None and question.as_of > self._clock.today():
            raise AsOfError(f"日期 {question.as_of} 还没有到", hint=f"最晚可查 {self._clock.today()}")
        code = question.subject.strip().upper()
        wanted = self._wanted(question.items)
        first = question.since or question.as_of  # the day for which most must be allowed
        request = Request(who.id, reader_of(who), code, question.purpose, who.items, who.member_id, first)
        if question.key is not None:
            before = await self._earlier(question, who)
            if before is not None:
                return await self._again(before, question, request, wanted, now)
        known = await self._known(request._replace(as_of=question.as_of), wanted)
        if known.code != code:
            request = request._replace(subject_code=known.code)
        taken: list[str] = []
        inquired = None
        try:
            decisions = await self._decide(request, wanted, known.consents, now, taken)
            items = await self._items(wanted, decisions, known)
            earlier = await self._items_since(question, request, wanted, decisions)
            body = _body(wanted, items, earlier)
            inquired = self._inquired(question, known.code, who, items, body, now)
            entry = Entry(KIND, now, who.id, who.member_id, known.code, self._about(inquired, question))
            leaf = await self._ledger.append(entry, self._detail, inquired)
        except AlreadyRecordedError:
            await self._give_back(taken, now)
            before = await self._earlier(question, who)
            assert before is not None  # noqa: S101  (it was just found)
            return await self._again(before, question, request, wanted, now)
        except Exception:
            if taken:
                await self._undo(taken, inquired, now)
            raise
        return Answer(
            inquired.id, leaf, known.subject, question.purpose, question.as_of, now, items, body, earlier=earlier
        )

    def _find(self, names: tuple[str, ...] | None) -> Wanted:
        """Raises ItemNotFoundError."""
        found = map(self._catalogue.item, names) if names else self._catalogue.items
        items = tuple({item.item: item for item in found}.values())  # each once
        return Wanted(items, tuple(item.item for item in items), tuple(map(profile, items)))

    # -- deciding ----------------------------------------------------------------------------------------------------

    async def _decide(
        self, request: Request, wanted: Wanted, views: Sequence[ConsentView], now: datetime, taken: list[str]
    ) -> list[Decision]:
        """A decision for each item; `taken`: the counted authorisations of which one use was taken."""
        spent: set[str] = set()
        while True:
            decisions = choose_each(request, views, wanted.profiles, now)
            counted = {one.consent for one in decisions if one.counted and one.consent is not None}
            untaken = sorted(counted.difference(taken))
            if not untaken:
                break
            if await self._consents.take_use(untaken[0], now):
                taken.append(untaken[0])
                continue
            assert request.member is not None  # noqa: S101  (only members have authorisations)
            spent.add(untaken[0])
            views = await self._consents.of(request.subject_code, request.member)
            views = [
                _spent(view, now) if view.id in spent else _again(view, taken) if view.id in taken else view
                for view in views
            ]
        for consent in [one for one in taken if one not in counted]:
            await self._consents.give_back(consent, now)
            taken.remove(consent)
        return decisions

    async def _undo(self, taken: list[str], inquired: Inquired | None, now: datetime) -> None:
        """Give back what was taken for a question that was not answered, unless it stands in the log although nobody
        was told (the connection was lost in the middle)."""
        try:
            async with self._db.acquire() as conn:
                if inquired is not None and await queries.recorded(conn, id=inquired.id):
                    return
            await self._give_back(taken, now)
        except Exception as error:  # what the caller hears is why there is no answer
            logger.warning("uses not given back", consents=taken, error=f"{type(error).__name__}: {error}")

    async def _give_back(self, taken: list[str], now: datetime) -> None:
        for consent in taken:
            await self._consents.give_back(consent, now)

    # -- reading -----------------------------------------------------------------------------------------------------

    async def _known(self, request: Request, wanted: Wanted) -> Known:
        """Raises SubjectUnknownError."""
        known = None
        if request.as_of is None:
            known = await self._reading.known(request.subject_code, request.member, wanted.names)
        if known is None:
            known = await self._reading.found(request.subject_code, request.member, wanted.names, request.as_of)
        if known is None:
            raise SubjectUnknownError(
                f"没有找到代码为 {request.subject_code} 的信用主体",
                hint="用 xinshu subject check 检查代码,或按名称查询",
            )
        return known

    async def _items(self, wanted: Wanted, decisions: Sequence[Decision], known: Known) -> list[ItemAnswer]:
        answers = []
        for item, decision in zip(wanted.items, decisions, strict=True):
            held = known.holdings.get(item.item)
            if held is None or held[2] == 0 or not decision.allowed:
                answers.append(ItemAnswer(item, decision, None, 0, None, None))
                continue
            document, masked, rows, version, updated = held
            if decision.view == "cut" or (decision.view == "masked" and masked is None):
                document = await self._cut(document, masked, decision)
                if decision.window is not None:
                    rows = document.count(b'"origin":')
            elif decision.view == "masked" and masked is not None:
                document = masked
            answers.append(ItemAnswer(item, decision, document, rows, version, updated))
        return answers

    async def _items_since(
        self, question: Question, request: Request, wanted: Wanted, decisions: Sequence[Decision]
    ) -> Sequence[ItemAnswer]:
        """The same items as they were known on the earlier day, where one is asked for."""
        if question.since is None:
            return ()
        known = await self._known(request._replace(as_of=question.since), wanted)
        return await self._items(wanted, decisions, known)

    async def _cut(self, document: bytes, masked: bytes | None, decision: Decision) -> bytes:
        if decision.form is not None and decision.form.opened:  # opening may block
            return await asyncio.to_thread(cut, document, masked, decision, self._unseal)
        return cut(document, masked, decision, self._unseal)

    # -- evidence ----------------------------------------------------------------------------------------------------

    def _inquired(
        self, question: Question, code: str, who: Principal, items: Sequence[ItemAnswer], body: bytes, now: datetime
    ) -> Inquired:
        consents = {one.decision.consent for one in items if one.decision.consent is not None}
        digest = self._ledger.suite.digest
        return Inquired(
            id=self._new_id(),
            at=now,
            principal=who.id,
            member_id=who.member_id,
            subject_code=code,
            purpose=question.purpose,
            reference=question.reference,
            consents=tuple(sorted(consents)),
            items={one.item.item: one.decision.code for one in items},
            result=digest(body),
            idempotency_key=question.key,
            request=digest(question.digest_input()) if question.key is not None else None,
        )

    def _about(self, inquired: Inquired, question: Question) -> dict[str, Any]:
        return {
            "inquiry": str(inquired.id),
            "purpose": inquired.purpose,
            "consents": list(inquired.consents),
            "items": inquired.items,
            "as_of": question.as_of.isoformat() if question.as_of is not None else None,
            "asked": inquired.asked(self._ledger.suite.digest),
            "result": inquired.result.hex(),
            **({"since": question.since.isoformat()} if question.since is not None else {}),
        }

    async def _earlier(self, question: Question, who: Principal) -> Any | None:
        async with self._db.acquire() as conn:
            return await queries.by_key(conn, owner=who.member_id or who.id, key=question.key)

    async def _again(self, earlier: Any, question: Question, request: Request, wanted: Wanted, now: datetime) -> Answer:
        """The same key again: the same inquiry, without another use or another leaf, as long as its answer is the same.

        What has changed since would be read without evidence and without being counted.
        """
        if earlier["request"] != self._ledger.suite.digest(question.digest_input()):
            raise KeyReusedError(
                f"幂等键 {question.key} 已用于另一次查询 {earlier['id']}", hint="每次查询用一个新的幂等键"
            )
        known = await self._known(request._replace(as_of=question.as_of), wanted)
        request = request._replace(subject_code=known.code)
        views = [_again(view, earlier["consents"]) for view in known.consents]
        decisions = choose_each(request, views, wanted.profiles, now)
        items = await self._items(wanted, decisions, known)
        since = await self._items_since(question, request, wanted, decisions)
        body = _body(wanted, items, since)
        if earlier["result"] != self._ledger.suite.digest(body):
            raise AnswerChangedError(
                f"幂等键 {question.key} 的查询 {earlier['id']} 已经答复,其后信息或授权有变化,不能再给同样的答复",
                hint="用新的幂等键重新查询",
                inquiry=str(earlier["id"]),
                leaf=earlier["leaf"],
            )
        return Answer(
            earlier["id"], earlier["leaf"], known.subject, question.purpose, question.as_of, earlier["at"], items, body,
            repeated=True, earlier=since,
        )  # fmt: skip


def _body(wanted: Wanted, items: Sequence[ItemAnswer], earlier: Sequence[ItemAnswer]) -> bytes:
    """What is digested: the items as JSON, then those of the earlier day."""
    body = items_json(wanted.profiles, items)
    return body + items_json(wanted.profiles, earlier) if earlier else body


def _spent(view: ConsentView, now: datetime) -> ConsentView:
    """The view as it must look when a use could not be taken, in case one was given back meanwhile."""
    if view.times is None:
        return view._replace(used=max(view.used, view.max_calls or 0))
    period = period_of(view.per, now.astimezone(CHINA).date())
    return view._replace(period=period, period_used=view.times)


def _again(view: ConsentView, relied_on: Sequence[str]) -> ConsentView:
    """The view for an answer that was counted already: of what it relied on, one use is left."""
    if not view.counted or view.id not in relied_on:
        return view
    return view._replace(
        state=State.ACTIVE if view.state is State.EXHAUSTED else view.state,
        max_calls=None if view.max_calls is None else max(view.max_calls, view.used + 1),
        times=None if view.times is None else max(view.times, view.period_used + 1),
    )
