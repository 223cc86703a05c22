"""A small application for tests of one room's routes: who calls is chosen by the test, everything else is real."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from xinshu.core.errors import XinshuError
from xinshu.core.settings import packaged_definitions
from xinshu.members.model import ANONYMOUS, Caller, MemberKind, MemberRef, MemberState, Principal, Strength
from xinshu.members.permissions import Guards, Permissions


@cache
def table() -> Permissions:
    """The shipped permission table."""
    return Permissions.load(packaged_definitions())


@cache
def guards() -> Guards:
    """Guards over the shipped table."""
    return Guards(table())


def person(*roles: str, member: MemberRef | None = None, name: str = "张三", number: int = 1) -> Principal:
    """A person signed in with two factors."""
    return Principal(
        f"account:00000000-0000-0000-0000-{number:012}",
        name,
        frozenset(roles),
        member,
        members=(member.id,) if member is not None else (),
        strength=Strength.MULTI,
    )


def member_ref(
    number: int = 1, kind: MemberKind = MemberKind.BANK, state: MemberState = MemberState.ONLINE
) -> MemberRef:
    """A member that need not be in the database."""
    return MemberRef(f"mtest{number}", kind, f"成员{number}", state)


class RoomApp:
    """Who calls an application under test; change `principal` between requests."""

    def __init__(self, router: APIRouter, principal: Principal = ANONYMOUS) -> None:
        self.principal = principal
        self.caller = Caller("127.0.0.1", "pytest")
        self.app = FastAPI()
        self.app.include_router(router)
        self.app.add_exception_handler(XinshuError, _as_json)

        @self.app.middleware("http")
        async def identify(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            request.state.principal = self.principal
            request.state.caller = self.caller
            return await call_next(request)

    def client(self) -> httpx.AsyncClient:
        """A client of the application."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://node")


def _as_json(_: Request, error: Exception) -> Response:
    assert isinstance(error, XinshuError)
    return JSONResponse(error.as_dict(), error.status)
