"""How large a body may be and how long it may pause, before any of it is held in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, FastAPI, Request

from xinshu.node.edge.bodies import BodyLimit

app = FastAPI()


@app.post("/v1/small")
async def small(body: Annotated[dict[str, Any], Body()]) -> int:
    return len(body)


@app.post("/v1/batches")
async def upload(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


@app.get("/v1/none")
async def none() -> str:
    return "none"


@app.post("/v1/fails")
async def fails(request: Request) -> None:
    await request.body()
    raise RuntimeError("a fault of the application")


def client(limit: int = 1024, pause: float = 60) -> httpx.AsyncClient:
    limited = BodyLimit(app, limit, {r"/v1/batches": None, r"/v1/batches/\d+/rows": 4096}, pause)
    return httpx.AsyncClient(transport=httpx.ASGITransport(limited), base_url="http://node")


async def chunks(count: int, size: int = 100, pause: float = 0) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size
        await asyncio.sleep(pause)


async def test_within_the_limit() -> None:
    async with client() as caller:
        assert (await caller.post("/v1/small", json={"a": 1})).json() == 1
        assert (await caller.get("/v1/none")).json() == "none"
        assert (await caller.post("/v1/batches", content=chunks(100))).json() == 10_000


@pytest.mark.parametrize("path", ["/v1/small", "/v1/nowhere", "/v1/batches/", "/v1/batchesx"])
async def test_declared_too_large(path: str) -> None:
    async with client() as caller:
        answer = await caller.post(path, content=b" " * 1025)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["connection"] == "close" and answer.json()["hint"]


async def test_too_large_without_saying_so() -> None:
    async with client() as caller:
        answer = await caller.post("/v1/small", content=chunks(11), headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        answer = await caller.post("/v1/fails", content=chunks(11))
        assert answer.status_code == 413


async def test_other_routes_have_other_limits() -> None:
    async with client() as caller:
        assert (await caller.post("/v1/batches/7/rows", content=b" " * 4096)).status_code == 404
        assert (await caller.post("/v1/batches/7/rows", content=b" " * 4097)).status_code == 413


async def test_a_body_that_never_ends() -> None:
    async with client(pause=0.05) as caller:
        answer = await caller.post("/v1/small", content=chunks(2, pause=2))
    assert (answer.status_code, answer.json()["code"]) == (408, "body_too_slow")


async def test_faults_of_the_application_stay_faults() -> None:
    with pytest.raises(RuntimeError):
        async with client() as caller:
            await caller.post("/v1/fails", content=b"x")


@pytest.mark.parametrize("declared", ["abc", "-1", "1e9", ""])
async def test_odd_lengths(declared: str) -> None:
    """The server refuses them before; here the bytes themselves are counted."""
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": b" " * 2000, "more_body": False}]

    async def receive() -> Any:
        return messages.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", declared.encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/small", "raw_path": b"/v1/small",
        "query_string": b"", "headers": headers, "root_path": "",
    }  # fmt: skip
    await BodyLimit(app, 1024)(scope, receive, send)
    assert sent[0]["status"] == 413
