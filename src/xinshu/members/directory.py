"""Where a member stands now: its state, the branches it acts for, and the limits that it and its parents set.

Other rooms ask here and nowhere else: for each token and session (`standing`), and for each file of a provider
(`provider`). A branch is never wider than its parents and never more online than they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from xinshu.members.model import MemberKind, MemberRef, MemberState
from xinshu.store import load_queries

queries = load_queries("xinshu.members")

EVERYWHERE = ""
_STOPPED = (MemberState.SUSPENDED, MemberState.OFFBOARDED)


@dataclass(frozen=True)
class Standing:
    """A member with the limits in effect.

    `ref.state` is suspended when the member is online but one of its parents is suspended or has left.
    `ref.provider_code` is its own or, for a branch without one, that of the nearest parent. `members`: its own id, then
    those of all members below. `items`: item numbers; None where neither it nor a parent limits them. `regions`:
    prefixes of division codes; None: everywhere.
    """

    ref: MemberRef
    members: tuple[str, ...]
    items: tuple[str, ...] | None
    regions: tuple[str, ...] | None


async def standing(conn: Any, member_id: str) -> Standing | None:
    """Where the member stands; None when there is none of that id."""
    lineage = [row async for row in queries.lineage(conn, member_id=member_id)]
    if len(lineage) == 0:
        return None
    own = lineage[0]
    state = MemberState(own["state"])
    if state is MemberState.ONLINE and any(MemberState(row["state"]) in _STOPPED for row in lineage[1:]):
        state = MemberState.SUSPENDED
    code = next((row["provider_code"] for row in lineage if row["provider_code"] is not None), None)
    return Standing(
        ref=MemberRef(own["id"], MemberKind(own["kind"]), own["name"], state, code),
        members=tuple([row["id"] async for row in queries.below(conn, member_id=member_id)]),
        items=narrowest_items(row["items"] for row in lineage),
        regions=narrowest_regions(row["regions"] for row in lineage),
    )


async def provider(conn: Any, provider_code: str) -> Standing | None:
    """Where the provider stands that the catalogue knows under this code; None when no member bears it."""
    found = await queries.id_of_provider(conn, provider_code=provider_code)
    return await standing(conn, found) if found is not None else None


def narrowest_items(along: Iterable[Iterable[str] | None]) -> tuple[str, ...] | None:
    """Items that every list along the parents contains, in the order of the first; None when there is no list."""
    lists = [tuple(one) for one in along if one is not None]
    if len(lists) == 0:
        return None
    return tuple(item for item in lists[0] if all(item in one for one in lists[1:]))


def narrowest_regions(along: Iterable[Iterable[str]]) -> tuple[str, ...] | None:
    """Divisions that lie within a prefix of every list; None when that is everywhere."""
    everywhere: tuple[str, ...] = (EVERYWHERE,)
    common = reduce(_common, (tuple(one) for one in along), everywhere)
    return None if EVERYWHERE in common else common


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Of two prefixes one of which begins with the other, the longer one covers what both cover."""
    found = [max(a, b, key=len) for a in first for b in second if a.startswith(b) or b.startswith(a)]
    return tuple(sorted({one for one in found if not any(one != other and one.startswith(other) for other in found)}))
