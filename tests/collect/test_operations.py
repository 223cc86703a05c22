"""Rows of an incremental batch that say what they do: new, changed, deleted."""

from __future__ import annotations

from datetime import timedelta

from collect_kit import Node, code_of, consistent, firm, firms, penalties

from xinshu.collect.model import BatchState


async def test_a_deletion_ends_the_record_and_the_holding_forgets_it(node: Node) -> None:
    await node.publish(firms(3))
    rows = penalties(3)
    await node.publish(rows, "8")
    node.clock.advance(timedelta(days=1))
    batch = await node.publish(
        [rows[0] | {"操作类型": "删除"}, rows[1] | {"操作类型": ""}, rows[2] | {"操作类型": "U"}], "8"
    )
    assert (batch.counts.deleted, batch.counts.closed, batch.counts.unchanged) == (1, 1, 2)
    assert consistent(batch)
    ended, *others = sorted(await node.records("8"), key=lambda record: record["row_no"])
    assert (ended["state"], ended["known_to"]) == ("closed", node.clock.now())
    assert [record["state"] for record in others] == ["current", "current"]
    (holding,) = await node.table("select rows, document from holding where item = '8'")
    assert holding["rows"] == 2
    assert rows[0]["document_no"] not in holding["document"]


async def test_deleting_what_is_not_there_changes_nothing(node: Node) -> None:
    await node.publish(firms(3))
    batch = await node.send([row | {"操作类型": "D"} for row in firms(1, 7)] + [firm(1) | {"操作类型": "新增"}])
    assert await node.codes_aside(batch) == {1: ["SUBJECT_UNKNOWN"]}
    assert await node.table("select count(*) as n from subject where code = $1", code_of(7)) == [{"n": 0}]


async def test_a_deleted_record_sent_again_is_new(node: Node) -> None:
    await node.publish([row | {"操作类型": "I"} for row in firms(2)])
    await node.publish([row | {"操作类型": "D"} for row in firms(1)])
    batch = await node.publish(firms(2))
    assert (batch.counts.new, batch.counts.unchanged) == (1, 1)
    assert [record["version"] for record in await node.records() if record["code"] == code_of(1)] == [1, 2]


async def test_an_operation_that_nobody_knows_is_set_aside(node: Node) -> None:
    rows = [row | {"操作类型": "新增"} for row in firms(8)] + [firm(9) | {"操作类型": "作废"}]
    assert await node.codes_aside(await node.publish(rows)) == {9: ["OPERATION"]}


async def test_a_full_batch_holds_no_deletions(node: Node) -> None:
    rows = [row | {"操作类型": "新增"} for row in firms(8)] + [firm(9) | {"操作类型": "D"}]
    batch = await node.send(rows, mode="full")
    assert batch.state is BatchState.PUBLISHED
    assert await node.codes_aside(batch) == {9: ["OPERATION"]}


async def test_one_row_that_changes_and_one_that_deletes_contradict(node: Node) -> None:
    await node.publish(firms(9))
    rows = [
        firm(1) | {"操作类型": "变更"},
        firm(1) | {"操作类型": "删除"},
        *[row | {"操作类型": ""} for row in firms(8, 2)],
    ]
    batch = await node.publish(rows)
    assert await node.codes_aside(batch) == {1: ["DUPLICATE_CONFLICT"], 2: ["DUPLICATE_CONFLICT"]}
    assert (batch.counts.deleted, batch.counts.unchanged) == (0, 8)


async def test_many_deletions_wait_for_a_person(node: Node) -> None:
    await node.publish(firms(40))
    batch = await node.send([row | {"操作类型": "删除"} for row in firms(21)])
    assert batch.state is BatchState.HELD
    assert [limit["limit"] for limit in batch.held_for or []] == ["max_deletions"]
    accepted = await node.collect.decide(batch.id, accept=True, by="王芳")
    assert (accepted.state, accepted.counts.deleted) == (BatchState.PUBLISHED, 21)
