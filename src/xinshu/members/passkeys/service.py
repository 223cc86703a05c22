"""What persons do with passkeys: register, list, remove, sign in, sign a digest.

A challenge is used up before its answer is judged; what an answer changes (a new passkey, the counter, a session) and
its line in the security log commit together.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from xinshu.core.clock import Clock
from xinshu.core.errors import XinshuError
from xinshu.crypto import Sealer
from xinshu.members.accounts import attempts
from xinshu.members.accounts import rules as account_rules
from xinshu.members.accounts.errors import AccountUnusableError, InvitationInvalidError, SignInAgainError
from xinshu.members.accounts.factors import require_may_add_factor
from xinshu.members.accounts.invitations import invalid, invited, token_digest, use
from xinshu.members.accounts.model import Account, Opened
from xinshu.members.accounts.principals import queries as accounts
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.challenges import ChallengeInvalidError, issue, redeem
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import STRONG, Caller, Strength
from xinshu.members.passkeys import ceremony
from xinshu.members.passkeys.ceremony import RelyingParty
from xinshu.members.passkeys.errors import (
    PasskeyExistsError,
    PasskeyMalformedError,
    PasskeyNotFoundError,
    PasskeyRefusedError,
)
from xinshu.members.passkeys.model import Passkey
from xinshu.members.passkeys.rules import check_name, check_removal, check_room
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.members.passkeys")

LIFETIME = timedelta(minutes=5)
REGISTER, INVITED, SIGN_IN = "passkey-register", "passkey-invited", "passkey-sign-in"
Response = Mapping[str, Any]


@dataclass(frozen=True)
class Added:
    """A passkey just registered; `opened`: the session that goes with it, None where the present one stays or the
    account may not be used yet."""

    passkey: Passkey
    opened: Opened | None


class PasskeyService:
    """Passkeys of a node."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sessions: SessionService,
        sealer: Sealer,
        party: RelyingParty,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._db = db
        self._clock = clock
        self._sessions = sessions
        self._sealer = sealer
        self._party = party
        self._random_bytes = random_bytes

    async def own(self, cookie: str) -> list[Passkey]:
        """The passkeys of whoever is signed in, oldest first."""
        async with self._db.acquire() as conn:
            return await _passkeys(conn, (await self._sessions.current(conn, cookie)).account_id)

    # -- registering -------------------------------------------------------------------------------------------------

    async def begin(self, cookie: str, browser: str) -> dict[str, Any]:
        """Options for a new passkey of whoever is signed in. Raises SignInAgainError, TooManyPasskeysError."""
        async with self._db.transaction() as conn:
            session = await self._sessions.current(conn, cookie)
            account = await require_may_add_factor(conn, session, self._clock.now())
            return await self._creation(conn, account, REGISTER, browser)

    async def register(self, cookie: str, browser: str | None, name: str, response: Response, caller: Caller) -> Added:
        """Keep a new passkey. A session opened without a strong proof becomes one of strength `passkey`.

        Raises ChallengeInvalidError, ChallengeExpiredError, PasskeyMalformedError, PasskeyRefusedError,
        PasskeyExistsError, PasskeyNameError, TooManyPasskeysError, SignInAgainError.
        """
        name = check_name(name)
        challenge = ceremony.challenge_in(response)
        now = self._clock.now()
        async with self._db.acquire() as conn:
            session = await self._sessions.current(conn, cookie)
        asked = await self._redeem(REGISTER, challenge, browser, caller)
        try:
            async with self._db.transaction() as conn:
                if asked.account_id != session.account_id:
                    raise _not_asked()
                account = await require_may_add_factor(conn, session, now)
                passkey = await self._insert(conn, account, name, challenge, response, caller)
                if session.strength in STRONG:
                    return Added(passkey, None)
                account = await _account(conn, account.id)
                return Added(passkey, await self._sessions.step_up(conn, account, Strength.PASSKEY, caller, cookie))
        except (ChallengeInvalidError, PasskeyRefusedError, PasskeyExistsError) as error:
            await self._refused("refused", error, caller, session.account_id)
            raise

    async def begin_invited(self, token: str, browser: str, caller: Caller) -> dict[str, Any]:
        """Options for the first passkey of whoever holds an invitation. Raises InvitationInvalidError."""
        async with self._db.transaction() as conn:
            account = await invited(conn, token_digest(token), self._clock.now())
            if account is not None:
                return await self._creation(conn, account, INVITED, browser)
        await self._refused("refused", invalid(), caller)
        raise invalid()

    async def register_invited(
        self, token: str, browser: str | None, name: str, response: Response, caller: Caller, replacing: str | None
    ) -> Added:
        """Accept an invitation with a passkey instead of a password, and sign in with it.

        Raises InvitationInvalidError and what `register` raises; what is refused does not use up the invitation.
        """
        name = check_name(name)
        challenge = ceremony.challenge_in(response)
        asked = await self._redeem(INVITED, challenge, browser, caller)
        try:
            async with self._db.transaction() as conn:
                account = await use(conn, token_digest(token), self._clock.now(), caller)
                if asked.account_id != account.id:
                    raise _not_asked()
                passkey = await self._insert(conn, account, name, challenge, response, caller)
                return Added(passkey, await self._open_if_usable(conn, account.id, caller, replacing))
        except (InvitationInvalidError, ChallengeInvalidError, PasskeyRefusedError, PasskeyExistsError) as error:
            await self._refused("refused", error, caller, asked.account_id)
            raise

    async def _open_if_usable(
        self, conn: Any, account_id: UUID, caller: Caller, replacing: str | None
    ) -> Opened | None:
        """None for an account that may be used later only: a delegate before the first day."""
        account = await _account(conn, account_id)
        try:
            async with conn.transaction():
                return await self._sessions.open(
                    conn, account, Strength.PASSKEY, caller, how="passkey", replacing=replacing
                )
        except AccountUnusableError:
            return None

    async def _creation(self, conn: Any, account: Account, kind: str, browser: str) -> dict[str, Any]:
        check_room(account)
        present = [one.known for one in await _passkeys(conn, account.id)]
        challenge = await issue(
            conn, self._clock.now(), kind, browser, LIFETIME, account.id, random_bytes=self._random_bytes
        )
        return ceremony.creation_options(self._party, challenge, account.id.bytes, account.login, account.name, present)

    async def _insert(
        self, conn: Any, account: Account, name: str, challenge: bytes, response: Response, caller: Caller
    ) -> Passkey:
        check_room(account)
        made = ceremony.verify_registration(self._party, challenge, response)
        inserted = await queries.insert_passkey(
            conn, credential_id=made.credential_id, account_id=account.id, public_key=made.public_key,
            sign_count=made.sign_count, transports=list(made.transports), device=made.device, name=name,
            now=self._clock.now(),
        )  # fmt: skip
        if inserted is None:
            raise PasskeyExistsError("这个通行密钥已经登记过", hint="换一个设备或通行密钥")
        await self._rights(conn, account, "passkey_registered", caller, device=made.device)
        return Passkey.of(await queries.passkey_for_update(conn, credential_id=made.credential_id))

    # -- removing ----------------------------------------------------------------------------------------------------

    async def remove(self, cookie: str, credential_id: bytes, caller: Caller) -> None:
        """Remove one's own passkey, shortly after a strong sign-in; other sessions of the account end.

        Raises SignInAgainError, PasskeyNotFoundError, LastFactorError.
        """
        async with self._db.transaction() as conn:
            session = await self._sessions.current(conn, cookie)
            if not account_rules.is_recent(session.strength, session.created_at, self._clock.now()):
                raise SignInAgainError("须在最近十分钟内以双因素或通行密钥登录", hint="重新登录后再做")
            account = Account.of(await accounts.account_for_update(conn, id=session.account_id))
            if credential_id not in [one.credential_id for one in await _passkeys(conn, account.id)]:
                raise PasskeyNotFoundError("账户没有这个通行密钥", hint="刷新列表")
            check_removal(account)
            await queries.remove_passkey(conn, credential_id=credential_id, account_id=account.id)
            await self._rights(conn, account, "passkey_removed", caller)
            await self._sessions.end_all(conn, account.id, but=cookie)

    # -- signing in --------------------------------------------------------------------------------------------------

    async def begin_sign_in(self, login: str | None, browser: str) -> dict[str, Any]:
        """Options for signing in, the same for every login, whether it exists or not: the authenticator itself says
        whose passkey it is. With a `login`, the passkey of another account is refused afterwards.

        A list of the account's passkeys would tell who has an account, and which kinds of keys (WebAuthn level 3,
        14.6.2 and 14.6.3).
        """
        now = self._clock.now()
        async with self._db.transaction() as conn:
            account_id = await self._account_named(conn, login) if login is not None else None
            challenge = await issue(
                conn, now, SIGN_IN, browser, LIFETIME, account_id, random_bytes=self._random_bytes,
                named=login is not None,
            )  # fmt: skip
        return ceremony.request_options(self._party, challenge)

    async def _account_named(self, conn: Any, login: str) -> UUID | None:
        name = account_rules.normalise_login(login)
        row = await accounts.account_by_login(conn, login=name) if account_rules.is_login(name) else None
        return row["id"] if row is not None else None

    async def sign_in(
        self, browser: str | None, response: Response, caller: Caller, replacing: str | None = None
    ) -> Opened:
        """A session of strength `passkey` for whoever proves possession. `replacing`: the cookie the browser sent.

        Raises ChallengeInvalidError, ChallengeExpiredError, PasskeyMalformedError, PasskeyRefusedError,
        PasskeyClonedError, AccountUnusableError; each is written into the security log.
        """
        challenge = ceremony.challenge_in(response)
        credential_id = ceremony.credential_id_in(response)
        handle = ceremony.user_handle_in(response)
        asked = await self._redeem(SIGN_IN, challenge, browser, caller)
        account: Account | None = None
        try:
            async with self._db.transaction() as conn:
                row = await queries.passkey_for_update(conn, credential_id=credential_id)
                if row is None:
                    raise _unknown()
                account = await _account(conn, row["account_id"])
                if asked.payload["named"] and asked.account_id != account.id:
                    raise _unknown()
                if handle != account.id.bytes:
                    raise _unknown()
                await self._use(conn, Passkey.of(row), challenge, response)
                await attempts.succeeded(conn, account.id, None, browser, self._clock.now())
                return await self._sessions.open(
                    conn, account, Strength.PASSKEY, caller, how="passkey", replacing=replacing
                )
        except (PasskeyRefusedError, PasskeyMalformedError, AccountUnusableError) as error:
            await self._refused("sign_in", error, caller, account.id if account is not None else None)
            raise

    # -- signing -----------------------------------------------------------------------------------------------------

    async def options_over(self, conn: Any, account_id: UUID, digest: bytes) -> dict[str, Any]:
        """Options with which the account's passkeys sign a digest of 32 bytes, instead of a random challenge."""
        return ceremony.request_options(
            self._party, _digest(digest), [one.known for one in await _passkeys(conn, account_id)]
        )

    async def verify_assertion_over(self, conn: Any, account_id: UUID, digest: bytes, response: Response) -> Passkey:
        """The passkey of the account that signed the digest, in the transaction of `conn`.

        The digest is the caller's to make unrepeatable: an authenticator without counter signs it any number of times.
        Raises PasskeyMalformedError, PasskeyRefusedError, PasskeyClonedError.
        """
        row = await queries.passkey_for_update(conn, credential_id=ceremony.credential_id_in(response))
        if row is None or row["account_id"] != account_id:
            raise _unknown()
        passkey = Passkey.of(row)
        await self._use(conn, passkey, _digest(digest), response)
        return passkey

    # -- shared ------------------------------------------------------------------------------------------------------

    async def _use(self, conn: Any, passkey: Passkey, challenge: bytes, response: Response) -> None:
        count = ceremony.verify_assertion(self._party, challenge, passkey.known, response)
        await queries.use_passkey(conn, credential_id=passkey.credential_id, sign_count=count, now=self._clock.now())

    async def _redeem(self, kind: str, challenge: bytes, browser: str | None, caller: Caller) -> Any:
        """What was asked, used up for good."""
        try:
            async with self._db.acquire() as conn:
                return await redeem(conn, self._clock.now(), kind, challenge, browser)
        except ChallengeInvalidError as error:
            await self._refused("refused", error, caller)
            raise

    async def _refused(self, kind: str, error: XinshuError, caller: Caller, account_id: UUID | None = None) -> None:
        async with self._db.acquire() as conn:
            account = await _account(conn, account_id) if account_id is not None else None
            await record(
                conn, self._clock.now(), kind, error.code, address=caller.address, how="passkey",
                principal=account.principal if account is not None else None,
                member_id=account.member_id if account is not None else None, **error.details,
            )  # fmt: skip

    async def _rights(self, conn: Any, account: Account, code: str, caller: Caller, **details: Any) -> None:
        await record(
            conn, self._clock.now(), "rights", code, principal=account.principal, member_id=account.member_id,
            target=account.principal, address=caller.address, **details,
        )  # fmt: skip
        await announce(conn, account.principal)


async def _account(conn: Any, account_id: UUID) -> Account:
    return Account.of(await accounts.account(conn, id=account_id))


async def _passkeys(conn: Any, account_id: UUID) -> list[Passkey]:
    return [Passkey.of(row) async for row in queries.passkeys_of(conn, account_id=account_id)]


def _digest(digest: bytes) -> bytes:
    if len(digest) != 32:
        raise ValueError(f"a digest to sign has 32 bytes, not {len(digest)}")
    return digest


def _not_asked() -> ChallengeInvalidError:
    return ChallengeInvalidError("本次操作不是为这个账户开始的", hint="请回到开始的页面,重新操作一次")


def _unknown() -> PasskeyRefusedError:
    return PasskeyRefusedError("通行密钥不符", hint="换一个通行密钥,或用其他方式登录", reason="credential")
