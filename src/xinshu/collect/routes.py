"""HTTP of collection: hand in a file or rows, follow a batch, fetch what was set aside, decide on held batches.

A provider sends its own items and sees its own batches; operators see all (R11.1).
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Depends, Query, Request, Response, status
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from xinshu.collect.errors import SubmissionError
from xinshu.collect.files.feedback import SUFFIXES
from xinshu.collect.files.model import FEEDBACK_COLUMNS
from xinshu.collect.model import Batch, BatchState, Submission
from xinshu.collect.receiving import spooled
from xinshu.collect.scratch import PREFIX
from xinshu.collect.senders import Senders
from xinshu.collect.service import CollectService
from xinshu.members.permissions import Access, Guards

PROVIDER = r"^[a-z0-9][a-z0-9-]{0,62}$"
Enqueue = Callable[[int], Awaitable[None]]
ROWS_MAX = 10_000
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class CountsOut(BaseModel):
    """Rows of a batch; read = accepted + quarantined."""

    read: int
    accepted: int
    quarantined: int
    new: int
    changed: int
    unchanged: int
    duplicates: int
    deleted: int
    closed: int
    warnings: int


class BatchOut(BaseModel):
    """A batch as shown."""

    id: int
    provider: str
    item: str
    item_version: str
    batch_no: str | None
    mode: str
    channel: str
    mapping: str | None
    platform: str
    state: BatchState
    file_name: str
    file_sha256: str
    file_bytes: int
    received_at: datetime
    updated_at: datetime
    published_at: datetime | None
    held_for: list[dict[str, Any]] | None
    decided_by: str | None
    submitted_by: str | None
    correction_of: int | None
    counts: CountsOut
    reasons: dict[str, int]
    quality: dict[str, Any]
    error: dict[str, Any] | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchOut":
        """From the stored batch, without its place in the lake."""
        return cls.model_validate(asdict(batch))


class BatchPage(BaseModel):
    """One page of batches."""

    total: int
    page: int
    page_size: int
    batches: list[BatchOut]


class RowOut(BaseModel):
    """One row set aside."""

    row_no: int
    original: Any
    reasons: list[dict[str, str | None]]
    candidates: list[dict[str, Any]] | None
    state: str


class RowsIn(BaseModel):
    """Rows handed in directly, for small feeds: each maps field names (Chinese or English) to values."""

    model_config = ConfigDict(extra="forbid")

    provider: str | None = Field(None, pattern=PROVIDER)
    item: str = Field(min_length=1, max_length=64)
    mode: Literal["full", "incremental"] = "incremental"
    mapping: str | None = None
    batch_no: str | None = Field(None, max_length=100)
    item_version: str | None = None
    data_date: str | None = None
    correction_of: int | None = Field(None, ge=1, le=2**62, description="修正哪个批次;各行另带“原行号”")
    rows: list[dict[str, str | int | float | bool | None]] = Field(min_length=1, max_length=ROWS_MAX)


class DecisionIn(BaseModel):
    """What a person decides on a held batch."""

    model_config = ConfigDict(extra="forbid")

    accept: bool
    note: str = Field("", max_length=1000)


def router(service: CollectService, guards: Guards, senders: Senders, enqueue: Enqueue) -> APIRouter:
    """Routes under /v1/batches; `enqueue` hands a batch to the background worker."""
    routes = APIRouter(prefix="/v1/batches", tags=["collect 归集"])
    Sending = Annotated[Access, Depends(guards.may("create", "batch"))]
    Reading = Annotated[Access, Depends(guards.may("read", "batch"))]
    Mending = Annotated[Access, Depends(guards.may("read", "quarantine"))]
    Deciding = Annotated[Access, Depends(guards.may("decide", "batch"))]

    @routes.post("", status_code=status.HTTP_202_ACCEPTED, summary="报送文件 Hand in a file", openapi_extra=FILE_BODY)
    async def hand_in(
        request: Request,
        access: Sending,
        item: Annotated[str, Query(min_length=1, max_length=64, description="事项编号或英文短名")],
        provider: Annotated[str | None, Query(pattern=PROVIDER, description="数据提供单位代码;不写:本单位")] = None,
        file_name: Annotated[str, Query(min_length=1, max_length=255, description="文件名")] = "upload",
        mode: Annotated[Literal["full", "incremental"], Query(description="全量或增量")] = "incremental",
        mapping: Annotated[str | None, Query(max_length=100, description="映射名称")] = None,
        batch_no: Annotated[str | None, Query(max_length=100, description="提供单位自己的批次号")] = None,
        item_version: Annotated[str | None, Query(max_length=20, description="事项版本")] = None,
        data_date: Annotated[str | None, Query(max_length=10, description="数据日期 YYYY-MM-DD")] = None,
        correction_of: Annotated[int | None, Query(ge=1, le=2**62, description="修正哪个批次")] = None,
    ) -> BatchOut:
        """The body is the file itself, of any size; it is kept as received and processed in the background."""
        code = await senders.own_code(access, provider)
        submission = Submission(code, item, mode, "api", mapping, batch_no, item_version, data_date, correction_of)
        sender = await senders.sender(access, code, service.check_submission(submission).item)
        if correction_of is not None:
            await readable(service, correction_of, access)  # a branch does not mend what its head office sent
        async with spooled(request, service.spool_folder, service.upload_max_bytes) as path:
            with path.open("rb") as stream:
                batch, new = await service.receive(stream, file_name, submission, sender=sender)
        if new or not batch.state.is_final:
            await enqueue(batch.id)
        return BatchOut.of(batch)

    @routes.post("/rows", status_code=status.HTTP_202_ACCEPTED, summary="直接报送数据行 Hand in rows")
    async def hand_in_rows(body: Annotated[RowsIn, Body()], access: Sending) -> BatchOut:
        """For small feeds, and for rows that were set aside and mended: up to 10,000 rows as JSON."""
        code = await senders.own_code(access, body.provider)
        submission = Submission(
            code, body.item, body.mode, "api", body.mapping, body.batch_no, body.item_version, body.data_date,
            body.correction_of,
        )  # fmt: skip
        sender = await senders.sender(access, code, service.check_submission(submission).item)
        if body.correction_of is not None:
            await readable(service, body.correction_of, access)
        rows = body.rows if body.correction_of is None else [_as_feedback(row) for row in body.rows]
        text = b"\n".join(_line(number, row) for number, row in enumerate(rows, start=1))
        with tempfile.SpooledTemporaryFile(max_size=1 << 20) as stream:
            stream.write(text)
            stream.seek(0)
            batch, new = await service.receive(stream, "rows.jsonl", submission, sender=sender)
        if new or not batch.state.is_final:
            await enqueue(batch.id)
        return BatchOut.of(batch)

    @routes.get("", summary="批次列表 Batches")
    async def batches(
        access: Reading,
        provider: Annotated[str | None, Query(pattern=PROVIDER)] = None,
        item: Annotated[str | None, Query(max_length=64)] = None,
        state: BatchState | None = None,
        correction_of: Annotated[int | None, Query(ge=1, le=2**62, description="修正这一批次的批次")] = None,
        to_mend: Annotated[bool, Query(description="只列还有问题数据待改正的批次")] = False,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> BatchPage:
        """Newest first; a provider sees its own."""
        found, total = await service.batches(
            provider, item, state, page, page_size, access.scopes, correction_of, to_mend
        )
        return BatchPage(total=total, page=page, page_size=page_size, batches=[BatchOut.of(batch) for batch in found])

    @routes.get("/figures", summary="数据质量 Data quality by provider and item")
    async def figures(
        access: Reading,
        provider: Annotated[str | None, Query(pattern=PROVIDER)] = None,
        item: Annotated[str | None, Query(max_length=64)] = None,
    ) -> list[dict[str, Any]]:
        """Completeness, accuracy, timeliness over the published batches."""
        return await service.figures(provider, item, access.scopes)

    @routes.get("/{batch_id}", summary="批次 One batch")
    async def batch(batch_id: int, access: Reading) -> BatchOut:
        """State, counts, reasons, quality."""
        return BatchOut.of(await readable(service, batch_id, access))

    @routes.get("/{batch_id}/quarantine", summary="问题数据 Rows set aside")
    async def quarantine(
        batch_id: int,
        access: Mending,
        after: Annotated[int, Query(ge=0, le=2**62, description="从此行号之后开始")] = 0,
        page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[RowOut]:
        """Each row with its number, its text as received and all reasons."""
        batch = await readable(service, batch_id, access)
        rows = await service.quarantined(batch.id, after, page_size, opened=own_batch(batch, access))
        return [RowOut.model_validate(asdict(row)) for row in rows]

    @routes.get("/{batch_id}/feedback", summary="问题数据反馈文件 Feedback file", response_class=FileResponse)
    async def feedback(batch_id: int, access: Mending) -> Response:
        """The rows set aside in the format received, with the reasons beside; correct them and send them back."""
        batch = await readable(service, batch_id, access)
        suffix = SUFFIXES[batch.format["kind"]] if batch.format else ".csv"
        folder = Path(tempfile.mkdtemp(dir=service.spool_folder, prefix=PREFIX))
        path = folder / f"feedback{suffix}"
        try:
            await service.feedback(batch.id, path, opened=own_batch(batch, access))
        except BaseException:
            await asyncio.to_thread(_remove, folder)
            raise
        return FileResponse(
            path, filename=f"feedback-{batch.id}{suffix}", background=BackgroundTask(asyncio.to_thread, _remove, folder)
        )

    @routes.post("/{batch_id}/decision", summary="处置暂停的批次 Decide on a held batch")
    async def decide(batch_id: int, body: Annotated[DecisionIn, Body()], access: Deciding) -> BatchOut:
        """A person other than the sender accepts a batch that broke its limits, or sends it back."""
        batch = await readable(service, batch_id, access)
        return BatchOut.of(await service.decide(batch.id, body.accept, by=access.principal.id, note=body.note))

    return routes


async def readable(service: CollectService, batch_id: int, access: Access) -> Batch:
    """The batch, if the caller may do to it what it has the right to. Raises BatchNotFoundError, ForbiddenError."""
    batch = await service.get(_id(batch_id))
    access.check(member=batch.member_id, item=batch.item, account=batch.submitted_by)
    return batch


def _id(batch_id: int) -> int:
    """A number that fits the column; others name no batch."""
    return batch_id if 0 < batch_id < 2**31 else 0


def _line(number: int, row: dict[str, Any]) -> bytes:
    """A row as JSON. Raises SubmissionError for half a character and for integers beyond 64 bits."""
    try:
        return orjson.dumps(row)
    except orjson.JSONEncodeError:
        raise SubmissionError(
            f"第 {number} 行含有不能保存的值", hint="文本须为有效的 Unicode,整数不超过 64 位,改正后重新报送"
        ) from None


def _as_feedback(row: dict[str, Any]) -> dict[str, Any]:
    """A mended row as in a feedback file: its number as text, the reasons beside, whether or not they came back."""
    number, reasons = FEEDBACK_COLUMNS
    known = {number: str(row[number])} if row.get(number) is not None else {number: ""}
    return {**row, **known, reasons: ""}


def own_batch(batch: Batch, access: Access) -> bool:
    """Whether the caller's own side sent the batch; what the node imported itself belongs to the operators."""
    return batch.member_id is None or batch.member_id in access.principal.members


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
