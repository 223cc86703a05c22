"""What routes for browsers ask of a request, as FastAPI dependencies."""

# Annotations are not postponed here: FastAPI resolves those of dependencies.

from collections.abc import Callable

from starlette.requests import Request

from xinshu.members.accounts.errors import SessionInvalidError
from xinshu.members.accounts.sessions import SessionService


def session_cookie(sessions: SessionService) -> Callable[[Request], str]:
    """The session's cookie, for routes on one's own account: SessionInvalidError for callers that have none."""

    def cookie_of(request: Request) -> str:
        value = request.cookies.get(sessions.cookie)
        if value is None:
            raise SessionInvalidError("本接口只供以浏览器登录的人员使用", hint="先登录")
        return value

    return cookie_of


def own_pages(sessions: SessionService) -> Callable[[Request], None]:
    """For public routes that change something: CrossSiteError for requests of other sites' pages."""

    def from_own_pages(request: Request) -> None:
        sessions.refuse_cross_site(request.method, request.headers)

    return from_own_pages
