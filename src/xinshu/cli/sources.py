"""Front-end machines' tables and pulls as the commands show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xinshu.cli.batches import STATES, file_result
from xinshu.collect.pulling import PullResult, SourceState


def pull_result(result: PullResult) -> dict[str, Any]:
    """What a machine is told of a pull."""
    return {
        "source": result.source,
        "rows": result.rows,
        "watermark": result.watermark.model_dump() if result.watermark is not None else None,
        "batch": file_result(Path(result.batch.file_name), result.batch) if result.batch is not None else None,
    }


def source_result(state: SourceState) -> dict[str, Any]:
    """What a machine is told of a source."""
    at = state.position
    return {
        **state.source.model_dump(by_alias=True),
        "position": at.watermark.model_dump() if at.watermark is not None else None,
        "updated_at": at.updated_at,
        "last_batch": at.batch_id,
        "last_state": state.batch.state if state.batch is not None else None,
    }


def source_cells(state: SourceState) -> list[str]:
    """A row of the table of sources."""
    source, at, batch = state.source, state.position, state.batch
    table = f"{source.schema_}.{source.table}" if source.schema_ else source.table
    watermark = at.watermark.value if at.watermark is not None else "—"
    updated = f"{at.updated_at:%Y-%m-%d %H:%M}" if at.updated_at is not None else "—"
    last = f"{batch.id} {STATES.get(batch.state, batch.state.value)}" if batch is not None else "—"
    enabled = "是" if source.enabled else "否"
    return [source.name, enabled, source.item, source.provider, source.mode, table, watermark, updated, last]
