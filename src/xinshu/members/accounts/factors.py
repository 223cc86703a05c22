"""What persons do with their own means of signing in: password, one-time codes, recovery codes."""

from __future__ import annotations

import asyncio
import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.members.accounts import attempts, rules, totp
from xinshu.members.accounts.errors import EnrolmentError, OldPasswordError, SignInAgainError
from xinshu.members.accounts.model import Account, Opened, Session
from xinshu.members.accounts.passwords import Hasher, check_password
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.challenges import ChallengeInvalidError, issue, redeem
from xinshu.members.events import record
from xinshu.members.model import STRONG, Caller, Strength
from xinshu.store import Database

KIND = "totp-enrolment"
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class Enrolment:
    """A new secret, shown once; it counts when a code of it is confirmed."""

    enrolment: str
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    seconds: int


async def require_may_add_factor(conn: Any, session: Session, now: datetime) -> Account:
    """The session's account, locked for the transaction, if the session may add a means of signing in to it.

    Raises SignInAgainError: whoever knows the password only, or found an open session, adds no key beside the one that
    guards the account.
    """
    account = Account.of(await queries.account_for_update(conn, id=session.account_id))
    if not rules.may_add_factor(account, session, now):
        raise SignInAgainError("账户已有第二因素,须在最近十分钟内以它登录", hint="用验证码或通行密钥重新登录后再添加")
    return account


class FactorService:
    """Changes of one's own password and codes. `issuer`: the name an authenticator application shows."""

    def __init__(
        self, db: Database, clock: Clock, sessions: SessionService, hasher: Hasher, sealer: Sealer, issuer: str
    ) -> None:
        self._db = db
        self._clock = clock
        self._sessions = sessions
        self._hasher = hasher
        self._sealer = sealer
        self._issuer = issuer

    # -- one-time codes ----------------------------------------------------------------------------------------------

    async def begin_totp(self, cookie: str, browser: str) -> Enrolment:
        """A secret for an authenticator application. Raises SignInAgainError."""
        secret = totp.new_secret()
        async with self._db.transaction() as conn:
            session = await self._sessions.current(conn, cookie)
            account = await require_may_add_factor(conn, session, self._clock.now())
            sealed = await asyncio.to_thread(self._sealer.seal, secret, totp.secret_place(account.id))
            enrolment = await self._ask(conn, account.id, browser, sealed)
        return Enrolment(
            enrolment, secret, totp.uri(secret, account.login, self._issuer), int(LIFETIME.total_seconds())
        )

    async def confirm_totp(
        self, cookie: str, enrolment: str, code: str, browser: str | None, caller: Caller
    ) -> tuple[Opened, list[str]]:
        """Put the secret in force with a code of it: a new, stronger session, and recovery codes, shown once.

        Raises ChallengeInvalidError, ChallengeExpiredError, EnrolmentError (whose `details.enrolment` is for the next
        attempt), SignInAgainError.
        """
        now = self._clock.now()
        async with self._db.transaction() as conn:
            session = await self._sessions.current(conn, cookie)
            asked = await redeem(conn, now, KIND, _bytes(enrolment), browser)
            if asked.account_id != session.account_id:
                raise _unknown()
        sealed = asked.payload["sealed"]
        secret = await asyncio.to_thread(self._sealer.open, sealed, totp.secret_place(session.account_id))
        step = totp.matching_step(secret, code, now)
        if step is None:
            async with self._db.transaction() as conn:
                again = await self._ask(conn, session.account_id, browser or "", sealed)
            raise EnrolmentError("验证码不正确", hint="输入应用中现在显示的 6 位数字;核对手机时间", enrolment=again)
        codes, digests = await self._new_codes(session.account_id)
        async with self._db.transaction() as conn:
            account = await require_may_add_factor(conn, session, self._clock.now())
            await queries.set_totp(conn, id=account.id, sealed=sealed, step=step, now=now)
            await self._keep_codes(conn, account.id, digests)
            await self._record(conn, account, "totp_enrolled", caller)
            strength = session.strength if session.strength in STRONG else Strength.MULTI
            return await self._sessions.step_up(conn, await _read(conn, account.id), strength, caller, cookie), codes

    async def remove_totp(self, cookie: str, caller: Caller) -> None:
        """Do without one-time and recovery codes. Raises SignInAgainError."""
        async with self._db.transaction() as conn:
            account = await self._recently_proven(conn, cookie)
            await queries.set_totp(conn, id=account.id, sealed=None, step=None, now=self._clock.now())
            await queries.forget_recovery_codes(conn, account_id=account.id)
            await self._record(conn, account, "totp_removed", caller)

    async def renew_recovery_codes(self, cookie: str, caller: Caller) -> list[str]:
        """Ten new ones, shown once; the old ones no longer serve. Raises SignInAgainError."""
        async with self._db.acquire() as conn:
            session = await self._sessions.current(conn, cookie)
        codes, digests = await self._new_codes(session.account_id)
        async with self._db.transaction() as conn:
            account = await self._recently_proven(conn, cookie)
            if account.totp_sealed is None:
                raise SignInAgainError("没有启用验证码,用不到恢复码", hint="先启用验证码")
            await self._keep_codes(conn, account.id, digests)
            await self._record(conn, account, "recovery_codes_renewed", caller)
        return codes

    async def _new_codes(self, account_id: UUID) -> tuple[list[str], list[bytes]]:
        codes, domain = totp.new_recovery_codes(), totp.recovery_domain(account_id)
        plain = [totp.recovery_code(code) or "" for code in codes]
        return codes, await asyncio.to_thread(lambda: [self._sealer.index(code, domain) for code in plain])

    async def _keep_codes(self, conn: Any, account_id: UUID, digests: list[bytes]) -> None:
        await queries.forget_recovery_codes(conn, account_id=account_id)
        for digest in digests:
            await queries.insert_recovery_code(conn, account_id=account_id, digest=digest)

    async def _ask(self, conn: Any, account_id: UUID, browser: str, sealed: str) -> str:
        challenge = await issue(conn, self._clock.now(), KIND, browser, LIFETIME, account_id, sealed=sealed)
        return urlsafe_b64encode(challenge).decode()

    # -- password ----------------------------------------------------------------------------------------------------

    async def change_password(self, cookie: str, old: str | None, new: str, caller: Caller) -> Opened:
        """A new password, proven by the old one or a strong sign-in within ten minutes; all other sessions end.

        Raises OldPasswordError, SignInAgainError, WeakPasswordError.
        """
        now = self._clock.now()
        async with self._db.acquire() as conn:
            session = await self._sessions.current(conn, cookie)
            account = await _read(conn, session.account_id)
        if old is not None:
            await self._prove(account, old, caller)
        elif not rules.is_recent(session.strength, session.created_at, now):
            raise _again()
        check_password(new, account.login, account.name)
        kept = await self._hasher.hash(new)
        async with self._db.transaction() as conn:
            current = Account.of(await queries.account_for_update(conn, id=account.id))
            if current.password_hash != account.password_hash:  # changed since we looked
                raise _again()
            await queries.set_password(conn, id=account.id, hash=kept, now=now)
            await queries.forget_challenges_of(conn, account_id=account.id)
            await self._record(conn, account, "password_changed", caller)
            opened = await self._sessions.step_up(conn, current, session.strength, caller, cookie)
            await self._sessions.end_all(conn, account.id, but=opened.token)
            return opened

    async def _prove(self, account: Account, old: str, caller: Caller) -> None:
        """Whoever found an open session must not be able to guess the password with it."""
        now = self._clock.now()
        async with self._db.acquire() as conn:
            attempt = await attempts.reserve(conn, account, attempts.SESSION, now)
        kept = account.password_hash if attempt is not None else None
        if await self._hasher.verify(kept, old):
            async with self._db.acquire() as conn:
                await attempts.release(conn, account.id, attempts.SESSION)
            return
        async with self._db.transaction() as conn:
            await attempts.failed(conn, account, attempt, attempts.SESSION, now, caller, "old_password")
        raise OldPasswordError("原密码不正确,或账户因多次失败暂时锁定", hint="核对后再试,或重新登录后十分钟内修改")

    # -- shared ------------------------------------------------------------------------------------------------------

    async def codes_left(self, account_id: UUID) -> int:
        """How many recovery codes are unused."""
        async with self._db.acquire() as conn:
            left: int = await queries.recovery_codes_left(conn, account_id=account_id)
            return left

    async def _recently_proven(self, conn: Any, cookie: str) -> Account:
        session: Session = await self._sessions.current(conn, cookie)
        if not rules.is_recent(session.strength, session.created_at, self._clock.now()):
            raise _again()
        return Account.of(await queries.account_for_update(conn, id=session.account_id))

    async def _record(self, conn: Any, account: Account, code: str, caller: Caller) -> None:
        await record(
            conn, self._clock.now(), "rights", code, principal=account.principal, member_id=account.member_id,
            target=account.principal, address=caller.address,
        )  # fmt: skip


async def _read(conn: Any, account_id: UUID) -> Account:
    return Account.of(await queries.account(conn, id=account_id))


def _again() -> SignInAgainError:
    return SignInAgainError("须在最近十分钟内以双因素或通行密钥登录", hint="重新登录后再做")


def _unknown() -> ChallengeInvalidError:
    return ChallengeInvalidError("本次启用不存在或已用过", hint="重新开始启用验证码")


def _bytes(enrolment: str) -> bytes:
    try:
        return urlsafe_b64decode(enrolment)
    except (ValueError, binascii.Error):
        raise _unknown() from None
