"""The Chinese font of PDF files, and which characters it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xinshu.core.errors import UnavailableError

FAMILY = "Noto Sans CJK SC"
PACKAGE = "manimgx_fonts_cjk"  # carries Noto Sans CJK (OFL-1.1), all weights in one file
SYSTEM = Path("/usr/share/fonts")
PATTERN = "NotoSansCJK*.tt[cf]"


class FontMissingError(UnavailableError):
    """No Chinese font: a PDF would show boxes, so none is made."""

    code = "report_font_missing"


@dataclass(frozen=True)
class ReportFont:
    """A folder with the font, as Typst takes it, and the characters that the font has."""

    fonts: Any
    characters: frozenset[int]


def folders(system: Path = SYSTEM) -> list[Path]:
    """Where the font may be, the best first: the package that is installed with this software, the system's."""
    spec = find_spec(PACKAGE)
    packaged = [Path(spec.origin).parent] if spec is not None and spec.origin is not None else []
    return packaged + sorted({path.parent for path in system.rglob(PATTERN)})


@cache
def load() -> ReportFont:
    """The font in use. Raises FontMissingError."""
    return load_from(folders())


def load_from(places: list[Path]) -> ReportFont:
    """The font of the first folder that has it. Raises FontMissingError."""
    import typst
    from fontTools.ttLib import TTFont

    for place in places:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(place)])
        found = next((one for one in fonts.fonts() if one.family == FAMILY and one.path is not None), None)
        if found is not None and found.path is not None:
            with TTFont(found.path, fontNumber=found.index, lazy=True) as font:
                return ReportFont(fonts, frozenset(font.getBestCmap()))
    raise FontMissingError(
        f"没有找到中文字体 {FAMILY},不能生成 PDF",
        hint=f"执行 pip install {PACKAGE.replace('_', '-')},或 apt-get install fonts-noto-cjk;HTML 与 JSON 不受影响",
    )
