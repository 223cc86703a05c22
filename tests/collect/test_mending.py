"""Rows set aside are shown cell by cell, mended, and sent back as rows; what remains is shown with its new reasons."""

from __future__ import annotations

from typing import Any

import httpx
from collect_kit import CITIZEN_NO, Node, csv_of, farm, firm, firms

from xinshu.collect.model import BatchState


def bad(serial: int) -> dict[str, Any]:
    """A row whose date nobody can read and whose industry is unknown."""
    return firm(serial, established_date="去年三月", industry="ZZ99")


async def page(client: httpx.AsyncClient, batch: int, **asked: Any) -> Any:
    """The rows to mend."""
    answer = await client.get(f"/v1/batches/{batch}/mending", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def resend(client: httpx.AsyncClient, node: Node, batch: int, found: Any, **values: str) -> Any:
    """The rows of a page with other values, processed."""
    names = [column["name"] for column in found["columns"]]
    rows = [dict(zip(names, row["cells"], strict=True)) | values | {"原行号": row["row_no"]} for row in found["rows"]]
    body = {"provider": "samr", "item": "1", "correction_of": batch, "rows": rows}
    answer = await client.post("/v1/batches/rows", json=body)
    assert answer.status_code == 202, answer.text
    return await node.collect.process(answer.json()["id"])


async def test_rows_are_mended_and_what_remains_is_shown(node: Node) -> None:
    batch = await node.publish([*firms(20), bad(21), bad(22), bad(23)])
    async with node.http() as client:
        found = await page(client, batch.id)
        assert (found["quarantined"], found["fixed"], found["total"], found["corrections"]) == (3, 0, 3, [])
        assert {column["name"]: column["field"] for column in found["columns"]}[
            "established_date"
        ] == "established_date"
        first = found["rows"][0]
        assert {reason["field"] for reason in first["reasons"]} == {"established_date", "industry"}
        assert first["cells"][0] == bad(21)["uscc"]

        # One fault of two is mended: the rows stay, with what is still wrong, as they were sent last.
        half = await resend(client, node, batch.id, found, established_date="2016-03-18")
        assert (half.state, half.counts.quarantined) == (BatchState.PUBLISHED, 3)
        found = await page(client, batch.id)
        attempt = found["rows"][0]["attempt"]
        assert attempt["batch"] == half.id
        assert [reason["field"] for reason in attempt["reasons"]] == ["industry"]
        assert attempt["cells"]["established_date"] == "2016-03-18"
        assert [one["id"] for one in found["corrections"]] == [half.id]

        # All is mended, again as a correction of the first batch: both are done with.
        whole = await resend(client, node, batch.id, found, established_date="2016-03-18", industry="C3484")
        assert whole.counts.accepted == 3
        found = await page(client, batch.id)
        assert (found["quarantined"], found["fixed"], found["rows"]) == (0, 3, [])
        assert (await page(client, half.id))["quarantined"] == 0
        everything = await page(client, batch.id, all_rows=True)
        assert [row["fixed_by"] for row in everything["rows"]] == [whole.id] * 3
        listed = (await client.get("/v1/batches", params={"correction_of": batch.id})).json()
        assert [one["id"] for one in listed["batches"]] == [whole.id, half.id]
        assert (await client.get("/v1/batches", params={"to_mend": True})).json()["total"] == 0


async def test_lists_of_what_is_to_be_mended(node: Node) -> None:
    sound = await node.publish(firms(5))
    batch = await node.publish([*firms(20, start=10), bad(40)])
    async with node.http() as client:
        listed = (await client.get("/v1/batches", params={"to_mend": True})).json()
        assert [one["id"] for one in listed["batches"]] == [batch.id]
        found = await page(client, batch.id)
        await resend(client, node, batch.id, found, established_date="明年")
        listed = (await client.get("/v1/batches", params={"to_mend": True})).json()
        assert [one["id"] for one in listed["batches"]] == [batch.id]  # the rows wait once, where they came first
        assert (await page(client, sound.id))["rows"] == []


async def test_rows_that_are_no_cells_are_shown_as_they_came(node: Node) -> None:
    text = csv_of(firms(20)).decode() + "只有一格\n"
    batch = await node.publish(text.encode())
    async with node.http() as client:
        row = (await page(client, batch.id))["rows"][0]
    assert (row["cells"], row["raw"]) == (None, "只有一格")


async def test_sealed_rows_are_opened_for_their_sender_alone(node: Node) -> None:
    rows = [farm(f"示例县第{n}号家庭农场", citizen_no=CITIZEN_NO, land_area="很多") for n in range(3)]
    batch = await node.send(csv_of(rows), "37", provider="agriculture")
    await node.app()
    async with node.db.transaction() as conn:
        await conn.execute("update batch set member_id = 'mprovider-agriculture' where id = $1", batch.id)
    async with node.http() as client:
        found = await page(client, batch.id)
    assert found["personal"] is True
    assert [row["cells"] for row in found["rows"]] == [None] * 3
    assert CITIZEN_NO not in str(found)


async def test_bad_questions(shared_node: Node) -> None:
    async with shared_node.http() as client:
        for path, asked, status in [
            ("/v1/batches/999/mending", {}, 404),
            ("/v1/batches/99999999999999999999/mending", {}, 404),
            ("/v1/batches/1/mending", {"page": 0}, 422),
            ("/v1/batches/1/mending", {"page_size": 201}, 422),
            ("/v1/batches/one/mending", {}, 422),
            ("/v1/batches", {"correction_of": 0}, 422),
        ]:
            answer = await client.get(path, params=asked)
            assert answer.status_code == status, (path, asked, answer.text)
        rows = {"provider": "samr", "item": "1", "correction_of": 2**40, "rows": [{"uscc": "x", "原行号": 1}]}
        answer = await client.post("/v1/batches/rows", json=rows)
        assert (answer.status_code, answer.json()["code"]) == (404, "batch_unknown")
