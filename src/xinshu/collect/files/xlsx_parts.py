"""The parts of an XLSX beside its rows: which sheet, which styles are dates, the table of shared strings.

ECMA-376 part 1, §18. XML is read by expat as a stream; a document type is refused, so no entity can expand.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from xinshu.collect.files.errors import CorruptFileError, EncryptedError, TooLargeError, UnknownFormatError
from xinshu.collect.files.model import ReadLimits
from xinshu.collect.files.unpack import Guard

_STEP = 256 * 1024
_TOKEN_MAX = 4 * 1024**2  # bytes of XML without a markup end: no table has that
_BUILTIN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILTIN_DURATION = 46
_PREFERRED = ("数据", "data")

Attributes = dict[str, str]


@dataclass(frozen=True)
class Workbook:
    """What reading the rows takes. `dates`: style number → 'date' or 'duration'."""

    sheet: str
    part: str
    strings: Strings
    dates: dict[int, str]
    from_1904: bool


class Strings:
    """The shared strings as one block of bytes: a million of them cost little more than their text."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, text: str) -> None:
        """Add the next string."""
        self._text += text.encode("utf-8", "replace")
        self._ends.append(len(self._text))

    def get(self, index: int, most: int) -> str:
        """The string at `index`, of a very long one only about `most` characters. Raises IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        start, end = self._ends[index], self._ends[index + 1]
        return self._text[start : min(end, start + 4 * most)].decode("utf-8", "ignore")


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The workbook's zip, its library's errors as ours. Raises CorruptFileError, EncryptedError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, KeyError, NotImplementedError) as error:
        raise CorruptFileError(f"XLSX 已损坏:{error}", hint="用表格软件打开后另存,再报送", file=path.name) from None
    except RuntimeError as error:
        if "password" not in str(error):
            raise
        raise EncryptedError("XLSX 文件有密码", hint="去掉密码后报送,传输由平台加密") from None


def parse(archive: zipfile.ZipFile, part: str, parser: expat.XMLParserType, guard: Guard) -> Iterator[None]:
    """Feed a part to the parser step by step; between steps the caller takes what the handlers gathered."""
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.buffer_text = True
    fed = 0
    with archive.open(part) as stream:
        while block := stream.read(_STEP):
            guard.take(len(block))
            fed += len(block)
            parser.Parse(block, False)
            if fed - parser.CurrentByteIndex > _TOKEN_MAX:
                raise CorruptFileError("XLSX 中有异常长的标记", hint="用表格软件打开后另存,再报送", part=part)
            yield
    parser.Parse(b"", True)
    yield


def _no_doctype(name: str, system: str | None, public: str | None, internal: bool) -> None:
    raise CorruptFileError("XLSX 中含有文档类型声明(DOCTYPE),可能是恶意文件", hint="确认文件来源", doctype=name)


def local(name: str) -> str:
    """An element's name without its namespace prefix."""
    return name.rpartition(":")[2]


def _elements(archive: zipfile.ZipFile, part: str, guard: Guard, on_start: Callable[[str, Attributes], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: on_start(local(name), attributes)
    for _ in parse(archive, part, parser, guard):
        pass


def workbook(archive: zipfile.ZipFile, limits: ReadLimits, guard: Guard, wanted: str | None) -> Workbook:
    """Find the data sheet (`wanted`, else 数据 or data, else the first visible) and what its cells refer to.

    Raises UnknownFormatError when the sheet is missing, TooLargeError when its texts exceed the limit.
    """
    parts = set(archive.namelist())
    targets, kinds = _relations(archive, guard)
    sheets: list[tuple[str, str, bool]] = []
    from_1904 = False

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal from_1904
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if local(k) == "id"), "")
            if kinds.get(relation) == "worksheet":
                visible = attributes.get("state", "visible") == "visible"
                sheets.append((attributes.get("name", ""), targets[relation], visible))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")

    _elements(archive, "xl/workbook.xml", guard, on_start)
    name, part = _chosen(sheets, wanted)
    by_kind = {kind: targets[relation] for relation, kind in kinds.items()}
    styles = by_kind.get("styles", "")
    strings = by_kind.get("sharedStrings", "")
    return Workbook(
        name,
        part,
        _strings(archive, strings, limits, guard) if strings in parts else Strings(),
        _dates(archive, styles, guard) if styles in parts else {},
        from_1904,
    )


def _relations(archive: zipfile.ZipFile, guard: Guard) -> tuple[dict[str, str], dict[str, str]]:
    targets: dict[str, str] = {}
    kinds: dict[str, str] = {}

    def on_start(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = target
            kinds[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2]

    _elements(archive, "xl/_rels/workbook.xml.rels", guard, on_start)
    return targets, kinds


def _chosen(sheets: list[tuple[str, str, bool]], wanted: str | None) -> tuple[str, str]:
    names = [name for name, _, _ in sheets]
    if len(sheets) == 0:
        raise UnknownFormatError("XLSX 中没有工作表", hint="数据应在工作表中")
    if wanted is not None:
        for name, part, _ in sheets:
            if name == wanted:
                return name, part
        raise UnknownFormatError(
            f"没有名为 {wanted} 的工作表,现有:{'、'.join(names[:20])}", hint="检查工作表名称", sheets=names[:20]
        )
    ranked = sorted(sheets, key=lambda sheet: (sheet[0].strip().lower() not in _PREFERRED, not sheet[2]))
    return ranked[0][0], ranked[0][1]


def _dates(archive: zipfile.ZipFile, part: str, guard: Guard) -> dict[int, str]:
    codes: dict[int, str] = {}
    found: dict[int, str] = {}
    inside = False
    style = 0

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal inside, style
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            kind = date_kind(number := int(attributes.get("numFmtId", 0)), codes.get(number))
            if kind is not None:
                found[style] = kind
            style += 1

    _elements(archive, part, guard, on_start)
    return found


def date_kind(number: int, code: str | None) -> str | None:
    """Whether a number format shows a date ('date'), an elapsed time ('duration') or neither."""
    if code is None:
        return "duration" if number == _BUILTIN_DURATION else "date" if number in _BUILTIN_DATES else None
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code.split(";")[0])
    if re.search(r"\[(h+|m+|s+)\]", bare, re.IGNORECASE):
        return "duration"
    bare = re.sub(r"\[[^\]]*\]", "", bare).lower().replace("general", "")
    return "date" if re.search(r"[ymdhs]", bare) else None


def _strings(archive: zipfile.ZipFile, part: str, limits: ReadLimits, guard: Guard) -> Strings:
    size = archive.getinfo(part).file_size
    if size > limits.xlsx_text_max_bytes:
        raise TooLargeError(
            f"XLSX 的文本有 {size} 字节,超过上限 {limits.xlsx_text_max_bytes}", hint="改用 CSV 报送,大小不限于表格软件"
        )
    strings = Strings()
    pieces: list[str] = []
    collecting = phonetic = False

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal collecting, phonetic
        name = local(name)
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            phonetic = True
        collecting = name == "t" and not phonetic

    def on_end(name: str) -> None:
        nonlocal collecting, phonetic
        name = local(name)
        collecting = False
        if name == "si":
            strings.append(unescaped("".join(pieces)))
        elif name == "rPh":
            phonetic = False

    def on_text(text: str) -> None:
        if collecting:
            pieces.append(text)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = on_start, on_end, on_text
    for _ in parse(archive, part, parser, guard):
        pass
    return strings


def unescaped(text: str) -> str:
    """`_x000D_` and the like as the characters they stand for."""
    if "_x" not in text:
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
