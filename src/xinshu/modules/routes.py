"""HTTP of feature modules."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, status
from pydantic import BaseModel, ConfigDict

from xinshu.members.permissions import Access, Guards
from xinshu.modules.circles import Circles
from xinshu.modules.errors import ListUnknownError
from xinshu.modules.lists import ListRun, Lists, listing_of
from xinshu.modules.loader import Module
from xinshu.modules.model import MODULE_ID, PART_ID, Criteria
from xinshu.modules.service import Modules
from xinshu.modules.views import Line, few

AskRun = Callable[[bool], Awaitable[None]]  # True: a full run


class CountOut(BaseModel):
    """How many belong, and may belong; None: fewer than five."""

    member: int | None
    possible: int | None


class PartOut(BaseModel):
    """A field of a module."""

    id: str
    name: str
    name_en: str


class ModuleOut(BaseModel):
    """A module in short. `province`: from the province's overlay."""

    id: str
    version: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    source_status: str
    province: bool
    circles: bool
    parts: list[PartOut]
    counts: CountOut


class ModulePageOut(ModuleOut):
    """A module with all that is declared: its rules, lists, filter, page; so that anybody can see why."""

    basis: list[str]
    definition: dict[str, Any]


class LineOut(BaseModel):
    """A subject of a list; `reasons` in Chinese; `score` for the platform alone."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    kind: str | None
    division: str | None
    industry: str | None
    size_class: str | None
    degree: str
    points: int
    parts: list[str]
    grade: str | None
    score: int | None
    reasons: list[str]


class PageOut(BaseModel):
    """A page of members; its evidence is leaf `leaf`."""

    leaf: int | None
    module: str
    subjects: list[LineOut]


class FallOut(BaseModel):
    """Members in one part: `by` is part, division, size or grade."""

    by: str
    part: str | None
    degree: str
    subjects: int


class ListRunOut(BaseModel):
    """A list as it was given out; `digest` of its lines is in the evidence."""

    id: UUID
    module: str
    list_id: str
    version: str
    at: datetime
    leaf: int
    count: int
    truncated: bool
    digest: str
    lines: list[dict[str, Any]]


class RunIn(BaseModel):
    """Which run is asked for."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["full", "touched"] = "touched"


class LeaderOut(BaseModel):
    """Who leads a circle; `related`: how many others it is related to."""

    code: str
    name: str
    division: str | None
    industry: str | None
    size_class: str | None
    points: int
    parts: list[str]
    related: int


def router(service: Modules, lists: Lists, circles: Circles, guards: Guards, ask_run: AskRun) -> APIRouter:
    """Routes under /v1. `ask_run`: hands a run to the background worker."""
    routes = APIRouter(tags=["modules 特色功能模块"])
    routes.include_router(_modules(service, guards, ask_run))
    routes.include_router(_members(service, lists, guards))
    routes.include_router(_circles(circles, service, guards))
    return routes


def _short(module: Module, counts: dict[str, int]) -> dict[str, Any]:
    file = module.file
    return {
        "id": file.id, "version": file.version, "name": file.name.zh, "name_en": file.name.en,
        "summary": file.summary.zh, "summary_en": file.summary.en, "source_status": file.source_status,
        "province": module.province, "circles": file.circles is not None,
        "parts": [{"id": one.id, "name": one.name.zh, "name_en": one.name.en} for one in file.classification.parts],
        "counts": {degree: few(count) for degree, count in counts.items()},
    }  # fmt: skip


def _modules(service: Modules, guards: Guards, ask_run: AskRun) -> APIRouter:
    routes = APIRouter()
    Reading = Annotated[Access, Depends(guards.may("read", "module"))]
    Running = Annotated[Access, Depends(guards.may("run", "module"))]
    Finding = Annotated[Access, Depends(guards.may("find", "module"))]

    @routes.get("/v1/modules", summary="特色功能模块 Feature modules")
    async def listed(access: Reading) -> list[ModuleOut]:
        """Those that are on, with how many belong; counts from 1 to 4 are not told."""
        del access
        counts = await service.counts()
        return [ModuleOut(**_short(module, counts[module.id])) for module in service.book]

    @routes.post("/v1/module-runs", status_code=status.HTTP_202_ACCEPTED, summary="执行识别 Ask for a run")
    async def run(body: Annotated[RunIn, Body()], access: Running) -> dict[str, str]:
        """Handed to the background worker; asked for twice while one waits, it runs once."""
        del access
        await ask_run(body.kind == "full")
        return {"asked": body.kind}

    @routes.get("/v1/modules/{id}", summary="一个模块 One module")
    async def one(id: Annotated[str, Path(pattern=MODULE_ID)], access: Reading) -> ModulePageOut:
        """With its rules, lists, filter and page as declared."""
        del access
        module = service.book[id]
        counts = await service.counts()
        return ModulePageOut(
            **_short(module, counts[id]), basis=list(module.file.basis), definition=module.file.model_dump(mode="json")
        )

    @routes.get("/v1/subjects/{code}/modules", summary="主体所属的模块及依据 Modules of a subject")
    async def of_subject(
        code: Annotated[str, Path(max_length=40)],
        access: Finding,
        as_of: Annotated[date | None, Query(description="截至该日已知的信息")] = None,
    ) -> dict[str, Any]:
        """Degree, points and evidence in every module, computed now; evidence from open items only for others."""
        access.check(subject=code.strip().upper())
        return await service.read(code, access.principal, as_of)

    return routes


def _members(service: Modules, lists: Lists, guards: Guards) -> APIRouter:
    routes = APIRouter()
    Listing = Annotated[Access, Depends(guards.may("list", "module"))]
    Id = Annotated[str, Path(pattern=MODULE_ID)]

    @routes.get("/v1/modules/{id}/subjects", summary="模块的主体 Members of a module")
    async def subjects(
        id: Id,
        access: Listing,
        list_id: Annotated[str | None, Query(alias="list", pattern=PART_ID, description="按这个名单的条件")] = None,
        degree: Annotated[Literal["member", "possible"] | None, Query(description="属于或可能")] = None,
        part: Annotated[str | None, Query(pattern=PART_ID, description="领域")] = None,
        division: Annotated[str | None, Query(pattern=r"^([0-9]{2}){1,3}$", description="行政区划前缀")] = None,
        size: Annotated[
            Literal["large", "medium", "small", "micro", "undetermined", "not_applicable"] | None, Query()
        ] = None,
        grade: Annotated[Literal["优", "良", "中", "差"] | None, Query(description="信用等级")] = None,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> PageOut:
        """Most points first, or as the list is sorted; what is asked narrows the list's own criteria."""
        module = service.book[id]
        listing = listing_of(module, list_id) if list_id is not None else None
        base = listing.criteria if listing is not None else Criteria(degrees=("member", "possible"))
        asked = {
            "degrees": (degree,) if degree is not None else None,
            "parts": (part,) if part is not None else None,
            "divisions": (division,) if division is not None else None,
            "sizes": (size,) if size is not None else None,
            "grades": (grade,) if grade is not None else None,
        }
        criteria = _narrowed(base, {name: value for name, value in asked.items() if value is not None})
        found: list[Line] = []
        if criteria is not None:
            sort = listing.sort if listing is not None else "points"
            found = await service.members(id, criteria, access.principal, sort=sort, skip=skip, size=page_size)
        about = {"module": id, "list": list_id, "count": len(found), "skip": skip}
        leaf = await service.record(about, access.principal)
        return PageOut(leaf=leaf, module=id, subjects=[LineOut(**asdict(line)) for line in found])

    @routes.get("/v1/modules/{id}/statistics", summary="模块的统计 Statistics of a module")
    async def statistics(id: Id, access: Listing) -> list[FallOut]:
        """By field, city, size and grade."""
        return [FallOut(**row) for row in await service.statistics(id, access.principal)]

    @routes.post(
        "/v1/modules/{id}/lists/{list_id}", status_code=status.HTTP_201_CREATED, summary="出具名单 Give out a list"
    )
    async def make(id: Id, list_id: Annotated[str, Path(pattern=PART_ID)], access: Listing) -> ListRunOut:
        """Run by its declared criteria, kept as it is, recorded as evidence."""
        return _run_out(await lists.make(id, list_id, access.principal))

    @routes.get("/v1/modules/{id}/list-runs/{run_id}", summary="已出具的名单 A list given out")
    async def made(id: Id, run_id: UUID, access: Listing) -> ListRunOut:
        """As it was given out, to whoever obtained it and to the platform."""
        service.book[id]
        found = await lists.get(id, run_id)
        return _run_out(found, access)

    return routes


def _run_out(found: ListRun, access: Access | None = None) -> ListRunOut:
    """To other members than the one that obtained it, a list does not exist."""
    if access is not None and not access.principal.of_platform and access.principal.member_id != found.member_id:
        raise ListUnknownError(f"模块 {found.module} 没有编号为 {found.id} 的名单", hint="核对编号")
    shown = {name: getattr(found, name) for name in ("id", "module", "version", "at", "leaf", "count", "truncated")}
    return ListRunOut(**shown, list_id=found.list, digest=found.digest.hex(), lines=list(found.lines))


def _narrowed(base: Criteria, asked: dict[str, tuple[Any, ...]]) -> Criteria | None:
    """Both must hold; None where they exclude one another."""
    update: dict[str, tuple[Any, ...]] = {}
    for name, values in asked.items():
        own = getattr(base, name)
        if name == "divisions" and own:
            both = tuple(one for one in values if any(one.startswith(prefix) for prefix in own))
            both += tuple(prefix for prefix in own if any(prefix.startswith(one) and prefix != one for one in values))
        else:
            both = tuple(one for one in values if not own or one in own)
        if not both:
            return None
        update[name] = both
    return base.model_copy(update=update)


def _circles(circles: Circles, service: Modules, guards: Guards) -> APIRouter:
    routes = APIRouter()
    Listing = Annotated[Access, Depends(guards.may("list", "module"))]
    Id = Annotated[str, Path(pattern=MODULE_ID)]

    @routes.get("/v1/modules/{id}/circles", summary="链主 Chain leaders")
    async def leaders(
        id: Id,
        access: Listing,
        skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[LeaderOut]:
        """Most related first."""
        return [LeaderOut(**row) for row in await circles.leaders(id, access.principal, skip=skip, size=page_size)]

    @routes.get("/v1/modules/{id}/circles/{leader}", summary="链主的生态圈 The circle of a leader")
    async def circle(id: Id, leader: Annotated[str, Path(max_length=40)], access: Listing) -> dict[str, Any]:
        """Members with their distance, and the relations among them; recorded as evidence."""
        found = await circles.circle(id, leader, access.principal)
        about = {"module": id, "circle": True, "count": len(found["members"])}
        leaf = await service.record(about, access.principal, found["leader"]["code"])
        return {"leaf": leaf, **found}

    return routes
