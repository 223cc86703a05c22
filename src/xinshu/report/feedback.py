"""What readers say of reports (有用、有误、缺少), for the providers of the item and the platform to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from xinshu.core.clock import Clock
from xinshu.ledger import with_change
from xinshu.members.model import Principal
from xinshu.report.errors import FeedbackAnsweredError, FeedbackInvalidError, FeedbackNotFoundError
from xinshu.report.evidence import queries
from xinshu.report.model import ItemPart
from xinshu.report.shelf import Shelf
from xinshu.report.store import Stored
from xinshu.store import Database

Kind = Literal["useful", "wrong", "missing"]
KIND = "report-feedback"
ANSWER = "report-feedback-answer"


@dataclass(frozen=True)
class Feedback:
    """One remark. `row_no`: of the item's rows in the report, from 1; `batch_id`: in which that fact came."""

    id: UUID
    number: str
    at: datetime
    member_id: str | None
    subject_code: str
    kind: Kind
    item: str | None
    row_no: int | None
    provider: str | None
    batch_id: int | None
    text: str
    answer: str | None
    answered_for: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Feedback:
        """From its row."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Open:
    """Which feedback: every filter may be None. `opened`: not answered yet."""

    item: str | None = None
    kind: Kind | None = None
    opened: bool = False
    before: datetime | None = None
    size: int = 50


class FeedbackDesk:
    """Feedback of a node."""

    def __init__(self, db: Database, clock: Clock, shelf: Shelf, new_id: Callable[[], UUID] = uuid4) -> None:
        self._db = db
        self._clock = clock
        self._shelf = shelf
        self._new_id = new_id

    async def say(
        self, number: str, who: Principal, kind: Kind, text: str, item: str | None = None, row: int | None = None
    ) -> Feedback:
        """Note what the reader says of its own report, or of one row of one item in it.

        Raises FeedbackInvalidError, and what `Shelf.content` raises: of what may not be read again nothing is told.
        """
        held = await self._shelf.content(number, who)
        part = self._part(held.report.sections, item)
        about: dict[str, Any] = {"provider": None, "batch_id": None}
        if row is not None:
            if part is None or not 1 <= row <= len(part.rows):
                count = len(part.rows) if part is not None else 0
                raise FeedbackInvalidError(
                    f"报告中事项 {item or '(没有填写)'} 没有第 {row} 条", hint=f"该事项列出 {count} 条,从 1 数起"
                )
            origin = part.rows[row - 1].origin
            about = {"provider": origin.provider, "batch_id": origin.batch}
        stored, told, now = held.stored, self._new_id(), self._clock.now()
        async with self._db.transaction() as conn:
            await queries.insert_feedback(
                conn, id=told, number=stored.number, at=now, principal=who.id, member_id=who.member_id,
                subject_code=stored.subject_code, kind=kind, item=part.item if part is not None else None, row_no=row,
                text=text, **about,
            )  # fmt: skip
            await with_change(
                conn, KIND, now, principal=who.id, member_id=who.member_id, subject=stored.subject_code,
                report=stored.number, feedback=str(told), told=kind, item=item,
            )  # fmt: skip
        return await self._one(told)

    @staticmethod
    def _part(sections: Any, item: str | None) -> ItemPart | None:
        if item is None:
            return None
        parts: dict[str, ItemPart] = {part.item: part for section in sections for part in section.parts}
        if item not in parts:
            raise FeedbackInvalidError(f"报告中没有事项 {item}", hint=f"可填:{'、'.join(parts)}")
        return parts[item]

    async def of(self, stored: Stored) -> list[Feedback]:
        """What was said of a report, oldest first."""
        async with self._db.acquire() as conn:
            return [Feedback.of(row) async for row in queries.feedback_of(conn, number=stored.number)]

    async def page(self, asked: Open, scopes: str, provider: str | None) -> list[Feedback]:
        """For those who answer, newest first. `provider`: only what is about facts of this one, or about none."""
        async with self._db.acquire() as conn:
            rows = queries.list_feedback(
                conn, scopes=scopes, provider=provider, item=asked.item, kind=asked.kind, opened=asked.opened,
                before=asked.before, size=asked.size,
            )  # fmt: skip
            return [Feedback.of(row) async for row in rows]

    async def find(self, feedback_id: UUID, provider: str | None) -> Feedback:
        """One remark, for those who answer. Raises FeedbackNotFoundError."""
        found = await self._one(feedback_id)
        if provider is not None and found.provider not in (None, provider):
            raise _unknown(feedback_id)
        return found

    async def answer(self, feedback: Feedback, who: Principal, words: str) -> Feedback:
        """Answer once; the answer stays as it is. Raises FeedbackAnsweredError."""
        now = self._clock.now()
        by = who.member.provider_code if who.member is not None and who.member.provider_code else "platform"
        async with self._db.transaction() as conn:
            done = await queries.answer_feedback(
                conn, id=feedback.id, answer=words, by=who.id, answered_for=by, now=now
            )
            if done is None:
                raise FeedbackAnsweredError(f"反馈 {feedback.id} 已经答复", hint="答复不能修改")
            await with_change(
                conn, ANSWER, now, principal=who.id, member_id=who.member_id, subject=feedback.subject_code,
                report=feedback.number, feedback=str(feedback.id),
            )  # fmt: skip
        return await self._one(feedback.id)

    async def _one(self, feedback_id: UUID) -> Feedback:
        async with self._db.acquire() as conn:
            row = await queries.feedback(conn, id=feedback_id)
        if row is None:
            raise _unknown(feedback_id)
        return Feedback.of(row)


def _unknown(feedback_id: UUID) -> FeedbackNotFoundError:
    return FeedbackNotFoundError(f"没有反馈 {feedback_id}", hint="在反馈列表中查找")
