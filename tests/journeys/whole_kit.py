"""A whole node inside the test, behind its door: persons in their seats, systems with their tokens, all at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from clients_kit import add_member, admin, claims_of, form_of, sign
from collect_kit import BASE, MOMENT, PROVIDERS, Node, build
from joserfc.jwk import ECKey
from pydantic import SecretStr
from starlette.types import ASGIApp, Message

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.accounts.model import Account
from xinshu.members.accounts.principals import queries
from xinshu.members.clients import Client
from xinshu.members.clients.service import NewClient
from xinshu.members.freshness import announce
from xinshu.members.model import Caller, MemberKind, MemberRef, Strength
from xinshu.members.permissions import Access
from xinshu.node.membership import Membership
from xinshu.node.services import Services
from xinshu.store import Database, embedded

RATES = {"rate_sign_in": "100000/minute", "rate_address": "100000/minute", "rate_caller": "100000/minute"}


@dataclass
class Whole:
    """A node, and those who call it."""

    node: Node
    app: ASGIApp
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    keys: dict[str, ECKey] = field(default_factory=dict)  # of client systems

    @property
    def services(self) -> Services:
        """What the node is made of."""
        return self.node.services

    @property
    def membership(self) -> Membership:
        """Its members, accounts and systems."""
        assert self.services.membership is not None
        return self.services.membership

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """One that is not signed in."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        made = httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Origin": BASE, **headers})
        self.clients.append(made)
        return made

    async def member(self, name: str, kind: MemberKind, **more: Any) -> MemberRef:
        """A member that is online."""
        return await add_member(self.node.db, name, kind=kind, **more)

    async def seat(
        self, *roles: str, member: str | None = None, subject: str | None = None, strength: Strength = Strength.MULTI
    ) -> httpx.AsyncClient:
        """The browser of a person who is signed in."""
        return await self.seat_of(await self.account(*roles, member=member, subject=subject), strength)

    async def seat_of(self, account_id: UUID, strength: Strength = Strength.MULTI) -> httpx.AsyncClient:
        """The browser of somebody who has an account, signed in."""
        async with self.node.db.transaction() as conn:
            account = Account.of(await queries.account(conn, id=account_id))
            opened = await self.membership.accounts.sessions.open(
                conn, account, strength, Caller("127.0.0.1"), how="test"
            )
        browser = self.browser()
        browser.cookies.set(self.membership.accounts.sessions.cookie, opened.token)
        browser.headers["X-CSRF-Token"] = opened.csrf
        return browser

    async def account(self, *roles: str, member: str | None = None, subject: str | None = None) -> UUID:
        """An account in use."""
        made, now = uuid4(), self.node.clock.now()
        async with self.node.db.acquire() as conn:
            await conn.execute(
                "insert into account (id, login, name, member_id, subject_code, roles, state, created_by, created_at, "
                "updated_at) values ($1, $2, '韩梅梅', $3, $4, $5, 'active', 'test', $6, $6)",
                made, f"p-{made}", member, subject, list(roles), now,
            )  # fmt: skip
        return made

    async def system(self, member: MemberRef, role: str, *, sandbox: bool = False) -> httpx.AsyncClient:
        """A member's system with a token."""
        client = await self.client(member, role, sandbox=sandbox)
        made = self.browser(Authorization=f"Bearer {await self.token(client)}")
        del made.headers["Origin"]
        return made

    async def client(self, member: MemberRef, role: str, *, sandbox: bool = False) -> Client:
        """A client with a key."""
        who = admin(member)
        caller = Caller("127.0.0.1")
        wanted = NewClient(member.id, "核心系统", (role,), sandbox, (), False, ())
        table = self.membership.table
        client = await self.membership.clients.create(Access(table, who, "create", "client", caller), wanted)
        key = ECKey.generate_key("P-256")
        self.keys[client.id] = key
        jwk = key.as_dict(private=False)
        await self.membership.clients.add_key(Access(table, who, "add", "client-key", caller), client.id, jwk, None)
        return client

    async def token(self, client: Client) -> str:
        """A token for a client."""
        claims = claims_of(client.id, self.node.clock, aud=f"{self.services.settings.origin}/oauth/token")
        answer = await self.browser().post("/oauth/token", data=form_of(sign(claims, self.keys[client.id])))
        return str(answer.raise_for_status().json()["access_token"])

    async def codes(self, member: str) -> list[str]:
        """Codes in the security log about a member and its people, oldest first."""
        rows = await self.node.table("select code from access_event where member_id = $1 order by id", member)
        return [row["code"] for row in rows]


@asynccontextmanager
async def database(server: embedded.EmbeddedServer, name: str) -> AsyncIterator[str]:
    """The address of a fresh, migrated database for the tests of a module."""
    link = await asyncpg.connect(server.dsn_of("postgres"))
    await link.execute(f"create database {name} template xinshu_template")
    try:
        yield server.dsn_of(name)
    finally:
        await link.execute(f"drop database {name} with (force)")
        await link.close()


@asynccontextmanager
async def whole_node(server: embedded.EmbeddedServer, name: str, home: Path, **more: Any) -> AsyncIterator[Whole]:
    """A node behind its door over a database `name`, which hears of changes and works in the background."""
    async with database(server, name) as url:
        settings = Settings(home=home, database_url=SecretStr(url), **RATES, **more)
        db = await Database.open(settings)
        try:
            async with _running(settings, db, FixedClock(MOMENT)) as whole:
                yield whole
        finally:
            await db.close()


@asynccontextmanager
async def _running(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Whole]:
    node = Node(await build(settings, db, clock), clock)
    app = await node.app()
    whole = Whole(node, app)
    try:
        async with _alive(app):
            await _after_the_daily_look(node)
            yield whole
    finally:
        for client in whole.clients:
            await client.aclose()
        await node.close()


async def _after_the_daily_look(node: Node) -> None:
    """A node that starts suspends members without papers, such as those of tests: put them online again."""
    suspended = "select count(*) as n from member where state = 'suspended'"
    async with asyncio.timeout(60):
        found = await node.table(suspended)
        while found[0]["n"] < len(PROVIDERS):
            await asyncio.sleep(0.02)
            found = await node.table(suspended)
    async with node.db.transaction() as conn:
        await conn.execute("update member set state = 'online'")
        await announce(conn, "member:any")


@asynccontextmanager
async def _alive(app: ASGIApp) -> AsyncIterator[None]:
    """The application between its start and its end, as a server takes it there."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    started = asyncio.Event()

    async def send(message: Message) -> None:
        assert message["type"].endswith(".complete"), message
        started.set()

    task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, told.get, send))
    await told.put({"type": "lifespan.startup"})
    await started.wait()
    yield
    await told.put({"type": "lifespan.shutdown"})
    await task


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status, and the condition that failed or else the code."""
    body = answer.json()
    assert body["message"] and body["hint"], body
    return answer.status_code, body["details"].get("reason", body["code"])
