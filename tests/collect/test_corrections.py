"""Rows set aside go out as feedback, come back corrected, and are marked where they were first set aside."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from collect_kit import Node, code_of, csv_of, firm, firms, jsonl_of, penalty

from xinshu.collect.errors import BatchNotFoundError, CorrectionMismatchError
from xinshu.collect.model import Batch, BatchState

Row = dict[str, Any]
ORIGINAL = [
    *firms(3),
    firm(4, subject_name=""),  # row 4
    *firms(9, start=10),
    firm(5, uscc="91320111XN0000051X"),  # row 14: wrong check character
    firm(6, established_date="2030-01-01"),  # row 15
    firm(7, subject_name=""),  # row 16
    firm(8, legal_person="王" * 300),  # row 17
]


async def feedback(node: Node, batch: Batch, folder: Path) -> list[Row]:
    """The rows of the feedback file, as its reader sees them."""
    path = folder / f"feedback-{batch.id}"
    await node.collect.feedback(batch.id, path)
    if batch.format is not None and batch.format["kind"] == "jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


async def marks(node: Node, batch: Batch) -> dict[int, tuple[str, int | None]]:
    """Row → (state, the batch that fixed it)."""
    rows = await node.table("select row_no, state, fixed_by from quarantine where batch_id = $1", batch.id)
    return {row["row_no"]: (row["state"], row["fixed_by"]) for row in rows}


def corrected(rows: list[Row], fixes: dict[int, Row]) -> list[Row]:
    """The rows that are named, with their fixes; the others are left for another day."""
    return [row | fixes[int(row["原行号"])] for row in rows if int(row["原行号"]) in fixes]


@pytest.mark.parametrize(("write", "name"), [(csv_of, "rows.csv"), (jsonl_of, "rows.jsonl")], ids=["csv", "jsonl"])
async def test_corrected_rows_are_fixed_and_the_rest_stays(
    node: Node, tmp_path: Path, write: Callable[[list[Row]], bytes], name: str
) -> None:
    original = await node.publish(write(ORIGINAL), name=name)
    assert sorted(await marks(node, original)) == [4, 14, 15, 16, 17]
    rows = await feedback(node, original, tmp_path)
    fixes: dict[int, Row] = {
        4: {"subject_name": "示例市四海机械有限公司"},
        14: {"uscc": code_of(5)},
        15: {"established_date": "2019-01-01"},
        16: {},  # sent back as it was
    }
    back = await node.publish(write(corrected(rows, fixes)), name=name, correction_of=original.id)
    assert (back.counts.read, back.counts.new, back.counts.quarantined) == (4, 3, 1)
    fixed, left = ("fixed", back.id), ("quarantined", None)
    assert await marks(node, original) == {4: fixed, 14: fixed, 15: fixed, 16: left, 17: left}
    assert {row.row_no for row in await node.aside(original) if row.state == "quarantined"} == {16, 17}
    assert [int(row["原行号"]) for row in await feedback(node, original, tmp_path)] == [16, 17]
    names = {record["name"] for record in await node.records()}
    assert {"示例市四海机械有限公司", firm(5)["subject_name"], firm(6)["subject_name"]} <= names

    again = await node.publish(write(corrected(rows, fixes)), name=name, correction_of=original.id)
    assert again.id == back.id
    assert (await marks(node, original))[16] == left


async def test_a_correction_of_a_correction(node: Node, tmp_path: Path) -> None:
    original = await node.publish(ORIGINAL)
    rows = await feedback(node, original, tmp_path)
    sound: dict[int, Row] = {
        4: {"subject_name": "甲机械有限公司"},
        14: {"uscc": code_of(5)},
        15: {"established_date": "2019-01-01"},
    }
    first = await node.publish(csv_of(corrected(rows, {**sound, 17: {}})), correction_of=original.id)
    assert await marks(node, first) == {4: ("quarantined", None)}
    (row,) = await feedback(node, first, tmp_path)
    assert row["原行号"] == "4"  # its place in the correction
    second = await node.publish(csv_of([row | {"legal_person": "王海"}]), correction_of=first.id)
    assert await marks(node, first) == {4: ("fixed", second.id)}
    assert (await marks(node, original))[17] == ("fixed", second.id)
    assert (await marks(node, original))[4] == ("fixed", first.id)
    assert [int(row["原行号"]) for row in await feedback(node, original, tmp_path)] == [16]


async def test_rows_whose_number_is_lost_are_taken_and_fix_nothing(node: Node) -> None:
    original = await node.publish(ORIGINAL)
    before = await marks(node, original)
    numbers = ["", "x", "-4", "4.5", "99999999999999999999", "99"]
    rows = [firm(50 + i) | {"原行号": number, "问题原因": ""} for i, number in enumerate(numbers)]
    back = await node.publish(csv_of(rows), correction_of=original.id)
    assert back.counts.new == len(numbers)
    assert await marks(node, original) == before


async def test_a_row_that_came_back_as_two_is_fixed_once_both_are_sound(node: Node, tmp_path: Path) -> None:
    original = await node.publish(ORIGINAL)
    rows = await feedback(node, original, tmp_path)
    fixes: dict[int, Row] = {
        4: {"subject_name": "甲机械有限公司"}, 14: {"uscc": code_of(5)}, 15: {"established_date": "2019-01-01"},
    }  # fmt: skip
    sent = corrected(rows, fixes)
    await node.publish(csv_of([*sent, sent[0] | {"uscc": code_of(40), "subject_name": ""}]), correction_of=original.id)
    states = {row_no: state for row_no, (state, _) in (await marks(node, original)).items()}
    assert states == {4: "quarantined", 14: "fixed", 15: "fixed", 16: "quarantined", 17: "quarantined"}


async def test_a_file_without_the_two_columns_fixes_nothing(node: Node) -> None:
    original = await node.publish(ORIGINAL)
    before = await marks(node, original)
    await node.publish([firm(4, subject_name="甲机械有限公司")], correction_of=original.id)
    assert await marks(node, original) == before


async def test_rows_of_a_held_batch_stay_fixed_when_it_is_accepted(node: Node, tmp_path: Path) -> None:
    held = await node.send([*firms(2), firm(4, subject_name=""), firm(5, subject_name="")])
    assert held.state is BatchState.HELD
    rows = await feedback(node, held, tmp_path)
    back = await node.publish(csv_of([rows[0] | {"subject_name": "甲机械有限公司"}]), correction_of=held.id)
    expected = {3: ("fixed", back.id), 4: ("quarantined", None)}
    assert await marks(node, held) == expected
    assert (await node.collect.decide(held.id, True, "张三")).state is BatchState.PUBLISHED
    assert await marks(node, held) == expected


async def test_corrections_of_what_is_not_ones_own_are_refused(node: Node) -> None:
    original = await node.publish(ORIGINAL)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"provider": "ndrc"}, f"批次 {original.id} 不是数据提供单位 ndrc 的批次"),
        ({"item": "8"}, f"批次 {original.id} 属于事项 1,不能用事项 8"),
    ]
    for about, message in wrong:
        with pytest.raises(CorrectionMismatchError, match=message) as caught:
            await node.receive([penalty("x")], correction_of=original.id, **about)
        assert (caught.value.code, caught.value.status) == ("correction_mismatch", 409)
        assert caught.value.hint
    with pytest.raises(BatchNotFoundError, match="没有编号为 999 的批次"):
        await node.receive(firms(1), correction_of=999)
    assert len(await node.table("select from batch")) == 1
    assert len(list((node.services.settings.home / "lake" / "raw").rglob("*"))) == 2  # item 1 and its one file


async def test_a_file_known_already_is_not_silently_taken_for_a_correction(node: Node) -> None:
    original = await node.publish(ORIGINAL)
    other = await node.publish([firm(4, subject_name="甲机械有限公司")])
    with pytest.raises(CorrectionMismatchError, match=f"已作为批次 {other.id} 报送,当时没有写明是修正"):
        await node.receive([firm(4, subject_name="甲机械有限公司")], correction_of=original.id)
    named = await node.publish(
        [firm(4, subject_name="甲机械有限公司")], correction_of=original.id, batch_no="2026-06-01-2"
    )
    assert named.correction_of == original.id


async def test_over_http(node: Node) -> None:
    original = await node.publish(ORIGINAL)
    async with node.http() as client:
        about: dict[str, Any] = {"provider": "ndrc", "item": "1", "correction_of": original.id}
        answer = await client.post("/v1/batches", params=about, content=csv_of(firms(1)))
        assert (answer.status_code, answer.json()["code"]) == (409, "correction_mismatch")
        text = (await client.get(f"/v1/batches/{original.id}/feedback")).text
        rows = corrected(list(csv.DictReader(text.splitlines())), {4: {"subject_name": "甲机械有限公司"}})
        answer = await client.post("/v1/batches", params={**about, "provider": "samr"}, content=csv_of(rows))
        assert answer.status_code == 202, answer.text
        back = await node.collect.process(answer.json()["id"])
        states = {
            row["row_no"]: row["state"] for row in (await client.get(f"/v1/batches/{original.id}/quarantine")).json()
        }
    assert states == {4: "fixed", 14: "quarantined", 15: "quarantined", 16: "quarantined", 17: "quarantined"}
    assert back.correction_of == original.id
