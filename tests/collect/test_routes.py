"""Bad requests over HTTP: each a clear answer, nothing kept."""

from __future__ import annotations

from typing import Any

import pytest
from collect_kit import Node, csv_of, firm, firms, node_over

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database

ABOUT = {"provider": "samr", "item": "1"}

REQUESTS: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "no provider": ("POST", "/v1/batches", {"params": {"item": "1"}}, 404, "provider_unknown"),
    "provider": ("POST", "/v1/batches", {"params": ABOUT | {"provider": "SAMR"}}, 422, "request_invalid"),
    "mode": ("POST", "/v1/batches", {"params": ABOUT | {"mode": "half"}}, 422, "request_invalid"),
    "item": ("POST", "/v1/batches", {"params": ABOUT | {"item": "99"}}, 404, "item_not_found"),
    "mapping": ("POST", "/v1/batches", {"params": ABOUT | {"mapping": "nowhere"}}, 404, "mapping_unknown"),
    "date": ("POST", "/v1/batches", {"params": ABOUT | {"data_date": "2026-06-31"}}, 400, "submission_invalid"),
    "future": ("POST", "/v1/batches", {"params": ABOUT | {"data_date": "2026-06-02"}}, 400, "batch_in_future"),
    "correction": ("POST", "/v1/batches", {"params": ABOUT | {"correction_of": 2**62}}, 404, "batch_unknown"),
    "rows not JSON": ("POST", "/v1/batches/rows", {"content": b'{"provider": "sa'}, 422, "request_invalid"),
    "rows empty": ("POST", "/v1/batches/rows", {"json": ABOUT | {"rows": []}}, 422, "request_invalid"),
    "rows nested": ("POST", "/v1/batches/rows", {"json": ABOUT | {"rows": [{"uscc": []}]}}, 422, "request_invalid"),
    "rows unknown key": ("POST", "/v1/batches/rows", {"json": ABOUT | {"rows": [{}], "x": 1}}, 422, "request_invalid"),
    "rows half a character": ("POST", "/v1/batches/rows", {
        "content": b'{"provider": "samr", "item": "1", "rows": [{"uscc": "\\ud800"}]}',
        "headers": {"Content-Type": "application/json"}}, 400, "submission_invalid"),
    "rows huge number": ("POST", "/v1/batches/rows", {
        "content": b'{"provider": "samr", "item": "1", "rows": [{"uscc": 99999999999999999999}]}',
        "headers": {"Content-Type": "application/json"}}, 400, "submission_invalid"),
    "rows not finite": ("POST", "/v1/batches/rows", {
        "content": b'{"provider": "samr", "item": "1", "rows": [{"uscc": NaN}]}'}, 422, "request_invalid"),
    "state": ("GET", "/v1/batches", {"params": {"state": "lost"}}, 422, "request_invalid"),
    "page": ("GET", "/v1/batches", {"params": {"page": 0}}, 422, "request_invalid"),
    "page size": ("GET", "/v1/batches", {"params": {"page_size": 10**9}}, 422, "request_invalid"),
    "no number": ("GET", "/v1/batches/first", {}, 422, "request_invalid"),
    "no batch": ("GET", "/v1/batches/999", {}, 404, "batch_unknown"),
    "huge number": ("GET", "/v1/batches/99999999999999999999", {}, 404, "batch_unknown"),
    "negative number": ("GET", "/v1/batches/-1/quarantine", {}, 404, "batch_unknown"),
    "decision on nothing": ("POST", "/v1/batches/999/decision", {"json": {"accept": True}}, 404, "batch_unknown"),
    "decision without word": ("POST", "/v1/batches/999/decision", {"json": {}}, 422, "request_invalid"),
    "no route": ("GET", "/v1/nothing", {}, 404, "route_unknown"),
    "no method": ("DELETE", "/v1/batches", {}, 405, "method_not_allowed"),
    "information of nobody": ("GET", "/v1/subjects/nobody/information", {}, 404, "subject_unknown"),
    "NUL in a code": ("GET", "/v1/subjects/a%00b/information", {}, 422, "request_invalid"),
    "information of no item": (
        "GET", "/v1/subjects/nobody/information", {"params": {"items": "1,99"}}, 404, "item_not_found"),
    "no day": ("GET", "/v1/subjects/nobody/information", {"params": {"as_of": "today"}}, 422, "request_invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
async def test_the_answer_is_clear(shared_node: Node, name: str) -> None:
    method, path, rest, status, code = REQUESTS[name]
    before = await shared_node.table("select count(*) from batch")
    async with shared_node.http() as client:
        answer = await client.request(method, path, **rest)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"] and set(answer.json()) == {"code", "message", "hint", "details"}
    assert await shared_node.table("select count(*) from batch") == before


async def test_a_body_cut_short_is_not_a_batch(node: Node) -> None:
    body = csv_of(firms(3))
    async with node.http() as client:
        headers = {"Content-Length": str(len(body) + 100)}
        answer = await client.post("/v1/batches", params=ABOUT, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "submission_invalid")
    assert str(len(body)) in answer.json()["message"]
    assert await node.table("select 1 from batch") == []


async def test_a_sender_who_goes_away_leaves_nothing(node: Node) -> None:
    """The connection breaks in the middle of a chunked body: no batch, no file, no error of our own."""
    sent: list[Any] = []
    messages = iter(
        [{"type": "http.request", "body": csv_of(firms(3)), "more_body": True}, {"type": "http.disconnect"}]
    )
    app = await node.app()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/v1/batches",
        "raw_path": b"/v1/batches", "root_path": "", "scheme": "http", "query_string": b"provider=samr&item=1",
        "headers": [(b"cookie", f"xinshu-session={node.speaker.cookie}".encode()),
                    (b"x-csrf-token", node.speaker.csrf.encode())], "client": ("x", 1), "server": ("node", 80),
    }  # fmt: skip

    async def receive() -> Any:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert [message["status"] for message in sent if "status" in message] in ([], [400])
    assert await node.table("select 1 from batch") == []
    assert list((node.services.settings.home / "work").iterdir()) == []


async def test_a_body_too_large_is_refused(settings: Settings, db: Database, clock: FixedClock) -> None:
    own = settings.model_copy(update={"upload_max_bytes": 1000})
    async with node_over(own, db, clock) as node:
        async with node.http() as client:
            answer = await client.post("/v1/batches", params=ABOUT, content=csv_of(firms(50)))
            assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
            rows = await client.post("/v1/batches/rows", json=ABOUT | {"rows": firms(50)})
            assert (rows.status_code, rows.json()["code"]) == (413, "file_too_large")
            assert (await client.post("/v1/batches", params=ABOUT, content=csv_of(firms(2)))).status_code == 202
        assert await node.table("select count(*) as n from batch") == [{"n": 1}]


async def test_the_same_file_over_http_is_the_same_batch(node: Node) -> None:
    async with node.http() as client:
        body = csv_of(firms(2))
        first = (await client.post("/v1/batches", params=ABOUT | {"batch_no": "7"}, content=body)).json()
        second = (await client.post("/v1/batches", params=ABOUT | {"batch_no": "7"}, content=body)).json()
        assert first["id"] == second["id"]
        other = await client.post("/v1/batches", params=ABOUT | {"batch_no": "7"}, content=csv_of(firms(3)))
        assert (other.status_code, other.json()["code"]) == (409, "batch_number_reused")
    assert await node.table("select status::text from pgqueuer") == [{"status": "queued"}]


async def test_a_held_batch_is_decided_over_http(node: Node) -> None:
    held = await node.send([firm(n, subject_name="") for n in range(2)] + firms(2))
    async with node.http() as client:
        shown = (await client.get("/v1/batches", params={"state": "held"})).json()["batches"]
        assert [one["held_for"][0]["limit"] for one in shown] == ["max_quarantined"]
        answer = await client.post(f"/v1/batches/{held.id}/decision", json={"accept": True, "note": "已核实"})
        assert (answer.status_code, answer.json()["state"]) == (200, "published")
        assert answer.json()["decided_by"] == node.speaker.principal
        again = await client.post(f"/v1/batches/{held.id}/decision", json={"accept": True})
        assert (again.status_code, again.json()["code"]) == (409, "batch_state")
