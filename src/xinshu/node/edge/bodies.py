"""How large the body of a request may be, and how long it may pause: before anything is read into memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import ClassVar

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xinshu.core.errors import XinshuError

PAUSE_SECONDS = 60.0


class BodyFault(XinshuError):
    """The body is not taken. Nothing more of it is worth waiting for: the connection closes with the answer."""


class BodyTooLargeError(BodyFault):
    """The body is larger than this route takes."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "body_too_large"


class BodyTooSlowError(BodyFault):
    """Nothing more of the body came for too long."""

    status: ClassVar[int] = 408
    code: ClassVar[str] = "body_too_slow"


class BodyLimit:
    """ASGI: refuses bodies over `limit` bytes.

    `others`: limits of other routes, by a regular expression for the whole path; None: the route has its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        others: Mapping[str, int | None] | None = None,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._app = app
        self._limit = limit
        self._others = [(re.compile(path), most) for path, most in (others or {}).items()]
        self._pause = pause_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        body = _Body(self._limit_of(scope["path"]), self._pause, receive, send)
        declared = _header(scope, b"content-length")
        if declared.isdigit():
            body.weigh(int(declared))
        if body.fault is None:
            try:
                await self._app(scope, body.receive, body.send)
            except Exception:
                if body.fault is None:
                    raise
        if body.fault is not None and not body.answered:
            await fault_answer(body.fault)(scope, receive, send)

    def _limit_of(self, path: str) -> int | None:
        return next((most for pattern, most in self._others if pattern.fullmatch(path)), self._limit)


async def read_body(receive: Receive, limit: int, pause_seconds: float = PAUSE_SECONDS) -> bytes:
    """A whole body of at most `limit` bytes. Raises BodyTooLargeError, BodyTooSlowError, ClientDisconnect."""
    body: bytes = b""
    while True:
        message = await _next_part(receive, pause_seconds)
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        _weigh(len(body), limit)
        if not message.get("more_body", False):
            return body


def fault_answer(fault: BodyFault) -> JSONResponse:
    """What the client is told."""
    return JSONResponse(fault.as_dict(), fault.status, {"Connection": "close"})


async def _next_part(receive: Receive, pause_seconds: float) -> Message:
    try:
        async with asyncio.timeout(pause_seconds):
            return await receive()
    except TimeoutError:
        raise BodyTooSlowError("请求内容迟迟没有传完", hint="检查网络后重试") from None


def _weigh(size: int, limit: int) -> None:
    if size > limit:
        raise BodyTooLargeError(f"请求内容超过上限 {limit} 字节", hint="减少内容,或分几次提交")


class _Body:
    """Counts what comes in; from a fault on, the application sees a client that has gone, and nobody its answer."""

    def __init__(self, limit: int | None, pause: float, receive: Receive, send: Send) -> None:
        self.fault: BodyFault | None = None
        self.answered = False
        self._limit, self._pause, self._receive, self._send = limit, pause, receive, send
        self._size = 0
        self._more = True

    def weigh(self, size: int) -> None:
        """Note a fault when the size is over the limit."""
        if self._limit is not None:
            try:
                _weigh(size, self._limit)
            except BodyFault as fault:
                self.fault = fault

    async def receive(self) -> Message:
        if not self._more:
            return await self._receive()  # waits for the client to go, however long that takes
        try:
            message = await _next_part(self._receive, self._pause)
        except BodyTooSlowError as fault:
            self.fault = fault
            return _gone()
        self._size += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        self.weigh(self._size)
        return message if self.fault is None else _gone()

    async def send(self, message: Message) -> None:
        if self.fault is None or self.answered:
            self.answered = True
            await self._send(message)


def _gone() -> Message:
    return {"type": "http.disconnect"}


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
