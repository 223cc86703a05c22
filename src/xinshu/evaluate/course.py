"""How evaluations went over time: what was noted at each change, in words; put right where facts were taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinshu.consent.rules import Reader, reader_of
from xinshu.core.clock import Clock
from xinshu.evaluate.days import Day, months_before
from xinshu.evaluate.explain import Record
from xinshu.evaluate.loader import Book
from xinshu.evaluate.run import Engine
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.scoring import Score, score
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.evaluate")
KIND = "evaluation"
CAUSES = {
    "first": "首次评价", "version": "模型换版", "vetoes": "否决情形变化", "grade": "等级变化", "score": "得分变化",
    "month": "按月记录", "ended": "不再评价",
}  # fmt: skip
MOST_CHANGES = 3
MOST_ENTRIES = 500
MEND_AT_ONCE = 1000
Cards = Mapping[tuple[str, str], Scorecard]
RecordsOf = Callable[[Any, int, date | None], Awaitable[dict[str, list[Record]]]]


@dataclass(frozen=True)
class Standing:
    """An evaluation as it was noted."""

    version: str
    score: int
    grade: str
    vetoes: Sequence[int]
    points: Sequence[int]


@dataclass(frozen=True)
class Course:
    """The course of one subject. `entries`: newest first, as the interface gives them."""

    subject: dict[str, Any]
    disputed: bool
    entries: list[dict[str, Any]]
    leaf: int


def changes(book: Book, card: Scorecard | None, before: Standing | None, now: Standing) -> list[str]:
    """What changed between two evaluations, in a few words: vetoes first, then the indicators that moved most.

    `card`: the version of both; of two versions nothing can be compared, and only that is said.
    """
    if before is None or card is None:
        return []
    if before.version != now.version:
        return [f"评价模型由 {before.version} 版换为 {now.version} 版"]
    found = [f"出现:{card.vetoes[place].reason}" for place in now.vetoes if place not in before.vetoes]
    found += [f"解除:{card.vetoes[place].reason}" for place in before.vetoes if place not in now.vetoes]
    names = [one.indicator for _, one in card.scored()]
    moved = sorted(
        ((after - earlier, name) for name, earlier, after in zip(names, before.points, now.points, strict=True)),
        key=lambda one: -abs(one[0]),
    )
    for difference, name in moved:
        if difference != 0:
            found.append(f"{book[name].name.zh}:{'多' if difference > 0 else '少'} {abs(difference)} 分")
    return found[:MOST_CHANGES]


def reasons_of(card: Scorecard | None, vetoes: Iterable[int]) -> list[str]:
    """Vetoes in words."""
    return [card.vetoes[place].reason for place in vetoes] if card is not None else []


async def cards_of(conn: Any, wanted: Iterable[tuple[str, str]]) -> Cards:
    """The versions that are wanted, whatever their state."""
    pairs = sorted(set(wanted))
    rows = queries.models_of(conn, ids=[id for id, _ in pairs], versions=[version for _, version in pairs])
    return {(row["id"], row["version"]): Scorecard.reloaded(row["document"]) async for row in rows}


class Courses:
    """Reads the course of evaluations, and keeps it right."""

    def __init__(
        self, db: Database, book: Book, clock: Clock, ledger: Ledger | None, records: RecordsOf, months: int
    ) -> None:
        """`records(conn, subject, day)`: what was known of a subject; `months`: for how long the course is kept."""
        self.months = months
        self._db = db
        self._book = book
        self._clock = clock
        self._ledger = ledger
        self._records = records

    async def read(
        self, subject: dict[str, Any], purpose: str, who: Principal, since: date | None, until: date | None
    ) -> Course:
        """The course of a subject, recorded as evidence before it is given.

        Institutions are given grades, and no entry in which neither the grade nor the version changed. Raises
        LedgerUnavailableError.
        """
        exact = reader_of(who) in (Reader.SUBJECT, Reader.OPERATOR)
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.course(
                    conn, subject_id=subject["id"], model=None, since=since, until=until, size=MOST_ENTRIES
                )
            ]
            cards = await cards_of(conn, [(row["model"], row["version"]) for row in rows])
            disputed = await queries.disputed(conn, subject_id=subject["id"])
        assert self._ledger is not None  # noqa: S101  (routes are served with one)
        about = {"look": "course", "purpose": purpose, "entries": len(rows)}
        code = subject["code"] or subject["old_number"]
        leaf = await self._ledger.append(Entry(KIND, self._clock.now(), who.id, who.member_id, code, about))
        return Course(subject, disputed, self._entries(rows, cards, exact=exact), leaf)

    def _entries(self, rows: Sequence[Any], cards: Cards, *, exact: bool) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        before: dict[str, tuple[Standing, str]] = {}
        for row in reversed(rows):
            card, now = cards.get((row["model"], row["version"])), standing(row)
            last = before.get(row["model"])
            ended, was_ended = row["cause"] == "ended", last is not None and last[1] == "ended"
            before[row["model"]] = (now, row["cause"])
            same = last is not None and not ended and not was_ended and _same(last[0], now, exact=exact)
            if same:
                continue
            earlier = last[0] if last is not None and not was_ended else None
            entries.append(
                {
                    "day": row["day"],
                    "model": row["model"],
                    "model_name": card.name.zh if card is not None else row["model"],
                    "version": row["version"],
                    "score": row["score"] if exact and not ended else None,
                    "grade": None if ended else row["grade"],
                    "vetoes": [] if ended else reasons_of(card, row["vetoes"]),
                    "cause": row["cause"],
                    "cause_name": CAUSES[row["cause"]],
                    "changes": [] if ended else changes(self._book, card, earlier, now),
                }
            )
        return entries[::-1]

    async def mend(self, engine: Engine) -> int:
        """Make past evaluations anew that used what was repaired or withdrawn since; how many.

        Nobody is shown a grade that rests on it any more, not even as of a day before it was taken back (R5.3).
        """
        done = 0
        while True:
            async with self._db.transaction() as conn:
                rows = [row async for row in queries.course_to_mend(conn, most=MEND_AT_ONCE)]
                cards = await cards_of(conn, [(row["model"], row["version"]) for row in rows])
                for row in rows:
                    card = cards[row["model"], row["version"]]
                    result = await self._scored(conn, engine, card, row["subject_id"], row["day"])
                    await queries.mend_course(
                        conn, subject_id=row["subject_id"], model=row["model"], day=row["day"], score=result.score,
                        earned=result.earned, grade=result.grade, vetoes=list(result.vetoes),
                        points=[one.points for one in result.points], now=self._clock.now(),
                    )  # fmt: skip
            done += len(rows)
            if len(rows) < MEND_AT_ONCE:
                return done

    async def _scored(self, conn: Any, engine: Engine, card: Scorecard, subject_id: int, day: date) -> Score:
        records = await self._records(conn, subject_id, day)
        payloads = {item: [one.data for one in rows] for item, rows in records.items()}
        return score(card, engine.single.evaluate(payloads, Day(day), card.indicators()))

    async def forget(self) -> int:
        """Delete what is older than it is kept; how many rows."""
        async with self._db.transaction() as conn:
            before = months_before(self._clock.today(), self.months)
            return int(await queries.forget_course(conn, before=before))


def standing(row: Any, prefix: str = "") -> Standing:
    """From a row; `prefix`: of the columns' names."""
    return Standing(
        row[f"{prefix}version"], row[f"{prefix}score"], row[f"{prefix}grade"], row[f"{prefix}vetoes"],
        row[f"{prefix}points"],
    )  # fmt: skip


def _same(before: Standing, now: Standing, *, exact: bool) -> bool:
    """Whether a reader sees no difference."""
    if exact:
        return before == now
    return (before.version, before.grade, list(before.vetoes)) == (now.version, now.grade, list(now.vetoes))
