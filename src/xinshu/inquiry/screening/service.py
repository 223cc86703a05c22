"""Running screenings, with their evidence, and reading their lists."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from xinshu.catalogue import Catalogue
from xinshu.core.clock import Clock
from xinshu.inquiry.screening.model import (
    MOST,
    PURPOSE,
    Criteria,
    Found,
    Screening,
    ScreeningGoneError,
    ScreeningQuotaError,
    ScreeningTooBroadError,
    ScreeningUnknownError,
    matched,
)
from xinshu.inquiry.screening.rules import parameters
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.inquiry.screening")
KIND = "screening"
PATIENCE = 30  # seconds


class ScreeningService:
    """Screenings of a node."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        catalogue: Catalogue,
        ledger: Ledger,
        per_day: int,
        kept: timedelta,
        new_id: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16), version=4),
    ) -> None:
        """`per_day`: runs of one member; `kept`: for how long their lists are kept."""
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self._ledger = ledger
        self._per_day = per_day
        self._kept = kept
        self._new_id = new_id

    def check(self, criteria: Criteria, who: Principal) -> None:
        """Whether the member may screen by these. Raises CriteriaError."""
        parameters(criteria, self._catalogue, who.items, self._clock.today())

    async def screen(self, criteria: Criteria, who: Principal) -> Screening:
        """Run once, of the member's quota of today.

        Raises CriteriaError, ScreeningQuotaError, ScreeningTooBroadError, LedgerUnavailableError.
        """
        self.check(criteria, who)
        async with self._db.acquire() as conn:
            left = await queries.take_quota(conn, member_id=who.member_id, day=self._clock.today(), most=self._per_day)
        if left is None:
            raise ScreeningQuotaError(f"本单位今天的 {self._per_day} 次筛查已用完", hint="明天再试,或订阅名单的变化")
        return await self.screening((await self._run(criteria, who))[0])

    async def run(self, criteria: Criteria, who: Principal, subscription_id: UUID | None = None) -> list[int]:
        """Run without counting, as a subscription does; ids of the subjects found. Raises as `screen`."""
        return (await self._run(criteria, who, subscription_id))[1]

    async def _run(
        self, criteria: Criteria, who: Principal, subscription_id: UUID | None = None
    ) -> tuple[UUID, list[int]]:
        assert who.member_id is not None  # noqa: S101  (only institutions have the right)
        asked = parameters(criteria, self._catalogue, who.items, self._clock.today())
        rows = await self._rows(asked)
        truncated, rows = len(rows) > MOST, rows[:MOST]
        digest, now, screening_id = self._ledger.suite.digest, self._clock.now(), self._new_id()
        result = digest(orjson.dumps([[row["code"], row["marks"]] for row in rows]))
        about = {
            "screening": str(screening_id),
            "purpose": PURPOSE,
            "criteria": digest(criteria.canonical()).hex(),
            "count": len(rows),
            "truncated": truncated,
            "result": result.hex(),
        }
        leaf = await self._ledger.append(Entry(KIND, now, who.id, who.member_id, None, about))
        ids = [row["id"] for row in rows]
        async with self._db.acquire() as conn:
            await queries.insert_screening(
                conn, leaf=leaf, id=screening_id, member_id=who.member_id, principal=who.id,
                subscription_id=subscription_id, at=now, criteria=criteria.canonical().decode(), subjects=ids,
                marks=[row["marks"] for row in rows], count=len(rows), truncated=truncated, result=result,
                kept_until=now + self._kept,
            )  # fmt: skip
        return screening_id, ids

    async def _rows(self, asked: dict[str, Any]) -> list[Any]:
        try:
            async with self._db.transaction() as conn:
                await conn.execute(f"set local statement_timeout = '{PATIENCE}s'")
                return [row async for row in queries.screen(conn, **asked, most=MOST + 1)]
        except asyncpg.QueryCanceledError:
            raise ScreeningTooBroadError(
                f"筛查超过 {PATIENCE} 秒,已停止", hint="加上行政区划、行业或规模的条件"
            ) from None

    # -- reading -----------------------------------------------------------------------------------------------------

    async def screening(self, screening_id: UUID) -> Screening:
        """One run. Raises ScreeningUnknownError."""
        async with self._db.acquire() as conn:
            row = await queries.screening(conn, id=screening_id)
        if row is None:
            raise ScreeningUnknownError(f"没有筛查 {screening_id}", hint="核对编号")
        return Screening.of(row)

    async def page(self, scopes: str, before: int | None, size: int) -> list[Screening]:
        """Runs within `scopes` (of a guard), newest first, with leaves below `before`."""
        async with self._db.acquire() as conn:
            rows = queries.list_screenings(conn, scopes=scopes, before=before, size=size)
            return [Screening.of(row) async for row in rows]

    async def found(self, screening: Screening, skip: int, size: int) -> list[Found]:
        """A page of a run's list, by code. Raises ScreeningGoneError."""
        if screening.removed:
            raise ScreeningGoneError(f"筛查 {screening.id} 的名单保存期已过,已删除", hint="重新筛查")
        async with self._db.acquire() as conn:
            rows = queries.found(conn, id=screening.id, skip=skip, size=size)
            return [Found(**{name: row[name] for name in _FOUND}, matched=matched(row["marks"])) async for row in rows]

    async def remove_outlived(self) -> int:
        """Remove lists whose time is over; how many."""
        async with self._db.acquire() as conn:
            return int(await queries.remove_outlived(conn, now=self._clock.now()))


_FOUND = ("code", "name", "kind", "division", "industry", "status", "size_class")
