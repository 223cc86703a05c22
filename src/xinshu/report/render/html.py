"""A report as one stand-alone page: printable, without scripts and without anything from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from xinshu.report.model import Report
from xinshu.report.render.clean import mapped, visible
from xinshu.report.render.qr import qr_svg
from xinshu.report.render.sheet import sheet
from xinshu.report.render.words import Lang

FOLDER = Path(__file__).parent


def html(report: Report, lang: Lang, address: str) -> str:
    """The page. `address`: of its verification page, for the QR code; the only address in it, and not loaded."""
    from markupsafe import Markup

    laid_out = mapped(sheet(report, lang, address), visible)
    ours = {"css": _css(), "qr": qr_svg(address), "marks": _marks(laid_out["watermark"])}
    safe = {name: Markup(text) for name, text in ours.items()}  # noqa: S704  (what we drew; all else is escaped)
    page: str = _template().render(d=laid_out, **safe)
    return page


@cache
def policy() -> str:
    """The content security policy under which the page is shown: its one style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'; sandbox"
    )


@cache
def _css() -> str:
    return (FOLDER / "report.css").read_text(encoding="utf-8")


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    environment.filters["drawing"] = Markup
    return environment.get_template("report.html.jinja")


def _marks(lines: list[str]) -> str:
    """The watermark, repeated over the window and over each printed page."""
    first, second = (escape(line) for line in lines)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"><defs><pattern id="w" width="420" height="240" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(-28)">'
        f'<text x="10" y="60" font-size="15" fill="#17212b" fill-opacity="0.07">{first}</text>'
        f'<text x="10" y="84" font-size="15" fill="#17212b" fill-opacity="0.07">{second}</text>'
        '</pattern></defs><rect width="100%" height="100%" fill="url(#w)"/></svg>'
    )
