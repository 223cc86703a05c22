"""HTTP of background work, for operators. The composition root hands in the guards: members lie above this room."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import BaseModel

from xinshu.jobs.service import Jobs, QueuedJob, Touched

Note = Callable[[Any, Any, str, Touched], Awaitable[None]]  # access, connection, code, job


class FaultOut(BaseModel):
    """Why the last attempt did not succeed; `message` is null where only the node's own log may say it."""

    type: str
    message: str | None
    at: datetime


class JobOut(BaseModel):
    """One job; `payload` names what it is about."""

    id: int
    task: str
    state: Literal["waiting", "running", "failed"]
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    put_off: bool
    abandoned: bool
    fault: FaultOut | None

    @classmethod
    def of(cls, job: QueuedJob) -> "JobOut":
        """From the stored one."""
        return cls.model_validate(asdict(job))


class JobPageOut(BaseModel):
    """One page, and how many there are in each state."""

    total: int
    page: int
    page_size: int
    counts: dict[str, int]
    jobs: list[JobOut]


def router(
    jobs: Jobs, read: Callable[..., Any], retry: Callable[..., Any], cancel: Callable[..., Any], note: Note
) -> APIRouter:
    """Routes under /v1/jobs; `read`, `retry`, `cancel` are guards, `note` writes who did it, with the act."""
    routes = APIRouter(prefix="/v1/jobs", tags=["node 节点"])
    Number = Annotated[int, Path(ge=1, le=2**62, description="任务编号")]

    def told(access: Any) -> Callable[[Any, str, Touched], Awaitable[None]]:
        async def tell(conn: Any, code: str, job: Touched) -> None:
            await note(access, conn, code, job)

        return tell

    @routes.get("", summary="后台任务 Background jobs", dependencies=[Depends(read)])
    async def listed(
        state: Literal["waiting", "running", "failed"] | None = None,
        task: Annotated[str | None, Query(max_length=100, pattern=r"^[a-z][a-z._-]*$", description="任务名称")] = None,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> JobPageOut:
        """Running first, then failed, then waiting. What has succeeded is not kept here."""
        found, total = await jobs.page(state, task, page, page_size)
        return JobPageOut(
            total=total, page=page, page_size=page_size, counts=await jobs.counts(),
            jobs=[JobOut.of(job) for job in found],
        )  # fmt: skip

    @routes.post("/{job_id}/retry", status_code=status.HTTP_204_NO_CONTENT, summary="重试 Run a failed job again")
    async def again(job_id: Number, access: Annotated[Any, Depends(retry)]) -> None:
        """At once, with its attempts counted anew."""
        await jobs.retry(job_id, told(access))

    @routes.post("/{job_id}/cancel", status_code=status.HTTP_204_NO_CONTENT, summary="取消 Take a job out of the queue")
    async def give_up(job_id: Number, access: Annotated[Any, Depends(cancel)]) -> None:
        """One that waits or has failed. What it was about stays as it is; the node takes it up again when it starts."""
        await jobs.cancel(job_id, told(access))

    return routes
