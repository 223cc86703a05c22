"""HTTP of indicators, evaluations and their models."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.consent.rules import Reader, reader_of
from xinshu.evaluate.life import StoredModel
from xinshu.evaluate.model import Indicator
from xinshu.evaluate.scorecard import Grade, Scorecard
from xinshu.evaluate.service import EvaluationService
from xinshu.members.permissions import Access, Guards

ID = r"^[a-z][a-z0-9-]{2,39}$"
VERSION = r"^\d{4}\.\d+$"
MOST_OUTCOMES = 20_000


class IndicatorOut(BaseModel):
    """An indicator; `definition` is its description as written, `kind` integer, number or code."""

    id: str
    topic: str
    name: str
    meaning: str
    unit: str
    direction: str
    kind: str
    items: list[str]
    definition: Indicator


class ModelOut(BaseModel):
    """A version of a model with its life. `validation`: what was measured, and on which outcomes (`source`)."""

    id: str
    version: str
    name: str
    state: str
    digest: str
    created_by: str
    created_at: datetime
    validated_by: str | None
    validated_at: datetime | None
    validation: dict[str, Any] | None
    approved_by: str | None
    approved_at: datetime | None
    started_by: str | None
    started_at: datetime | None
    retired_by: str | None
    retired_at: datetime | None
    document: Scorecard

    @classmethod
    def of(cls, one: StoredModel) -> "ModelOut":
        """From the stored version."""
        known = {"name": one.card.name.zh, "digest": one.digest.hex(), "document": one.card}
        return cls(**{name: known.get(name, getattr(one, name, None)) for name in cls.model_fields})


class OutcomeIn(BaseModel):
    """What became of a subject after the day of the evaluation."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=40)
    bad: bool


class ValidationIn(BaseModel):
    """On which outcomes a model is validated; without any, only distribution, stability and fairness are measured."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(min_length=2, max_length=200, pattern=r"^[^\x00]*$", description="结果数据的来源和口径")
    outcomes: list[OutcomeIn] = Field(default=[], max_length=MOST_OUTCOMES)


class ResultOut(BaseModel):
    """The stored evaluation of a subject."""

    code: str | None
    old_number: str | None
    name: str
    division: str | None
    industry: str | None
    size_class: str
    version: str
    as_of: date
    score: int
    grade: str
    vetoes: list[int]


class PartOut(BaseModel):
    """Subjects of a grade in one part (city, size class, section of industry, kind)."""

    by: str
    part: str | None
    grade: str
    subjects: int
    mean: float


class RunIn(BaseModel):
    """Which run is asked for."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["full", "touched"] = "touched"


class RunOut(BaseModel):
    """A run; `finished_at` None: under way, or ended in the middle."""

    id: int
    kind: str
    as_of: date
    principal: str
    started_at: datetime
    finished_at: datetime | None
    subjects: int
    changed: int


class DriftOut(BaseModel):
    """A month of a model: PSI of its scores against those approved. `drift`: stable, watch (≥0.1), alarm (≥0.25)."""

    month: str
    at: datetime
    subjects: int
    psi: float
    distribution: list[int]
    drift: str


AskRun = Callable[[bool], Awaitable[None]]  # True: a full run


def router(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    """Routes under /v1. `ask_run`: hands a run to the background worker."""
    routes = APIRouter(tags=["evaluation 信用评价"])
    routes.include_router(_evaluations(service, guards, ask_run))
    routes.include_router(_models(service, guards, ask_run))
    return routes


def _evaluations(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    routes = APIRouter()
    Reading = Annotated[Access, Depends(guards.may("read", "evaluation"))]
    Listing = Annotated[Access, Depends(guards.may("list", "evaluation"))]
    Running = Annotated[Access, Depends(guards.may("run", "evaluation"))]
    Model = Annotated[str, Query(pattern=ID, description="模型编号,如 general")]

    @routes.get("/v1/subjects/{code}/evaluation", summary="主体的信用评价及理由 Evaluation of a subject")
    async def evaluation(
        code: Annotated[str, Path(max_length=40)],
        access: Reading,
        purpose: Annotated[str, Query(max_length=40, description="用途代码;本企业和平台可不填")] = "",
        as_of: Annotated[date | None, Query(description="截至该日已知的信息")] = None,
    ) -> dict[str, Any]:
        """Score, grade, points, reasons and facts, as this reader may see them; recorded as evidence first."""
        access.check(subject=code.strip().upper())
        who = access.principal
        own = {Reader.OPERATOR: "upkeep", Reader.SUBJECT: "own"}.get(reader_of(who), "")
        return (await service.read(code, purpose or own, who, as_of)).as_json()

    @routes.get("/v1/evaluations", summary="评价结果列表 Stored evaluations")
    async def listed(
        access: Listing,
        model: Model,
        grade: Annotated[Grade | None, Query(description="等级")] = None,
        division: Annotated[str | None, Query(pattern=r"^[0-9]{2,6}$", description="行政区划前缀")] = None,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[ResultOut]:
        """Best first, as the last run stored them."""
        del access
        found = await service.results(model, grade=grade, division=division, skip=skip, size=page_size)
        return [ResultOut(**one) for one in found]

    @routes.get("/v1/evaluations/distribution", summary="评价结果分布 Distribution of grades")
    async def distribution(access: Listing, model: Model) -> list[PartOut]:
        """By city, size class, section of industry and kind."""
        del access
        return [PartOut(**one) for one in await service.distribution(model)]

    @routes.get("/v1/evaluation-runs", summary="评价运行记录 Runs")
    async def runs(access: Listing, page_size: Annotated[int, Query(ge=1, le=200)] = 50) -> list[RunOut]:
        """Newest first."""
        del access
        return [RunOut(**one) for one in await service.runs(page_size)]

    @routes.post("/v1/evaluation-runs", status_code=status.HTTP_202_ACCEPTED, summary="执行评价 Ask for a run")
    async def run(body: Annotated[RunIn, Body()], access: Running) -> dict[str, str]:
        """Handed to the background worker; asked for twice while one waits, it runs once."""
        del access
        await ask_run(body.kind == "full")
        return {"asked": body.kind}

    return routes


def _models(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    routes = APIRouter()
    models = service.models
    Reading = Annotated[Access, Depends(guards.may("read", "evaluation-model"))]
    Drafting = Annotated[Access, Depends(guards.may("create", "evaluation-model"))]
    Validating = Annotated[Access, Depends(guards.may("validate", "evaluation-model"))]
    Approving = Annotated[Access, Depends(guards.may("approve", "evaluation-model"))]
    Starting = Annotated[Access, Depends(guards.may("start", "evaluation-model"))]
    Retiring = Annotated[Access, Depends(guards.may("retire", "evaluation-model"))]
    Id = Annotated[str, Path(pattern=ID)]
    Version = Annotated[str, Path(pattern=VERSION)]

    @routes.get("/v1/indicators", summary="指标定义 Indicators")
    async def indicators(access: Reading) -> list[IndicatorOut]:
        """All of them, as they are computed."""
        del access
        book = service.book
        return [
            IndicatorOut(
                id=one.id, topic=book.topics[book.topic(one.id)].zh, name=one.name.zh, meaning=one.meaning,
                unit=one.unit, direction=one.direction, kind=book.kind(one.id), items=sorted(book.items_of(one.id)),
                definition=one,
            )
            for one in book
        ]  # fmt: skip

    @routes.get("/v1/evaluation-models", summary="评价模型 Models")
    async def listed(
        access: Reading, model: Annotated[str | None, Query(pattern=ID, description="只要这个模型的各版本")] = None
    ) -> list[ModelOut]:
        """Every version, newest of each first."""
        del access
        return [ModelOut.of(one) for one in await models.all(model)]

    @routes.post("/v1/evaluation-models", status_code=status.HTTP_201_CREATED, summary="起草模型 Draft a model")
    async def create(body: Annotated[Scorecard, Body()], access: Drafting) -> ModelOut:
        """A version never changes once it is there."""
        return ModelOut.of(await models.create(body, access.principal))

    @routes.get("/v1/evaluation-models/{id}/{version}", summary="一个版本 One version")
    async def one(id: Id, version: Version, access: Reading) -> ModelOut:
        """With its validation and its life."""
        del access
        return ModelOut.of(await models.get(id, version))

    @routes.post("/v1/evaluation-models/{id}/{version}/validation", summary="验证 Validate")
    async def validate(id: Id, version: Version, body: Annotated[ValidationIn, Body()], access: Validating) -> ModelOut:
        """Discrimination, calibration, distribution, fairness, over all subjects as the draft scores them."""
        outcomes = {one.code: one.bad for one in body.outcomes}
        return ModelOut.of(await service.validate(id, version, outcomes, body.source, access.principal))

    @routes.post("/v1/evaluation-models/{id}/{version}/approval", summary="批准 Approve")
    async def approve(id: Id, version: Version, access: Approving) -> ModelOut:
        """By a person who neither drafted nor validated it."""
        access.check(account=(await models.get(id, version)).created_by)
        return ModelOut.of(await models.approve(id, version, access.principal))

    @routes.post("/v1/evaluation-models/{id}/{version}/start", summary="施行 Bring into force")
    async def start(id: Id, version: Version, access: Starting) -> ModelOut:
        """The version before it is retired; everybody is evaluated by it in the background."""
        started = await models.start(id, version, access.principal)
        await ask_run(True)
        return ModelOut.of(started)

    @routes.post("/v1/evaluation-models/{id}/{version}/retirement", summary="停用 Retire")
    async def retire(id: Id, version: Version, access: Retiring) -> ModelOut:
        """Nobody is evaluated by it any more."""
        return ModelOut.of(await models.retire(id, version, access.principal))

    @routes.get("/v1/evaluation-models/{id}/{version}/monitoring", summary="运行监测 Drift")
    async def monitoring(id: Id, version: Version, access: Reading) -> list[DriftOut]:
        """Month by month, newest first."""
        del access
        return [DriftOut(**month) for month in await models.monitored(id, version)]

    return routes
