"""Sessions of persons: opened at sign-in, proved by a cookie, ended by sign-out, idleness, age or a change of rights.

The cookie holds 256 random bits, the table their SHA-256. A verified session is kept in memory while changes of rights
are heard at once (`Freshness`); its end by idleness and age is looked at on every request.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.responses import Response

from xinshu.core.clock import Clock
from xinshu.core.errors import XinshuError
from xinshu.members.accounts.cross_site import SAFE, csrf_token, refuse_cross_site, refuse_forged
from xinshu.members.accounts.errors import (
    AccountUnusableError,
    CrossSiteError,
    CsrfError,
    SessionExpiredError,
    SessionInvalidError,
    SessionNotFoundError,
)
from xinshu.members.accounts.model import Account, Opened, Session
from xinshu.members.accounts.principals import principal_of, queries
from xinshu.members.events import record
from xinshu.members.freshness import Freshness, announce
from xinshu.members.model import Caller, Principal, Strength
from xinshu.members.permissions.table import Permissions
from xinshu.store import Database

SEEN_EVERY = timedelta(minutes=1)  # how often use is written down; a session may end that much too early, never late
KEPT_IN_MEMORY = 10_000
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
_AGENT_MAX = 200


@dataclass
class _Verified:
    """A session that was looked up."""

    session: Session
    principal: Principal
    day: date
    seen_at: datetime


class SessionService:
    """Opens, proves and ends sessions. `origin`: that of the node's pages; https: the cookie travels by TLS only."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        freshness: Freshness,
        table: Permissions,
        *,
        origin: str,
        idle: timedelta = timedelta(minutes=30),
        lifetime: timedelta = timedelta(hours=12),
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._db = db
        self._clock = clock
        self._freshness = freshness
        self._table = table
        self._secure = origin.startswith("https://")
        self._random_text = random_text
        self._verified: dict[bytes, _Verified] = {}
        self._changes = 0
        self.origin = origin
        self.idle = idle
        self.lifetime = lifetime
        self.cookie = "__Host-xinshu" if self._secure else "xinshu-session"
        freshness.on_change(self._changed)

    # -- opening -----------------------------------------------------------------------------------------------------

    async def open(
        self, conn: Any, account: Account, strength: Strength, caller: Caller, *, how: str, replacing: str | None = None
    ) -> Opened:
        """A new session after a sign-in that proved the person, and a line in the log, in the transaction of `conn`.

        `how` names the way for the log: password, totp, recovery_code, passkey, oidc, sign_up. `replacing`: the cookie
        that the browser sent, whose session ends. Raises AccountUnusableError.
        """
        now = self._clock.now()
        opened = await self._insert(conn, account, strength, caller, now, now + self.lifetime, replacing)
        await queries.signed_in(conn, id=account.id, now=now)
        await queries.forget_sessions(conn, seen_before=now - self.idle)
        await record(
            conn, now, "sign_in", "signed_in", principal=account.principal, member_id=account.member_id,
            address=caller.address, how=how, strength=strength.value,
        )  # fmt: skip
        return opened

    async def step_up(self, conn: Any, account: Account, strength: Strength, caller: Caller, cookie: str) -> Opened:
        """A new session in the place of the present one, whose end stays: after a stronger proof or a new password.

        Raises SessionInvalidError, AccountUnusableError.
        """
        row = await queries.session(conn, digest=_digest(cookie))
        if row is None or row["account_id"] != account.id:
            raise _ended()
        return await self._insert(conn, account, strength, caller, self._clock.now(), row["expires_at"], cookie)

    async def _insert(
        self, conn: Any, account: Account, strength: Strength, caller: Caller, now: datetime, expires_at: datetime,
        replacing: str | None,
    ) -> Opened:  # fmt: skip
        principal = await principal_of(conn, account, strength, self._table, self._clock.today())
        if replacing is not None:
            await self.end(conn, replacing)
        token = self._random_text(32)
        await queries.insert_session(
            conn, digest=_digest(token), account_id=account.id, strength=strength.value, now=now,
            expires_at=expires_at, address=caller.address, agent=caller.agent[:_AGENT_MAX],
        )  # fmt: skip
        session = Session.of(await queries.session(conn, digest=_digest(token)))
        return Opened(token, csrf_token(token), principal, account, session, account.failures, account.signed_in_at)

    def set_cookie(self, response: Response, opened: Opened) -> None:
        """Hand the session to the browser, until it is closed."""
        response.set_cookie(self.cookie, opened.token, path="/", secure=self._secure, httponly=True, samesite="lax")

    def clear_cookie(self, response: Response) -> None:
        """Take the session from the browser."""
        response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    # -- proving -----------------------------------------------------------------------------------------------------

    async def authenticate(self, cookie: str, caller: Caller, method: str, headers: Mapping[str, str]) -> Principal:
        """Who calls with this cookie. `headers`: by names in lower case.

        Raises SessionInvalidError, SessionExpiredError, AccountUnusableError (401); for a change also CsrfError and
        CrossSiteError (403). Where the account is known, the security log names it.
        """
        if _FORM.fullmatch(cookie) is None:
            raise _ended()
        digest = _digest(cookie)
        found = self._from_memory(digest) or await self._look_up(digest, caller)
        if method.upper() not in SAFE:
            try:
                refuse_forged(method, headers, cookie, self.origin)
            except (CrossSiteError, CsrfError) as error:
                await self._record_refusal(error.code, caller, found.principal)
                raise
        await self._touch(digest, found)
        return found.principal

    def refuse_cross_site(self, method: str, headers: Mapping[str, str]) -> None:
        """For public routes that change something. Raises CrossSiteError."""
        refuse_cross_site(method, headers, self.origin)

    def csrf_of(self, cookie: str) -> str:
        """The token that changes must carry."""
        return csrf_token(cookie)

    def _from_memory(self, digest: bytes) -> _Verified | None:
        found = self._verified.get(digest)
        now = self._clock.now()
        if (
            found is None
            or not self._freshness.live
            or found.day != self._clock.today()
            or now >= min(found.session.expires_at, found.seen_at + self.idle)
        ):
            return None
        return found

    async def _look_up(self, digest: bytes, caller: Caller) -> _Verified:
        changes = self._changes
        now, today = self._clock.now(), self._clock.today()
        try:
            async with self._db.acquire() as conn:
                row = await queries.session(conn, digest=digest)
                if row is not None:
                    session = Session.of(row)
                    account = Account.of(await queries.account(conn, id=session.account_id))
                    if now >= min(session.expires_at, session.seen_at + self.idle):
                        raise SessionExpiredError("登录已超时", hint="重新登录")
                    principal = await principal_of(conn, account, session.strength, self._table, today)
        except (SessionExpiredError, AccountUnusableError) as error:
            await self._refuse(digest, account, error, caller)
            raise
        if row is None:
            raise _ended()
        found = _Verified(session, principal, today, session.seen_at)
        if self._freshness.live and changes == self._changes:  # nothing was heard while we looked
            if len(self._verified) >= KEPT_IN_MEMORY:
                self._verified.clear()
            self._verified[digest] = found
        return found

    async def _refuse(self, digest: bytes, account: Account, error: XinshuError, caller: Caller) -> None:
        async with self._db.transaction() as conn:
            await queries.end_session(conn, digest=digest)
            await record(
                conn, self._clock.now(), "refused", error.code, principal=account.principal,
                member_id=account.member_id, address=caller.address, **error.details,
            )  # fmt: skip

    async def _touch(self, digest: bytes, found: _Verified) -> None:
        now = self._clock.now()
        if now - found.seen_at < SEEN_EVERY:
            return
        async with self._db.acquire() as conn:
            if await queries.touch_session(conn, digest=digest, now=now) is None:
                self._verified.pop(digest, None)
                raise _ended()
        found.seen_at = now

    async def _record_refusal(self, code: str, caller: Caller, principal: Principal) -> None:
        async with self._db.acquire() as conn:
            await record(
                conn, self._clock.now(), "refused", code, principal=principal.id, member_id=principal.member_id,
                address=caller.address,
            )  # fmt: skip

    def _changed(self, what: str) -> None:
        """A member's standing bears on its branches too, so any member's change forgets all."""
        self._changes += 1
        kind, _, _ = what.partition(":")
        if kind == "account":
            self._verified = {key: one for key, one in self._verified.items() if one.principal.id != what}
        elif kind in ("all", "member"):
            self._verified.clear()

    async def announce(self, conn: Any, account_id: UUID) -> None:
        """Tell all processes that an account's rights changed; this one forgets at once."""
        self._changed(f"account:{account_id}")
        await announce(conn, f"account:{account_id}")

    # -- looking and ending ------------------------------------------------------------------------------------------

    async def current(self, conn: Any, cookie: str) -> Session:
        """The session of a cookie that `authenticate` has accepted. Raises SessionInvalidError when it has ended."""
        row = await queries.session(conn, digest=_digest(cookie))
        if row is None:
            raise _ended()
        return Session.of(row)

    async def of_account(self, conn: Any, account_id: UUID) -> list[Session]:
        """The open sessions of an account, last used first."""
        now = self._clock.now()
        rows = queries.sessions_of(conn, account_id=account_id, seen_after=now - self.idle, now=now)
        return [Session.of(row) async for row in rows]

    async def end(self, conn: Any, cookie: str) -> None:
        """End the session of a cookie, if there is one."""
        account_id = await queries.end_session(conn, digest=_digest(cookie))
        if account_id is not None:
            await self.announce(conn, account_id)

    async def end_named(self, conn: Any, account_id: UUID, name: str) -> None:
        """End one session of an account by its id. Raises SessionNotFoundError."""
        if await queries.end_session_named(conn, account_id=account_id, name=name) is None:
            raise SessionNotFoundError("没有这个登录会话,或已结束", hint="刷新列表")
        await self.announce(conn, account_id)

    async def end_all(self, conn: Any, account_id: UUID, but: str | None = None) -> int:
        """End all sessions of an account, except that of the cookie `but`; how many there were."""
        kept = _digest(but) if but is not None else None
        count: int = await queries.end_sessions_of(conn, account_id=account_id, but=kept)
        await self.announce(conn, account_id)
        return count


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()


def _ended() -> SessionInvalidError:
    return SessionInvalidError("没有登录,或登录已结束", hint="重新登录")
