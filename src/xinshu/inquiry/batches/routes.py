"""HTTP of batches of inquiries."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Query, Response, status
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from xinshu.inquiry.batches.model import MOST, BatchState, InquiryBatch, Order
from xinshu.inquiry.batches.service import InquiryBatches
from xinshu.inquiry.routes import KEY
from xinshu.members.permissions import Access, Guards

JSON_LINES = "application/x-ndjson"
RESULT: dict[int | str, dict[str, Any]] = {
    200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}},
    410: {"description": "结果已删除 Removed"},
}
Enqueue = Callable[[UUID], Awaitable[None]]


class OrderIn(BaseModel):
    """What is asked about many subjects."""

    model_config = ConfigDict(extra="forbid")

    subjects: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        min_length=1, max_length=MOST, description="统一社会信用代码、原注册号或平台编号,按此顺序答复"
    )
    purpose: str = Field(min_length=1, max_length=40, description="用途代码,见 /v1/consents/templates")
    items: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        None, min_length=1, max_length=100, description="事项编号或英文短名;不写为全部"
    )
    reference: str | None = Field(None, max_length=100, description="本单位的业务编号,与存证一同保存")

    def order(self) -> Order:
        """As the service takes it."""
        items = tuple(self.items) if self.items is not None else None
        return Order(tuple(self.subjects), self.purpose, items, self.reference)


class BatchOut(BaseModel):
    """A batch as it stands; `done` of `total` subjects are worked through, `failed` of them have no answer."""

    id: UUID
    member_id: str
    principal: str
    state: BatchState
    purpose: str
    items: list[str] | None
    reference: str | None
    total: int
    done: int
    answered: int
    failed: int
    stopped_by: str | None
    submitted_at: datetime
    finished_at: datetime | None
    kept_until: datetime | None
    removed_at: datetime | None

    @classmethod
    def of(cls, batch: InquiryBatch) -> "BatchOut":
        """From the stored batch."""
        return cls(**{name: getattr(batch, name) for name in cls.model_fields})


def router(batches: InquiryBatches, guards: Guards, enqueue: Enqueue) -> APIRouter:
    """Routes under /v1/inquiries/batch; `enqueue` hands a batch to the worker."""
    routes = APIRouter(prefix="/v1/inquiries/batch", tags=["inquiry 查询"])
    Submitting = Annotated[Access, Depends(guards.may("create", "inquiry-batch"))]
    Reading = Annotated[Access, Depends(guards.may("read", "inquiry-batch"))]
    Fetching = Annotated[Access, Depends(guards.may("download", "inquiry-batch"))]
    Cancelling = Annotated[Access, Depends(guards.may("cancel", "inquiry-batch"))]

    async def checked(batch_id: UUID, access: Access) -> InquiryBatch:
        batch = await batches.batch(batch_id)
        access.check(member=batch.member_id)
        return batch

    @routes.post("", status_code=status.HTTP_202_ACCEPTED, summary="批量查询 Inquire about many subjects")
    async def submit(
        body: Annotated[OrderIn, Body()],
        access: Submitting,
        response: Response,
        idempotency_key: Annotated[str, Header(pattern=KEY, description="同一键是同一个批次")],
    ) -> BatchOut:
        """Taken in and worked through in the background; 200 when the key was used before for the same batch."""
        access.check(member=access.principal.member_id)
        batch, new = await batches.submit(body.order(), idempotency_key, access.principal)
        if batch.finished_at is None:
            await enqueue(batch.id)
        if not new:
            response.status_code = status.HTTP_200_OK
        return BatchOut.of(batch)

    @routes.get("", summary="批量查询列表 Batches")
    async def listed(
        access: Reading,
        state: Annotated[BatchState | None, Query()] = None,
        before: Annotated[UUID | None, Query(description="只要排在此批次之后的,翻页用")] = None,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[BatchOut]:
        """Newest first."""
        return [BatchOut.of(one) for one in await batches.page(access.scopes, state, before, page_size)]

    @routes.get("/{batch_id}", summary="批量查询的进展 Progress")
    async def one(batch_id: UUID, access: Reading) -> BatchOut:
        """How far it has come."""
        return BatchOut.of(await checked(batch_id, access))

    @routes.get("/{batch_id}/result", summary="批量查询的结果 Result", response_class=Response, responses=RESULT)
    async def result(batch_id: UUID, access: Fetching) -> StreamingResponse:
        """JSON Lines, a subject a line, in the order given: `answer`, or `error` with its code."""
        batch = await checked(batch_id, access)
        lines = await batches.result(batch, access.principal)
        name = f'attachment; filename="inquiries-{batch.id}.jsonl"'
        return StreamingResponse(lines, media_type=JSON_LINES, headers={"Content-Disposition": name})

    @routes.post("/{batch_id}/cancel", summary="取消批量查询 Cancel")
    async def cancel(batch_id: UUID, access: Cancelling) -> BatchOut:
        """Nothing more is asked; what was answered stays in the result."""
        batch = await batches.cancel(await checked(batch_id, access))
        await enqueue(batch.id)
        return BatchOut.of(batch)

    return routes
