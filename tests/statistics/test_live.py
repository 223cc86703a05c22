"""The big screen's board and its stream: changes when something happens, names nobody, ends with the session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from collect_kit import Node, code_of, firms

from xinshu.ledger import Entry
from xinshu.statistics import live as rooms


class Screen:
    """One stream, as a browser reads it."""

    def __init__(self) -> None:
        self.status = 0
        self.text = b""
        self.ended = False
        self.gone = asyncio.Event()
        self._arrived = asyncio.Condition()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        async with self._arrived:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            self.text += message.get("body", b"")
            self.ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            self._arrived.notify_all()

    async def until(self, seen: Any) -> None:
        """Until what has come satisfies `seen`."""
        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: seen(self)), 20)

    def boards(self) -> list[dict[str, Any]]:
        """All boards that have come whole."""
        blocks = self.text.decode().split("\n\n")[:-1]
        return [orjson.loads(b.split("data: ", 1)[1]) for b in blocks if b.startswith("event: board")]


@asynccontextmanager
async def watching(node: Node) -> AsyncIterator[Screen]:
    """A screen of the operator who is signed in."""
    screen, app = Screen(), await node.app()
    headers = [(b"accept", b"text/event-stream"), (b"cookie", f"xinshu-session={node.speaker.cookie}".encode())]
    scope = {
        "type": "http", "method": "GET", "path": "/v1/live", "raw_path": b"/v1/live", "query_string": b"",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("localhost", 8848), "scheme": "http",
        "http_version": "1.1", "asgi": {"version": "3.0"}, "root_path": "",
    }  # fmt: skip
    task = asyncio.create_task(app(scope, screen.receive, screen.send))  # type: ignore[arg-type]
    try:
        yield screen
    finally:
        screen.gone.set()
        await task


async def inquire(node: Node, serial: int, member: str = "mbank") -> None:
    """Evidence of an inquiry of a bank about a firm."""
    about = {"purpose": "pre_loan", "items": {}}
    entry = Entry("inquiry", node.clock.now(), "client:c", member, code_of(serial), about)
    await node.services.ledger.append(entry)


async def bank(node: Node) -> None:
    """A bank that is online."""
    await node.table(
        "insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, updated_at) "
        "values ('mbank', 'c', '示例银行', 'bank', array[''], 'online', now(), 'test', now(), now())"
    )


async def test_a_board_as_json(node: Node) -> None:
    async with node.http() as http:
        await node.publish(firms(20))
        await node.services.ledger.log.drain()
        told = (await http.get("/v1/live")).json()
    assert (told["today"]["batches"], told["today"]["rows"]) == (1, 20)
    assert told["inflows"][0] == {"code": "samr", "name": told["inflows"][0]["name"], "total": 20, "today": 20}
    event = told["events"][0]
    assert (event["kind"], event["item"], event["rows"]) == ("batch", "1", 20)
    assert told["hours"][10] == {"rows": 20, "inquiries": 0}


async def test_the_stream_follows_what_happens(node: Node) -> None:
    await node.publish(firms(20))
    await node.app()
    await bank(node)
    async with watching(node) as screen:
        await screen.until(lambda one: len(one.boards()) >= 1)
        assert screen.status == 200
        assert screen.boards()[-1]["today"]["inquiries"] == 0
        for serial in (1, 2, 3):
            await inquire(node, serial)
        await screen.until(lambda one: one.boards()[-1]["today"]["inquiries"] == 3)
        board = screen.boards()[-1]
        assert {one["code"]: one["today"] for one in board["outflows"]}["bank"] == 3
        assert {one["name"]: one["inquiries"] for one in board["areas"]}["南京市"] == 3
        asked = next(one for one in board["events"] if one["kind"] == "inquiry")
        assert (asked["area"], asked["member_kind"], asked["purpose"]["zh"]) == ("南京市", "bank", "贷前调查")
        await node.publish([{**one, "address": "新址1号"} for one in firms(20)], name="again.csv")
        await screen.until(lambda one: one.boards()[-1]["today"]["batches"] == 2)
        for text in (code_of(1), "机械有限公司", "示例银行", "client:"):
            assert text not in screen.text.decode()


async def test_a_new_day_begins_at_nought(node: Node) -> None:
    await node.app()
    await bank(node)
    await inquire(node, 1)
    async with node.http() as http:
        assert (await http.get("/v1/live")).json()["today"]["inquiries"] == 1
        node.clock.advance(timedelta(hours=14))  # the session is at its end; another sign-in
        node.speaker.login = "operator-two"
        await node.sign_in(node.speaker)
        assert (await http.get("/v1/live")).json()["today"]["inquiries"] == 0
        await inquire(node, 2)
        told = (await http.get("/v1/live")).json()
        assert (told["today"]["inquiries"], told["hours"][0]["inquiries"]) == (1, 1)


async def test_the_stream_ends_with_the_session(node: Node) -> None:
    async with watching(node) as screen:
        await screen.until(lambda one: len(one.boards()) >= 1)
        async with node.http() as http:
            assert (await http.delete("/v1/session")).status_code == 204
        node.clock.advance(timedelta(seconds=1))
        await node.services.ledger.append(Entry("access.sign_in", node.clock.now()))
        await screen.until(lambda one: one.ended)
        assert screen.text.endswith(b"event: over\ndata: {}\n\n")


async def test_so_many_streams_and_no_more(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "WATCHERS_EACH", 1)
    async with watching(node) as first:
        await first.until(lambda one: len(one.boards()) >= 1)
        async with watching(node) as second:
            await second.until(lambda one: one.ended)
            assert second.status == 503
            assert orjson.loads(second.text)["code"] == "live_full"
    async with watching(node) as third:  # the first has gone
        await third.until(lambda one: len(one.boards()) >= 1)


async def test_nobody_watches_without_a_right(node: Node) -> None:
    async with node.http(None) as http:
        answer = await http.get("/v1/live", headers={"Accept": "text/event-stream"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
