"""From checked rows to what everybody may read: compare, deduplicate, load, publish, in one transaction.

The accepted Parquet is in the lake before the transaction commits; a failed run leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from xinshu.collect import staging
from xinshu.collect.limits import DELETIONS_FREE, Limit, broken_after_comparison
from xinshu.collect.model import Batch, BatchState, Counts
from xinshu.collect.prepare import Prepared
from xinshu.core.sizes import Sizes
from xinshu.store import load_queries

queries = load_queries("xinshu.collect")
OnStep = Callable[[BatchState], Awaitable[None]]
PIPE_CHUNK = 1 << 20


@dataclass
class SetAside:
    """Rows set aside by the comparison: row → codes, and candidates where the subject is ambiguous."""

    codes: dict[int, list[str]] = field(default_factory=dict)
    candidates: dict[int, Any] = field(default_factory=dict)

    def add(self, row_no: int, code: str) -> None:
        """Note one reason against a row."""
        self.codes.setdefault(row_no, []).append(code)


@dataclass
class Outcome:
    """What publishing did."""

    counts: Counts
    set_aside: SetAside = field(default_factory=SetAside)


class LimitsBrokenError(Exception):
    """Inside the transaction: roll back and hold the batch."""

    def __init__(self, limits: list[Limit], outcome: Outcome) -> None:
        super().__init__("limits broken")
        self.limits = limits
        self.outcome = outcome


@dataclass(frozen=True)
class Publication:
    """One publication in the making; `conn` is inside a transaction that the caller commits."""

    conn: Any
    batch: Batch
    prepared: Prepared
    sizes: Sizes
    now: datetime
    forced: bool
    on_step: OnStep

    @property
    def registry(self) -> bool:
        """Whether the item's rows create subjects."""
        return self.prepared.item.subject.role == "registry"

    @property
    def _regions(self) -> list[str] | None:
        return list(self.batch.regions) if self.batch.regions is not None else None

    async def run(self) -> Outcome:
        """All steps. Raises LimitsBrokenError unless `forced`."""
        conn, batch = self.conn, self.batch
        await queries.lock_item(conn, item=batch.item)
        if self.registry:
            await queries.lock_registry(conn)
        await queries.create_stage(conn)
        await copy_from(conn, self.prepared, "stage", staging.STAGE_COLUMNS, staging.STAGE_SQL)
        await queries.analyse_stage(conn)
        aside = await self._compare()
        await self.on_step(BatchState.COMPARED)
        await self._deduplicate(aside)
        await self.on_step(BatchState.DEDUPLICATED)
        counts = await self._judge(aside)
        outcome = Outcome(counts, aside)
        if not self.forced:
            await self._respect_limits(outcome)
        await self._write()
        await self.on_step(BatchState.LOADED)
        return outcome

    async def _compare(self) -> SetAside:
        """Find the subject of each row: code, else citizen number, else old number, else exact name in the division."""
        conn, aside = self.conn, SetAside()
        await queries.match_by_code(conn)
        subject = self.prepared.item.subject
        if subject.citizen_no is not None:
            await queries.match_by_citizen(conn)
        await self._match_by_other_means()
        if self.registry:
            values = {"platform": self.batch.platform, "batch_id": self.batch.id, "now": self.now}
            await queries.make_subjects(conn, coded=True, **values)
            await self._match_by_other_means()
            await queries.make_subjects(conn, coded=False, **values)
        await queries.analyse_match(conn)
        async for row in queries.unmatched(conn):
            ambiguous = row["candidates"] is not None
            aside.add(row["row_no"], "|SUBJECT_AMBIGUOUS" if ambiguous else "|SUBJECT_UNKNOWN")
            if ambiguous:
                aside.candidates[row["row_no"]] = orjson.loads(row["candidates"])
        if self._regions is not None:
            async for row in queries.outside_regions(conn, regions=self._regions):
                aside.add(row["row_no"], "|OUTSIDE_REGIONS")
        return aside

    async def _match_by_other_means(self) -> None:
        subject = self.prepared.item.subject
        if subject.old_number is not None:
            await queries.match_by_old_number(self.conn)
        if subject.name is not None:
            await queries.match_by_name(self.conn)

    async def _deduplicate(self, aside: SetAside) -> None:
        async for row in queries.conflicting(self.conn):
            aside.add(row["row_no"], "|DUPLICATE_CONFLICT")

    async def _judge(self, aside: SetAside) -> Counts:
        conn, batch, prepared = self.conn, self.batch, self.prepared
        await queries.judge(conn, item=batch.item, provider=batch.provider, set_aside=list(aside.codes))
        if self.registry and aside.codes:
            await queries.forget_subjects(conn)
        await queries.analyse_verdict(conn)
        rows = {row["verdict"]: row["rows"] async for row in queries.count_verdicts(conn)}
        if rows.get("suppressed"):
            async for row in queries.suppressed(conn):
                aside.add(row["row_no"], "|RECORD_REPAIRED")
        if batch.mode == "full":
            await queries.find_closing(conn, provider=batch.provider, item=batch.item, regions=self._regions)
        await queries.find_deleted(conn)
        quarantined = len(prepared.doubts) + len(aside.codes)
        return Counts(
            read=prepared.read,
            accepted=prepared.read - quarantined,
            quarantined=quarantined,
            new=rows.get("new", 0),
            changed=rows.get("changed", 0),
            unchanged=rows.get("unchanged", 0),
            duplicates=rows.get("duplicate", 0),
            deleted=rows.get("deleted", 0),
            closed=await queries.count_closing(conn),
            warnings=sum(prepared.warnings.values()),
        )

    async def _respect_limits(self, outcome: Outcome) -> None:
        batch = self.batch
        if self.prepared.mends_only and outcome.counts.deleted <= DELETIONS_FREE:
            return
        current = previous = None
        if batch.mode == "full" or outcome.counts.deleted > DELETIONS_FREE:
            current = await queries.count_current(
                self.conn, provider=batch.provider, item=batch.item, regions=self._regions
            )
        if batch.mode == "full":
            previous = await queries.previous_full_rows(
                self.conn, provider=batch.provider, item=batch.item, member_id=batch.member_id
            )
        limits = broken_after_comparison(self.prepared.item, outcome.counts, current, previous)
        if limits:
            raise LimitsBrokenError(limits, outcome)

    async def _write(self) -> None:
        conn, batch = self.conn, self.batch
        subject = self.prepared.item.subject
        if subject.attributes or self.registry:
            renames = self.registry and not subject.fills_only
            if renames:
                await queries.keep_history(conn, batch_id=batch.id, now=self.now)
            await queries.update_subjects(
                conn, renames=renames, fills_only=subject.fills_only, batch_id=batch.id, now=self.now
            )
            await self._resize()
        await queries.supersede(conn, item=batch.item, now=self.now)
        await queries.close_records(conn, item=batch.item, now=self.now)
        await queries.touch_unchanged(conn, item=batch.item, now=self.now)
        await self._insert()
        await queries.rebuild_holdings(conn, item=batch.item, batch_id=batch.id, now=self.now)

    async def _insert(self) -> None:
        """New and changed rows go straight from the workbench into their tables."""
        batch, prepared = self.batch, self.prepared
        chosen = prepared.bench.folder / "chosen.csv"
        await self.conn.copy_from_query(queries.chosen.sql.rstrip().rstrip(";"), output=str(chosen), format="csv")
        await asyncio.to_thread(staging.make_final, prepared.bench, chosen)
        await asyncio.to_thread(chosen.unlink)
        origin = staging.Origin(batch.item, batch.id, batch.provider, batch.platform, self.now)
        await copy_from(self.conn, prepared, "record", staging.RECORD_COLUMNS, origin.record_sql())
        await copy_from(self.conn, prepared, "holding", staging.HOLDING_COLUMNS, origin.holding_sql())

    async def _resize(self) -> None:
        """Size classes of the subjects touched; a figure that is missing leaves them undetermined."""
        changed = []
        async for row in queries.sized_subjects(self.conn):
            figures = [
                float(row[name]) if row[name] is not None else None for name in ("employees", "revenue", "assets")
            ]
            size = self.sizes.size_class(row["industry"], *figures).size.value
            if size != row["size_class"]:
                changed.append({"id": row["id"], "size_class": size})
        if changed:
            await queries.set_size_class(self.conn, changed)


async def copy_from(conn: Any, prepared: Prepared, table: str, columns: tuple[str, ...], sql: str) -> None:
    """COPY the result of a DuckDB query into a PostgreSQL table through a pipe: both sides work at once.

    Raises what either side raised; nothing is copied then, as the transaction fails.
    """
    reading, writing = os.pipe()
    failure: list[BaseException] = []
    cursor = prepared.bench.connection.cursor()

    def produce() -> None:
        try:
            cursor.execute(f"copy ({sql}) to '/dev/fd/{writing}' (format csv, header false)")
        except BaseException as error:
            failure.append(error)
        finally:
            os.close(writing)

    producer = threading.Thread(target=produce, name=f"copy-{table}")
    producer.start()
    source = os.fdopen(reading, "rb", buffering=0)

    async def chunks() -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(source.read, PIPE_CHUNK):
            yield chunk
        if failure:
            raise failure[0]

    try:
        await conn.copy_to_table(table, source=chunks(), columns=columns, format="csv")
    finally:
        source.close()  # a producer that still writes gets EPIPE and ends
        await asyncio.to_thread(producer.join)
        cursor.close()
    if failure:
        raise failure[0]
