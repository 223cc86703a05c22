"""HTTP: who may read, list and run; bad input is refused in words."""

from __future__ import annotations

import httpx
import pytest
from collect_kit import Node, code_of
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from modules_kit import MAKER, MILL, TRADER, YARD, shareholding, some_firms
from starlette.types import Receive, Scope, Send

from xinshu.core.errors import XinshuError
from xinshu.members.model import ANONYMOUS, MemberKind, MemberRef, MemberState, Principal, Strength
from xinshu.members.permissions import Guards
from xinshu.modules.circles import Circles
from xinshu.modules.lists import Lists
from xinshu.modules.public_routes import router as public_router
from xinshu.modules.routes import router
from xinshu.modules.service import Modules


def person(name: str, role: str, kind: MemberKind = MemberKind.OPERATOR, subject: str | None = None) -> Principal:
    member = None if subject else MemberRef(f"m-{name}", kind, name, MemberState.ONLINE)
    return Principal(f"account:{name}", name, frozenset({role}), member, subject, strength=Strength.MULTI)


DATA = person("data", "operator-data")
BANKER, OTHER = (person(name, "credit-officer", MemberKind.BANK) for name in ("bank", "other"))
OWNER = person("owner", "firm-legal-representative", subject=code_of(MAKER))


class Caller:
    """The application with somebody signed in."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.who = ANONYMOUS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["principal"] = self.who
        await self.app(scope, receive, send)

    async def ask(self, who: Principal, path: str, method: str = "GET", **about: object) -> httpx.Response:
        """One request."""
        self.who = who
        transport = httpx.ASGITransport(self)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.request(method, path, **about)  # type: ignore[arg-type]


@pytest.fixture
async def asked() -> list[bool]:
    return []


@pytest.fixture
async def caller(node: Node, service: Modules, asked: list[bool]) -> Caller:
    await node.publish(some_firms())
    await node.publish([shareholding(YARD, MAKER), shareholding(MILL, MAKER), shareholding(TRADER, MAKER)], item="2",
                       name="s.csv")  # fmt: skip
    await service.run_full(DATA)

    async def ask(full: bool) -> None:
        asked.append(full)

    lists = Lists(node.db, node.clock, node.services.ledger, service)
    app = FastAPI()
    circles = Circles(node.db, node.clock, service)
    app.include_router(router(service, lists, circles, Guards(node.services.table), ask))
    app.include_router(public_router(service.book, service.counts))

    async def explained(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, XinshuError) and request.method
        return JSONResponse(error.as_dict(), error.status)

    app.add_exception_handler(XinshuError, explained)
    return Caller(app)


async def test_what_each_reader_gets(caller: Caller, asked: list[bool]) -> None:
    modules = (await caller.ask(OWNER, "/v1/modules")).json()
    assert [one["id"] for one in modules][:2] == ["agriculture", "future-industries"]
    assert modules[0]["counts"]["member"] is None  # one: fewer than five are not told
    page = (await caller.ask(OWNER, "/v1/modules/green")).json()
    assert page["basis"] and page["definition"]["classification"]["member"] == 60

    own = (await caller.ask(OWNER, f"/v1/subjects/{code_of(MAKER)}/modules")).json()
    green = next(one for one in own["modules"] if one["module"] == "green")
    assert (green["degree"], green["degree_name"]) == ("member", "属于")
    assert {piece["item_name"] for piece in green["evidence"]} == {"登记、变更、注销(企业、个体工商户、农民专业合作社)"}
    seen = (await caller.ask(BANKER, f"/v1/subjects/{code_of(MAKER)}/modules")).json()
    assert seen["leaf"] > own["leaf"] >= 0

    found = (await caller.ask(BANKER, "/v1/modules/strategic-emerging/subjects", params={"list": "all"})).json()
    assert [(one["code"], one["score"]) for one in found["subjects"]] == [(code_of(MAKER), None)]
    assert found["leaf"] > seen["leaf"]
    narrowed = {"list": "all", "degree": "possible"}
    none = await caller.ask(BANKER, "/v1/modules/strategic-emerging/subjects", params=narrowed)
    assert none.json()["subjects"] == []
    falls = (await caller.ask(BANKER, "/v1/modules/strategic-emerging/statistics")).json()
    assert {one["by"] for one in falls} >= {"part", "division", "size"}

    leaders = (await caller.ask(BANKER, "/v1/modules/key-supply-chains/circles")).json()
    assert [one["code"] for one in leaders] == [code_of(MAKER)]
    circle = (await caller.ask(BANKER, f"/v1/modules/key-supply-chains/circles/{code_of(MAKER)}")).json()
    assert {one["code"] for one in circle["members"]} == {code_of(YARD), code_of(MILL), code_of(TRADER)}

    assert (await caller.ask(DATA, "/v1/module-runs", "POST", json={"kind": "full"})).status_code == 202
    assert asked == [True]


async def test_visitors_see_what_there_is_and_no_firm(caller: Caller, service: Modules) -> None:
    answer = await caller.ask(ANONYMOUS, "/v1/public/modules")
    assert answer.status_code == 200, answer.text
    told = {one["id"]: one for one in answer.json()}
    assert set(told) == {module.id for module in service.book}
    green = told["green"]
    assert green["name"] and green["summary_en"] and green["basis"]
    assert green["source_status"] == "reconstructed"
    counts = await service.counts()
    assert 0 < counts["green"]["member"] < 5 and green["members"] is None
    assert all(firm["subject_name"] not in answer.text for firm in some_firms())
    assert all(code_of(serial) not in answer.text for serial in range(1, 7))
    empty = await public_counts(service, {"member": 0, "possible": 0})
    assert [one["members"] for one in empty.json()] == [0] * len(told)
    many = await public_counts(service, {"member": 5, "possible": 1})
    assert [one["members"] for one in many.json()] == [5] * len(told)


async def public_counts(service: Modules, counts: dict[str, int]) -> httpx.Response:
    """What is told of modules that all have so many subjects."""

    async def counted() -> dict[str, dict[str, int]]:
        return {module.id: counts for module in service.book}

    app = FastAPI()
    app.include_router(public_router(service.book, counted))
    return await Caller(app).ask(ANONYMOUS, "/v1/public/modules")


async def test_lists_are_read_by_whoever_obtained_them(caller: Caller) -> None:
    made = await caller.ask(BANKER, "/v1/modules/strategic-emerging/lists/all", "POST")
    assert made.status_code == 201
    run = made.json()
    assert (run["count"], run["list_id"]) == (1, "all")
    path = f"/v1/modules/strategic-emerging/list-runs/{run['id']}"
    assert (await caller.ask(BANKER, path)).json() == run
    assert (await caller.ask(DATA, path)).json() == run
    assert (await caller.ask(OTHER, path)).status_code == 404


REFUSED = {
    "nobody": (ANONYMOUS, "GET", "/v1/modules", 401),
    "a bank runs nothing": (BANKER, "POST", "/v1/module-runs", 403),
    "a firm lists nothing": (OWNER, "GET", "/v1/modules/green/subjects", 403),
    "a firm reads itself alone": (OWNER, "GET", f"/v1/subjects/{code_of(YARD)}/modules", 403),
    "visitors do not write": (ANONYMOUS, "POST", "/v1/public/modules", 405),
    "visitors get no single one": (ANONYMOUS, "GET", "/v1/public/modules/green", 404),
    "visitors get no subjects": (ANONYMOUS, "GET", "/v1/public/modules/green/subjects", 404),
    "no such module": (DATA, "GET", "/v1/modules/nothing", 404),
    "no module has this form": (DATA, "GET", "/v1/modules/NOTHING!", 422),
    "no such subject": (DATA, "GET", "/v1/subjects/X/modules", 404),
    "a day to come": (DATA, "GET", f"/v1/subjects/{code_of(YARD)}/modules?as_of=2030-01-01", 400),
    "no day": (DATA, "GET", f"/v1/subjects/{code_of(YARD)}/modules?as_of=yesterday", 422),
    "no such list": (DATA, "GET", "/v1/modules/green/subjects?list=best", 404),
    "no such field": (DATA, "GET", "/v1/modules/green/subjects?part=nothing", 422),
    "no such grade": (DATA, "GET", "/v1/modules/green/subjects?grade=甲", 422),
    "no such degree": (DATA, "GET", "/v1/modules/green/subjects?degree=none", 422),
    "a division of letters": (DATA, "GET", "/v1/modules/green/subjects?division=ab", 422),
    "too large a page": (DATA, "GET", "/v1/modules/green/subjects?page_size=201", 422),
    "before the first": (DATA, "GET", "/v1/modules/green/subjects?skip=-1", 422),
    "a list never declared": (DATA, "POST", "/v1/modules/green/lists/best", 404),
    "a list never made": (DATA, "GET", "/v1/modules/green/list-runs/00000000-0000-4000-8000-000000000000", 404),
    "no number": (DATA, "GET", "/v1/modules/green/list-runs/1", 422),
    "no circles here": (DATA, "GET", "/v1/modules/green/circles", 404),
    "leads nothing": (DATA, "GET", f"/v1/modules/key-supply-chains/circles/{code_of(6)}", 404),
    "nobody leads": (DATA, "GET", "/v1/modules/key-supply-chains/circles/X", 404),
    "statistics of nothing": (DATA, "GET", "/v1/modules/nothing/statistics", 404),
}  # fmt: skip


async def test_bad_input_is_refused_in_words(caller: Caller) -> None:
    for name, (who, method, path, status) in REFUSED.items():
        body = {"json": {"kind": "full"}} if path == "/v1/module-runs" else {}
        answer = await caller.ask(who, path, method, **body)
        assert answer.status_code == status, (name, answer.text)
    for body in ({"kind": "all"}, {"kind": "full", "more": 1}, []):
        assert (await caller.ask(DATA, "/v1/module-runs", "POST", json=body)).status_code == 422
