"""Firm users: a legal representative signs up, an operator compares the evidence with the register and decides.

The answer to a sign-up is the same whether name and number fit the register or not: nobody learns from it who a firm's
legal representative is. The facts are shown to the operator alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from xinshu.core.clock import Clock
from xinshu.core.identifiers import check_uscc, has_errors
from xinshu.core.text import normalise_name, upper_code
from xinshu.crypto import Sealer
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import (
    AccountNotFoundError,
    AccountStateError,
    LoginTakenError,
    PersonInvalidError,
    RepresentativeError,
)
from xinshu.members.accounts.model import STATE_NAMES, Account, AccountState, Opened
from xinshu.members.accounts.passwords import Hasher, check_password
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.accounts.staff import AccountPage, close
from xinshu.members.events import record
from xinshu.members.model import Caller, Strength
from xinshu.members.permissions import Access
from xinshu.store import Database

Registered = tuple[str, bytes | None]
RepresentativeOf = Callable[[str], Awaitable[Registered | None]]
"""A firm's code → the registered legal representative's name and, where known, the digest of the citizen number
(domain `person.CITIZEN_DOMAIN`); None for a firm that is not registered."""


@dataclass(frozen=True)
class Application:
    """What somebody writes who wants to act for a firm as its legal representative."""

    code: str
    name: str
    login: str
    password: str | None = field(repr=False)
    person: Person


@dataclass(frozen=True)
class Facts:
    """What the register says about an applicant. `citizen_no_matches`: None when the register has no number.

    `representatives`: who acts as the firm's legal representative here until now.
    """

    firm_registered: bool
    name_matches: bool
    citizen_no_matches: bool | None
    representatives: tuple[Account, ...]

    @property
    def approvable(self) -> bool:
        """Whether nothing that is registered speaks against the applicant."""
        return self.firm_registered and self.name_matches and self.citizen_no_matches is not False


class FirmAccountService:
    """Sign-up and verification of legal representatives."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sessions: SessionService,
        hasher: Hasher,
        sealer: Sealer,
        representative_of: RepresentativeOf,
    ) -> None:
        self._db = db
        self._clock = clock
        self._sessions = sessions
        self._hasher = hasher
        self._sealer = sealer
        self._representative_of = representative_of

    async def sign_up(self, application: Application, caller: Caller) -> Opened:
        """An account that waits for verification, and a session in which its person adds a passkey or a code.

        Raises PersonInvalidError, LoginInvalidError, LoginTakenError, WeakPasswordError.
        """
        code, login, name = upper_code(application.code), rules.check_login(application.login), application.name.strip()
        if has_errors(check_uscc(code)):
            raise PersonInvalidError("统一社会信用代码有误", hint="对照营业执照核对", field="code")
        person = application.person.checked(self._clock.today())
        now, account_id, kept = self._clock.now(), uuid4(), None
        if application.password is not None:
            check_password(application.password, login, name)
            kept = await self._hasher.hash(application.password)
        sealed = await asyncio.to_thread(person.sealed, self._sealer, account_id)
        index = await asyncio.to_thread(person.citizen_index, self._sealer)
        async with self._db.transaction() as conn:
            inserted = await queries.insert_account(
                conn, id=account_id, login=login, name=name, member_id=None, subject_code=code, roles=[],
                state=AccountState.PENDING.value, person_sealed=sealed, citizen_index=index, password_hash=kept,
                password_set_at=now if kept is not None else None, valid_to=None, created_by=f"account:{account_id}",
                now=now,
            )  # fmt: skip
            if inserted is None:
                raise LoginTakenError(f"登录名 {login} 已被使用", hint="换一个登录名")
            await record(
                conn, now, "rights", "firm_account_applied", principal=f"account:{account_id}",
                target=f"account:{account_id}", address=caller.address,
            )  # fmt: skip
            account = Account.of(await queries.account(conn, id=account_id))
            strength = Strength.PASSWORD if kept is not None else Strength.NONE
            return await self._sessions.open(conn, account, strength, caller, how="sign_up")

    async def page(
        self, access: Access, subject_code: str | None, state: AccountState | None, page: int, page_size: int
    ) -> AccountPage:
        """What the caller may see, oldest first."""
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.list_firm_accounts(
                    conn, scopes=access.scopes, subject_code=subject_code,
                    state=state.value if state is not None else None, size=page_size, skip=(page - 1) * page_size,
                )
            ]  # fmt: skip
        return AccountPage(rows[0]["total"] if rows else 0, tuple(Account.of(row) for row in rows))

    async def get(self, access: Access, account_id: UUID) -> tuple[Account, Person, Facts]:
        """A firm user, masked, and what the register says. Raises AccountNotFoundError, ForbiddenError."""
        async with self._db.acquire() as conn:
            account = await self._checked(conn, access, account_id)
        registered = await self._registered(account)
        async with self._db.acquire() as conn:
            facts = await self._facts(conn, account, registered)
        opened = await asyncio.to_thread(Person.opened, self._sealer, account.person_sealed, account.id)
        return account, opened.masked(), facts

    async def decide(self, access: Access, account_id: UUID, approve: bool, replace: bool, note: str) -> Account:
        """Approve or refuse a waiting applicant; `note`: the evidence that was looked at.

        Another legal representative of the firm stays, unless `replace`, and the register does not name that person
        any more: then that account is closed and its delegations end. Raises RepresentativeError, AccountStateError,
        AccountNotFoundError, ForbiddenError.
        """
        now, by = self._clock.now(), access.principal.id
        async with self._db.acquire() as conn:
            found = await self._checked(conn, access, account_id)
        registered = await self._registered(found)
        async with self._db.transaction() as conn:
            await queries.lock_firm(conn, subject_code=found.subject_code)
            account = Account.of(await queries.account_for_update(conn, id=account_id))
            if account.state is not AccountState.PENDING:
                raise AccountStateError(f"账户{STATE_NAMES[account.state]},不在待核验状态", hint="刷新列表")
            if approve:
                await self._make_room(conn, access, account, registered, replace)
                roles = [rules.REPRESENTATIVE]
                await queries.approve_account(conn, id=account.id, roles=roles, by=by, note=note, now=now)
                await self._sessions.end_all(conn, account.id)  # more rights: a new session
            else:
                await close(conn, account.id, by, now)
                await queries.refuse_account(conn, id=account.id, by=by, note=note, now=now)
            await record(
                conn, now, "rights", "firm_account_approved" if approve else "firm_account_refused", principal=by,
                target=account.principal, address=access.caller.address,
            )  # fmt: skip
            await self._sessions.announce(conn, account.id)
            return Account.of(await queries.account(conn, id=account.id))

    async def _make_room(
        self, conn: Any, access: Access, account: Account, registered: Registered | None, replace: bool
    ) -> None:
        facts = await self._facts(conn, account, registered)
        if not facts.approvable:
            raise RepresentativeError(
                "申请人与登记信息不符,不能核验通过" if facts.firm_registered else "平台没有这家企业的登记信息",
                hint="驳回申请,或待登记信息更新后再核验",
                firm_registered=facts.firm_registered,
                name_matches=facts.name_matches,
                citizen_no_matches=facts.citizen_no_matches,
            )
        for former in facts.representatives:
            if normalise_name(former.name) == normalise_name(account.name) or not replace:
                raise RepresentativeError(
                    f"该企业已有法定代表人账户 {former.login}",
                    hint="法定代表人已变更登记的,选择“替换”;同一人请重置原账户的登录方式",
                )
            await self._sessions.end_all(conn, former.id)
            async for row in queries.dependants(conn, id=former.id):
                await self._sessions.announce(conn, row["account_id"])
            await close(conn, former.id, access.principal.id, self._clock.now())
            await record(
                conn, self._clock.now(), "rights", "representative_replaced", principal=access.principal.id,
                target=former.principal, address=access.caller.address, successor=account.principal,
            )  # fmt: skip

    async def _registered(self, account: Account) -> Registered | None:
        """What the register says, asked while no connection is held: it has its own."""
        assert account.subject_code is not None  # noqa: S101  (firm users only)
        return await self._representative_of(account.subject_code)

    async def _facts(self, conn: Any, account: Account, registered: Registered | None) -> Facts:
        rows = queries.representatives(conn, subject_code=account.subject_code, role=rules.REPRESENTATIVE)
        others = tuple([Account.of(row) async for row in rows if row["id"] != account.id])
        if registered is None:
            return Facts(False, False, None, others)
        name, index = registered
        same = None if index is None or account.citizen_index is None else index == account.citizen_index
        return Facts(True, normalise_name(name) == normalise_name(account.name), same, others)

    async def _checked(self, conn: Any, access: Access, account_id: UUID) -> Account:
        row = await queries.account(conn, id=account_id)
        if row is None or row["subject_code"] is None:
            raise AccountNotFoundError(f"没有企业用户 {account_id}", hint="用列表核对编号")
        account = Account.of(row)
        access.check(subject=account.subject_code, account=account.principal)
        return account
