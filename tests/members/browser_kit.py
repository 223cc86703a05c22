"""Real accounts and sessions behind routes under test: who calls is what its session cookie proves, as at the door."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from members_kit import table

from xinshu.core.clock import Clock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.members.accounts.invitations import InvitationService
from xinshu.members.accounts.model import Account
from xinshu.members.accounts.passwords import Hasher
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.freshness import Freshness
from xinshu.members.model import ANONYMOUS, Caller, MemberKind, Strength, member_id
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

ORIGIN = "http://localhost:8848"
CODE = "91320000000000001X"
BRANCH = "91320000000000002W"
ELSEWHERE = "91320000000000003U"


@dataclass
class Rooms:
    """What routes with sessions need; accounts are made with `invited` and `active`."""

    db: Database
    clock: Clock
    settings: Settings
    origin: str = ORIGIN
    sessions: SessionService = field(init=False)
    vault: Vault = field(init=False)
    invitations: InvitationService = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        self.vault = Vault.load(self.settings, DataKeys(self.db.dsn, self.clock))
        self.sessions = SessionService(self.db, self.clock, Freshness(self.db), table(), origin=self.origin)
        self.invitations = InvitationService(self.db, self.clock, table(), Hasher(), self.vault)

    async def member(self, code: str = CODE, parent: str | None = None) -> str:
        """A bank that is online; its id."""
        made, now = member_id(code), self.clock.now()
        async with self.db.acquire() as conn:
            await conn.execute(
                "insert into member (id, code, name, kind, parent_id, regions, state, state_since, created_by,"
                " created_at, updated_at)"
                """ values ($1, $2, $3, $4, $5, '{""}', 'online', $6, 'test', $6, $6) on conflict do nothing""",
                made, code, f"银行 {code}", MemberKind.BANK.value, member_id(parent) if parent else None, now,
            )  # fmt: skip
        return made

    async def invited(self, code: str = CODE, *, login: str | None = None) -> tuple[UUID, str]:
        """An account that waits for its person, and the invitation's token."""
        self.number += 1
        made = await self.member(code)
        async with self.db.transaction() as conn:
            found = await self.invitations.invite_staff(
                conn, login or f"person-{self.number}", "张三", made, ["credit-officer"], "test"
            )
        return found.account_id, found.token

    async def active(self, code: str = CODE, *, login: str | None = None) -> Account:
        """An account in use that has no means of signing in yet."""
        account_id, _ = await self.invited(code, login=login)
        async with self.db.acquire() as conn:
            await conn.execute("update account set state = 'active' where id = $1", account_id)
        return await self.account(account_id)

    async def account(self, account_id: UUID) -> Account:
        """An account as it stands."""
        async with self.db.acquire() as conn:
            return Account.of(await queries.account(conn, id=account_id))

    async def session(
        self, client: httpx.AsyncClient, account: Account, strength: Strength = Strength.PASSWORD
    ) -> None:
        """Sign the client in."""
        async with self.db.transaction() as conn:
            caller = Caller("203.0.113.7", "pytest")
            opened = await self.sessions.open(conn, account, strength, caller, how="test")
        client.cookies.set(self.sessions.cookie, opened.token, domain="localhost.local")
        client.headers["X-CSRF-Token"] = opened.csrf

    async def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Kind, code and the rest of each line of the security log, oldest first."""
        async with self.db.acquire() as conn:
            rows = await conn.fetch(
                "select kind, code, principal, member_id, details::text from access_event order by id"
            )
        return [(row["kind"], row["code"], dict(row)) for row in rows]

    def app(self, *routers: APIRouter) -> FastAPI:
        """An application that proves sessions as the door does."""
        app = FastAPI()
        for router in routers:
            app.include_router(router)

        @app.middleware("http")
        async def identify(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            caller = Caller("203.0.113.7", request.headers.get("user-agent", ""))
            cookie = request.cookies.get(self.sessions.cookie)
            principal = ANONYMOUS
            if cookie is not None:
                try:
                    principal = await self.sessions.authenticate(cookie, caller, request.method, request.headers)
                except XinshuError as error:
                    return JSONResponse(error.as_dict(), error.status)
            request.state.principal, request.state.caller = principal, caller
            return await call_next(request)

        @app.exception_handler(XinshuError)
        async def refused(_: Request, error: XinshuError) -> Response:
            return JSONResponse(error.as_dict(), error.status)

        return app

    def client(self, app: FastAPI) -> httpx.AsyncClient:
        """A browser: it keeps cookies and names the page its requests come from."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=self.origin,
            headers={"Origin": self.origin, "Sec-Fetch-Site": "same-origin"},
        )


def digest_of(text: str) -> bytes:
    """A digest to be signed."""
    return hashlib.sha256(text.encode()).digest()
