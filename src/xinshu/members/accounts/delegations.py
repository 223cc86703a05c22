"""Delegations: a legal representative lets others act for the firm, within a scope and between two days.

A delegation counts from its first to its last day inclusive (China's calendar), while it is not ended and the account
that granted it is active. A delegate cannot delegate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from xinshu.core.clock import Clock
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import DelegationInvalidError, DelegationNotFoundError
from xinshu.members.accounts.invitations import InvitationService
from xinshu.members.accounts.model import Account, AccountState, Delegation
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.events import record
from xinshu.members.permissions import Access
from xinshu.store import Database


@dataclass(frozen=True)
class Listed:
    """A delegation with the delegate as shown."""

    delegation: Delegation
    name: str
    login: str
    account_state: AccountState


@dataclass(frozen=True)
class DelegationPage:
    """One page, newest first."""

    total: int
    delegations: tuple[Listed, ...]


@dataclass(frozen=True)
class Granted:
    """A new delegation; `token`: the invitation of a delegate who had no account yet."""

    delegation: Delegation
    token: str | None


@dataclass(frozen=True)
class NewDelegate:
    """A person who gets an account in order to act for the firm."""

    login: str
    name: str
    person: Person


class DelegationService:
    """Grants, lists and ends delegations."""

    def __init__(self, db: Database, clock: Clock, sessions: SessionService, invitations: InvitationService) -> None:
        self._db = db
        self._clock = clock
        self._sessions = sessions
        self._invitations = invitations

    async def grant(
        self, access: Access, delegate: NewDelegate | UUID, scope: Sequence[str], valid_from: date, valid_to: date
    ) -> Granted:
        """Let a new person, or one who has an account of the firm, act for it.

        Raises DelegationInvalidError, ForbiddenError, and what an invitation raises.
        """
        who, now = access.principal, self._clock.now()
        access.check(subject=who.subject)
        assert who.subject is not None  # noqa: S101  (own-subject holds)
        roles = rules.check_delegation(scope, valid_from, valid_to, self._clock.today())
        async with self._db.transaction() as conn:
            token = None
            if isinstance(delegate, NewDelegate):
                invited = await self._invitations.invite_delegate(
                    conn, delegate.login, delegate.name, who.subject, who.id, delegate.person, access.caller.address
                )
                account_id, token = invited.account_id, invited.token
            else:
                account_id = (await self._known(conn, delegate, who.subject)).id
            number = await queries.insert_delegation(
                conn, subject_code=who.subject, account_id=account_id, granted_by=_own_id(access), scope=list(roles),
                valid_from=valid_from, valid_to=valid_to, now=now,
            )  # fmt: skip
            await record(
                conn, now, "rights", "delegation_granted", principal=who.id, target=f"account:{account_id}",
                address=access.caller.address, delegation=number, scope=roles, valid_from=str(valid_from),
                valid_to=str(valid_to),
            )  # fmt: skip
            await self._sessions.announce(conn, account_id)
            return Granted(Delegation.of(await queries.delegation(conn, id=number)), token)

    async def page(self, access: Access, subject_code: str | None, page: int, page_size: int) -> DelegationPage:
        """What the caller may see, newest first."""
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.list_delegations(
                    conn, scopes=access.scopes, subject_code=subject_code, size=page_size, skip=(page - 1) * page_size
                )
            ]
        listed = tuple(
            Listed(Delegation.of(row), row["name"], row["login"], AccountState(row["account_state"])) for row in rows
        )
        return DelegationPage(rows[0]["total"] if rows else 0, listed)

    async def end(self, access: Access, number: int) -> Delegation:
        """End a delegation at once; the delegate's next request is refused. Raises DelegationNotFoundError, also for
        one of another firm, and when it has ended."""
        now = self._clock.now()
        async with self._db.transaction() as conn:
            row = await queries.delegation(conn, id=number)
            if row is None or not access.verdict(subject=row["subject_code"]).allowed:
                raise DelegationNotFoundError(f"没有经办授权 {number}", hint="用列表核对编号")
            account_id = await queries.end_delegation(conn, id=number, by=access.principal.id, now=now)
            if account_id is None:
                raise DelegationNotFoundError(f"经办授权 {number} 已终止", hint="无须再操作")
            await record(
                conn, now, "rights", "delegation_ended", principal=access.principal.id, target=f"account:{account_id}",
                address=access.caller.address, delegation=number,
            )  # fmt: skip
            await self._sessions.announce(conn, account_id)
            return Delegation.of(await queries.delegation(conn, id=number))

    async def _known(self, conn: Any, account_id: UUID, subject: str) -> Account:
        row = await queries.account_for_update(conn, id=account_id)
        account = Account.of(row) if row is not None else None
        if (
            account is None
            or account.subject_code != subject
            or account.roles
            or account.state not in (AccountState.INVITED, AccountState.ACTIVE)
        ):
            raise DelegationInvalidError("没有这样的本企业经办人账户", hint="写经办人的登录名和姓名,新邀请一位")
        return account


def _own_id(access: Access) -> UUID:
    return UUID(access.principal.id.partition(":")[2])
