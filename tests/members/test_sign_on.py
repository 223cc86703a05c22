"""Sign-on against a real OpenID Connect provider: good ones, and everything that must not let anybody in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from browser_kit import BRANCH, CODE, ELSEWHERE, ORIGIN, Rooms
from fastapi import FastAPI
from members_kit import guards
from oidc_kit import RealProvider, queried, start_provider, stop_provider, visit_provider

from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.members.accounts.model import Account, AccountState
from xinshu.members.challenges import Browsers
from xinshu.members.model import Strength
from xinshu.members.sign_on import Remote, SignOnService, router
from xinshu.store import Database


class MovedClock(SystemClock):
    """The machine's clock, moved: the provider's process has no other."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def now(self) -> Any:
        return super().now() + self.by


@dataclass
class World:
    """A node whose members sign on through a real provider, and one browser."""

    rooms: Rooms
    provider: RealProvider
    remote: Remote
    app: FastAPI
    client: httpx.AsyncClient
    clock: MovedClock

    async def linked(self, subject: str = "staff-1", code: str = CODE) -> Account:
        """An account linked to a person at the provider."""
        account = await self.rooms.active(code)
        async with self.rooms.db.acquire() as conn:
            await conn.execute(
                "update account set oidc_issuer = $2, oidc_subject = $3 where id = $1",
                account.id, self.provider.issuer, subject,
            )  # fmt: skip
        return account

    async def go(self, name: str = "bank", **query: str) -> str:
        """Begin to sign on; the provider's address."""
        answer = await self.client.get(f"/v1/sign-on/{name}/start", params=query)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def sign_on(self, name: str = "bank", **query: str) -> httpx.Response:
        """There and back."""
        return await self.client.get(await visit_provider(await self.go(name, **query)))

    async def last(self) -> tuple[str, str, dict[str, Any]]:
        """The last line of the security log."""
        return (await self.rooms.events())[-1]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    provider = start_provider(tmp_path_factory.mktemp("oidc"))
    yield provider
    stop_provider(provider.process)


@pytest.fixture
async def world(real: RealProvider, db: Database, settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    real.control()
    clock = MovedClock()
    rooms = Rooms(db, clock, settings)
    await rooms.member(CODE)
    remote = Remote(clock)
    service = SignOnService(db, clock, rooms.sessions, real.providers(tmp_path / "sign-on"), remote, ORIGIN)
    app = rooms.app(router(service, rooms.sessions, Browsers(ORIGIN), guards()))
    async with rooms.client(app) as client:
        yield World(rooms, real, remote, app, client, clock)
    await remote.close()


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and reason of a refusal."""
    body = answer.json()
    assert body["message"]
    assert body["hint"]
    return answer.status_code, body["code"], body["details"].get("reason")


@pytest.mark.parametrize("name", ["bank", "secret", "post"])
async def test_sign_on(world: World, name: str) -> None:
    """With a key, with a secret in the header, with a secret in the form."""
    account = await world.linked()
    answer = await world.sign_on(name, return_to="/members?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/members?page=2")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    async with world.rooms.db.acquire() as conn:
        session = await world.rooms.sessions.current(conn, world.client.cookies[world.rooms.sessions.cookie])
    assert (session.account_id, session.strength) == (account.id, Strength.OIDC)
    kind, code, rest = await world.last()
    assert (kind, code, rest["principal"]) == ("sign_in", "signed_in", account.principal)


async def test_what_is_asked_of_the_provider(world: World) -> None:
    asked = queried(await world.go("strong"))
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid")
    assert asked["redirect_uri"] == f"{ORIGIN}/v1/sign-on/strong/callback"
    assert asked["acr_values"] == "urn:example:mfa"
    again = queried(await world.go("strong"))
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))
    listed = (await world.client.get("/v1/sign-on")).json()["providers"]
    assert {"id": "bank", "name": "示范银行 bank"} in listed
    assert set(listed[0]) == {"id", "name"}


async def test_an_unlinked_person_is_refused_with_words(world: World) -> None:
    answer = await world.sign_on()
    assert refusal(answer) == (403, "sign_on_unlinked", None)
    assert "没有与平台账户关联" in answer.json()["message"]
    kind, code, rest = await world.last()
    assert (kind, code) == ("sign_in", "sign_on_unlinked")
    assert "staff-1" not in str(rest)


async def test_a_link_is_made_by_whoever_is_signed_in(world: World) -> None:
    account = await world.rooms.active()
    await world.rooms.session(world.client, account)
    going = await world.client.post("/v1/sign-on/bank/link", json={"return_to": "/account"})
    answer = await world.client.get(await visit_provider(going.json()["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    linked = await world.rooms.account(account.id)
    assert (linked.oidc_issuer, linked.oidc_subject) == (world.provider.issuer, "staff-1")
    assert "sign_on_linked" in [code for _, code, _ in await world.rooms.events()]
    async with world.rooms.client(world.app) as world.client:
        assert (await world.sign_on()).status_code == 303


async def test_a_link_belongs_to_the_session_that_asked_for_it(world: World) -> None:
    account, other = await world.rooms.active(), await world.rooms.active()
    await world.rooms.session(world.client, account)
    location = (await world.client.post("/v1/sign-on/bank/link", json={})).json()["location"]
    await world.rooms.session(world.client, other)
    assert refusal(await world.client.get(await visit_provider(location)))[1:] == ("sign_on_answer_invalid", "session")
    assert (await world.rooms.account(account.id)).oidc_subject is None
    assert (await world.rooms.account(other.id)).oidc_subject is None


async def test_a_link_is_not_begun_by_another_sites_page(world: World) -> None:
    await world.rooms.session(world.client, await world.rooms.active())
    for headers in ({"X-CSRF-Token": ""}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await world.client.post("/v1/sign-on/bank/link", json={}, headers=headers)).status_code == 403
    world.client.cookies.clear()
    assert (await world.client.post("/v1/sign-on/bank/link", json={})).status_code == 401


async def test_one_person_is_linked_to_one_account(world: World) -> None:
    await world.linked()
    await world.rooms.session(world.client, await world.rooms.active())
    location = (await world.client.post("/v1/sign-on/bank/link", json={})).json()["location"]
    assert refusal(await world.client.get(await visit_provider(location)))[:2] == (409, "sign_on_linked_already")
    await world.rooms.session(world.client, await world.linked("staff-2"))
    assert refusal(await world.client.post("/v1/sign-on/bank/link", json={}))[:2] == (409, "sign_on_linked_already")


async def test_a_link_is_added_like_any_factor(world: World) -> None:
    """Whoever knows the password alone must not get in later by a link of their own."""
    account = await world.rooms.active()
    async with world.rooms.db.acquire() as conn:
        await conn.execute("update account set totp_sealed = 'x' where id = $1", account.id)
    await world.rooms.session(world.client, await world.rooms.account(account.id))
    assert refusal(await world.client.post("/v1/sign-on/bank/link", json={}))[:2] == (403, "sign_in_again")


async def test_an_invitation_is_accepted_by_sign_on(world: World) -> None:
    account_id, token = await world.rooms.invited()
    going = await world.client.post("/v1/sign-on/bank/invited", json={"invitation": token, "return_to": "/welcome"})
    answer = await world.client.get(await visit_provider(going.json()["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    account = await world.rooms.account(account_id)
    assert (account.state, account.oidc_subject, account.password_hash) == (AccountState.ACTIVE, "staff-1", None)
    again = await world.client.post(
        "/v1/sign-on/bank/invited", json={"invitation": token}, headers={"X-CSRF-Token": await token_of(world)}
    )
    assert refusal(again)[:2] == (400, "invitation_invalid")
    async with world.rooms.db.acquire() as conn:
        assert token not in str(await conn.fetch("select payload from challenge"))


async def test_a_refused_sign_on_does_not_use_up_the_invitation(world: World) -> None:
    await world.linked()
    account_id, token = await world.rooms.invited()
    going = await world.client.post("/v1/sign-on/bank/invited", json={"invitation": token})
    answer = await world.client.get(await visit_provider(going.json()["location"]))
    assert refusal(answer)[:2] == (409, "sign_on_linked_already")
    assert (await world.rooms.account(account_id)).state is AccountState.INVITED


async def test_a_provider_vouches_for_its_member_and_the_branches_alone(world: World) -> None:
    await world.rooms.member(BRANCH, parent=CODE)
    await world.linked(code=BRANCH)
    assert (await world.sign_on()).status_code == 303
    world.client.cookies.clear()
    world.provider.control(user="staff-2")
    await world.linked("staff-2", code=ELSEWHERE)
    assert refusal(await world.sign_on())[:2] == (403, "sign_on_other_member")
    _, token = await world.rooms.invited(ELSEWHERE)
    going = await world.client.post("/v1/sign-on/bank/invited", json={"invitation": token})
    assert refusal(going)[:2] == (403, "sign_on_other_member")


async def test_a_suspended_account_stays_out(world: World) -> None:
    account = await world.linked()
    async with world.rooms.db.acquire() as conn:
        await conn.execute("update account set state = 'suspended' where id = $1", account.id)
    assert refusal(await world.sign_on())[:2] == (401, "account_unusable")


FAULTS = {
    "nonce": "nonce",
    "no_nonce": "nonce",
    "audience": "audience",
    "audiences": "audience",
    "azp": "authorised_party",
    "issuer": "issuer",
    "expired": "expired",
    "early": "issued_at",
    "stale": "issued_at",
    "no_exp": "form",
    "at_hash": "access_token_hash",
    "no_sub": "subject",
    "signature": "signature",
    "unknown_key": "key",
    "none": "algorithm",
    "hs256": "algorithm",
    "garbage": "form",
    "missing": "form",
}


async def test_bad_tokens_open_nothing_and_are_recorded(world: World) -> None:
    await world.linked()
    for fault, reason in FAULTS.items():
        world.provider.control(fault=fault)
        assert refusal(await world.sign_on()) == (401, "sign_on_token_invalid", reason), fault
        kind, code, rest = await world.last()
        assert (kind, code) == ("sign_in", "sign_on_token_invalid")
        assert reason in rest["details"]
        assert world.rooms.sessions.cookie not in world.client.cookies


async def test_keys_that_changed_are_fetched_again(world: World) -> None:
    await world.linked()
    assert (await world.sign_on()).status_code == 303
    world.client.cookies.clear()
    world.provider.control(fault="rotated")
    assert refusal(await world.sign_on())[2] == "key"  # just fetched: a made-up key id does not make us fetch again
    world.clock.by += timedelta(seconds=31)
    assert (await world.sign_on()).status_code == 303


async def test_a_required_strength_is_required(world: World) -> None:
    await world.linked()
    assert refusal(await world.sign_on("strong")) == (401, "sign_on_token_invalid", "acr")
    world.provider.control(acr="urn:example:mfa")
    assert (await world.sign_on("strong")).status_code == 303


async def test_another_claim_may_name_the_person(world: World, tmp_path: Path) -> None:
    await world.linked("oid-of-staff-1")
    providers = world.provider.providers(tmp_path / "by-oid", claim="oid")
    service = SignOnService(world.rooms.db, world.clock, world.rooms.sessions, providers, world.remote, ORIGIN)
    app = world.rooms.app(router(service, world.rooms.sessions, Browsers(ORIGIN), guards()))
    async with world.rooms.client(app) as world.client:
        assert (await world.sign_on()).status_code == 303


async def test_a_wrong_state_is_refused(world: World) -> None:
    await world.linked()
    back = await visit_provider(await world.go())
    path, query = back.split("?")[0], queried(back)
    for state, code in (
        (None, "sign_on_answer_invalid"),
        ("short", "sign_on_answer_invalid"),
        ("A" * 43, "challenge_invalid"),
        ("中" * 43, "sign_on_answer_invalid"),
    ):
        changed = {name: value for name, value in (query | {"state": state}).items() if value is not None}
        assert refusal(await world.client.get(f"{path}?{urlencode(changed)}"))[:2] == (400, code)
        assert (await world.last())[1] == code
    async with world.rooms.client(world.app) as other:  # another browser
        assert refusal(await other.get(back))[:2] == (400, "challenge_invalid")
    assert refusal(await world.client.get(back))[:2] == (400, "challenge_invalid")  # and used up by that


async def test_an_answer_serves_once(world: World) -> None:
    await world.linked()
    back = await visit_provider(await world.go())
    assert (await world.client.get(back)).status_code == 303
    world.client.cookies.delete(world.rooms.sessions.cookie)
    assert refusal(await world.client.get(back))[:2] == (400, "challenge_invalid")


async def test_a_code_that_was_used_is_refused(world: World) -> None:
    await world.linked()
    first = queried(await visit_provider(await world.go()))
    second = await visit_provider(await world.go())
    path, query = second.split("?")[0], queried(second) | {"code": first["code"]}
    # a code of another sign-on: its verifier does not fit
    answer = await world.client.get(f"{path}?{urlencode(query)}")
    assert refusal(answer) == (401, "sign_on_refused", "invalid_grant")


async def test_a_code_made_up_is_refused(world: World) -> None:
    for code in ("", "made-up", "a b&c=d"):
        back = await visit_provider(await world.go())
        path, query = back.split("?")[0], queried(back) | {"code": code}
        status, name, _ = refusal(await world.client.get(f"{path}?{urlencode(query)}"))
        assert (status, name) in ((400, "sign_on_answer_invalid"), (401, "sign_on_refused"))


async def test_answers_are_not_mixed_up(world: World) -> None:
    """RFC 9207, RFC 9700, 4.4: an answer goes to the provider that was asked."""
    await world.linked()
    back = await visit_provider(await world.go())
    path, query = back.split("?")[0], queried(back)
    changed = urlencode(query | {"iss": "https://elsewhere.cn"})
    assert refusal(await world.client.get(f"{path}?{changed}")) == (400, "sign_on_answer_invalid", "issuer")
    back = await visit_provider(await world.go())
    query = queried(back)
    del query["iss"]
    assert refusal(await world.client.get(f"{path}?{urlencode(query)}"))[2] == "issuer"
    back = await visit_provider(await world.go())
    moved = back.replace("/bank/", "/secret/")
    assert refusal(await world.client.get(moved)) == (400, "sign_on_answer_invalid", "provider")


async def test_a_person_may_turn_back(world: World) -> None:
    world.provider.control(fault="denied")
    assert refusal(await world.sign_on()) == (401, "sign_on_refused", "access_denied")
    back = await visit_provider(await world.go())
    path, query = back.split("?")[0], queried(back) | {"error": "<script>alert(1)</script>"}
    answer = await world.client.get(f"{path}?{urlencode(query)}")
    assert refusal(answer) == (401, "sign_on_refused", "other")
    assert "script" not in answer.text


async def test_an_answer_may_come_too_late(world: World) -> None:
    back = await visit_provider(await world.go())
    world.clock.by += timedelta(minutes=11)
    assert refusal(await world.client.get(back))[:2] == (400, "challenge_expired")


async def test_a_provider_that_answers_wrongly_is_not_used(world: World) -> None:
    for fault, reason in (
        ("metadata_issuer", "issuer"),
        ("metadata_host", "host"),
        ("metadata_pkce", "pkce"),
        ("large", "size"),
        ("html", "status 200"),
    ):
        world.provider.control(fault=fault)
        answer = await world.client.get("/v1/sign-on/bank/start")
        assert refusal(answer) == (503, "sign_on_unavailable", reason)


async def test_a_provider_that_is_down(world: World, tmp_path: Path) -> None:
    providers = world.provider.providers(tmp_path / "down", issuer="http://localhost:9")
    service = SignOnService(world.rooms.db, world.clock, world.rooms.sessions, providers, Remote(world.clock), ORIGIN)
    app = world.rooms.app(router(service, world.rooms.sessions, Browsers(ORIGIN), guards()))
    async with world.rooms.client(app) as client:
        answer = await client.get("/v1/sign-on/bank/start")
        assert refusal(answer) == (503, "sign_on_unavailable", "ConnectError")
        kind, code, rest = await world.last()
        assert (kind, code) == ("sign_in", "sign_on_unavailable")
        assert "ConnectError" in rest["details"]
        page = await client.get("/v1/sign-on/bank/start", headers={"Accept": "text/html,*/*"})
        assert page.status_code == 503
        assert "登录未完成" in page.text
        assert "没有应答" in page.text


async def test_an_unknown_provider(world: World) -> None:
    for path in ("/v1/sign-on/nobody/start", "/v1/sign-on/nobody/callback?state=x"):
        assert refusal(await world.client.get(path))[:2] == (404, "sign_on_provider_unknown")
    await world.rooms.session(world.client, await world.rooms.active())
    assert (await world.client.post("/v1/sign-on/nobody/link", json={})).status_code == 404


async def test_one_returns_to_this_node_only(world: World) -> None:
    for return_to in (
        "//evil.cn", "https://evil.cn", "/\\evil.cn", "\\\\evil.cn", "evil.cn", "javascript:alert(1)", "/a\r\nb: c", "",
        "/\t/evil.cn", "/" + "x" * 500,
    ):  # fmt: skip
        answer = await world.client.get("/v1/sign-on/bank/start", params={"return_to": return_to})
        assert answer.status_code == 422, return_to


async def test_a_browser_is_shown_a_page(world: World) -> None:
    back = await visit_provider(await world.go())
    answer = await world.client.get(back, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "sign_on_unlinked" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def token_of(world: World) -> str:
    """The token for changes of the session in the browser."""
    return world.rooms.sessions.csrf_of(world.client.cookies[world.rooms.sessions.cookie])
