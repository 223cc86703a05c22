"""Counting of attempts, in the database so that it holds across processes and restarts.

Failures are counted where they come from, so that a stranger who guesses locks himself out and not the owner; and for
the account as a whole, more patiently, so that a stranger with many addresses does not guess on. Browsers in which the
account was signed in to before are places of their own, which the whole account's lock does not touch.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any
from uuid import UUID

from xinshu.members.accounts import rules
from xinshu.members.accounts.model import Account
from xinshu.members.accounts.principals import queries
from xinshu.members.events import record
from xinshu.members.model import Caller


@dataclass(frozen=True)
class Place:
    """From where an attempt comes. `kind`: network, browser or session; `known`: the account's own."""

    kind: str
    name: str

    @property
    def known(self) -> bool:
        """Whether the person has proven itself there before."""
        return self.kind != "network"

    @property
    def key(self) -> str:
        """As it is kept."""
        return f"{self.kind}:{self.name}"


SESSION = Place("session", "")
"""An attempt by whoever has an open session of the account: to prove the old password."""


@dataclass(frozen=True)
class Attempt:
    """An attempt that is counted: the how manieth it is that is open or failed, at its place and of all."""

    here: int
    total: int


async def place_of(conn: Any, account_id: UUID, caller: Caller, browser: str | None) -> Place:
    """The browser, where the account knows it, else the network. `browser`: its name (`Browsers`)."""
    if browser is not None:
        digest = _digest(browser)
        if await queries.browser_is_known(conn, account_id=account_id, digest=digest):
            return Place("browser", digest.hex())
    return Place("network", network_of(caller.address))


async def reserve(conn: Any, account: Account, place: Place, now: datetime) -> Attempt | None:
    """Count an attempt before it is judged; None while the account is locked for this place.

    Whoever asks a hundred times at once gets five answers. Success forgets the count.
    """
    async with conn.transaction():
        await queries.lock_attempts(conn, id=account.id)
        await queries.forget_old_places(conn, before=now - rules.PLACES_KEPT)
        row = await queries.reserve_attempt(
            conn, id=account.id, place=place.key, known=place.known, now=now, limit=rules.FAILURES_ALLOWED,
            most=rules.FAILURES_OF_ALL, locked_until=rules.lock_ends(now),
        )  # fmt: skip
    return Attempt(row["failures"], row["total"]) if row is not None else None


async def release(conn: Any, account_id: UUID, place: Place) -> None:
    """Undo `reserve`: neither a failure nor a success."""
    await queries.release_attempt(conn, id=account_id, place=place.key, most=rules.FAILURES_OF_ALL)


async def failed(
    conn: Any, account: Account, attempt: Attempt | None, place: Place, now: datetime, caller: Caller, how: str
) -> None:
    """Write down a failed attempt: as reserved, None when the account was locked."""
    await record(
        conn, now, "sign_in", "locked" if attempt is None else "failed", principal=account.principal,
        member_id=account.member_id, address=caller.address, how=how, place=place.kind,
    )  # fmt: skip
    if attempt is None:
        return
    for scope, number, limit in (
        (place.kind, attempt.here, rules.FAILURES_ALLOWED),
        ("account", attempt.total, rules.FAILURES_OF_ALL),
    ):
        if number % limit == 0:
            await record(
                conn, now, "sign_in", "account_locked", principal=account.principal, member_id=account.member_id,
                address=caller.address, failures=number, place=scope,
            )  # fmt: skip


async def succeeded(conn: Any, account_id: UUID, place: Place | None, browser: str | None, now: datetime) -> None:
    """Somebody has signed in to the account: the count at the place is forgotten, the browser known from now on."""
    if place is not None:
        await queries.forget_place(conn, id=account_id, place=place.key)
    if browser is not None:
        await queries.know_browser(conn, account_id=account_id, digest=_digest(browser), now=now)
        await queries.forget_browsers(
            conn, account_id=account_id, most=rules.BROWSERS_MOST, before=now - rules.BROWSERS_KEPT
        )


def network_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or a customer's /64 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped is not None else f"{int(parsed) >> 64:x}::/64"


def _digest(browser: str) -> bytes:
    return hashlib.sha256(browser.encode()).digest()
