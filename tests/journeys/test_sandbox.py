"""Sandbox and production behind one address: neither token reaches the other's data, whatever the path says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from collect_kit import BASE, firm
from starlette.types import Message
from whole_kit import Whole, database, refusal, whole_node

from xinshu.members.clients import Client
from xinshu.members.model import MemberKind
from xinshu.node.app import build_app
from xinshu.node.openapi import operations
from xinshu.store import embedded

REAL, INVENTED = firm(1), firm(2)
MARK = "x-xinshu-sandbox"


@pytest.fixture(scope="module")
async def whole(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Whole]:
    """A node with a firm, whose sandbox has another one."""
    home = tmp_path_factory.mktemp("two-tenants")
    async with (
        database(server, "two_tenants_sandbox") as url,
        whole_node(server, "two_tenants", home, sandbox_database_url=url) as opened,
    ):
        await opened.node.publish([REAL])
        yield opened


class Tenants:
    """A bank and a provider with a system in each tenant."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.clients: dict[tuple[str, bool], Client] = {}
        self.systems: dict[tuple[str, bool], httpx.AsyncClient] = {}

    async def prepare(self) -> None:
        """Members, clients, tokens; the invented firm comes in through the sandbox."""
        bank = await self.whole.member("mbank", MemberKind.BANK)
        provider = await self.whole.member("mprovider", MemberKind.PROVIDER)
        for member, role in ((bank, "institution-system"), (provider, "provider-system")):
            for sandbox in (True, False):
                client = await self.whole.client(member, role, sandbox=sandbox)
                token = await self.whole.token(client)
                self.clients[member.id, sandbox] = client
                self.systems[member.id, sandbox] = self.whole.browser(Authorization=f"Bearer {token}")
        sent = await self.systems["mprovider", True].post(
            "/v1/batches/rows", json={"item": "1", "rows": [INVENTED], "provider": "prov-mprovider"}
        )
        assert (sent.status_code, sent.headers[MARK]) == (202, "1"), sent.text
        self.batch = sent.json()["id"]


@pytest.fixture(scope="module")
async def tenants(whole: Whole) -> Tenants:
    """Ready for calls."""
    made = Tenants(whole)
    await made.prepare()
    return made


async def published(system: httpx.AsyncClient, batch: int) -> dict[str, Any]:
    """The batch when it is through."""
    answer = await system.get(f"/v1/batches/{batch}")
    while answer.json()["state"] not in ("published", "failed", "rejected", "held"):
        await asyncio.sleep(0.05)
        answer = await system.get(f"/v1/batches/{batch}")
    return dict(answer.json())


async def test_each_sees_its_own_tenant(tenants: Tenants) -> None:
    assert (await published(tenants.systems["mprovider", True], tenants.batch))["state"] == "published"
    for sandbox, seen, hidden in ((True, INVENTED, REAL), (False, REAL, INVENTED)):
        bank = tenants.systems["mbank", sandbox]
        for wanted, total in ((seen, 1), (hidden, 0)):
            found = await bank.get("/v1/subjects", params={"q": wanted["uscc"]})
            assert (found.json()["total"], found.headers.get(MARK)) == (total, "1" if sandbox else None)
            for path in ("", "/history", "/information"):
                answer = await bank.get(f"/v1/subjects/{wanted['uscc']}{path}")
                assert answer.status_code == (200 if total else 404), (sandbox, wanted, path, answer.text)
        provider = tenants.systems["mprovider", sandbox]
        assert (await provider.get("/v1/batches")).json()["total"] == (1 if sandbox else 0)
    stored = await tenants.whole.node.table("select code from subject")
    assert [row["code"] for row in stored] == [REAL["uscc"]]
    assert await tenants.whole.node.table("select 1 from batch where provider = 'prov-mprovider'") == []
    tried = await tenants.whole.node.table(
        "select action from sandbox_call where member_id = 'mbank' and succeeded > 0"
    )
    assert {row["action"] for row in tried} == {"subject:search", "subject:read", "information:read"}


async def test_a_report_stays_in_its_tenant(tenants: Tenants) -> None:
    assert (await published(tenants.systems["mprovider", True], tenants.batch))["state"] == "published"
    trial, real = tenants.systems["mbank", True], tenants.systems["mbank", False]
    body = {"subject": INVENTED["uscc"], "purpose": "pre_loan"}
    told = await trial.post("/v1/reports", json=body)
    assert (told.status_code, told.headers[MARK]) == (201, "1"), told.text
    number = told.json()["number"]
    document = await trial.get(f"/v1/reports/{number}")
    assert document.json()["subject"]["name"] == INVENTED["subject_name"]
    assert document.json()["issuer"]["name"].endswith("(沙箱)")
    assert (await real.get(f"/v1/reports/{number}")).status_code == 404
    assert (await real.post("/v1/reports", json=body)).json()["code"] == "subject_unknown"
    assert await tenants.whole.node.table("select number from report") == []


async def test_every_operation_with_a_sandbox_token_stays_in_the_sandbox(tenants: Tenants) -> None:
    """Except what concerns the system's own keys, which is the node's."""
    walked = 0
    for one in operations(build_app(tenants.whole.services)):
        path = (
            one.path.replace("{code}", REAL["uscc"]).replace("{member_id}", "mbank").replace("{", "").replace("}", "")
        )
        content = b"{}" if one.method in ("POST", "PUT", "PATCH") else None
        headers = {"Content-Type": "application/json"}
        for member in ("mbank", "mprovider"):
            answer = await tenants.systems[member, True].request(one.method, path, content=content, headers=headers)
            walked += 1
            assert answer.status_code < 500, (one, answer.text)
            assert REAL["subject_name"] not in answer.text, one
            if one.path.startswith("/v1/clients"):
                assert MARK not in answer.headers
                assert answer.status_code in (403, 404, 422), (one, answer.text)
            else:
                assert answer.headers[MARK] == "1", one
            other = await tenants.systems[member, False].request("GET", path)
            assert MARK not in other.headers, one
    assert walked >= 200


@pytest.mark.parametrize(
    "path",
    ["/v1/clients/../subjects/{}", "/v1/clients/../../v1/subjects/{}", "/v1/clients//subjects/{}", "//v1/subjects/{}",
     "/v1/clients/%2e%2e/subjects/{}", "/v1/clients/..;/subjects/{}", "/v1/clients\\..\\subjects\\{}",
     "/V1/clients/../subjects/{}", "/v1/clientsubjects/{}", "/v1/subjects/{}/", "/v1/./subjects/{}"],
)  # fmt: skip
async def test_odd_paths_lead_nowhere_else(tenants: Tenants, path: str) -> None:
    """As a client sends them, without its library's tidying."""
    whole, said = tenants.whole, b""
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, said
        status = message.get("status", status)
        said += message.get("body", b"")

    token = tenants.systems["mbank", True].headers["Authorization"]
    written = path.format(REAL["uscc"])
    for decoded in {written, written.replace("%2e", ".")}:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": decoded, "raw_path": written.encode(), "query_string": b"", "root_path": "",
            "headers": [(b"host", BASE.encode()), (b"authorization", token.encode())], "client": ("127.0.0.1", 1),
            "server": ("localhost", 8848),
        }  # fmt: skip
        await whole.app(scope, receive, send)
        assert REAL["subject_name"] not in said.decode()
        assert status in (307, 404, 422), (decoded, status, said)


async def test_a_token_stays_what_it_is(tenants: Tenants) -> None:
    """No scope and no other client's assertion turns one into the other; its key opens its own client only."""
    whole = tenants.whole
    sandbox, production = tenants.clients["mbank", True], tenants.clients["mbank", False]
    admin = await whole.seat("member-admin", member="mbank")
    changed = await admin.patch(f"/v1/clients/{sandbox.id}", json={"sandbox": False})
    assert (changed.status_code, changed.json()["code"]) == (422, "request_invalid")
    jwk = whole.keys[sandbox.id].as_dict(private=False)
    reused = await admin.post(f"/v1/clients/{production.id}/keys", json={"jwk": jwk})
    assert reused.status_code == 409, reused.text
    system = tenants.systems["mbank", True]
    for path in (f"/v1/clients/{production.id}/keys", f"/v1/clients/{production.id}/keys/x/revoke"):
        answer = await system.post(path, json={"jwk": {"kty": "EC"}})
        assert refusal(answer)[0] in (403, 404), answer.text
