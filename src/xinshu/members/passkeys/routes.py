"""HTTP of passkeys. What browsers are asked and answer has the JSON form of WebAuthn level 3 (`toJSON()`)."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import base64
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.members.accounts.answers import SignedInOut, signed_in
from xinshu.members.accounts.requests import own_pages, session_cookie
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.challenges import Browsers
from xinshu.members.passkeys.model import Passkey
from xinshu.members.passkeys.service import Added, PasskeyService
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of

B64_MAX = 16_384  # characters of one binary part; the largest are keys and attestations
Base64url = Annotated[str, Field(max_length=B64_MAX, pattern=r"^[A-Za-z0-9_-]*={0,2}$")]
CredentialName = Annotated[str, Field(min_length=1, max_length=1366, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=64, description="给通行密钥起的名称,如“办公电脑”")]
Token = Annotated[str, Field(min_length=1, max_length=200, description="邀请")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _Open(BaseModel):
    """Browsers add members as the standard grows; what is not looked at is not kept."""

    model_config = ConfigDict(extra="ignore")


class AttestationIn(_Open):
    """The authenticator's part of a registration."""

    clientDataJSON: Base64url
    attestationObject: Base64url
    transports: list[Annotated[str, Field(max_length=32)]] = Field(default=[], max_length=16)


class AssertionIn(_Open):
    """The authenticator's part of a proof."""

    clientDataJSON: Base64url
    authenticatorData: Base64url
    signature: Base64url
    userHandle: Base64url | None = None


class _CredentialIn(_Open):
    id: CredentialName
    rawId: CredentialName
    type: str = Field(max_length=32)


class CreatedIn(_CredentialIn):
    """What `navigator.credentials.create()` gave."""

    response: AttestationIn


class ProvenIn(_CredentialIn):
    """What `navigator.credentials.get()` gave."""

    response: AssertionIn


class RegisterIn(_Strict):
    """A new passkey."""

    name: Name
    credential: CreatedIn


class InvitedIn(_Strict):
    """Whoever holds an invitation."""

    invitation: Token


class RegisterInvitedIn(RegisterIn, InvitedIn):
    """A first passkey with an invitation."""


class SignInOptionsIn(_Strict):
    """Who wants to sign in; without `login` the authenticator says whose passkey it is."""

    login: str | None = Field(None, max_length=64)


class SignInIn(_Strict):
    """A proof."""

    credential: ProvenIn


class PasskeyOut(BaseModel):
    """A passkey as shown; `synchronised`: its maker copies it between devices."""

    id: str
    name: str
    synchronised: bool
    transports: list[str]
    created_at: datetime
    used_at: datetime | None

    @classmethod
    def of(cls, one: Passkey) -> "PasskeyOut":
        """From the stored passkey, without its key."""
        return cls(
            id=base64.urlsafe_b64encode(one.credential_id).rstrip(b"=").decode(),
            name=one.name,
            synchronised=one.device == "multi_device",
            transports=list(one.transports),
            created_at=one.created_at,
            used_at=one.used_at,
        )


class PasskeysOut(BaseModel):
    """All of one's own passkeys."""

    passkeys: list[PasskeyOut]


class AddedOut(BaseModel):
    """`session`: the one just opened; null where the present one stays, or none can be opened yet."""

    passkey: PasskeyOut
    session: SignedInOut | None


def router(service: PasskeyService, sessions: SessionService, browsers: Browsers, guards: Guards) -> APIRouter:
    """Routes under /v1/passkeys."""
    routes = APIRouter(prefix="/v1/passkeys", tags=["session 登录"])
    Own = Annotated[Access, Depends(guards.may("use", "self"))]
    Cookie = Annotated[str, Depends(session_cookie(sessions))]
    OwnPages = Depends(own_pages(sessions))

    def added(response: Response, new: Added) -> AddedOut:
        session = signed_in(response, new.opened, guards.table, sessions) if new.opened is not None else None
        return AddedOut(passkey=PasskeyOut.of(new.passkey), session=session)

    @routes.get("", summary="本人的通行密钥 One's own passkeys")
    async def passkeys(access: Own, cookie: Cookie) -> PasskeysOut:
        """All of them, oldest first."""
        return PasskeysOut(passkeys=[PasskeyOut.of(one) for one in await service.own(cookie)])

    @routes.post("/options", summary="开始登记通行密钥 Begin to register a passkey")
    async def begin(request: Request, response: Response, access: Own, cookie: Cookie) -> dict[str, Any]:
        """Options for `navigator.credentials.create()`."""
        return await service.begin(cookie, browsers.name(request, response))

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="登记通行密钥 Register a passkey")
    async def register(
        request: Request, response: Response, access: Own, cookie: Cookie, given: RegisterIn
    ) -> AddedOut:
        """A session opened with a password, or by signing up, becomes one of strength `passkey`: a new cookie."""
        browser = browsers.known(request)
        return added(
            response, await service.register(cookie, browser, given.name, given.credential.model_dump(), access.caller)
        )

    @routes.delete("/{passkey}", status_code=status.HTTP_204_NO_CONTENT, summary="移除通行密钥 Remove a passkey")
    async def remove(access: Own, cookie: Cookie, passkey: Annotated[str, Path(max_length=1366)]) -> None:
        """Within ten minutes after a strong sign-in; not the last factor. Other sessions of the account end."""
        await service.remove(cookie, _decoded(passkey), access.caller)

    @routes.post(
        "/invited/options", summary="用邀请开始登记 Begin to register with an invitation", dependencies=[OwnPages]
    )
    async def begin_invited(request: Request, response: Response, given: InvitedIn) -> dict[str, Any]:
        """Options for `navigator.credentials.create()`."""
        return await service.begin_invited(given.invitation, browsers.name(request, response), caller_of(request))

    @routes.post(
        "/invited",
        status_code=status.HTTP_201_CREATED,
        summary="以通行密钥接受邀请 Accept an invitation with a passkey",
        dependencies=[OwnPages],
    )
    async def register_invited(request: Request, response: Response, given: RegisterInvitedIn) -> AddedOut:
        """Instead of choosing a password; signs in where the account may be used already."""
        new = await service.register_invited(
            given.invitation,
            browsers.known(request),
            given.name,
            given.credential.model_dump(),
            caller_of(request),
            request.cookies.get(sessions.cookie),
        )
        return added(response, new)

    @routes.post(
        "/sign-in/options", summary="开始用通行密钥登录 Begin to sign in with a passkey", dependencies=[OwnPages]
    )
    async def begin_sign_in(request: Request, response: Response, given: SignInOptionsIn) -> dict[str, Any]:
        """Options for `navigator.credentials.get()`; for a login that does not exist they look the same."""
        return await service.begin_sign_in(given.login, browsers.name(request, response))

    @routes.post("/sign-in", summary="用通行密钥登录 Sign in with a passkey", dependencies=[OwnPages])
    async def sign_in(request: Request, response: Response, given: SignInIn) -> SignedInOut:
        """Sets the session's cookie."""
        opened = await service.sign_in(
            browsers.known(request),
            given.credential.model_dump(),
            caller_of(request),
            request.cookies.get(sessions.cookie),
        )
        return signed_in(response, opened, guards.table, sessions)

    return routes


def _decoded(name: str) -> bytes:
    """The bytes of a credential's name; nothing for what is no such name, which no passkey has."""
    try:
        return base64.b64decode(name + "=" * (-len(name) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
