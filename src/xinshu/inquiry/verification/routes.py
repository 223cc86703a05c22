"""HTTP of verification."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from xinshu.inquiry.routes import TEXT
from xinshu.inquiry.verification.model import Claim, Outcome
from xinshu.inquiry.verification.service import VerificationService
from xinshu.members.permissions import Access, Guards

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]


class ClaimIn(BaseModel):
    """What the firm told, to be compared."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=40, description="统一社会信用代码、原注册号或平台编号")
    purpose: str = Field(min_length=1, max_length=40, pattern=TEXT, description="用途代码,见 /v1/consents/templates")
    item: str = Field(min_length=1, max_length=64, description="事项编号或英文短名")
    facts: dict[Annotated[str, Field(max_length=64)], Text] = Field(
        min_length=1, max_length=5, description="字段名与所持有的内容,须与同一条记录全部相符"
    )
    reference: str | None = Field(None, max_length=100, pattern=TEXT, description="本单位的业务编号,与存证一同保存")


class VerifiedOut(BaseModel):
    """Whether one record agrees in every field; its evidence is leaf `leaf`."""

    inquiry: UUID
    leaf: int
    subject: str
    name: str
    item: str
    fields: list[str]
    outcome: Outcome
    answered_at: datetime


def router(service: VerificationService, guards: Guards) -> APIRouter:
    """Routes under /v1/inquiries/verification."""
    routes = APIRouter(prefix="/v1/inquiries/verification", tags=["inquiry 查询"])
    Asking = Annotated[Access, Depends(guards.may("read", "information"))]

    @routes.get("", summary="可核验的字段 What may be verified")
    async def verifiable(access: Asking) -> dict[str, list[str]]:
        """Item → names of its fields."""
        return {item: list(names) for item, names in service.verifiable.items.items()}

    @routes.post("", summary="核验 Verify what the firm told")
    async def verify(body: Annotated[ClaimIn, Body()], access: Asking) -> VerifiedOut:
        """Yes or no; the value itself is never given."""
        access.check(subject=body.subject.strip().upper())
        claim = Claim(body.subject, body.purpose, body.item, body.facts, body.reference)
        done = await service.verify(claim, access.principal)
        return VerifiedOut(
            inquiry=done.id, leaf=done.leaf, subject=done.subject, name=done.name, item=done.item,
            fields=list(done.fields), outcome=done.outcome, answered_at=done.at,
        )  # fmt: skip

    return routes
