"""HTTP of the subject base: look up, search, history.

The composition root puts the permission to read in front of the router and turns `XinshuError`s into answers.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from xinshu.subjects.model import MAX_PAGE_SIZE, History, Page, Sort, Subject
from xinshu.subjects.service import SubjectService

Code = Annotated[str, Path(max_length=40, description="统一社会信用代码、原注册号或平台编号,现用的或曾用的")]


def router(service: SubjectService) -> APIRouter:
    """The routes over a service."""
    routes = APIRouter(prefix="/v1/subjects", tags=["subjects 信用主体"])

    @routes.get("", summary="查询信用主体 Search")
    async def search_subjects(
        q: Annotated[str, Query(max_length=200, description="代码、原注册号、名称或名称的一部分(至少 2 个字)")] = "",
        division: Annotated[str, Query(max_length=6, description="行政区划:省 2 位、市 4 位、县 6 位")] = "",
        kind: Annotated[str, Query(max_length=40, description="主体类型")] = "",
        status: Annotated[str, Query(max_length=40, description="登记状态")] = "",
        size_class: Annotated[str, Query(max_length=40, description="企业规模")] = "",
        sort: Annotated[Sort, Query(description="按名称拼音,或按成立日期(新的在前)")] = "pinyin",
        page: Annotated[int, Query(ge=1, le=10_000, description="页码")] = 1,
        page_size: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="每页条数")] = 20,
    ) -> Page:
        """Subjects by code, old number, name or part of a name. `total` is exact up to 10,000; `more`: it is larger."""
        return await service.search(
            q,
            division=division,
            kind=kind,
            status=status,
            size_class=size_class,
            sort=sort,
            page=page,
            page_size=page_size,
        )

    @routes.get("/{code}", summary="信用主体 Subject")
    async def get_subject(code: Code) -> Subject:
        """The subject with a code, old number or platform-issued number; 404 explains what is wrong with the code."""
        return await service.get(code)

    @routes.get("/{code}/history", summary="信用主体的沿革 History")
    async def get_history(code: Code) -> History:
        """Former and present codes, names and attributes."""
        return await service.history(code)

    return routes
