"""Headers of every answer, and pages that still work under them, in a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from fastapi_offline import FastAPIOffline
from playwright.async_api import async_playwright

from xinshu.node.edge.connections import Connection
from xinshu.node.edge.headers import STRICT, SecurityHeaders

BROWSER = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PAGE = """<!doctype html><html><head><title>page</title><link rel="icon" href="data:,"></head><body>
<script src="/app.js"></script><script>document.title = "inline script ran"</script></body></html>"""
SCRIPT = 'document.title = "script ran";'


def application() -> FastAPI:
    """Something of each kind that a node answers."""
    app = FastAPIOffline(redoc_url=None, title="信枢 <b>", summary="概要")

    @app.get("/v1/things", tags=["things 东西"], summary="东西 Things")
    async def things(number: int = 1) -> dict[str, int]:
        """A thing."""
        return {"number": number}

    @app.get("/own")
    async def own() -> Response:
        return Response(headers={"Cache-Control": "max-age=60", "Content-Security-Policy": "sandbox"})

    @app.get("/html")
    async def html(said: str = "") -> Response:
        return HTMLResponse(PAGE + said)

    @app.get("/app.js")
    async def script() -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    return app


@pytest.fixture
def guarded() -> SecurityHeaders:
    """The application with its headers."""
    return SecurityHeaders(application())


def client(app: Any, scheme: str = "http") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{scheme}://node")


@pytest.mark.parametrize(
    "path", ["/v1/things", "/v1/things?number=x", "/nowhere", "/openapi.json", "/static-offline-docs/swagger-ui.css"]
)
async def test_every_answer_has_them(guarded: SecurityHeaders, path: str) -> None:
    async with client(guarded) as caller:
        headers = (await caller.get(path)).headers
    assert headers["content-security-policy"] == STRICT
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin" and "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


async def test_https_is_remembered(guarded: SecurityHeaders) -> None:
    async with client(guarded, "https") as caller:
        assert (await caller.get("/v1/things")).headers["strict-transport-security"] == "max-age=31536000"


async def test_what_the_application_sets_is_left(guarded: SecurityHeaders) -> None:
    async with client(guarded) as caller:
        headers = (await caller.get("/own")).headers
    assert headers.get_list("cache-control") == ["max-age=60"]
    assert headers.get_list("content-security-policy") == ["sandbox"]


async def test_no_other_page_may_run_inline_scripts(guarded: SecurityHeaders) -> None:
    """Only the page at /docs, which is the same for everybody, has the scripts in it allowed."""
    async with client(guarded) as caller:
        page = (await caller.get("/html", params={"said": "<script>alert(2)</script>"})).headers
        docs = (await caller.get("/docs", params={"x": "<script>alert(1)</script>"})).headers
        redirect = (await caller.get("/docs/oauth2-redirect")).headers
    assert page["content-security-policy"] == STRICT
    for headers in (docs, redirect):
        assert headers["content-security-policy"].count("'sha256-") == 1
        assert "unsafe-inline" not in headers["content-security-policy"]


@pytest.fixture
def address(guarded: SecurityHeaders) -> Iterator[str]:
    """Address of a server with the guarded application."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(guarded, port=port, log_level="error", ws="none", http=Connection, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.mark.skipif(not BROWSER.exists(), reason=f"no browser at {BROWSER}")
async def test_pages_in_a_browser(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = await browser.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))

        await page.goto(f"{address}/docs")
        await page.get_by_text("东西 Things").click()
        await page.get_by_role("button", name="Try it out").click()
        await page.get_by_role("button", name="Execute").click()
        await page.locator(".live-responses-table").get_by_text('"number": 1').wait_for()
        assert told == []

        await page.goto(f"{address}/html")
        assert await page.title() == "script ran"
        assert len(told) == 2 and all("Content Security Policy" in line for line in told)  # the icon, the inline script
        await browser.close()
