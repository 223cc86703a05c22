"""Pulling: what is new in a front-end machine's table becomes a batch like any other.

The watermark moves in the transaction that records the batch, so a crash neither loses rows nor takes them twice. One
pull of a source at a time, and none before the batch of the one before has ended: batches are published in the order
in which they were read. Where that batch was rejected, its rows are read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from xinshu.collect import store
from xinshu.collect.errors import BatchBusyError
from xinshu.collect.model import Batch, BatchState, Sender, Submission
from xinshu.collect.pull_sources import enabled_source, load_sources
from xinshu.collect.puller import PullSource, Watermark, pull_to_file
from xinshu.collect.scratch import scratch_folder
from xinshu.collect.senders import Senders
from xinshu.collect.service import CollectService, OnStep, nothing
from xinshu.core.clock import Clock
from xinshu.core.errors import ConflictError
from xinshu.store import Database, load_queries
from xinshu.store.lake import digest_of

queries = load_queries("xinshu.collect")


class PullBusyError(BatchBusyError):
    """Another worker is pulling the source."""

    code = "pull_busy"


class PullWaitingError(ConflictError):
    """The batch of the last pull is held: a person decides on it before more is read."""

    code = "pull_waiting"


@dataclass(frozen=True)
class Position:
    """How far a source has been read, and from where (`since`) its last batch was."""

    watermark: Watermark | None = None
    since: Watermark | None = None
    batch_id: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class PullResult:
    """A pull that has ended. `batch`: None where nothing was new."""

    source: str
    rows: int
    watermark: Watermark | None
    batch: Batch | None


@dataclass(frozen=True)
class SourceState:
    """A source, how far it has been read, and its last batch."""

    source: PullSource
    position: Position
    batch: Batch | None


class PullService:
    """Tables of front-end machines. `environment` holds their addresses."""

    def __init__(
        self, db: Database, collect: CollectService, folder: Path, environment: Mapping[str, str], clock: Clock
    ) -> None:
        self._db = db
        self._collect = collect
        self._folder = folder
        self._environment = environment
        self._senders = Senders(db)
        self._clock = clock

    async def sources(self) -> list[SourceState]:
        """All sources by name. Raises SourceInvalidError."""
        sources = await asyncio.to_thread(load_sources, self._folder)
        async with self._db.acquire() as conn:
            positions = {row["source"]: _position(row) async for row in queries.pull_positions(conn)}
            found = [(source, positions.get(source.name, Position())) for source in sources]
            return [SourceState(source, at, await _batch(conn, at)) for source, at in found]

    async def source(self, name: str) -> PullSource:
        """A source that may be pulled. Raises UnknownSourceError, SourceInvalidError, SourceDisabledError."""
        return await asyncio.to_thread(enabled_source, self._folder, name)

    async def pull(self, name: str, *, from_start: bool = False, on_step: OnStep = nothing) -> PullResult:
        """Read what is new, or all (`from_start`), and bring it to its end: published, held or rejected.

        A batch that a crash left in the middle is finished first. Raises what `source` raises, PullError and its kin
        (unreachable, no permission, wrong table), PullBusyError, PullWaitingError, and what receiving raises.
        """
        source = await self.source(name)
        submission = Submission(source.provider, source.item, source.mode, "table", source.mapping)
        self._collect.check_submission(submission)
        sender = await self._senders.pulled(source.provider)
        async with self._alone(name) as position:
            last = await self._settled(position, on_step)
            again = last is not None and last.state is BatchState.REJECTED
            start = None if from_start else position.since if again else position.watermark
            url = source.url(self._environment)
            with scratch_folder(self._collect.spool_folder) as folder:
                path = folder / f"{name}.parquet"
                pulled = await asyncio.to_thread(pull_to_file, source, url, path, start)
                if pulled.rows == 0:
                    return PullResult(name, 0, position.watermark, None)
                if last is not None and not again and await asyncio.to_thread(_same, path, last):
                    async with self._db.acquire() as conn:
                        await self._keep(conn, name, pulled.watermark, position.since, last.id)
                    return PullResult(name, 0, pulled.watermark, None)
                batch = await self._receive(path, submission, sender, start, pulled.watermark, position)
        return PullResult(name, pulled.rows, pulled.watermark, await self._collect.process(batch.id, on_step))

    async def _settled(self, position: Position, on_step: OnStep) -> Batch | None:
        """The batch of the last pull, at its end. Raises PullWaitingError, BatchBusyError."""
        if position.batch_id is None:
            return None
        batch = await self._collect.process(position.batch_id, on_step)
        if batch.state is BatchState.HELD:
            raise PullWaitingError(
                f"上次抽取的批次 {batch.id} 暂停待处置", hint=f"先用 xinshu collect decide {batch.id} 接受或退回"
            )
        return batch

    async def _receive(
        self,
        path: Path,
        submission: Submission,
        sender: Sender,
        start: Watermark | None,
        end: Watermark | None,
        before: Position,
    ) -> Batch:
        """Record the batch and the watermark, both or neither.

        The batch number names the batch before: were two workers to read on from the same place, one would be refused.
        """
        name = path.stem

        async def keep(conn: Any, batch: Batch) -> None:
            await self._keep(conn, name, end, start, batch.id)

        with path.open("rb") as stream:
            numbered = replace(submission, batch_no=f"pull-{name}-after-{before.batch_id or 0}")
            batch, _ = await self._collect.receive(stream, path.name, numbered, keep, sender)
        return batch

    async def _keep(
        self, conn: Any, name: str, watermark: Watermark | None, since: Watermark | None, batch_id: int
    ) -> None:
        await queries.keep_position(
            conn, source=name, watermark=_json(watermark), since=_json(since), batch_id=batch_id, now=self._clock.now()
        )

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[Position]:
        async with self._db.acquire() as conn:
            if not await queries.lock_source(conn, source=name):
                raise PullBusyError(f"数据源 {name} 正在抽取", hint="稍后再试")
            try:
                row = await queries.pull_position(conn, source=name)
                yield _position(row) if row is not None else Position()
            finally:
                if not conn.is_closed():
                    await queries.unlock_source(conn, source=name)


def _same(path: Path, last: Batch) -> bool:
    """Whether the file holds the very rows of the last batch: `lag` reads them again while nothing happens."""
    if path.stat().st_size != last.file_bytes:
        return False
    with path.open("rb") as stream:
        return digest_of(stream)[0] == last.file_sha256


async def _batch(conn: Any, position: Position) -> Batch | None:
    return None if position.batch_id is None else await store.get_batch(conn, position.batch_id)


def _json(watermark: Watermark | None) -> str:
    return "null" if watermark is None else watermark.model_dump_json()


def _position(row: Any) -> Position:
    def read(text: str) -> Watermark | None:
        value = orjson.loads(text)
        return None if value is None else Watermark.model_validate(value)

    return Position(read(row["watermark"]), read(row["since"]), row["batch_id"], row["updated_at"])
