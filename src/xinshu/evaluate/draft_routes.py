"""HTTP of drafting a model: reading what somebody wrote, with every fault at its place."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from xinshu.evaluate.drafting import read_text
from xinshu.evaluate.loader import Book
from xinshu.evaluate.scorecard import Scorecard
from xinshu.members.permissions import Access, Guards

MOST_TEXT = 200_000  # characters; the shipped models have some 10,000


class DraftTextIn(BaseModel):
    """A model as written, YAML or JSON."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=MOST_TEXT, pattern=r"^[^\x00]*$")


class DraftFaultOut(BaseModel):
    """What is wrong and where; line and column count from 1, 0 where the whole text is meant."""

    line: int
    column: int
    field: str
    message: str


class DraftReadOut(BaseModel):
    """The model that was read, or its faults."""

    model: Scorecard | None
    digest: str | None
    faults: list[DraftFaultOut]


def router(book: Book, guards: Guards) -> APIRouter:
    """Routes under /v1."""
    routes = APIRouter(tags=["evaluation 信用评价"])
    Drafting = Annotated[Access, Depends(guards.may("create", "evaluation-model"))]

    @routes.post("/v1/evaluation-models/reading", summary="检查模型文本 Check a model's text")
    async def reading(body: Annotated[DraftTextIn, Body()], access: Drafting) -> DraftReadOut:
        """Reads YAML or JSON without storing it; every fault with its line, so that it can be mended there."""
        del access
        draft = await asyncio.to_thread(read_text, body.text, book)
        faults = [
            DraftFaultOut(line=one.line, column=one.column, field=one.path, message=one.message) for one in draft.faults
        ]
        digest = draft.card.digest().hex() if draft.card is not None else None
        return DraftReadOut(model=draft.card, digest=digest, faults=faults)

    return routes
