"""Serving the web application beside the API: what is sent, how it is kept, and what is never taken from the API."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from xinshu.core.settings import Settings
from xinshu.node import web

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build as Vite leaves it, in small."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text('<meta nonce="xinshu-nonce"><script src="/assets/index-abc.js"></script>')
    (dist / "assets/index-abc.js").write_bytes(b"console.log(1)")
    (dist / "assets/index-abc.js.gz").write_bytes(gzip.compress(b"console.log(1)"))
    (dist / "mark.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return dist


def small_app(folder: Path) -> FastAPI:
    """An application with routes of its own."""
    app = FastAPI()

    @app.get("/v1/things")
    async def things() -> dict[str, int]:
        return {"things": 1}

    web.mount(app, folder)
    return app


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the small application."""
    transport = httpx.ASGITransport(small_app(folder), raise_app_exceptions=False)
    plain = {"accept-encoding": ""}
    async with httpx.AsyncClient(transport=transport, base_url="http://node", headers=plain) as client:
        yield client


async def test_every_address_of_the_application_gives_the_page(client: httpx.AsyncClient) -> None:
    for path in ("/", "/sign-in", "/onboarding/m123", "/中文"):
        answer = await client.get(path, headers=BROWSER)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"].startswith("text/html")


async def test_each_page_has_a_nonce_of_its_own_and_names_it_in_its_policy(client: httpx.AsyncClient) -> None:
    nonces = set()
    for _ in range(3):
        answer = await client.get("/", headers=BROWSER)
        found = re.search(r'nonce="([^"]+)"', answer.text)
        assert found is not None
        assert f"'nonce-{found[1]}'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        nonces.add(found[1])
    assert len(nonces) == 3
    assert web.NONCE not in nonces


@pytest.mark.parametrize(
    "path",
    ["/v1/nothing", "/v1", "/oauth/nothing", "/docs/nothing", "/healthz/x", "/.well-known/x", "/metrics/x", "/a.js"],
)
async def test_what_belongs_to_programs_stays_unknown_in_json(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"


async def test_a_program_that_mistypes_an_address_is_told_so(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v2/things", headers={"accept": "application/json"})).status_code == 404
    assert (await client.post("/sign-in", headers=BROWSER)).status_code == 404
    assert (await client.post("/v1/things", headers=BROWSER)).status_code == 405
    assert (await client.get("/v1/things", headers=BROWSER)).json() == {"things": 1}


async def test_hashed_files_are_kept_for_ever_and_others_asked_about(client: httpx.AsyncClient) -> None:
    hashed = await client.get("/assets/index-abc.js")
    assert hashed.content == b"console.log(1)"
    assert hashed.headers["cache-control"] == web.FOREVER
    assert hashed.headers["content-type"].startswith("text/javascript")
    plain = await client.get("/mark.svg")
    assert plain.headers["cache-control"] == "no-cache"
    again = await client.get("/mark.svg", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_packed_files_go_to_those_who_accept_them(client: httpx.AsyncClient) -> None:
    packed = await client.get("/assets/index-abc.js", headers={"accept-encoding": "gzip, deflate"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == b"console.log(1)"
    plain = await client.get("/assets/index-abc.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/%00"]
)
async def test_no_path_leads_out_of_the_folder(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(httpx.URL("http://node").copy_with(raw_path=path.encode()), headers=BROWSER)
    assert "secret" not in answer.text


async def test_a_node_without_the_build_says_how_to_make_it(tmp_path: Path) -> None:
    app = FastAPI()
    web.mount(app, tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://node") as client:
        answer = await client.get("/", headers=BROWSER)
    assert answer.status_code == 200
    assert "make web" in answer.text


async def test_all_routes_of_the_node_lie_under_the_addresses_kept_for_programs(settings: Settings) -> None:
    """Otherwise the page would answer for what is mistyped there."""
    from web_kit import openapi

    firsts = {path.split("/")[1] for path in await openapi(settings)}
    assert firsts <= web.API
