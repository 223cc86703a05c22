"""From an account to who acts: roles that fit, the member's limits, a firm's delegations of today."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from xinshu.core.clock import Clock
from xinshu.members import directory
from xinshu.members.accounts import rules
from xinshu.members.accounts.model import Account, AccountState, Delegation
from xinshu.members.model import Principal, Strength
from xinshu.members.permissions.table import Permissions
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.members.accounts")


async def principal_of(conn: Any, account: Account, strength: Strength, table: Permissions, today: date) -> Principal:
    """Who acts with the account today. Raises AccountUnusableError."""
    if account.member_id is not None:
        return await _of_member(conn, account, strength, table, today)
    rows = queries.delegations_of(conn, account_id=account.id, today=today)
    delegations = [Delegation.of(row) async for row in rows]
    rules.refuse_unusable(account, None, delegations, today)
    roles = rules.firm_roles(account, delegations, today)
    subject = account.subject_code if account.state is AccountState.ACTIVE else None
    return Principal(account.principal, account.name, roles, subject=subject, strength=strength)


async def _of_member(conn: Any, account: Account, strength: Strength, table: Permissions, today: date) -> Principal:
    assert account.member_id is not None  # noqa: S101
    standing = await directory.standing(conn, account.member_id)
    assert standing is not None  # noqa: S101  (a foreign key)
    rules.refuse_unusable(account, standing.ref.state, (), today)
    possible = table.roles_of(standing.ref.kind, "person")
    return Principal(
        account.principal,
        account.name,
        frozenset(account.roles).intersection(possible),
        standing.ref,
        members=standing.members,
        items=standing.items,
        regions=standing.regions,
        strength=strength,
    )


class Principals:
    """Looks up who somebody else would be, for explanations."""

    def __init__(self, db: Database, clock: Clock, table: Permissions) -> None:
        self._db = db
        self._clock = clock
        self._table = table

    async def by_id(self, principal_id: str) -> Principal | None:
        """The person behind `account:<uuid>`, signed in as strongly as its factors allow; None when there is none.

        Raises AccountUnusableError when the account may not be used today.
        """
        kind, _, rest = principal_id.partition(":")
        try:
            account_id = UUID(rest)
        except ValueError:
            return None
        async with self._db.acquire() as conn:
            row = await queries.account(conn, id=account_id)
            if kind != "account" or row is None:
                return None
            account = Account.of(row)
            strength = Strength.MULTI if account.has_factor else Strength.PASSWORD
            return await principal_of(conn, account, strength, self._table, self._clock.today())
