"""The rule of the gate for lists: which of these subjects and items a member may read now, in one query.

`choose` in Python and `xinshu_readable` in PostgreSQL answer alike; a table of cases and random ones show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from xinshu.catalogue.model import Item
from xinshu.consent.forms import profile
from xinshu.consent.rules import Reader
from xinshu.store import load_queries

queries = load_queries("xinshu.consent")


@dataclass(frozen=True)
class Readable:
    """One subject and item: whether it may be read, why, and by which authorisation (`Decision` without its words)."""

    subject: str
    item: str
    allowed: bool
    code: str
    consent: str | None
    kept_back: str | None


def items_json(items: Sequence[Item], permitted: Sequence[str] | None) -> str:
    """What the SQL form needs of the items; `permitted`: those the member may read at all, None: not limited."""
    abouts = [profile(item) for item in items]
    return orjson.dumps(
        [
            {
                "item": about.item,
                "permitted": permitted is None or about.item in permitted,
                "needs_consent": about.needs_consent,
                "whole": not about.needs_consent and about.open.view == "full",
                "confidential": sorted(about.confidential),
                "personal": sorted(about.personal),
            }
            for about in abouts
        ]
    ).decode()


async def readable(
    conn: Any,
    *,
    reader: Reader,
    member: str | None,
    purpose: str,
    now: datetime,
    subjects: Sequence[str],
    items: Sequence[Item],
    permitted: Sequence[str] | None = None,
) -> list[Readable]:
    """The decision on every pair of `subjects` (codes) and `items`."""
    rows = queries.readable(
        conn, reader=reader.value, member=member, purpose=purpose, at=now, subjects=list(subjects),
        items=items_json(items, permitted),
    )  # fmt: skip
    return [
        Readable(
            row["subject"], row["item"], row["allowed"], row["code"],
            str(row["consent"]) if row["consent"] is not None else None, row["kept_back"],
        )
        async for row in rows
    ]  # fmt: skip
