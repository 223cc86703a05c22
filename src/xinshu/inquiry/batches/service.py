"""Handing in batches of inquiries, looking at them, cancelling them, fetching their results (R6.1)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

from xinshu.catalogue import Catalogue
from xinshu.core.clock import Clock
from xinshu.inquiry.batches.model import (
    PART,
    BatchEndedError,
    BatchState,
    BatchUnknownError,
    InquiryBatch,
    NoMemberError,
    NotTheSubmitterError,
    Order,
    ResultGoneError,
    ResultNotReadyError,
    part_name,
)
from xinshu.inquiry.model import KeyReusedError
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries
from xinshu.store.lake import Lake

queries = load_queries("xinshu.inquiry.batches")
CANCELLED = "inquiry_batch_cancelled"


class InquiryBatches:
    """Batches of inquiries, as their members see them."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        catalogue: Catalogue,
        ledger: Ledger,
        lake: Lake,
        work: Path,
        new_id: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16), version=4),
    ) -> None:
        """`work`: the node's closed working folder, where parts of a result are opened for a moment."""
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self._ledger = ledger
        self._lake = lake
        self._work = work
        self._new_id = new_id

    async def submit(self, order: Order, key: str, who: Principal) -> tuple[InquiryBatch, bool]:
        """Take a batch in, and whether it is new: the same key from the same member is the same batch.

        Raises NoMemberError, ItemNotFoundError, KeyReusedError.
        """
        if who.member_id is None:
            raise NoMemberError("批量查询只供机构使用", hint="以机构的账户或系统客户端提交")
        items = [self._catalogue.item(name).item for name in order.items] if order.items is not None else None
        request = self._ledger.suite.digest(order.digest_input())
        async with self._db.transaction() as conn:
            row = await queries.insert_batch(
                conn, id=self._new_id(), member_id=who.member_id, principal=who.id, purpose=order.purpose, items=items,
                reference=order.reference, subjects=[one.strip().upper() for one in order.subjects], key=key,
                request=request, now=self._clock.now(),
            )  # fmt: skip
            if row is not None:
                return InquiryBatch.of(row), True
            row = await queries.batch_by_key(conn, member_id=who.member_id, key=key)
        if row["request"] != request:
            raise KeyReusedError(f"幂等键 {key} 已用于另一个批次 {row['id']}", hint="每个批次用一个新的幂等键")
        return InquiryBatch.of(row), False

    async def batch(self, batch_id: UUID) -> InquiryBatch:
        """One batch. Raises BatchUnknownError."""
        async with self._db.acquire() as conn:
            row = await queries.batch(conn, id=batch_id)
        if row is None:
            raise BatchUnknownError(f"没有批量查询 {batch_id}", hint="核对编号")
        return InquiryBatch.of(row)

    async def page(self, scopes: str, state: BatchState | None, before: UUID | None, size: int) -> list[InquiryBatch]:
        """A page within `scopes` (of a guard), newest first, after the batch `before`."""
        async with self._db.acquire() as conn:
            rows = queries.list_batches(conn, scopes=scopes, state=state, before=before, size=size)
            return [InquiryBatch.of(row) async for row in rows]

    async def cancel(self, batch: InquiryBatch) -> InquiryBatch:
        """Ask nothing more; what was answered so far stays in the result. Raises BatchEndedError."""
        async with self._db.acquire() as conn:
            row = await queries.cancel_batch(conn, id=batch.id, code=CANCELLED)
        if row is None:
            raise BatchEndedError(f"批量查询 {batch.id} 已结束,不能取消", hint="直接下载结果")
        return InquiryBatch.of(row)

    async def result(self, batch: InquiryBatch, who: Principal) -> AsyncIterator[bytes]:
        """The result as JSON Lines, a subject a line, in order; that it was fetched is recorded first.

        Raises NotTheSubmitterError, ResultNotReadyError, ResultGoneError, LakeError, SealedFileError.
        """
        if batch.member_id != who.member_id:
            raise NotTheSubmitterError("只有提交批次的机构可以下载结果", hint="由提交的机构下载")
        if batch.finished_at is None:
            progress = f"{batch.done}/{batch.total}"
            raise ResultNotReadyError(f"批量查询 {batch.id} 还没有结束({progress})", hint="结束后再下载")
        if batch.removed_at is not None:
            raise ResultGoneError(f"批量查询 {batch.id} 的结果保存期已过,已删除", hint="重新提交批次")
        first = await asyncio.to_thread(self._part, batch.id, 0)  # what cannot be read is told before anything is sent
        about = {"batch": str(batch.id), "lines": batch.total}
        await self._ledger.append(Entry("export", self._clock.now(), who.id, who.member_id, None, about))
        return self._rest(batch, first)

    async def _rest(self, batch: InquiryBatch, first: bytes) -> AsyncIterator[bytes]:
        yield first
        for number in range(1, batch.parts):
            yield await asyncio.to_thread(self._part, batch.id, number)

    def _part(self, batch_id: UUID, number: int) -> bytes:
        self._work.mkdir(parents=True, exist_ok=True)
        with self._lake.local(part_name(batch_id, number), self._work) as path:
            return path.read_bytes()

    # -- upkeep ------------------------------------------------------------------------------------------------------

    async def unfinished(self) -> list[UUID]:
        """Batches that have not come to their end, oldest first."""
        async with self._db.acquire() as conn:
            return [row["id"] async for row in queries.unfinished_batches(conn)]

    async def remove_outlived(self) -> int:
        """Remove results whose time is over; how many. For once a day, or any time."""
        removed = 0
        while True:
            async with self._db.acquire() as conn:
                rows = [row async for row in queries.outlived(conn, now=self._clock.now())]
            for row in rows:
                await asyncio.to_thread(self._remove, row["id"], row["total"])
                async with self._db.acquire() as conn:
                    await queries.remove_result(conn, id=row["id"], now=self._clock.now())
            removed += len(rows)
            if len(rows) == 0:
                return removed

    def _remove(self, batch_id: UUID, total: int) -> None:
        for number in range(0, total, PART):
            self._lake.remove(part_name(batch_id, number // PART))
