"""Sign-on through a member's OpenID Connect provider: authorisation code with PKCE, state and nonce (RFC 9700).

An account is linked to (issuer, subject) by whoever is signed in with it, or with its invitation; never by an e-mail
address or a name that the provider states.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg

from xinshu.core.clock import Clock
from xinshu.core.errors import XinshuError
from xinshu.members import directory
from xinshu.members.accounts.factors import require_may_add_factor
from xinshu.members.accounts.invitations import invalid, invited, token_digest, use
from xinshu.members.accounts.model import Account, Opened
from xinshu.members.accounts.principals import queries as accounts
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.challenges import Challenge, issue, redeem
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import Caller, Strength
from xinshu.members.sign_on.errors import (
    SignOnAnswerError,
    SignOnKeyUnknownError,
    SignOnLinkedError,
    SignOnMemberError,
    SignOnRefusedError,
    SignOnUnavailableError,
    SignOnUnlinkedError,
)
from xinshu.members.sign_on.providers import Provider, Providers
from xinshu.members.sign_on.remote import Metadata, Remote
from xinshu.members.sign_on.tokens import Identity, check_id_token
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.members.sign_on")

KIND = "sign-on"
LIFETIME = timedelta(minutes=10)
RETURN_TO = r"^/([^/\\\x00-\x20\x7f][^\\\x00-\x20\x7f]*)?$"
"""A path of this node: no other host, no scheme (`//host`, `/\\host`), no control characters."""
_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_ERROR = re.compile(r"[a-z_]{1,64}")
CODE_MAX = 4096


@dataclass(frozen=True)
class Answer:
    """What a provider sent the browser back with."""

    state: str | None = None
    code: str | None = None
    iss: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class SignedOn:
    """A finished sign-on: the session, and the path at which the person goes on."""

    opened: Opened
    return_to: str


class SignOnService:
    """Sends browsers to providers and judges what they come back with. `origin`: that of the node's pages."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sessions: SessionService,
        providers: Providers,
        remote: Remote,
        origin: str,
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._db = db
        self._clock = clock
        self._sessions = sessions
        self._providers = providers
        self._remote = remote
        self._origin = origin
        self._random_text = random_text

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The providers of this node."""
        return self._providers.all()

    # -- going -------------------------------------------------------------------------------------------------------

    async def start(self, name: str, browser: str, return_to: str, caller: Caller) -> str:
        """The address to which the browser goes to sign on.

        Raises SignOnProviderUnknownError, SignOnUnavailableError.
        """
        return await self._go(self._providers.get(name), browser, return_to, caller, "sign_in")

    async def start_link(self, name: str, browser: str, return_to: str, cookie: str, caller: Caller) -> str:
        """As `start`, to link the person to the account that is signed in.

        Raises SignInAgainError: a link is a means of signing in, and is added like one.
        """
        provider = self._providers.get(name)
        async with self._db.transaction() as conn:
            session = await self._sessions.current(conn, cookie)
            account = await require_may_add_factor(conn, session, self._clock.now())
            await _check_link(conn, account, provider)
        return await self._go(provider, browser, return_to, caller, "link", account.id, session=_name(cookie))

    async def start_invited(self, name: str, browser: str, return_to: str, token: str, caller: Caller) -> str:
        """As `start`, to accept an invitation and link its account. Raises InvitationInvalidError."""
        provider, digest = self._providers.get(name), token_digest(token)
        async with self._db.acquire() as conn:
            account = await invited(conn, digest, self._clock.now())
            if account is not None:
                await _check_link(conn, account, provider)
        if account is None:
            await self._refused(provider, invalid(), caller)
            raise invalid()
        return await self._go(provider, browser, return_to, caller, "invited", account.id, invitation=digest.hex())

    async def _go(
        self,
        provider: Provider,
        browser: str,
        return_to: str,
        caller: Caller,
        purpose: str,
        account_id: UUID | None = None,
        **about: Any,
    ) -> str:
        try:
            metadata = await self._remote.metadata(provider)
        except SignOnUnavailableError as error:
            await self._refused(provider, error, caller, account_id)
            raise
        nonce, verifier = self._random_text(32), self._random_text(48)
        async with self._db.transaction() as conn:
            state = await issue(
                conn, self._clock.now(), KIND, browser, LIFETIME, account_id, provider=provider.id, purpose=purpose,
                nonce=nonce, verifier=verifier, return_to=return_to, **about,
            )  # fmt: skip
        asked = {
            "response_type": "code",
            "client_id": provider.file.client_id,
            "redirect_uri": self.redirect_uri(provider),
            "scope": " ".join(provider.file.scopes),
            "state": _text(state),
            "nonce": nonce,
            "code_challenge": _text(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        if provider.file.acr:
            asked["acr_values"] = " ".join(provider.file.acr)
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"

    def redirect_uri(self, provider: Provider) -> str:
        """Where the provider sends browsers back; each provider its own (RFC 9700, 4.4.2)."""
        return f"{self._origin}/v1/sign-on/{provider.id}/callback"

    # -- coming back -------------------------------------------------------------------------------------------------

    async def finish(
        self, name: str, answer: Answer, browser: str | None, caller: Caller, cookie: str | None = None
    ) -> SignedOn:
        """A session of strength `oidc` for whom the provider vouches. `cookie`: the session cookie that was sent.

        Raises ChallengeInvalidError, ChallengeExpiredError, SignOnAnswerError, SignOnRefusedError, SignOnTokenError,
        SignOnUnavailableError, SignOnUnlinkedError, SignOnLinkedError, SignOnMemberError, AccountUnusableError,
        InvitationInvalidError, SignInAgainError; each is written into the security log.
        """
        provider = self._providers.get(name)
        asked: Challenge | None = None
        try:
            asked = await self._redeem(answer.state, browser)
            identity = await self._identity(provider, asked, answer)
            async with self._db.transaction() as conn:
                account = await self._account(conn, provider, asked, identity, caller, cookie)
                opened = await self._sessions.open(conn, account, Strength.OIDC, caller, how="oidc", replacing=cookie)
            return SignedOn(opened, asked.payload["return_to"])
        except XinshuError as error:
            await self._refused(provider, error, caller, asked.account_id if asked is not None else None)
            raise

    async def _redeem(self, state: str | None, browser: str | None) -> Challenge:
        if state is None or _STATE.fullmatch(state) is None:
            raise SignOnAnswerError("返回的 state 缺失或有误", hint="请重新登录", reason="state")
        async with self._db.acquire() as conn:
            return await redeem(conn, self._clock.now(), KIND, base64.urlsafe_b64decode(state + "="), browser)

    async def _identity(self, provider: Provider, asked: Challenge, answer: Answer) -> Identity:
        """Who the person is, by the provider that was asked and no other."""
        if asked.payload["provider"] != provider.id:
            raise SignOnAnswerError("应答来自另一个登录方", hint="请重新登录", reason="provider")
        _check_issuer(provider, await self._remote.metadata(provider), answer.iss)
        if answer.error is not None:
            said = answer.error if _ERROR.fullmatch(answer.error) else "other"
            raise SignOnRefusedError(
                f"{provider.file.name}没有完成登录({said})", hint="请重新登录;仍不成功时联系本单位的管理员", reason=said
            )
        if answer.code is None or not 0 < len(answer.code) <= CODE_MAX:
            raise SignOnAnswerError("返回的授权码缺失或过长", hint="请重新登录", reason="code")
        tokens = await self._remote.tokens(
            provider, answer.code, self.redirect_uri(provider), asked.payload["verifier"]
        )
        token, access_token, nonce = tokens.get("id_token"), tokens.get("access_token"), asked.payload["nonce"]
        try:
            keys = await self._remote.keys(provider)
            return check_id_token(token, keys, provider, nonce, access_token, self._clock.now())
        except SignOnKeyUnknownError:
            keys = await self._remote.keys(provider, fresh=True)
            return check_id_token(token, keys, provider, nonce, access_token, self._clock.now())

    async def _account(
        self, conn: Any, provider: Provider, asked: Challenge, identity: Identity, caller: Caller, cookie: str | None
    ) -> Account:
        """The account that the person may use, linked now if that was the purpose."""
        purpose = asked.payload["purpose"]
        if purpose == "sign_in":
            found = await queries.linked_account(conn, issuer=identity.issuer, subject=identity.subject)
            if found is None:
                raise SignOnUnlinkedError(
                    f"您在{provider.file.name}的身份没有与平台账户关联",
                    hint="先用平台账户登录并在“登录方式”中关联,或用本单位管理员发出的邀请",
                )
            account = Account.of(await accounts.account(conn, id=found))
            await _check_member(conn, account, provider)
            return account
        if purpose == "link":
            account = await self._account_of_session(conn, asked, cookie)
        else:
            account = await use(conn, bytes.fromhex(asked.payload["invitation"]), self._clock.now(), caller)
            if account.id != asked.account_id:
                raise invalid()
        await _check_link(conn, account, provider)
        await self._link(conn, provider, account, identity, caller)
        return account

    async def _account_of_session(self, conn: Any, asked: Challenge, cookie: str | None) -> Account:
        """The account whose session asked for the link and is still open in this browser."""
        if cookie is None or _name(cookie) != asked.payload["session"]:
            raise SignOnAnswerError("关联是在另一次登录中开始的", hint="登录后重新关联", reason="session")
        session = await self._sessions.current(conn, cookie)
        return await require_may_add_factor(conn, session, self._clock.now())

    async def _link(self, conn: Any, provider: Provider, account: Account, identity: Identity, caller: Caller) -> None:
        now = self._clock.now()
        try:
            async with conn.transaction():
                await queries.link_account(
                    conn, id=account.id, issuer=identity.issuer, subject=identity.subject, now=now
                )
        except asyncpg.UniqueViolationError:
            raise SignOnLinkedError(
                f"您在{provider.file.name}的身份已关联另一个平台账户", hint="用那个账户登录,或联系本单位管理员"
            ) from None
        await record(
            conn, now, "rights", "sign_on_linked", principal=account.principal, member_id=account.member_id,
            target=account.principal, address=caller.address, provider=provider.id,
        )  # fmt: skip
        await announce(conn, account.principal)

    async def _refused(
        self, provider: Provider, error: XinshuError, caller: Caller, account_id: UUID | None = None
    ) -> None:
        async with self._db.acquire() as conn:
            details = {name: error.details[name] for name in ("reason",) if name in error.details}
            await record(
                conn, self._clock.now(), "sign_in", error.code, address=caller.address, how="oidc",
                principal=f"account:{account_id}" if account_id is not None else None,
                member_id=provider.member_id, provider=provider.id, **details,
            )  # fmt: skip


async def _check_member(conn: Any, account: Account, provider: Provider) -> None:
    """A provider vouches for the staff of its member and the branches below. Raises SignOnMemberError."""
    standing = await directory.standing(conn, provider.member_id)
    if standing is None or account.member_id not in standing.members:
        raise SignOnMemberError(f"{provider.file.name}只用于本单位人员的账户", hint="用其他方式登录", reason="member")


async def _check_link(conn: Any, account: Account, provider: Provider) -> None:
    await _check_member(conn, account, provider)
    if account.oidc_subject is not None:
        raise SignOnLinkedError("账户已关联统一身份", hint="如需更换,请本单位管理员重置登录方式")


def _check_issuer(provider: Provider, metadata: Metadata, given: str | None) -> None:
    """RFC 9207: an answer that one provider sent must not be taken to another. Raises SignOnAnswerError."""
    if given != provider.file.issuer and (given is not None or metadata.names_itself):
        raise SignOnAnswerError("应答不是由该登录方发出的", hint="请重新登录", reason="issuer")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _name(cookie: str) -> str:
    """A name for a session that does not open it."""
    return hashlib.sha256(b"xinshu/sign-on/" + cookie.encode()).hexdigest()
