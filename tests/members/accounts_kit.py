"""Accounts of a small real node: its routes behind a door that knows sessions, and browsers to use them with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pyotp
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from members_kit import guards, table

from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.identifiers import make_uscc
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.members.accounts.bootstrap import FirstOperator
from xinshu.members.accounts.errors import SessionInvalidError
from xinshu.members.accounts.firms import Registered
from xinshu.members.accounts.routes import router
from xinshu.members.accounts.service import Accounts
from xinshu.members.freshness import Freshness
from xinshu.members.model import ANONYMOUS, Caller, MemberKind, Principal, Strength, member_id
from xinshu.members.permissions import Access
from xinshu.node.access import BootstrapToken
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

PASSWORD = "gravel-Lantern 42 pond"
ORIGIN = "http://node.test"
ADDRESS = "198.51.100.7"
PUBLIC = {("POST", "/v1/session"), ("POST", "/v1/session/second-factor"), ("POST", "/v1/firm-accounts")}


def code_of(number: int) -> str:
    """A credit code."""
    return make_uscc("9", "1", "320102", number)


@dataclass
class House:
    """A node's accounts. `register`: what the subject base would say: code → name and digest of the number."""

    db: Database
    clock: FixedClock
    settings: Settings
    accounts: Accounts
    vault: Vault
    freshness: Freshness
    app: FastAPI
    register: dict[str, Registered] = field(default_factory=dict)

    def browser(self, address: str = ADDRESS) -> Browser:
        """A new one, not signed in."""
        return Browser(self, address)

    def access(self, action: str, kind: str = "account", *roles: str) -> Access:
        """The right of a local operator, or of somebody with `roles`, to do something."""
        chosen = frozenset(roles or ("operator-admin", "operator-onboarding", "operator-security"))
        who = Principal("local:test", "测试", chosen, strength=Strength.LOCAL)
        return Access(table(), who, action, kind, Caller("local"))

    async def member(self, number: int, kind: MemberKind = MemberKind.BANK, parent: str | None = None) -> str:
        """A member that is online."""
        code = code_of(number)
        await self.sql(
            "insert into member (id, code, name, kind, parent_id, regions, state, state_since, created_by, created_at, "
            "updated_at) values ($1, $2, $3, $4, $5, '{\"\"}', 'online', now(), 'test', now(), now())",
            member_id(code), code, f"成员{number}", kind.value, parent,
        )  # fmt: skip
        return member_id(code)

    async def person(self, login: str, member: str, *roles: str, name: str = "韩梅梅") -> UUID:
        """An account in force, with the usual password."""
        token = await self.invited(login, member, *roles, name=name)
        return (await self.accounts.invitations.accept(token, PASSWORD, Caller(ADDRESS))).id

    async def invited(self, login: str, member: str, *roles: str, name: str = "韩梅梅") -> str:
        """The token of an invitation."""
        async with self.db.transaction() as conn:
            return await self.accounts.invitations.invite(
                conn, login=login, name=name, member_id=member, roles=roles, by="local:test"
            )

    async def operator(self, login: str = "admin", name: str = "李雷") -> UUID:
        """The first operator, of this node's own member."""
        first = FirstOperator(login, name, PASSWORD, code_of(1), "示范省大数据中心")
        return (await self.accounts.bootstrap.locally(first, "local:test")).id

    async def sql(self, text: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        async with self.db.acquire() as conn:
            return list(await conn.fetch(text, *values))

    async def events(self, *codes: str) -> list[dict[str, Any]]:
        """The security log, oldest first; with `codes`, those lines only."""
        rows = await self.sql("select * from access_event order by id")
        found = [dict(row) for row in rows if not codes or row["code"] in codes]
        return [{**row, "details": json.loads(row["details"])} for row in found]


class Browser:
    """Keeps cookies, sends the token of its session with changes, knows its authenticator."""

    def __init__(self, house: House, address: str = ADDRESS) -> None:
        transport = httpx.ASGITransport(house.app, raise_app_exceptions=False, client=(address, 4711))
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
        self.house = house
        self.secret = ""
        self.recovery: list[str] = []

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request."""
        content = json.dumps(body) if body is not None else None  # ASCII, so that half characters travel too
        answer = await self.http.request(
            method, path, content=content, headers={"content-type": "application/json", **headers}
        )
        try:
            found = answer.json()
            self._keep(found.get("session", found))
        except (ValueError, AttributeError):
            pass
        return answer

    def _keep(self, found: Any) -> None:
        if isinstance(found, dict) and "csrf" in found:
            self.http.headers["x-csrf-token"] = found["csrf"]

    async def get(self, path: str) -> httpx.Response:
        """GET."""
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        """POST."""
        return await self.ask("POST", path, body)

    async def password(self, login: str, password: str = PASSWORD) -> httpx.Response:
        """First step of a sign-in."""
        return await self.post("/v1/session", {"login": login, "password": password})

    def code(self) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(self.secret).at(self.house.clock.now())

    async def enrol(self) -> httpx.Response:
        """Set up one-time codes; the session is strong then."""
        begun = (await self.post("/v1/session/totp")).json()
        self.secret = begun["secret"]
        confirmed = await self.post("/v1/session/totp/confirm", {"enrolment": begun["enrolment"], "code": self.code()})
        assert confirmed.status_code == 200, confirmed.text
        self.recovery = confirmed.json()["recovery_codes"]
        return confirmed

    async def sign_in(self, login: str) -> httpx.Response:
        """Sign in all the way, with a second factor, set up if there is none; a code is not used twice."""
        answer = await self.password(login)
        assert answer.status_code == 200, answer.text
        if "challenge" in answer.json():
            self.house.clock.advance(timedelta(seconds=60))
            body = {"challenge": answer.json()["challenge"], "code": self.code()}
            answer = await self.post("/v1/session/second-factor", body)
        elif not answer.json()["totp"]:
            answer = await self.enrol()
        assert answer.status_code == 200, answer.text
        return answer

    @property
    def cookie(self) -> str:
        """The session's cookie."""
        return self.http.cookies[self.house.accounts.sessions.cookie]


@asynccontextmanager
async def open_house(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[House]:
    """A node's accounts over a fresh database."""
    settings = settings.model_copy(update={"public_url": ORIGIN})
    freshness = Freshness(db)
    vault = Vault.load(settings, DataKeys(db.dsn, clock))
    register: dict[str, Registered] = {}

    async def representative_of(code: str) -> Registered | None:
        return register.get(code)

    accounts = Accounts.build(
        settings, db, clock, freshness, table(), vault, representative_of=representative_of,
        token=BootstrapToken(settings), failing_takes=0,
    )  # fmt: skip
    app = FastAPI()
    app.include_router(router(accounts, db, guards()))
    app.add_exception_handler(XinshuError, _as_json)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.middleware("http")(door(accounts))
    await freshness.start()
    try:
        yield House(db, clock, settings, accounts, vault, freshness, app, register)
    finally:
        await freshness.stop()


def door(accounts: Accounts) -> Callable[..., Awaitable[Response]]:
    """Who calls, by the session's cookie; a dead one is nobody's."""

    async def enter(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        caller = Caller(request.client.host if request.client else "", request.headers.get("user-agent", ""))
        request.state.caller, request.state.principal = caller, ANONYMOUS
        cookie = request.cookies.get(accounts.sessions.cookie)
        if cookie is not None:
            try:
                request.state.principal = await accounts.sessions.authenticate(
                    cookie, caller, request.method, request.headers
                )
            except XinshuError as error:
                if not isinstance(error, SessionInvalidError) or (request.method, request.url.path) not in PUBLIC:
                    return JSONResponse(error.as_dict(), error.status)
        return await call_next(request)

    return enter


def _invalid(_: Request, error: Exception) -> Response:
    return JSONResponse({"code": "request_invalid"}, 422)


def _as_json(_: Request, error: Exception) -> Response:
    assert isinstance(error, XinshuError)
    return JSONResponse(error.as_dict(), error.status)
