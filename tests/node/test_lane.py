"""The short way of inquiries: the same answers, refusals and headers as by the layers, and nothing that memory alone
cannot vouch for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from collect_kit import BASE, code_of, firm
from pydantic import SecretStr
from starlette.types import Message, Receive, Scope, Send
from whole_kit import Whole, whole_node

from xinshu.core.settings import Settings
from xinshu.members.freshness import announce
from xinshu.members.model import MemberKind, MemberRef
from xinshu.node.app import build_node
from xinshu.node.edge.bodies import BodyTooLargeError, BodyTooSlowError, read_body
from xinshu.node.lane import Lane
from xinshu.store import Database, embedded

ASK = {"subject": code_of(1), "purpose": "pre_loan", "items": ["1", "17"]}
TWICE = [("X-Trace", "1"), ("X-Trace", "2")]  # makes a request irregular


class Watched:
    """A node, and which requests went through its layers."""

    def __init__(self, whole: Whole, lane: Lane, bank: MemberRef) -> None:
        self.whole, self.lane, self.bank = whole, lane, bank
        self.layered = 0
        self._layers = lane._app
        lane._app = self.pass_on

    async def pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To the layers."""
        self.layered += scope["type"] == "http"
        await self._layers(scope, receive, send)

    async def system(self, role: str = "institution-system", member: MemberRef | None = None) -> httpx.AsyncClient:
        """A system whose token was verified once."""
        client = await self.whole.system(member or self.bank, role)
        await client.get("/v1/catalogue")
        return client

    async def both(self, client: httpx.AsyncClient, **request: Any) -> tuple[httpx.Response, httpx.Response]:
        """The same request by the short way and by the layers."""
        before = self.layered
        short = await client.post("/v1/inquiries", **request)
        assert self.layered == before, short.text
        headers = [*request.pop("headers", {}).items(), *TWICE]
        long = await client.post("/v1/inquiries", headers=headers, **request)
        assert self.layered == before + 1
        return short, long


@pytest.fixture(scope="module")
async def watched(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """A node that knows one firm, and a bank."""
    async with whole_node(server, "lane", tmp_path_factory.mktemp("lane") / "home", body_max_bytes=4096) as whole:
        await whole.node.publish([firm(1)], "1")
        assert isinstance(whole.app, Lane)
        yield Watched(whole, whole.app, await whole.member("mbank", MemberKind.BANK))


def told(answer: httpx.Response) -> tuple[int, dict[str, str], Any]:
    """What two answers have in common."""
    body = answer.json()
    for name in ("inquiry", "leaf", "answered_at"):
        body.pop(name, None)
    headers = dict(answer.headers)
    return answer.status_code, headers | {"content-length": ""}, body


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": ASK}, 200, None),
        ({"json": ASK, "headers": {"Idempotency-Key": "k 1"}}, 422, "request_invalid"),
        ({"json": ASK | {"subject": "91320100MA1XXXXX0X"}}, 404, "subject_unknown"),
        ({"json": ASK | {"items": ["999"]}}, 404, "item_not_found"),
        ({"json": ASK | {"surplus": 1}}, 422, "request_invalid"),
        ({"json": {}}, 422, "request_invalid"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "request_invalid"),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 422, "request_invalid"),
        ({"json": ASK | {"subject": "a\0b"}}, 422, "request_invalid"),
        ({"json": ASK | {"as_of": "2199-01-01"}}, 400, "as_of_in_future"),
    ],
)
async def test_the_same_answers(watched: Watched, request_: dict[str, Any], status: int, code: str | None) -> None:
    short, long = await watched.both(await watched.system(), **request_)
    assert told(short) == told(long)
    assert (short.status_code, short.json().get("code")) == (status, code)
    assert short.headers["x-content-type-options"] == "nosniff" and "content-security-policy" in short.headers


async def test_a_role_that_may_not_is_refused_and_recorded(watched: Watched) -> None:
    provider = await watched.whole.member("mlaneprovider", MemberKind.PROVIDER)
    client = await watched.system("provider-system", provider)
    short, long = await watched.both(client, json=ASK)
    assert told(short) == told(long)
    assert (short.status_code, short.json()["details"]["reason"]) == (403, "role_lacks_right")
    assert (await watched.whole.codes(provider.id)).count("role_lacks_right") == 2


@pytest.mark.parametrize(
    "irregular",
    [
        {"headers": {"Authorization": "Bearer nonsense"}},
        {"headers": {"Authorization": "Basic eDp5"}},
        {"headers": {"Authorization": ""}},
        {"headers": {"Content-Length": "99999"}},
        {"chunks": True},
    ],
)
async def test_what_is_not_regular_goes_through_the_layers(watched: Watched, irregular: dict[str, Any]) -> None:
    client, before = await watched.system(), watched.layered

    async def chunks() -> AsyncIterator[bytes]:
        yield b"{}"

    body: dict[str, Any] = {"content": chunks()} if "chunks" in irregular else {"content": b"{}"}
    answer = await client.post("/v1/inquiries", headers=irregular.get("headers"), **body)
    assert watched.layered == before + 1
    assert answer.status_code in (401, 413, 422)


async def test_other_paths_and_methods_go_through_the_layers(watched: Watched) -> None:
    client, before = await watched.system(), watched.layered
    assert (await client.get("/v1/inquiries")).status_code in (200, 403)
    assert (await client.post("/v1/inquiries/", json=ASK)).status_code in (307, 404)
    assert watched.layered == before + 2


@pytest.mark.parametrize(
    ("member", "change", "status", "code"),
    [
        ("msuspended", "update member set state = 'suspended' where id = $1", 403, "member_not_online"),
        ("mnarrowed", "update client set roles = '{provider-system}' where member_id = $1", 403, "forbidden"),
        ("mrevoked", "update client_key set revoked_at = now() where client_id in (select id from client where "
         "member_id = $1)", 401, "key_revoked"),
        ("mclosed", "update client set state = 'closed' where member_id = $1", 401, "client_closed"),
    ],
)  # fmt: skip
async def test_a_right_lost_elsewhere_is_lost_here(
    watched: Watched, member: str, change: str, status: int, code: str
) -> None:
    """Another process (here: another connection) takes it away and says so."""
    client = await watched.system(member=await watched.whole.member(member, MemberKind.BANK))
    assert (await client.post("/v1/inquiries", json=ASK)).status_code == 200
    heard = asyncio.Event()
    watched.whole.services.freshness.on_change(lambda _: heard.set())
    elsewhere = await Database.open(watched.whole.services.settings, migrate=False)
    async with elsewhere.transaction() as conn:
        await conn.execute(change, member)
        await announce(conn, f"member:{member}")
    await elsewhere.close()
    await asyncio.wait_for(heard.wait(), 10)
    answer = await client.post("/v1/inquiries", json=ASK)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_nothing_is_believed_while_changes_cannot_be_heard(watched: Watched) -> None:
    client, freshness = await watched.system(), watched.whole.services.freshness
    freshness.live = False
    try:
        before = watched.layered
        assert (await client.post("/v1/inquiries", json=ASK)).status_code == 200
        assert watched.layered == before + 1
    finally:
        freshness.live = True


async def test_too_often(watched: Watched) -> None:
    services = watched.whole.services
    settings = services.settings.model_copy(update={"rate_caller": "3/minute"})
    lane = build_node(_with(services, settings))
    token = (await watched.system()).headers["authorization"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(lane), base_url=BASE) as client:
        answers = [await client.post("/v1/inquiries", json=ASK, headers={"Authorization": token}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["retry-after"]) > 0 and answers[3].json()["code"] == "rate_limited"
    assert answers[3].headers["x-content-type-options"] == "nosniff"


def _with(services: Any, settings: Settings) -> Any:
    assert isinstance(settings.database_url, SecretStr)
    return replace(services, settings=settings)


# -- bodies -----------------------------------------------------------------------------------------------------------


def parts(*messages: Message) -> Receive:
    """What a server hands on; after it, nothing."""
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    return receive


def part(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts() -> None:
    assert await read_body(parts(part(b"a", True), part(b"b", True), part(b"", False)), 2) == b"ab"
    with pytest.raises(BodyTooLargeError):
        await read_body(parts(part(b"ab", True), part(b"c", True)), 2)
    with pytest.raises(BodyTooSlowError):
        await read_body(parts(part(b"a", True)), 2, 0.01)


@pytest.mark.parametrize("messages", [[part(b"{", True)], [part(b"{", True), {"type": "http.disconnect"}]])
async def test_a_client_that_goes_and_one_that_says_too_much(watched: Watched, messages: list[Message]) -> None:
    """Declared bytes are what the server lets through; whatever else comes is refused or passed over."""
    token = (await watched.system()).headers["authorization"]
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v1/inquiries", "client": ("127.0.0.1", 5), "scheme": "http",
        "headers": [(b"authorization", token.encode()), (b"content-length", b"9"),
                    (b"content-type", b"application/json")],
    }  # fmt: skip
    surplus = [*messages, part(b" " * 5000, True)]
    before = watched.layered
    await watched.lane(scope, parts(*surplus), send)
    assert watched.layered == before
    if len(messages) == 2:
        assert sent == []
    else:
        assert (sent[0]["status"], (b"connection", b"close") in sent[0]["headers"]) == (413, True)
