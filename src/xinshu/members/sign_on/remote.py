"""What is fetched from a provider: its metadata, its keys, the tokens for a code.

Only hosts named in the provider's file are called; no redirects, no more than `BODY_MAX` bytes, no longer than
`PATIENCE` seconds for a whole answer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import orjson
from joserfc.jwk import Key

from xinshu.core.clock import Clock
from xinshu.members.sign_on.errors import SignOnRefusedError, SignOnUnavailableError
from xinshu.members.sign_on.providers import KeyClient, Provider
from xinshu.members.sign_on.tokens import client_assertion, public_keys

BODY_MAX = 1024**2
PATIENCE = 10.0
METADATA_LIFE = timedelta(hours=1)
KEYS_LIFE = timedelta(hours=1)
KEYS_REST = timedelta(seconds=30)  # between two attempts to see new keys: a forged key id must not make us hammer
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_HINT = "请稍后再试,或用其他方式登录;持续出现时请联系平台管理员"


@dataclass(frozen=True)
class Metadata:
    """What of a provider's metadata is used (OpenID Connect Discovery 1.0, RFC 8414, RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool  # every answer carries `iss`


class Remote:
    """Calls providers and keeps what seldom changes; the connections are opened at first use."""

    def __init__(
        self,
        clock: Clock,
        random_text: Callable[[int], str] = secrets.token_urlsafe,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._clock = clock
        self._random_text = random_text
        self._client = client
        self._metadata: dict[str, tuple[Metadata, datetime]] = {}
        self._keys: dict[str, tuple[list[Key], datetime]] = {}

    async def close(self) -> None:
        """Give up the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def metadata(self, provider: Provider) -> Metadata:
        """The provider's metadata, at most an hour old. Raises SignOnUnavailableError."""
        kept = self._metadata.get(provider.id)
        if kept is None or self._clock.now() - kept[1] >= METADATA_LIFE:
            address = provider.file.issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = _understood(provider, await self._fetch(provider, "GET", address))
            kept = self._metadata[provider.id] = (found, self._clock.now())
        return kept[0]

    async def keys(self, provider: Provider, *, fresh: bool = False) -> list[Key]:
        """The keys the provider signs with, at most an hour old; `fresh`: fetched again unless that was just done.

        Raises SignOnUnavailableError.
        """
        kept = self._keys.get(provider.id)
        if kept is None or self._clock.now() - kept[1] >= (KEYS_REST if fresh else KEYS_LIFE):
            metadata = await self.metadata(provider)
            status, document = await self._fetch(provider, "GET", metadata.jwks_uri)
            found = public_keys(document) if status == 200 else []
            if len(found) == 0:
                raise _unavailable(provider, "没有公布可用的密钥", "keys")
            kept = self._keys[provider.id] = (found, self._clock.now())
        return kept[0]

    async def tokens(self, provider: Provider, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """The token answer for a code. Raises SignOnRefusedError when the code is not good, SignOnUnavailableError."""
        metadata = await self.metadata(provider)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": provider.file.client_id,
            "code_verifier": verifier,
        }
        auth = None
        client = provider.file.client
        if isinstance(client, KeyClient):
            form["client_assertion_type"] = _ASSERTION_TYPE
            form["client_assertion"] = client_assertion(
                provider, metadata.token_endpoint, self._clock.now(), self._random_text(16)
            )
        elif provider.secret is not None and client.method == "client_secret_post":
            form["client_secret"] = provider.secret.get_secret_value()
        elif provider.secret is not None:
            # RFC 6749, 2.3.1: both are form-encoded before they are put together
            auth = httpx.BasicAuth(
                quote(provider.file.client_id, safe=""), quote(provider.secret.get_secret_value(), safe="")
            )
        status, answer = await self._fetch(provider, "POST", metadata.token_endpoint, form, auth)
        if status == 200:
            return answer
        if answer.get("error") == "invalid_grant":
            raise SignOnRefusedError(
                f"{provider.file.name}不接受本次登录的授权码", hint="请重新登录", reason="invalid_grant"
            )
        raise _unavailable(provider, "拒绝了本平台的请求", str(answer.get("error", status))[:64])

    async def _fetch(
        self,
        provider: Provider,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of an answer."""
        if not provider.allows(address):
            raise _unavailable(provider, "给出了配置以外的地址", "host")
        if self._client is None:
            self._client = httpx.AsyncClient()
        try:
            async with (
                asyncio.timeout(PATIENCE),
                self._client.stream(
                    method, address, data=form, auth=auth, headers=HEADERS, timeout=PATIENCE, follow_redirects=False
                ) as answer,
            ):
                body = await _limited(provider, answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise _unavailable(provider, "没有应答", type(error).__name__) from None
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            raise _unavailable(provider, "的应答不是 JSON 对象", f"status {answer.status_code}")
        return answer.status_code, document


async def _limited(provider: Provider, answer: httpx.Response) -> bytes:
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise _unavailable(provider, "的应答经过压缩", "encoding")
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > BODY_MAX:
            raise _unavailable(provider, "的应答过大", "size")
    return bytes(body)


def _understood(provider: Provider, answer: tuple[int, dict[str, Any]]) -> Metadata:
    status, document = answer
    if status != 200:
        raise _unavailable(provider, "没有给出元数据", f"status {status}")
    if document.get("issuer") != provider.file.issuer:
        raise _unavailable(provider, "的元数据属于另一个 issuer", "issuer")
    methods = document.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(methods, list) or "S256" not in methods:
        raise _unavailable(provider, "不支持 PKCE(S256)", "pkce")
    named = [document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(provider.allows(one) for one in named):
        raise _unavailable(provider, "给出了配置以外的地址", "host")
    authorization, token, jwks = (str(one) for one in named)
    return Metadata(authorization, token, jwks, document.get("authorization_response_iss_parameter_supported") is True)


def _unavailable(provider: Provider, words: str, reason: str) -> SignOnUnavailableError:
    return SignOnUnavailableError(
        f"登录方“{provider.file.name}”{words}", hint=_HINT, provider=provider.id, reason=reason
    )
