"""Reading a subject's information: the gate is asked for each item, the evidence is durable before the answer leaves
(R1.1, R6.1, R11.2, R11.3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog

from xinshu.catalogue import Catalogue, Item
from xinshu.consent.forms import Unseal
from xinshu.consent.rules import Decision, Request, choose, cut, period_of, reader_of
from xinshu.consent.view import ConsentView, State
from xinshu.core.clock import CHINA, Clock
from xinshu.inquiry.evidence import Inquired, InquiryDetail, queries
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
from xinshu.ledger import AlreadyRecordedError, Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database

logger = structlog.get_logger(__name__)
KIND = "inquiry"
_SUBJECT = ("code", "old_number", "name", "kind", "division", "industry", "status", "size_class")


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


@dataclass(frozen=True, slots=True)
class Holding:
    """What is known of one item, in both forms; `masked` None where nothing is masked."""

    document: str
    masked: str | None
    rows: int
    version: int
    updated: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A subject, what is known of it, and what it authorised."""

    subject: dict[str, Any]
    code: str
    holdings: dict[str, Holding]
    consents: Sequence[ConsentView]


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
        new_id: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16), version=4),
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

    async def ask(self, question: Question, who: Principal) -> Answer:
        """Answer one question, item by item; with `as_of`, what was known and valid at the end of that day.

        Raises SubjectUnknownError, ItemNotFoundError, AsOfError, KeyReusedError, AnswerChangedError,
        LedgerUnavailableError.
        """
        now = self._clock.now()
        if question.as_of is not None and question.as_of > self._clock.today():
            raise AsOfError(f"日期 {question.as_of} 还没有到", hint=f"最晚可查 {self._clock.today()}")
        code = question.subject.strip().upper()
        catalogue = self._catalogue
        names = question.items or [item.item for item in catalogue.items]
        wanted = list({item.item: item for item in map(catalogue.item, names)}.values())  # each once
        request = Request(who.id, reader_of(who), code, question.purpose, who.items, who.member_id, question.as_of)
        if question.key is not None:
            earlier = await self._earlier(question, who)
            if earlier is not None:
                return await self._again(earlier, question, request, wanted, now)
        known = await self._known(request, wanted)
        request = replace(request, subject_code=known.code)
        taken: list[str] = []
        inquired = None
        try:
            decisions = await self._decide(request, wanted, known.consents, now, taken)
            items = await self._items(wanted, decisions, known)
            body = items_json(items)
            inquired = self._inquired(question, known.code, who, decisions, body, now)
            entry = Entry(KIND, now, who.id, who.member_id, known.code, self._about(inquired, question))
            leaf = await self._ledger.append(entry, self._detail, inquired)
        except AlreadyRecordedError:
            await self._give_back(taken, now)
            earlier = await self._earlier(question, who)
            assert earlier is not None  # noqa: S101  (it was just found)
            return await self._again(earlier, question, request, wanted, now)
        except Exception:
            if taken:
                await self._undo(taken, inquired, now)
            raise
        return Answer(inquired.id, leaf, known.subject, question.purpose, question.as_of, now, items, body)

    # -- deciding ----------------------------------------------------------------------------------------------------

    async def _decide(
        self, request: Request, wanted: Sequence[Item], views: Sequence[ConsentView], now: datetime, taken: list[str]
    ) -> dict[str, Decision]:
        """A decision for each item; `taken`: the counted authorisations of which one use was taken."""
        spent: set[str] = set()
        while True:
            decisions = {item.item: choose(request, views, item, now) for item in wanted}
            counted = {one.consent for one in decisions.values() if one.counted and one.consent is not None}
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

    async def _known(self, request: Request, wanted: Sequence[Item]) -> Known:
        """Raises SubjectUnknownError."""
        items = [item.item for item in wanted]
        async with self._db.acquire() as conn:
            if request.as_of is None:
                row = await queries.known(conn, code=request.subject_code, member=request.member, items=items)
                if row is not None:
                    return _of_row(row)
            found = await queries.find_subject(conn, code=request.subject_code)  # by its old number, or for a day
            if found is None:
                raise SubjectUnknownError(
                    f"没有找到代码为 {request.subject_code} 的信用主体",
                    hint="用 xinshu subject check 检查代码,或按名称查询",
                )
            rows = await self._holdings(conn, found["id"], request.as_of, items)
        subject = {name: found[name] for name in _SUBJECT}
        code = subject["code"] or subject["old_number"]
        consents = await self._consents.of(code, request.member) if request.member is not None else ()
        return Known(subject, code, rows, consents)

    @staticmethod
    async def _holdings(conn: Any, subject_id: int, as_of: date | None, items: list[str]) -> dict[str, Holding]:
        if as_of is None:
            rows = queries.holdings(conn, subject_id=subject_id, items=items)
        else:
            until = datetime.combine(as_of + timedelta(days=1), time(), CHINA)
            rows = queries.holdings_as_of(conn, subject_id=subject_id, items=items, until=until, day=as_of)
        return {
            row["item"]: Holding(row["document"], row["masked"], row["rows"], row["version"], row["updated"])
            async for row in rows
        }

    async def _items(
        self, wanted: Sequence[Item], decisions: dict[str, Decision], known: Known
    ) -> tuple[ItemAnswer, ...]:
        answers = []
        for item in wanted:
            decision, held = decisions[item.item], known.holdings.get(item.item)
            if decision.form is not None and decision.form.opened:
                answers.append(await asyncio.to_thread(self._item, item, decision, held))
            else:
                answers.append(self._item(item, decision, held))
        return tuple(answers)

    def _item(self, item: Item, decision: Decision, held: Holding | None) -> ItemAnswer:
        if held is None or held.rows == 0 or not decision.allowed:
            return ItemAnswer(item, decision, None, 0, None, None)
        rows = held.rows
        if decision.view == "cut" or (decision.view == "masked" and held.masked is None):
            document = cut(held.document, held.masked, decision, self._unseal)
            if decision.window is not None:
                rows = document.count(b'"origin":')
        else:
            text = held.masked if decision.view == "masked" and held.masked is not None else held.document
            document = text.encode()
        return ItemAnswer(item, decision, document, rows, held.version, held.updated)

    # -- evidence ----------------------------------------------------------------------------------------------------

    def _inquired(
        self, question: Question, code: str, who: Principal, decisions: dict[str, Decision], body: bytes,
        now: datetime,
    ) -> Inquired:  # fmt: skip
        consents = tuple(sorted({one.consent for one in decisions.values() if one.consent is not None}))
        codes = {item: decision.code for item, decision in decisions.items()}
        digest = self._ledger.suite.digest
        return Inquired(
            id=self._new_id(),
            at=now,
            principal=who.id,
            member_id=who.member_id,
            subject_code=code,
            purpose=question.purpose,
            reference=question.reference,
            consents=consents,
            items=codes,
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
        }

    async def _earlier(self, question: Question, who: Principal) -> Any | None:
        async with self._db.acquire() as conn:
            return await queries.by_key(conn, owner=who.member_id or who.id, key=question.key)

    async def _again(
        self, earlier: Any, question: Question, request: Request, wanted: Sequence[Item], now: datetime
    ) -> Answer:
        """The same key again: the same inquiry, without another use or another leaf, as long as its answer is the same.

        What has changed since would be read without evidence and without being counted.
        """
        if earlier["request"] != self._ledger.suite.digest(question.digest_input()):
            raise KeyReusedError(
                f"幂等键 {question.key} 已用于另一次查询 {earlier['id']}", hint="每次查询用一个新的幂等键"
            )
        known = await self._known(request, wanted)
        request = replace(request, subject_code=known.code)
        views = [_again(view, earlier["consents"]) for view in known.consents]
        decisions = {item.item: choose(request, views, item, now) for item in wanted}
        items = await self._items(wanted, decisions, known)
        body = items_json(items)
        if earlier["result"] != self._ledger.suite.digest(body):
            raise AnswerChangedError(
                f"幂等键 {question.key} 的查询 {earlier['id']} 已经答复,其后信息或授权有变化,不能再给同样的答复",
                hint="用新的幂等键重新查询",
                inquiry=str(earlier["id"]),
                leaf=earlier["leaf"],
            )
        return Answer(
            earlier["id"], earlier["leaf"], known.subject, question.purpose, question.as_of, earlier["at"], items, body,
            repeated=True,
        )  # fmt: skip


def _of_row(row: Any) -> Known:
    holdings = {}
    if row["items"] is not None:
        columns = (row["documents"], row["masked"], row["rows"], row["versions"], row["updated"])
        holdings = {item: Holding(*about) for item, *about in zip(row["items"], *columns, strict=True)}
    told = row["consents"]
    consents = [ConsentView.of_json(one) for one in orjson.loads(told)] if told is not None else ()
    return Known({name: row[name] for name in _SUBJECT}, row["code"], holdings, consents)


def _spent(view: ConsentView, now: datetime) -> ConsentView:
    """The view as it must look when a use could not be taken, in case one was given back meanwhile."""
    if view.times is None:
        return replace(view, used=max(view.used, view.max_calls or 0))
    period = period_of(view.per, now.astimezone(CHINA).date())
    return replace(view, period=period, period_used=view.times)


def _again(view: ConsentView, relied_on: Sequence[str]) -> ConsentView:
    """The view for an answer that was counted already: of what it relied on, one use is left."""
    if not view.counted or view.id not in relied_on:
        return view
    return replace(
        view,
        state=State.ACTIVE if view.state is State.EXHAUSTED else view.state,
        max_calls=None if view.max_calls is None else max(view.max_calls, view.used + 1),
        times=None if view.times is None else max(view.times, view.period_used + 1),
    )
