"""HTTP of reports as files: page and signed PDF; the JSON file is with the other reading routes."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from xinshu.inquiry.routes import TEXT
from xinshu.members.permissions import Access, Guards
from xinshu.report.files import ReportFiles
from xinshu.report.render.words import Lang
from xinshu.report.shelf import Shelf, scoped

Number = Annotated[str, Path(max_length=40, pattern=TEXT, description="报告编号")]
Language = Annotated[Lang, Query(description="文件的语言:zh、en")]
PDF = "application/pdf"


def router(files: ReportFiles, shelf: Shelf, guards: Guards) -> APIRouter:
    """Routes under /v1/reports/{number}."""
    routes = APIRouter(prefix="/v1/reports", tags=["report 信用报告"])
    Reading = Annotated[Access, Depends(guards.may("read", "report"))]

    @routes.get(
        "/{number}/html", summary="报告页面 A report as a page", response_class=Response,
        responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    async def page(
        number: Number,
        access: Reading,
        lang: Language = "zh",
        download: Annotated[bool, Query(description="作为附件下载")] = False,
    ) -> Response:
        """One file that needs nothing from elsewhere, for reading and printing; the reading is recorded first."""
        from xinshu.report.render.html import policy

        access.check(**scoped(await shelf.stored(number)))
        made = await files.html(number, access.principal, lang)
        headers = {
            "Content-Security-Policy": policy(),
            "Content-Disposition": _named(number, "html", attached=download),
        }
        return Response(made, media_type="text/html", headers=headers)

    @routes.get(
        "/{number}/pdf", summary="报告 PDF A report as a signed PDF", response_class=Response,
        responses={200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}},
    )  # fmt: skip
    async def document(number: Number, access: Reading, lang: Language = "zh") -> Response:
        """PDF/A with the platform's signature (PAdES); the reading is recorded first."""
        access.check(**scoped(await shelf.stored(number)))
        made = await files.pdf(number, access.principal, lang)
        headers = {"Content-Disposition": _named(number, "pdf", attached=True)}
        return Response(made, media_type=PDF, headers=headers)

    return routes


def _named(number: str, form: str, *, attached: bool) -> str:
    return f'{"attachment" if attached else "inline"}; filename="{number.strip().upper()}.{form}"'
