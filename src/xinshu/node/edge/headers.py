"""Headers that tell browsers what an answer may do: nothing that is not needed. Pure ASGI, two microseconds.

What the application sets itself is left: the web application's page has a policy of its own (`node.web`). The page at
/docs (served by FastAPI, the same text for everybody) runs one inline script: its policy names the hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

COMMON = "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
STRICT = f"default-src 'self'; {COMMON}"
DOCS_PAGE = f"default-src 'self'; script-src 'self' {{}}; img-src 'self' data:; {COMMON}"
DOCS = ("/docs", "/docs/oauth2-redirect")
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000")
_POLICY = b"content-security-policy"
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """Adds the headers to every answer of `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = scope.get("scheme") == "https"
        held: Message | None = None  # the beginning of the page at /docs, until its text is known
        page = b""

        async def sending(message: Message) -> None:
            nonlocal held, page
            if message["type"] == "http.response.start":
                if scope["path"] in DOCS and message["status"] == 200:
                    held = message
                    return
                message["headers"] = with_security(message["headers"], secure)
            elif held is not None:
                page += message.get("body", b"")
                if message.get("more_body", False):
                    return
                policy = DOCS_PAGE.format(" ".join(map(_hash, _INLINE_SCRIPT.findall(page))))
                await send({**held, "headers": _with(held["headers"], policy, secure)})
                message = {"type": "http.response.body", "body": page}
            await send(message)

        await self._app(scope, receive, sending)


def with_security(headers: Headers, secure: bool) -> Headers:
    """The headers of an answer of the application, with ours. `secure`: over TLS."""
    return _with(headers, STRICT, secure)


@cache
def strict(secure: bool) -> Headers:
    """Ours, for an answer that sets none of them itself. Not to be changed."""
    return with_security([], secure)


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _with(headers: Headers, policy: str, secure: bool) -> Headers:
    present = {name for name, _ in headers}
    added = [header for header in ALWAYS if header[0] not in present]
    if _POLICY not in present:
        added.append((_POLICY, policy.encode()))
    if secure:
        added.append(HSTS)
    return [*headers, *added]
