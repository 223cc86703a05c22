"""Reading a subject's information: the gate is asked for each item, the answer carries its reasons (R1.1, R6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from xinshu.catalogue import Catalogue, Item
from xinshu.consent.rules import Decision, Request, decide
from xinshu.core.clock import CHINA, Clock
from xinshu.core.errors import NotFoundError, XinshuError
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.inquiry")


class SubjectUnknownError(NotFoundError):
    """No subject has this code."""

    code = "subject_unknown"


class AsOfError(XinshuError):
    """The day asked for has not come yet."""

    code = "as_of_in_future"


@dataclass(frozen=True)
class ItemAnswer:
    """One item of the answer; `document` is a JSON array as text, None where refused or nothing is known."""

    item: Item
    decision: Decision
    document: str | None
    rows: int
    version: int | None
    updated_at: datetime | None


@dataclass(frozen=True)
class Information:
    """The answer to one question about one subject."""

    subject: dict[str, Any]
    as_of: date | None
    answered_at: datetime
    items: tuple[ItemAnswer, ...]


class InquiryService:
    """The one way to read the information on a subject."""

    def __init__(self, db: Database, catalogue: Catalogue, clock: Clock) -> None:
        self._db = db
        self._catalogue = catalogue
        self._clock = clock

    async def information(self, request: Request, items: list[str] | None, as_of: date | None) -> Information:
        """What is known of a subject, item by item; with `as_of`, what was known and valid at the end of that day.

        `items`: numbers or slugs, None for all. Raises SubjectUnknownError, ItemNotFoundError, AsOfError.
        """
        now = self._clock.now()
        if as_of is not None and as_of > self._clock.today():
            raise AsOfError(f"日期 {as_of} 还没有到", hint=f"最晚可查 {self._clock.today()}")
        wanted = [self._catalogue.item(name) for name in items] if items else list(self._catalogue.items)
        decisions = {item.item: decide(request, None, item, now) for item in wanted}
        readable = [number for number, decision in decisions.items() if decision.allowed]
        masked = [number for number in readable if decisions[number].view == "masked"]
        async with self._db.acquire() as conn:
            subject = await queries.find_subject(conn, code=request.subject_code.strip().upper())
            if subject is None:
                raise SubjectUnknownError(
                    f"没有找到代码为 {request.subject_code} 的信用主体",
                    hint="用 xinshu subject check 检查代码,或按名称查询",
                )
            found = await self._read(conn, subject["id"], readable, masked, as_of)
        answers = tuple(
            ItemAnswer(item, decisions[item.item], *found.get(item.item, (None, 0, None, None))) for item in wanted
        )
        about = {name: value for name, value in dict(subject).items() if name != "id"}
        return Information(about, as_of, now, answers)

    async def _read(
        self, conn: Any, subject_id: int, items: list[str], masked: list[str], as_of: date | None
    ) -> dict[str, tuple[str, int, int, datetime]]:
        if as_of is None:
            rows = queries.holdings(conn, subject_id=subject_id, items=items, masked_items=masked)
        else:
            until = datetime.combine(as_of + timedelta(days=1), time(), CHINA)
            rows = queries.holdings_as_of(
                conn, subject_id=subject_id, items=items, masked_items=masked, until=until, day=as_of
            )
        return {
            row["item"]: (row["document"], row["rows"], row["version"], row["updated_at"])
            async for row in rows
            if row["rows"] > 0
        }
