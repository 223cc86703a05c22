"""Requests that pages of other sites make with one's cookies (CSRF), told apart by what browsers say.

No page can set Sec-Fetch-Site and Origin; a client that is no browser sends neither, and has no cookies to abuse.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from xinshu.members.accounts.errors import CrossSiteError, CsrfError

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEADER = "x-csrf-token"


def refuse_cross_site(method: str, headers: Mapping[str, str], origin: str) -> None:
    """Raises CrossSiteError for a change that a page of another site asks for.

    `headers` in lower case; `origin`: where this node's pages are, besides the host that the request names.
    """
    if method.upper() in SAFE:
        return
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise _foreign()
    given = headers.get("origin")
    if given is not None and given != origin and not _is_own(given, headers.get("host", ""), origin):
        raise _foreign()


def csrf_token(cookie: str) -> str:
    """The token that goes with a session: whoever has the cookie's value can compute it, another site cannot."""
    digest = hmac.new(cookie.encode(), b"xinshu/csrf/1", hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def refuse_forged(method: str, headers: Mapping[str, str], cookie: str, origin: str) -> None:
    """Raises CrossSiteError or CsrfError for a change that does not come from the session's own page."""
    refuse_cross_site(method, headers, origin)
    if method.upper() in SAFE:
        return
    given = headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(cookie).encode()):
        raise CsrfError(
            "请求头 X-CSRF-Token 缺失或不正确" if given == "" else "请求头 X-CSRF-Token 不正确",
            hint="先 GET /v1/session,把其中的 csrf 写入请求头 X-CSRF-Token",
        )


def _is_own(given: str, host: str, origin: str) -> bool:
    """Whether the page is of the host that the request names; under TLS an unencrypted page could be anybody's."""
    if origin.startswith("https://") and not given.startswith("https://"):
        return False
    return host != "" and urlsplit(given).netloc.lower() == host.lower()


def _foreign() -> CrossSiteError:
    return CrossSiteError("请求来自其他网站的页面", hint="在本平台的页面上操作")
