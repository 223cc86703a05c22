"""HTTP of indicators and models: their life, what validation measured, what two versions differ in."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, status

from xinshu.evaluate.life import NotValidatedError, State, StoredModel
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.validation import fairness_rows
from xinshu.evaluate.views import (
    DifferenceOut,
    DifferencesOut,
    DriftOut,
    IndicatorOut,
    ModelOut,
    ValidationIn,
    ValidationOut,
)
from xinshu.members.permissions import Access, Guards

ID = r"^[a-z][a-z0-9-]{2,39}$"
VERSION = r"^\d{4}\.\d+$"
Id = Annotated[str, Path(pattern=ID)]
Version = Annotated[str, Path(pattern=VERSION)]
AskRun = Callable[[bool], Awaitable[None]]


def router(service: EvaluationService, guards: Guards, ask_run: AskRun) -> APIRouter:
    """Routes under /v1."""
    routes = APIRouter()
    _seeing(routes, service, guards)
    _stepping(routes, service, guards, ask_run)
    return routes


def _seeing(routes: APIRouter, service: EvaluationService, guards: Guards) -> None:
    models = service.models
    Reading = Annotated[Access, Depends(guards.may("read", "evaluation-model"))]

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
        access: Reading,
        model: Annotated[str | None, Query(pattern=ID, description="只要这个模型的各版本")] = None,
        state: Annotated[State | None, Query(description="只要这一状态的,如等待批准的 validated")] = None,
    ) -> list[ModelOut]:
        """Every version, newest of each first."""
        del access
        return [ModelOut.of(one) for one in await models.all(model, state.value if state is not None else None)]

    @routes.get("/v1/evaluation-models/{id}/{version}", summary="一个版本 One version")
    async def one(id: Id, version: Version, access: Reading) -> ModelOut:
        """With its validation and its life."""
        del access
        return ModelOut.of(await models.get(id, version))

    @routes.get("/v1/evaluation-models/{id}/{version}/difference", summary="两个版本的差别 Difference of two versions")
    async def difference(
        id: Id,
        version: Version,
        access: Reading,
        other: Annotated[str, Query(alias="with", pattern=VERSION, description="与之比较的版本")],
    ) -> DifferencesOut:
        """What the version says otherwise than the one named: cut-offs, vetoes, weights, bins, uses, in words."""
        del access
        found = [DifferenceOut(**asdict(one)) for one in await models.compared(id, version, other)]
        return DifferencesOut(model=id, version=version, with_version=other, differences=found)

    @routes.get("/v1/evaluation-models/{id}/{version}/validation", summary="验证结果 What validation measured")
    async def validation(id: Id, version: Version, access: Reading) -> ValidationOut:
        """Curves, distributions, calibration with intervals, fairness, drift, and what they cannot show."""
        del access
        model = await models.get(id, version)
        if model.validation is None:
            raise NotValidatedError(f"模型 {id} {version} 还没有验证", hint="先由数据运营员验证")
        return validation_out(model, [DriftOut(**month) for month in await models.monitored(id, version)])

    @routes.get("/v1/evaluation-models/{id}/{version}/monitoring", summary="运行监测 Drift")
    async def monitoring(id: Id, version: Version, access: Reading) -> list[DriftOut]:
        """Month by month, newest first."""
        del access
        return [DriftOut(**month) for month in await models.monitored(id, version)]


def _stepping(routes: APIRouter, service: EvaluationService, guards: Guards, ask_run: AskRun) -> None:
    models = service.models
    Drafting = Annotated[Access, Depends(guards.may("create", "evaluation-model"))]
    Validating = Annotated[Access, Depends(guards.may("validate", "evaluation-model"))]
    Approving = Annotated[Access, Depends(guards.may("approve", "evaluation-model"))]
    Starting = Annotated[Access, Depends(guards.may("start", "evaluation-model"))]
    Retiring = Annotated[Access, Depends(guards.may("retire", "evaluation-model"))]

    @routes.post("/v1/evaluation-models", status_code=status.HTTP_201_CREATED, summary="起草模型 Draft a model")
    async def create(body: Annotated[Scorecard, Body()], access: Drafting) -> ModelOut:
        """A version never changes once it is there."""
        return ModelOut.of(await models.create(body, access.principal))

    @routes.post("/v1/evaluation-models/{id}/{version}/validation", summary="验证 Validate")
    async def validate(id: Id, version: Version, body: Annotated[ValidationIn, Body()], access: Validating) -> ModelOut:
        """Discrimination, calibration, stability, distribution, fairness, over all as the draft scores them."""
        outcomes = {one.code: one.bad for one in body.outcomes}
        found = await service.validate(id, version, outcomes, body.source, access.principal, body.earlier)
        return ModelOut.of(found)

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


def validation_out(model: StoredModel, monitoring: list[DriftOut]) -> ValidationOut:
    """What was measured, for charts; of a validation by an earlier release, what it has."""
    known = dict(model.validation or {})
    calibration = [{"low": None, "high": None, **row} for row in known.get("calibration", [])]
    return ValidationOut.model_validate(
        {
            "ks_score": None, "earlier": None, "roc": [], "bands": [], "flags": [],
            **known,
            "calibration": calibration,
            "fairness": {group: fairness_rows(parts) for group, parts in known.get("fairness", {}).items()},
            "model": model.id, "version": model.version, "name": model.card.name.zh, "state": model.state.value,
            "validated_by": model.validated_by, "validated_at": model.validated_at, "monitoring": monitoring,
        }
    )  # fmt: skip
