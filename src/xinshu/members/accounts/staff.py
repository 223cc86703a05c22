"""Accounts of others: looking, inviting, changing roles, suspending, closing, handing out again.

Every verb takes the `Access` of its route's guard, and checks with it the account it is about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import AccountNotFoundError, AccountStateError, SecondPersonError
from xinshu.members.accounts.invitations import InvitationService, Invited
from xinshu.members.accounts.model import STATE_NAMES, Account, AccountState
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import MemberKind, Principal, Strength
from xinshu.members.permissions import Access
from xinshu.members.permissions.table import Permissions
from xinshu.store import Database

OPEN = (AccountState.INVITED, AccountState.PENDING, AccountState.ACTIVE, AccountState.SUSPENDED)

RESETTABLE = (AccountState.INVITED, AccountState.ACTIVE)


@dataclass(frozen=True)
class AccountPage:
    """One page, newest first."""

    total: int
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Changes:
    """What is to change; None: stays. `unlimited` takes the last day away."""

    name: str | None = None
    roles: Sequence[str] | None = None
    valid_to: date | None = None
    unlimited: bool = False
    person: Person | None = None


class AccountService:
    """Accounts as others manage them."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        table: Permissions,
        sealer: Sealer,
        sessions: SessionService,
        invitations: InvitationService,
    ) -> None:
        self._db = db
        self._clock = clock
        self._table = table
        self._sealer = sealer
        self._sessions = sessions
        self._invitations = invitations

    async def page(
        self, access: Access, member_id: str | None, state: AccountState | None, page: int, page_size: int
    ) -> AccountPage:
        """What the caller may see, newest first."""
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.list_accounts(
                    conn, scopes=access.scopes, own=not access.principal.of_platform, member_id=member_id,
                    state=state.value if state is not None else None, size=page_size, skip=(page - 1) * page_size,
                )
            ]  # fmt: skip
        return AccountPage(rows[0]["total"] if rows else 0, tuple(Account.of(row) for row in rows))

    async def get(self, access: Access, account_id: UUID) -> Account:
        """One account. Raises AccountNotFoundError, ForbiddenError."""
        async with self._db.acquire() as conn:
            return await self._checked(conn, access, account_id, "account")

    async def person(self, account: Account) -> Person:
        """Its telephone, e-mail and citizen number, masked."""
        opened = await asyncio.to_thread(Person.opened, self._sealer, account.person_sealed, account.id)
        return opened.masked()

    async def invite(
        self, access: Access, login: str, name: str, member_id: str, roles: Sequence[str], person: Person,
        valid_to: date | None,
    ) -> Invited:  # fmt: skip
        """A new account of a member. Raises ForbiddenError, SecondPersonError, and what `invite_staff` raises."""
        access.check(member=member_id, account=f"account:{uuid4()}")  # somebody else than the caller, whoever it is
        async with self._db.transaction() as conn:
            alone = await self._refuse_alone(conn, access, member_id, "邀请")
            made = await self._invitations.invite_staff(
                conn, login, name, member_id, roles, access.principal.id, person=person, valid_to=valid_to,
                address=access.caller.address,
            )  # fmt: skip
            if alone:
                await self._record(conn, access, await self._read(conn, made.account_id), "acted_alone", verb="invite")
            return made

    async def change(self, access: Access, account_id: UUID, changes: Changes) -> Account:
        """Raises RolesRefusedError, PersonInvalidError, AccountStateError, AccountNotFoundError, ForbiddenError,
        SecondPersonError."""
        async with self._db.transaction() as conn:
            account = await self._locked(conn, access, account_id, OPEN, "修改")
            roles = account.roles
            if changes.roles is not None:
                if account.member_id is None:
                    raise AccountStateError("企业用户的角色不能直接修改", hint="由核验与经办授权决定")
                kind = MemberKind(await queries.member_kind(conn, member_id=account.member_id))
                roles = rules.check_roles(self._table, kind, changes.roles)
            if roles != account.roles and await self._refuse_alone(conn, access, account.member_id, "修改角色"):
                await self._record(conn, access, account, "acted_alone", verb="roles")
            sealed = account.person_sealed
            if changes.person is not None:
                person = changes.person.checked(self._clock.today())
                sealed = await asyncio.to_thread(person.sealed, self._sealer, account.id)
            name = changes.name.strip() if changes.name is not None else account.name
            valid_to = None if changes.unlimited else changes.valid_to or account.valid_to
            await queries.update_account(
                conn, id=account.id, name=name, roles=list(roles), person_sealed=sealed, valid_to=valid_to,
                now=self._clock.now(),
            )  # fmt: skip
            details: dict[str, Any] = {"valid_to": str(valid_to) if valid_to != account.valid_to else None}
            if roles != account.roles:
                details |= {"roles": list(roles), "before": list(account.roles)}
            await self._record(conn, access, account, "account_changed", **details)
            await self._sessions.announce(conn, account.id)
            await self._announce_dependants(conn, account)
            return await self._read(conn, account.id)

    async def suspend(self, access: Access, account_id: UUID) -> Account:
        """Refuse the account everything until it is resumed; its sessions end. Raises as `change`."""
        async with self._db.transaction() as conn:
            account = await self._locked(conn, access, account_id, (AccountState.ACTIVE,), "停用")
            await self._set_state(conn, access, account, AccountState.SUSPENDED, "account_suspended")
            await self._sessions.end_all(conn, account.id)
            await self._announce_dependants(conn, account)
            return await self._read(conn, account.id)

    async def resume(self, access: Access, account_id: UUID) -> Account:
        """Let a suspended account act again. Raises as `change`."""
        async with self._db.transaction() as conn:
            account = await self._locked(conn, access, account_id, (AccountState.SUSPENDED,), "恢复")
            await self._set_state(conn, access, account, AccountState.ACTIVE, "account_resumed")
            await self._announce_dependants(conn, account)
            return await self._read(conn, account.id)

    async def close(self, access: Access, account_id: UUID) -> Account:
        """End the account for good, with its sessions, invitations, passkeys and delegations. Raises as `change`."""
        async with self._db.transaction() as conn:
            account = await self._locked(conn, access, account_id, OPEN, "关闭")
            await self._announce_dependants(conn, account)
            await self._sessions.end_all(conn, account.id)
            await close(conn, account.id, access.principal.id, self._clock.now())
            await self._record(conn, access, account, "account_closed")
            return await self._read(conn, account.id)

    async def reset(self, access: Access, account_id: UUID) -> Invited:
        """Forget everything that proves the person, end its sessions, and invite it anew. Raises as `change`.

        Whoever holds the invitation could be anybody: a firm's representative is verified anew, a delegate needs a
        new delegation, an operator a second person's word (SecondPersonError).
        """
        async with self._db.transaction() as conn:
            account = await self._locked(conn, access, account_id, RESETTABLE, "重置")
            if await self._refuse_alone(conn, access, account.member_id, "重置"):
                await self._record(conn, access, account, "acted_alone", verb="reset")
            return await self.reset_in(conn, access, account)

    # -- what a second person has confirmed (`proposals`), in its transaction ----------------------------------------

    async def second_needed(self, conn: Any, access: Access, member_id: str | None) -> bool:
        """Whether the caller may not invite, raise or reset somebody of this member alone: an operator's account,
        while the platform has or had another administrator. Whoever has the node itself has the database anyway."""
        return (
            access.principal.strength is not Strength.LOCAL
            and await self._of_operator(conn, member_id)
            and bool(await queries.other_administrators(conn, id=account_of(access.principal)))
        )

    async def _of_operator(self, conn: Any, member_id: str | None) -> bool:
        if member_id is None:
            return False
        return bool(await queries.member_kind(conn, member_id=member_id) == MemberKind.OPERATOR)

    async def _refuse_alone(self, conn: Any, access: Access, member_id: str | None, verb: str) -> bool:
        """Whether the caller acts alone on an operator's account and may. Raises SecondPersonError."""
        if await self.second_needed(conn, access, member_id):
            raise SecondPersonError(
                f"{verb}平台运营人员的账户须两人办理", hint="提出提议(/v1/account-proposals),由另一位平台管理员确认"
            )
        return await self._of_operator(conn, member_id)

    async def locked(self, conn: Any, access: Access, account_id: UUID, states: Sequence[AccountState]) -> Account:
        """An account to be changed, held until the transaction ends. Raises as `change`."""
        return await self._locked(conn, access, account_id, states, "办理")

    async def set_roles_in(self, conn: Any, access: Access, account: Account, roles: Sequence[str], by: str) -> None:
        """Give an account other roles, as proposed by `by`."""
        await queries.update_account(
            conn, id=account.id, name=account.name, roles=list(roles), person_sealed=account.person_sealed,
            valid_to=account.valid_to, now=self._clock.now(),
        )  # fmt: skip
        await self._record(
            conn, access, account, "account_changed", roles=list(roles), before=list(account.roles), proposed_by=by
        )
        await self._sessions.announce(conn, account.id)

    async def reset_in(self, conn: Any, access: Access, account: Account) -> Invited:
        """Forget what proves the person of an account that is held, and invite it anew."""
        await self._set_state(conn, access, account, AccountState.INVITED, "account_reset")
        await queries.forget_factors(conn, id=account.id, now=self._clock.now())
        await queries.forget_challenges_of(conn, account_id=account.id)
        await queries.end_delegations_to(conn, account_id=account.id, by=access.principal.id, now=self._clock.now())
        await self._sessions.end_all(conn, account.id)
        await self._announce_dependants(conn, account)
        return Invited(account.id, await self._invitations.renew(conn, account.id))

    async def unlock(self, access: Access, account_id: UUID) -> Account:
        """Forget the failed attempts. Raises as `change`."""
        async with self._db.transaction() as conn:
            account = await self._locked(conn, access, account_id, OPEN, "解锁")
            await queries.forget_failures(conn, id=account.id)
            await self._record(conn, access, account, "account_unlocked", failures=account.failures)
            return await self._read(conn, account.id)

    async def end_sessions(self, access: Access, account_id: UUID) -> int:
        """Sign the person out everywhere; how many sessions ended. Raises AccountNotFoundError, ForbiddenError."""
        async with self._db.transaction() as conn:
            account = await self._checked(conn, access, account_id, "account_for_update")
            ended = await self._sessions.end_all(conn, account.id)
            await self._record(conn, access, account, "sessions_ended", ended=ended)
            return ended

    async def _locked(
        self, conn: Any, access: Access, account_id: UUID, states: Sequence[AccountState], verb: str
    ) -> Account:
        account = await self._checked(conn, access, account_id, "account_for_update")
        if account.state not in states:
            raise AccountStateError(f"账户{STATE_NAMES[account.state]},不能{verb}", hint="刷新后再看")
        return account

    async def _checked(self, conn: Any, access: Access, account_id: UUID, query: str) -> Account:
        row = await getattr(queries, query)(conn, id=account_id)
        if row is None:
            raise AccountNotFoundError(f"没有账户 {account_id}", hint="用账户列表核对编号")
        account = Account.of(row)
        access.check(member=account.member_id, subject=account.subject_code, account=account.principal)
        return account

    async def _set_state(self, conn: Any, access: Access, account: Account, state: AccountState, code: str) -> None:
        await queries.set_state(conn, id=account.id, state=state.value, now=self._clock.now())
        await self._record(conn, access, account, code)
        await self._sessions.announce(conn, account.id)

    async def _announce_dependants(self, conn: Any, account: Account) -> None:
        async for row in queries.dependants(conn, id=account.id):
            await self._sessions.announce(conn, row["account_id"])

    async def _read(self, conn: Any, account_id: UUID) -> Account:
        return Account.of(await queries.account(conn, id=account_id))

    async def _record(self, conn: Any, access: Access, account: Account, code: str, **details: Any) -> None:
        await record(
            conn, self._clock.now(), "rights", code, principal=access.principal.id, member_id=account.member_id,
            target=account.principal, address=access.caller.address, **details,
        )  # fmt: skip


def account_of(who: Principal) -> UUID | None:
    """The account of a person; None for anybody else."""
    kind, _, name = who.id.partition(":")
    return UUID(name) if kind == "account" else None


async def close(conn: Any, account_id: UUID, by: str, now: datetime) -> int:
    """Close one account with all that opens it and all that depends on it; how many sessions ended."""
    ended: int = await queries.end_sessions_of(conn, account_id=account_id, but=None)
    await queries.set_state(conn, id=account_id, state=AccountState.CLOSED.value, now=now)
    await queries.forget_factors(conn, id=account_id, now=now)
    await queries.forget_challenges_of(conn, account_id=account_id)
    await queries.void_invitations(conn, account_id=account_id)
    await queries.end_delegations_to(conn, account_id=account_id, by=by, now=now)
    async for row in queries.end_delegations_from(conn, granted_by=account_id, by=by, now=now):
        await announce(conn, f"account:{row['account_id']}")
    await announce(conn, f"account:{account_id}")
    return ended


async def close_all_of_member(conn: Any, member_id: str, by: str, now: datetime) -> dict[str, int]:
    """Close all accounts of a member that leaves: how many accounts were closed and sessions ended."""
    ids = [row["id"] async for row in queries.accounts_of_member(conn, member_id=member_id)]
    sessions = 0
    for account_id in ids:
        sessions += await close(conn, account_id, by, now)
        await record(
            conn, now, "rights", "account_closed", principal=by, member_id=member_id, target=f"account:{account_id}"
        )
    return {"accounts": len(ids), "sessions": sessions}
