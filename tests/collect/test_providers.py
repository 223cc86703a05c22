"""Two providers of one item: what one of them has stands, whatever the other sends under the same key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from collect_kit import Node, consistent, firms, penalties, penalty

from xinshu.collect.errors import CorrectionMismatchError
from xinshu.collect.model import Batch, BatchState

HOUR = timedelta(hours=1)
A, B = "customs", "ndrc"
FIRST = str(penalty("")["violation_type"])
Send = Callable[..., Awaitable[Batch]]


@pytest.fixture
async def send(node: Node) -> Send:
    """A batch of item 8 about one firm, an hour after the one before."""
    await node.publish(firms(1))

    async def publish(provider: str, rows: list[dict[str, Any]], **about: Any) -> Batch:
        node.clock.advance(HOUR)
        return await node.publish(rows, "8", provider=provider, batch_no=f"{node.clock.now():%d%H}", **about)

    return publish


async def of(node: Node, provider: str) -> list[tuple[str, str, str]]:
    """Document number, violation and state of all that a provider has."""
    found = []
    for row in await node.records("8"):
        if row["provider"] == provider:
            said = orjson.loads(row["payload"])
            found.append((said["document_no"], said["violation_type"], row["state"]))
    return sorted(found)


async def shown(node: Node) -> list[tuple[str, str, str]]:
    """Document number, violation and provider of all rows of the firm's document."""
    (holding,) = await node.table("select document, masked, rows from holding where item = '8'")
    rows = orjson.loads(holding["document"])
    assert len(rows) == holding["rows"]
    return sorted(
        (one["data"]["document_no"], one["data"]["violation_type"], one["origin"]["provider"]) for one in rows
    )


@pytest.mark.parametrize("mode", ["incremental", "full"])
async def test_another_providers_record_is_not_superseded(node: Node, send: Send, mode: str) -> None:
    theirs = [penalty("甲罚1号"), penalty("甲罚2号")]
    await send(A, theirs, mode=mode)
    before = await of(node, A)
    batch = await send(B, [penalty("甲罚1号", violation_type="违反乙规定"), penalty("甲罚3号")], mode=mode)
    assert (batch.counts.new, batch.counts.changed, batch.counts.unchanged, batch.counts.closed) == (2, 0, 0, 0)
    assert consistent(batch)
    assert await of(node, A) == before == [("甲罚1号", FIRST, "current"), ("甲罚2号", FIRST, "current")]
    assert await of(node, B) == [("甲罚1号", "违反乙规定", "current"), ("甲罚3号", FIRST, "current")]
    assert await shown(node) == sorted(
        [
            ("甲罚1号", FIRST, A),
            ("甲罚1号", "违反乙规定", B),
            ("甲罚2号", FIRST, A),
            ("甲罚3号", FIRST, B),
        ]
    )

    # Each goes on with its own: a change supersedes its own version, what is the same stays, whoever sent last.
    changed = await send(A, [penalty("甲罚1号", violation_type="违反丙规定"), penalty("甲罚2号")], mode=mode)
    assert (changed.counts.new, changed.counts.changed, changed.counts.unchanged, changed.counts.closed) == (0, 1, 1, 0)
    same = await send(B, [penalty("甲罚1号", violation_type="违反乙规定"), penalty("甲罚3号")], mode=mode)
    assert (same.counts.unchanged, same.counts.new, same.counts.changed, same.counts.closed) == (2, 0, 0, 0)
    assert set(await of(node, A)) == {
        ("甲罚1号", FIRST, "superseded"),
        ("甲罚1号", "违反丙规定", "current"),
        ("甲罚2号", FIRST, "current"),
    }
    versions = await node.table(
        "select version, provider, state from record where item = '8' and key = (select key from record "
        "where item = '8' group by key having count(*) = 3) order by version"
    )
    assert [(one["version"], one["provider"]) for one in versions] == [(1, A), (2, B), (3, A)]
    assert [one["state"] for one in versions] == ["superseded", "current", "current"]


async def test_the_same_fact_of_two_providers_stands_twice(node: Node, send: Send) -> None:
    for _ in range(2):
        await send(A, [penalty("甲罚1号")])
        await send(B, [penalty("甲罚1号")])
    assert await shown(node) == [("甲罚1号", FIRST, A), ("甲罚1号", FIRST, B)]
    assert [one["version"] for one in await node.records("8")] == [1, 2]


async def test_another_providers_record_is_not_deleted(node: Node, send: Send) -> None:
    await send(A, [penalty("甲罚1号"), penalty("甲罚2号")])
    batch = await send(
        B,
        [penalty("甲罚1号") | {"操作类型": "删除"}, penalty("甲罚2号", violation_type="违反乙规定") | {"操作类型": ""}],
    )
    assert (batch.counts.deleted, batch.counts.unchanged, batch.counts.closed) == (0, 1, 0)
    assert await of(node, A) == [("甲罚1号", FIRST, "current"), ("甲罚2号", FIRST, "current")]
    batch = await send(B, [penalty("甲罚2号") | {"操作类型": "删除"}])
    assert (batch.counts.deleted, batch.counts.closed) == (1, 1)
    assert await shown(node) == [("甲罚1号", FIRST, A), ("甲罚2号", FIRST, A)]
    batch = await send(A, [penalty("甲罚2号") | {"操作类型": "删除"}])
    assert batch.counts.closed == 1
    assert await shown(node) == [("甲罚1号", FIRST, A)]


async def test_a_full_batch_closes_ones_own_only(node: Node, send: Send) -> None:
    rows = penalties(20)
    await send(A, rows, mode="full")
    await send(B, rows, mode="full")
    batch = await send(B, rows[1:], mode="full")
    assert (batch.counts.closed, batch.counts.unchanged) == (1, 19)
    assert [state for _, _, state in await of(node, A)] == ["current"] * 20
    back = await send(B, rows, mode="full")
    assert (back.counts.new, back.counts.unchanged) == (1, 19)
    assert len(await shown(node)) == 40


async def test_a_correction_is_of_ones_own_batch(node: Node, send: Send) -> None:
    bad = await send(A, [*penalties(30), penalty("甲罚10号", fine_amount="much")])
    assert bad.counts.quarantined == 1
    with pytest.raises(CorrectionMismatchError):
        await node.receive([penalty("甲罚10号")], "8", provider=B, correction_of=bad.id)
    await send(B, [penalty("甲罚10号")])
    assert await node.table("select state from quarantine where batch_id = $1", bad.id) == [{"state": "quarantined"}]
    assert [one[2] for one in await of(node, A)] == ["current"] * 30


@pytest.mark.parametrize("mode", ["incremental", "full"])
async def test_what_was_repaired_does_not_come_back_by_another_provider(node: Node, send: Send, mode: str) -> None:
    await send(A, [penalty("甲罚1号"), *penalties(30)])
    await node.table(
        "update record set state = 'repaired', known_to = $1 where item = '8' and payload like '%\"甲罚1号\"%'",
        node.clock.now(),
    )
    batch = await send(B, [penalty("甲罚1号"), *penalties(30)], mode=mode)
    assert list((await node.codes_aside(batch)).values()) == [["RECORD_REPAIRED"]]
    assert all(number != "甲罚1号" for number, _, _ in await shown(node))


async def test_both_at_the_same_moment(node: Node, send: Send) -> None:
    """Neither loses its rows in the document they share, and versions do not collide."""
    rows = penalties(30)
    one, other = await node.receive(rows, "8", provider=A), await node.receive(rows, "8", provider=B)
    done = await asyncio.gather(node.collect.process(one.id), node.collect.process(other.id))
    assert [batch.state for batch in done] == [BatchState.PUBLISHED] * 2
    assert len(await shown(node)) == 60
