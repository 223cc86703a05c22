"""Providers as written in YAML, ID tokens and answers of providers, without a database."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from xinshu.core.clock import FixedClock
from xinshu.members.model import member_id
from xinshu.members.sign_on import Providers, Remote
from xinshu.members.sign_on.errors import (
    SignOnKeyUnknownError,
    SignOnProviderInvalidError,
    SignOnTokenError,
    SignOnUnavailableError,
)
from xinshu.members.sign_on.providers import Provider, is_safe
from xinshu.members.sign_on.tokens import check_id_token, client_assertion, public_keys

CODE = "91320000000000001X"
ISSUER = "https://id.bank.cn"
SECRET = {"method": "client_secret_basic", "secret_env": "OIDC_SECRET"}
FILE: dict[str, Any] = {"name": "示范银行", "issuer": ISSUER, "client_id": "xinshu", "client": SECRET, "member": CODE}
ENVIRONMENT = {"OIDC_SECRET": "s"}


def write(folder: Path, name: str = "bank.yml", **changed: Any) -> Path:
    (folder / name).write_text(json.dumps(FILE | changed), encoding="utf-8")
    return folder


def provider(folder: Path, **changed: Any) -> Provider:
    return Providers.load(write(folder, **changed), ENVIRONMENT).get("bank")


def pem(folder: Path, key: Any, mode: int = 0o600, password: bytes | None = None) -> str:
    file = folder / "key.pem"
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    file.chmod(mode)
    return str(file)


def test_a_folder_that_is_not_there_has_no_providers(tmp_path: Path) -> None:
    assert Providers.load(tmp_path / "absent").all() == ()


def test_what_a_file_says(tmp_path: Path) -> None:
    found = provider(tmp_path, hosts=["api.bank.cn"])
    assert found.member_id == member_id(CODE)
    assert found.file.claim == "sub"
    assert "s" not in repr(found.secret).replace("SecretStr", "")
    assert found.allows("https://id.bank.cn:8443/token")
    assert found.allows("https://api.bank.cn/x")
    for address in ("https://evil.cn", "http://id.bank.cn/token", "https://id.bank.cn@evil.cn/", None, 5, "https://["):
        assert not found.allows(address)


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://id.bank.cn"},
        {"issuer": "https://id.bank.cn?x=1"},
        {"issuer": "https://user@id.bank.cn"},
        {"issuer": "https://id.bank.cn:port"},
        {"client_id": ""},
        {"member": "too short"},
        {"unknown": 1},
        {"scopes": ["profile"]},
        {"algorithms": ["none"]},
        {"algorithms": ["HS256"]},
        {"algorithms": []},
        {"client": {"method": "none"}},
        {"client": {"method": "client_secret_basic", "secret": "in the file"}},
        {"client": {"method": "client_secret_basic", "secret_env": "XINSHU_SECRET"}},
        {"client": {"method": "client_secret_basic", "secret_env": "NOT_SET"}},
        {"client": {"method": "private_key_jwt", "key_file": "absent.pem"}},
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(SignOnProviderInvalidError) as caught:
        provider(tmp_path, **changed)
    assert "bank.yml" in caught.value.message or "absent.pem" in caught.value.message
    assert "in the file" not in str(caught.value)


def test_a_file_that_is_no_yaml_or_badly_named(tmp_path: Path) -> None:
    (tmp_path / "bank.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(SignOnProviderInvalidError, match=r"bank\.yml"):
        Providers.load(tmp_path)
    (tmp_path / "bank.yml").unlink()
    with pytest.raises(SignOnProviderInvalidError, match="Bank X"):
        Providers.load(write(tmp_path, "Bank X.yml"), ENVIRONMENT)


def test_one_issuer_names_persons_in_one_way(tmp_path: Path) -> None:
    write(tmp_path, "one.yml")
    with pytest.raises(SignOnProviderInvalidError, match="claim"):
        Providers.load(write(tmp_path, "two.yml", claim="oid"), ENVIRONMENT)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ec.generate_private_key(ec.SECP256R1())),
        ("ES384", ec.generate_private_key(ec.SECP384R1())),
        ("Ed25519", ed25519.Ed25519PrivateKey.generate()),
        ("PS256", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    ],
)
def test_this_node_proves_itself_with_a_key(tmp_path: Path, clock: FixedClock, algorithm: str, key: Any) -> None:
    client = {"method": "private_key_jwt", "key_file": pem(tmp_path, key), "algorithm": algorithm, "key_id": "k1"}
    found = provider(tmp_path, client=client)
    assert found.key is not None
    read = jwt.decode(client_assertion(found, f"{ISSUER}/token", clock.now(), "j"), found.key, algorithms=[algorithm])
    assert read.header["kid"] == "k1"
    assert read.claims["aud"] == ISSUER
    assert (read.claims["iss"], read.claims["sub"], read.claims["jti"]) == ("xinshu", "xinshu", "j")
    assert read.claims["exp"] - read.claims["iat"] == 60
    older = provider(tmp_path, client=client | {"audience": "token-endpoint"})
    assert older.key is not None
    read = jwt.decode(client_assertion(older, f"{ISSUER}/token", clock.now(), "j"), older.key, algorithms=[algorithm])
    assert read.claims["aud"] == f"{ISSUER}/token"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"algorithm": "ES384"}, "不是 ES384 的私钥"),
        ({"algorithm": "RS256"}, "不是 RS256 的私钥"),
    ],
)
def test_a_key_of_another_kind_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    client = {"method": "private_key_jwt", "key_file": pem(tmp_path, key)} | change
    with pytest.raises(SignOnProviderInvalidError, match=words):
        provider(tmp_path, client=client)


def test_a_key_file_must_be_a_private_key_for_the_owner_alone(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    client = {"method": "private_key_jwt", "key_file": pem(tmp_path, key, 0o644)}
    with pytest.raises(SignOnProviderInvalidError, match="权限过宽"):
        provider(tmp_path, client=client)
    pem(tmp_path, key, password=b"locked")
    (tmp_path / "key.pem").chmod(0o600)
    with pytest.raises(SignOnProviderInvalidError, match="私钥"):
        provider(tmp_path, client=client)
    public = ECKey.import_key(key.public_key()).as_pem(private=False)
    for content in (b"", b"garbage", public):
        (tmp_path / "key.pem").write_bytes(content)
        with pytest.raises(SignOnProviderInvalidError, match="私钥"):
            provider(tmp_path, client=client)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.cn", True),
        ("http://localhost:80/x", True),
        ("http://127.0.0.1", True),
        ("http://a.cn", False),
        ("ftp://localhost", False),
        ("https://", False),
        ("https://a:b@a.cn", False),
        ("//a.cn", False),
        ("https://a.cn:99999", False),
    ],
)
def test_addresses(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


KEYS = {
    "ES256": ECKey.generate_key("P-256", parameters={"kid": "ec"}),
    "RS256": RSAKey.generate_key(2048, parameters={"kid": "rsa"}),
    "Ed25519": OKPKey.generate_key("Ed25519", parameters={"kid": "ed"}),
}
PUBLIC = public_keys({"keys": [key.as_dict(private=False) for key in KEYS.values()]})


def token(clock: FixedClock, algorithm: str = "ES256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(clock.now().timestamp())
    said = {"iss": ISSUER, "aud": "xinshu", "sub": "p1", "iat": now, "exp": now + 300, "nonce": "n"} | claims
    key = KEYS[algorithm]
    return jwt.encode({"alg": algorithm, "kid": key.kid} | (header or {}), said, key, algorithms=[algorithm])


def half(access_token: str, name: str = "sha256") -> str:
    digest = hashlib.new(name, access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


@pytest.mark.parametrize(("algorithm", "digest"), [("ES256", "sha256"), ("RS256", "sha256"), ("Ed25519", "sha512")])
def test_a_good_token(tmp_path: Path, clock: FixedClock, algorithm: str, digest: str) -> None:
    given = token(clock, algorithm, at_hash=half("a token", digest), azp="xinshu", acr="high", aud=["xinshu"])
    who = check_id_token(given, PUBLIC, provider(tmp_path, acr=["high"]), "n", "a token", clock.now())
    assert (who.issuer, who.subject, who.acr) == (ISSUER, "p1", "high")


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("form", {"iat": None}),
        ("form", {"iat": True}),
        ("form", {"exp": "soon"}),
        ("form", {"exp": float("inf")}),
        ("form", {"exp": float("nan")}),
        ("form", {"exp": 10**400}),
        ("expired", {"exp": 0}),
        ("issued_at", {"iat": 0}),
        ("not_before", {"nbf": 9_999_999_999}),
        ("audience", {"aud": []}),
        ("audience", {"aud": {"xinshu": 1}}),
        ("audience", {"aud": ["xinshu", "xinshu2"]}),
        ("issuer", {"iss": ISSUER + "/"}),
        ("nonce", {"nonce": None}),
        ("nonce", {"nonce": 5}),
        ("subject", {"sub": ""}),
        ("subject", {"sub": "x" * 256}),
        ("subject", {"sub": 5}),
        ("acr", {"acr": "low"}),
        ("acr", {"acr": None}),
        ("access_token_hash", {"at_hash": half("another")}),
        ("access_token_hash", {"at_hash": None}),
    ],
)
def test_a_token_that_does_not_hold(tmp_path: Path, clock: FixedClock, reason: str, changed: dict[str, Any]) -> None:
    given = token(clock, **({"acr": "high"} | changed))
    with pytest.raises(SignOnTokenError) as caught:
        check_id_token(given, PUBLIC, provider(tmp_path, acr=["high"]), "n", "a token", clock.now())
    assert caught.value.details["reason"] == reason


def test_which_key_a_token_means(tmp_path: Path, clock: FixedClock) -> None:
    found, now = provider(tmp_path), clock.now()
    claims = jwt.decode(token(clock), KEYS["ES256"], algorithms=["ES256"]).claims
    nameless = jwt.encode({"alg": "ES256"}, claims, KEYS["ES256"], algorithms=["ES256"])
    assert check_id_token(nameless, PUBLIC, found, "n", None, now).subject == "p1"  # the only one of its kind
    twice = [*PUBLIC, ECKey.generate_key("P-256")]
    with pytest.raises(SignOnKeyUnknownError):
        check_id_token(nameless, twice, found, "n", None, now)
    with pytest.raises(SignOnKeyUnknownError):  # a name that belongs to a key of another kind
        check_id_token(token(clock, header={"kid": "rsa"}), PUBLIC, found, "n", None, now)
    with pytest.raises(SignOnTokenError) as caught:
        check_id_token(token(clock), PUBLIC, provider(tmp_path, algorithms=["RS256"]), "n", None, now)
    assert caught.value.details["reason"] == "algorithm"


@pytest.mark.parametrize("given", [None, 5, "", "a", "a.b", "a.b.c", "a.b.c.d", "中.文.字", "x" * 20_000, b"bytes"])
def test_what_is_no_token(tmp_path: Path, clock: FixedClock, given: Any) -> None:
    with pytest.raises(SignOnTokenError) as caught:
        check_id_token(given, PUBLIC, provider(tmp_path), "n", None, clock.now())
    assert caught.value.details["reason"] == "form"


def test_keys_that_cannot_check_signatures_are_left_out() -> None:
    good = KEYS["ES256"].as_dict(private=False)
    others: list[Any] = [
        5, {}, {"kty": "oct", "k": "AAAA"}, {"kty": "EC"}, {"kty": "RSA", "n": "!", "e": "AQAB"}, good | {"use": "enc"},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
    ]  # fmt: skip
    assert [key.kid for key in public_keys({"keys": [*others, good]})] == ["ec"]
    assert public_keys({}) == []
    assert public_keys({"keys": 5}) == []


Handler = Callable[[str], Response]
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}


@pytest.fixture
async def remote(clock: FixedClock) -> AsyncIterator[Callable[[Handler], Remote]]:
    made: list[Remote] = []

    def make(handler: Handler) -> Remote:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await handler(scope["path"])(scope, receive, send)

        made.append(Remote(clock, client=httpx.AsyncClient(transport=httpx.ASGITransport(app))))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def refused(doing: Any) -> str:
    with pytest.raises(SignOnUnavailableError) as caught:
        await doing
    return str(caught.value.details["reason"])


async def test_answers_that_are_not_followed(tmp_path: Path, remote: Callable[[Handler], Remote]) -> None:
    found = provider(tmp_path)
    moved = remote(lambda _: Response(status_code=302, headers={"Location": "https://evil.cn"}))
    assert await refused(moved.metadata(found)) == "status 302"
    for status in (404, 500):
        assert await refused(remote(lambda _, s=status: JSONResponse({}, s)).metadata(found)) == f"status {status}"
    assert await refused(remote(lambda _: JSONResponse([])).metadata(found)) == "status 200"
    assert await refused(remote(lambda _: JSONResponse({})).metadata(found)) == "issuer"
    packed = remote(lambda _: Response(headers={"Content-Encoding": "br"}))
    assert await refused(packed.metadata(found)) == "encoding"
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        for address in (None, "https://evil.cn/x", "http://id.bank.cn/x", 5):
            changed = METADATA | {name: address}
            assert await refused(remote(lambda _, c=changed: JSONResponse(c)).metadata(found)) == "host"


async def test_metadata_and_keys_are_kept_for_an_hour(
    tmp_path: Path, clock: FixedClock, remote: Callable[[Handler], Remote]
) -> None:
    asked: list[str] = []

    def answer(path: str) -> Response:
        asked.append(path)
        return JSONResponse({"keys": [KEYS["ES256"].as_dict(private=False)]} if path == "/keys" else METADATA)

    found, one = provider(tmp_path), remote(answer)
    for _ in range(3):
        assert len(await one.keys(found)) == 1
    assert asked == ["/.well-known/openid-configuration", "/keys"]
    await one.keys(found, fresh=True)
    assert len(asked) == 2
    clock.advance(timedelta(seconds=30))
    await one.keys(found, fresh=True)
    assert asked[2:] == ["/keys"]
    clock.advance(timedelta(hours=1))
    await one.keys(found)
    assert len(asked) == 5


async def test_a_provider_that_does_not_know_this_node(tmp_path: Path, remote: Callable[[Handler], Remote]) -> None:
    def answer(path: str) -> Response:
        if path == "/token":
            return JSONResponse({"error": "invalid_client", "error_description": "secret s is wrong"}, 401)
        return JSONResponse({"keys": []} if path == "/keys" else METADATA)

    found, one = provider(tmp_path), remote(answer)
    assert await refused(one.tokens(found, "c", "https://x", "v")) == "invalid_client"
    assert await refused(one.keys(found)) == "keys"
