"""The door: who calls, from where, how often; then to the node itself or, for systems under test, to its sandbox.

Every request passes here once (pure ASGI). A proof that does not hold makes its caller anonymous: public pages stay
open to a browser with an old cookie, and the guard of any other route refuses with the reason (and says which).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xinshu.core.errors import XinshuError
from xinshu.members.model import ANONYMOUS, Caller, Principal

OWN = "/v1/clients"  # a system under test looks after its keys at the node itself


class Sandbox(Protocol):
    """The tenant of invented data at the same API."""

    async def app(self) -> ASGIApp:
        """Its application, opened at first use."""
        ...

    async def tried(self, principal: Principal, action: str, ok: bool) -> None:
        """Note what a system under test has tried."""
        ...


class Door:
    """Wraps an application. `identify` gives the caller, `authenticate` the principal, `limit` refuses too much."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        identify: Callable[[Scope], Caller],
        authenticate: Callable[[Headers, str, Caller], Awaitable[Principal]],
        limit: Callable[[Principal, Caller, str, str], None],
        sandbox: Sandbox,
    ) -> None:
        self._app = app
        self._identify = identify
        self._authenticate = authenticate
        self._limit = limit
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        principal, refusal = ANONYMOUS, None
        try:
            caller = self._identify(scope)
            try:
                principal = await self._authenticate(Headers(scope=scope), scope["method"], caller)
            except XinshuError as error:
                if error.status not in (401, 403):
                    raise
                refusal = error
            self._limit(principal, caller, scope["path"], scope["method"])
        except XinshuError as error:
            await refusal_of(error)(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["principal"], state["caller"], state["refusal"] = principal, caller, refusal
        if principal.sandbox and not scope["path"].startswith(OWN):
            await self._in_sandbox(principal, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _in_sandbox(self, principal: Principal, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-xinshu-sandbox", b"1")]
            await send(message)

        try:
            app = await self._sandbox.app()
        except XinshuError as error:
            await refusal_of(error)(scope, receive, send)
            return
        await app(scope, receive, watched)
        action = scope["state"].get("permission")
        if action is not None:
            await self._sandbox.tried(principal, action, status < 400)


def refusal_of(error: XinshuError) -> JSONResponse:
    """What the door tells whom it does not let in."""
    wait = error.details.get("retry_after")
    return JSONResponse(error.as_dict(), error.status, {"Retry-After": str(wait)} if wait is not None else None)
