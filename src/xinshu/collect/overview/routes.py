"""HTTP of what a provider sees of its own sending; operators name the provider."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from xinshu.catalogue.model import Text
from xinshu.collect.model import BatchState
from xinshu.collect.overview.rules import Punctuality
from xinshu.collect.overview.service import Overview, Standing
from xinshu.collect.routes import PROVIDER
from xinshu.collect.senders import Senders
from xinshu.members.permissions import Access, Guards


class ItemStandingOut(BaseModel):
    """One item: what was last sent of it, whether that is in time, what waits. `personal`: it has personal fields."""

    item: str
    slug: str
    version: str
    name: Text
    fields: int
    personal: bool
    cycle: str
    lag_days: int
    punctuality: Punctuality
    due: date | None
    received_at: datetime | None
    published_at: datetime | None
    batch: int | None
    state: BatchState | None
    held: int
    working: int
    rows_to_mend: int
    batches_to_mend: int
    batch_to_mend: int | None

    @classmethod
    def of(cls, one: Standing) -> "ItemStandingOut":
        """From the standing."""
        item = one.item
        return cls(
            item=item.item, slug=item.slug, version=item.version, name=item.name, fields=len(item.fields),
            personal=one.personal, cycle=item.update_cycle.every, lag_days=item.update_cycle.lag_days,
            punctuality=one.punctuality, due=one.due, received_at=one.received_at, published_at=one.published_at,
            batch=one.batch, state=BatchState(one.state) if one.state is not None else None, held=one.held,
            working=one.working, rows_to_mend=one.rows_to_mend, batches_to_mend=one.batches_to_mend,
            batch_to_mend=one.batch_to_mend,
        )  # fmt: skip


class OverviewOut(BaseModel):
    """All items of a provider."""

    provider: str
    items: list[ItemStandingOut]


class MonthOut(BaseModel):
    """One item in one month of receipt; shares from 0 to 1, None where nothing can be said. `mended`: rows that
    corrections brought back sound."""

    item: str
    month: str
    batches: int
    read: int
    accepted: int
    quarantined: int
    mended: int
    completeness: float | None
    accuracy: float | None
    timeliness: float | None


class ReasonRowsOut(BaseModel):
    """What rows were set aside for, and how many."""

    item: str
    field: str | None
    code: str
    words: str
    rows: int


class TrendsOut(BaseModel):
    """Quality over time."""

    provider: str
    since: str
    until: str
    months: list[MonthOut]
    reasons: list[ReasonRowsOut]


def router(overview: Overview, guards: Guards, senders: Senders) -> APIRouter:
    """Routes /v1/batches/overview and /v1/batches/trends."""
    routes = APIRouter(prefix="/v1/batches", tags=["collect 归集"])
    Reading = Annotated[Access, Depends(guards.may("read", "batch"))]
    Provider = Annotated[str | None, Query(pattern=PROVIDER, description="数据提供单位代码;不写:本单位")]

    @routes.get("/overview", summary="本单位的事项 Items of a provider")
    async def items(access: Reading, provider: Provider = None) -> OverviewOut:
        """Each with its last delivery, whether that is in time by the catalogue's cycle, and what waits."""
        code = await senders.own_code(access, provider)
        own = await senders.items_of(access, code)
        found = await overview.items(code, own, access.scopes)
        return OverviewOut(provider=code, items=[ItemStandingOut.of(one) for one in found])

    @routes.get("/trends", summary="数据质量趋势 Quality by month")
    async def trends(
        access: Reading,
        provider: Provider = None,
        item: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
        months: Annotated[int, Query(ge=1, le=36, description="最近几个月,含本月")] = 12,
    ) -> TrendsOut:
        """Rows and shares of each item by month, and what rows were set aside for."""
        code = await senders.own_code(access, provider)
        await senders.items_of(access, code)
        found = await overview.trends(code, item, months, access.scopes)
        return TrendsOut(
            provider=code, since=found.since, until=found.until,
            months=[MonthOut.model_validate(row) for row in found.months],
            reasons=[ReasonRowsOut.model_validate(asdict(one)) for one in found.reasons],
        )  # fmt: skip

    return routes
