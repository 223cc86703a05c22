"""What is known of subjects. Questions that come at the same time are looked up together, in one statement.

Nothing of it is kept in memory: a look begins after the question has come, so an authorisation that was revoked
anywhere is refused by the next question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import asyncpg
import orjson

from xinshu.consent.store import in_force
from xinshu.consent.view import ConsentView
from xinshu.core.clock import CHINA
from xinshu.inquiry.evidence import queries
from xinshu.store import Database

MOST = 100  # questions in one look
_SUBJECT = ("code", "old_number", "name", "kind", "division", "industry", "status", "size_class")


Holding = tuple[bytes, bytes | None, int, int, datetime]
"""What is known of one item, as JSON in full and with masks (None where nothing is masked); how many rows, version, and
since when."""


class Known(NamedTuple):
    """A subject, what is known of it, and what it authorised."""

    subject: dict[str, Any]
    code: str
    holdings: dict[str, Holding]
    consents: Sequence[ConsentView]


class _Asked(NamedTuple):
    question: bytes
    done: asyncio.Future[Any]  # a row, or None


class Reading:
    """Reads for inquiries."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: dict[int, _Asked] = {}
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    async def known(self, code: str, member: str | None, items: Sequence[str]) -> Known | None:
        """Of a subject by its code: what is known of `items`, and what `member` ever got from it. None: no such
        subject.

        Raises DatabaseUnavailableError, asyncpg.DataError or UnicodeEncodeError for a code that no database can hold.
        """
        code.encode()
        self._count += 1
        question = orjson.dumps({"number": self._count, "code": code, "member": member, "items": items})
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[self._count] = _Asked(question, done)
        if self._task is None:
            self._task = asyncio.create_task(self._look_on(), name="inquiry-reading")
        row = await done
        return _of_row(row, member) if row is not None else None

    async def _look_on(self) -> None:
        asked: dict[int, _Asked] = {}
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                while len(asked) > MOST:
                    number, one = asked.popitem()
                    self._waiting[number] = one
                await self._look_apart(asked)
        finally:
            self._task = None
            for one in (*asked.values(), *self._waiting.values()):
                one.done.cancel()  # only where this task itself was ended
            self._waiting.clear()

    async def _look_apart(self, asked: dict[int, _Asked]) -> None:
        """`_look`; a text that the database cannot hold keeps no other question from being answered."""
        try:
            await self._look(asked)
        except Exception as error:
            if isinstance(error, asyncpg.DataError) and len(asked) > 1:
                for number, one in asked.items():
                    await self._look_apart({number: one})
                return
            for one in asked.values():
                if not one.done.done():
                    one.done.set_exception(error)

    async def _look(self, asked: dict[int, _Asked]) -> None:
        questions = b"[" + b",".join([one.question for one in asked.values()]) + b"]"
        async with self._db.acquire() as conn:
            rows = queries.known(conn, questions=questions.decode())
            found = {row[0]: row async for row in rows}
        for number, one in asked.items():
            if not one.done.done():
                one.done.set_result(found.get(number))

    async def found(self, code: str, member: str | None, items: Sequence[str], as_of: date | None) -> Known | None:
        """As `known`, for a subject by its old number too, and for what was known and valid at the end of a day."""
        async with self._db.acquire() as conn:
            row = await queries.find_subject(conn, code=code)
            if row is None:
                return None
            subject = {name: row[name] for name in _SUBJECT}
            code = subject["code"] or subject["old_number"]
            consents = await in_force(conn, code, member) if member is not None else ()
            if as_of is None:
                rows = queries.holdings(conn, subject_id=row["id"], items=list(items))
            else:
                until = datetime.combine(as_of + timedelta(days=1), time(), CHINA)
                rows = queries.holdings_as_of(conn, subject_id=row["id"], items=list(items), until=until, day=as_of)
            holdings = {item: tuple(about) async for item, *about in rows}
        return Known(subject, code, holdings, consents)


def _of_row(row: Any, member: str | None) -> Known:
    _, *subject, consents, items, documents, masked, rows, versions, updated = row
    code: str = subject[0]
    return Known(
        dict(zip(_SUBJECT, subject, strict=True)),
        code,
        dict(zip(items, zip(documents, masked, rows, versions, updated, strict=True), strict=True)) if items else {},
        [ConsentView.told(code, member, one) for one in orjson.loads(consents)] if consents and member else (),
    )
