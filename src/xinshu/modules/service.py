"""Feature modules of a node: classifying one subject and all, members, statistics, filters for products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from xinshu.consent.rules import Reader, reader_of
from xinshu.core.clock import Clock
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Count, Flag, ValidToday
from xinshu.evaluate.run import end_of
from xinshu.evaluate.single import parsed
from xinshu.inquiry.model import AsOfError, SubjectUnknownError
from xinshu.jobs import JobNotNowError
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.modules import run
from xinshu.modules.classify import Membership, classify
from xinshu.modules.errors import PartUnknownError
from xinshu.modules.loader import BookOfModules, Module
from xinshu.modules.model import Criteria
from xinshu.modules.views import Line, evidence_shown, line
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.modules")
KIND = "module"
TOUCHED = 20_000  # subjects of one refresh


@dataclass(frozen=True)
class Done:
    """What a run did."""

    kind: str
    as_of: date
    subjects: int
    members: int
    left: int = 0  # subjects still marked


class Modules:
    """The modules that are on, over the subjects of a node."""

    def __init__(
        self, db: Database, book: BookOfModules, indicators: Book, clock: Clock, ledger: Ledger | None
    ) -> None:
        """`ledger`: None where only whoever has the database reads."""
        self.book = book
        self.indicators = indicators
        self._db = db
        self._clock = clock
        self._ledger = ledger

    # -- one subject -------------------------------------------------------------------------------------------------

    async def classify(self, code: str, as_of: date | None = None) -> tuple[dict[str, Any], dict[str, Membership]]:
        """A subject and its place in every module, computed now. Raises SubjectUnknownError, AsOfError."""
        today = self._clock.today()
        if as_of is not None and as_of > today:
            raise AsOfError(f"日期 {as_of} 还没有到", hint=f"最晚可查 {today}")
        day = as_of or today
        async with self._db.acquire() as conn:
            subject = await queries.subject_known(conn, code=code.strip().upper())
            if subject is None:
                raise SubjectUnknownError(f"没有找到代码为 {code} 的信用主体", hint="用 xinshu subject check 检查代码")
            payloads: run.Payloads = {}
            async for row in queries.records_as_of(
                conn, subject_id=subject["id"], items=run.items(self.book), until=end_of(day)
            ):
                payloads.setdefault(row["item"], []).extend(parsed(f"[{row['payload']}]"))
        firm = run.firm_of(subject["name"], subject["kind"], payloads)
        return dict(subject), classify(self.book, firm, day)

    async def read(self, code: str, who: Principal, as_of: date | None = None) -> dict[str, Any]:
        """The modules of a subject with the evidence this reader may see; recorded before it is given.

        Raises SubjectUnknownError, AsOfError, LedgerUnavailableError.
        """
        subject, found = await self.classify(code, as_of)
        exact = sees_all(who)
        day = as_of or self._clock.today()
        about = {"as_of": day.isoformat(), "modules": {one.module: one.degree for one in found.values()}}
        leaf = await self.record(about, who, subject["code"])
        modules = [
            {
                "module": one.module, "name": self.book[one.module].file.name.zh, "version": one.version,
                "degree": one.degree, "degree_name": one.degree_name, "points": one.points,
                "parts": [{"id": part, "name": self.book[one.module].part_name(part)} for part in one.parts],
                "evidence": evidence_shown(
                    self.book.catalogue, self.book[one.module], orjson.loads(orjson.dumps(one.evidence)), exact=exact
                ),
            }
            for one in found.values()
        ]  # fmt: skip
        known = {name: subject[name] for name in ("code", "name", "kind", "division", "industry", "size_class")}
        return {"leaf": leaf, "as_of": day, "subject": known, "modules": modules}

    async def record(self, about: Mapping[str, Any], who: Principal, code: str | None = None) -> int | None:
        """A leaf of the log; None on the command line without one."""
        if self._ledger is None:
            return None
        return await self._ledger.append(Entry(KIND, self._clock.now(), who.id, who.member_id, code, dict(about)))

    # -- many subjects -----------------------------------------------------------------------------------------------

    async def run_full(
        self, who: Principal, as_of: date | None = None, progress: Callable[[int, int], None] | None = None,
        piece: int = run.PIECE,
    ) -> Done:  # fmt: skip
        """Classify everybody; bounded memory. Raises AsOfError, JobNotNowError while another run is under way."""
        today = self._clock.today()
        if as_of is not None and as_of > today:
            raise AsOfError(f"日期 {as_of} 还没有到", hint=f"最晚可算 {today}")
        day = as_of or today
        async with self._db.transaction() as conn:
            await self._alone(conn)
            bounds = await queries.subject_bounds(conn)
            await queries.spread_batches(conn)
            number = await self._begin(conn, "full", day, who)
        subjects = members = 0
        for low in range(bounds["low"], bounds["high"] + 1, piece):
            high = min(low + piece, bounds["high"] + 1)
            async with self._db.transaction() as conn:
                await self._alone(conn)
                await queries.forget_dirty(conn, low=low, high=high)
                some = await run.piece(conn, self.book, day, self._clock.now(), bounds=(low, high))
            subjects, members = subjects + some[0], members + some[1]
            if progress is not None:
                progress(high - bounds["low"], bounds["high"] + 1 - bounds["low"])
        async with self._db.transaction() as conn:
            await queries.end_run(conn, id=number, now=self._clock.now(), subjects=subjects, members=members)
        return Done("full", day, subjects, members)

    async def run_touched(self, who: Principal, *, at_most: int = TOUCHED) -> Done:
        """Classify the subjects touched since, as of today. Raises JobNotNowError."""
        day = self._clock.today()
        async with self._db.transaction() as conn:
            await self._alone(conn)
            await queries.spread_batches(conn)
            chosen = sorted({row["subject_id"] async for row in queries.take_dirty(conn, most=at_most)})
            subjects = members = 0
            if chosen:
                number = await self._begin(conn, "incremental", day, who)
                subjects, members = await run.piece(conn, self.book, day, self._clock.now(), chosen=chosen)
                await queries.end_run(conn, id=number, now=self._clock.now(), subjects=subjects, members=members)
            left = await queries.count_dirty(conn)
        return Done("incremental", day, subjects, members, left["subjects"])

    async def waiting(self) -> int:
        """Marks that wait: more than none means that `run_touched` has work."""
        async with self._db.acquire() as conn:
            marks = await queries.count_dirty(conn)
        return int(marks["subjects"] + marks["batches"])

    async def full_run_due(self) -> bool:
        """Whether no full run classified by these versions today: certificates lapse, definitions change."""
        async with self._db.acquire() as conn:
            last = await queries.last_full_run(conn)
        return last is None or last["as_of"] != self._clock.today() or list(last["modules"]) != self._versions()

    async def last_run(self) -> dict[str, Any] | None:
        """The latest run that came to its end."""
        async with self._db.acquire() as conn:
            row = await queries.last_run(conn)
        return dict(row) if row is not None else None

    def _versions(self) -> list[str]:
        return [f"{module.id}@{module.file.version}" for module in self.book]

    async def _begin(self, conn: Any, kind: str, day: date, who: Principal) -> int:
        number: int = await queries.begin_run(
            conn, kind=kind, as_of=day, modules=self._versions(), principal=who.id, now=self._clock.now()
        )
        return number

    @staticmethod
    async def _alone(conn: Any) -> None:
        if not await queries.lock_run(conn):
            raise JobNotNowError("另一模块识别任务正在运行")

    # -- members -----------------------------------------------------------------------------------------------------

    async def counts(self) -> dict[str, dict[str, int]]:
        """Module → degree → subjects."""
        found: dict[str, dict[str, int]] = {module.id: {"member": 0, "possible": 0} for module in self.book}
        async with self._db.acquire() as conn:
            async for row in queries.counts(conn):
                if row["module"] in found:
                    found[row["module"]][row["degree"]] = row["subjects"]
        return found

    async def statistics(self, module: str, who: Principal) -> list[dict[str, Any]]:
        """How members fall over fields, cities, sizes, grades. Raises ModuleUnknownError."""
        one = self.book[module]
        async with self._db.acquire() as conn:
            rows = queries.statistics(conn, module=one.id, persons=sees_all(who))
            return [dict(row) async for row in rows]

    async def members(
        self, module: str, criteria: Criteria, who: Principal, *, sort: str = "points", skip: int = 0, size: int = 50
    ) -> list[Line]:
        """Subjects of a module that meet the criteria, each with its reasons.

        Raises ModuleUnknownError, PartUnknownError.
        """
        one, exact = self.book[module], sees_all(who)
        asked = self.parameters(one, criteria)
        async with self._db.acquire() as conn:
            rows = queries.members(conn, module=one.id, persons=exact, sort=sort, skip=skip, most=size, **asked)
            return [line(self.book, self.indicators, one, criteria, row, exact=exact) async for row in rows]

    def parameters(self, module: Module, criteria: Criteria) -> dict[str, Any]:
        """Criteria as parameters of the query `members`. Raises PartUnknownError."""
        parts = [part.id for part in module.file.classification.parts]
        for part in criteria.parts:
            if part not in parts:
                raise PartUnknownError(f"模块 {module.id} 没有领域 {part}", hint=f"可用:{'、'.join(parts)}")
        conditions = []
        for one in criteria.indicators:
            is_text = isinstance(one.value, str)
            indicator = self.indicators[one.indicator]
            zero = isinstance(indicator, Count | Flag | ValidToday) or getattr(indicator, "absent", "") == "zero"
            conditions.append({
                "indicator": one.indicator, "op": one.op, "number": None if is_text else one.value,
                "text": one.value if is_text else None, "absent": 0 if zero else None,
            })  # fmt: skip
        return {
            "degrees": list(criteria.degrees),
            "parts": list(criteria.parts) or None,
            "kinds": [kind.value for kind in criteria.kinds] or None,
            "sizes": list(criteria.sizes) or None,
            "divisions": list(criteria.divisions) or None,
            "statuses": list(criteria.statuses) or None,
            "grades": list(criteria.grades) or None,
            "conditions": orjson.dumps(conditions).decode(),
        }

    async def filter(self, module: str, who: Principal, *, skip: int = 0, size: int = 1_000) -> list[str]:
        """Codes of the subjects for which products of the module are made, by its declared filter (finance)."""
        one = self.book[module]
        return [found.code for found in await self.members(module, one.file.filter, who, skip=skip, size=size)]


def sees_all(who: Principal) -> bool:
    """The platform and the subject itself see everything; others what is open."""
    return reader_of(who) in (Reader.OPERATOR, Reader.SUBJECT)
