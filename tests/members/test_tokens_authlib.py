"""A stock Authlib client over a real server, unchanged; and the raw HTTP of the token endpoint."""

from __future__ import annotations

import asyncio
import runpy
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from authlib.integrations.base_client import OAuthError as StockError
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from clients_kit import Key, Systems, add_member, claims_of, events, form_of, set_state, sign, systems, with_proofs
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from members_kit import guards, table

from xinshu.cli.client_keys import KeyKind, make_pair
from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.members.clients import Client
from xinshu.members.clients.oauth_routes import FORM_MAX
from xinshu.members.clients.oauth_routes import router as oauth_router
from xinshu.members.clients.routes import router
from xinshu.members.model import Caller, MemberRef, MemberState
from xinshu.store import Database

KEY = ECKey.generate_key("P-256")


@dataclass
class Platform:
    """A running server."""

    url: str
    node: Systems
    bank: MemberRef
    client: Client

    @property
    def endpoint(self) -> str:
        return f"{self.url}/oauth/token"

    def stock(self, kind: type[Any] = AsyncOAuth2Client, key: Key = KEY, alg: str = "ES256", **more: Any) -> Any:
        """A stock client as its documentation says."""
        session = kind(
            self.client.id, key, token_endpoint_auth_method="private_key_jwt", token_endpoint=self.endpoint, **more
        )
        session.register_client_auth_method(PrivateKeyJWT(self.endpoint, alg=alg))
        return session


def application(node: Systems) -> FastAPI:
    """The routes behind a door that knows tokens only."""
    app = FastAPI()
    app.include_router(oauth_router(node.tokens, table()))
    app.include_router(router(node.clients, guards()))

    @app.exception_handler(XinshuError)
    def said(_: Request, error: XinshuError) -> Response:
        return JSONResponse(error.as_dict(), error.status)

    @app.middleware("http")
    async def door(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        assert request.client is not None
        request.state.caller = Caller(request.client.host)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            try:
                request.state.principal = await node.tokens.authenticate(token, request.state.caller)
            except XinshuError as error:
                return JSONResponse(error.as_dict(), error.status)
        return await call_next(request)

    return app


@asynccontextmanager
async def served(app: FastAPI, port: socket.socket) -> AsyncIterator[None]:
    """The application over a real socket."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[port]))
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def platform(db: Database, settings: Settings) -> AsyncIterator[Platform]:
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        bank = await add_member(db)
        async with systems(db, settings, SystemClock(), issuer=url) as node, served(application(node), port):
            yield Platform(url, node, bank, await node.with_key(bank, KEY))


def rotated(platform: Platform, key: Key) -> str:
    """Where the client adds its next key."""
    return f"{platform.url}/v1/clients/{platform.client.id}/keys"


def next_body(platform: Platform, following: Key) -> dict[str, Any]:
    """What the client sends to add its next key."""
    return with_proofs(following, KEY, platform.client.id, SystemClock(), rotated(platform, KEY))


async def test_a_stock_client_gets_a_token_and_calls(platform: Platform) -> None:
    next_key = ECKey.generate_key("P-256")
    async with platform.stock() as session:
        token = await session.fetch_token()
        assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 600, "institution-system")
        answer = await session.post(rotated(platform, KEY), json=next_body(platform, next_key))
        assert answer.status_code == 201
    async with platform.stock(key=next_key) as session:
        await session.fetch_token()
        answer = await session.post(f"{rotated(platform, KEY)}/{KEY.thumbprint()}/revoke")
        assert answer.status_code == 200
    async with platform.stock() as session:
        with pytest.raises(StockError) as caught:
            await session.fetch_token()
        assert (caught.value.error, caught.value.description) == ("invalid_client", "key revoked")


async def test_the_blocking_stock_client_works_too(platform: Platform) -> None:
    def work() -> int:
        with platform.stock(OAuth2Client) as session:
            session.fetch_token()
            body = next_body(platform, ECKey.generate_key("P-256"))
            return int(session.post(rotated(platform, KEY), json=body).status_code)

    assert await asyncio.to_thread(work) == 201


@pytest.mark.parametrize(
    ("key", "alg"),
    [(OKPKey.generate_key("Ed25519"), "Ed25519"), (RSAKey.generate_key(2048), "RS256")],
    ids=["Ed25519", "RS256"],
)
async def test_other_keys_of_a_stock_client(platform: Platform, key: Key, alg: str) -> None:
    await platform.node.add_key(platform.bank, platform.client, key)
    async with platform.stock(key=key, alg=alg) as session:
        await session.fetch_token(scope="institution-system")


async def test_a_stock_client_renews_by_itself(platform: Platform) -> None:
    async with platform.stock() as session:
        old = await session.fetch_token()
        session.token = {**old, "expires_at": 1}
        answer = await session.post(rotated(platform, KEY), json={"jwk": {}})
        assert answer.status_code == 422  # let in with a new token
        assert session.token["access_token"] != old["access_token"]


async def test_a_suspended_members_live_token_is_refused(platform: Platform, db: Database) -> None:
    async with platform.stock() as session:
        await session.fetch_token()
        body = {"jwk": {}}
        assert (await session.post(rotated(platform, KEY), json=body)).status_code == 422
        await set_state(db, "mbank", MemberState.SUSPENDED)
        async with asyncio.timeout(20):
            answer = await session.post(rotated(platform, KEY), json=body)
            while answer.status_code == 422:
                answer = await session.post(rotated(platform, KEY), json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "member_not_online")
        with pytest.raises(StockError) as caught:
            await session.fetch_token()
        assert caught.value.error == "unauthorized_client"


async def test_metadata_and_keys_serve_other_checkers(platform: Platform) -> None:
    async with httpx.AsyncClient(base_url=platform.url) as session:
        metadata = (await session.get("/.well-known/oauth-authorization-server")).json()
        assert metadata["issuer"] == platform.url
        assert metadata["token_endpoint"] == platform.endpoint
        assert metadata["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
        assert "none" not in metadata["token_endpoint_auth_signing_alg_values_supported"]
        assert {"institution-system", "provider-system"} <= set(metadata["scopes_supported"])
        keys = KeySet.import_key_set((await session.get(metadata["jwks_uri"])).json())
        assertion = sign(claims_of(platform.client.id, SystemClock(), aud=platform.endpoint), KEY)
        answer = await session.post("/oauth/token", data=form_of(assertion))
    assert answer.headers["cache-control"] == "no-store"
    claims = jwt.decode(answer.json()["access_token"], keys, algorithms=["ES256"]).claims
    assert claims["client_id"] == platform.client.id


async def test_refusals_have_the_standards_form(platform: Platform, db: Database) -> None:
    form = "application/x-www-form-urlencoded"
    assertion = sign(claims_of(platform.client.id, SystemClock(), aud=platform.endpoint), KEY)
    good = httpx.QueryParams(form_of(assertion))
    cases: list[tuple[str, bytes, int, str, str]] = [
        (form, b"", 400, "invalid_request", "token_request_invalid"),
        (form, b"grant_type=password", 400, "unsupported_grant_type", "grant_unsupported"),
        (form, b"grant_type=client_credentials", 401, "invalid_client", "assertion_required"),
        (form, f"{good}&grant_type=client_credentials".encode(), 400, "invalid_request", "token_request_invalid"),
        (form, b"grant_type=%ff", 400, "invalid_request", "token_request_invalid"),
        (form, b"\xff", 400, "invalid_request", "token_request_invalid"),
        (form, b"a=1&" * 30, 400, "invalid_request", "token_request_invalid"),
        (form, b"a" * (FORM_MAX + 1), 400, "invalid_request", "token_request_invalid"),
        ("application/json", b"{}", 400, "invalid_request", "token_request_invalid"),
        ("multipart/form-data; boundary=x", b"--x--", 400, "invalid_request", "token_request_invalid"),
        ("", b"", 400, "invalid_request", "token_request_invalid"),
        (form, f"{good}&scope=everything".encode(), 400, "invalid_scope", "scope_invalid"),
    ]
    async with httpx.AsyncClient(base_url=platform.url) as session:
        for kind, content, status, error, code in cases:
            answer = await session.post("/oauth/token", content=content, headers={"Content-Type": kind})
            body = answer.json()
            assert (answer.status_code, body["error"], body["code"]) == (status, error, code), content[:60]
            assert body["error_description"].isascii()
            assert body["message"]
            assert answer.headers["cache-control"] == "no-store"
        assert (await session.get("/oauth/token")).status_code == 405
        answer = await session.post("/oauth/token", data={**form_of(assertion), "unknown": "ignored", "scope": ""})
        assert answer.status_code == 200  # unknown and empty parameters do not count (RFC 6749, 3.2)
    assert len(await events(db, "refused")) == len(cases)


async def test_the_token_of_another_platform_is_refused(platform: Platform, db: Database, settings: Settings) -> None:
    async with systems(db, settings, SystemClock(), issuer="https://other.example") as other:
        assertion = sign(claims_of(platform.client.id, SystemClock(), aud="https://other.example"), KEY)
        token = await other.token(assertion, Caller("127.0.0.1"))
    async with httpx.AsyncClient(base_url=platform.url, headers={"Authorization": f"Bearer {token}"}) as session:
        answer = await session.get("/v1/clients")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "client_credentials.py"


def test_the_documentation_shows_the_example() -> None:
    page = EXAMPLE.parents[1].joinpath("clients.md").read_text(encoding="utf-8")
    assert f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in page


async def test_the_example_runs(platform: Platform, tmp_path: Path) -> None:
    await asyncio.to_thread(run_example, platform, tmp_path)


def run_example(platform: Platform, folder: Path) -> None:
    """Token, call, rotation, as the example's reader would."""
    private = folder / "core.private.pem"
    private.write_bytes(KEY.as_pem(private=True))
    path = "/.well-known/oauth-authorization-server"
    ran = subprocess.run(
        [sys.executable, EXAMPLE, platform.url, platform.client.id, private, path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout.startswith("200 "), ran.stderr
    example = runpy.run_path(str(EXAMPLE))
    about = (platform.url, platform.client.id)
    new = make_pair(folder, "next", KeyKind.P256)
    with example["connect"](*about, private) as session:
        assert example["add_key"](session, *about, private, new.private) == new.kid
    with example["connect"](*about, new.private) as session:
        example["revoke_key"](session, *about, KEY.thumbprint())
    with pytest.raises(StockError, match="key revoked"), example["connect"](*about, private):
        pass
