"""HTTP of pulling: the tables of front-end machines, and a pull at once. For the operator."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel

from xinshu.collect.model import BatchState
from xinshu.collect.pulling import PullService, SourceState
from xinshu.members.permissions import Guards

Enqueue = Callable[[str], Awaitable[None]]
Name = Annotated[str, Path(max_length=63, description="数据源名称")]


class SourceOut(BaseModel):
    """A source as shown; its address stays in the environment."""

    name: str
    enabled: bool
    item: str
    provider: str
    mapping: str | None
    mode: str
    table: str
    watermark: dict[str, Any] | None
    updated_at: datetime | None
    last_batch: int | None
    last_state: BatchState | None

    @classmethod
    def of(cls, state: SourceState) -> "SourceOut":
        """From a source and its position."""
        source, at = state.source, state.position
        return cls(
            name=source.name,
            enabled=source.enabled,
            item=source.item,
            provider=source.provider,
            mapping=source.mapping,
            mode=source.mode,
            table=f"{source.schema_}.{source.table}" if source.schema_ else source.table,
            watermark=at.watermark.model_dump() if at.watermark is not None else None,
            updated_at=at.updated_at,
            last_batch=at.batch_id,
            last_state=state.batch.state if state.batch is not None else None,
        )


class QueuedOut(BaseModel):
    """A pull that was asked for."""

    name: str
    queued: bool = True


def router(service: PullService, guards: Guards, enqueue: Enqueue) -> APIRouter:
    """Routes under /v1/pulls, for operators. `enqueue` asks the worker for a pull."""
    reading, running = Depends(guards.may("read", "pull")), Depends(guards.may("run", "pull"))
    routes = APIRouter(prefix="/v1/pulls", tags=["collect 归集"])

    @routes.get("", summary="前置机库表数据源 Sources", dependencies=[reading])
    async def sources() -> list[SourceOut]:
        """Each source with its watermark and its last batch."""
        return [SourceOut.of(state) for state in await service.sources()]

    @routes.post("/{name}", status_code=status.HTTP_202_ACCEPTED, summary="抽取 Pull", dependencies=[running])
    async def pull(name: Name) -> QueuedOut:
        """Read what is new, in the background; while a pull of the source waits or runs, nothing is added."""
        source = await service.source(name)
        await enqueue(source.name)
        return QueuedOut(name=source.name)

    return routes
