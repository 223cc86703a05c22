"""A report as PDF/A-2a, tagged (a very long one as PDF/A-2b), by Typst: a program that reads its data as JSON, so that
no value of a department can become part of it. A character that the font lacks is replaced by a mark; Typst itself
refuses to print a box for one.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import orjson

from xinshu.core.errors import XinshuError
from xinshu.report.model import Report
from xinshu.report.render import fonts
from xinshu.report.render.clean import breakable, mapped, replacements, visible
from xinshu.report.render.qr import qr_svg
from xinshu.report.render.sheet import sheet
from xinshu.report.render.words import Lang

TEMPLATE = Path(__file__).parent / "template.typ"
BOLDER = 'stroke="#3d4852" stroke-width="0.4"'  # in drawings Typst takes the thinnest weight of a variable font
TAGGED_MAX = 1_000  # facts: each costs 3 kB of tags, ten times its own text; a longer report has none


class ReportPdfError(XinshuError):
    """Typst could not set the report."""

    status = 500
    code = "report_pdf_failed"


def pdf(report: Report, lang: Lang, address: str) -> bytes:
    """The report as PDF, the same bytes for the same report. `address`: of its verification page, for the QR code.

    Takes processor time: call it in a thread. Raises FontMissingError, ReportPdfError.
    """
    facts = sum(len(part.rows) for section in report.sections for part in section.parts)
    data, stamp = pdf_data(report, lang, address), int(report.issued_at.timestamp())
    return typeset(data, stamp, tagged=facts <= TAGGED_MAX)


def pdf_data(report: Report, lang: Lang, address: str) -> str:
    """The JSON that the template is given. Raises FontMissingError."""
    laid_out = sheet(report, lang, address)
    missing = replacements(orjson.dumps(laid_out).decode(), fonts.load().characters)

    def printable(text: str) -> str:
        return visible(text).translate(missing) if missing else visible(text)

    def drawn(svg: str) -> str:
        return printable(svg).replace("<text ", f"<text {BOLDER} ")

    out = mapped(laid_out, lambda text: breakable(printable(text)), drawn)
    return orjson.dumps({**out, "keywords": laid_out["keywords"], "qr": qr_svg(address)}).decode()


def typeset(data: str, timestamp: int, *, tagged: bool) -> bytes:
    """Typst alone: `data` by the template. Raises FontMissingError, ReportPdfError."""
    import typst

    try:
        made = _compiler().compile(
            str(TEMPLATE), format="pdf", sys_inputs={"data": data}, timestamp=timestamp, pdf_tags=tagged,
            pdf_standards=["a-2a" if tagged else "a-2b"],
        )  # fmt: skip
    except typst.TypstError as error:
        raise ReportPdfError(f"PDF 排版失败:{error.message}", hint="改取 JSON 或 HTML,并告知平台运营人员") from None
    assert isinstance(made, bytes)  # noqa: S101  (of one document, not of pages)
    return made


_local = threading.local()


def _compiler() -> Any:
    """One for each thread: it takes its inputs by changing itself."""
    if not hasattr(_local, "compiler"):
        _local.compiler = _new_compiler()
    return _local.compiler


def _new_compiler() -> Any:
    import typst

    return typst.Compiler(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts.load().fonts, ignore_system_fonts=True
    )
