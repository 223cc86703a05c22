"""HTTP of evaluations: one subject, all of them, runs; with the routes of objections and of models."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, status

from xinshu.consent.rules import Reader, reader_of
from xinshu.evaluate.model_routes import router as model_routes
from xinshu.evaluate.objection_routes import router as objection_routes
from xinshu.evaluate.portfolio import Sort, Wanted
from xinshu.evaluate.scorecard import Grade
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.views import (
    CourseOut,
    EvaluationOut,
    ImprovementsOut,
    PortfolioOut,
    ResultOut,
    RunIn,
    RunOut,
    SpreadOut,
)
from xinshu.members.model import Principal
from xinshu.members.permissions import Access, Guards

ID = r"^[a-z][a-z0-9-]{2,39}$"
DIVISION = r"^[0-9]{2,6}$"
AskRun = Callable[[bool], Awaitable[None]]  # True: a full run
Code = Annotated[str, Path(max_length=40)]
Purpose = Annotated[str, Query(max_length=40, description="用途代码;本企业和平台可不填")]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
PageSize = Annotated[int, Query(ge=1, le=200)]


def router(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    """Routes under /v1. `ask_run`: hands a run to the background worker."""
    routes = APIRouter(tags=["evaluation 信用评价"])
    routes.include_router(_of_one(service, guards))
    routes.include_router(objection_routes(service, guards, ask_run))
    routes.include_router(_of_many(service, guards))
    routes.include_router(_runs(service, guards, ask_run))
    routes.include_router(model_routes(service, guards, ask_run))
    return routes


def _own(purpose: str, who: Principal) -> str:
    """What the firm and the platform look for, unless they say otherwise."""
    return purpose or {Reader.OPERATOR: "upkeep", Reader.SUBJECT: "own"}.get(reader_of(who), "")


def _of_one(service: EvaluationService, guards: Guards) -> APIRouter:
    routes = APIRouter(prefix="/v1/subjects/{code}/evaluation")
    Reading = Annotated[Access, Depends(guards.may("read", "evaluation"))]
    Improving = Annotated[Access, Depends(guards.may("improve", "evaluation"))]

    @routes.get("", summary="主体的信用评价及理由 Evaluation of a subject")
    async def evaluation(
        code: Code,
        access: Reading,
        purpose: Purpose = "",
        as_of: Annotated[date | None, Query(description="截至该日已知的信息")] = None,
    ) -> EvaluationOut:
        """Score, grade, points, reasons and facts, as this reader may see them; recorded as evidence first."""
        access.check(subject=code.strip().upper())
        who = access.principal
        found = await service.read(code, _own(purpose, who), who, as_of)
        return EvaluationOut.model_validate(found.as_json())

    @routes.get("/course", summary="评价的变化过程 Course of an evaluation")
    async def course(
        code: Code,
        access: Reading,
        purpose: Purpose = "",
        since: Annotated[date | None, Query(description="自该日")] = None,
        until: Annotated[date | None, Query(description="至该日")] = None,
    ) -> CourseOut:
        """Every change of grade, of the version, of vetoes, of the score beyond noise; institutions see grades only."""
        access.check(subject=code.strip().upper())
        who = access.principal
        found = await service.course(code, _own(purpose, who), who, since, until)
        return CourseOut.model_validate(
            {
                "code": found.subject["code"] or found.subject["old_number"],
                "name": found.subject["name"],
                "disputed": found.disputed,
                "leaf": found.leaf,
                "kept_months": service.courses.months,
                "entries": found.entries,
            }
        )

    @routes.get("/improvements", summary="怎样改进评价 What would improve it")
    async def improvements(code: Code, access: Improving) -> ImprovementsOut:
        """What the firm can do, what it would win, and to whom it turns; each figure is recomputed with the change."""
        access.check(subject=code.strip().upper())
        return ImprovementsOut.model_validate(await service.improvements(code, access.principal))

    return routes


def _of_many(service: EvaluationService, guards: Guards) -> APIRouter:
    routes = APIRouter()
    Listing = Annotated[Access, Depends(guards.may("list", "evaluation"))]
    Holding = Annotated[Access, Depends(guards.may("portfolio", "evaluation"))]
    Model = Annotated[str, Query(pattern=ID, description="模型编号,如 general")]

    @routes.get("/v1/portfolio", summary="授权企业的评价组合 Portfolio of an institution")
    async def portfolio(
        access: Holding,
        since: Annotated[date | None, Query(description="与该日的等级比较;不填为三个月前")] = None,
        purpose: Annotated[str | None, Query(max_length=40, description="只要这一用途的授权")] = None,
        model: Annotated[str | None, Query(pattern=ID)] = None,
        grade: Annotated[Grade | None, Query(description="现在的等级")] = None,
        changed: Annotated[
            Literal["better", "worse", "same", "new", "changed"] | None,
            Query(description="等级:变好、变差、不变、当时没有、变好或变差"),
        ] = None,
        division: Annotated[str | None, Query(pattern=DIVISION, description="行政区划前缀")] = None,
        sort: Annotated[Sort, Query(description="按得分、得分变化、等级或名称")] = "change",
        descending: bool = False,
        page: PageNumber = 1,
        page_size: PageSize = 50,
    ) -> PortfolioOut:
        """Firms whose authorisation is in force for a purpose that the model allows; one leaf for the look."""
        wanted = Wanted(since, purpose, model, grade, changed, division, sort, descending, page, page_size)
        found = await service.portfolios.read(wanted, access.principal)
        return PortfolioOut.model_validate(asdict(found) | {"page": page, "page_size": page_size})

    @routes.get("/v1/evaluations", summary="评价结果列表 Stored evaluations")
    async def listed(
        access: Listing,
        model: Model,
        grade: Annotated[Grade | None, Query(description="等级")] = None,
        division: Annotated[str | None, Query(pattern=DIVISION, description="行政区划前缀")] = None,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        page_size: PageSize = 50,
    ) -> list[ResultOut]:
        """Best first, as the last run stored them."""
        del access
        found = await service.results(model, grade=grade, division=division, skip=skip, size=page_size)
        return [ResultOut(**one) for one in found]

    @routes.get("/v1/evaluations/distribution", summary="评价结果分布 Distribution of grades")
    async def distribution(access: Listing, model: Model) -> list[SpreadOut]:
        """By city, size class, section of industry and kind."""
        del access
        return [SpreadOut(**one) for one in await service.distribution(model)]

    return routes


def _runs(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    routes = APIRouter(prefix="/v1/evaluation-runs")
    Listing = Annotated[Access, Depends(guards.may("list", "evaluation"))]
    Running = Annotated[Access, Depends(guards.may("run", "evaluation"))]

    @routes.get("", summary="评价运行记录 Runs")
    async def runs(access: Listing, page_size: PageSize = 50) -> list[RunOut]:
        """Newest first."""
        del access
        return [RunOut(**one) for one in await service.runs(page_size)]

    @routes.post("", status_code=status.HTTP_202_ACCEPTED, summary="执行评价 Ask for a run")
    async def run(body: Annotated[RunIn, Body()], access: Running) -> dict[str, str]:
        """Handed to the background worker; asked for twice while one waits, it runs once."""
        del access
        await ask_run(body.kind == "full")
        return {"asked": body.kind}

    return routes
