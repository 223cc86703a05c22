"""What becomes of records: new, changed, unchanged, closed; batches held for a person; records repaired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from collect_kit import Node, code_of, consistent, csv_of, firm, firms, penalties, penalty

from xinshu.collect.errors import BatchStateError
from xinshu.collect.model import Batch, BatchState

HOUR = timedelta(hours=1)


def limits(batch: Batch) -> list[str]:
    """Names of the limits that hold a batch."""
    return [one["limit"] for one in batch.held_for or []]


async def test_versions_follow_one_another(node: Node) -> None:
    first = await node.publish(firms(3))
    began = node.clock.now()
    node.clock.advance(HOUR)
    second = await node.publish([firm(1), firm(2, address="示例路99号"), firm(4)])
    changed_at = node.clock.now()
    assert (second.counts.unchanged, second.counts.changed, second.counts.new) == (1, 1, 1)
    versions = {code: [r for r in await node.records() if r["code"] == code] for code in map(code_of, (1, 2, 3, 4))}

    (touched,) = versions[code_of(1)]
    assert (touched["first_seen"], touched["last_seen"]) == (began, changed_at)
    assert (touched["batch_id"], touched["version"]) == (first.id, 1)
    old, new = versions[code_of(2)]
    assert (old["state"], old["known_to"], old["last_seen"]) == ("superseded", changed_at, began)
    assert (new["version"], new["state"], new["known_to"], new["first_seen"]) == (2, "current", None, changed_at)
    assert orjson.loads(old["payload"])["address"] == "示例路88号"
    (left_alone,) = versions[code_of(3)]
    assert (left_alone["state"], left_alone["last_seen"], left_alone["known_to"]) == ("current", began, None)

    (holding,) = await node.table("select * from holding where subject_id = $1", new["subject_id"])
    assert (holding["rows"], holding["version"], holding["batch_id"]) == (1, 2, second.id)
    assert orjson.loads(holding["document"])[0]["data"]["address"] == "示例路99号"
    (untouched,) = await node.table(
        "select version, batch_id from holding where subject_id = $1", touched["subject_id"]
    )
    assert untouched == {"version": 1, "batch_id": first.id}
    subject = await node.table("select address from subject where code = $1", code_of(2))
    history = await node.table("select field, value, seen_from, seen_to from subject_history")
    assert subject == [{"address": "示例路99号"}]
    assert history == [{"field": "address", "value": "示例路88号", "seen_from": began, "seen_to": changed_at}]


async def test_back_to_what_it_was_is_a_change_again(node: Node) -> None:
    for address in ("甲路1号", "乙路2号", "甲路1号"):
        node.clock.advance(HOUR)
        await node.publish([firm(1, address=address)], batch_no=f"{node.clock.now():%H}")
    assert [(r["version"], r["state"]) for r in await node.records()] == [
        (1, "superseded"), (2, "superseded"), (3, "current"),
    ]  # fmt: skip


async def test_full_mode_closes_what_is_gone(node: Node) -> None:
    await node.publish(firms(1))
    rows = penalties(30)
    await node.publish(rows, "8", mode="full", provider="ndrc")
    await node.publish([penalty("另一部门〔2024〕1号")], "8", mode="full", provider="customs")
    node.clock.advance(HOUR)
    batch = await node.publish(rows[1:], "8", mode="full", provider="ndrc")
    assert (batch.counts.closed, batch.counts.unchanged, batch.counts.new) == (1, 29, 0)
    closed = [r for r in await node.records("8") if r["known_to"] is not None]
    assert [(r["state"], r["known_to"]) for r in closed] == [("closed", node.clock.now())]
    assert orjson.loads(closed[0]["payload"])["document_no"] == rows[0]["document_no"]
    assert await node.table("select rows from holding where item = '8'") == [{"rows": 30}]  # the other's is still there
    node.clock.advance(HOUR)
    back = await node.publish(rows, "8", mode="full", provider="ndrc", batch_no="again")
    assert (back.counts.new, back.counts.unchanged, back.counts.closed) == (1, 29, 0)
    reopened = [r for r in await node.records("8") if r["key"] == closed[0]["key"]]
    assert [(r["version"], r["state"]) for r in reopened] == [(1, "closed"), (2, "current")]


async def test_limits_hold_a_batch_until_a_person_decides(node: Node) -> None:
    await node.publish(firms(10), mode="full")
    before = await node.table("select * from record order by subject_id")
    batch = await node.send(firms(8), mode="full")
    assert batch.state is BatchState.HELD
    assert set(limits(batch)) == {"max_deletions", "min_rows_vs_previous"}
    assert all(one["message"] and one["found"] != one["allowed"] for one in batch.held_for or [])
    assert batch.counts.closed == 2
    assert await node.table("select * from record order by subject_id") == before
    assert (await node.collect.process(batch.id)).state is BatchState.HELD  # a worker does not decide

    decided = await node.collect.decide(batch.id, accept=True, by="王五", note="已核实")
    assert (decided.state, decided.decided_by, decided.counts.closed) == (BatchState.PUBLISHED, "王五", 2)
    with pytest.raises(BatchStateError):
        await node.collect.decide(batch.id, accept=False, by="王五")


async def test_a_held_batch_may_be_sent_back(node: Node) -> None:
    bad = [firm(n, subject_name="") for n in range(1, 5)]
    batch = await node.send([*firms(6, start=10), *bad])
    assert batch.state is BatchState.HELD
    assert limits(batch) == ["max_quarantined"]
    assert sorted(await node.codes_aside(batch)) == [7, 8, 9, 10]
    rejected = await node.collect.decide(batch.id, accept=False, by="王五", note="请修正后重报")
    assert (rejected.state, rejected.decided_by) == (BatchState.REJECTED, "王五")
    assert rejected.error is not None and "请修正后重报" in str(rejected.error)
    assert await node.records() == []
    again = await node.send([*firms(6, start=10), *bad])
    assert (again.id != batch.id, again.state) == (True, BatchState.HELD)  # a rejected file may come again


async def test_too_few_filled_cells_hold_a_batch(node: Node) -> None:
    await node.publish(firms(1))
    batch = await node.send([{**row, "publicity_to_date": ""} for row in penalties(3)], "8")
    assert (batch.state, limits(batch)) == (BatchState.HELD, ["min_fill.publicity_to_date"])


async def test_a_repaired_record_is_not_brought_back(node: Node) -> None:
    await node.publish(firms(1))
    rows = penalties(10)
    await node.publish(rows, "8")
    await node.table(
        "update record set state = 'repaired', known_to = $1 where row_no = 3 and item = '8'", node.clock.now()
    )
    node.clock.advance(HOUR)
    batch = await node.publish(rows, "8", batch_no="again")
    assert await node.codes_aside(batch) == {3: ["RECORD_REPAIRED"]}
    assert consistent(batch)
    assert (batch.counts.unchanged, batch.counts.new, batch.counts.quarantined) == (9, 0, 1)
    (record,) = [r for r in await node.records("8") if r["row_no"] == 3]
    assert (record["state"], record["version"]) == ("repaired", 1)


@pytest.mark.parametrize("mode", ["incremental", "full"])
async def test_conflicts_and_repeats_within_a_batch(node: Node, mode: str) -> None:
    """Identical rows are counted once; rows of one key that differ are all set aside."""
    rows: list[dict[str, Any]] = [*firms(8), firm(8), firm(9, address="甲"), firm(9, address="乙"), firm(8)]
    batch = await node.publish(csv_of(rows), mode=mode)
    assert await node.codes_aside(batch) == {10: ["DUPLICATE_CONFLICT"], 11: ["DUPLICATE_CONFLICT"]}
    assert (batch.counts.new, batch.counts.duplicates) == (8, 2)
    assert consistent(batch)
    assert batch.reasons == {"|DUPLICATE_CONFLICT": 2}


async def test_rows_set_aside_make_no_subject(node: Node) -> None:
    await node.publish([*firms(8), firm(9, address="甲"), firm(9, address="乙")])
    assert await node.table("select count(*) as n from subject where code = $1", code_of(9)) == [{"n": 0}]
