"""Fetching a token from a platform, as a member's system does."""

from __future__ import annotations

import secrets
import ssl
import time
from pathlib import Path
from typing import Any, ClassVar

import httpx
from joserfc import jwt

from xinshu.cli.client_keys import KeyFileError, PrivateKey, algorithm
from xinshu.core.errors import UnavailableError, XinshuError
from xinshu.members.clients.tokens import ASSERTION_TYPE, ENDPOINT

SECONDS = 120  # how long an assertion counts


class TokenRefusedError(XinshuError):
    """The platform refuses; `details` hold its code."""

    status: ClassVar[int] = 401
    code: ClassVar[str] = "token_refused"


def assertion(client_id: str, key: PrivateKey, audience: str, kid: str) -> str:
    """A fresh `private_key_jwt` assertion (RFC 7523)."""
    now, alg = int(time.time()), algorithm(key)
    header = {"alg": alg, "kid": kid or key.kid or key.thumbprint()}
    claims = {
        "iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + SECONDS,
        "jti": secrets.token_urlsafe(16),
    }  # fmt: skip
    return jwt.encode(header, claims, key, algorithms=[alg])


def fetch_token(
    url: str, client_id: str, key: PrivateKey, scope: str, kid: str, certificate: Path | None, ca: Path | None
) -> dict[str, Any]:
    """The platform's answer. Raises TokenRefusedError, UnavailableError, KeyFileError."""
    endpoint = url.rstrip("/") + ENDPOINT
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client_id, key, endpoint, kid),
        **({"scope": scope} if scope else {}),
    }
    try:
        response = httpx.post(endpoint, data=form, verify=_trust(certificate, ca), timeout=30)
        body = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise UnavailableError(f"平台 {url} 没有正常应答:{type(error).__name__}", hint="检查地址、网络与证书") from None
    if response.status_code != httpx.codes.OK or not isinstance(body, dict) or "access_token" not in body:
        said = body if isinstance(body, dict) else {}
        raise TokenRefusedError(
            f"平台拒绝发放令牌:{said.get('message', response.status_code)}",
            hint=str(said.get("hint", "")),
            code=said.get("code"),
            error=said.get("error"),
        )
    return body


def _trust(certificate: Path | None, ca: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
        if certificate is not None:
            context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        raise KeyFileError(f"证书文件无法读取:{type(error).__name__}", hint="应为 PEM;客户端证书文件须含私钥") from None
    return context
