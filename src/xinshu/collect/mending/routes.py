"""HTTP of mending. Mended rows are handed in as a correction: POST /v1/batches/rows with `correction_of`."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from xinshu.collect.mending.service import mending
from xinshu.collect.model import BatchState
from xinshu.collect.routes import own_batch, readable
from xinshu.collect.service import CollectService
from xinshu.members.permissions import Access, Guards


class ReasonOut(BaseModel):
    """Why: the field (or check), a stable code, words."""

    field: str | None
    code: str
    message: str


class AttemptOut(BaseModel):
    """The row as it came back last, and why it was set aside again."""

    batch: int
    cells: dict[str, str] | None
    reasons: list[ReasonOut]


class MendingRowOut(BaseModel):
    """A row set aside; `cells` in the order of the columns, or `raw` where it could not be split into cells."""

    row_no: int
    cells: list[str] | None
    raw: str | None
    reasons: list[ReasonOut]
    candidates: list[dict[str, Any]] | None
    state: str
    fixed_by: int | None
    attempt: AttemptOut | None


class ColumnOut(BaseModel):
    """A column as received and the field that it feeds."""

    name: str
    field: str | None


class CorrectionOut(BaseModel):
    """A batch that mends this one."""

    id: int
    state: BatchState
    received_at: datetime
    read: int | None
    accepted: int | None


class MendingOut(BaseModel):
    """A page of the rows of a batch. `personal`: nothing of them may be kept in a browser."""

    page: int
    page_size: int
    total: int
    quarantined: int
    fixed: int
    personal: bool
    columns: list[ColumnOut]
    corrections: list[CorrectionOut]
    rows: list[MendingRowOut]


def router(service: CollectService, guards: Guards) -> APIRouter:
    """The route /v1/batches/{batch_id}/mending."""
    routes = APIRouter(prefix="/v1/batches", tags=["collect 归集"])
    Mending = Annotated[Access, Depends(guards.may("read", "quarantine"))]

    @routes.get("/{batch_id}/mending", summary="改正问题数据 Rows to mend")
    async def rows_to_mend(
        batch_id: int,
        access: Mending,
        all_rows: Annotated[bool, Query(description="也列出已修正的行")] = False,
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> MendingOut:
        """Each row by its cells, with its reasons and the latest attempt to mend it."""
        batch = await readable(service, batch_id, access)
        found = await mending(
            service, batch, only_open=not all_rows, page=page, page_size=page_size, opened=own_batch(batch, access)
        )
        return MendingOut(
            page=page, page_size=page_size, total=found.quarantined + (found.fixed if all_rows else 0),
            quarantined=found.quarantined, fixed=found.fixed, personal=found.personal,
            columns=[ColumnOut(name=name, field=field) for name, field in found.columns],
            corrections=[CorrectionOut.model_validate(asdict(one)) for one in found.corrections],
            rows=[MendingRowOut.model_validate(asdict(row)) for row in found.rows],
        )  # fmt: skip

    return routes
