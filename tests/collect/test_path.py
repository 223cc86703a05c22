"""The whole path: a file in, rows set aside with reasons, records and documents out, the answer over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import pyarrow.parquet as pq
from collect_kit import CITIZEN_NO, Node, code_of, consistent, farm, firm, firms, jsonl_of, penalties

from xinshu.collect.model import BatchState

BAD = [
    firm(5, uscc="91320111XN0000051X"),  # wrong check character
    firm(6, subject_name=""),
    firm(7, established_date="2030-01-01"),
]


async def test_a_registration_file_is_published(node: Node) -> None:
    steps: list[BatchState] = []

    async def note(state: BatchState) -> None:
        steps.append(state)

    repeated = firm(1)
    received = await node.receive([*firms(4), repeated, *firms(6, start=10), *BAD])
    batch = await node.collect.process(received.id, note)
    assert batch.state is BatchState.PUBLISHED, (batch.held_for, batch.error)
    assert steps == ["parsed", "checked", "compared", "deduplicated", "loaded", "published"]
    assert consistent(batch)
    assert (batch.counts.read, batch.counts.accepted, batch.counts.quarantined) == (14, 11, 3)
    assert (batch.counts.new, batch.counts.duplicates) == (10, 1)

    aside = await node.aside(batch)
    assert [row.row_no for row in aside] == [12, 13, 14]
    assert all(reason["message"] and reason["code"] for row in aside for reason in row.reasons)
    assert aside[1].original == [str(value) for value in BAD[1].values()]
    assert sum(batch.reasons.values()) >= 3
    assert set(batch.quality) >= {"completeness", "accuracy", "timeliness", "unchanged_share", "fill"}
    assert batch.quality["accuracy"] == 11 / 14

    records = await node.records()
    assert len(records) == 10
    first = next(record for record in records if record["code"] == code_of(1))
    assert orjson.loads(first["payload"])["subject_name"] == firm(1)["subject_name"]
    assert (first["version"], first["state"], first["known_to"], first["batch_id"]) == (1, "current", None, batch.id)
    assert (first["provider"], first["platform"]) == ("samr", "320000")
    assert first["valid_from"].isoformat() == "2016-03-18"
    (holding,) = await node.table("select * from holding where subject_id = $1", first["subject_id"])
    assert (holding["rows"], holding["version"], holding["masked"]) == (1, 1, None)
    assert orjson.loads(holding["document"])[0]["data"] == orjson.loads(first["payload"])
    (subject,) = await node.table("select * from subject where code = $1", code_of(1))
    assert (subject["status"], subject["division"], subject["industry"]) == ("1", "320111", "C3484")
    accepted = pq.read_table(node.services.settings.home / "lake" / "item=1" / f"batch={batch.id}" / "accepted.parquet")
    assert sorted(accepted["row_no"].to_pylist()) == list(range(1, 12))


async def test_over_http_with_the_worker(node: Node) -> None:
    async with node.serving() as client:
        rows = jsonl_of(firms(3))
        answer = await client.post("/v1/batches", params={"provider": "samr", "item": "registration"}, content=rows)
        assert answer.status_code == 202, answer.text
        assert (await finished(client, answer.json()["id"]))["counts"]["new"] == 3
        body = {"provider": "ndrc", "item": "8", "rows": penalties(2, serial=2)}
        answer = await client.post("/v1/batches/rows", json=body)
        assert answer.status_code == 202, answer.text
        assert (await finished(client, answer.json()["id"]))["state"] == "published"

        answer = await client.get(f"/v1/subjects/{code_of(2)}/information", params={"items": "1,penalty"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["subject"]["name"] == firm(2)["subject_name"]
        registration, second = answer.json()["items"]
        assert registration["decision"]["allowed"] and registration["decision"]["reason"]
        assert registration["records"][0]["data"]["uscc"] == code_of(2)
        assert registration["records"][0]["origin"]["provider"] == "samr"
        assert (second["item"], second["rows"], len(second["records"])) == ("8", 2, 2)
        assert (await client.get("/v1/batches", params={"state": "published"})).json()["total"] == 2
        figures = (await client.get("/v1/batches/figures")).json()
        assert [(one["provider"], one["read"]) for one in figures] == [("ndrc", 2), ("samr", 3)]
        found = await client.get("/v1/subjects", params={"q": "第2号机械"})
        assert [one["code"] for one in found.json()["items"]] == [code_of(2)]


async def finished(client: httpx.AsyncClient, batch: int) -> dict[str, Any]:
    """The batch once the worker has ended it."""
    for _ in range(400):
        state: dict[str, Any] = (await client.get(f"/v1/batches/{batch}")).json()
        if BatchState(state["state"]).is_final:
            return state
        await asyncio.sleep(0.05)
    raise AssertionError(f"not finished: {state}")


async def test_a_citizen_number_is_never_in_clear(node: Node) -> None:
    good = farm()
    bad = farm("示例县白桦家庭农场", citizen_no="110105194912310021")  # wrong check character
    other = farm("示例县红枫家庭农场", citizen_no="110101199001010015", land_area="不详")
    batch = await node.send(
        [good, bad, other, *[farm(f"示例县合作社{n}", citizen_no="", uscc=code_of(n)) for n in range(8)]], "37"
    )
    assert batch.state is BatchState.PUBLISHED, (batch.held_for, batch.error)
    assert await node.codes_aside(batch) and consistent(batch)
    numbers = [CITIZEN_NO, "110105194912310021", "110101199001010015"]
    for table in ("subject", "subject_history", "record", "holding", "quarantine", "batch"):
        text = "\n".join(str(row) for row in await node.table(f"select t::text from {table} t"))
        assert not any(number in text for number in numbers), table
    path = node.services.settings.home / "lake" / "item=37" / f"batch={batch.id}" / "accepted.parquet"
    assert not any(number in str(pq.read_table(path).to_pylist()) for number in numbers)
    (subject,) = await node.table("select * from subject where name = '示例县青禾家庭农场'")
    assert subject["code"].startswith("ZN321322") and subject["citizen_index"] and subject["citizen_sealed"]
    (holding,) = await node.table("select * from holding where subject_id = $1", subject["id"])
    shown = orjson.loads(holding["masked"])[0]["data"]
    assert (shown["operator_name"], shown["citizen_no"]) == ("周**", "1101**********002X")
    assert orjson.loads(holding["document"])[0]["data"]["operator_name"] == "周明禾"

    feedback = node.services.settings.home / "feedback.csv"
    assert await node.collect.feedback(batch.id, feedback) == 2
    text = feedback.read_text()
    assert "110105194912310021" in text and "110101199001010015" in text
    assert [row.original[1] for row in await node.aside(batch)] == numbers[1:]
    assert not any(number in str(row.reasons) for row in await node.aside(batch) for number in numbers)

    async with node.http() as client:
        answer = await client.get(f"/v1/subjects/{subject['code']}/information", params={"items": "37"})
    (item,) = answer.json()["items"]
    assert item["decision"]["view"] == "masked"
    assert item["records"][0]["data"]["operator_name"] == "周**"
    assert CITIZEN_NO not in answer.text


async def test_a_farm_household_is_found_again_by_its_citizen_number(node: Node) -> None:
    await node.publish([farm()], "37")
    (before,) = await node.table("select id, code, citizen_sealed from subject")
    changed = await node.publish([farm(land_area="200")], "37")
    assert (changed.counts.changed, changed.counts.new) == (1, 0)
    unchanged = await node.publish([farm(land_area="200.00")], "37")
    assert unchanged.counts.unchanged == 1
    (after,) = await node.table("select id, code, citizen_sealed from subject")
    assert (after["id"], after["code"]) == (before["id"], before["code"])
