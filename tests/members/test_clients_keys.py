"""Which public keys are admitted."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from xinshu.members.clients.errors import KeyInvalidError, PrivateKeyShownError
from xinshu.members.clients.jose import fits, public_key
from xinshu.members.clients.keys import admit, expiry

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EC = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_the_key_of_rfc_7638_has_the_thumbprint_given_there() -> None:
    jwk = {
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF"
        "V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0"
        "zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF"
        "Cur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    }
    key = admit(jwk)
    assert key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert key.kid == "2011-04-29"
    assert key.jwk == {**jwk, "use": "sig"}


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [(EC, {"ES256"}), (OKPKey.generate_key("Ed25519"), {"Ed25519", "EdDSA"}), (RSA, {"PS256", "RS256"})],
    ids=["EC", "OKP", "RSA"],
)
def test_three_kinds_are_admitted_under_their_thumbprint(key: Any, algorithms: set[str]) -> None:
    admitted = admit(key.as_dict(private=False))
    assert admitted.kid == admitted.thumbprint == key.thumbprint()
    assert public_key(admitted.jwk).thumbprint() == key.thumbprint()
    names = ("ES256", "Ed25519", "EdDSA", "PS256", "RS256", "HS256", "none")
    assert {alg for alg in names if fits(alg, admitted.jwk)} == algorithms


def test_an_algorithm_written_into_the_key_is_the_only_one() -> None:
    assert not fits("RS256", admit({**RSA.as_dict(private=False), "alg": "PS256"}).jwk)
    okp = admit({**OKPKey.generate_key("Ed25519").as_dict(private=False), "alg": "EdDSA"}).jwk
    assert fits("Ed25519", okp)  # two names of one algorithm (RFC 9864)


@pytest.mark.parametrize("key", [EC, OKPKey.generate_key("Ed25519"), RSA, OctKey.generate_key(256)])
def test_private_parts_are_refused_and_not_repeated(key: Any) -> None:
    jwk = key.as_dict(private=True)
    with pytest.raises(PrivateKeyShownError) as caught:
        admit(jwk)
    said = str(caught.value.as_dict())
    assert not any(str(value) in said for name, value in jwk.items() if name in ("d", "k", "p", "q"))


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_one_private_member_is_enough(name: str) -> None:
    with pytest.raises(PrivateKeyShownError):
        admit({**RSA.as_dict(private=False), name: ""})


def _rsa(bits: int, exponent: int = 65537) -> dict[str, Any]:
    number = (1 << (bits - 1)) + 1
    return {"kty": "RSA", "n": b64(number.to_bytes((bits + 7) // 8, "big")), "e": b64(exponent.to_bytes(3, "big"))}


PUBLIC = EC.as_dict(private=False)
WRONG: dict[str, dict[str, Any]] = {
    "nothing": {},
    "kty not text": {"kty": ["EC"]},
    "kty unknown": {"kty": "AKP", "pub": "AA"},
    "symmetric": {"kty": "oct"},
    "P-384": ECKey.generate_key("P-384").as_dict(private=False),
    "curve of bitcoin": {**PUBLIC, "crv": "secp256k1"},
    "X25519": OKPKey.generate_key("X25519").as_dict(private=False),
    "Ed448": OKPKey.generate_key("Ed448").as_dict(private=False),
    "not on the curve": {**PUBLIC, "x": b64(b"\1" * 32)},
    "short coordinate": {**PUBLIC, "x": b64(b"\1" * 31)},
    "padding": {**PUBLIC, "x": str(PUBLIC["x"]) + "="},
    "not base64": {**PUBLIC, "x": "数" * 43},
    "no y": {name: value for name, value in PUBLIC.items() if name != "y"},
    "a number": {**PUBLIC, "x": 5},
    "too long": {**PUBLIC, "x": "A" * 3000},
    "encryption": {**PUBLIC, "use": "enc"},
    "key_ops": {**PUBLIC, "key_ops": ["sign"]},
    "wrong alg": {**PUBLIC, "alg": "RS256"},
    "alg none": {**PUBLIC, "alg": "none"},
    "alg a list": {**PUBLIC, "alg": ["ES256"]},
    "unknown member": {**PUBLIC, "x5c": ["AA"]},
    "address of keys": {**PUBLIC, "x5u": "https://example.com"},
    "kid empty": {**PUBLIC, "kid": ""},
    "kid SQL": {**PUBLIC, "kid": "' or 1=1 --"},
    "kid path": {**PUBLIC, "kid": "../../etc/passwd"},
    "kid number": {**PUBLIC, "kid": 7},
    "kid long": {**PUBLIC, "kid": "k" * 129},
    "RSA 1024": _rsa(1024),
    "RSA 2047": _rsa(2047),
    "RSA 16384": _rsa(16384),
    "RSA exponent 3": {**RSA.as_dict(private=False), "e": "Aw"},
    "RSA leading zero": {**RSA.as_dict(private=False), "e": b64(b"\0\1\0\1")},
    "Ed25519 identity": {"kty": "OKP", "crv": "Ed25519", "x": b64(b"\1" + b"\0" * 31)},
    "Ed25519 zero": {"kty": "OKP", "crv": "Ed25519", "x": b64(b"\0" * 32)},
    "Ed25519 order 8": {
        "kty": "OKP", "crv": "Ed25519",
        "x": b64(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
    },
}  # fmt: skip


@pytest.mark.parametrize("jwk", WRONG.values(), ids=WRONG.keys())
def test_other_keys_are_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(KeyInvalidError) as caught:
        admit(jwk)
    assert caught.value.hint != ""


def test_a_key_lasts_a_year_and_two_at_most() -> None:
    assert expiry(None, NOW) == NOW + timedelta(days=365)
    assert expiry(NOW + timedelta(days=730), NOW) == NOW + timedelta(days=730)
    for wrong in (NOW, NOW - timedelta(days=1), NOW + timedelta(days=730, seconds=1)):
        with pytest.raises(KeyInvalidError):
            expiry(wrong, NOW)
