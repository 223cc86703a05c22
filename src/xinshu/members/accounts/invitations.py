"""Invitations: a link with which one person, once and within a week, chooses a password."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import InvitationInvalidError, LoginTakenError, MemberMissingError
from xinshu.members.accounts.model import Account, AccountState
from xinshu.members.accounts.passwords import Hasher, check_password
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.principals import queries
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import Caller, MemberKind
from xinshu.members.permissions.table import Permissions
from xinshu.store import Database

VALID = timedelta(days=7)


@dataclass(frozen=True)
class Invited:
    """A new account and the token of its invitation, which is shown once and handed over by another way."""

    account_id: UUID
    token: str = field(repr=False)


async def invited(conn: Any, digest: bytes, now: datetime) -> Account | None:
    """The account that an invitation (`token_digest`) opens; None when it is unknown, used or expired."""
    account_id = await queries.invitation(conn, digest=digest, now=now)
    row = await queries.account(conn, id=account_id) if account_id is not None else None
    account = Account.of(row) if row is not None else None
    return account if account is not None and account.state is AccountState.INVITED else None


async def use(conn: Any, digest: bytes, now: datetime, caller: Caller) -> Account:
    """Use up an invitation, in the transaction that gives the account its means of signing in: it is active now.

    A legal representative's, made anew by a reset, is verified anew: else who reset it could sign for the firm.
    Raises InvitationInvalidError.
    """
    found = await invited(conn, digest, now)
    row = await queries.account_for_update(conn, id=found.id) if found is not None else None
    if row is None or row["state"] != AccountState.INVITED.value:
        raise invalid()
    if await queries.use_invitation(conn, digest=digest, now=now) is None:
        raise invalid()
    state = AccountState.PENDING if rules.REPRESENTATIVE in row["roles"] else AccountState.ACTIVE
    await queries.set_state(conn, id=row["id"], state=state.value, now=now)
    account = Account.of(await queries.account(conn, id=row["id"]))
    await record(
        conn, now, "rights", "invitation_accepted", principal=account.principal, member_id=account.member_id,
        target=account.principal, address=caller.address,
    )  # fmt: skip
    await announce(conn, account.principal)
    return account


def invalid() -> InvitationInvalidError:
    """What is said of an invitation that opens nothing."""
    return InvitationInvalidError("邀请无效、已使用或已过期", hint="邀请 7 天内有效、只能用一次;请邀请人重新发出")


class InvitationService:
    """Makes accounts that wait for their person, and hands them over to whoever brings the token."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        table: Permissions,
        hasher: Hasher,
        sealer: Sealer,
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._db = db
        self._clock = clock
        self._table = table
        self._hasher = hasher
        self._sealer = sealer
        self._random_text = random_text

    # -- inviting: whether `by` may do it is the caller's to check ---------------------------------------------------

    async def invite(self, conn: Any, *, login: str, name: str, member_id: str, roles: Sequence[str], by: str) -> str:
        """`invite_staff` for members that come in: the token of their first administrator's invitation."""
        return (await self.invite_staff(conn, login, name, member_id, roles, by)).token

    async def invite_staff(
        self,
        conn: Any,
        login: str,
        name: str,
        member_id: str,
        roles: Sequence[str],
        by: str,
        *,
        person: Person | None = None,
        valid_to: date | None = None,
        address: str | None = None,
    ) -> Invited:
        """A person of a member. Raises MemberMissingError, RolesRefusedError, LoginInvalidError, LoginTakenError,
        PersonInvalidError."""
        kind = await queries.member_kind(conn, member_id=member_id)
        if kind is None:
            raise MemberMissingError(f"没有成员 {member_id}", hint="用成员列表核对编号")
        wanted = rules.check_roles(self._table, MemberKind(kind), roles)
        return await self._insert(
            conn, login, name, by, address, person or Person(), member_id=member_id, roles=list(wanted),
            valid_to=valid_to, subject_code=None,
        )  # fmt: skip

    async def invite_delegate(
        self, conn: Any, login: str, name: str, subject_code: str, by: str, person: Person, address: str | None
    ) -> Invited:
        """A person of a firm, whose rights are those of its delegations alone. Raises LoginInvalidError,
        LoginTakenError, PersonInvalidError."""
        return await self._insert(
            conn, login, name, by, address, person, member_id=None, roles=[], valid_to=None, subject_code=subject_code
        )

    async def _insert(
        self, conn: Any, login: str, name: str, by: str, address: str | None, person: Person, **columns: Any
    ) -> Invited:
        now, account_id = self._clock.now(), uuid4()
        kept = person.checked(self._clock.today())
        inserted = await queries.insert_account(
            conn, id=account_id, login=rules.check_login(login), name=name.strip(), state=AccountState.INVITED.value,
            person_sealed=await asyncio.to_thread(kept.sealed, self._sealer, account_id),
            citizen_index=await asyncio.to_thread(kept.citizen_index, self._sealer),
            password_hash=None, password_set_at=None, created_by=by, now=now, **columns,
        )  # fmt: skip
        if inserted is None:
            raise LoginTakenError(f"登录名 {rules.normalise_login(login)} 已被使用", hint="换一个登录名")
        await record(
            conn, now, "rights", "account_invited", principal=by, member_id=columns["member_id"],
            target=f"account:{account_id}", address=address, roles=columns["roles"],
        )  # fmt: skip
        return Invited(account_id, await self.renew(conn, account_id))

    async def renew(self, conn: Any, account_id: UUID) -> str:
        """The token of a new invitation; earlier ones of the account no longer serve."""
        token = self._random_text(32)
        await queries.void_invitations(conn, account_id=account_id)
        await queries.insert_invitation(
            conn, digest=token_digest(token), account_id=account_id, expires_at=self._clock.now() + VALID
        )
        return token

    # -- accepting ---------------------------------------------------------------------------------------------------

    async def accept(self, token: str, password: str, caller: Caller) -> Account:
        """Choose the password with an invitation; of two at the same moment one succeeds.

        A password that is refused does not use up the invitation. Raises InvitationInvalidError, WeakPasswordError.
        """
        now, digest = self._clock.now(), token_digest(token)
        async with self._db.acquire() as conn:
            account = await invited(conn, digest, now)
        if account is None:
            raise await self._refused(caller)
        check_password(password, account.login, account.name)
        kept = await self._hasher.hash(password)
        try:
            async with self._db.transaction() as conn:
                account = await use(conn, digest, now, caller)
                await queries.set_password(conn, id=account.id, hash=kept, now=now)
                return Account.of(await queries.account(conn, id=account.id))
        except InvitationInvalidError:
            raise await self._refused(caller) from None

    async def _refused(self, caller: Caller) -> InvitationInvalidError:
        async with self._db.acquire() as conn:
            await record(conn, self._clock.now(), "refused", InvitationInvalidError.code, address=caller.address)
        return invalid()


def token_digest(token: str) -> bytes:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
