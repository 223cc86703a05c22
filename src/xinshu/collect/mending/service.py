"""Reads rows set aside for whoever mends them: which cell feeds which field, all reasons, the latest attempt."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from xinshu.catalogue.model import Item, Sensitivity
from xinshu.collect.mapping import ColumnsError, MappingError, UnknownMappingError, load_mapping, natural_mapping
from xinshu.collect.model import Batch, QuarantinedRow
from xinshu.collect.quarantine import is_sealed, opened_rows
from xinshu.collect.service import CollectService
from xinshu.core.errors import NotFoundError
from xinshu.store import load_queries

queries = load_queries("xinshu.collect.mending")
_PERSONAL = (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE)


@dataclass(frozen=True)
class Attempt:
    """A row as it came back with a correction, and why it was set aside again."""

    batch: int
    cells: dict[str, str] | None  # by column; None: not opened for the caller, or not one row of cells
    reasons: list[dict[str, str | None]]


@dataclass(frozen=True)
class MendingRow:
    """A row set aside. `cells`: in the order of the columns; None where it could not be split, or is not opened."""

    row_no: int
    cells: list[str] | None
    raw: str | None
    reasons: list[dict[str, str | None]]
    candidates: list[dict[str, Any]] | None
    state: str
    fixed_by: int | None
    attempt: Attempt | None


@dataclass(frozen=True)
class Correction:
    """A batch that mends another: how far it is."""

    id: int
    state: str
    received_at: datetime
    read: int | None
    accepted: int | None


@dataclass(frozen=True)
class Mending:
    """A page of the rows of a batch. `columns`: (as received, the field that it feeds). `personal`: the item has fields
    with personal information, of which nothing may be kept in a browser."""

    columns: list[tuple[str, str | None]]
    quarantined: int
    fixed: int
    personal: bool
    corrections: list[Correction]
    rows: list[MendingRow]


async def mending(
    service: CollectService, batch: Batch, *, only_open: bool, page: int, page_size: int, opened: bool
) -> Mending:
    """A page of the rows set aside. `opened`: with the text of rows that are sealed for their personal information."""
    header = batch.header or []
    async with service.db.acquire() as conn:
        states = {row["state"]: row["rows"] async for row in queries.states_of_rows(conn, batch_id=batch.id)}
        found = [
            row
            async for row in queries.rows(
                conn, batch_id=batch.id, only_open=only_open, page_size=page_size, skip=(page - 1) * page_size
            )
        ]
        row_nos = [row["row_no"] for row in found]
        tried = [row async for row in queries.attempts(conn, batch_id=batch.id, row_nos=row_nos)]
        corrections = [Correction(**dict(row)) async for row in queries.corrections(conn, batch_id=batch.id)]
    rows = await _texts(service, found, opened)
    attempts = {
        row["source_row"]: Attempt(row["batch_id"], _by_column(text.original, row["header"]), text.reasons)
        for row, text in zip(tried, await _texts(service, tried, opened), strict=True)
    }
    item = _item(service, batch)
    return Mending(
        columns=_columns(service, batch, item, header),
        quarantined=states.get("quarantined", 0),
        fixed=states.get("fixed", 0),
        personal=item is None or any(field.sensitivity in _PERSONAL for field in item.fields),
        corrections=corrections,
        rows=[
            _row(text, len(header), row["fixed_by"], attempts.get(row["row_no"]))
            for row, text in zip(found, rows, strict=True)
        ],
    )


async def _texts(service: CollectService, rows: list[Any], opened: bool) -> list[QuarantinedRow]:
    read = [
        QuarantinedRow(
            row_no=place,  # of the page: rows of several batches may have the same number
            original=orjson.loads(row["original"]),
            reasons=orjson.loads(row["reasons"]),
            candidates=orjson.loads(row["candidates"]) if row.get("candidates") is not None else None,
            state=row.get("state", "quarantined"),
        )
        for place, row in enumerate(rows)
    ]
    if opened:
        read = await asyncio.to_thread(opened_rows, read, service.tools.vault)
    else:
        read = [replace(row, original=None) if is_sealed(row.original) else row for row in read]
    return [replace(text, row_no=row["row_no"]) for text, row in zip(read, rows, strict=True)]


def _row(text: QuarantinedRow, width: int, fixed_by: int | None, attempt: Attempt | None) -> MendingRow:
    original = text.original
    cells = [str(cell) for cell in original] + [""] * (width - len(original)) if isinstance(original, list) else None
    raw = original if isinstance(original, str) else None
    return MendingRow(text.row_no, cells, raw, text.reasons, text.candidates, text.state, fixed_by, attempt)


def _by_column(original: Any, header: str | None) -> dict[str, str] | None:
    if not isinstance(original, list) or header is None:
        return None
    return dict(zip(orjson.loads(header), (str(cell) for cell in original), strict=False))


def _item(service: CollectService, batch: Batch) -> Item | None:
    try:
        return service.catalogue.item_for_batch(batch.item, batch.item_version, batch.received_at.astimezone().date())
    except NotFoundError:  # withdrawn since: the columns are shown without the fields that they fed
        return None


def _columns(
    service: CollectService, batch: Batch, item: Item | None, header: list[str]
) -> list[tuple[str, str | None]]:
    feeds: dict[str, str] = {}
    if item is not None and len(header) > 0:
        try:
            mapping = (
                load_mapping(service.tools.mappings, batch.mapping, item)
                if batch.mapping is not None
                else natural_mapping(item, header)
            )
        except (ColumnsError, MappingError, UnknownMappingError):  # changed since
            return [(column, None) for column in header]
        for field, origins in mapping.fields.items():
            for origin in origins:
                if origin.column is not None:
                    feeds.setdefault(origin.column, field)
    return [(column, feeds.get(column)) for column in header]
