"""Issuing tokens, whom they stand for, and what happens to live ones when rights change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clients_kit import (
    CALLER,
    ENDPOINT,
    ISSUER,
    Key,
    Systems,
    access,
    add_member,
    admin,
    claims_of,
    events,
    form_of,
    minutes,
    refusal,
    set_state,
    sign,
    systems,
)
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto import VaultKeyError
from xinshu.members.clients import Client
from xinshu.members.clients.jose import read
from xinshu.members.clients.service import ClientChange
from xinshu.members.model import Caller, MemberKind, MemberRef, MemberState, Strength
from xinshu.store import Database

KEY = ECKey.generate_key("P-256")
ROLES = frozenset({"institution-system"})


@pytest.fixture
async def bank(db: Database) -> MemberRef:
    return await add_member(db)


@pytest.fixture
async def node(db: Database, settings: Settings, clock: FixedClock) -> AsyncIterator[Systems]:
    async with systems(db, settings, clock) as running:
        yield running


@pytest.fixture
async def client(node: Systems, bank: MemberRef) -> Client:
    return await node.with_key(bank, KEY)


async def fresh(node: Systems, client: Client, key: Key = KEY, caller: Caller = CALLER, **form: str) -> str:
    return await node.token(sign(claims_of(client.id, node.clock), key), caller, **form)


async def gone(node: Systems, token: str, caller: Caller = CALLER) -> str:
    """The code with which a token, kept in memory a moment ago, is refused once the change is heard."""
    async with asyncio.timeout(20):
        while True:
            try:
                await node.tokens.authenticate(token, caller)
            except Exception:
                return await refusal(node.tokens.authenticate(token, caller))
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        (KEY, "ES256"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (RSAKey.generate_key(2048), "RS256"),
        (RSAKey.generate_key(3072), "PS256"),
    ],
    ids=["ES256", "Ed25519", "RS256", "PS256"],
)
async def test_each_algorithm_gets_a_token(node: Systems, bank: MemberRef, key: Key, alg: str) -> None:
    client = await node.with_key(bank, key)
    assertion = sign(claims_of(client.id, node.clock), key, alg)
    principal = await node.tokens.authenticate(await node.token(assertion), CALLER)
    assert principal.id == f"client:{client.id}"
    assert principal.roles == ROLES
    assert principal.member == bank
    assert principal.strength is Strength.KEY
    assert not principal.sandbox


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_the_old_name_of_ed25519_is_understood(node: Systems, bank: MemberRef) -> None:
    key = OKPKey.generate_key("Ed25519")
    client = await node.with_key(bank, key)
    await node.token(sign(claims_of(client.id, node.clock), key, "EdDSA"))


async def test_the_token_is_as_rfc_9068_says_and_checks_with_the_published_keys(node: Systems, client: Client) -> None:
    answer = await node.tokens.issue(form_of(sign(claims_of(client.id, node.clock), KEY)), CALLER)
    keys = KeySet.import_key_set(await node.tokens.keys.published())
    token = jwt.decode(answer.access_token, keys, algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    now = int(node.clock.now().timestamp())
    assert token.claims == {
        "iss": ISSUER, "sub": client.id, "aud": ISSUER, "client_id": client.id, "member": "mbank",
        "scope": "institution-system", "sandbox": False, "key": KEY.thumbprint(), "iat": now, "exp": now + 600,
        "jti": token.claims["jti"],
    }  # fmt: skip
    assert answer.expires_in == 600


async def test_limits_of_the_member_come_with_the_principal(node: Systems, db: Database) -> None:
    head = await add_member(db, "mhead", kind=MemberKind.PROVIDER, items=["8", "9"], regions=("32",))
    branch = await add_member(
        db, "mbranch", kind=MemberKind.PROVIDER, parent="mhead", items=["8"], regions=("3201", "33")
    )
    client = await node.with_key(branch, KEY, roles=("provider-system",))
    principal = await node.tokens.authenticate(await fresh(node, client), CALLER)
    assert (principal.members, principal.items, principal.regions) == (("mbranch",), ("8",), ("3201",))
    other = await node.with_key(head, OKPKey.generate_key("Ed25519"), roles=("provider-system",))
    key = ECKey.generate_key("P-256")
    await node.add_key(head, other, key)
    principal = await node.tokens.authenticate(await fresh(node, other, key), CALLER)
    assert set(principal.members) == {"mhead", "mbranch"}


async def test_the_audience_may_be_the_issuer(node: Systems, client: Client) -> None:
    for audience in (ISSUER, [ISSUER], [ENDPOINT]):
        await node.token(sign(claims_of(client.id, node.clock, aud=audience), KEY))


async def test_an_assertion_may_name_its_key(node: Systems, bank: MemberRef, client: Client) -> None:
    second = ECKey.generate_key("P-256")
    await node.add_key(bank, client, second, kid="next.2026")
    await node.token(sign(claims_of(client.id, node.clock), second, kid="next.2026"))
    await node.token(sign(claims_of(client.id, node.clock), second))
    await node.token(sign(claims_of(client.id, node.clock), KEY, kid=KEY.thumbprint()))


async def test_a_scope_narrows_the_roles(node: Systems, client: Client) -> None:
    token = await fresh(node, client, scope="institution-system  institution-system")
    assert read(token).claims["scope"] == "institution-system"
    claims = claims_of(client.id, node.clock)
    assert await refusal(node.token(sign(claims, KEY), scope="operator-system")) == "scope_invalid"
    assert read(await node.token(sign(claims, KEY))).claims["scope"] == "institution-system"  # not used up by that


async def test_clocks_may_differ_by_a_minute(node: Systems, client: Client) -> None:
    now = int(node.clock.now().timestamp())
    for change in ({"iat": now + 60, "nbf": now + 60, "exp": now + 90}, {"iat": now - 200, "exp": now - 59}):
        await node.token(sign(claims_of(client.id, node.clock, **change), KEY))


async def test_an_hour_long_assertion_serves_five_minutes(node: Systems, client: Client, clock: FixedClock) -> None:
    """Stock client libraries write an hour; it counts from `iat`."""
    now = int(clock.now().timestamp())
    first, second = (sign(claims_of(client.id, clock, exp=now + 3600), KEY) for _ in range(2))
    clock.advance(minutes(5.9))
    await node.token(first)
    clock.advance(minutes(0.2))
    assert await refusal(node.token(first)) == "assertion_expired"
    assert await refusal(node.token(second)) == "assertion_expired"


async def test_of_two_uses_at_once_one_wins(settings: Settings, node: Systems, client: Client) -> None:
    other = await Database.open(settings, migrate=False)
    try:
        async with systems(other, settings, node.clock) as second:
            await fresh(node, client)  # the signing key exists
            for _ in range(5):
                assertion = sign(claims_of(client.id, node.clock), KEY)
                uses = [one.token(assertion) for one in (node, second, node, second)]
                outcome = await asyncio.gather(*uses, return_exceptions=True)
                codes = sorted(getattr(one, "code", "issued") for one in outcome)
                assert codes == ["assertion_replayed"] * 3 + ["issued"]
    finally:
        await other.close()


async def test_used_assertions_are_forgotten_when_they_cannot_come_back(
    node: Systems, client: Client, clock: FixedClock, db: Database
) -> None:
    for _ in range(15):
        await fresh(node, client)
    clock.advance(minutes(10))
    for expected in (6, 2):
        await fresh(node, client)
        async with db.acquire() as conn:
            assert await conn.fetchval("select count(*) from used_assertion") == expected


async def test_the_same_jti_of_two_clients_is_no_replay(node: Systems, bank: MemberRef, client: Client) -> None:
    key = ECKey.generate_key("P-256")
    other = await node.with_key(bank, key)
    await node.token(sign(claims_of(client.id, node.clock, jti="1"), KEY))
    await node.token(sign(claims_of(other.id, node.clock, jti="1"), key))


async def test_a_token_ends_after_ten_minutes(node: Systems, client: Client, clock: FixedClock) -> None:
    token = await fresh(node, client)
    clock.advance(minutes(10) - timedelta(seconds=1))
    await node.tokens.authenticate(token, CALLER)
    clock.advance(timedelta(seconds=1))
    assert await refusal(node.tokens.authenticate(token, CALLER)) == "token_expired"
    assert len(node.tokens.verified) == 0


async def test_a_second_look_asks_nobody(node: Systems, client: Client, db: Database) -> None:
    token = await fresh(node, client)
    first = await node.tokens.authenticate(token, CALLER)
    async with db.acquire() as conn:  # behind the software's back: not announced
        await conn.execute("update client_key set revoked_at = now()")
    assert await node.tokens.authenticate(token, CALLER) is first


async def test_without_a_listener_every_look_is_a_fresh_one(
    db: Database, settings: Settings, client: Client, clock: FixedClock
) -> None:
    async with systems(db, settings, clock, listening=False) as deaf:
        token = await fresh(deaf, client)
        await deaf.tokens.authenticate(token, CALLER)
        assert len(deaf.tokens.verified) == 0
        async with db.acquire() as conn:
            await conn.execute("update client_key set revoked_at = now()")
        assert await refusal(deaf.tokens.authenticate(token, CALLER)) == "key_revoked"


async def test_memory_is_bounded(node: Systems, client: Client) -> None:
    node.tokens.verified._size = 3
    tokens = [await fresh(node, client) for _ in range(5)]
    for token in tokens:
        await node.tokens.authenticate(token, CALLER)
    assert len(node.tokens.verified) == 3


async def test_what_was_read_before_a_change_is_not_kept(node: Systems, client: Client) -> None:
    cache = node.tokens.verified
    token = await fresh(node, client)
    await node.tokens.authenticate(token, CALLER)
    name, count = cache.name(token), cache.change_count
    entry = cache.get(name, node.clock.now())
    assert entry is not None
    for other in ("account:x", "consent:y", "client:c-other"):
        cache._changed(other)
        assert cache.get(name, node.clock.now()) is entry
    cache._changed(client.principal)
    cache.put(name, entry, count)
    assert cache.get(name, node.clock.now()) is None


# --- two processes: what one changes, the other honours at once


@pytest.fixture
async def other(settings: Settings, clock: FixedClock, node: Systems) -> AsyncIterator[Systems]:
    """Another process with a pool of its own."""
    database = await Database.open(settings, migrate=False)
    async with systems(database, settings, clock) as running:
        yield running
    await database.close()


async def test_a_revoked_key_ends_its_tokens_everywhere(
    node: Systems, other: Systems, bank: MemberRef, client: Client
) -> None:
    second = ECKey.generate_key("P-256")
    await node.add_key(bank, client, second)
    old, new = await fresh(node, client), await fresh(node, client, second)
    for token in (old, new):
        assert (await other.tokens.authenticate(token, CALLER)).id == client.principal
    await node.revoke(bank, client, KEY)
    assert await gone(other, old) == await gone(node, old) == "key_revoked"
    assert (await other.tokens.authenticate(new, CALLER)).id == client.principal
    assertion = sign(claims_of(client.id, node.clock), KEY)
    assert await refusal(other.token(assertion)) == "key_revoked"


async def test_a_suspended_member_ends_its_live_tokens_everywhere(
    node: Systems, other: Systems, db: Database, bank: MemberRef, client: Client
) -> None:
    token = await fresh(node, client)
    await other.tokens.authenticate(token, CALLER)
    await set_state(db, bank.id, MemberState.SUSPENDED)
    assert await gone(other, token) == await gone(node, token) == "member_not_online"
    assert await refusal(fresh(other, client)) == "member_not_online"
    await set_state(db, bank.id, MemberState.ONLINE)
    async with asyncio.timeout(20):
        while await _refused(other, token):  # noqa: ASYNC110  (it comes from the server)
            await asyncio.sleep(0.001)


async def _refused(node: Systems, token: str) -> bool:
    try:
        await node.tokens.authenticate(token, CALLER)
    except Exception:
        return True
    return False


async def test_a_suspended_head_office_ends_its_branches_tokens(node: Systems, db: Database) -> None:
    await add_member(db, "mhead")
    branch = await add_member(db, "mbranch", parent="mhead")
    client = await node.with_key(branch, KEY)
    token = await fresh(node, client)
    await node.tokens.authenticate(token, CALLER)
    await set_state(db, "mhead", MemberState.SUSPENDED)
    assert await gone(node, token) == "member_not_online"


async def test_a_closed_client_ends_its_tokens_everywhere(
    node: Systems, other: Systems, bank: MemberRef, client: Client
) -> None:
    token = await fresh(node, client)
    await other.tokens.authenticate(token, CALLER)
    await node.clients.close(access("close", "client", admin(bank)), client.id)
    assert await gone(other, token) == "client_closed"
    assert await refusal(fresh(other, client)) == "key_revoked"


async def test_an_expired_key_ends_its_tokens(node: Systems, bank: MemberRef, clock: FixedClock) -> None:
    client = await node.client(bank)
    until = clock.now() + minutes(5)
    await node.clients.add_key(
        access("add", "client-key", admin(bank)), client.id, dict(KEY.as_dict(private=False)), until
    )
    token = await fresh(node, client)
    await node.tokens.authenticate(token, CALLER)
    clock.advance(minutes(5))
    assert await refusal(node.tokens.authenticate(token, CALLER)) == "key_expired"
    assert await refusal(fresh(node, client)) == "key_expired"


# --- where from


PLACES: list[tuple[tuple[str, ...], str, bool]] = [
    (("203.0.113.0/24",), "203.0.113.7", True),
    (("203.0.113.0/24",), "203.0.114.7", False),
    (("203.0.113.0/24",), "::ffff:203.0.113.7", True),
    (("2001:db8::/32", "198.51.100.9"), "2001:db8::5", True),
    (("2001:db8::/32", "198.51.100.9"), "198.51.100.9", True),
    (("2001:db8::/32",), "2001:db9::5", False),
    (("0.0.0.0/0",), "2001:db8::5", False),
    (("203.0.113.0/24",), "", False),
    (("203.0.113.0/24",), "203.0.113.7, 10.0.0.1", False),
    ((), "", True),
]


async def test_the_allow_list_counts_for_issue_and_use(node: Systems, bank: MemberRef, client: Client) -> None:
    change = access("edit", "client", admin(bank))
    for networks, address, admitted in PLACES:
        await node.clients.change(change, client.id, ClientChange(networks=()))
        token = await fresh(node, client)
        await node.tokens.authenticate(token, CALLER)
        await node.clients.change(change, client.id, ClientChange(networks=networks))
        caller = replace(CALLER, address=address)
        if admitted:
            await node.tokens.authenticate(token, caller)
            await fresh(node, client, caller=caller)
        else:
            assert await gone(node, token, caller) == "address_not_allowed"
            assert await refusal(fresh(node, client, caller=caller)) == "address_not_allowed"


CERTIFICATE, ANOTHER = "A" * 43, "Q" * 43


async def test_a_bound_client_must_show_its_certificate_each_time(node: Systems, bank: MemberRef) -> None:
    client = await node.with_key(bank, KEY, certificate_bound=True, certificates=(CERTIFICATE, ANOTHER))
    shown, swapped = replace(CALLER, certificate=CERTIFICATE), replace(CALLER, certificate=ANOTHER)
    assert await refusal(fresh(node, client)) == "certificate_required"
    stranger = replace(CALLER, certificate="E" * 43)
    assert await refusal(fresh(node, client, caller=stranger)) == "certificate_required"
    token = await fresh(node, client, caller=shown)
    assert read(token).claims["cnf"] == {"x5t#S256": CERTIFICATE}
    for _ in range(2):  # the first look and the remembered one
        assert await refusal(node.tokens.authenticate(token, CALLER)) == "certificate_required"
        assert await refusal(node.tokens.authenticate(token, swapped)) == "certificate_required"
        await node.tokens.authenticate(token, shown)
    change = ClientChange(certificates=(ANOTHER,))
    await node.clients.change(access("edit", "client", admin(bank)), client.id, change)
    assert await gone(node, token, shown) == "certificate_required"


async def test_binding_a_client_ends_its_unbound_tokens(node: Systems, bank: MemberRef, client: Client) -> None:
    shown = replace(CALLER, certificate=CERTIFICATE)
    token = await fresh(node, client)
    await node.tokens.authenticate(token, shown)
    change = ClientChange(certificate_bound=True, certificates=(CERTIFICATE,))
    await node.clients.change(access("edit", "client", admin(bank)), client.id, change)
    assert await gone(node, token, shown) == "certificate_required"


# --- sandbox


async def test_sandbox_clients_work_before_the_member_is_online(node: Systems, db: Database) -> None:
    member = await add_member(db, "mnew", state=MemberState.SANDBOX_TEST)
    client = await node.with_key(member, KEY, sandbox=True)
    principal = await node.tokens.authenticate(await fresh(node, client), CALLER)
    assert principal.sandbox
    await set_state(db, "mnew", MemberState.SUSPENDED)
    assert await refusal(fresh(node, client)) == "member_not_online"


# --- the platform's own keys


async def test_rotation_keeps_live_tokens_and_publishes_two_keys(
    node: Systems, other: Systems, client: Client, clock: FixedClock, db: Database
) -> None:
    old = await fresh(node, client)
    await other.tokens.authenticate(old, CALLER)
    kid = await node.tokens.keys.rotate("local:root")
    new = await fresh(other, client)
    assert read(new).kid == kid != read(old).kid
    for one in (node, other):
        for token in (old, new):
            await one.tokens.authenticate(token, CALLER)
        published = await one.tokens.keys.published()
        assert [key["kid"] for key in published["keys"]] == [kid, read(old).kid]
        assert all("d" not in key for key in published["keys"])
    clock.advance(minutes(11))
    assert [key["kid"] for key in (await node.tokens.keys.published())["keys"]] == [kid]
    async with db.acquire() as conn:
        left = await conn.fetch("select kid, private_sealed from token_key where private_sealed is not null")
    assert [row["kid"] for row in left] == [kid]
    assert "PRIVATE" not in left[0]["private_sealed"]


async def test_a_retired_key_is_not_remembered_beyond_its_time(
    node: Systems, client: Client, clock: FixedClock
) -> None:
    """Who came by it later could sign tokens of any length."""
    await fresh(node, client)
    async with node.db.acquire() as conn:
        kid, key = await node.tokens.keys.signing(conn)
    await node.tokens.keys.rotate("local:root")
    forged = [read(await fresh(node, client)).claims | {"exp": 9_999_999_999, "jti": str(number)} for number in (1, 2)]
    now, later = (sign(claims, key, kid=kid, typ="at+jwt") for claims in forged)
    await node.tokens.authenticate(now, CALLER)  # the process has the key in memory
    clock.advance(minutes(11))
    for token in (now, later):
        assert await refusal(node.tokens.authenticate(token, CALLER)) == "token_invalid"


async def test_after_a_leak_no_older_token_counts(node: Systems, other: Systems, client: Client) -> None:
    first = await fresh(node, client)
    await node.tokens.keys.rotate("local:root")
    second = await fresh(node, client)
    for token in (first, second):
        await other.tokens.authenticate(token, CALLER)
    await node.tokens.keys.rotate("local:root", leaked=True)
    for token in (first, second):
        assert await gone(other, token) == "token_invalid"
    await other.tokens.authenticate(await fresh(other, client), CALLER)


async def test_processes_that_start_at_once_share_one_key(node: Systems, other: Systems, client: Client) -> None:
    tokens = await asyncio.gather(*(fresh(one, client) for one in (node, other, node, other)))
    assert len({read(token).kid for token in tokens}) == 1
    await asyncio.gather(node.tokens.keys.rotate("a"), other.tokens.keys.rotate("b"))
    assert len({read(await fresh(one, client)).kid for one in (node, other)}) == 1


async def test_a_node_without_the_vaults_keys_cannot_sign(
    settings: Settings, node: Systems, client: Client, clock: FixedClock, tmp_path: Path
) -> None:
    await fresh(node, client)
    elsewhere = settings.model_copy(update={"home": tmp_path / "other"})
    async with systems(node.db, elsewhere, clock) as stranger:
        with pytest.raises(VaultKeyError):
            await fresh(stranger, client)


# --- the log


async def test_issues_and_refusals_are_in_the_log(node: Systems, db: Database, client: Client) -> None:
    token = await fresh(node, client)
    claims: dict[str, Any] = claims_of(client.id, node.clock)
    await node.token(sign(claims, KEY))
    await refusal(node.token(sign(claims, KEY)))
    await refusal(node.tokens.authenticate(token + "x", CALLER))
    mine = client.principal
    recorded = await events(db, "token", "refused")
    assert recorded[:3] == [
        ("token_issued", mine, mine), ("token_issued", mine, mine), ("assertion_replayed", mine, mine)
    ]  # fmt: skip
    async with db.acquire() as conn:
        rows = await conn.fetch("select member_id, address, details::text as details, at from access_event")
    assert all(row["address"] == CALLER.address for row in rows if row["details"])
    assert all(token.split(".")[2] not in row["details"] for row in rows)
    assert rows[0]["at"] == datetime(2026, 6, 1, 2, tzinfo=UTC)
