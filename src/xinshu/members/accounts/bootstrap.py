"""The first operator of a node, let in by a token that serves once.

Works while no account of an operator exists. The token's digest is kept, so that a file put back, or a setting left
behind, with the same token opens nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from xinshu.core.clock import Clock
from xinshu.core.identifiers import check_uscc, has_errors
from xinshu.core.text import upper_code
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import (
    BootstrapClosedError,
    BootstrapRefusedError,
    LoginTakenError,
    PersonInvalidError,
)
from xinshu.members.accounts.model import Account, AccountState
from xinshu.members.accounts.passwords import Hasher, check_password
from xinshu.members.accounts.principals import queries
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import Caller, member_id
from xinshu.store import Database

ADMINISTRATOR = "operator-admin"


class FirstToken(Protocol):
    """Where the token is kept (`node.access`)."""

    def read(self) -> str | None:
        """The token; None when there is none."""
        ...

    def matches(self, given: str) -> bool:
        """Whether it is the token, in constant time."""
        ...

    def make(self) -> None:
        """Make one where there is none."""
        ...

    def destroy(self) -> None:
        """Remove it from where it is kept."""
        ...


@dataclass(frozen=True)
class FirstOperator:
    """The member that operates the node, and its first administrator."""

    login: str
    name: str
    password: str
    member_code: str
    member_name: str

    def __repr__(self) -> str:
        return f"FirstOperator({self.login!r})"


class BootstrapService:
    """Makes the operator of a new node."""

    def __init__(self, db: Database, clock: Clock, hasher: Hasher, token: FirstToken) -> None:
        self._db = db
        self._clock = clock
        self._hasher = hasher
        self._token = token

    async def settle(self) -> bool:
        """At the start of a node: a token where its operator is still to come, none where it is there.

        Whether the node has its operator.
        """
        async with self._db.acquire() as conn:
            exists: bool = await queries.operator_exists(conn)
        if exists:
            self._token.destroy()
        else:
            self._token.make()
        return exists

    async def with_token(self, token: str, first: FirstOperator, caller: Caller) -> Account:
        """Over the network. Raises BootstrapRefusedError, BootstrapClosedError and as `locally`."""
        if not self._token.matches(token):
            async with self._db.acquire() as conn:
                code = BootstrapRefusedError.code
                await record(conn, self._clock.now(), "bootstrap", code, address=caller.address)
            raise BootstrapRefusedError("初始化令牌不正确,或已用过", hint="令牌在节点的 home/admin-token,只能用一次")
        return await self._create(first, f"bootstrap:{caller.address}", caller.address)

    async def locally(self, first: FirstOperator, by: str) -> Account:
        """By whoever has the node itself; a token that waits is used up too.

        Raises BootstrapClosedError, WeakPasswordError, LoginInvalidError, PersonInvalidError.
        """
        return await self._create(first, by, None)

    async def _create(self, first: FirstOperator, by: str, address: str | None) -> Account:
        login, name, code = rules.check_login(first.login), first.name.strip(), upper_code(first.member_code)
        if has_errors(check_uscc(code)):
            raise PersonInvalidError(f"统一社会信用代码 {code} 有误", hint="对照证书核对", field="member_code")
        check_password(first.password, login, name)
        kept = await self._hasher.hash(first.password)
        token = self._token.read()
        async with self._db.transaction() as conn:
            account = await self._insert(conn, login, name, kept, code, first.member_name.strip(), token, by)
            await record(
                conn, self._clock.now(), "bootstrap", "operator_created", principal=by, member_id=account.member_id,
                target=account.principal, address=address,
            )  # fmt: skip
        self._token.destroy()
        return account

    async def _insert(
        self, conn: Any, login: str, name: str, kept: str, code: str, member_name: str, token: str | None, by: str
    ) -> Account:
        now, own_id, account_id = self._clock.now(), member_id(code), uuid4()
        digest = hashlib.sha256(token.encode()).digest() if token is not None else None
        await queries.lock_bootstrap(conn)
        used = digest is not None and await queries.bootstrap_token_used(conn, digest=digest)
        if used or await queries.operator_exists(conn):
            raise BootstrapClosedError("本节点已有平台运营账户,初始化令牌不再起作用", hint="由平台管理员邀请其他人员")
        if await queries.insert_operator(conn, id=own_id, code=code, name=member_name, by=by, now=now) is None:
            raise BootstrapClosedError(f"成员 {code} 已存在", hint="核对平台运营单位的代码")
        note = "节点初始化"
        await queries.insert_operator_step(conn, member_id=own_id, by=by, by_name=by, note=note, now=now)
        inserted = await queries.insert_account(
            conn, id=account_id, login=login, name=name, member_id=own_id, subject_code=None, roles=[ADMINISTRATOR],
            state=AccountState.ACTIVE.value, person_sealed=None, citizen_index=None, password_hash=kept,
            password_set_at=now, valid_to=None, created_by=by, now=now,
        )  # fmt: skip
        if inserted is None:
            raise LoginTakenError(f"登录名 {login} 已被使用", hint="换一个登录名")
        if digest is not None:
            await queries.use_bootstrap_token(conn, digest=digest, account_id=account_id, now=now)
        await announce(conn, f"member:{own_id}")
        return Account.of(await queries.account(conn, id=account_id))
