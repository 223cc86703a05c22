"""Callers of the node in this process: persons and systems pass the same door as from the network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

import httpx
from starlette.types import ASGIApp, Message

from xinshu.cli.client_keys import load_private
from xinshu.cli.client_token import assertion
from xinshu.cli.demonstration.logins import Login, Logins
from xinshu.core.errors import XinshuError
from xinshu.members.clients.tokens import ASSERTION_TYPE, ENDPOINT


class RefusedError(XinshuError):
    """The node refuses a call; `code` is the node's own."""

    code: ClassVar[str] = "demo_refused"

    def __init__(self, response: httpx.Response) -> None:
        said: dict[str, Any] = response.json()
        super().__init__(str(said["message"]), hint=str(said.get("hint", "")), call=str(response.request.url))
        self.said = said["code"]
        self.details.update(said.get("details") or {})


@asynccontextmanager
async def going(app: ASGIApp) -> AsyncIterator[None]:
    """Run the application's lifespan, as a server does."""
    asked: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    task = asyncio.ensure_future(app(scope, asked.get, told.put))

    async def turn(kind: str) -> None:
        await asked.put({"type": f"lifespan.{kind}"})
        waiting = asyncio.create_task(told.get())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            await task  # raises what ended it

    await turn("startup")
    try:
        yield
    finally:
        await turn("shutdown")
        with suppress(asyncio.CancelledError):
            await task


class Caller:
    """Speaks to the application from an address of its own, so that each organisation has its own rate limits."""

    def __init__(self, app: ASGIApp, origin: str, address: str) -> None:
        self.origin = origin
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 0)), base_url=origin)

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One call. Raises RefusedError."""
        response = await self._http.request(method, path, **given)
        if response.status_code >= httpx.codes.BAD_REQUEST:
            raise RefusedError(response)
        return response

    async def get(self, path: str, **params: Any) -> Any:
        """What is read."""
        return (await self.ask("GET", path, params=params)).json()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """What a change answers."""
        return (await self.ask("POST", path, json=body if body is not None else {})).json()


class Person(Caller):
    """A person at a browser: a cookie, and the token that changes must carry."""

    async def sign_in(self, about: Login, logins: Logins) -> dict[str, Any]:
        """Sign in, with a one-time code where the account has such. Raises RefusedError."""
        answer: dict[str, Any] = await self.post("/v1/session", {"login": about.login, "password": about.password})
        if answer.get("second_factor_required"):
            code = {"challenge": answer["challenge"], "code": await logins.proof(about)}
            answer = await self.post("/v1/session/second-factor", code)
        return self.signed_in(answer)

    def signed_in(self, session: dict[str, Any]) -> dict[str, Any]:
        """Take up a session just opened."""
        self._http.headers["X-CSRF-Token"] = session["csrf"]
        return session


class System(Caller):
    """A member's system: fetches a token by its private key, and the next one before that ends."""

    def __init__(self, app: ASGIApp, origin: str, address: str, client_id: str, key: Path) -> None:
        super().__init__(app, origin, address)
        self._client_id = client_id
        self._key = load_private(key)
        self._until = 0.0

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One call with a token. Raises RefusedError."""
        if path != ENDPOINT and time.monotonic() > self._until:
            await self._fetch()
        return await super().ask(method, path, **given)

    async def _fetch(self) -> None:
        audience = self.origin + ENDPOINT
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(self._client_id, self._key, audience, ""),
        }
        self._http.headers.pop("Authorization", None)
        answer = (await self.ask("POST", ENDPOINT, data=form)).json()
        self._http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        self._until = time.monotonic() + answer["expires_in"] / 2
