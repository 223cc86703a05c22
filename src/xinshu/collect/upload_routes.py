"""HTTP of uploads that may be interrupted. Names of headers as in the draft of the IETF on resumable uploads
(draft-ietf-httpbis-resumable-upload): `Upload-Offset`, `Upload-Length`, `Upload-Complete`; digests as in RFC 9530.

An upload is begun, filled part by part, asked about after an interruption, and finished: then it is a batch.
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.collect.model import Submission
from xinshu.collect.receiving import spooled
from xinshu.collect.routes import PROVIDER, BatchOut, Enqueue, readable
from xinshu.collect.senders import Senders
from xinshu.collect.service import CollectService
from xinshu.collect.uploads import PART_MAX, Upload, Uploads, told_digest
from xinshu.members.permissions import Access, Guards

T = TypeVar("T")
UploadId = Annotated[str, Path(min_length=1, max_length=64)]
PART_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/partial-upload": {"schema": {"type": "string", "format": "binary"}}},
    }
}
STANDING = {
    "headers": {
        name: {"schema": {"type": "string"}, "description": words}
        for name, words in {
            "Upload-Offset": "已收到的字节数",
            "Upload-Length": "文件的字节数",
            "Upload-Complete": "是否收全:?1 或 ?0",
        }.items()
    }
}


class UploadIn(BaseModel):
    """What is to be uploaded; the same as goes with a file handed in at once."""

    model_config = ConfigDict(extra="forbid")

    provider: str | None = Field(None, pattern=PROVIDER, description="不写:本单位")
    item: str = Field(min_length=1, max_length=64)
    file_name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1, le=2**62, description="文件的字节数")
    mode: Literal["full", "incremental"] = "incremental"
    mapping: str | None = Field(None, max_length=100)
    batch_no: str | None = Field(None, max_length=100)
    item_version: str | None = Field(None, max_length=20)
    data_date: str | None = Field(None, max_length=10)
    correction_of: int | None = Field(None, ge=1, le=2**62)


class UploadOut(BaseModel):
    """An upload: how far it is and until when what has arrived is kept."""

    id: str
    item: str
    file_name: str
    mode: Literal["full", "incremental"]
    correction_of: int | None
    offset: int
    size: int
    part_max: int
    begun_at: datetime
    expires_at: datetime
    batch: int | None

    @classmethod
    def of(cls, upload: Upload) -> "UploadOut":
        """From the upload as it lies on disk."""
        about = upload.submission
        return cls(
            id=upload.id, item=about.item, file_name=upload.file_name, mode=about.mode,
            correction_of=about.correction_of, offset=upload.offset, size=upload.size, part_max=PART_MAX,
            begun_at=upload.begun_at, expires_at=upload.expires_at, batch=upload.batch,
        )  # fmt: skip


class FinishIn(BaseModel):
    """The digest of the whole file as the sender has it."""

    model_config = ConfigDict(extra="forbid")

    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="整个文件的 SHA-256,十六进制")


def router(service: CollectService, uploads: Uploads, guards: Guards, senders: Senders, enqueue: Enqueue) -> APIRouter:
    """Routes under /v1/uploads. Each is for the principal that began the upload; others are told there is none."""
    routes = APIRouter(prefix="/v1/uploads", tags=["collect 归集"])
    Sending = Annotated[Access, Depends(guards.may("create", "batch"))]

    async def own(upload_id: str, access: Access) -> Upload:
        return await asyncio.to_thread(uploads.find, upload_id, access.principal.id)

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="开始上传 Begin an upload")
    async def begin(body: Annotated[UploadIn, Body()], access: Sending, response: Response) -> UploadOut:
        """Then send the parts in order, each up to `part_max` bytes."""
        code = await senders.own_code(access, body.provider)
        about = body.model_dump(exclude={"provider", "file_name", "size"})
        submission = Submission(provider=code, channel="api", **about)
        await senders.sender(access, code, service.check_submission(submission).item)
        if body.correction_of is not None:
            await readable(service, body.correction_of, access)
        begun = await asyncio.to_thread(uploads.begin, access.principal.id, submission, body.file_name, body.size)
        response.headers["Location"] = f"/v1/uploads/{begun.id}"
        return UploadOut.of(begun)

    @routes.get("", summary="没有传完的上传 Unfinished uploads")
    async def unfinished(access: Sending) -> list[UploadOut]:
        """Of the caller, oldest first; at most 20."""
        found = await asyncio.to_thread(uploads.unfinished_of, access.principal.id)
        return [UploadOut.of(one) for one in found]

    @routes.get("/{upload_id}", summary="传到哪里 How far", responses={200: STANDING})
    async def standing(upload_id: UploadId, access: Sending, response: Response) -> UploadOut:
        """After an interruption: from here the upload goes on."""
        upload = await own(upload_id, access)
        response.headers.update(_standing(upload))
        return UploadOut.of(upload)

    @routes.patch(
        "/{upload_id}",
        status_code=status.HTTP_204_NO_CONTENT,
        summary="上传一段 Send a part",
        openapi_extra=PART_BODY,
        responses={204: STANDING},
    )
    async def append(
        upload_id: UploadId,
        request: Request,
        access: Sending,
        upload_offset: Annotated[int, Header(ge=0, le=2**62, description="这一段从第几字节开始")],
        content_digest: Annotated[str | None, Header(max_length=200, description="sha-256=:<base64>:")] = None,
    ) -> Response:
        """A part is taken whole or not at all; 409 `upload_offset` says where the upload stands."""
        upload, digest = await own(upload_id, access), told_digest(content_digest)
        async with spooled(request, uploads.folder, PART_MAX) as path:
            upload = await asyncio.to_thread(uploads.append, upload, upload_offset, path, digest)
        return Response(status_code=status.HTTP_204_NO_CONTENT, headers=_standing(upload))

    @routes.post("/{upload_id}/finish", status_code=status.HTTP_202_ACCEPTED, summary="完成上传 Finish an upload")
    async def finish(upload_id: UploadId, body: Annotated[FinishIn, Body()], access: Sending) -> BatchOut:
        """The file becomes a batch; finishing again gives the same one."""
        upload = await own(upload_id, access)
        if upload.batch is not None:
            return BatchOut.of(await readable(service, upload.batch, access))
        about = upload.submission
        sender = await senders.sender(access, about.provider, service.check_submission(about).item)
        async with _in_thread(uploads.whole(upload, body.sha256)) as (file, became):
            batch, new = await service.receive(file, upload.file_name, about, sender=sender)
            await asyncio.to_thread(became, batch.id)
        if new or not batch.state.is_final:
            await enqueue(batch.id)
        return BatchOut.of(batch)

    @routes.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT, summary="放弃上传 Give an upload up")
    async def drop(upload_id: UploadId, access: Sending) -> Response:
        """What has arrived is deleted."""
        await asyncio.to_thread(uploads.drop, await own(upload_id, access))
        return Response(status_code=status.HTTP_204_NO_CONTENT)

    return routes


@asynccontextmanager
async def _in_thread(blocking: AbstractContextManager[T]) -> AsyncIterator[T]:
    """A context whose beginning and end block."""
    entered = await asyncio.to_thread(blocking.__enter__)
    try:
        yield entered
    except BaseException as error:
        if not await asyncio.to_thread(blocking.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await asyncio.to_thread(blocking.__exit__, None, None, None)


def _standing(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.size),
        "Upload-Complete": "?1" if upload.offset == upload.size or upload.batch is not None else "?0",
        "Cache-Control": "no-store",
    }
