"""Registering client systems and their keys. Each change is recorded and announced in its own transaction."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from xinshu.core.clock import Clock
from xinshu.core.errors import NotFoundError
from xinshu.members.clients import store
from xinshu.members.clients.errors import (
    ClientClosedError,
    ClientNotFoundError,
    KeyLimitError,
    KeyNotFoundError,
    KeyUsedError,
)
from xinshu.members.clients.keys import ACTIVE_MAX, admit, expiry
from xinshu.members.clients.model import Client, ClientKey, ClientPage, ClientState
from xinshu.members.clients.proofs import KeyProofs, audience
from xinshu.members.clients.proofs import check as check_proofs
from xinshu.members.clients.rules import check_certificates, check_networks, check_roles, check_stage
from xinshu.members.directory import standing
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.permissions import Access, Permissions
from xinshu.store import Database


@dataclass(frozen=True)
class NewClient:
    """What is asked for when a client is registered."""

    member_id: str
    name: str
    roles: tuple[str, ...]
    sandbox: bool
    networks: tuple[str, ...] = ()
    certificate_bound: bool = False
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientChange:
    """What of a client is to change; None: stays."""

    name: str | None = None
    networks: tuple[str, ...] | None = None
    certificate_bound: bool | None = None
    certificates: tuple[str, ...] | None = None


class ClientService:
    """Clients of a node. Each verb checks the caller's right to this very client. `issuer`: the platform's address."""

    def __init__(
        self,
        db: Database,
        table: Permissions,
        clock: Clock,
        issuer: str,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._db = db
        self._table = table
        self._clock = clock
        self._issuer = issuer
        self._random_bytes = random_bytes

    async def create(self, access: Access, wanted: NewClient) -> Client:
        """Register a client; it can do nothing until a key is added.

        Raises ForbiddenError, NotFoundError (member), ClientStageError, ClientInvalidError.
        """
        access.check(member=wanted.member_id)
        networks = check_networks(wanted.networks)
        certificates = check_certificates(wanted.certificates, wanted.certificate_bound)
        now = self._clock.now()
        async with self._db.transaction() as conn:
            member = await standing(conn, wanted.member_id)
            if member is None:
                raise NotFoundError(f"没有成员 {wanted.member_id}", hint="核对成员编号")
            roles = check_roles(self._table, member.ref.kind, wanted.roles)
            check_stage(member.ref.state, wanted.sandbox)
            client = Client(
                id="c-" + base64.b32encode(self._random_bytes(10)).decode().lower(),
                member_id=wanted.member_id,
                name=wanted.name,
                roles=roles,
                sandbox=wanted.sandbox,
                networks=networks,
                certificate_bound=wanted.certificate_bound,
                certificates=certificates,
                state=ClientState.ACTIVE,
                created_by=access.principal.id,
                created_at=now,
                closed_at=None,
            )
            await store.queries.insert_client(
                conn, id=client.id, member_id=client.member_id, name=client.name, roles=roles, sandbox=client.sandbox,
                networks=networks, certificate_bound=client.certificate_bound, certificates=certificates,
                created_by=client.created_by, at=now,
            )  # fmt: skip
            about = {"roles": roles, "sandbox": client.sandbox, "networks": networks, "bound": client.certificate_bound}
            await self._record(conn, access, "rights", "client_created", client, **about)
        return client

    async def page(
        self, access: Access, *, member_id: str | None = None, state: ClientState | None = None, page: int = 1,
        page_size: int = 50,
    ) -> ClientPage:  # fmt: skip
        """One page of the clients that the caller may see, newest first."""
        async with self._db.acquire() as conn:
            own = not access.principal.of_platform
            return await store.page(conn, access.scopes, own, member_id, state, page, page_size)

    async def get(self, access: Access, client_id: str) -> tuple[Client, tuple[ClientKey, ...]]:
        """A client and its keys. Raises ClientNotFoundError, ForbiddenError."""
        async with self._db.acquire() as conn:
            client = await self._reach(conn, access, client_id)
            return client, await store.keys(conn, client_id)

    async def change(self, access: Access, client_id: str, change: ClientChange) -> Client:
        """Change name, address ranges or certificates; in force at once.

        Raises ClientNotFoundError, ForbiddenError, ClientClosedError, ClientInvalidError.
        """
        async with self._db.transaction() as conn:
            old = await self._reach(conn, access, client_id, to_change=True)
            bound = old.certificate_bound if change.certificate_bound is None else change.certificate_bound
            certificates = old.certificates if change.certificates is None else change.certificates
            new = replace(
                old,
                name=old.name if change.name is None else change.name,
                networks=old.networks if change.networks is None else check_networks(change.networks),
                certificate_bound=bound,
                certificates=check_certificates(certificates, bound),
            )
            await store.queries.update_client(
                conn, id=client_id, name=new.name, networks=new.networks, certificate_bound=bound,
                certificates=new.certificates,
            )  # fmt: skip
            await announce(conn, new.principal)
            await self._record(
                conn, access, "rights", "client_changed", new, networks=new.networks, bound=bound,
                certificates=new.certificates,
            )  # fmt: skip
        return new

    async def close(self, access: Access, client_id: str) -> Client:
        """Close a client for good: its keys are revoked, its tokens refused.

        Raises ClientNotFoundError, ForbiddenError, ClientClosedError.
        """
        now = self._clock.now()
        async with self._db.transaction() as conn:
            client = await self._reach(conn, access, client_id, to_change=True)
            keys = await _close(conn, client_id, access.principal.id, now)
            await self._record(conn, access, "rights", "client_closed", client, keys=keys)
        return replace(client, state=ClientState.CLOSED, closed_at=now)

    async def add_key(
        self, access: Access, client_id: str, jwk: dict[str, Any], expires_at: datetime | None = None,
        proofs: KeyProofs | None = None,
    ) -> ClientKey:  # fmt: skip
        """Add a public key (JWK), valid for a year unless said otherwise; two at most are active at a time.

        A person needs no `proofs`: it signed in strongly. A system does, and a key in force signs one of them.

        Raises ClientNotFoundError, ForbiddenError, ClientClosedError, KeyInvalidError, KeyUsedError, KeyLimitError,
        KeyProofRequiredError, KeyProofInvalidError.
        """
        now = self._clock.now()
        async with self._db.transaction() as conn:
            client = await self._reach(conn, access, client_id, to_change=True)
            admitted = admit(jwk)
            until = expiry(expires_at, now)
            if proofs is not None or access.principal.id == client.principal:
                active = [key.jwk for key in await store.keys(conn, client_id) if key.active(now)]
                check_proofs(proofs, admitted, active, client_id, audience(self._issuer, client_id), now)
            await self._check_new(conn, client, admitted.kid, admitted.thumbprint, now)
            await store.queries.insert_key(
                conn, client_id=client_id, kid=admitted.kid, jwk=orjson.dumps(admitted.jwk).decode(),
                thumbprint=admitted.thumbprint, created_by=access.principal.id, at=now, expires_at=until,
            )  # fmt: skip
            await announce(conn, client.principal)
            await self._record(
                conn, access, "key", "key_added", client, kid=admitted.kid, thumbprint=admitted.thumbprint,
                expires_at=until,
            )  # fmt: skip
        return ClientKey(
            admitted.kid, admitted.jwk, admitted.thumbprint, access.principal.id, now, until, revoked_at=None,
            revoked_by=None,
        )  # fmt: skip

    async def revoke_key(self, access: Access, client_id: str, kid: str) -> ClientKey:
        """Revoke a key: assertions signed with it and tokens issued for it are refused at once. Twice is no fault.

        Raises ClientNotFoundError, ForbiddenError, KeyNotFoundError.
        """
        now = self._clock.now()
        async with self._db.transaction() as conn:
            client = await self._reach(conn, access, client_id, lock=True)
            revoked = await store.queries.revoke_key(conn, client_id=client_id, kid=kid, by=access.principal.id, at=now)
            key = await store.key(conn, client_id, kid)
            if key is None:
                raise KeyNotFoundError(kid)
            if revoked is not None:
                await announce(conn, client.principal)
                await self._record(conn, access, "key", "key_revoked", client, kid=kid)
        return key

    async def _reach(
        self, conn: Any, access: Access, client_id: str, *, lock: bool = False, to_change: bool = False
    ) -> Client:
        client = await store.find(conn, client_id, lock=lock or to_change)
        if client is None:
            raise ClientNotFoundError(client_id)
        access.check(member=client.member_id, account=client.principal)
        if to_change and client.state is ClientState.CLOSED:
            raise ClientClosedError(client_id)
        return client

    async def _check_new(self, conn: Any, client: Client, kid: str, thumbprint: str, now: datetime) -> None:
        keys = await store.keys(conn, client.id)
        if await store.queries.owner_of_key(conn, member_id=client.member_id, thumbprint=thumbprint) is not None:
            raise KeyUsedError("该密钥已登记过(含已吊销的)", hint="每个客户端、每次轮换都用新的密钥对")
        if any(key.kid == kid for key in keys):
            raise KeyUsedError(f"该客户端已有名为 {kid} 的密钥", hint="换一个 kid,或不写(取 RFC 7638 指纹)")
        active = [key.kid for key in keys if key.active(now)]
        if len(active) >= ACTIVE_MAX:
            raise KeyLimitError(f"已有 {ACTIVE_MAX} 把有效密钥", hint="轮换完成后先吊销旧密钥,再添加", active=active)

    async def _record(self, conn: Any, access: Access, kind: str, code: str, client: Client, **details: Any) -> None:
        await record(
            conn, self._clock.now(), kind, code, principal=access.principal.id, member_id=client.member_id,
            target=client.principal, address=access.caller.address, **details,
        )  # fmt: skip


async def close_all_of_member(conn: Any, member_id: str, by: str, now: datetime) -> dict[str, int]:
    """Close every client of a member that leaves, in the transaction of `conn`; how many clients and keys it were."""
    clients = [row["id"] async for row in store.queries.active_clients_of(conn, member_id=member_id)]
    keys = 0
    for client_id in clients:
        revoked = await _close(conn, client_id, by, now)
        keys += revoked
        await record(
            conn, now, "rights", "client_closed", principal=by, member_id=member_id, target=f"client:{client_id}",
            keys=revoked, reason="offboarded",
        )  # fmt: skip
    return {"clients": len(clients), "keys": keys}


async def _close(conn: Any, client_id: str, by: str, now: datetime) -> int:
    await store.queries.close_client(conn, id=client_id, at=now)
    keys = [row async for row in store.queries.revoke_keys(conn, client_id=client_id, by=by, at=now)]
    await announce(conn, f"client:{client_id}")
    return len(keys)
