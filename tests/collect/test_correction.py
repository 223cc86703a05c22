"""Rows set aside go back to the provider, come again corrected, and are published."""

from __future__ import annotations

from pathlib import Path

import pytest
from collect_kit import Node, code_of, consistent, csv_of, firm, firms, jsonl_of

from xinshu.collect.errors import BatchStateError
from xinshu.collect.model import BatchState

BAD = [firm(21, subject_name=""), firm(22, established_date="2030-01-01"), firm(23, division="000000")]
ROWS = [*firms(10), *BAD]


def corrected(data: bytes) -> bytes:
    """What a clerk does in the file: fill in, put right; the third row stays wrong."""
    return data.replace(code_of(21).encode() + b",,,", code_of(21).encode() + ",,示例市补填有限公司,".encode()).replace(
        b"2030-01-01", b"2020-01-01"
    )


async def test_a_feedback_file_is_corrected_and_sent_back(node: Node, tmp_path: Path) -> None:
    first = await node.publish(ROWS)
    assert (await node.collect.get(first.id)).state is BatchState.PUBLISHED
    feedback = tmp_path / "feedback.csv"
    assert await node.collect.feedback(first.id, feedback) == 3
    assert (await node.collect.get(first.id)).state is BatchState.FEEDBACK_SENT
    text = feedback.read_text()
    assert text.splitlines()[0].endswith("原行号,问题原因")
    assert all(code_of(serial) in text for serial in (21, 22, 23)) and code_of(1) not in text

    second = await node.send(corrected(feedback.read_bytes()), correction_of=first.id, name="feedback.csv")
    assert (second.state, second.correction_of) == (BatchState.PUBLISHED, first.id)  # though a third is still wrong
    assert consistent(second)
    assert (second.counts.read, second.counts.new, second.counts.quarantined) == (3, 2, 1)
    found = await node.table("select name from subject where code = any($1)", [code_of(21), code_of(22)])
    assert sorted(row["name"] for row in found) == ["示例市第22号机械有限公司", "示例市补填有限公司"]

    again = tmp_path / "again.csv"
    assert await node.collect.feedback(second.id, again) == 1
    last = await node.publish(
        again.read_bytes().replace(b"000000", b"320111"), correction_of=second.id, name="again.csv"
    )
    assert (last.counts.new, last.counts.quarantined) == (1, 0)
    assert await node.table("select count(*) as n from subject") == [{"n": 13}]


async def test_what_only_calls_itself_a_correction_is_held(node: Node) -> None:
    """Numbers of rows that were never set aside do not lift the limits."""
    first = await node.publish(ROWS)
    rows = [row | {"原行号": number, "问题原因": ""} for number, row in enumerate(BAD, start=1)]
    batch = await node.send(csv_of(rows), correction_of=first.id)
    assert batch.state is BatchState.HELD
    assert await node.table("select 1 from quarantine where state = 'fixed'") == []


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_over_http_in_the_format_received(node: Node, kind: str) -> None:
    batch = await node.publish(csv_of(ROWS) if kind == "csv" else jsonl_of(ROWS), name=f"rows.{kind}")
    async with node.http() as client:
        answer = await client.get(f"/v1/batches/{batch.id}/feedback")
        assert answer.status_code == 200
        assert f"feedback-{batch.id}.{kind}" in answer.headers["content-disposition"]
        assert "原行号" in answer.text and code_of(22) in answer.text
        assert list((node.services.settings.home / "work").iterdir()) == []
        first = (await client.get(f"/v1/batches/{batch.id}/quarantine", params={"page_size": 2})).json()
        rest = (await client.get(f"/v1/batches/{batch.id}/quarantine", params={"after": first[-1]["row_no"]})).json()
        assert [row["row_no"] for row in first + rest] == [11, 12, 13]
        body = answer.content.replace(b"2030-01-01", b"2020-01-01")
        about: dict[str, str | int] = {"provider": "samr", "item": "1", "correction_of": batch.id}
        sent = await client.post("/v1/batches", params=about, content=body)
        assert (sent.status_code, sent.json()["correction_of"]) == (202, batch.id)


async def test_no_feedback_before_the_end(node: Node) -> None:
    batch = await node.receive(ROWS)
    with pytest.raises(BatchStateError):
        await node.collect.feedback(batch.id, Path("/nonexistent/feedback.csv"))
    async with node.http() as client:
        answer = await client.get(f"/v1/batches/{batch.id}/feedback")
    assert (answer.status_code, answer.json()["code"]) == (409, "batch_state")
