"""Signed JWTs, read strictly: one form, no key or algorithm taken from the token itself, no duplicate names.

Header members that point to keys (`jwk`, `jku`, `x5u`, `x5c`) are never looked at; `crit` and `b64` are refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

ALGORITHMS = {"EC": ("ES256",), "OKP": ("Ed25519", "EdDSA"), "RSA": ("PS256", "RS256")}
ADMITTED = tuple(name for names in ALGORITHMS.values() for name in names)
TOKEN_MAX = 8192  # characters
KID = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_CLASSES: dict[str, Any] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}

PublicKey = ECKey | OKPKey | RSAKey


class MalformedTokenError(ValueError):
    """Not a compact JWS of a JSON object."""


@dataclass(frozen=True)
class Unverified:
    """A token as read; nothing in it is proven."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def alg(self) -> Any:
        """Algorithm it says it is signed with."""
        return self.header.get("alg")

    @property
    def kid(self) -> str | None:
        """The key it names, where the name can be one."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) and KID.fullmatch(kid) else None


def read(token: str) -> Unverified:
    """Take a compact JWS apart. Raises MalformedTokenError."""
    if len(token) > TOKEN_MAX or not _FORM.fullmatch(token):
        raise MalformedTokenError("not a compact JWS")
    head, body, signature = token.encode("ascii").split(b".")
    try:
        header, claims = _object(urlsafe_b64decode(head)), _object(urlsafe_b64decode(body))
        raw = urlsafe_b64decode(signature)
    except (ValueError, RecursionError) as error:
        raise MalformedTokenError(str(error)) from None
    if "crit" in header or "b64" in header:
        raise MalformedTokenError("critical extensions are not understood")
    return Unverified(header, claims, head + b"." + body, raw)


def verify(token: Unverified, key: PublicKey, alg: str) -> bool:
    """Whether `key` signed the token with `alg`, which the caller has chosen from what fits the key."""
    model = JWSRegistry.algorithms[alg]
    try:
        model.check_key(key)
        return model.verify(token.signed, token.signature, key)
    except JoseError:
        return False


def fits(alg: str, jwk: dict[str, Any]) -> bool:
    """Whether an algorithm is one for this public key."""
    if alg not in ALGORITHMS[jwk["kty"]]:
        return False
    wanted = jwk.get("alg")
    return wanted is None or alg == wanted or {alg, wanted} == {"EdDSA", "Ed25519"}


def public_key(jwk: dict[str, Any]) -> PublicKey:
    """The key for verification; `alg` is left to `fits`, because EdDSA has two names. Raises JoseError, ValueError."""
    bare = {name: value for name, value in jwk.items() if name in ("kty", "crv", "x", "y", "n", "e")}
    key: PublicKey = _CLASSES[jwk["kty"]].import_key(bare)
    return key


def _object(raw: bytes) -> dict[str, Any]:
    value = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
