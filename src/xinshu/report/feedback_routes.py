"""HTTP of feedback: readers say what they think of a report, providers and the platform answer."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.inquiry.routes import TEXT
from xinshu.members.model import MemberKind, Principal
from xinshu.members.permissions import Access, Guards
from xinshu.report.feedback import Feedback, FeedbackDesk, Kind, Open
from xinshu.report.routes import Number
from xinshu.report.shelf import Shelf, scoped

Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=TEXT)]


class FeedbackIn(BaseModel):
    """What the reader says. `row`: of the item's rows in the report, from 1."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="useful 有用、wrong 有误、missing 缺少")
    item: str | None = Field(None, min_length=1, max_length=64, pattern=TEXT, description="事项编号")
    row: int | None = Field(None, ge=1, le=100_000, description="该事项的第几条,从 1 数起")
    text: Words = Field(description="说明;不要写与他人有关的内容")


class AnswerIn(BaseModel):
    """The answer."""

    model_config = ConfigDict(extra="forbid")

    answer: Words = Field(description="答复")


class FeedbackOut(BaseModel):
    """What was said, and the answer; `row_no` and `batch_id`: of the fact that it is about."""

    id: UUID
    number: str
    at: datetime
    subject_code: str
    kind: Kind
    item: str | None
    row_no: int | None
    provider: str | None
    batch_id: int | None
    text: str
    answer: str | None
    answered_for: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, one: Feedback) -> "FeedbackOut":
        """Without who said it."""
        return cls(**{name: value for name, value in asdict(one).items() if name in cls.model_fields})


def router(desk: FeedbackDesk, shelf: Shelf, guards: Guards) -> APIRouter:
    """Routes under /v1/reports/{number}/feedback and /v1/report-feedback."""
    routes = APIRouter(tags=["report 信用报告"])
    Saying = Annotated[Access, Depends(guards.may("feedback", "report"))]
    Answering = Annotated[Access, Depends(guards.may("answer", "report"))]

    @routes.post("/v1/reports/{number}/feedback", status_code=status.HTTP_201_CREATED, summary="反馈 Give feedback")
    async def say(number: Number, body: Annotated[FeedbackIn, Body()], access: Saying) -> FeedbackOut:
        """By the reader of the report; the item's providers and the platform see it, not who said it."""
        access.check(**scoped(await shelf.stored(number)))
        return FeedbackOut.of(
            await desk.say(number, access.principal, body.kind, body.text, item=body.item, row=body.row)
        )

    @routes.get("/v1/reports/{number}/feedback", summary="一份报告的反馈 Feedback on a report")
    async def said(number: Number, access: Saying) -> list[FeedbackOut]:
        """What this reader said, with the answers."""
        stored = await shelf.stored(number)
        access.check(**scoped(stored))
        own = [one for one in await desk.of(stored) if one.member_id == access.principal.member_id]
        return [FeedbackOut.of(one) for one in own]

    @routes.get("/v1/report-feedback", summary="反馈列表 Feedback to answer")
    async def listed(
        access: Answering,
        item: Annotated[str | None, Query(max_length=64, pattern=TEXT, description="事项编号")] = None,
        kind: Annotated[Kind | None, Query(description="种类")] = None,
        opened: Annotated[bool, Query(alias="open", description="只要还没有答复的")] = False,
        before: Annotated[datetime | None, Query(description="只要早于此时的")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[FeedbackOut]:
        """Newest first: a provider sees what is about its items and facts, the platform all."""
        asked = Open(item, kind, opened, before, page_size)
        return [FeedbackOut.of(one) for one in await desk.page(asked, access.scopes, _provider(access.principal))]

    @routes.post("/v1/report-feedback/{feedback_id}/answer", summary="答复反馈 Answer feedback")
    async def answer(feedback_id: UUID, body: Annotated[AnswerIn, Body()], access: Answering) -> FeedbackOut:
        """Once; the reader sees it beside its feedback."""
        found = await desk.find(feedback_id, _provider(access.principal))
        access.check(item=found.item)
        return FeedbackOut.of(await desk.answer(found, access.principal, body.answer))

    return routes


def _provider(who: Principal) -> str | None:
    """The code of the provider for which somebody answers; None for the platform."""
    if who.member is None or who.member.kind is not MemberKind.PROVIDER:
        return None
    return who.member.provider_code or who.member.id
