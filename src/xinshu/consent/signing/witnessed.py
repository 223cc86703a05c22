"""Signing with password and one-time code before a witness: weaker, so only for purposes that admit it.

The person proves again who it is, whatever session is open; a member of the platform's staff who was there confirms it,
and only then is the authorisation in force.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from xinshu.consent.errors import SignatureRefusedError
from xinshu.consent.purposes import Method
from xinshu.consent.signing.model import Evidence, SignatureRecord, Signer, ToSign
from xinshu.members.accounts.model import Opened
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.accounts.sign_in import SignInService
from xinshu.members.model import Caller
from xinshu.store import Database

Reauthenticate = Callable[[str, str, str, Caller], Awaitable[UUID]]
"""`(login, password, one-time code, caller)`: the account that these prove, once; otherwise a XinshuError."""


class WitnessedSigning:
    """Password and one-time code, confirmed by a witness."""

    method: Method = "witnessed"

    def __init__(self, reauthenticate: Reauthenticate) -> None:
        self._reauthenticate = reauthenticate

    async def begin(self, signing: ToSign, account: UUID) -> dict[str, Any]:
        """Nothing is needed."""
        return {}

    async def verify(self, signing: ToSign, evidence: Evidence, signer: Signer, now: datetime) -> SignatureRecord:
        """Evidence: `login`, `password` and `code`; none of them is kept."""
        given = [evidence.get(name) for name in ("login", "password", "code")]
        if not all(isinstance(one, str) and one for one in given):
            raise SignatureRefusedError(
                "缺少登录名、密码或验证码", hint="填写登录名、密码和 6 位验证码", reason="evidence_missing"
            )
        login, password, code = (str(one) for one in given)
        if await self._reauthenticate(login, password, code, signer.caller) != signer.account:
            raise SignatureRefusedError("登录名不是签署人的账户", hint="用本人的账户签署", reason="another_account")
        kept = {"factors": ["password", "code"]}
        return SignatureRecord(self.method, f"account:{signer.account}", kept, witness=True)


class SignInAgain:
    """`Reauthenticate` by a whole sign-in, counted and logged as any other, whose session ends at once."""

    def __init__(self, db: Database, sign_in: SignInService, sessions: SessionService) -> None:
        self._db = db
        self._sign_in = sign_in
        self._sessions = sessions

    async def __call__(self, login: str, password: str, code: str, caller: Caller) -> UUID:
        """The account. Raises SignInFailedError, SecondFactorFailedError, AccountUnusableError, and
        SignatureRefusedError for an account without one-time codes."""
        browser = secrets.token_urlsafe(32)
        answer = await self._sign_in.with_password(login, password, caller, browser)
        if isinstance(answer, Opened):
            await self._end(answer)
            raise SignatureRefusedError(
                "账户没有启用验证码,不能以密码签署", hint="先启用验证码,或用通行密钥签署", reason="second_factor"
            )
        opened = await self._sign_in.with_code(answer.challenge, code, caller, browser)
        await self._end(opened)
        return opened.account.id

    async def _end(self, opened: Opened) -> None:
        async with self._db.transaction() as conn:
            await self._sessions.end(conn, opened.token)
