"""HTTP of the subject base: look up, search, history.

The composition root hands in the guards: who may search, and who may read which subject.
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Path, Query

from xinshu.subjects.model import MAX_PAGE_SIZE, History, Page, Sort, Subject
from xinshu.subjects.service import SubjectService

Code = Annotated[str, Path(max_length=40, description="统一社会信用代码、原注册号或平台编号,现用的或曾用的")]


class MayRead(Protocol):
    """A caller's right to read."""

    def check(self, *, subject: str) -> None:
        """Raises where the caller may not read the subject with this code."""
        ...


def router(service: SubjectService, search: Callable[..., Any], read: Callable[..., MayRead]) -> APIRouter:
    """The routes over a service; `search` and `read` are dependencies that admit callers."""
    routes = APIRouter(prefix="/v1/subjects", tags=["subjects 信用主体"])
    Reading = Annotated[MayRead, Depends(read)]

    @routes.get("", summary="查询信用主体 Search", dependencies=[Depends(search)])
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
    async def get_subject(code: Code, access: Reading) -> Subject:
        """The subject with a code, old number or platform-issued number; 404 explains what is wrong with the code."""
        access.check(subject=code.strip().upper())
        return await service.get(code)

    @routes.get("/{code}/history", summary="信用主体的沿革 History")
    async def get_history(code: Code, access: Reading) -> History:
        """Former and present codes, names and attributes."""
        access.check(subject=code.strip().upper())
        return await service.history(code)

    return routes
