"""HTTP of sign-on: which providers there are, going to one, coming back."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from xinshu.core.errors import XinshuError
from xinshu.members.accounts.requests import own_pages, session_cookie
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.challenges import Browsers
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of
from xinshu.members.sign_on.service import CODE_MAX, RETURN_TO, Answer, SignOnService

ReturnTo = Annotated[str, Field(max_length=500, pattern=RETURN_TO, description="登录后回到本平台的哪一页(路径)")]
Name = Annotated[str, Path(max_length=63, description="登录方")]


class ProviderOut(BaseModel):
    """A provider as shown on the sign-in page."""

    id: str
    name: str


class ProvidersOut(BaseModel):
    """All providers."""

    providers: list[ProviderOut]


class LinkIn(BaseModel):
    """Where to go on afterwards."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    return_to: ReturnTo = "/"


class InvitedIn(LinkIn):
    """An invitation to be accepted."""

    invitation: Annotated[str, Field(min_length=1, max_length=200)]


class GoOut(BaseModel):
    """The address to which the page sends the browser."""

    location: str


def router(service: SignOnService, sessions: SessionService, browsers: Browsers, guards: Guards) -> APIRouter:
    """Routes under /v1/sign-on."""
    routes = APIRouter(prefix="/v1/sign-on", tags=["session 登录"])
    Own = Annotated[Access, Depends(guards.may("use", "self"))]
    Cookie = Annotated[str, Depends(session_cookie(sessions))]
    OwnPages = Depends(own_pages(sessions))

    @routes.get("", summary="统一身份登录的登录方 Providers for sign-on")
    async def providers() -> ProvidersOut:
        """What the sign-in page offers."""
        return ProvidersOut(providers=[ProviderOut(id=one.id, name=one.file.name) for one in service.providers])

    @routes.get("/{provider}/start", status_code=303, summary="去登录方登录 Go to sign on")
    async def start(request: Request, provider: Name, return_to: Annotated[ReturnTo, Query()] = "/") -> Response:
        """A navigation of the browser; the answer sends it to the provider."""
        response = RedirectResponse("", 303)
        try:
            location = await service.start(provider, browsers.name(request, response), return_to, caller_of(request))
        except XinshuError as refusal:
            return _refused(request, refusal)
        response.headers["location"] = location
        return response

    @routes.post("/{provider}/link", summary="关联本人在登录方的身份 Link one's identity to the account")
    async def link(
        request: Request, response: Response, access: Own, cookie: Cookie, provider: Name, given: LinkIn
    ) -> GoOut:
        """Not a navigation: a page of another site must not be able to begin a link."""
        browser = browsers.name(request, response)
        return GoOut(location=await service.start_link(provider, browser, given.return_to, cookie, access.caller))

    @routes.post(
        "/{provider}/invited", summary="以统一身份接受邀请 Accept an invitation by sign-on", dependencies=[OwnPages]
    )
    async def start_invited(request: Request, response: Response, provider: Name, given: InvitedIn) -> GoOut:
        """Instead of choosing a password. The address is for the browser to go to."""
        browser = browsers.name(request, response)
        location = await service.start_invited(provider, browser, given.return_to, given.invitation, caller_of(request))
        return GoOut(location=location)

    @routes.get("/{provider}/callback", status_code=303, summary="从登录方返回 Come back from the provider")
    async def callback(
        request: Request,
        provider: Name,
        state: Annotated[str | None, Query(max_length=200)] = None,
        code: Annotated[str | None, Query(max_length=CODE_MAX)] = None,
        iss: Annotated[str | None, Query(max_length=500)] = None,
        error: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """A navigation of the browser; a refusal is a page for people, JSON for programs."""
        answer = Answer(state, code, iss, error)
        try:
            done = await service.finish(
                provider, answer, browsers.known(request), caller_of(request), request.cookies.get(sessions.cookie)
            )
        except XinshuError as refusal:
            return _refused(request, refusal)
        response = RedirectResponse(done.return_to, 303, {"Cache-Control": "no-store"})
        sessions.set_cookie(response, done.opened)
        return response

    return routes


def _refused(request: Request, refusal: XinshuError) -> Response:
    """For people a page without script or style, shown under any content security policy; for programs JSON."""
    if "text/html" not in request.headers.get("accept", ""):
        raise refusal
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>登录未完成</title>'
        f"<h1>登录未完成</h1><p>{escape(refusal.message)}</p><p>{escape(refusal.hint)}</p>"
        f'<p><code>{escape(refusal.code)}</code></p><p><a href="/">回到首页</a></p></html>'
    )
    return HTMLResponse(page, refusal.status, {"Cache-Control": "no-store"})
