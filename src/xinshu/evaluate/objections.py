"""Objections and their review by a person; each step is a leaf of the log of evidence, in its own transaction (R2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID, uuid4

import orjson

from xinshu.catalogue import ItemNotFoundError
from xinshu.core.clock import Clock
from xinshu.core.working_days import Calendar, add_working_days
from xinshu.evaluate import dispute
from xinshu.evaluate.dispute import Objection, ObjectionNotFoundError, Stage
from xinshu.evaluate.explain import Evaluation
from xinshu.evaluate.loader import Book
from xinshu.evaluate.models import Models
from xinshu.evaluate.single import parsed
from xinshu.ledger import with_change
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.evaluate")
KIND = "evaluation_objection"


class Evaluate(Protocol):
    """`EvaluationService.evaluate`."""

    async def __call__(self, code: str, as_of: date | None = None, *, exact: bool = True) -> Evaluation:
        """The evaluation of a subject."""
        ...


@dataclass(frozen=True)
class RecordRef:
    """A record: item, batch and as much of it as tells it from others. `what`: what is wrong with it."""

    item: str
    batch: int
    about: dict[str, Any]
    what: str = ""


@dataclass(frozen=True)
class Detail:
    """An objection with its steps, and the records that were found wrong."""

    objection: Objection
    steps: list[dict[str, Any]]
    wrong: list[dict[str, Any]]


class Objections:
    """Objections of a node."""

    def __init__(
        self, db: Database, book: Book, clock: Clock, models: Models, evaluate: Evaluate, calendar: Calendar, days: int,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:  # fmt: skip
        """`days`: working days within which an objection is to be decided."""
        self.days = days
        self._db = db
        self._book = book
        self._clock = clock
        self._models = models
        self._evaluate = evaluate
        self._calendar = calendar
        self._new_id = new_id

    async def enter(
        self, code: str, about: str, text: str, who: Principal, indicator: str | None = None,
        fact: RecordRef | None = None,
    ) -> Detail:  # fmt: skip
        """Take in an objection to the evaluation as it is now.

        Raises SubjectUnknownError, NoModelError, ObjectionInvalidError, ObjectionExistsError, RecordUnknownError.
        """
        dispute.check_shape(about, indicator, fact)
        found = await self._evaluate(code)
        if indicator is not None and indicator not in found.card.indicators():
            raise dispute.ObjectionInvalidError(
                f"指标 {indicator} 不在评价模型 {found.card.id} 中", hint="从评价的指标中选择"
            )
        now, today, id = self._clock.now(), self._clock.today(), self._new_id()
        async with self._db.transaction() as conn:
            subject_id = found.subject["id"]
            named = await self._named(conn, subject_id, fact) if fact is not None else None
            kept = orjson.dumps({name: named[name] for name in ("item", "provider", "batch", "about")}).decode() \
                if named is not None else None  # fmt: skip
            if await queries.same_objection(conn, subject_id=subject_id, about=about, indicator=indicator, fact=kept):
                raise dispute.ObjectionExistsError("对同一内容的异议正在办理", hint="在“我的异议”中查看办理进度")
            await queries.insert_objection(
                conn, id=id, subject_id=subject_id, subject_code=found.code, model=found.card.id,
                version=found.card.version, as_of=found.as_of, score=found.score.score, grade=found.score.grade,
                about=about, indicator=indicator, fact=kept, text=text, by=who.id, by_name=who.name, now=now,
                due=add_working_days(self._calendar, today, self.days),
            )  # fmt: skip
            await self._step(conn, id, "enter", Stage.RECEIVED, who, found.code, about_what=about, indicator=indicator)
        return await self.detail(id)

    async def take(self, id: UUID, who: Principal) -> Detail:
        """Begin a review, or take it over. Raises ObjectionNotFoundError, ObjectionStateError, ReviewerError."""
        async with self._db.transaction() as conn:
            one = await self._locked(conn, id)
            dispute.check_open(one)
            model = await self._models.get(one.model, one.version)
            runners = [row["principal"] async for row in queries.runners(conn, at=one.entered_at)]
            dispute.check_reviewer(who.id, model, one, runners)
            await queries.take_objection(conn, id=id, reviewer=who.id, reviewer_name=who.name, now=self._clock.now())
            await self._step(conn, id, "take", Stage.IN_REVIEW, who, one.subject_code)
        return await self.detail(id)

    async def decide(
        self, id: UUID, outcome: Stage, reasons: str, wrong: Sequence[RecordRef], who: Principal
    ) -> Detail:
        """Decide with reasons. What is upheld is evaluated again; records wrong at their source are named to providers.

        Raises ObjectionNotFoundError, ObjectionStateError, ReviewerError, ObjectionInvalidError, RecordUnknownError.
        """
        if outcome is Stage.REJECTED and wrong:
            raise dispute.ObjectionInvalidError("异议不成立时不应列出有误的记录", hint="改为部分成立,或者去掉这些记录")
        async with self._db.transaction() as conn:
            one = await self._locked(conn, id)
            dispute.check_open(one, Stage.IN_REVIEW)
            dispute.check_reviews(who.id, one)
            await queries.decide_objection(conn, id=id, state=outcome, reasons=reasons, now=self._clock.now())
            providers = set()
            for ref in wrong:
                named = await self._named(conn, one.subject_id, ref)
                providers.add(named["provider"])
                await queries.insert_wrong_record(
                    conn, objection=id, subject_id=one.subject_id, item=named["item"], provider=named["provider"],
                    batch=named["batch"], about=orjson.dumps(named["about"]).decode(), what=ref.what,
                    now=self._clock.now(),
                )  # fmt: skip
            if outcome is not Stage.REJECTED:
                await queries.mark_subject(conn, subject_id=one.subject_id)
            await self._step(
                conn, id, "decide", outcome, who, one.subject_code, wrong=len(wrong),
                providers=sorted(providers),
            )  # fmt: skip
        return await self.detail(id)

    async def withdraw(self, id: UUID, who: Principal) -> Detail:
        """Taken back by the firm. Raises ObjectionNotFoundError, ObjectionStateError."""
        async with self._db.transaction() as conn:
            one = await self._locked(conn, id)
            dispute.check_open(one)
            await queries.withdraw_objection(conn, id=id, now=self._clock.now())
            await self._step(conn, id, "withdraw", Stage.WITHDRAWN, who, one.subject_code)
        return await self.detail(id)

    async def see(self, id: UUID, who: Principal) -> None:
        """The firm has read what was decided."""
        async with self._db.transaction() as conn:
            one = await self._locked(conn, id)
            if one.unseen:
                await queries.see_objection(conn, id=id, now=self._clock.now())
                await self._step(conn, id, "see", one.state, who, one.subject_code)

    async def detail(self, id: UUID) -> Detail:
        """One with its steps. Raises ObjectionNotFoundError."""
        async with self._db.acquire() as conn:
            row = await queries.objection(conn, id=id)
            if row is None:
                raise _unknown(id)
            steps = [dict(step) async for step in queries.objection_steps(conn, id=id)]
            wrong = [
                {**dict(one), "about": orjson.loads(one["about"])}
                async for one in queries.wrong_records_of(conn, id=id)
            ]
        return Detail(Objection.of(row), steps, wrong)

    async def page(
        self, scopes: str, *, state: str | None = None, subject: str | None = None, open: bool = False,
        overdue: bool = False, unseen: bool = False, page: int = 1, page_size: int = 20,
    ) -> tuple[int, list[Objection]]:  # fmt: skip
        """How many there are within `scopes`, and a page of them; those under way first."""
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.objections(
                    conn, scopes=scopes, state=state, subject=subject, open=open, overdue=overdue, unseen=unseen,
                    today=self._clock.today(), size=page_size, skip=(page - 1) * page_size,
                )
            ]  # fmt: skip
        return (rows[0]["total"] if rows else 0), [Objection.of(row) for row in rows]

    async def named(self, scopes: str, page: int = 1, page_size: int = 20) -> tuple[int, list[dict[str, Any]]]:
        """Records named to providers within `scopes`, newest first."""
        async with self._db.acquire() as conn:
            rows = queries.wrong_records(conn, scopes=scopes, size=page_size, skip=(page - 1) * page_size)
            found = [{**dict(row), "about": orjson.loads(row["about"])} async for row in rows]
        return (found[0]["total"] if found else 0), found

    async def _locked(self, conn: Any, id: UUID) -> Objection:
        row = await queries.objection_for_update(conn, id=id)
        if row is None:
            raise _unknown(id)
        return Objection.of(row)

    async def _named(self, conn: Any, subject_id: int, ref: RecordRef) -> dict[str, Any]:
        """The record with its provider; only what is not personal is kept of it. Raises RecordUnknownError."""
        try:
            item = self._book.catalogue.item(ref.item)
        except ItemNotFoundError:
            raise dispute.RecordUnknownError(f"目录中没有事项 {ref.item}", hint="从评价所列的记录中选择") from None
        about = dispute.identifying(item, ref.about)
        async for row in queries.records_of_batch(conn, subject_id=subject_id, item=item.item, batch=ref.batch):
            payload: Any = parsed(row["payload"])
            if dispute.fits(payload, about):
                return {"item": item.item, "provider": row["provider"], "batch": ref.batch, "about": about}
        raise dispute.RecordUnknownError(
            f"批次 {ref.batch} 中没有该主体的这条记录(事项 {item.item})", hint="从评价所列的记录中选择"
        )

    async def _step(
        self, conn: Any, id: UUID, event: str, stage: Stage, who: Principal, code: str, **about: Any
    ) -> None:
        now = self._clock.now()
        await queries.insert_objection_step(
            conn, id=id, event=event, state=stage, actor=who.id, actor_name=who.name, now=now
        )
        await with_change(
            conn, KIND, now, principal=who.id, member_id=who.member_id, subject=code, objection=str(id), event=event,
            state=stage.value, **about,
        )  # fmt: skip


def _unknown(id: UUID) -> ObjectionNotFoundError:
    return ObjectionNotFoundError(f"没有异议 {id}", hint="核对编号,或者从列表中选择")
