"""Sending again, in another form, or with two workers at once leads to the same state."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from collect_kit import Node, build, code_of, consistent, csv_of, firm, firms, jsonl_of, penalties

from xinshu.collect.errors import BatchBusyError, BatchNumberReusedError
from xinshu.collect.model import Batch, BatchState
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database


async def test_the_same_file_twice_is_the_same_batch(node: Node) -> None:
    rows = csv_of([*firms(6), firm(7, subject_name="")])
    first = await node.publish(rows)
    before = await node.table("select * from record order by subject_id")
    again = await node.send(rows, name="another-name.csv")
    assert again == first
    assert await node.table("select * from record order by subject_id") == before
    assert await node.table("select count(*) as n from batch") == [{"n": 1}]

    numbered = await node.publish(rows, batch_no="2026-06")  # meant to be sent again
    assert numbered.id != first.id
    assert (numbered.counts.unchanged, numbered.counts.new, numbered.counts.changed) == (6, 0, 0)


async def test_a_batch_number_stands_for_one_file(node: Node) -> None:
    first = await node.publish(firms(2), batch_no="2026-001")
    assert (await node.receive(firms(2), batch_no="2026-001")).id == first.id
    with pytest.raises(BatchNumberReusedError) as caught:
        await node.receive(firms(3), batch_no="2026-001")
    assert (caught.value.status, caught.value.code) == (409, "batch_number_reused")
    assert "2026-001" in caught.value.message and str(first.id) in caught.value.message
    other = await node.receive(firms(3), batch_no="2026-001", provider="customs")
    assert other.id != first.id


def xlsx_of(rows: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([value or None for value in row.values()])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


async def test_the_same_content_in_other_formats_is_unchanged(node: Node) -> None:
    rows = firms(4)
    gb = csv_of(rows).replace(b",", b"|").decode().encode("gb18030")
    results = [await node.publish(data) for data in (csv_of(rows), jsonl_of(rows), xlsx_of(rows), gb)]
    assert [batch.format["kind"] for batch in results if batch.format] == ["csv", "jsonl", "xlsx", "csv"]
    assert [batch.counts.new for batch in results] == [4, 0, 0, 0]
    assert [batch.counts.unchanged for batch in results] == [0, 4, 4, 4]
    assert len(await node.records()) == 4


async def test_two_workers_on_one_batch(node: Node, settings: Settings, clock: FixedClock) -> None:
    """One has it; the other is told so, or finds it done."""
    db = await Database.open(settings)
    other = Node(await build(settings, db, clock), clock)
    batch = await node.receive(firms(5))
    ends = await asyncio.gather(node.collect.process(batch.id), other.collect.process(batch.id), return_exceptions=True)
    await db.close()
    done = [end for end in ends if isinstance(end, Batch)]
    refused = [end for end in ends if not isinstance(end, Batch)]
    assert len(done) >= 1 and all(isinstance(end, BatchBusyError) for end in refused)
    final = await node.collect.process(batch.id)
    assert (final.state, final.counts.new) == (BatchState.PUBLISHED, 5)
    assert len(await node.records()) == 5
    assert all(end == final for end in done)


async def test_two_workers_on_two_batches_that_make_the_same_subjects(
    node: Node, settings: Settings, clock: FixedClock
) -> None:
    db = await Database.open(settings)
    other = Node(await build(settings, db, clock), clock)
    here, there = await asyncio.gather(node.publish(firms(5)), other.publish(firms(8), provider="customs"))
    await db.close()
    assert consistent(here) and consistent(there)
    assert await node.table("select count(*) as n, count(distinct code) as codes from subject") == [
        {"n": 8, "codes": 8}
    ]
    assert {here.counts.new + here.counts.unchanged, there.counts.new + there.counts.unchanged} == {5, 8}


async def test_facts_before_or_after_other_facts(node: Node) -> None:
    """Between the register and the facts order matters (an unknown subject is set aside); among facts it does not."""
    await node.publish(firms(2))
    await node.publish(penalties(2, serial=2), "8", provider="ndrc")
    await node.publish(penalties(3, serial=1), "8", provider="ndrc")
    documents = await node.table(
        "select s.code, h.rows from holding h join subject s on s.id = h.subject_id where item = '8' order by s.code"
    )
    assert documents == [{"code": code_of(1), "rows": 3}, {"code": code_of(2), "rows": 2}]
