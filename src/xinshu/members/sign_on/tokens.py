"""ID tokens checked, and the assertion by which this node proves itself. Pure, no I/O.

Sources: OpenID Connect Core 1.0, 3.1.3.7; RFC 7523; RFC 8725; RFC 9700.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, DecodeError, JoseError
from joserfc.jwk import JWKRegistry, Key

from xinshu.members.sign_on.errors import SignOnKeyUnknownError, SignOnTokenError
from xinshu.members.sign_on.providers import KeyClient, Provider

SKEW = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)  # a token is fetched seconds after it is made
ASSERTION_LIFE = timedelta(seconds=60)
FAR = 2**53  # seconds; also keeps out the infinities that JSON readers let through
TOKEN_MAX = 16_384
SUBJECT_MAX = 255  # OpenID Connect Core, 2
_FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_HINT = "请重新登录;仍不成功时请联系本单位统一身份系统的管理员"


@dataclass(frozen=True)
class Identity:
    """Who a person is at its provider."""

    issuer: str
    subject: str
    acr: str | None


def public_keys(document: Mapping[str, Any]) -> list[Key]:
    """The keys of a JWK set that can check signatures; others and broken ones are left out (RFC 7517, 5)."""
    found: list[Key] = []
    given = document.get("keys")
    for one in given if isinstance(given, list) else ():
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") not in _FAMILIES.values():
            continue
        try:
            found.append(JWKRegistry.import_key(one))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return found


def check_id_token(
    token: object, keys: Sequence[Key], provider: Provider, nonce: str, access_token: object, now: datetime
) -> Identity:
    """Who the token is about. Raises SignOnKeyUnknownError when the key is not there, else SignOnTokenError."""
    if not isinstance(token, str) or len(token) > TOKEN_MAX:
        raise _bad("form", "缺失或过大")
    algorithm, claims = _opened(token, keys, provider)
    file = provider.file
    if claims.get("iss") != file.issuer:
        raise _bad("issuer", "不是由该登录方签发的")
    audience = claims.get("aud")
    if audience not in (file.client_id, [file.client_id]):
        raise _bad("audience", "不是发给本平台的")
    if claims.get("azp", file.client_id) != file.client_id:
        raise _bad("authorised_party", "是另一个系统申请的")
    if _moment(claims, "exp") <= (now - SKEW).timestamp():
        raise _bad("expired", "已经过期")
    issued = _moment(claims, "iat")
    if not (now - OLDEST).timestamp() <= issued <= (now + SKEW).timestamp():
        raise _bad("issued_at", "的签发时间与本机时间相差过大")
    if "nbf" in claims and _moment(claims, "nbf") > (now + SKEW).timestamp():
        raise _bad("not_before", "尚未生效")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise _bad("nonce", "不是本次登录的")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(algorithm, access_token):
        raise _bad("access_token_hash", "与同时收到的访问令牌不符")
    acr = claims.get("acr")
    if file.acr and acr not in file.acr:
        raise _bad("acr", f"的认证强度不够,要求 {'、'.join(file.acr)}")
    subject = claims.get(file.claim)
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX:
        raise _bad("subject", f"中没有人员标识 {file.claim}")
    return Identity(file.issuer, subject, acr if isinstance(acr, str) else None)


def client_assertion(provider: Provider, token_endpoint: str, now: datetime, jti: str) -> str:
    """The signed statement by which this node proves itself to the token endpoint (`private_key_jwt`)."""
    client, key = provider.file.client, provider.key
    if not isinstance(client, KeyClient) or key is None:
        raise TypeError(f"provider {provider.id} is not used with a key")
    header = {"alg": client.algorithm} | ({"kid": client.key_id} if client.key_id is not None else {})
    claims = {
        "iss": provider.file.client_id,
        "sub": provider.file.client_id,
        "aud": provider.file.issuer if client.audience == "issuer" else token_endpoint,
        "jti": jti,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
    }
    return jwt.encode(header, claims, key, algorithms=[client.algorithm])


def _opened(token: str, keys: Sequence[Key], provider: Provider) -> tuple[str, dict[str, Any]]:
    """Algorithm and claims of a token with a good signature. The algorithm is checked before any key is touched."""
    allowed = provider.file.algorithms
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm = header.get("alg")
        if algorithm not in allowed:
            raise _bad("algorithm", "的签名算法不在允许之列")
        key = _chosen(keys, header.get("kid"), algorithm)
        return algorithm, dict(jwt.decode(token, key, algorithms=[algorithm]).claims)
    except BadSignatureError:
        raise _bad("signature", "的签名不符") from None
    except (DecodeError, UnicodeError):
        raise _bad("form", "不是 JWT") from None
    except (JoseError, ValueError, TypeError):
        raise _bad("form", "不符合 JWT 的要求") from None


def _chosen(keys: Sequence[Key], kid: object, algorithm: str) -> Key:
    """The key named by the token; without a name, the only one that fits (OpenID Connect Core, 10.1)."""
    family = _FAMILIES[algorithm[:2]]
    fit = [key for key in keys if key.key_type == family and key.get("alg", algorithm) == algorithm]
    named = [key for key in fit if key.kid == kid] if kid is not None else fit
    if len(named) != 1:
        raise SignOnKeyUnknownError("身份令牌所用的密钥不在登录方公布的密钥中", hint=_HINT, reason="key")
    return named[0]


def _moment(claims: Mapping[str, Any], name: str) -> int | float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < FAR:
        raise _bad("form", f"中的 {name} 缺失或有误")
    return value


def _half_hash(algorithm: str, access_token: object) -> str | None:
    """The left half of the digest of an access token, OpenID Connect Core, 3.1.3.6."""
    if not isinstance(access_token, str):
        return None
    name = "sha512" if algorithm.startswith("Ed") else f"sha{algorithm[2:]}"
    digest = hashlib.new(name, access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _bad(reason: str, words: str) -> SignOnTokenError:
    return SignOnTokenError(f"身份令牌{words}", hint=_HINT, reason=reason)
