"""Signing in: a password, then a one-time or recovery code where the account has such.

An answer never tells an unknown login from a wrong password or a locked account, neither by words nor by time.
"""

from __future__ import annotations

import asyncio
import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.members.accounts import attempts, rules, totp
from xinshu.members.accounts.errors import AccountUnusableError, SecondFactorFailedError, SignInFailedError
from xinshu.members.accounts.model import Account, Opened
from xinshu.members.accounts.passwords import Hasher
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.challenges import ChallengeInvalidError, issue, redeem
from xinshu.members.events import record
from xinshu.members.model import Caller, Strength
from xinshu.store import Database

KIND = "second-factor"
LIFETIME = timedelta(minutes=5)
FAILING_TAKES = 0.4


@dataclass(frozen=True)
class CodeWanted:
    """The password was right; a code has to follow, from the same browser, within `seconds`."""

    challenge: str = field(repr=False)
    seconds: int


class SignInService:
    """Opens sessions for those who prove who they are."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sessions: SessionService,
        hasher: Hasher,
        sealer: Sealer,
        *,
        failing_takes: float = FAILING_TAKES,
    ) -> None:
        """`failing_takes`: seconds that a failed attempt takes at least, so that its course does not show in them."""
        self._db = db
        self._clock = clock
        self._sessions = sessions
        self._hasher = hasher
        self._sealer = sealer
        self._failing_takes = failing_takes

    async def with_password(
        self, login: str, password: str, caller: Caller, browser: str, replacing: str | None = None
    ) -> Opened | CodeWanted:
        """`browser`: its name (`Browsers`); `replacing`: the session cookie it sent, whose session ends.

        Raises SignInFailedError, SignInBusyError; AccountUnusableError when all was right but the account is suspended
        or expired.
        """
        began = asyncio.get_running_loop().time()
        try:
            return await self._with_password(rules.normalise_login(login), password, caller, browser, replacing)
        except SignInFailedError:
            await asyncio.sleep(self._failing_takes - (asyncio.get_running_loop().time() - began))
            raise

    async def _with_password(
        self, login: str, password: str, caller: Caller, browser: str, replacing: str | None
    ) -> Opened | CodeWanted:
        now = self._clock.now()
        account, attempt, place = None, None, None
        if rules.is_login(login):
            async with self._db.acquire() as conn:
                row = await queries.account_by_login(conn, login=login)
                if row is not None:
                    account = Account.of(row)
                    place = await attempts.place_of(conn, account.id, caller, browser)
                    attempt = await attempts.reserve(conn, account, place, now)
        kept = account.password_hash if account is not None and attempt is not None else None
        right = await self._hasher.verify(kept, password)
        if account is None or place is None:
            await self._unknown(login, caller)
            raise SignInFailedError
        if kept is None or not right:
            await self._failed(account, attempt, place, caller, "password")
            raise SignInFailedError
        renewed = await self._hasher.hash(password) if self._hasher.outdated(kept) else kept
        async with self._db.transaction() as conn:
            current = Account.of(await queries.account_for_update(conn, id=account.id))
            if current.password_hash == kept != renewed:
                await queries.rehash(conn, id=account.id, hash=renewed)
            changed = current.password_hash not in (kept, renewed)
            if not changed and current.totp_sealed is not None:
                await attempts.release(conn, account.id, place)
                return await self._ask(conn, account, browser)
        if changed:
            raise SignInFailedError
        return await self._open(account, Strength.PASSWORD, caller, "password", replacing, place, browser)

    async def with_code(
        self, challenge: str, code: str, caller: Caller, browser: str | None, replacing: str | None = None
    ) -> Opened:
        """Finish a sign-in that asked for a code: of the authenticator, or a recovery code.

        Raises ChallengeInvalidError, ChallengeExpiredError, SecondFactorFailedError (whose `details.challenge` is for
        the next attempt), AccountUnusableError.
        """
        now = self._clock.now()
        try:
            async with self._db.transaction() as conn:
                asked = await redeem(conn, now, KIND, _bytes(challenge), browser)
        except ChallengeInvalidError as error:
            async with self._db.acquire() as conn:
                await record(conn, now, "sign_in", error.code, address=caller.address, how="second_factor")
            raise
        async with self._db.acquire() as conn:
            account = Account.of(await queries.account(conn, id=asked.account_id))
            place = await attempts.place_of(conn, account.id, caller, browser)
            attempt = await attempts.reserve(conn, account, place, now)
        proof = await self._read(account, code) if attempt is not None else _Proof()
        async with self._db.acquire() as conn:
            how = await self._use(conn, account, proof)
        if how is not None:
            return await self._open(account, Strength.MULTI, caller, how, replacing, place, browser)
        await self._failed(account, attempt, place, caller, "second_factor")
        async with self._db.transaction() as conn:
            again = await self._ask(conn, account, browser or "")
        raise SecondFactorFailedError(
            "验证码不正确、已用过,或账户因多次失败暂时锁定",
            hint="等下一个验证码再试,或用恢复码;核对手机时间",
            challenge=again.challenge,
        )

    async def _open(
        self, account: Account, strength: Strength, caller: Caller, how: str, replacing: str | None,
        place: attempts.Place, browser: str | None,
    ) -> Opened:  # fmt: skip
        try:
            async with self._db.transaction() as conn:
                current = Account.of(await queries.account_for_update(conn, id=account.id))
                before = replace(current, failures=max(current.failures - 1, 0))  # without the present attempt
                opened = await self._sessions.open(conn, before, strength, caller, how=how, replacing=replacing)
                await attempts.succeeded(conn, account.id, place, browser, self._clock.now())
                return opened
        except AccountUnusableError as error:
            async with self._db.transaction() as conn:
                await attempts.release(conn, account.id, place)
                await record(
                    conn, self._clock.now(), "sign_in", error.code, principal=account.principal,
                    member_id=account.member_id, address=caller.address, how=how, **error.details,
                )  # fmt: skip
            raise

    async def _failed(
        self, account: Account, attempt: attempts.Attempt | None, place: attempts.Place, caller: Caller, how: str
    ) -> None:
        async with self._db.transaction() as conn:
            await attempts.failed(conn, account, attempt, place, self._clock.now(), caller, how)

    async def _ask(self, conn: Any, account: Account, browser: str) -> CodeWanted:
        challenge = await issue(conn, self._clock.now(), KIND, browser, LIFETIME, account.id)
        return CodeWanted(urlsafe_b64encode(challenge).decode(), int(LIFETIME.total_seconds()))

    async def _read(self, account: Account, code: str) -> _Proof:
        """What the code could be: the step of a one-time code, or the digest of a recovery code."""
        if account.totp_sealed is None:
            return _Proof()
        typed = totp.recovery_code(code)
        if typed is not None:
            domain = totp.recovery_domain(account.id)
            return _Proof(digest=await asyncio.to_thread(self._sealer.index, typed, domain))
        secret = await asyncio.to_thread(self._sealer.open, account.totp_sealed, totp.secret_place(account.id))
        return _Proof(step=totp.matching_step(secret, code, self._clock.now()))

    async def _use(self, conn: Any, account: Account, proof: _Proof) -> str | None:
        """Use up what was shown: how it was proven, or None when it was not, or had been used."""
        used, how = None, "totp"
        if proof.step is not None:
            used = await queries.use_totp_step(conn, id=account.id, sealed=account.totp_sealed, step=proof.step)
        elif proof.digest is not None:
            how, now = "recovery_code", self._clock.now()
            used = await queries.use_recovery_code(conn, account_id=account.id, digest=proof.digest, now=now)
        return how if used is not None else None

    async def _unknown(self, login: str, caller: Caller) -> None:
        """People type their password into the wrong field: of an unknown login only a keyed digest is kept."""
        typed = login.encode("utf-8", "replace").decode()
        digest = await asyncio.to_thread(self._sealer.index, typed, "unknown-login")
        async with self._db.acquire() as conn:
            await record(
                conn, self._clock.now(), "sign_in", "failed", address=caller.address, how="password",
                unknown_login=digest.hex()[:16],
            )  # fmt: skip


@dataclass(frozen=True)
class _Proof:
    step: int | None = None
    digest: bytes | None = None


def _bytes(challenge: str) -> bytes:
    try:
        return urlsafe_b64decode(challenge)
    except (ValueError, binascii.Error):
        raise ChallengeInvalidError("本次登录不存在或已用过", hint="回到登录页,重新输入密码") from None
