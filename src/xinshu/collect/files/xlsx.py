"""XLSX rows, streamed: what each cell holds as text; formulas, error values and lost digits made known.

Read here and not by a spreadsheet library because a register must know what those hide: that a cell is a formula, that
it holds an error, the digits as stored; and because memory must not grow with the sheet.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

import pyarrow as pa

from xinshu.collect.files.batch import Columns, Mark, RowBatches, columns_of
from xinshu.collect.files.errors import CorruptFileError, EmptyFileError
from xinshu.collect.files.model import Fault, FileFormat, ReadLimits, Source
from xinshu.collect.files.unpack import Guard
from xinshu.collect.files.xlsx_parts import Attributes, Workbook, local, opened, parse, unescaped, workbook

_COLUMNS = 16_384
_EXACT = 10**15  # larger numbers have lost their last digits
_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass
class Row:
    """A row of the sheet: its number, its cells' texts by column (A is 0), and the columns with a fault."""

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    faults: dict[Fault, list[int]] = field(default_factory=dict)


def open_xlsx(path: Path, hint: FileFormat, limits: ReadLimits) -> Source:
    """Open the data sheet of a workbook; its header is the first row that has any text.

    Raises CorruptFileError, EncryptedError, UnknownFormatError, BombError, TooLargeError, header errors.
    """
    with opened(path) as archive:
        book = workbook(archive, limits, Guard(limits, path.stat().st_size), hint.sheet)
    header = next((row for row in _rows(path, book, limits) if any(t.strip() for t in row.cells.values())), None)
    if header is None:
        raise EmptyFileError(f"工作表 {book.sheet} 是空的", hint="检查数据所在的工作表")
    filled = [at for at, text in header.cells.items() if text.strip()]
    first, last = min(filled), max(filled)
    columns = columns_of([header.cells.get(at, "") for at in range(first, last + 1)], limits.columns_max)
    format = hint.model_copy(update={"sheet": book.sheet})
    layout = (header.number, first)
    return Source(format, columns.names, columns.own > 0, lambda: _batches(path, book, columns, layout, limits))


def _batches(
    path: Path, book: Workbook, columns: Columns, layout: tuple[int, int], limits: ReadLimits
) -> Iterator[pa.RecordBatch]:
    header, first = layout
    rows = RowBatches(len(columns.names), limits.cell_max_chars)
    for row in _rows(path, book, limits):
        if row.number > header and any(row.cells.values()):
            cells = [row.cells.get(at, "") for at in range(first, first + len(columns.names))]
            if any(cells) or _outside(row, columns, first):
                source = row.cells.get(first + len(columns.names)) if columns.own else None
                rows.add(row.number - header, cells, _mark(row, columns, first), source)
            if rows.full:
                yield from rows.flush()
    yield from rows.flush()


def _outside(row: Row, columns: Columns, first: int) -> list[int]:
    last = first + columns.width
    return [at for at, text in row.cells.items() if not first <= at < last and text]


def _mark(row: Row, columns: Columns, first: int) -> Mark | None:
    strays = _outside(row, columns, first)
    if strays:
        text = "\t".join(row.cells.get(at, "") for at in range(max(row.cells) + 1))
        return Mark(Fault.RAGGED, f"{_addresses(row, strays)} 没有列名却有内容", text)
    for fault, places in row.faults.items():
        named = [at for at in places if first <= at < first + len(columns.names)]
        if named:
            return Mark(fault, f"单元格 {_addresses(row, named)}")
    return None


def _addresses(row: Row, places: list[int]) -> str:
    said = "、".join(f"{letters(at)}{row.number}" for at in places[:5])
    return said if len(places) <= 5 else f"{said} 等 {len(places)} 处"


def letters(column: int) -> str:
    """A column's letters; 0 is A."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _rows(path: Path, book: Workbook, limits: ReadLimits) -> Iterator[Row]:
    reader = _SheetReader(book, limits)
    with opened(path) as archive:
        for _ in parse(archive, book.part, reader.parser, Guard(limits, path.stat().st_size)):
            done, reader.done = reader.done, []
            yield from done


class _SheetReader:
    """Handlers of one pass over a sheet; whole rows gather in `done`."""

    def __init__(self, book: Workbook, limits: ReadLimits) -> None:
        self.done: list[Row] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._book = book
        self._most = limits.cell_max_chars + 1
        self._row = Row(0)
        self._column = -1
        self._columns: dict[str, int] = {}  # letters → column
        self._kind = "n"
        self._style = 0
        self._formula = self._collecting = self._phonetic = False
        self._pieces: list[str] = []
        self._length = 0

    def _start(self, name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._collecting = not self._phonetic
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = Row(_whole(attributes.get("r"), self._row.number + 1))
            self._column = -1
        elif name == "rPh":
            self._phonetic = True

    def _begin_cell(self, attributes: Attributes) -> None:
        name = attributes.get("r", "").rstrip("0123456789")
        column = self._columns.get(name)
        if column is None:
            column = self._column + 1 if name == "" else _column(name)
            if name != "":
                self._columns[name] = column
        self._column = column
        if column >= _COLUMNS:
            raise CorruptFileError(f"工作表的列超过 {_COLUMNS}", hint="检查导出工具", row=self._row.number)
        self._kind = attributes.get("t", "n")
        self._style = _whole(attributes.get("s"), 0)
        self._formula = False
        self._pieces = []
        self._length = 0

    def _text(self, text: str) -> None:
        if self._collecting and self._length < self._most:
            self._pieces.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name in ("v", "t"):
            self._collecting = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.done.append(self._row)
        elif name == "rPh":
            self._phonetic = False

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        fault = Fault.FORMULA if self._formula else None
        if text:
            text, found = self._value(text)
            fault = fault or found
            self._row.cells[self._column] = text
        if fault is not None:
            self._row.faults.setdefault(fault, []).append(self._column)
            self._row.cells.setdefault(self._column, "")

    def _value(self, text: str) -> tuple[str, Fault | None]:
        match self._kind:
            case "s":
                try:
                    return self._book.strings.get(int(text), self._most), None
                except (ValueError, IndexError):
                    raise CorruptFileError(
                        f"单元格引用的文本 {text[:20]} 不存在", hint="用表格软件打开后另存"
                    ) from None
            case "b":
                return ("true" if text.strip() in ("1", "true") else "false"), None
            case "e":
                return text, Fault.CELL_ERROR
            case "n":
                return number_text(text.strip(), self._book.dates.get(self._style), from_1904=self._book.from_1904)
            case _:
                return unescaped(text), None


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _column(name: str) -> int:
    """The column of an address's letters; A is 0, `_COLUMNS` stands for any that no sheet has."""
    if _LETTERS.fullmatch(name) is None:
        return _COLUMNS
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1


def number_text(text: str, kind: str | None, *, from_1904: bool = False) -> tuple[str, Fault | None]:
    """A stored number as text: 15 significant digits, no exponent, dates in ISO form. Excel's day 0 is 1899-12-30."""
    try:
        value = float(text)
    except ValueError:
        return text, Fault.CELL_ERROR
    if not math.isfinite(value):
        return text, Fault.CELL_ERROR
    if kind is not None and 0 <= value < 2_958_466:  # to 9999-12-31
        return _moment(value, kind, from_1904=from_1904), None
    fault = Fault.NUMBER_PRECISION if abs(value) >= _EXACT else None
    if fault is None and text.lstrip("-").isdigit():
        return str(int(text)), None
    exact = Decimal(text) if fault is not None and abs(value) < 1e40 else Decimal(format(value, ".15g"))
    return format(exact if exact != 0 else Decimal(0), "f"), fault


def _moment(value: float, kind: str, *, from_1904: bool) -> str:
    seconds = round(value * 86_400, 3)
    if kind == "duration":
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"
    if value < 1 and not from_1904:
        return (datetime(2000, 1, 1) + timedelta(seconds=seconds)).time().isoformat()  # noqa: DTZ001
    # Excel holds 1900 for a leap year: before its day 60 the count begins one day later.
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if value >= 60 else 31)  # noqa: DTZ001
    moment = start + timedelta(seconds=seconds)
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")
