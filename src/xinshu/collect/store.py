"""Reading and writing of batches; the statements are in `queries.sql`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from xinshu.collect.errors import BatchNotFoundError
from xinshu.collect.model import AsideRow, Batch, BatchState, Counts, QuarantinedRow
from xinshu.store import load_queries

queries = load_queries("xinshu.collect")
_JSON = ("held_for", "format", "header", "reasons", "quality", "error")


def to_json(value: Any) -> str:
    """Text for a jsonb parameter."""
    return orjson.dumps(value).decode()


def batch_of(row: Any) -> Batch:
    """A batch from its row."""
    values = dict(row)
    values.pop("sequence")
    counts = orjson.loads(values.pop("counts"))
    decoded = {name: orjson.loads(values.pop(name)) if values[name] is not None else values.pop(name) for name in _JSON}
    state = BatchState(values.pop("state"))
    regions = values.pop("regions")
    return Batch(
        **values,
        **decoded,
        state=state,
        counts=Counts(**counts),
        regions=tuple(regions) if regions is not None else None,
    )


async def get_batch(conn: Any, batch_id: int) -> Batch:
    """The batch. Raises BatchNotFoundError."""
    row = await queries.get_batch(conn, id=batch_id)
    if row is None:
        raise BatchNotFoundError(f"没有编号为 {batch_id} 的批次", hint="用 xinshu collect status 查看批次")
    return batch_of(row)


async def list_batches(
    conn: Any, scopes: str, provider: str | None, item: str | None, state: str | None, page: int, page_size: int,
    *, correction_of: int | None = None, to_mend: bool = False,
) -> tuple[list[Batch], int]:  # fmt: skip
    """One page (from 1) of the batches within `scopes`, newest first, and how many there are."""
    filters = {
        "scopes": scopes, "provider": provider, "item": item, "state": state, "correction_of": correction_of,
        "to_mend": to_mend,
    }  # fmt: skip
    rows = [
        batch_of(row)
        async for row in queries.list_batches(conn, **filters, page_size=page_size, skip=(page - 1) * page_size)
    ]
    return rows, int(await queries.count_batches(conn, **filters))


async def quarantined(conn: Any, batch_id: int, after: int, page_size: int) -> list[QuarantinedRow]:
    """Rows set aside whose number is above `after`, in order; sealed originals stay sealed."""
    return [
        QuarantinedRow(
            row_no=row["row_no"],
            original=orjson.loads(row["original"]),
            reasons=orjson.loads(row["reasons"]),
            candidates=orjson.loads(row["candidates"]) if row["candidates"] is not None else None,
            state=row["state"],
        )
        async for row in queries.quarantined_rows(conn, batch_id=batch_id, after=after, page_size=page_size)
    ]


async def replace_quarantine(conn: Any, batch_id: int, pieces: Iterator[list[AsideRow]]) -> None:
    """Replace the rows set aside of a batch; the pieces are made in a thread.

    Rows of a held batch may have been corrected before it is accepted and processed again: they stay fixed.
    """
    fixed = {row["row_no"]: row["fixed_by"] async for row in queries.clear_quarantine(conn, batch_id=batch_id)}
    columns = ["batch_id", "row_no", "original", "reasons", "candidates", "source_row", "state", "fixed_by"]
    while (rows := await asyncio.to_thread(next, pieces, None)) is not None:
        records = [
            (
                batch_id,
                row_no,
                to_json(original),
                to_json(reasons),
                to_json(found) if found is not None else None,
                source_row,
                "fixed" if row_no in fixed else "quarantined",
                fixed.get(row_no),
            )
            for row_no, original, reasons, found, source_row in rows
        ]
        await conn.copy_records_to_table("quarantine", records=records, columns=columns)


async def set_counts(
    conn: Any, verb: str, batch_id: int, counts: Counts, reasons: dict[str, int], now: datetime, **more: Any
) -> None:
    """Write counts and reasons with the state that `verb` names (`set_checked`, `set_held`, `set_published`)."""
    await getattr(queries, verb)(
        conn, id=batch_id, counts=to_json(asdict(counts)), reasons=to_json(reasons), now=now,
        **{name: to_json(value) for name, value in more.items()},
    )  # fmt: skip
