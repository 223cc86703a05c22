"""HTTP of figures and statistics: for everybody, from memory, at most as old as `service` says."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from typing import Annotated

from fastapi import APIRouter, Query, Response

from xinshu.members.model import MemberKind
from xinshu.statistics.model import Figures, MembersPage, Statistics
from xinshu.statistics.service import FIGURES_KEPT, STATISTICS_KEPT, StatisticsService

PAGE_MAX = 200


def router(service: StatisticsService) -> APIRouter:
    """Routes under /v1/public."""
    routes = APIRouter(prefix="/v1/public", tags=["public 公开"])

    @routes.get("/figures", summary="平台数字 Figures")
    async def figures(response: Response) -> Figures:
        """Subjects, items, members, batches, inquiries, authorisations in force. null: fewer than ten."""
        response.headers["Cache-Control"] = f"public, max-age={FIGURES_KEPT.seconds // 2}"
        return await service.figures()

    @routes.get("/members", summary="已上线的成员 Members online")
    async def members(
        response: Response,
        kind: Annotated[MemberKind | None, Query(description="成员类型;不写为全部")] = None,
        page: Annotated[int, Query(ge=1, le=1000, description="页码")] = 1,
        page_size: Annotated[int, Query(ge=1, le=PAGE_MAX, description="每页条数")] = 50,
    ) -> MembersPage:
        """Names only, and in which capacity."""
        response.headers["Cache-Control"] = f"public, max-age={FIGURES_KEPT.seconds // 2}"
        total, found = await service.members(kind, page, page_size)
        return MembersPage(total=total, members=found)

    @routes.get("/statistics", summary="公开统计 Open statistics")
    async def statistics(response: Response) -> Statistics:
        """Subjects, collection and inquiries in groups. null: fewer than ten, or withheld so that no smaller count can
        be worked out."""
        response.headers["Cache-Control"] = f"public, max-age={STATISTICS_KEPT.seconds // 5}"
        return await service.statistics()

    return routes
