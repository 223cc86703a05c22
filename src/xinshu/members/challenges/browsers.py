"""The cookie that tells one browser from another while nobody is signed in yet."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import Response

KEPT_SECONDS = 180 * 86400
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


class Browsers:
    """Names browsers; `origin`: that of the node's pages, which decides whether the cookie may travel without TLS.

    SameSite=Lax, because the answer of a sign-on provider is a navigation from another site. Under TLS the prefix
    `__Host-` keeps other hosts of the domain from planting a cookie of theirs.
    """

    def __init__(self, origin: str, random_text: Callable[[int], str] = secrets.token_urlsafe) -> None:
        self._secure = origin.startswith("https://")
        self.cookie = "__Host-xinshu-browser" if self._secure else "xinshu-browser"
        self._random_text = random_text

    def known(self, connection: HTTPConnection) -> str | None:
        """The name of the calling browser; None when it has none."""
        value = connection.cookies.get(self.cookie, "")
        return value if _FORM.fullmatch(value) else None

    def name(self, connection: HTTPConnection, response: Response) -> str:
        """The name of the calling browser, a new one where it has none; set in `response`, for half a year from now:
        accounts know the browsers in which they were signed in to."""
        value = self.known(connection) or self._random_text(32)
        response.set_cookie(
            self.cookie, value, max_age=KEPT_SECONDS, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
        return value
