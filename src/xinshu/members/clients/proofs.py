"""Proof that a system which adds a key has both that key and one in force. No I/O.

A bearer token is worth ten minutes, a key a year: whoever has got hold of a token must not make a key of it. So a
system sends two JWTs about the new key: `proof`, signed by it, and `approval`, signed by a key in force. Both name the
new key by its thumbprint (`jkt`, RFC 7638), and the address where it is added as their audience, which the token
endpoint does not accept; neither can serve for another key, nor a second time, since a key is admitted once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xinshu.members.clients import jose, rules
from xinshu.members.clients.errors import KeyProofInvalidError, KeyProofRequiredError, OAuthError
from xinshu.members.clients.keys import AdmittedKey


@dataclass(frozen=True)
class KeyProofs:
    """Two compact JWTs: signed by the new key, and by a key in force."""

    proof: str
    approval: str


def audience(issuer: str, client_id: str) -> str:
    """What `aud` of both must be: where the key is added."""
    return f"{issuer.rstrip('/')}/v1/clients/{client_id}/keys"


def check(
    given: KeyProofs | None, new: AdmittedKey, active: Iterable[dict[str, Any]], client_id: str, aud: str, now: datetime
) -> None:
    """`active`: the client's keys in force (JWK). Raises KeyProofRequiredError, KeyProofInvalidError."""
    if given is None:
        raise KeyProofRequiredError(
            "系统添加密钥须同时证明持有新私钥和现用私钥",
            hint=f"附上 proof(新私钥签名)与 approval(现用私钥签名)两个 JWT,aud 为 {aud},jkt 为新公钥指纹",
            aud=aud,
            jkt=new.thumbprint,
        )
    _check("proof", "新私钥", given.proof, (new.jwk,), new.thumbprint, client_id, aud, now)
    _check("approval", "现用私钥", given.approval, active, new.thumbprint, client_id, aud, now)


def _check(
    name: str, whose: str, token: str, keys: Iterable[dict[str, Any]], thumbprint: str, client_id: str, aud: str,
    now: datetime,
) -> None:  # fmt: skip
    try:
        unverified = jose.read(token)
        claims = rules.assertion_claims(unverified.claims)
        rules.check_assertion(claims, (aud,), now)
    except jose.MalformedTokenError:
        raise _invalid(name, "不是签名的 JWT,过长,或 JSON 有误", aud, thumbprint) from None
    except OAuthError as error:
        raise _invalid(name, error.message, aud, thumbprint) from None
    if claims.client_id != client_id:
        raise _invalid(name, "iss 与 sub 须都是该客户端的 client_id", aud, thumbprint)
    if unverified.claims.get("jkt") != thumbprint:
        raise _invalid(name, "jkt 不是所提交公钥的 RFC 7638 指纹", aud, thumbprint)
    alg = unverified.alg
    fitting = [key for key in keys if isinstance(alg, str) and alg in jose.ADMITTED and jose.fits(alg, key)]
    if not any(jose.verify(unverified, jose.public_key(key), str(alg)) for key in fitting):
        raise _invalid(name, f"签名不是{whose}所签", aud, thumbprint)


def _invalid(name: str, fault: str, aud: str, thumbprint: str) -> KeyProofInvalidError:
    return KeyProofInvalidError(
        f"{name} 无效:{fault}", hint="按 docs/clients.md“轮换密钥”重新生成,签发后 5 分钟内有效", aud=aud, jkt=thumbprint
    )
