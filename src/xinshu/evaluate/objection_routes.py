"""HTTP of objections to evaluations: the firm's, the desk of those who review them, the records named to providers."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, status

from xinshu.core.errors import XinshuError
from xinshu.evaluate.dispute import EVENT_NAMES, STAGE_NAMES, Objection, Stage
from xinshu.evaluate.loader import Book
from xinshu.evaluate.objections import Detail, RecordRef
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.views import (
    NamedRecordOut,
    NamedRecordPageOut,
    ObjectionDecisionIn,
    ObjectionDetailOut,
    ObjectionIn,
    ObjectionOut,
    ObjectionPageOut,
    ObjectionState,
)
from xinshu.members.permissions import Access, Guards

AskRun = Callable[[bool], Awaitable[None]]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
PageSize = Annotated[int, Query(ge=1, le=100)]


def router(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    """Routes under /v1."""
    routes = APIRouter()
    _seeing(routes, service, guards)
    _stepping(routes, service, guards, ask_run)
    return routes


def _seeing(routes: APIRouter, service: EvaluationService, guards: Guards) -> None:
    objections = service.objections
    Reading = Annotated[Access, Depends(guards.may("read", "evaluation-objection"))]
    Naming = Annotated[Access, Depends(guards.may("correct", "evaluation-objection"))]

    @routes.get("/v1/evaluation-objections", summary="评价异议列表 Objections to evaluations")
    async def listed(
        access: Reading,
        state: Annotated[ObjectionState | None, Query(description="状态")] = None,
        subject: Annotated[str | None, Query(max_length=40, description="信用主体代码")] = None,
        open: Annotated[bool, Query(description="只要办理中的")] = False,
        overdue: Annotated[bool, Query(description="只要已超期的")] = False,
        unseen: Annotated[bool, Query(description="只要已决定而企业还没有看的")] = False,
        page: PageNumber = 1,
        page_size: PageSize = 20,
    ) -> ObjectionPageOut:
        """A firm sees its own, the platform and supervisors all; those under way first, by their clock."""
        total, found = await objections.page(
            access.scopes, state=state, subject=subject, open=open, overdue=overdue, unseen=unseen, page=page,
            page_size=page_size,
        )  # fmt: skip
        shown = [ObjectionOut.model_validate(_about(service, one)) for one in found]
        return ObjectionPageOut(total=total, page=page, page_size=page_size, objections=shown)

    @routes.get("/v1/evaluation-objections/wrong-records", summary="须更正的记录 Records named to providers")
    async def wrong_records(access: Naming, page: PageNumber = 1, page_size: PageSize = 20) -> NamedRecordPageOut:
        """Records that a review found wrong at their source: a provider sees its own, the platform all."""
        total, found = await objections.named(access.scopes, page, page_size)
        shown = [
            NamedRecordOut(
                item_name=_item_name(service.book, one["item"]), subject=one["code"], subject_name=one["name"],
                **{name: one[name] for name in ("id", "item", "provider", "batch", "about", "what", "named_at")},
            )
            for one in found
        ]  # fmt: skip
        return NamedRecordPageOut(total=total, page=page, page_size=page_size, records=shown)

    @routes.get("/v1/evaluation-objections/{id}", summary="查看评价异议 One objection")
    async def one(id: UUID, access: Reading) -> ObjectionDetailOut:
        """With its steps. That the firm has read a decision is recorded."""
        found = await objections.detail(id)
        access.check(subject=found.objection.subject_code, account=found.objection.entered_by)
        if access.principal.subject is not None and found.objection.unseen:
            await objections.see(id, access.principal)
            found = await objections.detail(id)
        return await _detail(service, found)


def _stepping(routes: APIRouter, service: EvaluationService, guards: Guards, ask_run: AskRun) -> None:
    objections = service.objections
    Entering = Annotated[Access, Depends(guards.may("create", "evaluation-objection"))]
    Reviewing = Annotated[Access, Depends(guards.may("review", "evaluation-objection"))]
    Withdrawing = Annotated[Access, Depends(guards.may("withdraw", "evaluation-objection"))]

    @routes.post(
        "/v1/subjects/{code}/evaluation/objections",
        status_code=status.HTTP_201_CREATED,
        summary="对评价提出异议 Object to an evaluation",
    )
    async def enter(
        code: Annotated[str, Path(max_length=40)], body: Annotated[ObjectionIn, Body()], access: Entering
    ) -> ObjectionDetailOut:
        """To the whole, an indicator or a record; while it is under way the evaluation is marked wherever given."""
        access.check(subject=code.strip().upper())
        fact = RecordRef(body.fact.item, body.fact.batch, body.fact.about) if body.fact is not None else None
        made = await objections.enter(code, body.about, body.text, access.principal, body.indicator, fact)
        return await _detail(service, made)

    @routes.post("/v1/evaluation-objections/{id}/review", summary="开始复核 Take up a review")
    async def take(id: UUID, access: Reviewing) -> ObjectionDetailOut:
        """By a person who neither made, validated, approved or started the model, nor ran the evaluation."""
        access.check(account=(await objections.detail(id)).objection.entered_by)
        return await _detail(service, await objections.take(id, access.principal))

    @routes.post("/v1/evaluation-objections/{id}/decision", summary="作出复核决定 Decide")
    async def decide(id: UUID, body: Annotated[ObjectionDecisionIn, Body()], access: Reviewing) -> ObjectionDetailOut:
        """With reasons, by whoever took it. What is upheld is evaluated again within minutes."""
        access.check(account=(await objections.detail(id)).objection.entered_by)
        wrong = [RecordRef(one.item, one.batch, one.about, one.what) for one in body.wrong]
        found = await objections.decide(id, Stage(body.outcome), body.reasons, wrong, access.principal)
        if found.objection.state is not Stage.REJECTED:
            await ask_run(False)
        return await _detail(service, found)

    @routes.post("/v1/evaluation-objections/{id}/withdrawal", summary="撤回异议 Withdraw")
    async def withdraw(id: UUID, access: Withdrawing) -> ObjectionDetailOut:
        """While it is not decided."""
        access.check(subject=(await objections.detail(id)).objection.subject_code)
        return await _detail(service, await objections.withdraw(id, access.principal))


async def _detail(service: EvaluationService, found: Detail) -> ObjectionDetailOut:
    steps = [{**step, "event_name": EVENT_NAMES[step["event"]]} for step in found.steps]
    wrong = [{**one, "item_name": _item_name(service.book, one["item"])} for one in found.wrong]
    about = _about(service, found.objection) | {"steps": steps, "wrong": wrong, "now": await _now(service, found)}
    return ObjectionDetailOut.model_validate(about)


async def _now(service: EvaluationService, found: Detail) -> dict[str, Any] | None:
    """The evaluation as it is today; None where no model evaluates the subject any more."""
    try:
        result = (await service.evaluate(found.objection.subject_code)).score
    except XinshuError:
        return None
    return {"score": result.score, "grade": result.grade}


def _about(service: EvaluationService, one: Objection) -> dict[str, Any]:
    today: date = service.today()
    name = one.indicator
    shown = service.book[name].name.zh if name is not None and name in service.book else name
    kept = (
        "id", "subject_name", "model", "version", "as_of", "score", "grade", "about", "indicator", "fact", "text",
        "entered_by_name", "entered_at", "due", "reviewer_name", "taken_at", "decided_at", "reasons", "unseen",
    )  # fmt: skip
    return {name: getattr(one, name) for name in kept} | {
        "subject": one.subject_code,
        "state": one.state.value,
        "state_name": STAGE_NAMES[one.state],
        "indicator_name": shown,
        "overdue": one.overdue(today),
    }


def _item_name(book: Book, item: str) -> str:
    return book.catalogue.item(item).name.zh
