"""Members, clients and assertions for tests of client systems; everything real."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from members_kit import person, table

from xinshu.core.clock import Clock
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.members.clients import Client, ClientKey, ClientService, TokenKeys, TokenService
from xinshu.members.clients.errors import OAuthError, TokenError
from xinshu.members.clients.service import NewClient
from xinshu.members.clients.tokens import ASSERTION_TYPE
from xinshu.members.freshness import Freshness, announce
from xinshu.members.model import Caller, MemberKind, MemberRef, MemberState, Principal
from xinshu.members.permissions import Access
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

ISSUER = "https://platform.example"
ENDPOINT = f"{ISSUER}/oauth/token"
CALLER = Caller("203.0.113.7", "pytest")
_numbers = itertools.count(1)
Key = ECKey | OKPKey | RSAKey

INSERT_MEMBER = """
insert into member (id, code, name, kind, parent_id, provider_code, items, regions, state, state_since, created_by,
                    created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), 'test', now(), now())
"""


async def add_member(
    db: Database,
    member_id: str = "mbank",
    *,
    kind: MemberKind = MemberKind.BANK,
    state: MemberState = MemberState.ONLINE,
    parent: str | None = None,
    items: list[str] | None = None,
    regions: tuple[str, ...] = ("",),
) -> MemberRef:
    """A member in the database."""
    name, provider = f"成员 {member_id}", f"prov-{member_id}" if kind is MemberKind.PROVIDER else None
    async with db.acquire() as conn:
        await conn.execute(
            INSERT_MEMBER, member_id, f"91{next(_numbers):016}", name, kind, parent, provider, items, list(regions),
            state,
        )  # fmt: skip
    return MemberRef(member_id, kind, name, state, provider)


async def set_state(db: Database, member_id: str, state: MemberState) -> None:
    """Change a member's state as onboarding does: announced in the same transaction."""
    async with db.transaction() as conn:
        await conn.execute("update member set state = $2 where id = $1", member_id, state)
        await announce(conn, f"member:{member_id}")


def access(action: str, kind: str, principal: Principal) -> Access:
    """What a guard would hand to the route."""
    return Access(table(), principal, action, kind, CALLER)


def admin(member: MemberRef) -> Principal:
    """The member's own administrator."""
    return person("member-admin", member=member)


@dataclass
class Systems:
    """The services of one process."""

    db: Database
    clock: Clock
    freshness: Freshness
    clients: ClientService
    tokens: TokenService

    async def client(
        self, member: MemberRef, *, sandbox: bool = False, roles: tuple[str, ...] = ("institution-system",), **more: Any
    ) -> Client:
        """A client registered by the member's administrator."""
        wanted = NewClient(member.id, "核心系统", roles, sandbox, **more)
        return await self.clients.create(access("create", "client", admin(member)), wanted)

    async def with_key(self, member: MemberRef, key: Key, **more: Any) -> Client:
        """A client with one key."""
        client = await self.client(member, **more)
        await self.add_key(member, client, key)
        return client

    async def add_key(self, member: MemberRef, client: Client, key: Key, **more: Any) -> ClientKey:
        """Add the public part of a key."""
        public = {**key.as_dict(private=False), **more}
        return await self.clients.add_key(access("add", "client-key", admin(member)), client.id, public)

    async def revoke(self, member: MemberRef, client: Client, key: Key) -> None:
        """Revoke a key."""
        await self.clients.revoke_key(access("revoke", "client-key", admin(member)), client.id, key.thumbprint())

    async def token(self, assertion: str, caller: Caller = CALLER, **form: str) -> str:
        """A token for an assertion."""
        return (await self.tokens.issue(form_of(assertion, **form), caller)).access_token


@asynccontextmanager
async def systems(
    db: Database, settings: Settings, clock: Clock, *, listening: bool = True, issuer: str = ISSUER
) -> AsyncIterator[Systems]:
    """The services of one process over a database."""
    freshness = Freshness(db)
    keys = TokenKeys(db, Vault.load(settings, DataKeys(db.dsn, clock)), clock, freshness)
    tokens = TokenService(db, keys, freshness, clock, issuer)
    if listening:
        await freshness.start()
    try:
        yield Systems(db, clock, freshness, ClientService(db, table(), clock, issuer), tokens)
    finally:
        await freshness.stop()


def claims_of(client_id: str, clock: Clock, **change: Any) -> dict[str, Any]:
    """The claims of a good assertion; None takes one away."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": client_id, "sub": client_id, "aud": ENDPOINT, "iat": now, "exp": now + 120, "jti": f"j{next(_numbers)}",
        **change,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


def sign(claims: dict[str, Any], key: Any, alg: str = "ES256", **header: Any) -> str:
    """A signed JWT, whatever its header says."""
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jwt.encode({"alg": alg, **header}, claims, key, registry=registry)


def with_proofs(new: Key, active: Key, client_id: str, clock: Clock, aud: str | None = None) -> dict[str, Any]:
    """The body with which a system adds an EC key of its own."""
    where = aud or f"{ISSUER}/v1/clients/{client_id}/keys"

    def signed(key: Key) -> str:
        return sign(claims_of(client_id, clock, aud=where, jkt=new.thumbprint()), key)

    return {"jwk": new.as_dict(private=False), "proof": signed(new), "approval": signed(active)}


def form_of(assertion: str, **change: str) -> dict[str, str]:
    """The form of a token request."""
    return {
        "grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion,
        **change,
    }  # fmt: skip


async def refusal(waiting: Any) -> str:
    """The code with which a coroutine is refused."""
    with pytest.raises((OAuthError, TokenError)) as caught:
        await waiting
    return caught.value.code


async def events(db: Database, *kinds: str) -> list[tuple[str, str | None, str | None]]:
    """Code, principal and target of what was recorded, oldest first."""
    async with db.acquire() as conn:
        rows = await conn.fetch(
            "select code, principal, target from access_event where kind = any($1) order by id", list(kinds)
        )
    return [(row["code"], row["principal"], row["target"]) for row in rows]


def minutes(number: float) -> timedelta:
    """A span."""
    return timedelta(minutes=number)
