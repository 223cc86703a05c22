"""Passkeys through the routes, with an authenticator in software: who gets in, who does not, what is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from browser_kit import ORIGIN, Rooms, digest_of
from fastapi import FastAPI
from members_kit import guards
from soft_authenticator import UP, SoftAuthenticator, b64, client_data, unb64

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.accounts.model import Account, AccountState
from xinshu.members.challenges import Browsers
from xinshu.members.model import Strength
from xinshu.members.passkeys import PasskeyService, RelyingParty, router
from xinshu.members.passkeys.errors import PasskeyRefusedError
from xinshu.store import Database


@dataclass
class World:
    """A node with passkeys and one browser."""

    rooms: Rooms
    service: PasskeyService
    app: FastAPI
    client: httpx.AsyncClient
    clock: FixedClock

    def browser(self) -> httpx.AsyncClient:
        """Another browser."""
        return self.rooms.client(self.app)

    async def registered(self, login: str | None = None) -> tuple[Account, SoftAuthenticator]:
        """An account with one passkey, not signed in."""
        account = await self.rooms.active(login=login)
        async with self.browser() as client:
            await self.rooms.session(client, account)
            authenticator = SoftAuthenticator()
            assert (await register(client, authenticator)).status_code == 201
        return account, authenticator

    async def codes(self) -> list[str]:
        """What the security log says."""
        return [f"{kind}:{code}" for kind, code, _ in await self.rooms.events()]


@pytest.fixture
async def world(db: Database, clock: FixedClock, settings: Settings) -> AsyncIterator[World]:
    rooms = Rooms(db, clock, settings)
    service = PasskeyService(db, clock, rooms.sessions, rooms.vault, RelyingParty.of(ORIGIN, "示范平台"))
    app = rooms.app(router(service, rooms.sessions, Browsers(ORIGIN), guards()))
    async with rooms.client(app) as client:
        yield World(rooms, service, app, client, clock)


async def register(
    client: httpx.AsyncClient, authenticator: SoftAuthenticator, name: str = "办公电脑"
) -> httpx.Response:
    """Register as a page would; the answer."""
    options = (await client.post("/v1/passkeys/options")).json()
    authenticator.user_handle = unb64(options["user"]["id"])
    answer = authenticator.create(unb64(options["challenge"]))
    return adopt(client, await client.post("/v1/passkeys", json={"name": name, "credential": answer}))


async def sign_in(
    client: httpx.AsyncClient, authenticator: SoftAuthenticator, login: str | None = None
) -> httpx.Response:
    """Sign in as a page would; the answer."""
    challenge = await challenge_for(client, login)
    return await prove(client, authenticator.get(challenge))


async def challenge_for(client: httpx.AsyncClient, login: str | None = None) -> bytes:
    answer = await client.post("/v1/passkeys/sign-in/options", json={"login": login} if login else {})
    assert answer.status_code == 200, answer.text
    return unb64(answer.json()["challenge"])


async def prove(client: httpx.AsyncClient, answer: dict[str, Any]) -> httpx.Response:
    return adopt(client, await client.post("/v1/passkeys/sign-in", json={"credential": answer}))


def adopt(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Use the new session's token from now on."""
    session = answer.json().get("session", answer.json()) if answer.is_success else None
    if session is not None:
        client.headers["X-CSRF-Token"] = session["csrf"]
    return answer


async def test_register_sign_out_sign_in(world: World) -> None:
    account, authenticator = await world.registered()
    refused = await world.client.get("/v1/passkeys")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorised")
    assert (await sign_in(world.client, authenticator)).status_code == 200
    listed = (await world.client.get("/v1/passkeys")).json()["passkeys"]
    assert [(one["name"], one["id"], one["synchronised"]) for one in listed] == [
        ("办公电脑", b64(authenticator.credential_id), False)
    ]
    assert listed[0]["used_at"] is not None
    assert "public_key" not in listed[0]
    details = [rest for kind, _, rest in await world.rooms.events() if kind == "sign_in"][-1]
    assert details["principal"] == account.principal
    assert '"passkey"' in details["details"]
    assert "rights:passkey_registered" in await world.codes()


async def test_with_a_login_the_passkey_must_be_that_accounts(world: World) -> None:
    _, authenticator = await world.registered("zhang.san")
    for login, status in ((" Zhang.San ", 200), ("nobody.here", 401), ("不合规的 登录名", 401)):
        answer = (await world.client.post("/v1/passkeys/sign-in/options", json={"login": login})).json()
        assert (await prove(world.client, authenticator.get(unb64(answer["challenge"])))).status_code == status
    answer = (await world.client.post("/v1/passkeys/sign-in/options", json={"login": "zhang.san"})).json()
    authenticator.user_handle = None  # a passkey says whose it is
    assert (await prove(world.client, authenticator.get(unb64(answer["challenge"])))).status_code == 401


async def test_an_unknown_login_looks_like_a_known_one(world: World) -> None:
    await world.registered("zhang.san")
    await world.rooms.active(login="without.passkey")
    answers = []
    for login in ("zhang.san", "nobody.here", "without.passkey", "不合规的 登录名"):
        answer = await world.client.post("/v1/passkeys/sign-in/options", json={"login": login})
        answers.append((answer.status_code, {**answer.json(), "challenge": ""}))
    assert all(one == answers[0] for one in answers)
    assert "allowCredentials" not in answers[0][1] or answers[0][1]["allowCredentials"] == []


async def test_a_session_opened_with_a_password_becomes_a_strong_one(world: World) -> None:
    account = await world.rooms.active()
    await world.rooms.session(world.client, account)
    before = world.client.cookies[world.rooms.sessions.cookie]
    assert (await register(world.client, SoftAuthenticator())).json()["session"]["strength"] == "passkey"
    after = world.client.cookies[world.rooms.sessions.cookie]
    assert before != after
    async with world.rooms.db.acquire() as conn:
        assert (await world.rooms.sessions.current(conn, after)).strength is Strength.PASSKEY
    assert (await register(world.client, SoftAuthenticator(), "手机")).json()["session"] is None
    assert world.client.cookies[world.rooms.sessions.cookie] == after


async def test_an_invitation_is_accepted_with_a_passkey_and_no_password(world: World) -> None:
    account_id, token = await world.rooms.invited()
    options = (await world.client.post("/v1/passkeys/invited/options", json={"invitation": token})).json()
    authenticator = SoftAuthenticator(user_handle=unb64(options["user"]["id"]))
    body = {"invitation": token, "name": "手机", "credential": authenticator.create(unb64(options["challenge"]))}
    answer = adopt(world.client, await world.client.post("/v1/passkeys/invited", json=body))
    assert answer.status_code == 201
    account = await world.rooms.account(account_id)
    assert (account.state, account.password_hash, account.passkeys) == (AccountState.ACTIVE, None, 1)
    assert (await world.client.get("/v1/passkeys")).status_code == 200  # signed in
    again = await world.client.post("/v1/passkeys/invited/options", json={"invitation": token})
    assert (again.status_code, again.json()["code"]) == (400, "invitation_invalid")
    async with world.browser() as other:
        assert (await sign_in(other, authenticator)).status_code == 200


async def test_a_refused_passkey_does_not_use_up_the_invitation(world: World) -> None:
    account_id, token = await world.rooms.invited()
    options = (await world.client.post("/v1/passkeys/invited/options", json={"invitation": token})).json()
    wrong = SoftAuthenticator().create(unb64(options["challenge"]), flags=UP)
    body = {"invitation": token, "name": "手机", "credential": wrong}
    refused = await world.client.post("/v1/passkeys/invited", json=body)
    assert (refused.status_code, refused.json()["details"]["reason"]) == (401, "user_verification")
    assert (await world.rooms.account(account_id)).state is AccountState.INVITED
    options = (await world.client.post("/v1/passkeys/invited/options", json={"invitation": token})).json()
    body["credential"] = SoftAuthenticator().create(unb64(options["challenge"]))
    assert (await world.client.post("/v1/passkeys/invited", json=body)).status_code == 201


async def test_a_challenge_for_one_invitation_does_not_serve_for_another(world: World) -> None:
    (_, mine), (other_id, other) = await world.rooms.invited(), await world.rooms.invited()
    options = (await world.client.post("/v1/passkeys/invited/options", json={"invitation": mine})).json()
    answer = SoftAuthenticator().create(unb64(options["challenge"]))
    body = {"invitation": other, "name": "手机", "credential": answer}
    refused = await world.client.post("/v1/passkeys/invited", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "challenge_invalid")
    assert (await world.rooms.account(other_id)).state is AccountState.INVITED


async def test_an_unknown_invitation_is_refused_and_recorded(world: World) -> None:
    answer = await world.client.post("/v1/passkeys/invited/options", json={"invitation": "made-up"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invitation_invalid")
    assert await world.codes() == ["refused:invitation_invalid"]


async def test_a_challenge_serves_once(world: World) -> None:
    _, authenticator = await world.registered()
    challenge = await challenge_for(world.client)
    answer = authenticator.get(challenge)
    assert (await prove(world.client, answer)).status_code == 200
    async with world.browser() as other:
        other.cookies.set("xinshu-browser", world.client.cookies["xinshu-browser"], domain="localhost.local")
        for replayed in (answer, authenticator.get(challenge)):
            refused = await prove(other, replayed)
            assert (refused.status_code, refused.json()["code"]) == (400, "challenge_invalid")
    assert (await world.codes())[-1] == "refused:challenge_invalid"


async def test_a_wrong_answer_has_used_up_the_challenge(world: World) -> None:
    _, authenticator = await world.registered()
    challenge = await challenge_for(world.client)
    assert (await prove(world.client, authenticator.get(challenge, flags=UP))).status_code == 401
    assert (await prove(world.client, authenticator.get(challenge))).json()["code"] == "challenge_invalid"


async def test_a_challenge_does_not_serve_in_another_browser(world: World) -> None:
    _, authenticator = await world.registered()
    challenge = await challenge_for(world.client)
    async with world.browser() as other:
        assert (await prove(other, authenticator.get(challenge))).json()["code"] == "challenge_invalid"
        await challenge_for(other)
        challenge = await challenge_for(world.client)
        assert (await prove(other, authenticator.get(challenge))).json()["code"] == "challenge_invalid"


async def test_a_challenge_expires(world: World) -> None:
    _, authenticator = await world.registered()
    challenge = await challenge_for(world.client)
    world.clock.advance(timedelta(minutes=5))
    refused = await prove(world.client, authenticator.get(challenge))
    assert (refused.status_code, refused.json()["code"]) == (400, "challenge_expired")
    assert (await world.codes())[-1] == "refused:challenge_expired"


async def test_old_challenges_do_not_pile_up(world: World) -> None:
    for _ in range(3):
        await challenge_for(world.client)
    world.clock.advance(timedelta(hours=2))
    await challenge_for(world.client)
    async with world.rooms.db.acquire() as conn:
        assert await conn.fetchval("select count(*) from challenge") == 1


async def test_a_challenge_serves_for_what_it_was_asked(world: World) -> None:
    account, authenticator = await world.registered()
    await world.rooms.session(world.client, account, Strength.PASSKEY)
    options = (await world.client.post("/v1/passkeys/options")).json()
    refused = await prove(world.client, authenticator.get(unb64(options["challenge"])))
    assert refused.json()["code"] == "challenge_invalid"


BAD_ASSERTIONS: dict[str, dict[str, Callable[[bytes], Any]]] = {
    "origin": {"data": lambda c: client_data("webauthn.get", c, "https://evil.cn")},
    "type": {"data": lambda c: client_data("webauthn.create", c)},
    "cross_origin": {"data": lambda c: client_data("webauthn.get", c, crossOrigin=True)},
    "user_verification": {"flags": lambda _: UP},
}


async def test_a_bad_assertion_is_refused_and_recorded(world: World) -> None:
    account, authenticator = await world.registered()
    for reason, change in BAD_ASSERTIONS.items():
        challenge = await challenge_for(world.client)
        answer = authenticator.get(challenge, **{name: make(challenge) for name, make in change.items()})
        refused = await prove(world.client, answer)
        assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
        assert refused.json()["details"]["reason"] == reason
        kind, code, rest = (await world.rooms.events())[-1]
        assert (kind, code, rest["principal"]) == ("sign_in", "passkey_refused", account.principal)
        assert reason in rest["details"]
    assert world.rooms.sessions.cookie not in world.client.cookies


async def test_tampered_client_data_is_refused(world: World) -> None:
    _, authenticator = await world.registered()
    challenge = await challenge_for(world.client)
    answer = authenticator.get(challenge)
    answer["response"]["clientDataJSON"] = b64(client_data("webauthn.get", challenge, extra="added"))
    refused = await prove(world.client, answer)
    assert (refused.status_code, refused.json()["details"]["reason"]) == (401, "signature")


async def test_the_credential_of_another_account_is_refused(world: World) -> None:
    await world.registered("mine.login")
    other, authenticator = await world.registered("other.login")
    refused = await prove(world.client, authenticator.get(await challenge_for(world.client, "mine.login")))
    assert (refused.status_code, refused.json()["details"]["reason"]) == (401, "credential")
    refused = await prove(world.client, authenticator.get(await challenge_for(world.client, "nobody.here")))
    assert refused.status_code == 401
    # as one's own, with a handle that names another account
    authenticator.user_handle = (await world.rooms.active()).id.bytes
    refused = await sign_in(world.client, authenticator)
    assert (refused.status_code, refused.json()["details"]["reason"]) == (401, "credential")
    # without login the handle says whose it is: it must be there
    authenticator.user_handle = None
    assert (await sign_in(world.client, authenticator)).status_code == 401
    authenticator.user_handle = other.id.bytes
    assert (await sign_in(world.client, authenticator)).status_code == 200


async def test_a_credential_nobody_registered_is_refused(world: World) -> None:
    refused = await sign_in(world.client, SoftAuthenticator(user_handle=b"x" * 16))
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    assert (await world.codes())[-1] == "sign_in:passkey_refused"


async def test_a_copied_authenticator_is_noticed(world: World) -> None:
    _, authenticator = await world.registered()
    assert (await sign_in(world.client, authenticator)).status_code == 200
    authenticator.count = 0
    async with world.browser() as other:
        refused = await sign_in(other, authenticator)
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_cloned")
    assert (await world.codes())[-1] == "sign_in:passkey_cloned"


async def test_a_suspended_account_stays_out(world: World) -> None:
    account, authenticator = await world.registered()
    async with world.rooms.db.acquire() as conn:
        await conn.execute("update account set state = 'suspended' where id = $1", account.id)
    refused = await sign_in(world.client, authenticator)
    assert (refused.status_code, refused.json()["code"]) == (401, "account_unusable")
    assert (await world.codes())[-1] == "sign_in:account_unusable"


async def test_one_authenticator_is_registered_once(world: World) -> None:
    _, authenticator = await world.registered()
    other = await world.rooms.active()
    await world.rooms.session(world.client, other)
    refused = await register(world.client, authenticator)
    assert (refused.status_code, refused.json()["code"]) == (409, "passkey_exists")
    assert (await world.codes())[-1] == "refused:passkey_exists"


async def test_whoever_knows_the_password_alone_adds_no_second_passkey(world: World) -> None:
    account, _ = await world.registered()
    await world.rooms.session(world.client, account, Strength.PASSWORD)
    refused = await world.client.post("/v1/passkeys/options")
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_again")


async def test_several_passkeys_have_names_and_can_go_except_the_last(world: World) -> None:
    account, first = await world.registered()
    await sign_in(world.client, first)
    second = SoftAuthenticator()
    world.clock.advance(timedelta(minutes=1))
    assert (await register(world.client, second, "  手机 ")).status_code == 201
    names = [one["name"] for one in (await world.client.get("/v1/passkeys")).json()["passkeys"]]
    assert names == ["办公电脑", "手机"]
    async with world.browser() as other:
        await sign_in(other, second)
        gone = await world.client.delete(f"/v1/passkeys/{b64(second.credential_id)}")
        assert gone.status_code == 204
        assert (await other.get("/v1/passkeys")).json()["code"] == "session_invalid"
        assert (await sign_in(world.browser(), second)).status_code == 401
    last = await world.client.delete(f"/v1/passkeys/{b64(first.credential_id)}")
    assert (last.status_code, last.json()["code"]) == (409, "last_factor")
    async with world.rooms.db.acquire() as conn:
        await conn.execute("update account set oidc_issuer = 'https://a', oidc_subject = 'b' where id = $1", account.id)
    assert (await world.client.delete(f"/v1/passkeys/{b64(first.credential_id)}")).status_code == 204
    assert "rights:passkey_removed" in await world.codes()


async def test_removal_needs_a_recent_strong_sign_in(world: World) -> None:
    account, authenticator = await world.registered()
    path = f"/v1/passkeys/{b64(authenticator.credential_id)}"
    await world.rooms.session(world.client, account, Strength.PASSWORD)
    assert (await world.client.delete(path)).json()["code"] == "sign_in_again"
    await sign_in(world.client, authenticator)
    world.clock.advance(timedelta(minutes=11))
    assert (await world.client.delete(path)).json()["code"] == "sign_in_again"


async def test_another_persons_passkey_is_not_there(world: World) -> None:
    _, mine = await world.registered()
    _, other = await world.registered()
    await sign_in(world.client, mine)
    for name in (b64(other.credential_id), "AAAA", "!", "%00", "x' or 1=1"):
        refused = await world.client.delete(f"/v1/passkeys/{name}")
        assert (refused.status_code, refused.json()["code"]) == (404, "passkey_not_found")


async def test_an_account_has_twenty_at_most(world: World) -> None:
    account, _ = await world.registered()
    await world.rooms.session(world.client, account, Strength.PASSKEY)
    async with world.rooms.db.acquire() as conn:
        await conn.execute(
            "insert into passkey (credential_id, account_id, public_key, sign_count, device, name, created_at) "
            "select decode(lpad(to_hex(n), 8, '0'), 'hex'), $1, 'x', 0, 'single_device', 'n', now() "
            "from generate_series(1, 19) n",
            account.id,
        )
    refused = await world.client.post("/v1/passkeys/options")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_passkeys")


async def test_changes_need_the_sessions_own_page(world: World) -> None:
    account, authenticator = await world.registered()
    await world.rooms.session(world.client, account, Strength.PASSKEY)
    for headers, code in (
        ({"X-CSRF-Token": "wrong"}, "csrf_refused"),
        ({"Sec-Fetch-Site": "cross-site"}, "cross_site_refused"),
        ({"Origin": "https://evil.cn"}, "cross_site_refused"),
    ):
        refused = await world.client.post("/v1/passkeys/options", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    async with world.browser() as visitor:
        for path, body in (
            ("/v1/passkeys/sign-in/options", {}),
            ("/v1/passkeys/sign-in", {"credential": authenticator.get(b"x" * 32)}),
            ("/v1/passkeys/invited/options", {"invitation": "x"}),
        ):
            refused = await visitor.post(path, json=body, headers={"Sec-Fetch-Site": "cross-site"})
            assert (refused.status_code, refused.json()["code"]) == (403, "cross_site_refused")


GOOD = {"clientDataJSON": b64(client_data("webauthn.get", b"x" * 32)), "authenticatorData": "AA", "signature": "AA"}


BAD_BODIES: list[tuple[str, dict[str, Any], int]] = [
    ("/v1/passkeys/sign-in/options", {"login": "x" * 65}, 422),
    ("/v1/passkeys/sign-in/options", {"user": "x"}, 422),
    ("/v1/passkeys/sign-in", {}, 422),
    ("/v1/passkeys/sign-in", {"credential": {"id": "AA", "rawId": "AA", "type": "public-key"}}, 422),
    ("/v1/passkeys/sign-in", {"credential": {"id": "", "rawId": "", "type": "x", "response": GOOD}}, 422),
    ("/v1/passkeys/sign-in", {"credential": {"id": "A", "rawId": "A", "type": "x", "response": GOOD}}, 400),
    ("/v1/passkeys/sign-in", {"credential": {"id": "AA", "rawId": "AA", "type": "x", "response": GOOD}}, 400),
    (
        "/v1/passkeys/sign-in",
        {"credential": {"id": "AA", "rawId": "AA", "type": "x", "response": GOOD | {"signature": "A" * 20_000}}},
        422,
    ),
    (
        "/v1/passkeys/sign-in",
        {"credential": {"id": "AA", "rawId": "AA", "type": "x", "response": GOOD | {"clientDataJSON": "AAAA"}}},
        400,
    ),
    ("/v1/passkeys/invited/options", {"invitation": "x" * 201}, 422),
    ("/v1/passkeys/invited", {"invitation": "x", "name": "n"}, 422),
]


async def test_bad_bodies_are_refused(world: World) -> None:
    for path, body, status in BAD_BODIES:
        assert (await world.client.post(path, json=body)).status_code == status, (path, body)


async def test_a_name_must_be_one_to_read(world: World) -> None:
    await world.rooms.session(world.client, await world.rooms.active())
    for name in ("   ", "\x00", "a\nb"):
        refused = await register(world.client, SoftAuthenticator(), name)
        assert (refused.status_code, refused.json()["code"]) == (400, "passkey_name_invalid")


async def test_a_passkey_signs_a_digest(world: World) -> None:
    account, authenticator = await world.registered()
    stranger, _ = await world.registered()
    digest = digest_of("an authorisation")
    async with world.rooms.db.transaction() as conn:
        options = await world.service.options_over(conn, account.id, digest)
        assert (unb64(options["challenge"]), options["userVerification"]) == (digest, "required")
        answer = authenticator.get(digest)
        used = await world.service.verify_assertion_over(conn, account.id, digest, answer)
        assert used.credential_id == authenticator.credential_id
        with pytest.raises(PasskeyRefusedError) as caught:  # the counter has moved on
            await world.service.verify_assertion_over(conn, account.id, digest, answer)
        assert caught.value.code == "passkey_cloned"
        for account_id, signed, reason in (
            (stranger.id, digest, "credential"),
            (account.id, digest_of("another"), "challenge"),
        ):
            with pytest.raises(PasskeyRefusedError) as caught:
                await world.service.verify_assertion_over(conn, account_id, signed, authenticator.get(digest))
            assert caught.value.details["reason"] == reason
        with pytest.raises(ValueError, match="32 bytes"):
            await world.service.options_over(conn, account.id, b"short")


async def test_of_two_uses_at_once_the_counter_lets_one_pass(world: World) -> None:
    """The same signature sent twice at the same moment, over a digest that is not used up."""
    account, authenticator = await world.registered()
    digest = digest_of("twice")
    answer = authenticator.get(digest)

    async def use() -> str:
        async with world.rooms.db.transaction() as conn:
            try:
                await world.service.verify_assertion_over(conn, account.id, digest, answer)
            except PasskeyRefusedError as error:
                return error.code
        return "used"

    assert sorted(await asyncio.gather(use(), use())) == ["passkey_cloned", "used"]


async def test_nothing_recorded_tells_who_it_was_or_how(world: World) -> None:
    account, authenticator = await world.registered("zhang.san")
    await sign_in(world.client, authenticator)
    await prove(world.client, authenticator.get(await challenge_for(world.client), flags=UP))
    written = str(await world.rooms.events())
    assert "zhang.san" not in written
    assert "张三" not in written
    assert b64(authenticator.credential_id) not in written
    assert str(account.id) in written
