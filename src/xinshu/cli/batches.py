"""Batches as the commands show them: a row of a table, or an object for a machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xinshu.collect.model import Batch, BatchState

HEADINGS = ("批次", "状态", "读取", "接受", "问题", "新增", "变更", "不变", "关闭", "主要原因")
STATES = {
    BatchState.PUBLISHED: "[green]已发布[/green]",
    BatchState.FEEDBACK_SENT: "[green]已反馈[/green]",
    BatchState.HELD: "[yellow]暂停,待处置[/yellow]",
    BatchState.REJECTED: "[red]退回[/red]",
}


def file_result(path: Path, batch: Batch) -> dict[str, Any]:
    """What a machine is told of one file."""
    return {
        "file": str(path),
        "batch": batch.id,
        "state": batch.state.value,
        **asdict(batch.counts),
        "reasons": code_counts(batch.reasons),
        "reasons_by_field": batch.reasons,
        "held_for": batch.held_for,
        "error": batch.error,
    }


def code_counts(reasons: dict[str, int]) -> dict[str, int]:
    """Code → count, over all fields; warnings left out."""
    counts: Counter[str] = Counter()
    for reason, count in reasons.items():
        if not reason.startswith("warning:"):
            counts[reason.partition("|")[2]] += count
    return dict(counts)


def batch_cells(batch: Batch) -> list[str]:
    """Under `HEADINGS`."""
    counts = batch.counts
    figures = (
        counts.read,
        counts.accepted,
        counts.quarantined,
        counts.new,
        counts.changed,
        counts.unchanged,
        counts.closed,
    )
    reasons = "、".join(f"{code} {n}" for code, n in Counter(code_counts(batch.reasons)).most_common(3))
    if batch.error is not None:
        reasons = str(batch.error["message"])
    if batch.held_for:
        reasons = ";".join(str(limit["message"]) for limit in batch.held_for)
    state = STATES.get(batch.state, batch.state.value)
    return [str(batch.id), state, *[f"{figure:,}" for figure in figures], reasons]
