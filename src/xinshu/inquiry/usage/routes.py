"""HTTP of usage."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from xinshu.inquiry.batches.model import NoMemberError
from xinshu.inquiry.usage.service import UsageService
from xinshu.members.permissions import Access, Guards

_DAYS = {"ge": date(2000, 1, 1), "lt": date(2200, 1, 1)}


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DayUseOut(_Out):
    """Inquiries of one day and purpose: all, some, none of what was asked for was given."""

    day: date
    purpose: str
    inquiries: int
    whole: int
    partly: int
    refused: int
    authorised: int


class BusiestOut(_Out):
    """The minute with most inquiries."""

    at: datetime
    inquiries: int


class QuotaOut(_Out):
    """Of what a member may have `limit`; `used` null where each process of the node counts for itself."""

    name: str
    limit: int
    used: int | None
    per: str | None


class UsageOut(_Out):
    """What a member asked, and how much more it may."""

    since: date
    until: date
    days: list[DayUseOut]
    subjects: int
    busiest: BusiestOut | None
    quotas: list[QuotaOut]


def router(usage: UsageService, guards: Guards) -> APIRouter:
    """GET /v1/usage."""
    routes = APIRouter(tags=["inquiry 查询"])

    @routes.get("/v1/usage", summary="用量 What one's own organisation asked")
    async def used(
        access: Annotated[Access, Depends(guards.may("read", "inquiry"))],
        since: Annotated[date | None, Query(**_DAYS, description="起始日;不写为截止日前 29 天")] = None,
        until: Annotated[date | None, Query(**_DAYS, description="截止日(含);不写为今天")] = None,
    ) -> UsageOut:
        """Inquiries by day and purpose, and what is left of its quotas; of the caller's own organisation alone."""
        member = access.principal.member_id
        access.check(member=member)
        if member is None:
            raise NoMemberError("用量按单位统计,本账户不属于任何单位", hint="用单位的账户登录")
        return UsageOut.model_validate(await usage.of(member, since, until))

    return routes
