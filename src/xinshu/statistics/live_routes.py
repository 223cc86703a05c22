"""GET /v1/live: the big screen's board, once as JSON or as a stream of server-sent events."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from xinshu.core.errors import XinshuError
from xinshu.members.model import Principal, Resource
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.rules import decide
from xinshu.statistics.live import Live
from xinshu.statistics.model import Board

HEARTBEAT = 15.0  # seconds: less than any proxy waits, and how long a session may have ended before its stream does
STREAM = "text/event-stream"


def router(live: Live, guards: Guards, authenticate: Callable[[Request], Awaitable[Principal]]) -> APIRouter:
    """The route. `authenticate`: who sent a request, by its proof at this moment; raises where it no longer holds."""
    routes = APIRouter(tags=["live 大屏"])
    Watching = Annotated[Access, Depends(guards.may("watch", "live"))]

    async def may_still(request: Request, who: Principal) -> bool:
        try:
            now = await authenticate(request)
        except XinshuError as error:
            if error.status not in (401, 403):
                raise
            return False
        return now.id == who.id and decide(guards.table, now, "watch", Resource("live"), rows=False).allowed

    @routes.get(
        "/v1/live",
        summary="实时画面 Live board",
        response_model=Board,
        responses={200: {"content": {STREAM: {"schema": {"type": "string"}}}}},
    )
    async def board(request: Request, access: Watching) -> Response:
        """What happens at this node now. With `Accept: text/event-stream` an event `board` at once and whenever the
        log of evidence has grown; `over` when the session has ended. No firm is named."""
        if STREAM not in request.headers.get("accept", ""):
            return Response((await live.board()).model_dump_json(), media_type="application/json")
        who = access.principal
        live.join(who.id)  # refused before the answer begins
        return _Stream(_events(live, lambda: may_still(request, who)), lambda: live.leave(who.id))

    return routes


class _Stream(StreamingResponse):
    """Server-sent events; `leave` is called when it ends, however it ends."""

    def __init__(self, events: AsyncIterator[bytes], leave: Callable[[], None]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type=STREAM, headers=headers)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the caller goes, or may no longer watch."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


async def _events(live: Live, may_still: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
    version = 0
    yield b"retry: 5000\n\n"
    while True:
        try:
            found = await live.next(version, HEARTBEAT)
            if not await may_still():
                yield b"event: over\ndata: {}\n\n"
                return
        except XinshuError:
            return  # the node cannot answer now; the browser asks again
        if found is None:
            yield b": still here\n\n"
        else:
            version, text = found
            yield b"event: board\ndata: %s\n\n" % text
