"""Registering clients and keys: who may, when, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from clients_kit import (
    CALLER,
    Systems,
    access,
    add_member,
    admin,
    claims_of,
    events,
    set_state,
    sign,
    systems,
    with_proofs,
)
from joserfc.jwk import ECKey
from members_kit import RoomApp, guards, person

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.clients import close_all_of_member
from xinshu.members.clients.routes import router
from xinshu.members.model import MemberKind, MemberRef, MemberState, Principal
from xinshu.store import Database

KEYS = [ECKey.generate_key("P-256") for _ in range(4)]
NEW: dict[str, Any] = {"name": "信贷核心系统", "roles": ["institution-system"], "sandbox": False}


@pytest.fixture
async def bank(db: Database) -> MemberRef:
    return await add_member(db)


@pytest.fixture
async def node(db: Database, settings: Settings, clock: FixedClock) -> AsyncIterator[Systems]:
    async with systems(db, settings, clock, listening=False) as running:
        yield running


@pytest.fixture
async def room(node: Systems, bank: MemberRef) -> RoomApp:
    """The routes, as the bank's administrator sees them."""
    return RoomApp(router(node.clients, guards()), admin(bank))


@pytest.fixture
async def http(room: RoomApp) -> AsyncIterator[httpx.AsyncClient]:
    async with room.client() as session:
        yield session


def public(number: int, **more: Any) -> dict[str, Any]:
    return {"jwk": {**KEYS[number].as_dict(private=False), **more}}


async def test_a_clients_life(http: httpx.AsyncClient, node: Systems, db: Database, room: RoomApp) -> None:
    made = await http.post("/v1/clients", json={**NEW, "networks": ["203.0.113.0/24"]})
    assert made.status_code == 201
    client = made.json()
    assert client["member_id"] == "mbank"
    path = f"/v1/clients/{client['id']}"
    first = await http.post(f"{path}/keys", json=public(0))
    assert first.status_code == 201
    assert first.json()["kid"] == KEYS[0].thumbprint()
    assert first.json()["expires_at"] == "2027-06-01T02:00:00Z"
    second = await http.post(f"{path}/keys", json=public(1, kid="zweite"))
    assert second.json()["kid"] == "zweite"
    third = await http.post(f"{path}/keys", json=public(2))
    assert (third.status_code, third.json()["code"]) == (409, "key_limit")
    revoked = await http.post(f"{path}/keys/{KEYS[0].thumbprint()}/revoke")
    assert revoked.json()["revoked_by"] == room.principal.id
    again = await http.post(f"{path}/keys/{KEYS[0].thumbprint()}/revoke")
    assert again.json() == revoked.json()
    back = await http.post(f"{path}/keys", json=public(0))
    assert (back.status_code, back.json()["code"]) == (409, "key_duplicate")
    assert (await http.post(f"{path}/keys", json=public(2))).status_code == 201
    shown = (await http.get(path)).json()
    assert {key["kid"] for key in shown["keys"]} == {KEYS[0].thumbprint(), "zweite", KEYS[2].thumbprint()}
    assert shown["keys"][-1]["kid"] == KEYS[0].thumbprint()  # those in force first
    changed = await http.patch(path, json={"networks": ["2001:DB8::/32", "198.51.100.1"]})
    assert changed.json()["networks"] == ["2001:db8::/32", "198.51.100.1/32"]
    closed = await http.post(f"{path}/close")
    assert closed.json()["state"] == "closed"
    for method, rest, body in (
        ("POST", "/close", None), ("PATCH", "", {"name": "x"}), ("POST", "/keys", public(3))
    ):  # fmt: skip
        answer = await http.request(method, path + rest, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "client_closed")
    recorded = [code for code, principal, _ in await events(db, "rights", "key") if principal == room.principal.id]
    assert recorded == [
        "client_created", "key_added", "key_added", "key_revoked", "key_added", "client_changed", "client_closed"
    ]  # fmt: skip


async def test_another_members_clients_are_out_of_reach(
    http: httpx.AsyncClient, node: Systems, db: Database, room: RoomApp
) -> None:
    other = await add_member(db, "mother")
    client = await node.with_key(other, KEYS[0])
    path = f"/v1/clients/{client.id}"
    mine = (await http.post("/v1/clients", json=NEW)).json()
    listed = (await http.get("/v1/clients")).json()
    assert [one["id"] for one in listed["clients"]] == [mine["id"]]
    assert listed["total"] == 1
    for method, rest, body in (
        ("GET", "", None), ("PATCH", "", {"name": "x"}), ("POST", "/close", None), ("POST", "/keys", public(1)),
        ("POST", f"/keys/{KEYS[0].thumbprint()}/revoke", None),
    ):  # fmt: skip
        answer = await http.request(method, path + rest, json=body)
        assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_member")
    answer = await http.post("/v1/clients", json={**NEW, "member": "mother"})
    assert answer.status_code == 403
    room.principal = person("operator-audit")
    assert (await http.get("/v1/clients")).json()["total"] == 2
    assert (await http.get("/v1/clients", params={"member": "mother"})).json()["total"] == 1
    assert (await http.get("/v1/clients", params={"state": "closed"})).json()["total"] == 0
    page = (await http.get("/v1/clients", params={"page": 2, "page_size": 1})).json()
    assert (page["page"], len(page["clients"])) == (2, 1)
    assert (await http.post(f"{path}/close")).status_code == 403


async def test_who_has_no_right_is_refused(http: httpx.AsyncClient, room: RoomApp, bank: MemberRef) -> None:
    for principal, status in ((person("credit-officer", member=bank), 403), (Principal("anonymous", ""), 401)):
        room.principal = principal
        assert (await http.get("/v1/clients")).status_code == status
        assert (await http.post("/v1/clients", json=NEW)).status_code == status


async def test_a_system_rotates_its_own_keys_and_no_others(
    http: httpx.AsyncClient, node: Systems, bank: MemberRef, room: RoomApp
) -> None:
    client, other = await node.with_key(bank, KEYS[0]), await node.with_key(bank, KEYS[1])
    token = await node.token(sign(claims_of(client.id, node.clock), KEYS[0]))
    room.principal = await node.tokens.authenticate(token, CALLER)
    body = with_proofs(KEYS[2], KEYS[0], client.id, node.clock)
    added = await http.post(f"/v1/clients/{client.id}/keys", json=body)
    assert added.status_code == 201
    assert added.json()["created_by"] == client.principal
    revoked = await http.post(f"/v1/clients/{client.id}/keys/{KEYS[0].thumbprint()}/revoke")
    assert revoked.status_code == 200
    answer = await http.post(f"/v1/clients/{other.id}/keys", json=public(3))
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_account")
    answer = await http.post(f"/v1/clients/{other.id}/keys/{KEYS[1].thumbprint()}/revoke")
    assert answer.status_code == 403
    assert (await http.post(f"/v1/clients/{client.id}/close")).status_code == 403


async def test_a_stolen_token_does_not_become_a_key(
    http: httpx.AsyncClient, node: Systems, bank: MemberRef, room: RoomApp
) -> None:
    """Who holds a token but no key in force adds none, whatever else it shows."""
    client, neighbour = await node.with_key(bank, KEYS[0]), await node.with_key(bank, KEYS[1])
    assertion = sign(claims_of(client.id, node.clock), KEYS[0])
    room.principal = await node.tokens.authenticate(await node.token(assertion), CALLER)
    path, thief, other = f"/v1/clients/{client.id}/keys", KEYS[2], KEYS[3]
    good = with_proofs(thief, KEYS[0], client.id, node.clock)
    for half in ({}, {"proof": good["proof"]}, {"approval": good["approval"]}):
        answer = await http.post(path, json={"jwk": good["jwk"], **half})
        assert (answer.status_code, answer.json()["code"]) == (403, "key_proof_required")
        assert answer.json()["details"]["jkt"] == thief.thumbprint()
    where, now = f"https://platform.example{path}", int(node.clock.now().timestamp())

    def said(**change: Any) -> dict[str, Any]:
        return claims_of(client.id, node.clock, **{"aud": where, "jkt": thief.thumbprint(), **change})

    wrong = {
        "signed by the thief": sign(said(), thief),
        "by a key of another client": sign(said(), KEYS[1]),
        "the assertion overheard": assertion,
        "for another key": sign(said(jkt=other.thumbprint()), KEYS[0]),
        "for no key": sign(said(jkt=None), KEYS[0]),
        "for the token endpoint": sign(said(aud="https://platform.example/oauth/token"), KEYS[0]),
        "for the platform at large": sign(said(aud="https://platform.example"), KEYS[0]),
        "of another client": sign(said(iss=neighbour.id, sub=neighbour.id), KEYS[0]),
        "old": sign(said(iat=now - 1000, exp=now - 700), KEYS[0]),
        "for ever": sign(said(iat=None, exp=now + 10**6), KEYS[0]),
        "of tomorrow": sign(said(iat=now + 86400, exp=now + 86500), KEYS[0]),
        "without jti": sign(said(jti=None), KEYS[0]),
        "not a JWT": "x" * 50,
        "alg none": f"eyJhbGciOiJub25lIn0.{sign(said(), KEYS[0]).partition('.')[2]}",
    }
    for name in ("approval", "proof"):
        for what, token in wrong.items():
            if name == "proof" and what == "signed by the thief":
                token = sign(said(), KEYS[0])  # the new key itself has to sign
            answer = await http.post(path, json={**good, name: token})
            assert (answer.status_code, answer.json()["code"]) == (403, "key_proof_invalid"), (name, what)
            assert answer.json()["message"].startswith(name)
    assert (await http.post(path, json=good)).status_code == 201
    await node.revoke(bank, client, KEYS[0])
    later = await http.post(path, json=with_proofs(other, KEYS[0], client.id, node.clock))
    assert (later.status_code, later.json()["code"]) == (403, "key_proof_invalid")  # revoked: not in force


@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        (MemberKind.BANK, "institution-system", 201),
        (MemberKind.PROVIDER, "provider-system", 201),
        (MemberKind.OPERATOR, "operator-system", 201),
        (MemberKind.BANK, "provider-system", 422),
        (MemberKind.BANK, "operator-system", 422),
        (MemberKind.BANK, "member-admin", 422),
        (MemberKind.BANK, "nothing", 422),
        (MemberKind.COURT, "institution-system", 422),
    ],
)
async def test_roles_are_those_of_systems_of_the_kind(
    http: httpx.AsyncClient, db: Database, room: RoomApp, kind: MemberKind, role: str, status: int
) -> None:
    await add_member(db, "mkind", kind=kind)
    room.principal = replace(person("operator-admin"), members=("mkind",))
    answer = await http.post("/v1/clients", json={**NEW, "member": "mkind", "roles": [role]})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["code"] == "client_invalid"


async def test_stages_of_the_member(http: httpx.AsyncClient, db: Database, bank: MemberRef) -> None:
    allowed = {}
    for state in MemberState:
        await set_state(db, bank.id, state)
        allowed[state] = [
            (await http.post("/v1/clients", json={**NEW, "sandbox": sandbox})).status_code for sandbox in (True, False)
        ]
    early = (MemberState.AGREEMENT_SIGNED, MemberState.SANDBOX_TEST, MemberState.SECURITY_CHECK)
    assert allowed == {
        state: [201, 201] if state is MemberState.ONLINE else [201, 409] if state in early else [409, 409]
        for state in MemberState
    }


BAD_CLIENTS: list[dict[str, Any]] = [
    *({"name": name} for name in ("", "x" * 101, "a\0b", None, 5)),
    *({"roles": roles} for roles in ([], "institution-system", [1], None)),
    *({"sandbox": sandbox} for sandbox in ("perhaps", None)),
    {"surprise": 1},
    {"member": "' or 1=1 --"},
    *({"networks": [network]} for network in ("10.0.0.1/24", "everywhere", "1.2.3.4/33", "::/129", "1.2.3", "x" * 61)),
    {"networks": ["10.0.0.0/8"] * 51},
    *({"certificates": [thumbprint]} for thumbprint in ("AA", "A" * 42 + "B", "=" * 43, "")),
    {"certificates": ["A" * 43] * 11},
    {"certificate_bound": True},
]


async def test_bad_clients_are_refused(http: httpx.AsyncClient, db: Database) -> None:
    for change in BAD_CLIENTS:
        body = {name: value for name, value in {**NEW, **change}.items() if value is not None}
        answer = await http.post("/v1/clients", json=body)
        assert answer.status_code == 422, change
    assert (await http.get("/v1/clients")).json()["total"] == 0
    assert await events(db, "rights") == []


async def test_the_hint_tells_the_network_that_was_meant(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/clients", json={**NEW, "networks": ["10.1.2.3/16"]})
    assert "10.1.0.0/16" in answer.json()["hint"]


async def test_what_does_not_exist_or_is_no_name_is_refused(
    http: httpx.AsyncClient, node: Systems, bank: MemberRef, room: RoomApp
) -> None:
    client = await node.client(bank)
    path = f"/v1/clients/{client.id}"
    for method, where, body, status in (
        ("GET", "/v1/clients/c-aaaaaaaaaaaaaaaa", None, 404),
        ("GET", "/v1/clients/C-AAAAAAAAAAAAAAAA", None, 422),
        ("GET", "/v1/clients/c-aaaaaaaaaaaaaaaa%00", None, 422),
        ("GET", "/v1/clients/' or 1=1 --", None, 422),
        ("POST", f"{path}/keys/none/revoke", None, 404),
        ("POST", f"{path}/keys/%27%20or%201/revoke", None, 422),
        ("POST", f"{path}/keys", {}, 422),
        ("POST", f"{path}/keys", {"jwk": []}, 422),
        ("POST", f"{path}/keys", {"jwk": {}, "surprise": 1}, 422),
        ("POST", f"{path}/keys", {**public(0), "expires_at": "2026-06-01T02:00:00"}, 422),  # no time zone
        ("POST", f"{path}/keys", {**public(0), "expires_at": "2028-07-01T00:00:00Z"}, 422),
        ("PATCH", path, {"roles": ["operator-system"]}, 422),
        ("PATCH", path, {"sandbox": True}, 422),
        ("PATCH", path, {"certificate_bound": True}, 422),
        ("GET", "/v1/clients?page=0", None, 422),
        ("GET", "/v1/clients?page_size=101", None, 422),
        ("GET", "/v1/clients?state=lost", None, 422),
        ("GET", "/v1/clients?member=%27", None, 422),
    ):
        answer = await http.request(method, where, json=body)
        assert answer.status_code == status, where
    room.principal = person("operator-admin")
    answer = await http.post("/v1/clients", json={**NEW, "member": "mnone"})
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_member")
    room.principal = replace(person("operator-admin"), members=("mnone",))
    answer = await http.post("/v1/clients", json={**NEW, "member": "mnone"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await http.post("/v1/clients", json=NEW)
    assert (answer.status_code, answer.json()["code"]) == (422, "client_invalid")


async def test_a_private_key_is_refused_and_kept_nowhere(
    http: httpx.AsyncClient, node: Systems, bank: MemberRef, db: Database
) -> None:
    client = await node.client(bank)
    secret = KEYS[0].as_dict(private=True)
    answer = await http.post(f"/v1/clients/{client.id}/keys", json={"jwk": secret})
    assert (answer.status_code, answer.json()["code"]) == (422, "private_key_shown")
    assert str(secret["d"]) not in answer.text
    async with db.acquire() as conn:
        assert await conn.fetchval("select count(*) from client_key") == 0


async def test_a_key_of_another_client_of_the_member_is_not_taken_twice(
    http: httpx.AsyncClient, node: Systems, bank: MemberRef, db: Database
) -> None:
    await node.with_key(bank, KEYS[0])
    second = await node.with_key(bank, KEYS[1])
    for body in (public(0), public(1), public(1, kid="other-name")):
        answer = await http.post(f"/v1/clients/{second.id}/keys", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "key_duplicate")
    answer = await http.post(f"/v1/clients/{second.id}/keys", json=public(2, kid=KEYS[1].thumbprint()))
    assert answer.json()["code"] == "key_duplicate"
    other = await add_member(db, "mother")
    await node.with_key(other, KEYS[0])  # public keys are public: nobody can block another member's


async def test_expired_keys_make_room(
    http: httpx.AsyncClient, node: Systems, bank: MemberRef, clock: FixedClock
) -> None:
    client = await node.with_key(bank, KEYS[0])
    body = {**public(1), "expires_at": "2026-06-01T03:00:00Z"}
    assert (await http.post(f"/v1/clients/{client.id}/keys", json=body)).status_code == 201
    assert (await http.post(f"/v1/clients/{client.id}/keys", json=public(2))).status_code == 409
    clock._moment = clock.now().replace(hour=3)
    assert (await http.post(f"/v1/clients/{client.id}/keys", json=public(2))).status_code == 201


async def test_two_keys_added_at_once_do_not_make_three(node: Systems, bank: MemberRef) -> None:
    client = await node.with_key(bank, KEYS[0])
    outcome = await asyncio.gather(*(node.add_key(bank, client, key) for key in KEYS[1:]), return_exceptions=True)
    assert sorted(getattr(one, "code", "added") for one in outcome) == ["added", "key_limit", "key_limit"]


async def test_who_leaves_has_no_clients_left(node: Systems, bank: MemberRef, db: Database, clock: FixedClock) -> None:
    clients = [await node.with_key(bank, key) for key in KEYS[:2]]
    already = await node.client(bank)
    await node.clients.close(access("close", "client", admin(bank)), already.id)
    other = await node.with_key(await add_member(db, "mother"), KEYS[2])
    tokens = [await node.token(sign(claims_of(clients[0].id, clock), KEYS[0]))]
    async with db.transaction() as conn:
        assert await close_all_of_member(conn, bank.id, "account:x", clock.now()) == {"clients": 2, "keys": 2}
    async with db.transaction() as conn:
        assert await close_all_of_member(conn, bank.id, "account:x", clock.now()) == {"clients": 0, "keys": 0}
    for token in tokens:
        with pytest.raises(Exception, match="已关闭"):
            await node.tokens.authenticate(token, CALLER)
    await node.token(sign(claims_of(other.id, clock), KEYS[2]))
    closed = [target for code, principal, target in await events(db, "rights") if principal == "account:x"]
    assert sorted(str(target) for target in closed) == sorted(client.principal for client in clients)
