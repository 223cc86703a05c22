"""Passkeys in a real browser: Chromium, with a virtual authenticator that the DevTools protocol adds."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from accounts_kit import door
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from members_kit import guards, table
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from xinshu.core.clock import SystemClock
from xinshu.core.errors import XinshuError
from xinshu.core.identifiers import make_uscc
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.members.accounts.firms import Registered
from xinshu.members.accounts.routes import router as accounts_router
from xinshu.members.accounts.service import Accounts
from xinshu.members.freshness import Freshness
from xinshu.members.passkeys import PasskeyService, RelyingParty, router
from xinshu.node.access import BootstrapToken
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.is_file(), reason=f"no Chromium at {CHROMIUM}")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGE = (Path(__file__).parent / "passkey_page.html").read_text(encoding="utf-8")
FIRM = {
    "code": make_uscc("9", "1", "320102", 7), "name": "李雷", "citizen_no": "11010519491231002X",
    "telephone": "13800000000", "login": "li.lei",
}  # fmt: skip


@dataclass
class Node:
    """A node that serves pages, and a browser with an authenticator."""

    origin: str
    elsewhere: str
    page: Page
    devtools: CDPSession
    authenticator: str
    db: Database

    async def run(self, script: str) -> dict[str, Any]:
        """What a call of the page answers."""
        found: dict[str, Any] = await self.page.evaluate(script)
        return found

    async def signed_up(self, **changed: str) -> None:
        """A firm's legal representative with a passkey and no password, signed in."""
        body = FIRM | changed
        answer = await self.page.evaluate("(body) => ask('POST', '/v1/firm-accounts', body)", body)
        assert answer["status"] in (200, 201), answer
        made = await self.run("register('办公电脑')")
        assert made["status"] == 201, made
        assert made["session"]["strength"] == "passkey"

    async def credentials(self) -> list[dict[str, Any]]:
        """What the authenticator holds."""
        found = await self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        return list(found["credentials"])


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def node(chromium: Browser, db: Database, settings: Settings) -> AsyncIterator[Node]:
    """The node is reached under two ports: two origins of one site, as WebAuthn sees it."""
    first, second = _listening(), _listening()
    origin, elsewhere = (f"http://localhost:{one.getsockname()[1]}" for one in (first, second))
    app = _app(db, settings.model_copy(update={"public_url": origin}))
    async with _served(app, [first, second]):
        context = await chromium.new_context()
        page = await context.new_page()
        await page.goto(origin)
        devtools, authenticator = await _authenticator(context, page)
        yield Node(origin, elsewhere, page, devtools, authenticator, db)
        await context.close()


def _app(db: Database, settings: Settings) -> FastAPI:
    async def nobody(_: str) -> Registered | None:
        return None

    clock = SystemClock()
    vault = Vault.load(settings, DataKeys(db.dsn, clock))
    accounts = Accounts.build(
        settings, db, clock, Freshness(db), table(), vault,
        representative_of=nobody, token=BootstrapToken(settings), failing_takes=0,
    )  # fmt: skip
    party = RelyingParty.of(settings.origin, settings.platform_name)
    passkeys = PasskeyService(db, clock, accounts.sessions, vault, party)
    app = FastAPI()
    app.include_router(accounts_router(accounts, db, guards()))
    app.include_router(router(passkeys, accounts.sessions, accounts.browsers, guards()))
    app.middleware("http")(door(accounts))

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE)

    @app.exception_handler(XinshuError)
    async def refused(_: Any, error: XinshuError) -> JSONResponse:
        return JSONResponse(error.as_dict(), error.status)

    return app


def _listening() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen()  # whoever comes before the server is there waits
    return made


@asynccontextmanager
async def _served(app: FastAPI, sockets: list[socket.socket]) -> AsyncIterator[None]:
    """In this event loop, whose database connections the application uses."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets))
    yield
    server.should_exit = True
    await serving


async def _authenticator(context: BrowserContext, page: Page) -> tuple[CDPSession, str]:
    devtools = await context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    added = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, added["authenticatorId"]


async def test_sign_up_register_sign_out_sign_in(node: Node) -> None:
    await node.signed_up()
    held = await node.credentials()
    assert [(one["rpId"], one["isResidentCredential"]) for one in held] == [("localhost", True)]
    listed = await node.run("ask('GET', '/v1/passkeys')")
    assert [one["name"] for one in listed["passkeys"]] == ["办公电脑"]
    assert (await node.run("ask('DELETE', '/v1/session')"))["status"] == 204
    assert (await node.run("ask('GET', '/v1/session')"))["status"] == 401
    for login in ("undefined", "'li.lei'"):  # the authenticator knows whose it is, and asked by login
        back = await node.run(f"signIn({login})")
        assert (back["status"], back["strength"], back["login"]) == (200, "passkey", "li.lei")
        assert (await node.run("ask('DELETE', '/v1/session')"))["status"] == 204
    stored = await node.db.pool.fetchrow("select * from account where login = 'li.lei'")
    assert stored["password_hash"] is None
    assert (await node.credentials())[0]["signCount"] == await node.db.pool.fetchval("select sign_count from passkey")


async def test_one_authenticator_is_not_registered_twice(node: Node) -> None:
    await node.signed_up()
    assert (await node.run("register('又一个')"))["code"] == "InvalidStateError"  # by excludeCredentials


async def test_the_user_must_be_verified(node: Node) -> None:
    await node.signed_up()
    await node.run("ask('DELETE', '/v1/session')")
    await node.devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": node.authenticator, "isUserVerified": False}
    )
    assert (await node.run("signIn()"))["code"] == "NotAllowedError"


async def test_a_page_of_another_origin_is_refused(node: Node) -> None:
    """Same host, other port: the browser lets it use the passkey, and says in the answer where it was."""
    await node.signed_up()
    await node.run("ask('DELETE', '/v1/session')")
    await node.page.goto(node.elsewhere)
    refused = await node.run("signIn()")
    assert (refused["status"], refused["code"]) == (401, "passkey_refused")
    assert refused["details"]["reason"] == "origin"
    await node.page.goto(node.elsewhere.replace("localhost", "127.0.0.1"))
    assert (await node.run("signIn()"))["code"] == "SecurityError"  # another site: by the browser


async def test_an_answer_serves_once_and_unchanged(node: Node) -> None:
    await node.signed_up()
    await node.run("ask('DELETE', '/v1/session')")
    await node.page.evaluate("async () => { window.kept = await prove() }")
    send = "ask('POST', '/v1/passkeys/sign-in', { credential: kept })"
    assert (await node.run(send))["status"] == 200
    await node.run("ask('DELETE', '/v1/session')")
    assert (await node.run(send))["code"] == "challenge_invalid"
    spoilt = """prove(undefined, (answer) => {
        const raw = atob(answer.response.clientDataJSON.replaceAll('-', '+').replaceAll('_', '/'))
        const data = btoa(raw.replace('"type"', '"added":1,"type"'))
        answer.response.clientDataJSON = data.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
        return answer
    }).then((credential) => ask('POST', '/v1/passkeys/sign-in', { credential }))"""
    refused = await node.run(spoilt)
    assert (refused["status"], refused["details"]["reason"]) == (401, "signature")


async def test_the_passkey_of_another_account_does_not_open_this_one(node: Node) -> None:
    """Both persons use this computer; the page asks for the one and sends the answer of the other."""
    await node.signed_up()
    await node.run("ask('DELETE', '/v1/session')")
    await node.signed_up(login="han.meimei")
    await node.run(
        "ask('GET', '/v1/passkeys').then((answer) => { window.hers = answer.passkeys[0].id; return answer })"
    )
    await node.run("ask('DELETE', '/v1/session')")
    mixed = """(async () => {
        const asked = await ask('POST', '/v1/passkeys/sign-in/options', { login: 'li.lei' })
        const options = { ...asked, allowCredentials: [{ type: 'public-key', id: window.hers }] }
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
        const credential = (await navigator.credentials.get({ publicKey })).toJSON()
        return await ask('POST', '/v1/passkeys/sign-in', { credential })
    })()"""
    refused = await node.run(mixed)
    assert (refused["status"], refused["details"]["reason"]) == (401, "credential")
