"""Bad assertions and tokens: each refused with a stable code, recorded, nothing leaked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from clients_kit import (
    CALLER,
    ENDPOINT,
    Systems,
    add_member,
    claims_of,
    events,
    form_of,
    minutes,
    refusal,
    sign,
    systems,
)
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.clients import Client
from xinshu.members.clients.errors import OAuthError
from xinshu.members.clients.jose import MalformedTokenError, read
from xinshu.members.clients.tokens import KEPT_OF_ADDRESS, TOKEN_TYPE
from xinshu.members.model import Caller, MemberRef
from xinshu.store import Database

KEY, STRANGER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)


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


def part(value: Any) -> str:
    """A part of a JWT: text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def raw(header: Any, claims: Any, key: ECKey = KEY) -> str:
    """A JWT of any text at all, rightly signed with ES256."""
    message = f"{part(header)}.{part(claims)}"
    signature = JWSRegistry.algorithms["ES256"].sign(message.encode(), key)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsigned(claims: dict[str, Any], alg: str = "none") -> str:
    return f"{part({'alg': alg})}.{part(claims)}."


def hmac_signed(claims: dict[str, Any], secret: bytes, alg: str = "HS256") -> str:
    message = f"{part({'alg': alg})}.{part(claims)}"
    digest = hmac.new(secret, message.encode(), hashlib.sha256).digest()
    return f"{message}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def seconds(clock: FixedClock, by: float) -> int:
    return int(clock.now().timestamp() + by)


Bad = Callable[[dict[str, Any], FixedClock], str]
ASSERTIONS: dict[str, tuple[Bad, str]] = {
    "expired": (lambda c, t: sign({**c, "iat": seconds(t, -200), "exp": seconds(t, -61)}, KEY), "assertion_expired"),
    "issued too long ago": (lambda c, t: sign({**c, "iat": seconds(t, -361)}, KEY), "assertion_expired"),
    "issued in the future": (lambda c, t: sign({**c, "iat": seconds(t, 62)}, KEY), "assertion_not_yet_valid"),
    "not before": (lambda c, t: sign({**c, "nbf": seconds(t, 62)}, KEY), "assertion_not_yet_valid"),
    "endless": (
        lambda c, t: sign({k: v for k, v in {**c, "exp": seconds(t, 3600)}.items() if k != "iat"}, KEY),
        "assertion_too_long",
    ),
    "another audience": (lambda c, t: sign({**c, "aud": "https://other.example"}, KEY), "assertion_wrong_audience"),
    "audience with a slash": (lambda c, t: sign({**c, "aud": ENDPOINT + "/"}, KEY), "assertion_wrong_audience"),
    "two audiences": (
        lambda c, t: sign({**c, "aud": [ENDPOINT, "https://other.example"]}, KEY),
        "assertion_wrong_audience",
    ),
    "no audience": (lambda c, t: sign({k: v for k, v in c.items() if k != "aud"}, KEY), "assertion_malformed"),
    "audience a number": (lambda c, t: sign({**c, "aud": 1}, KEY), "assertion_malformed"),
    "no exp": (lambda c, t: sign({k: v for k, v in c.items() if k != "exp"}, KEY), "assertion_malformed"),
    "exp a text": (lambda c, t: sign({**c, "exp": "9999999999"}, KEY), "assertion_malformed"),
    "exp true": (lambda c, t: sign({**c, "exp": True}, KEY), "assertion_malformed"),
    "exp infinite": (lambda c, t: raw({"alg": "ES256"}, json.dumps({**c, "exp": float("inf")})), "assertion_malformed"),
    "exp 1e400": (
        lambda c, t: raw({"alg": "ES256"}, json.dumps({**c, "exp": 0}).replace('"exp": 0', '"exp": 1e400')),
        "assertion_malformed",
    ),
    "exp of 5000 digits": (
        lambda c, t: raw({"alg": "ES256"}, json.dumps(c).replace('"exp": ', '"exp": ' + "9" * 5000)),
        "assertion_malformed",
    ),
    "iat negative": (lambda c, t: sign({**c, "iat": -1}, KEY), "assertion_malformed"),
    "no jti": (lambda c, t: sign({k: v for k, v in c.items() if k != "jti"}, KEY), "assertion_malformed"),
    "jti empty": (lambda c, t: sign({**c, "jti": ""}, KEY), "assertion_malformed"),
    "jti long": (lambda c, t: sign({**c, "jti": "j" * 256}, KEY), "assertion_malformed"),
    "jti an object": (lambda c, t: sign({**c, "jti": {}}, KEY), "assertion_malformed"),
    "iss not sub": (lambda c, t: sign({**c, "iss": "c-aaaaaaaaaaaaaaaa"}, KEY), "assertion_malformed"),
    "no sub": (lambda c, t: sign({k: v for k, v in c.items() if k != "sub"}, KEY), "assertion_malformed"),
    "unsigned": (lambda c, t: unsigned(c), "assertion_unsigned"),
    "unsigned NoNe": (lambda c, t: unsigned(c, "NoNe"), "assertion_unsigned"),
    "no alg": (lambda c, t: raw({"typ": "JWT"}, c), "assertion_unsigned"),
    "alg a list": (lambda c, t: raw({"alg": ["ES256"]}, c), "assertion_unsigned"),
    "signature taken off": (lambda c, t: sign(c, KEY).rpartition(".")[0] + ".", "invalid_client"),
    "HS256 with the public key": (
        lambda c, t: hmac_signed(c, KEY.as_pem(private=False)),
        "assertion_wrong_algorithm",
    ),
    "HS512": (lambda c, t: sign(c, OctKey.generate_key(512), "HS512"), "assertion_wrong_algorithm"),
    "HMAC said to be ES256": (lambda c, t: hmac_signed(c, KEY.as_pem(private=False), "ES256"), "invalid_client"),
    "ES384": (lambda c, t: sign(c, ECKey.generate_key("P-384"), "ES384"), "assertion_wrong_algorithm"),
    "RS512": (lambda c, t: sign(c, RSA, "RS512"), "assertion_wrong_algorithm"),
    "RS256 though the key is P-256": (lambda c, t: sign(c, RSA, "RS256"), "invalid_client"),
    "Ed25519 though the key is P-256": (
        lambda c, t: sign(c, OKPKey.generate_key("Ed25519"), "Ed25519"), "invalid_client"
    ),
    "another's key": (lambda c, t: sign(c, STRANGER), "invalid_client"),
    "a key inside": (
        lambda c, t: sign(c, STRANGER, jwk=STRANGER.as_dict(private=False), kid=KEY.thumbprint()), "invalid_client"
    ),
    "an address of keys": (
        lambda c, t: sign(c, STRANGER, jku="https://evil.example/jwks", x5u="https://evil.example/cert"),
        "invalid_client",
    ),
    "a chain of certificates": (lambda c, t: sign(c, STRANGER, x5c=["AAAA"]), "invalid_client"),
    "kid unknown": (lambda c, t: sign(c, KEY, kid="other"), "invalid_client"),
    "kid SQL": (lambda c, t: sign(c, KEY, kid="' or '1'='1"), "invalid_client"),
    "kid path": (lambda c, t: sign(c, KEY, kid="../../../dev/null"), "invalid_client"),
    "kid NUL": (lambda c, t: raw({"alg": "ES256", "kid": "\0"}, c), "invalid_client"),
    "kid a number": (lambda c, t: raw({"alg": "ES256", "kid": 1}, c), "invalid_client"),
    "kid null": (lambda c, t: raw({"alg": "ES256", "kid": None}, c), "invalid_client"),
    "unknown client": (
        lambda c, t: sign({**c, "iss": "c-aaaaaaaaaaaaaaaa", "sub": "c-aaaaaaaaaaaaaaaa"}, KEY), "invalid_client"
    ),
    "client SQL": (lambda c, t: sign({**c, "iss": "' or 1=1 --", "sub": "' or 1=1 --"}, KEY), "invalid_client"),
    "client NUL": (lambda c, t: sign({**c, "iss": "\0", "sub": "\0"}, KEY), "invalid_client"),
    "client half a surrogate": (
        lambda c, t: raw({"alg": "ES256"}, {**c, "iss": "\ud800", "sub": "\ud800"}), "invalid_client"
    ),
    "critical extension": (lambda c, t: raw({"alg": "ES256", "crit": ["exp"], "exp": 1}, c), "assertion_malformed"),
    "b64 false": (lambda c, t: raw({"alg": "ES256", "b64": False}, c), "assertion_malformed"),
    "alg twice": (lambda c, t: raw('{"alg": "ES256", "alg": "none"}', c), "assertion_malformed"),
    "aud twice": (
        lambda c, t: raw({"alg": "ES256"}, json.dumps(c)[:-1] + ', "aud": "https://other.example"}'),
        "assertion_malformed",
    ),
    "exp twice, once escaped": (
        lambda c, t: raw({"alg": "ES256"}, json.dumps(c)[:-1] + ', "\\u0065xp": 9999999999}'), "assertion_malformed"
    ),
    "claims a list": (lambda c, t: raw({"alg": "ES256"}, [c]), "assertion_malformed"),
    "claims NaN": (lambda c, t: raw({"alg": "ES256"}, json.dumps(c)[:-1] + ', "x": NaN}'), "assertion_malformed"),
    "claims nested deep": (
        lambda c, t: raw({"alg": "ES256"}, json.dumps(c)[:-1] + ', "x": ' + "[" * 2500 + "]" * 2500 + "}"),
        "assertion_malformed",
    ),
    "header not UTF-8": (
        lambda c, t: base64.urlsafe_b64encode(b'{"alg":"\xff"}').rstrip(b"=").decode() + "." + part(c) + ".AAAA",
        "assertion_malformed",
    ),
    "huge": (lambda c, t: sign({**c, "x": "x" * 9000}, KEY), "assertion_malformed"),
    "a megabyte": (lambda c, t: "A" * 2**20, "assertion_malformed"),
    "five parts": (lambda c, t: "e30.e30.e30.e30.e30", "assertion_malformed"),
    "two parts": (lambda c, t: "e30.e30", "assertion_malformed"),
    "padding": (lambda c, t: sign(c, KEY) + "=", "assertion_malformed"),
    "blanks": (lambda c, t: " " + sign(c, KEY), "assertion_malformed"),
    "a line more": (lambda c, t: sign(c, KEY) + "\n", "assertion_malformed"),
    "no text": (lambda c, t: "数", "assertion_malformed"),
}  # fmt: skip


async def test_bad_assertions_are_refused_and_recorded(
    node: Systems, client: Client, clock: FixedClock, db: Database
) -> None:
    codes, said = {}, ""
    for name, (make, _) in ASSERTIONS.items():
        with pytest.raises(OAuthError) as caught:
            await node.token(make(claims_of(client.id, clock), clock))
        error = caught.value
        assert (error.oauth_status, error.error) == (401, "invalid_client"), name
        assert error.as_oauth()["error_description"].isascii()
        codes[name] = error.code
        said += json.dumps(error.as_oauth(), ensure_ascii=False)
    assert codes == {name: code for name, (_, code) in ASSERTIONS.items()}
    assert len(await events(db, "refused")) == len(ASSERTIONS)
    assert await events(db, "token") == []
    assert client.id not in said
    assert KEY.thumbprint() not in said


async def test_to_strangers_all_failures_look_the_same(
    node: Systems, client: Client, clock: FixedClock, db: Database
) -> None:
    expected = {
        "unknown client": ("client_unknown", None, None),
        "kid unknown": ("key_unknown", None, client.principal),
        "RS256 though the key is P-256": ("key_unknown", None, client.principal),
        "another's key": ("signature_invalid", None, client.principal),
    }  # nobody has proved to be the client: no principal
    seen = []
    for name in expected:
        with pytest.raises(OAuthError) as caught:
            await node.token(ASSERTIONS[name][0](claims_of(client.id, clock), clock))
        seen.append((caught.value.status, caught.value.as_oauth()))
    assert seen == seen[:1] * 4
    assert await events(db, "refused") == list(expected.values())


async def test_a_replayed_assertion_is_refused(node: Systems, client: Client, clock: FixedClock, db: Database) -> None:
    claims = claims_of(client.id, clock)
    assertion = sign(claims, KEY)
    await node.token(assertion)
    assert await refusal(node.token(assertion)) == "assertion_replayed"
    again = sign(claims, KEY)  # ECDSA: another signature over the same claims
    assert again != assertion
    assert await refusal(node.token(again)) == "assertion_replayed"
    assert [code for code, _, _ in await events(db, "refused")] == ["assertion_replayed"] * 2


async def test_who_holds_a_key_is_told_what_became_of_it(
    node: Systems, bank: MemberRef, client: Client, clock: FixedClock
) -> None:
    await node.revoke(bank, client, KEY)
    assertion = sign(claims_of(client.id, clock), KEY)
    assert await refusal(node.token(assertion)) == "key_revoked"
    named = sign(claims_of(client.id, clock), KEY, kid=KEY.thumbprint())
    assert await refusal(node.token(named)) == "key_revoked"


REQUESTS: list[tuple[dict[str, str | None], tuple[str, str, int]]] = [
    ({"grant_type": "authorization_code"}, ("grant_unsupported", "unsupported_grant_type", 400)),
    ({"grant_type": None}, ("token_request_invalid", "invalid_request", 400)),
    ({"client_assertion": None}, ("assertion_required", "invalid_client", 401)),
    ({"client_assertion": None, "client_secret": "s3cret"}, ("assertion_required", "invalid_client", 401)),
    ({"client_assertion_type": None}, ("assertion_required", "invalid_client", 401)),
    ({"client_assertion_type": "urn:x"}, ("assertion_required", "invalid_client", 401)),
    ({"client_id": "c-aaaaaaaaaaaaaaaa"}, ("assertion_malformed", "invalid_client", 401)),
    ({"scope": "provider-system"}, ("scope_invalid", "invalid_scope", 400)),
    ({"scope": "institution-system admin"}, ("scope_invalid", "invalid_scope", 400)),
]


async def test_bad_requests_are_refused(node: Systems, client: Client, clock: FixedClock) -> None:
    for change, expected in REQUESTS:
        whole = {**form_of(sign(claims_of(client.id, clock), KEY)), **change}
        with pytest.raises(OAuthError) as caught:
            await node.tokens.issue({name: value for name, value in whole.items() if value is not None}, CALLER)
        assert (caught.value.code, caught.value.error, caught.value.oauth_status) == expected, change


def altered(token: str, **claims: Any) -> str:
    """The token with other claims and the old signature."""
    head, _, signature = token.split(".")
    return f"{head}.{part({**read(token).claims, **claims})}.{signature}"


TOKENS: dict[str, Callable[[str, Client, FixedClock], str]] = {
    "empty": lambda token, client, clock: "",
    "not a JWT": lambda token, client, clock: "abc",
    "no text": lambda token, client, clock: "令\ud800牌",
    "huge": lambda token, client, clock: token + "A" * 10_000,
    "a character more": lambda token, client, clock: token + "A",
    "unsigned": lambda token, client, clock: f"{part({'alg': 'none', 'typ': TOKEN_TYPE})}.{token.split('.')[1]}.",
    "signature taken off": lambda token, client, clock: token.rpartition(".")[0] + ".",
    "longer": lambda token, client, clock: altered(token, exp=9_999_999_999),
    "more roles": lambda token, client, clock: altered(token, scope="operator-system"),
    "another member": lambda token, client, clock: altered(token, member="mother"),
    "an assertion": lambda token, client, clock: sign(claims_of(client.id, clock), KEY),
    "the client's own key": lambda token, client, clock: sign(
        read(token).claims, KEY, typ=TOKEN_TYPE, kid=read(token).kid
    ),
    "a key of nobody": lambda token, client, clock: sign(read(token).claims, STRANGER, typ=TOKEN_TYPE, kid="x"),
    "a key inside": lambda token, client, clock: sign(
        read(token).claims, STRANGER, typ=TOKEN_TYPE, kid=read(token).kid, jwk=STRANGER.as_dict(private=False)
    ),
    "no kid": lambda token, client, clock: sign(read(token).claims, STRANGER, typ=TOKEN_TYPE),
    "HS256 with the public key": lambda token, client, clock: hmac_signed(read(token).claims, b"public"),
}


async def test_bad_tokens_are_refused_and_recorded(
    node: Systems, client: Client, clock: FixedClock, db: Database
) -> None:
    token = await node.token(sign(claims_of(client.id, clock), KEY))
    codes = {
        name: await refusal(node.tokens.authenticate(make(token, client, clock), CALLER))
        for name, make in TOKENS.items()
    }
    assert codes == dict.fromkeys(TOKENS, "token_invalid")
    assert len(await events(db, "refused")) == len(TOKENS)
    assert len(node.tokens.verified) == 0
    await node.tokens.authenticate(token, CALLER)


async def test_a_token_of_our_key_for_another_purpose_is_refused(
    node: Systems, client: Client, clock: FixedClock
) -> None:
    """The signature is ours and good; type, issuer and audience are not those of an access token for us."""
    token = await node.token(sign(claims_of(client.id, clock), KEY))
    async with node.db.acquire() as conn:
        kid, key = await node.tokens.keys.signing(conn)
    claims = read(token).claims
    for bad in (
        sign(claims, key, kid=kid, typ="JWT"),
        sign(claims, key, kid=kid),
        sign({**claims, "iss": "https://other.example"}, key, kid=kid, typ=TOKEN_TYPE),
        sign({**claims, "aud": "https://other.example"}, key, kid=kid, typ=TOKEN_TYPE),
        sign({**claims, "client_id": "c-aaaaaaaaaaaaaaaa"}, key, kid=kid, typ=TOKEN_TYPE),
    ):
        assert await refusal(node.tokens.authenticate(bad, CALLER)) == "token_invalid"
    gone = sign({**claims, "exp": seconds(clock, 0)}, key, kid=kid, typ=TOKEN_TYPE)
    assert await refusal(node.tokens.authenticate(gone, CALLER)) == "token_expired"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c", "e30.e30.A", "e30.e30.é", "e30.e30=.AA"])
def test_what_is_not_a_jws_is_not_read(text: str) -> None:
    with pytest.raises(MalformedTokenError):
        read(text)


async def test_nobody_fills_the_security_log(node: Systems, db: Database, clock: FixedClock) -> None:
    """A caller is known before any limit of requests counts: what it shows is refused every time, recorded so often."""
    for _ in range(KEPT_OF_ADDRESS + 20):
        assert await refusal(node.tokens.authenticate("no token", CALLER)) == "token_invalid"
    assert len(await events(db, "refused")) == KEPT_OF_ADDRESS
    assert await refusal(node.tokens.authenticate("no token", Caller("198.51.100.1"))) == "token_invalid"
    assert len(await events(db, "refused")) == KEPT_OF_ADDRESS + 1
    clock.advance(minutes(1))
    assert await refusal(node.tokens.authenticate("no token", CALLER)) == "token_invalid"
    assert len(await events(db, "refused")) == KEPT_OF_ADDRESS + 2
