"""Where the demo's bank receives pushes: a server on this machine that checks signatures and answers challenges."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from xinshu.crypto.suites import suite


class Receiver:
    """`events`: what was pushed and found signed by the platform whose key (GET /v1/ledger/key) was given."""

    def __init__(self, key: dict[str, Any]) -> None:
        self._public = suite(key["suite"]).load_public_key(key["public_key"].encode())
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        """At an address of this machine, `url`, until the end of the block."""
        app = Starlette(routes=[Route("/pushes", self._take, methods=["POST"])])
        server = _Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        with socket.create_server(("127.0.0.1", 0)) as listening:  # who comes early waits here
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/pushes"
            serving = asyncio.create_task(server.serve([listening]))
            try:
                yield self
            finally:
                server.should_exit = True
                await serving

    async def _take(self, request: Request) -> JSONResponse:
        body, headers = await request.body(), request.headers
        signed = f"{headers['x-xinshu-timestamp']}.{headers['x-xinshu-event']}.".encode() + body
        if not self._public.verify(signed, base64.b64decode(headers["x-xinshu-signature"])):
            return JSONResponse({}, 401)
        told: dict[str, Any] = orjson.loads(body)
        if told["kind"] == "challenge":
            return JSONResponse({"challenge": told["challenge"]})
        self.events.put_nowait(told)
        return JSONResponse({})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C is the demo's."""
        yield
