"""The short way for what systems of members ask thousands of times a minute.

One pass that does what the layers of `app.build_node` do one after the other: scheme, headers, limits of body and rate,
token, metrics, errors. It takes the regular request alone: from a token that was verified before and may be believed
from memory, with each header once and a body of declared size. Whatever else comes goes through the layers, so that
there is one place that says why a proof does not hold.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xinshu.core.errors import XinshuError
from xinshu.members.model import Caller, Principal
from xinshu.node import metrics
from xinshu.node.door import refusal_of
from xinshu.node.edge.bodies import BodyFault, fault_answer, read_body
from xinshu.node.edge.headers import strict, with_security
from xinshu.node.edge.proxies import TrustedProxies

Headers = Mapping[bytes, bytes]
Body = Callable[[], Awaitable[bytes]]
Answer = Callable[[Principal, Caller, Headers, Body], Awaitable[bytes]]
"""Answers one request with JSON; raises what the application's handlers of errors know."""

Explain = Callable[[Request, Exception], Awaitable[Response]]


class Regular(NamedTuple):
    """A request that the short way takes."""

    headers: Headers
    principal: Principal
    caller: Caller


class Lane:
    """ASGI: answers requests in `answers`, (method, path) → answer, and hands on all others to `app`.

    `remembered` gives the principal of a token, None where more than memory is needed to say who it is; `limit` and
    `explain` as the door and the application have them; `most`: bytes of a body.
    """

    def __init__(
        self,
        app: ASGIApp,
        answers: Mapping[tuple[str, str], Answer],
        *,
        proxies: TrustedProxies,
        remembered: Callable[[str, Caller], Principal | None],
        limit: Callable[[Principal, Caller, str, str], None],
        explain: Explain,
        most: int,
    ) -> None:
        self._app = app
        self._answers = answers
        self._proxies = proxies
        self._remembered = remembered
        self._limit = limit
        self._explain = explain
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        answer = self._answers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        regular = self._regular(scope) if answer is not None else None
        if answer is None or regular is None:
            await self._app(scope, receive, send)
            return
        method, path, began = scope["method"], scope["path"], time.perf_counter()
        headers, principal, caller = regular
        scope["scheme"] = self._proxies.scheme(scope)
        secure = scope["scheme"] == "https"
        try:
            self._limit(principal, caller, path, method)
        except XinshuError as error:
            await refusal_of(error)(scope, receive, partial(_sent, send, secure))
            return
        status = 500
        try:
            try:
                body = await answer(principal, caller, headers, partial(read_body, receive, self._most))
            except ClientDisconnect:
                return
            except Exception as error:
                response = await self._explained(error, scope, receive, regular)
                status = response.status_code
                await response(scope, receive, partial(_sent, send, secure))
            else:
                status = 200
                size = (b"content-length", b"%d" % len(body))
                start = {"type": "http.response.start", "status": 200, "headers": [_JSON, size, *strict(secure)]}
                await send(start)
                await send({"type": "http.response.body", "body": body})
        finally:
            metrics.observe(method, path, status, time.perf_counter() - began)

    def _regular(self, scope: Scope) -> Regular | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        if (
            len(headers) != len(scope["headers"])
            or not declared.isdigit()
            or int(declared) > self._most
            or b"transfer-encoding" in headers
        ):
            return None
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            caller = self._proxies.caller(scope)
        except XinshuError:
            return None
        principal = self._remembered(token.strip(), caller)
        return Regular(headers, principal, caller) if principal is not None and not principal.sandbox else None

    async def _explained(self, error: Exception, scope: Scope, receive: Receive, regular: Regular) -> Response:
        if isinstance(error, BodyFault):
            return fault_answer(error)
        state = scope.setdefault("state", {})
        state["principal"], state["caller"], state["refusal"] = regular.principal, regular.caller, None
        return await self._explain(Request(scope, receive), error)


_JSON = (b"content-type", b"application/json")


async def _sent(send: Send, secure: bool, message: Message) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = with_security(message["headers"], secure)
    await send(message)
