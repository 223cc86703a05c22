"""HTTP of signing in and of one's own account."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.members.accounts.answers import SessionOut, SignedInOut, session_out, signed_in
from xinshu.members.accounts.model import Account, Opened
from xinshu.members.accounts.passwords import MOST
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.requests import own_pages, session_cookie
from xinshu.members.accounts.service import Accounts
from xinshu.members.model import Strength
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of
from xinshu.store import Database

Secret = Annotated[str, Field(min_length=1, max_length=2 * MOST)]
Token = Annotated[str, Field(min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SignInIn(_Strict):
    """A login and its password."""

    login: Annotated[str, Field(min_length=1, max_length=128)]
    password: Secret


class SecondFactorIn(_Strict):
    """The challenge of the first step, and a code of the authenticator or a recovery code."""

    challenge: Token
    code: Token


class CodeWantedOut(BaseModel):
    """The password was right; now POST /v1/session/second-factor from the same browser, within `seconds`."""

    second_factor_required: Literal[True] = True
    challenge: str
    seconds: int


class EnrolmentOut(BaseModel):
    """A new secret, shown once, for an authenticator application (`uri`: as a QR code); confirm it with a code."""

    enrolment: str
    secret: str
    uri: str
    seconds: int


class ConfirmIn(_Strict):
    """A code of the new secret."""

    enrolment: Token
    code: Token


class ConfirmedOut(BaseModel):
    """The stronger session, and recovery codes, shown once; each serves once."""

    session: SignedInOut
    recovery_codes: list[str]


class RecoveryCodesOut(BaseModel):
    """New recovery codes, shown once; the old ones no longer serve."""

    recovery_codes: list[str]


class PasswordIn(_Strict):
    """A new password; `old` may be left out within ten minutes after a strong sign-in."""

    old: Secret | None = None
    new: Secret


class OwnSessionOut(BaseModel):
    """One of one's own sessions."""

    id: str
    current: bool
    strength: Strength
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str


class OwnSessionsOut(BaseModel):
    """One's own sessions, last used first."""

    sessions: list[OwnSessionOut]


def router(accounts: Accounts, db: Database, guards: Guards) -> APIRouter:
    """Routes under /v1/session and /v1/sessions. Public: signing in."""
    routes = APIRouter(prefix="/v1", tags=["session 登录"])
    sessions, browsers = accounts.sessions, accounts.browsers
    Oneself = Annotated[Access, Depends(guards.may("use", "self"))]

    Cookie = Annotated[str, Depends(session_cookie(sessions))]
    OwnPages = Depends(own_pages(sessions))

    def shown(response: Response, opened: Opened) -> SignedInOut:
        return signed_in(response, opened, accounts.table, sessions)

    @routes.post("/session", summary="登录 Sign in", dependencies=[OwnPages])
    async def sign_in(request: Request, response: Response, given: SignInIn) -> SignedInOut | CodeWantedOut:
        """Sets the session's cookie, or asks for a second factor. The answer to a failure never says what failed."""
        browser = browsers.name(request, response)
        answer = await accounts.sign_in.with_password(
            given.login, given.password, caller_of(request), browser, request.cookies.get(sessions.cookie)
        )
        if isinstance(answer, Opened):
            return shown(response, answer)
        return CodeWantedOut(challenge=answer.challenge, seconds=answer.seconds)

    @routes.post("/session/second-factor", summary="第二因素 Second factor", dependencies=[OwnPages])
    async def second_factor(request: Request, response: Response, given: SecondFactorIn) -> SignedInOut:
        """Finish a sign-in with a code. A wrong one gives a new challenge in `details`."""
        opened = await accounts.sign_in.with_code(
            given.challenge,
            given.code,
            caller_of(request),
            browsers.known(request),
            request.cookies.get(sessions.cookie),
        )
        return shown(response, opened)

    @routes.get("/session", summary="当前登录 Who am I")
    async def who_am_i(access: Oneself, cookie: Cookie) -> SessionOut:
        """Who is signed in, with which roles, and the token that changes must carry."""
        async with db.acquire() as conn:
            session = await sessions.current(conn, cookie)
            account = Account.of(await queries.account(conn, id=session.account_id))
        csrf = sessions.csrf_of(cookie)
        return session_out(access.principal, account, session, csrf, accounts.table, sessions)

    @routes.delete("/session", summary="退出 Sign out", status_code=status.HTTP_204_NO_CONTENT)
    async def sign_out(access: Oneself, cookie: Cookie, response: Response) -> None:
        """End the session."""
        async with db.transaction() as conn:
            await sessions.end(conn, cookie)
        sessions.clear_cookie(response)

    @routes.get("/sessions", summary="本人的登录会话 Own sessions")
    async def own_sessions(access: Oneself, cookie: Cookie) -> OwnSessionsOut:
        """Where one is signed in."""
        async with db.acquire() as conn:
            current = await sessions.current(conn, cookie)
            found = await sessions.of_account(conn, current.account_id)
        return OwnSessionsOut(
            sessions=[
                OwnSessionOut(
                    id=one.id,
                    current=one.id == current.id,
                    strength=one.strength,
                    opened_at=one.created_at,
                    seen_at=one.seen_at,
                    expires_at=one.expires_at,
                    address=one.address,
                    agent=one.agent,
                )
                for one in found
            ]
        )

    @routes.delete("/sessions/{session}", summary="结束一个会话 End a session", status_code=status.HTTP_204_NO_CONTENT)
    async def end_session(
        access: Oneself, cookie: Cookie, session: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
    ) -> None:
        """Sign out elsewhere."""
        async with db.transaction() as conn:
            current = await sessions.current(conn, cookie)
            await sessions.end_named(conn, current.account_id, session)

    @routes.post("/session/totp", summary="启用验证码 Begin one-time codes")
    async def begin_totp(access: Oneself, cookie: Cookie, request: Request, response: Response) -> EnrolmentOut:
        """A secret for an authenticator application; it counts once confirmed."""
        begun = await accounts.factors.begin_totp(cookie, browsers.name(request, response))
        return EnrolmentOut(enrolment=begun.enrolment, secret=begun.secret, uri=begun.uri, seconds=begun.seconds)

    @routes.post("/session/totp/confirm", summary="确认验证码 Confirm one-time codes")
    async def confirm_totp(
        access: Oneself, cookie: Cookie, request: Request, response: Response, given: ConfirmIn
    ) -> ConfirmedOut:
        """Put the secret in force; the session becomes a strong one."""
        opened, codes = await accounts.factors.confirm_totp(
            cookie, given.enrolment, given.code, browsers.known(request), access.caller
        )
        return ConfirmedOut(session=shown(response, opened), recovery_codes=codes)

    @routes.delete("/session/totp", summary="停用验证码 Remove one-time codes", status_code=status.HTTP_204_NO_CONTENT)
    async def remove_totp(access: Oneself, cookie: Cookie) -> None:
        """Within ten minutes after a strong sign-in."""
        await accounts.factors.remove_totp(cookie, access.caller)

    @routes.post("/session/recovery-codes", summary="更换恢复码 New recovery codes")
    async def recovery_codes(access: Oneself, cookie: Cookie) -> RecoveryCodesOut:
        """Within ten minutes after a strong sign-in."""
        return RecoveryCodesOut(recovery_codes=await accounts.factors.renew_recovery_codes(cookie, access.caller))

    @routes.put("/session/password", summary="修改密码 Change the password")
    async def change_password(access: Oneself, cookie: Cookie, response: Response, given: PasswordIn) -> SignedInOut:
        """All other sessions of the account end."""
        return shown(response, await accounts.factors.change_password(cookie, given.old, given.new, access.caller))

    return routes
