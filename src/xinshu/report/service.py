"""Issuing reports: the gate is asked for every item, the evidence is durable before anything is handed out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import orjson

from xinshu.consent.purposes import Purposes
from xinshu.consent.rules import Reader as Capacity
from xinshu.consent.rules import reader_of
from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.evaluate.service import EvaluationService, NoModelError
from xinshu.inquiry.model import Answer, AsOfError, Question, SubjectUnknownError
from xinshu.inquiry.service import InquiryService
from xinshu.ledger import AlreadyRecordedError, Entry, Ledger
from xinshu.members.model import Principal, Resource
from xinshu.members.permissions import Permissions, decide
from xinshu.report import rules, store
from xinshu.report.errors import ReportKeyReusedError, ReportQuestionError
from xinshu.report.evidence import KIND, Fact, Made, ReportDetail, queries
from xinshu.report.model import EvaluationPart, Named, Reader, ReaderKind, Report, Text, Variant
from xinshu.report.numbers import RandomBytes, make_check_code, make_number
from xinshu.report.observed import observe
from xinshu.report.reasons import NO_MODEL, NO_RIGHT, USE_FORBIDDEN
from xinshu.report.rules import Frame, Told
from xinshu.report.store import Stored
from xinshu.store import Database

ABANDONED = timedelta(hours=1)
_KINDS = {
    Capacity.OPERATOR: ReaderKind.OPERATOR,
    Capacity.SUBJECT: ReaderKind.FIRM,
    Capacity.INSTITUTION: ReaderKind.INSTITUTION,
    Capacity.AUTHORITY: ReaderKind.GOVERNMENT,
}
_USUAL = {Capacity.OPERATOR: "upkeep", Capacity.SUBJECT: "own"}


@dataclass(frozen=True)
class Asked:
    """What report is asked for. `purpose`: empty for the firm and the platform means their usual one."""

    subject: str
    variant: Variant = Variant.PRE_LOAN
    purpose: str = ""
    as_of: date | None = None
    since: date | None = None
    reference: str | None = None

    def digest_input(self) -> bytes:
        """What must be equal for two questions to be the same."""
        return orjson.dumps([self.subject, self.variant, self.purpose, self.as_of, self.since, self.reference])


@dataclass(frozen=True)
class Issued:
    """A report as issued. `repeated`: the same key was answered before, with this report."""

    stored: Stored
    repeated: bool = False


class ReportService:
    """Makes the reports of a node."""

    def __init__(
        self, db: Database, clock: Clock, frame: Frame, purposes: Purposes, ledger: Ledger, inquiry: InquiryService,
        evaluation: EvaluationService, vault: Sealer, table: Permissions, days: int,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:  # fmt: skip
        """`days`: for how long documents are kept."""
        self.frame = frame
        self.days = days
        self._db = db
        self._clock = clock
        self._purposes = purposes
        self._ledger = ledger
        self._inquiry = inquiry
        self._evaluation = evaluation
        self._vault = vault
        self._table = table
        self._random_bytes = random_bytes
        self._detail = ReportDetail()

    async def issue(self, asked: Asked, who: Principal, key: str | None = None) -> Issued:
        """Make a report for this reader; with the same `key`, the same report. One use of the authorisations.

        Raises ReportQuestionError, SubjectUnknownError, AsOfError, ReportKeyReusedError, AnswerChangedError,
        LedgerUnavailableError.
        """
        began, owner = perf_counter(), who.member_id or who.id
        purpose, as_of = self._purpose(asked, who), self._day(asked)
        if key is not None:
            earlier = await self._earlier(asked, owner, key)
            if earlier is not None:
                return earlier
        items = self.frame.layout.items(self.frame.catalogue, asked.variant)
        subject, facts = await self._facts(asked, items, as_of)
        code = subject["code"] or subject["old_number"]
        # A blank is in no key of an inquiry, so that this one meets no other of the same member.
        inner = f"report {key}" if key is not None else None
        question = Question(code, purpose.code, tuple(items), as_of, asked.reference, inner, asked.since)
        answer = await self._inquiry.ask(question, who)
        evaluation = await self._evaluate(code, purpose.code, as_of, who)
        _, after = await self._facts(asked, items, as_of)  # what came in meanwhile may be in the answer
        async with self._db.acquire() as conn:
            registers = [item for item in self.frame.catalogue.items if item.subject.role == "registry"]
            head = rules.head_of(subject, await store.registered(conn, subject["id"], registers, as_of))
        told = Told(
            asked.variant, purpose, as_of, asked.since, head, answer.items, answer.earlier, evaluation
        )  # fmt: skip
        report = await asyncio.to_thread(self._build, told, who)
        given = {one.item.item for one in answer.items if one.decision.allowed}
        kept = tuple(sorted(one for one in facts | after if one.item in given))
        made = self._made(asked, report, subject["id"], who, key, answer, kept)
        try:
            stored = await self._keep(made, report)
        except AlreadyRecordedError:
            found = await self._earlier(asked, owner, key or "")
            assert found is not None  # noqa: S101  (it was just found)
            return found
        observe(asked.variant, perf_counter() - began)
        return Issued(stored)

    # -- what is asked -----------------------------------------------------------------------------------------------

    def _purpose(self, asked: Asked, who: Principal) -> Named:
        capacity = reader_of(who)
        code = asked.purpose or _USUAL.get(capacity, "")
        own = self.frame.layout.purposes.get(code)
        if own is not None and _KINDS[capacity] in own.readers:
            return Named(code=code, name=Text(zh=own.name.zh, en=own.name.en))
        if own is None:
            known = {one.purpose: one.name for one in self._purposes}
            if code in known:
                return Named(code=code, name=Text(zh=known[code].zh, en=known[code].en))
        usable = [one.purpose for one in self._purposes]
        usable += [name for name, one in self.frame.layout.purposes.items() if _KINDS[capacity] in one.readers]
        raise ReportQuestionError(
            f"用途 {code or '(没有填写)'} 不能用于出具报告", hint=f"可用:{'、'.join(usable)}", reason="purpose"
        )

    def _day(self, asked: Asked) -> date:
        """The day of the report."""
        today = self._clock.today()
        as_of = asked.as_of or today
        if as_of > today:
            raise AsOfError(f"日期 {as_of} 还没有到", hint=f"最晚可查 {today}")
        changed = asked.variant is Variant.POST_LOAN_CHANGE
        if changed and asked.since is None:
            raise ReportQuestionError(
                "贷后变动报告须写明起始日期 since", hint="填写上次报告的日期,如放款日", reason="since"
            )
        if not changed and asked.since is not None:
            raise ReportQuestionError(
                f"报告类型 {asked.variant} 没有起始日期 since",
                hint="改用 post_loan_change,或去掉 since",
                reason="since",
            )
        if asked.since is not None and asked.since >= as_of:
            raise ReportQuestionError(
                f"起始日期 {asked.since} 不早于报告日期 {as_of}", hint="起始日期应早于报告日期", reason="since"
            )
        return as_of

    async def _earlier(self, asked: Asked, owner: str, key: str) -> Issued | None:
        """The report that was issued with this key. Raises ReportKeyReusedError."""
        async with self._db.acquire() as conn:
            row = await queries.by_key(conn, owner=owner, key=key)
        if row is None:
            return None
        stored = Stored.of(row)
        if stored.request != self._ledger.suite.digest(asked.digest_input()):
            raise ReportKeyReusedError(
                f"幂等键 {key} 已用于另一份报告 {stored.number}", hint="每份报告用一个新的幂等键", report=stored.number
            )
        return Issued(stored, repeated=True)

    # -- what it says ------------------------------------------------------------------------------------------------

    async def _facts(self, asked: Asked, items: list[str], as_of: date) -> tuple[Mapping[str, Any], set[Fact]]:
        """The subject, and the facts that are read of it."""
        code = asked.subject.strip().upper()
        async with self._db.acquire() as conn:
            subject = await queries.subject_of(conn, code=code)
            if subject is None:
                raise SubjectUnknownError(f"没有找到代码为 {code} 的信用主体", hint="核对代码,或按名称查找")
            facts = await store.facts_on(conn, subject["id"], items, as_of)
            if asked.since is not None:
                facts |= await store.facts_on(conn, subject["id"], items, asked.since)
        return subject, facts

    async def _evaluate(self, code: str, purpose: str, as_of: date, who: Principal) -> EvaluationPart | Text:
        """The evaluation of the day, or why there is none."""
        if not decide(self._table, who, "read", Resource("evaluation", subject=code)).allowed:
            return NO_RIGHT
        exact = reader_of(who) in (Capacity.SUBJECT, Capacity.OPERATOR)
        try:
            found = await self._evaluation.evaluate(code, as_of, exact=exact)
        except NoModelError:
            return NO_MODEL
        return rules.evaluated(found) if purpose in found.card.uses.allowed else USE_FORBIDDEN

    def _build(self, told: Told, who: Principal) -> Report:
        """The whole document; work for a thread, as some have thousands of facts."""
        issuer, now = self.frame.issuer, self._clock.now()
        report = rules.build(
            self.frame,
            told,
            number=make_number(issuer.code, self._clock.today(), self._random_bytes),
            check_code=make_check_code(self._random_bytes),
            issued_at=now,
            reader=self._reader(who, told.head["name"]),
        )
        digest = self._ledger.suite.digest(report.content()).hex()
        return report.model_copy(update={"content_digest": digest})

    def _reader(self, who: Principal, firm: str) -> Reader:
        kind = _KINDS[reader_of(who)]
        if kind is ReaderKind.OPERATOR:
            return Reader(kind=kind, code=self.frame.issuer.code, name=self.frame.issuer.name)
        if who.member is not None:
            return Reader(kind=kind, code=who.member.id, name=who.member.name)
        return Reader(kind=kind, code=who.subject or "", name=firm)

    # -- evidence ----------------------------------------------------------------------------------------------------

    def _made(
        self, asked: Asked, report: Report, subject_id: int, who: Principal, key: str | None, answer: Answer,
        facts: tuple[Fact, ...],
    ) -> Made:  # fmt: skip
        digest = self._ledger.suite.digest
        decided = {one.item.item: one.decision for one in answer.items}
        return Made(
            number=report.number,
            check_code=report.check_code,
            at=report.issued_at,
            principal=who.id,
            member_id=who.member_id,
            subject_id=subject_id,
            subject_code=report.subject.code,
            reader_kind=report.reader.kind,
            reader_name=report.reader.name,
            variant=asked.variant,
            purpose=report.purpose.code,
            reference=asked.reference,
            as_of=report.as_of,
            since=report.since,
            layout_version=report.layout_version,
            inquiry=answer.id,
            consents=tuple(sorted({one.consent for one in decided.values() if one.consent is not None})),
            items=tuple(number for number, one in decided.items() if one.allowed),
            grade=report.evaluation.grade if report.evaluation is not None else None,
            digest=digest(report.canonical()),
            content_digest=bytes.fromhex(report.content_digest),
            facts=facts,
            expires_at=report.issued_at + timedelta(days=self.days),
            idempotency_key=key,
            request=digest(asked.digest_input()) if key is not None else None,
        )

    async def _keep(self, made: Made, report: Report) -> Stored:
        """The document first, then the row with its leaf: what has no leaf is handed to nobody."""
        text = await asyncio.to_thread(store.sealed, self._vault, made.number, made.subject_code, report.canonical())
        async with self._db.acquire() as conn:
            await queries.insert_document(conn, number=made.number, sealed=text, at=made.at, expires_at=made.expires_at)
        about = made.about(self._ledger.suite.digest)
        entry = Entry(KIND, made.at, made.principal, made.member_id, made.subject_code, about)
        try:
            await self._ledger.append(entry, self._detail, made)
        except AlreadyRecordedError:
            async with self._db.acquire() as conn:
                await queries.forget_document(conn, number=made.number)
            raise
        async with self._db.acquire() as conn:
            return Stored.of(await queries.report(conn, number=made.number))

    async def remove_expired(self) -> int:
        """Delete documents whose time is over, and those of issues cut short; how many."""
        now = self._clock.now()
        async with self._db.acquire() as conn:
            return int(await queries.remove_expired(conn, now=now, abandoned=now - ABANDONED))
