"""Limits of a batch: which are broken, in words and figures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinshu.catalogue.model import Item
from xinshu.collect.model import Counts

DELETIONS_FREE = 20  # rows of an incremental batch that may end records without being measured against max_deletions


@dataclass(frozen=True)
class Limit:
    """One limit broken: its name in the definition, what it allows, what was found."""

    limit: str
    allowed: float
    found: float
    message: str

    def as_dict(self) -> dict[str, str | float]:
        """For JSON."""
        return {"limit": self.limit, "allowed": self.allowed, "found": round(self.found, 6), "message": self.message}


def broken_after_checks(item: Item, read: int, set_aside: int, fill: Mapping[str, float]) -> list[Limit]:
    """Limits that the checks alone show broken."""
    limits, found = item.limits, []
    if read < limits.min_rows:
        found.append(Limit("min_rows", limits.min_rows, read, f"只有 {read} 行,少于下限 {limits.min_rows} 行"))
    found += _quarantined(item, read, set_aside)
    for name, least in limits.min_fill.items():
        if read > set_aside and fill[name] < least:
            field = item.field(name)
            message = f"{field.zh}的填报率为 {fill[name]:.1%},低于 {least:.1%}"
            found.append(Limit(f"min_fill.{name}", least, fill[name], message))
    return found


def broken_after_comparison(item: Item, counts: Counts, current: int | None, previous: int | None) -> list[Limit]:
    """Limits that the comparison shows broken.

    current: the provider's current records of the item, None where closing is not measured; previous: rows of its last
    full batch, None if incremental.
    """
    limits = item.limits
    found = _quarantined(item, counts.read, counts.quarantined)
    if current and limits.max_deletions is not None and counts.closed / current > limits.max_deletions:
        share = counts.closed / current
        message = f"将关闭 {counts.closed} 条现有记录,占 {share:.1%},超过 {limits.max_deletions:.1%}"
        found.append(Limit("max_deletions", limits.max_deletions, share, message))
    if (
        previous
        and limits.min_rows_vs_previous is not None
        and counts.accepted / previous < limits.min_rows_vs_previous
    ):
        share = counts.accepted / previous
        message = (
            f"接受 {counts.accepted} 行,只有上次全量 {previous} 行的 {share:.1%},低于 {limits.min_rows_vs_previous:.1%}"
        )
        found.append(Limit("min_rows_vs_previous", limits.min_rows_vs_previous, share, message))
    return found


def _quarantined(item: Item, read: int, set_aside: int) -> list[Limit]:
    most = item.limits.max_quarantined
    if read == 0 or most is None or set_aside / read <= most:
        return []
    share = set_aside / read
    return [Limit("max_quarantined", most, share, f"{read} 行中有 {set_aside} 行有问题,占 {share:.1%},超过 {most:.1%}")]
