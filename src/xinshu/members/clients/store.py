"""Reading and writing clients and their keys."""

from __future__ import annotations

from typing import Any

import orjson

from xinshu.members.clients.model import Client, ClientKey, ClientPage, ClientState
from xinshu.store import load_queries

queries = load_queries("xinshu.members.clients")


async def find(conn: Any, client_id: str, *, lock: bool = False) -> Client | None:
    """The client, or None; with `lock`, held until the transaction ends."""
    row = await (queries.lock_client if lock else queries.find_client)(conn, id=client_id)
    return client_of(row) if row is not None else None


async def page(
    conn: Any, scopes: str, own: bool, member_id: str | None, state: str | None, number: int, size: int
) -> ClientPage:
    """One page of what `scopes` lets through; `own`: for persons of the member, whose former rounds are not theirs."""
    found = queries.list_clients(
        conn, scopes=scopes, own=own, member_id=member_id, state=state, size=size, skip=(number - 1) * size
    )
    rows = [row async for row in found]
    return ClientPage(rows[0]["total"] if rows else 0, tuple(client_of(row) for row in rows))


async def keys(conn: Any, client_id: str) -> tuple[ClientKey, ...]:
    """All keys the client has or had, those in force first."""
    return tuple([key_of(row) async for row in queries.list_keys(conn, client_id=client_id)])


async def key(conn: Any, client_id: str, kid: str) -> ClientKey | None:
    """The key of that name, or None."""
    row = await queries.find_key(conn, client_id=client_id, kid=kid)
    return key_of(row) if row is not None else None


def client_of(row: Any) -> Client:
    """From a row of `client`."""
    return Client(
        id=row["id"],
        member_id=row["member_id"],
        name=row["name"],
        roles=tuple(row["roles"]),
        sandbox=row["sandbox"],
        networks=tuple(row["networks"]),
        certificate_bound=row["certificate_bound"],
        certificates=tuple(row["certificates"]),
        state=ClientState(row["state"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


def key_of(row: Any) -> ClientKey:
    """From a row of `client_key`."""
    return ClientKey(
        kid=row["kid"],
        jwk=orjson.loads(row["jwk"]),
        thumbprint=row["thumbprint"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        revoked_by=row["revoked_by"],
    )
