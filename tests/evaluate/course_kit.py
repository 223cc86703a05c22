"""A node with models in force, authorisations, and people who call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from collect_kit import Node
from evaluate_kit import cards
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from xinshu.core.errors import XinshuError
from xinshu.evaluate.routes import router
from xinshu.evaluate.service import EvaluationService
from xinshu.members.model import ANONYMOUS, MemberKind, MemberRef, MemberState, Principal, Strength, local_operator
from xinshu.members.permissions import Guards

DRAFTER, CHECKER, CHIEF = (local_operator(name) for name in ("zhang", "li", "wang"))


def person(name: str, *roles: str, kind: MemberKind = MemberKind.OPERATOR, subject: str | None = None) -> Principal:
    """Somebody signed in with two factors; `subject`: acts for a firm."""
    member = None if subject else MemberRef(f"m-{kind}", kind, name, MemberState.ONLINE)
    members = (member.id,) if member is not None else ()
    return Principal(
        f"account:{name}", name, frozenset(roles), member, subject, members=members, strength=Strength.MULTI
    )


class Desk:
    """The routes with somebody signed in; `asked`: runs that were asked of the worker (True: full)."""

    def __init__(self, node: Node, service: EvaluationService) -> None:
        self.node = node
        self.service = service
        self.asked: list[bool] = []
        self.who = ANONYMOUS
        self.app = FastAPI()
        self.app.include_router(router(service, Guards(node.services.table), self._ask))
        self.app.add_exception_handler(XinshuError, _explained)

    async def _ask(self, full: bool) -> None:
        self.asked.append(full)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope.setdefault("state", {})["principal"] = self.who
        await self.app(scope, receive, send)

    @asynccontextmanager
    async def by(self, who: Principal) -> AsyncIterator[httpx.AsyncClient]:
        """A client for a person."""
        self.who = who
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self), base_url="http://node") as client:
            yield client

    async def get(self, who: Principal, path: str, status: int = 200, **params: Any) -> Any:
        """The body of an answer."""
        async with self.by(who) as client:
            answer = await client.get(path, params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(self, who: Principal, path: str, body: Any = None, status: int = 200) -> Any:
        """The body of an answer."""
        async with self.by(who) as client:
            answer = await client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


async def _explained(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, XinshuError) and request.method
    return JSONResponse(error.as_dict(), error.status)


async def in_force(service: EvaluationService, *models: str) -> None:
    """Shipped models in force, by three people; all of them unless some are named."""
    for card in [one for one in cards().values() if one.id in models or not models]:
        await service.models.create(card, DRAFTER)
        await service.models.validate(card.id, card.version, [], None, "测试", CHECKER)
        await service.models.approve(card.id, card.version, CHIEF)
        await service.models.start(card.id, card.version, CHIEF)


async def taken_back(node: Node, code: str, item: str, state: str = "repaired") -> int:
    """What a repair or a withdrawal does to the copies (R5.3): the records end, the document is written anew."""
    async with node.db.transaction() as conn:
        subject: int = await conn.fetchval("select id from subject where code = $1", code)
        await conn.execute(
            "update record set state = $3, known_to = $2 where subject_id = $1 and item = $4",
            subject, node.clock.now(), state, item,
        )  # fmt: skip
        await conn.execute(
            "update holding set document = '[]', rows = 0, version = version + 1 where subject_id = $1 and item = $2",
            subject, item,
        )  # fmt: skip
    return subject


async def member(node: Node, id: str, kind: str, provider: str | None = None) -> None:
    """A member online."""
    async with node.db.transaction() as conn:
        await conn.execute(
            "insert into member (id, code, name, kind, provider_code, regions, state, state_since, created_by, "
            "created_at, updated_at) values ($1, $1, $1, $2, $3, array[''], 'online', $4, 'test', $4, $4) "
            "on conflict do nothing", id, kind, provider, node.clock.now(),
        )  # fmt: skip


async def authorise(
    node: Node,
    code: str,
    grantee: str,
    purpose: str = "post_loan",
    state: str = "active",
    days: int = 365,
    **about: Any,
) -> None:
    """An authorisation as the gate sees it."""
    now = node.clock.now()
    columns = {
        "id": uuid4(), "subject_code": code, "grantee": grantee, "purpose": purpose, "state": state,
        "state_since": now, "valid_from": now, "valid_to": now + timedelta(days=days), "items": '{"15": null}',
        "answer_by": now, "revision": 1, "digest": b"", "requested_by": "test", "requested_at": now, "updated_at": now,
    } | about  # fmt: skip
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    async with node.db.transaction() as conn:
        await conn.execute(
            f"insert into consent ({', '.join(columns)}) values ({places})",
            *columns.values(),
        )
