"""HTTP of screenings."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, status
from pydantic import BaseModel, ConfigDict

from xinshu.inquiry.screening.model import MOST, Criteria, Screening
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.members.permissions import Access, Guards


class ScreeningOut(BaseModel):
    """A run; its evidence is leaf `leaf`. `truncated`: more subjects met the criteria than one run gives."""

    leaf: int
    id: UUID
    member_id: str
    principal: str
    at: datetime
    criteria: Criteria
    count: int
    truncated: bool
    result: str
    kept_until: datetime
    removed: bool

    @classmethod
    def of(cls, one: Screening) -> "ScreeningOut":
        """From the stored run."""
        shown = {name: getattr(one, name) for name in cls.model_fields}
        return cls(**{**shown, "result": one.result.hex()})


class FoundOut(BaseModel):
    """A subject; `matched`: numbers, from 1, of the criteria on facts that hold of it."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    kind: str | None
    division: str | None
    industry: str | None
    status: str | None
    size_class: str
    matched: list[int]


class ListOut(BaseModel):
    """A page of a list."""

    total: int
    truncated: bool
    subjects: list[FoundOut]


def router(service: ScreeningService, guards: Guards) -> APIRouter:
    """Routes under /v1/screenings."""
    routes = APIRouter(prefix="/v1/screenings", tags=["screening 筛查"])
    Running = Annotated[Access, Depends(guards.may("create", "screening"))]
    Reading = Annotated[Access, Depends(guards.may("read", "screening"))]

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="筛查 Screen by open items")
    async def screen(body: Annotated[Criteria, Body()], access: Running) -> ScreeningOut:
        """Firms that meet all criteria, by open and non-personal information alone; no authorisation is needed."""
        access.check(member=access.principal.member_id)
        return ScreeningOut.of(await service.screen(body, access.principal))

    @routes.get("", summary="筛查记录 Screenings")
    async def listed(
        access: Reading,
        before: Annotated[int | None, Query(ge=0, le=2**62, description="只要存证编号小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[ScreeningOut]:
        """Newest first."""
        return [ScreeningOut.of(one) for one in await service.page(access.scopes, before, page_size)]

    @routes.get("/{screening_id}", summary="一次筛查 One screening")
    async def one(screening_id: UUID, access: Reading) -> ScreeningOut:
        """What was asked, how many were found."""
        found = await service.screening(screening_id)
        access.check(member=found.member_id)
        return ScreeningOut.of(found)

    @routes.get("/{screening_id}/subjects", summary="筛查的名单 List")
    async def subjects(
        screening_id: UUID,
        access: Reading,
        skip: Annotated[int, Query(ge=0, le=MOST)] = 0,
        page_size: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> ListOut:
        """By code; nothing but what the public register says and which criteria hold."""
        found = await service.screening(screening_id)
        access.check(member=found.member_id)
        shown = [FoundOut.model_validate(each) for each in await service.found(found, skip, page_size)]
        return ListOut(total=found.count, truncated=found.truncated, subjects=shown)

    return routes
