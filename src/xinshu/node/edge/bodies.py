"""How large the body of a request may be, and how long it may pause: before anything is read into memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import ClassVar

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xinshu.core.errors import XinshuError

PAUSE_SECONDS = 60.0


class BodyTooLargeError(XinshuError):
    """The body is larger than this route takes."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "body_too_large"


class BodyTooSlowError(XinshuError):
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
            # The rest of the body is not worth waiting for.
            headers = {"Connection": "close"}
            await JSONResponse(body.fault.as_dict(), body.fault.status, headers)(scope, receive, send)

    def _limit_of(self, path: str) -> int | None:
        return next((most for pattern, most in self._others if pattern.fullmatch(path)), self._limit)


class _Body:
    """Counts what comes in; from a fault on, the application sees a client that has gone, and nobody its answer."""

    def __init__(self, limit: int | None, pause: float, receive: Receive, send: Send) -> None:
        self.fault: XinshuError | None = None
        self.answered = False
        self._limit, self._pause, self._receive, self._send = limit, pause, receive, send
        self._size = 0
        self._more = True

    def weigh(self, size: int) -> None:
        """Note a fault when the size is over the limit."""
        if self._limit is not None and size > self._limit:
            self.fault = BodyTooLargeError(f"请求内容超过上限 {self._limit} 字节", hint="减少内容,或分几次提交")

    async def receive(self) -> Message:
        if not self._more:
            return await self._receive()  # waits for the client to go, however long that takes
        try:
            message = await asyncio.wait_for(self._receive(), self._pause)
        except TimeoutError:
            self.fault = BodyTooSlowError("请求内容迟迟没有传完", hint="检查网络后重试")
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
