"""Evaluating subjects: one with its reasons, all of them, those touched since; reading what was stored."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from xinshu.consent.rules import Reader, reader_of
from xinshu.core.clock import Clock
from xinshu.evaluate import explain, improve, run
from xinshu.evaluate.conditions import (
    Conditions,
    FullRunNeededError,
    NoModelError,
    NothingStoredError,
    UseForbiddenError,
    check_use,
    no_model,
)
from xinshu.evaluate.course import Course, Courses
from xinshu.evaluate.days import Day
from xinshu.evaluate.explain import Evaluation, Record
from xinshu.evaluate.life import StoredModel
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Values
from xinshu.evaluate.models import Models, in_force
from xinshu.evaluate.objections import Objections
from xinshu.evaluate.portfolio import Portfolios
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.scoring import score
from xinshu.evaluate.single import parsed
from xinshu.evaluate.validating import Validating
from xinshu.inquiry.model import AsOfError, SubjectUnknownError
from xinshu.jobs import JobNotNowError
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries
from xinshu.store.workbench import Workbenches

__all__ = [
    "Conditions", "Done", "EvaluationService", "FullRunNeededError", "NoModelError", "NothingStoredError",
    "UseForbiddenError",
]  # fmt: skip
queries = load_queries("xinshu.evaluate")
KIND = "evaluation"
TOUCHED = 20_000  # subjects of one refresh


@dataclass(frozen=True)
class Done:
    """What a run did."""

    kind: str
    as_of: date
    subjects: int
    changed: int
    left: int = 0  # subjects still marked


class EvaluationService:
    """Indicators and evaluations of a node."""

    def __init__(
        self, db: Database, book: Book, clock: Clock, ledger: Ledger | None, benches: Workbenches,
        engine: Callable[[], run.Engine] | None = None, conditions: Conditions | None = None,
    ) -> None:  # fmt: skip
        """`ledger`: None on the command line, where only whoever has the database reads. `engine`: made at first use,
        as compiling takes seconds."""
        conditions = conditions or Conditions()
        self.book = book
        self.models = Models(db, book, clock)
        self.advice = conditions.advice
        self.courses = Courses(db, book, clock, ledger, self._records, conditions.course_months)
        self.objections = Objections(
            db, book, clock, self.models, self.evaluate, conditions.calendar, conditions.objection_days
        )
        self.portfolios = Portfolios(db, book, clock, ledger)
        self._validating = Validating(db, book, self.models, benches)
        self._db = db
        self._clock = clock
        self._ledger = ledger
        self._benches = benches
        self._make = engine or (lambda: run.Engine.of(book))
        self._engine: run.Engine | None = None
        self._making = asyncio.Lock()

    def today(self) -> date:
        """The day in China."""
        return self._clock.today()

    async def engine(self) -> run.Engine:
        """Compiled once."""
        async with self._making:
            if self._engine is None:
                self._engine = await asyncio.to_thread(self._make)
            return self._engine

    # -- one subject -------------------------------------------------------------------------------------------------

    async def read(self, code: str, purpose: str, who: Principal, as_of: date | None = None) -> Evaluation:
        """The evaluation of a subject by the model in force, with its reasons, as this reader may see it.

        The firm and the platform see values and the facts behind them; others see bands, and facts of open items.
        Recorded as evidence before it is given. Raises SubjectUnknownError, NoModelError, UseForbiddenError,
        AsOfError, LedgerUnavailableError.
        """
        found = await self.evaluate(code, as_of, exact=exact_for(who))
        check_use(found.card, purpose)
        about = {
            "model": found.card.id, "version": found.card.version, "as_of": found.as_of.isoformat(),
            "purpose": purpose, "score": found.score.score, "grade": found.score.grade,
        }  # fmt: skip
        return found.with_leaf(await self._looked(found.code, who, about))

    async def course(
        self, code: str, purpose: str, who: Principal, since: date | None = None, until: date | None = None
    ) -> Course:
        """How the evaluation of a subject went, under the rule of `read`.

        Raises SubjectUnknownError, NoModelError, UseForbiddenError, LedgerUnavailableError.
        """
        async with self._db.acquire() as conn:
            subject = await self._subject(conn, code)
            cards = [card for card in await in_force(conn) if subject["kind"] in card.kinds]
        if not cards:
            raise no_model(subject["kind"])
        check_use(cards[0], purpose)
        return await self.courses.read(dict(subject), purpose, who, since, until)

    async def improvements(self, code: str, who: Principal) -> dict[str, Any]:
        """What would improve the evaluation, for the firm and the platform; recorded as evidence. Raises as `read`."""
        found, values = await self._evaluated(code, None, exact=True)
        better = improve.improvements(found.card, self.book, self.advice, values, found.score)
        about = {
            "model": found.card.id,
            "version": found.card.version,
            "look": "improvements",
            "steps": len(better.steps),
        }
        leaf = await self._looked(found.code, who, about)
        return improve.as_json(better, found, self.book, self.advice, found.facts) | {"leaf": leaf}

    async def _looked(self, code: str, who: Principal, about: Mapping[str, Any]) -> int:
        """The leaf of a look."""
        assert self._ledger is not None  # noqa: S101  (routes are served with one)
        return await self._ledger.append(Entry(KIND, self._clock.now(), who.id, who.member_id, code, about))

    async def evaluate(self, code: str, as_of: date | None = None, *, exact: bool = True) -> Evaluation:
        """The same without evidence, for the platform itself. Raises as `read`."""
        return (await self._evaluated(code, as_of, exact=exact))[0]

    async def _evaluated(self, code: str, as_of: date | None, *, exact: bool) -> tuple[Evaluation, Values]:
        day = Day(self._day(as_of))
        engine = await self.engine()
        async with self._db.acquire() as conn:
            subject = await self._subject(conn, code)
            cards = [card for card in await in_force(conn) if subject["kind"] in card.kinds]
            if not cards:
                raise no_model(subject["kind"])
            records = await self._records(conn, subject["id"], as_of)
            disputed = await queries.disputed(conn, subject_id=subject["id"])
        payloads = {item: [one.data for one in rows] for item, rows in records.items()}
        values = engine.single.evaluate(payloads, day, cards[0].indicators())
        result = score(cards[0], values)
        found = explain.evaluation(engine, cards[0], dict(subject), result, records, day, exact=exact)
        return replace(found, disputed=disputed), values

    async def indicators(self, code: str, as_of: date | None = None) -> tuple[dict[str, Any], Values]:
        """All indicators of a subject, computed now. Raises SubjectUnknownError, AsOfError."""
        day = Day(self._day(as_of))
        engine = await self.engine()
        async with self._db.acquire() as conn:
            subject = await self._subject(conn, code)
            records = await self._records(conn, subject["id"], as_of)
        payloads = {item: [one.data for one in rows] for item, rows in records.items()}
        return dict(subject), engine.single.evaluate(payloads, day)

    def _day(self, as_of: date | None) -> date:
        today = self._clock.today()
        if as_of is not None and as_of > today:
            raise AsOfError(f"日期 {as_of} 还没有到", hint=f"最晚可查 {today}")
        return as_of or today

    @staticmethod
    async def _subject(conn: Any, code: str) -> Any:
        found = await queries.subject_known(conn, code=code.strip().upper())
        if found is None:
            raise SubjectUnknownError(f"没有找到代码为 {code} 的信用主体", hint="用 xinshu subject check 检查代码")
        return found

    async def _records(self, conn: Any, subject_id: int, as_of: date | None) -> dict[str, list[Record]]:
        """What is known, by item; now from the documents, for a day from the records."""
        items = self.book.items()
        found: defaultdict[str, list[Record]] = defaultdict(list)
        if as_of is None or as_of == self._clock.today():
            async for row in queries.holdings(conn, subject_id=subject_id, items=items):
                found[row["item"]] += [Record.of_document(one) for one in parsed(row["document"])]
        else:
            until = run.end_of(as_of)
            async for row in queries.records_as_of(conn, subject_id=subject_id, items=items, until=until):
                found[row["item"]].append(Record.of_row(row))
        return found

    # -- many subjects -----------------------------------------------------------------------------------------------

    async def run_full(
        self, who: Principal, as_of: date | None = None, progress: Callable[[int, int], None] | None = None,
        piece: int = run.PIECE,
    ) -> Done:  # fmt: skip
        """Evaluate everybody; bounded memory. Raises AsOfError, JobNotNowError while another run is under way."""
        day, engine = Day(self._day(as_of)), await self.engine()
        async with self._db.transaction() as conn:
            bounds = await queries.subject_bounds(conn)
            await self._alone(conn)
            # Marks made before this moment are answered by what is read from now on.
            await queries.spread_batches(conn)
            number = await queries.begin_run(conn, kind="full", as_of=day.day, principal=who.id, now=self._clock.now())
        subjects = changed = 0
        bench = await asyncio.to_thread(self._benches.take)
        try:
            for low in range(bounds["low"], bounds["high"] + 1, piece):
                high = min(low + piece, bounds["high"] + 1)
                async with self._db.transaction() as conn:
                    await self._alone(conn)
                    await queries.forget_dirty(conn, low=low, high=high)
                    cards = await in_force(conn)
                    some = await run.piece(conn, bench, engine, cards, day, self._clock.now(), bounds=(low, high))
                subjects, changed = subjects + some[0], changed + some[1]
                if progress is not None:
                    progress(high - bounds["low"], bounds["high"] + 1 - bounds["low"])
        finally:
            await asyncio.to_thread(self._benches.give_back, bench)
        async with self._db.transaction() as conn:
            await queries.end_run(conn, id=number, now=self._clock.now(), subjects=subjects, changed=changed)
        return Done("full", day.day, subjects, changed)

    async def run_touched(self, who: Principal, *, at_most: int = TOUCHED, needs_full: bool = False) -> Done:
        """Evaluate the subjects touched since, as of today. Untouched ones keep what was computed for their day.

        `needs_full`: insist on a full run of today, so that the whole is what a full run would give.
        Raises FullRunNeededError, JobNotNowError.
        """
        day, engine = Day(self._clock.today()), await self.engine()
        async with self._db.acquire() as conn:
            if needs_full:
                last = await queries.last_full_run(conn)
                if last is None or last["as_of"] != day.day:
                    raise FullRunNeededError(f"没有 {day.day} 的全量评价", hint="先执行 xinshu evaluate run --full")
        bench = await asyncio.to_thread(self._benches.take)
        try:
            async with self._db.transaction() as conn:
                await self._alone(conn)
                await queries.spread_batches(conn)
                chosen = sorted({row["subject_id"] async for row in queries.take_dirty(conn, most=at_most)})
                subjects = changed = 0
                if chosen:
                    now = self._clock.now()
                    number = await queries.begin_run(conn, kind="incremental", as_of=day.day, principal=who.id, now=now)
                    cards = await in_force(conn)
                    subjects, changed = await run.piece(conn, bench, engine, cards, day, now, chosen=chosen)
                    await queries.end_run(conn, id=number, now=self._clock.now(), subjects=subjects, changed=changed)
                left = await queries.count_dirty(conn)
        finally:
            await asyncio.to_thread(self._benches.give_back, bench)
        return Done("incremental", day.day, subjects, changed, left["subjects"])

    async def keep_courses(self) -> None:
        """Make past evaluations anew that rest on what was taken back since; forget what is older than it is kept."""
        await self.courses.mend(await self.engine())
        await self.courses.forget()

    async def waiting(self) -> int:
        """Marks that wait: more than none means that `run_touched` has work."""
        async with self._db.acquire() as conn:
            marks = await queries.count_dirty(conn)
        return int(marks["subjects"] + marks["batches"])

    async def forget_marks(self) -> None:
        """Where no model is in force; a run under way sees to them itself."""
        async with self._db.transaction() as conn:
            if await queries.lock_run(conn):
                await queries.forget_marks(conn)

    @staticmethod
    async def _alone(conn: Any) -> None:
        if not await queries.lock_run(conn):
            raise JobNotNowError("另一评价任务正在运行")

    # -- validation --------------------------------------------------------------------------------------------------

    async def validate(
        self, id: str, version: str, outcomes: Mapping[str, bool], source: str, who: Principal,
        earlier: date | None = None,
    ) -> StoredModel:  # fmt: skip
        """Score everybody whose indicators are stored by a draft, and keep what that shows.

        `outcomes`: code → went bad, for those known; `source`: where they come from; `earlier`: a day with whose scores
        the present ones are compared. Raises ModelNotFoundError, ModelStateError, NothingStoredError, AsOfError.
        """
        if earlier is not None and earlier >= self._clock.today():
            raise AsOfError(f"比较日期 {earlier} 应早于今天", hint=f"今天是 {self._clock.today()}")
        return await self._validating.validate(
            id, version, outcomes, source, who, await self.engine(), earlier,
            lambda: NothingStoredError("没有可用于验证的指标数据", hint="先执行 xinshu evaluate run --full"),
        )  # fmt: skip

    # -- what is stored ----------------------------------------------------------------------------------------------

    async def results(
        self, model: str, *, grade: str | None = None, division: str | None = None, skip: int = 0, size: int = 50
    ) -> list[dict[str, Any]]:
        """Stored evaluations by a model, best first."""
        async with self._db.acquire() as conn:
            rows = queries.results(conn, model=model, grade=grade, division=division, skip=skip, size=size)
            return [dict(row) async for row in rows]

    async def distribution(self, model: str) -> list[dict[str, Any]]:
        """How the grades fall over cities, size classes, sections of industry and kinds."""
        async with self._db.acquire() as conn:
            return [dict(row) async for row in queries.distribution(conn, model=model)]

    async def runs(self, size: int = 50) -> list[dict[str, Any]]:
        """The latest runs."""
        async with self._db.acquire() as conn:
            return [dict(row) async for row in queries.runs(conn, size=size)]

    async def stored_values(self, subject_id: int) -> Values | None:
        """The indicators of a subject as the last run stored them, with what was left out filled in."""
        async with self._db.acquire() as conn:
            row = await queries.stored_values(conn, subject_id=subject_id)
        return None if row is None else run.filled(self.book, orjson.loads(row["values"]))

    async def cards(self) -> list[Scorecard]:
        """The models in force."""
        return await self.models.in_force()


def exact_for(who: Principal) -> bool:
    """Whether a reader sees values and the facts behind them: the firm itself, the platform."""
    return reader_of(who) in (Reader.SUBJECT, Reader.OPERATOR)
