"""HTTP of the security log."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BaseModel

from xinshu.members.events.service import Event, Events
from xinshu.members.permissions import Access, Guards

Name = Annotated[str | None, Query(min_length=1, max_length=100)]


def _moment(value: datetime | None) -> datetime | None:
    """In UTC, which also stands for moments without a time zone. Raises ValueError outside the years 2000 to 2199."""
    if value is None:
        return None
    if not 2000 <= value.year < 2200:
        raise ValueError("年份须在 2000 至 2199 之间")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Moment = Annotated[datetime | None, AfterValidator(_moment), Query()]


class EventOut(BaseModel):
    """One line of the log."""

    id: int
    at: datetime
    kind: str
    code: str
    principal: str | None
    member_id: str | None
    target: str | None
    address: str | None
    details: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventOut":
        """From the stored line."""
        return cls(**vars(event))


class EventPageOut(BaseModel):
    """One page, newest first."""

    total: int
    page: int
    page_size: int
    events: list[EventOut]


def router(events: Events, guards: Guards) -> APIRouter:
    """Routes under /v1/access-events."""
    routes = APIRouter(prefix="/v1/access-events", tags=["members 成员"])

    @routes.get("", summary="安全日志 Security log")
    async def access_events(
        access: Annotated[Access, Depends(guards.may("read", "access-event"))],
        kind: Name = None,
        principal: Name = None,
        member_id: Name = None,
        since: Moment = None,
        until: Moment = None,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> EventPageOut:
        """Sign-ins, refusals, changes of rights; `since` included, `until` not. A member sees its own."""
        found = await events.page(
            access.scopes, kind=kind, principal=principal, member_id=member_id, since=since, until=until,
            page=page, page_size=page_size,
        )  # fmt: skip
        lines = [EventOut.of(event) for event in found.events]
        return EventPageOut(total=found.total, page=page, page_size=page_size, events=lines)

    return routes
