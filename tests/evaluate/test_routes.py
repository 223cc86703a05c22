"""HTTP: who may read, run and decide; what readers see; bad input is refused in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from collect_kit import Node, code_of, firms, penalties
from evaluate_kit import cards
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from xinshu.core.errors import XinshuError
from xinshu.core.settings import packaged_definitions
from xinshu.evaluate.draft_routes import router as draft_router
from xinshu.evaluate.routes import router
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.tasks import FULL, TOUCHED, ask_full, tasks, wake
from xinshu.members.model import ANONYMOUS, MemberKind, MemberRef, MemberState, Principal, Strength
from xinshu.members.permissions import Guards


def person(name: str, *roles: str, kind: MemberKind = MemberKind.OPERATOR, subject: str | None = None) -> Principal:
    member = None if subject else MemberRef(f"m-{kind}", kind, name, MemberState.ONLINE)
    return Principal(f"account:{name}", name, frozenset(roles), member, subject, strength=Strength.MULTI)


DATA, DATA_2 = person("data", "operator-data"), person("data-2", "operator-data")
ADMIN = person("admin", "operator-admin")
BANKER = person("banker", "credit-officer", kind=MemberKind.BANK)
OWNER = person("owner", "firm-legal-representative", subject=code_of(2))


class Caller:
    """The application with somebody signed in."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.who = ANONYMOUS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["principal"] = self.who
        await self.app(scope, receive, send)

    @asynccontextmanager
    async def by(self, who: Principal) -> AsyncIterator[httpx.AsyncClient]:
        """A client for a person."""
        self.who = who
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self), base_url="http://node") as client:
            yield client


@pytest.fixture
async def asked() -> list[bool]:
    """What was asked of the background worker."""
    return []


@pytest.fixture
async def caller(node: Node, service: EvaluationService, asked: list[bool]) -> Caller:
    """The routes over a node with some firms, and the models ready to be drafted."""
    await node.publish(firms(3))
    await node.publish(penalties(2, serial=2), item="8", provider="ndrc", name="p.csv")
    await service.run_full(DATA)

    async def ask(full: bool) -> None:
        asked.append(full)

    app = FastAPI()
    app.include_router(draft_router(service.book, Guards(node.services.table)))
    app.include_router(router(service, Guards(node.services.table), ask))
    app.add_exception_handler(XinshuError, _explained)
    return Caller(app)


async def _explained(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, XinshuError) and request.method
    return JSONResponse(error.as_dict(), error.status)


async def json_of(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json()


async def brought_into_force(caller: Caller) -> None:
    """The general model, through HTTP, by three people."""
    path = "/v1/evaluation-models/general/2026.1"
    async with caller.by(DATA) as client:
        body = cards()["general"].model_dump(mode="json")
        assert (await json_of(await client.post("/v1/evaluation-models", json=body), 201))["state"] == "draft"
    async with caller.by(DATA_2) as client:
        given = {
            "source": "测试结果",
            "outcomes": [{"code": code_of(2), "bad": True}, {"code": code_of(1), "bad": False}],
        }
        validated = await json_of(await client.post(f"{path}/validation", json=given))
        assert validated["validation"]["auc"] == 1.0
        assert (await client.post(f"{path}/approval")).status_code == 403
    async with caller.by(ADMIN) as client:
        assert (await json_of(await client.post(f"{path}/approval")))["approved_by"] == ADMIN.id
        assert (await json_of(await client.post(f"{path}/start")))["state"] == "in_force"


async def test_models_come_into_force_by_several_people(
    caller: Caller, service: EvaluationService, asked: list[bool]
) -> None:
    await brought_into_force(caller)
    assert asked == [True]
    await service.run_full(DATA)
    await service.models.monitor()
    async with caller.by(DATA) as client:
        listed = await json_of(await client.get("/v1/evaluation-models", params={"model": "general"}))
        assert [(one["version"], one["state"], one["name"]) for one in listed] == [
            ("2026.1", "in_force", "公共信用综合评价(企业通用)")
        ]
        assert (await json_of(await client.get("/v1/evaluation-models/general/2026.1")))["document"]["id"] == "general"
        drift = await json_of(await client.get("/v1/evaluation-models/general/2026.1/monitoring"))
        assert drift[0]["drift"] == "stable" and drift[0]["subjects"] == 3
        rows = await json_of(await client.get("/v1/evaluations", params={"model": "general", "page_size": 2}))
        assert len(rows) == 2 and rows[0]["score"] >= rows[1]["score"]
        parts = await json_of(await client.get("/v1/evaluations/distribution", params={"model": "general"}))
        assert {part["by"] for part in parts} == {"division", "size", "section", "kind"}
        assert [run["kind"] for run in await json_of(await client.get("/v1/evaluation-runs"))] == ["full", "full"]
        await json_of(await client.post("/v1/evaluation-runs", json={"kind": "touched"}), 202)
        assert asked == [True, False]
        again = cards()["general"].model_dump(mode="json")
        assert (await client.post("/v1/evaluation-models", json=again)).status_code == 409
    async with caller.by(ADMIN) as client:
        retired = await json_of(await client.post("/v1/evaluation-models/general/2026.1/retirement"))
        assert retired["state"] == "retired"
        assert (await client.post("/v1/evaluation-models/general/2026.1/start")).status_code == 409


async def test_readers_see_what_they_may(caller: Caller, service: EvaluationService) -> None:
    await brought_into_force(caller)
    path = f"/v1/subjects/{code_of(2)}/evaluation"
    async with caller.by(OWNER) as client:
        own = await json_of(await client.get(path))
        assert own["facts"]["penalties_36m"] and own["withheld"] == [] and own["leaf"] is not None
        other = await client.get(f"/v1/subjects/{code_of(1)}/evaluation")
        assert other.status_code == 403
    async with caller.by(BANKER) as client:
        assert (await client.get(path)).json()["code"] == "evaluation_use_forbidden"
        refused = await client.get(path, params={"purpose": "joint_modelling"})
        assert refused.status_code == 403 and "人工复核" in refused.json()["hint"]
        seen = await json_of(await client.get(path, params={"purpose": "pre_loan"}))
        assert (seen["score"], seen["grade"]) == (own["score"], own["grade"])
        assert seen["facts"]["penalties_36m"] == own["facts"]["penalties_36m"]  # open to all
        assert "insured_latest" in seen["withheld"] and "insured_latest" not in seen["facts"]
        assert seen["person"] and seen["uses"]["forbidden"]
        assert (await client.get("/v1/evaluations", params={"model": "general"})).status_code == 403
        assert (await client.post("/v1/evaluation-runs", json={})).status_code == 403
        assert len(await json_of(await client.get("/v1/indicators"))) == len(service.book)
    async with caller.by(ANONYMOUS) as client:
        assert (await client.get(path)).status_code == 401
    assert service._ledger is not None
    leaves = await service._ledger.leaves(kinds=["evaluation"])
    assert [leaf.principal for leaf in leaves] == [BANKER.id, OWNER.id]
    assert all(leaf.subject == code_of(2) for leaf in leaves)


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [
        ("get", "/v1/subjects/91320100748204660Q/evaluation", {}, 404),
        ("get", f"/v1/subjects/{code_of(1)}/evaluation?as_of=2030-01-01", {}, 400),
        ("get", f"/v1/subjects/{code_of(1)}/evaluation?as_of=gestern", {}, 422),
        ("get", f"/v1/subjects/{code_of(1)}/evaluation", {}, 409),  # no model in force
        ("get", "/v1/evaluations?model=general&grade=A", {}, 422),
        ("get", "/v1/evaluations?model=General", {}, 422),
        ("get", "/v1/evaluations?model=general&division=32%25", {}, 422),
        ("get", "/v1/evaluations/distribution", {}, 422),
        ("post", "/v1/evaluation-runs", {"kind": "all"}, 422),
        ("post", "/v1/evaluation-models", {"id": "x"}, 422),
        ("get", "/v1/evaluation-models/general/2026.1", {}, 404),
        ("get", "/v1/evaluation-models/general/latest", {}, 422),
        ("post", "/v1/evaluation-models/general/2026.1/validation", {"source": "测试"}, 404),
        ("post", "/v1/evaluation-models/general/2026.1/validation", {"source": "测试", "more": 1}, 422),
        ("get", "/v1/evaluation-models/general/2026.1/monitoring", {}, 404),
    ],
)
async def test_bad_input_is_refused(caller: Caller, method: str, path: str, given: Any, status: int) -> None:
    async with caller.by(DATA) as client:
        response = await client.request(method, path, json=given if method == "post" else None)
        assert response.status_code == status, response.text


async def test_a_text_is_read_with_its_faults(caller: Caller) -> None:
    text = (packaged_definitions() / "models/general-2026.1.yml").read_text(encoding="utf-8")
    path = "/v1/evaluation-models/reading"
    async with caller.by(DATA) as client:
        good = await json_of(await client.post(path, json={"text": text}))
        assert (good["model"]["id"], good["faults"]) == ("general", [])
        assert good["digest"] == cards()["general"].digest().hex()
        assert await json_of(await client.get("/v1/evaluation-models")) == []  # nothing is stored
        bad = await json_of(await client.post(path, json={"text": text.replace("penalties_36m", "penalties_37m", 1)}))
        line = next(n for n, one in enumerate(text.split("\n"), 1) if "penalties_36m" in one)
        assert bad["model"] is None and bad["digest"] is None
        assert [(fault["line"], "penalties_36m" in fault["message"]) for fault in bad["faults"]] == [(line, True)]
        for nonsense in (
            "[",
            "a: b: c",
            "id: general",
            "- 1",
            "42",
            "{}",
            "&a [*a, *a]",
            "!!python/object:os.system {}",
        ):
            read = await json_of(await client.post(path, json={"text": nonsense}))
            assert read["model"] is None and read["faults"], nonsense
            assert all(fault["message"] for fault in read["faults"]), nonsense


@pytest.mark.parametrize(
    "given",
    [{}, [], {"text": ""}, {"text": 1}, {"text": None}, {"text": "a\0b"}, {"text": "x" * 200_001},
     {"text": "id: x", "more": 1}],
)  # fmt: skip
async def test_a_text_that_is_none_is_refused(caller: Caller, given: Any) -> None:
    async with caller.by(DATA) as client:
        response = await client.post("/v1/evaluation-models/reading", json=given)
        assert response.status_code == 422, response.text
        response = await client.post(
            "/v1/evaluation-models/reading", content=b"{", headers={"Content-Type": "application/json"}
        )
        assert response.status_code == 422, response.text
    async with caller.by(BANKER) as client:
        assert (await client.post("/v1/evaluation-models/reading", json=given)).status_code == 403


async def test_the_worker_evaluates_what_was_touched(node: Node, caller: Caller, service: EvaluationService) -> None:
    await brought_into_force(caller)
    work = tasks(service)
    await work[FULL]({})
    await node.publish(penalties(3, serial=3), item="8", provider="ndrc", name="q.csv", mode="incremental")
    await wake(node.db, service)
    await wake(node.db, service)  # asked for once
    await ask_full(node.db)
    jobs = await node.table("select entrypoint from pgqueuer order by entrypoint")
    assert [job["entrypoint"] for job in jobs] == [FULL, TOUCHED]
    await work[TOUCHED]({})
    assert await service.waiting() == 0
    alone = await service.evaluate(code_of(3))
    rows = await service.results("general")
    assert {row["code"]: row["score"] for row in rows}[code_of(3)] == alone.score.score
