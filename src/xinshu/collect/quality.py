"""Data-quality figures of one batch (质效评估: reference, Assessment). Pure."""

from __future__ import annotations

from typing import Any

from xinshu.collect.model import Counts
from xinshu.collect.prepare import Prepared


def quality_of(prepared: Prepared, counts: Counts) -> dict[str, Any]:
    """Shares from 0 to 1; None where nothing can be said.

    completeness: filled cells of all fields ÷ cells; required_completeness: the same for required fields;
    accuracy: rows passing checks and comparison ÷ rows read; timeliness: accepted rows received within the item's
    cycle; unchanged_share: accepted rows that told nothing new.
    """
    required = [field.name for field in prepared.item.fields if field.required]
    return {
        "fill": prepared.fill,
        "completeness": _mean(list(prepared.fill.values())) if prepared.sound else None,
        "required_completeness": _mean([prepared.fill[name] for name in required]) if prepared.sound else None,
        "accuracy": counts.accepted / counts.read if counts.read else None,
        "timeliness": prepared.timely,
        "unchanged_share": (counts.unchanged + counts.duplicates) / counts.accepted if counts.accepted else None,
    }


def _mean(shares: list[float]) -> float | None:
    return round(sum(shares) / len(shares), 6) if shares else None
