"""The verbs of collection: receive a file, process a batch, decide on a held one, give feedback.

A batch is visible whole or not at all; the same file twice changes nothing; a crash at any step leaves a state from
which `process` continues (architecture, ideas 3 and 6).
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xinshu.catalogue import Catalogue, Item
from xinshu.collect import corrections, store
from xinshu.collect.errors import (
    BatchBusyError,
    BatchNumberReusedError,
    BatchStateError,
    FileKnownError,
    FutureBatchError,
    KeysDestroyedError,
    SealedRowsError,
    SubmissionError,
)
from xinshu.collect.files import FeedbackRow, FileFormat, write_feedback
from xinshu.collect.files.errors import SourceFileError, TooLargeError
from xinshu.collect.limits import Limit, broken_after_checks
from xinshu.collect.mapping import ColumnsError, MappingError, UnknownMappingError, load_mapping
from xinshu.collect.model import NODE, Batch, BatchState, Counts, QuarantinedRow, Sender, Submission
from xinshu.collect.prepare import Prepared, Tools, explained, prepare
from xinshu.collect.publish import LimitsBrokenError, Outcome, Publication
from xinshu.collect.quality import quality_of
from xinshu.collect.quarantine import is_sealed, opened_rows, rows_to_set_aside
from xinshu.collect.scratch import remove_older, scratch_folder
from xinshu.core.clock import Clock
from xinshu.core.errors import XinshuError
from xinshu.core.sizes import Sizes
from xinshu.ledger import with_change
from xinshu.store import Database, load_queries
from xinshu.store.lake import SEALED, Lake, digest_of

queries = load_queries("xinshu.collect")
OnStep = Callable[[BatchState], Awaitable[None]]
Beside = Callable[[Any, Batch], Awaitable[None]]
Changed = Callable[[Any, str, int, datetime], Awaitable[None]]
EVERYTHING = "[{}]"  # scopes of whoever may see all batches
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_FEEDBACK_PAGE = 5_000


async def nothing(state: BatchState) -> None:
    """The default of `on_step`."""


async def _nothing_beside(conn: Any, batch: Batch) -> None:
    """The default of `beside`."""


async def _told_nobody(conn: Any, item: str, batch_id: int, now: datetime) -> None:
    """The default of `changed`."""


class CollectService:
    """Collection of one node."""

    def __init__(
        self,
        db: Database,
        lake: Lake,
        catalogue: Catalogue,
        tools: Tools,
        sizes: Sizes,
        clock: Clock,
        platform: str,
        changed: Changed = _told_nobody,
    ) -> None:
        """`changed`: told, in the transaction of a publication, of the item and the batch (connection, …, now)."""
        self._db = db
        self._lake = lake
        self._catalogue = catalogue
        self._tools = tools
        self._sizes = sizes
        self._clock = clock
        self._platform = platform
        self._changed = changed

    @property
    def db(self) -> Database:
        """Where the batches are."""
        return self._db

    @property
    def catalogue(self) -> Catalogue:
        """What batches are checked against."""
        return self._catalogue

    @property
    def tools(self) -> Tools:
        """What batches are prepared with."""
        return self._tools

    @property
    def spool_folder(self) -> Path:
        """Where files in transit are kept."""
        return self._tools.work

    @property
    def upload_max_bytes(self) -> int:
        """Largest file accepted."""
        return self._tools.limits.file_max_bytes

    # -- receiving ---------------------------------------------------------------------------------------------------

    async def receive(
        self, source: Any, name: str, submission: Submission, beside: Beside = _nothing_beside, sender: Sender = NODE
    ) -> tuple[Batch, bool]:
        """Keep a file (a binary stream) as received and open a batch for it: (batch, whether it is new).

        `beside` writes what must be recorded with the batch, in the same transaction (connection, batch).
        The same file for the same item and mode is the batch it was before. Raises SubmissionError, FutureBatchError,
        BatchNumberReusedError, FileKnownError, CorrectionMismatchError, TooLargeError, ItemNotFoundError,
        WorkSpaceError, LakeError.
        """
        item = self.check_submission(submission)
        async with self._db.acquire() as conn:
            await corrections.check_correction(conn, submission, item.item)
        with scratch_folder(self._tools.work) as folder:
            spool = folder / "received"
            limit = self._tools.limits.file_max_bytes
            try:
                sha256, size = await asyncio.to_thread(digest_of, source, spool, limit)
            except ValueError as error:
                raise TooLargeError(f"文件 {name} 超过上限 {limit} 字节", hint="拆成几个批次报送") from error
            raw_path = f"raw/{item.item}/{sha256}" + (SEALED if len(item.sealed_fields) > 0 else "")
            if not await asyncio.to_thread(self._lake.exists, raw_path):
                await asyncio.to_thread(self._lake.put, spool, raw_path)
        async with self._db.transaction() as conn:
            batch, new = await self._open_batch(conn, submission, item, name, sha256, size, raw_path, sender)
            await beside(conn, batch)
        return batch, new

    def check_submission(self, submission: Submission) -> Item:
        """The item under which a submission is checked. Raises what is wrong with the submission."""
        if not _PROVIDER.fullmatch(submission.provider):
            raise SubmissionError(
                f"数据提供单位代码 {submission.provider!r} 不合规", hint="用小写字母、数字和连字符,例如 samr"
            )
        if submission.data_date is not None:
            try:
                day = date.fromisoformat(submission.data_date)
            except ValueError:
                raise SubmissionError(f"数据日期 {submission.data_date!r} 不是日期", hint="写成 2026-06-01") from None
            if day > self._clock.today():
                raise FutureBatchError(f"批次的数据日期 {day} 在今天 {self._clock.today()} 之后", hint="核对数据日期")
        if submission.correction_of is not None and submission.mode == "full":
            raise SubmissionError("修正批次只能以增量方式报送", hint="将 mode 改为 incremental")
        item = self._catalogue.item_for_batch(submission.item, submission.item_version, self._clock.today())
        if submission.mapping is not None:
            load_mapping(self._tools.mappings, submission.mapping, item)
        return item

    async def _open_batch(
        self,
        conn: Any,
        submission: Submission,
        item: Item,
        name: str,
        sha256: str,
        size: int,
        raw_path: str,
        sender: Sender,
    ) -> tuple[Batch, bool]:
        values = {
            "provider": submission.provider,
            "item": item.item,
            "mode": submission.mode,
            "mapping": submission.mapping,
            "batch_no": submission.batch_no,
            "file_sha256": sha256,
        }
        row = await queries.insert_batch(
            conn,
            **values,
            item_version=item.version,
            channel=submission.channel,
            platform=self._platform,
            file_name=Path(name).name,
            file_bytes=size,
            raw_path=raw_path,
            correction_of=submission.correction_of,
            now=self._clock.now(),
            member_id=sender.member_id,
            regions=list(sender.regions) if sender.regions is not None else None,
            submitted_by=sender.principal,
        )
        if row is not None:
            return await store.get_batch(conn, row["id"]), True
        same = await queries.same_file(conn, **values)
        if same is None:
            other = await queries.same_number(
                conn, provider=submission.provider, item=item.item, batch_no=submission.batch_no
            )
            raise BatchNumberReusedError(
                f"批次号 {submission.batch_no} 已用于另一个文件(批次 {other['id'] if other else '未知'})",
                hint="换一个批次号,或核对要报送的文件",
            )
        batch = await store.get_batch(conn, same["id"])
        if batch.member_id != sender.member_id:
            raise FileKnownError(
                "同一文件已由同一数据提供单位代码下的另一机构报送", hint="确要再报,换一个批次号(batch_no)"
            )
        corrections.check_same_correction(submission, batch)
        return batch, False

    # -- processing --------------------------------------------------------------------------------------------------

    async def process(self, batch_id: int, on_step: OnStep = nothing) -> Batch:
        """Bring a batch to its end: published, held or rejected. A finished batch is returned as it is.

        Raises BatchBusyError when another worker has it, UnavailableError when disk or database fail: the batch then
        stays where it was and may be processed again.
        """
        async with self._alone(batch_id) as batch:
            if batch.state.is_final:
                return batch
            prepared = await self._prepare(batch, on_step)
            if prepared is not None:
                try:
                    with explained(prepared.bench):
                        await self._finish(batch, prepared, on_step)
                finally:
                    await asyncio.to_thread(prepared.close)
        async with self._db.acquire() as conn:
            return await store.get_batch(conn, batch_id)

    @asynccontextmanager
    async def _alone(self, batch_id: int) -> AsyncIterator[Batch]:
        async with self._db.acquire() as conn:
            batch = await store.get_batch(conn, batch_id)
            if not await queries.lock_batch(conn, id=batch_id):
                raise BatchBusyError(f"批次 {batch_id} 正在处理", hint="稍后查看状态")
            try:
                yield await store.get_batch(conn, batch_id) if not batch.state.is_final else batch
            finally:
                if not conn.is_closed():
                    await queries.unlock_batch(conn, id=batch_id)

    async def _prepare(self, batch: Batch, on_step: OnStep) -> Prepared | None:
        """Parse and check; None where the file cannot be taken, the batch is then rejected."""
        try:
            item = self._catalogue.item_for_batch(batch.item, batch.item_version, batch.received_at.astimezone().date())
            prepared = await asyncio.to_thread(self._read, batch, item)
        except (SourceFileError, ColumnsError, MappingError, UnknownMappingError) as error:
            await self._reject(batch.id, error)
            await on_step(BatchState.REJECTED)
            return None
        async with self._db.acquire() as conn:
            now = self._clock.now()
            format_json = store.to_json(prepared.format.model_dump())
            await queries.set_parsed(
                conn, id=batch.id, format=format_json, header=store.to_json(prepared.header), now=now
            )
            await on_step(BatchState.PARSED)
            counts = Counts(read=prepared.read, accepted=prepared.sound, quarantined=len(prepared.doubts))
            await store.set_counts(
                conn, "set_checked", batch.id, counts, prepared.reason_counts(), now, quality={"fill": prepared.fill}
            )
        await on_step(BatchState.CHECKED)
        return prepared

    def _read(self, batch: Batch, item: Item) -> Prepared:
        with scratch_folder(self._tools.work) as folder, self._lake.local(batch.raw_path, folder) as path:
            return prepare(self._tools, batch, item, path, batch.received_at)

    async def _finish(self, batch: Batch, prepared: Prepared, on_step: OnStep) -> None:
        forced = batch.decided_by is not None
        async with self._db.acquire() as conn:
            prepared.mends_only = await corrections.mends_only(conn, batch, prepared.source_rows, prepared.read)
        limits = broken_after_checks(prepared.item, prepared.read, len(prepared.doubts), prepared.fill)
        if limits and not forced and not prepared.mends_only:
            counts = Counts(read=prepared.read, accepted=prepared.sound, quarantined=len(prepared.doubts))
            await self._hold(batch, prepared, limits, Outcome(counts))
            return
        target = f"item={batch.item}/batch={batch.id}/accepted.parquet"
        await asyncio.to_thread(self._lake.put, prepared.accepted_file, target)

        async def step(state: BatchState) -> None:
            async with self._db.acquire() as conn:
                await queries.set_state(conn, id=batch.id, state=state, now=self._clock.now())
            await on_step(state)

        try:
            async with self._db.transaction() as conn:
                now = self._clock.now()
                if len(prepared.item.sealed_fields) > 0:
                    await _refuse_shredded(conn, prepared)
                publication = Publication(conn, batch, prepared, self._sizes, now, forced, step)
                outcome = await publication.run()
                await self._changed(conn, batch.item, batch.id, now)
                reasons = _reason_counts(prepared, outcome)
                aside = rows_to_set_aside(prepared, outcome.set_aside, self._tools.vault)
                await store.replace_quarantine(conn, batch.id, aside)
                bad = {doubt.row_no for doubt in prepared.doubts} | set(outcome.set_aside.codes)
                await corrections.mark_fixed(conn, batch, prepared.source_rows, bad)
                quality = quality_of(prepared, outcome.counts)
                await store.set_counts(conn, "set_published", batch.id, outcome.counts, reasons, now, quality=quality)
                await with_change(
                    conn, "batch", now, principal=batch.submitted_by, member_id=batch.member_id, batch=batch.id,
                    item=batch.item, provider=batch.provider, file=batch.file_sha256, decided_by=batch.decided_by,
                    **asdict(outcome.counts),
                )  # fmt: skip
        except LimitsBrokenError as broken:
            await self._hold(batch, prepared, broken.limits, broken.outcome)
            return
        await on_step(BatchState.PUBLISHED)

    async def _hold(self, batch: Batch, prepared: Prepared, limits: list[Limit], outcome: Outcome) -> None:
        reasons = _reason_counts(prepared, outcome)
        async with self._db.transaction() as conn:
            aside = rows_to_set_aside(prepared, outcome.set_aside, self._tools.vault)
            await store.replace_quarantine(conn, batch.id, aside)
            await store.set_counts(
                conn, "set_held", batch.id, outcome.counts, reasons, self._clock.now(),
                held_for=[limit.as_dict() for limit in limits],
            )  # fmt: skip

    async def _reject(self, batch_id: int, error: XinshuError) -> None:
        async with self._db.acquire() as conn:
            await queries.set_rejected(conn, id=batch_id, error=store.to_json(error.as_dict()), now=self._clock.now())

    async def add_files(
        self, files: Iterable[Path], submission: Submission, sender: Sender = NODE
    ) -> AsyncIterator[tuple[Path, Batch | XinshuError]]:
        """Receive and process files in order; while one is published the next is checked.

        Each file gives its batch, or the fault that kept it from being received or processed.
        """
        following: asyncio.Task[Batch | XinshuError] | None = None
        turn: asyncio.Event | None = None
        previous: Path | None = None
        for path in files:
            turn_of_next = asyncio.Event()
            task = asyncio.create_task(self._add_file(path, submission, sender, turn, turn_of_next))
            if following is not None and previous is not None:
                yield previous, await following
            following, turn, previous = task, turn_of_next, path
        if following is not None and previous is not None:
            yield previous, await following

    async def _add_file(
        self, path: Path, submission: Submission, sender: Sender, turn: asyncio.Event | None, done: asyncio.Event
    ) -> Batch | XinshuError:
        """One file; waits for its `turn` before it compares and publishes, as files build on one another."""

        async def wait(state: BatchState) -> None:
            if state is BatchState.CHECKED and turn is not None:
                await turn.wait()

        try:
            try:
                with path.open("rb") as stream:
                    batch, _ = await self.receive(stream, path.name, submission, sender=sender)
            except OSError as error:
                return SubmissionError(f"无法读取文件 {path}:{error.strerror}", hint="检查路径与权限")
            return await self.process(batch.id, wait)
        except XinshuError as error:
            return error
        finally:
            done.set()

    async def unfinished(self) -> list[int]:
        """Batches that were begun and not ended, oldest first: what a restart takes up again."""
        async with self._db.acquire() as conn:
            return [row["id"] async for row in queries.unfinished_batches(conn)]

    async def sweep(self) -> None:
        """Remove what killed processes left in the working folder: workbenches, and transfers older than a day."""
        await asyncio.to_thread(self._tools.benches.sweep)
        yesterday = self._clock.now().timestamp() - 86_400
        await asyncio.to_thread(remove_older, self._tools.work, yesterday)

    # -- deciding, reading, feedback ---------------------------------------------------------------------------------

    async def decide(self, batch_id: int, accept: bool, by: str, note: str = "") -> Batch:
        """A person accepts or rejects a held batch. Raises BatchStateError when it is not held."""
        async with self._db.transaction() as conn:
            batch = await store.get_batch(conn, batch_id)
            if batch.state is not BatchState.HELD:
                raise BatchStateError(
                    f"批次 {batch_id} 的状态是 {batch.state},不是 held", hint="只有暂停的批次需要决定"
                )
            now = self._clock.now()
            if accept:
                decided = await queries.set_released(conn, id=batch_id, decided_by=by, now=now)
            else:
                error = store.to_json(BatchStateError(f"由 {by} 退回", hint=note).as_dict())
                decided = await queries.set_declined(conn, id=batch_id, error=error, decided_by=by, now=now)
            if decided is None:
                raise BatchStateError(f"批次 {batch_id} 刚由另一人处置", hint="刷新后查看")
        return await self.process(batch_id) if accept else await self.get(batch_id)

    async def get(self, batch_id: int) -> Batch:
        """The batch. Raises BatchNotFoundError."""
        async with self._db.acquire() as conn:
            return await store.get_batch(conn, batch_id)

    async def batches(
        self, provider: str | None = None, item: str | None = None, state: str | None = None, page: int = 1,
        page_size: int = 50, scopes: str = EVERYTHING, correction_of: int | None = None, to_mend: bool = False,
    ) -> tuple[list[Batch], int]:  # fmt: skip
        """One page of the batches within `scopes` (of a guard), newest first, and how many there are.

        `correction_of`: those that mend this batch. `to_mend`: those with rows that nobody has brought back sound.
        """
        async with self._db.acquire() as conn:
            return await store.list_batches(
                conn, scopes, provider, item, state, page, page_size, correction_of=correction_of, to_mend=to_mend
            )

    async def quarantined(
        self, batch_id: int, after: int = 0, page_size: int = 100, *, opened: bool = True
    ) -> list[QuarantinedRow]:
        """Rows set aside, in order of their number, beginning after `after`.

        `opened`: with the text of rows that are sealed for their personal information; else it is left out.
        """
        async with self._db.acquire() as conn:
            await store.get_batch(conn, batch_id)
            rows = await store.quarantined(conn, batch_id, after, page_size)
        if not opened:
            return [replace(row, original=None) if is_sealed(row.original) else row for row in rows]
        return await asyncio.to_thread(opened_rows, rows, self._tools.vault)

    async def feedback(self, batch_id: int, target: Path, *, opened: bool = True) -> int:
        """Write the rows set aside to `target`, in the format received, with the reasons; returns how many.

        Raises BatchStateError before the batch is checked, SealedRowsError for sealed rows unless `opened`.
        """
        batch = await self.get(batch_id)
        if batch.format is None or batch.header is None or not batch.state.is_final:
            raise BatchStateError(f"批次 {batch_id} 还没有可反馈的内容(状态 {batch.state})", hint="等处理结束后再取")
        rows: list[FeedbackRow] = []
        after = 0
        while page := await self.quarantined(batch_id, after, _FEEDBACK_PAGE, opened=opened):
            if any(row.original is None for row in page):
                raise SealedRowsError(
                    f"批次 {batch_id} 的问题数据含个人敏感信息,只由报送单位取回", hint="请报送单位登录后下载"
                )
            rows += [FeedbackRow(row.row_no, row.original, row.reasons) for row in page if row.state == "quarantined"]
            after = page[-1].row_no
        count = await asyncio.to_thread(
            write_feedback, target, FileFormat.model_validate(batch.format), batch.header, rows
        )
        if batch.state is BatchState.PUBLISHED:
            async with self._db.acquire() as conn:
                await queries.set_state(conn, id=batch_id, state=BatchState.FEEDBACK_SENT, now=self._clock.now())
        return count

    async def figures(
        self, provider: str | None = None, item: str | None = None, scopes: str = EVERYTHING
    ) -> list[dict[str, Any]]:
        """Data-quality figures of each provider and item over the published batches within `scopes` (R5.6)."""
        async with self._db.acquire() as conn:
            rows = queries.provider_figures(conn, scopes=scopes, provider=provider, item=item)
            return [dict(row) async for row in rows]


async def _refuse_shredded(conn: Any, prepared: Prepared) -> None:
    """Keep shredding out until the transaction ends; raise when it came between sealing and now."""
    await queries.hold_shredding(conn)
    if await queries.destroyed_keys(conn) != prepared.destroyed:
        raise KeysDestroyedError("处理这一批期间有数据密钥被销毁,其中的封存内容可能已失效", hint="重新处理即可")


def _reason_counts(prepared: Prepared, outcome: Outcome) -> Counter[str]:
    """`field|CODE` → rows, of the checks and of the comparison; `warning:…` → accepted rows that carry it."""
    reasons = Counter(prepared.reason_counts())
    reasons.update(code for codes in outcome.set_aside.codes.values() for code in codes)
    reasons.update({f"warning:{code}": count for code, count in prepared.warnings.items()})
    return reasons
