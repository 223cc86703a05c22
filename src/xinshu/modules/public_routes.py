"""HTTP for everybody: which feature modules are on, on what basis, and how many belong; no subject is named."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from xinshu.modules.loader import BookOfModules
from xinshu.modules.views import few

Counts = dict[str, dict[str, int]]  # module -> degree -> subjects
COUNTS_KEPT = timedelta(minutes=1)


class PublicModuleOut(BaseModel):
    """A module for visitors. `members`: how many belong; None: fewer than five."""

    id: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    basis: list[str]
    source_status: Literal["official", "reconstructed"]
    province: bool
    members: int | None


def router(book: BookOfModules, counts: Callable[[], Awaitable[Counts]]) -> APIRouter:
    """The route; how often an address may ask, the door limits. `counts`: at most as old as COUNTS_KEPT."""
    routes = APIRouter(prefix="/v1/public", tags=["public 公开"])

    @routes.get("/modules", summary="公开的特色功能模块 Feature modules for visitors")
    async def modules(response: Response) -> list[PublicModuleOut]:
        """Those that are on, with their basis and how many belong; counts from 1 to 4 are not told."""
        response.headers["Cache-Control"] = f"public, max-age={COUNTS_KEPT.seconds}"
        found = await counts()
        return [
            PublicModuleOut(
                id=file.id,
                name=file.name.zh,
                name_en=file.name.en,
                summary=file.summary.zh,
                summary_en=file.summary.en,
                basis=list(file.basis),
                source_status=file.source_status,
                province=module.province,
                members=few(found[file.id]["member"]),
            )
            for module in book
            for file in (module.file,)
        ]

    return routes
