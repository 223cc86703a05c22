"""Feedback files (问题数据反馈): the rows set aside, written as they were received, with their number and the reasons.

The provider corrects the rows and sends the file back as it is: reading drops the two columns added here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

from xinshu.collect.files.lexer import Dialect, last_boundary
from xinshu.collect.files.model import FEEDBACK_COLUMNS, RAW_KEY, FileFormat

SUFFIXES = {"csv": ".csv", "xlsx": ".xlsx", "jsonl": ".jsonl", "parquet": ".parquet"}
_ROWS = 10_000
_EVALUATED = ("=", "+", "-", "@", "\t", "\r", "\n")
_XLSX_CELL = 32_767  # characters that a cell of a spreadsheet holds
_NOT_IN_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


@dataclass(frozen=True)
class FeedbackRow:
    """A row set aside. `original`: its cells, or its text where it could not be split into cells.

    `reasons`: each {field, code, message}, the field may be absent.
    """

    row_no: int
    original: Sequence[str] | str
    reasons: Sequence[Mapping[str, Any]]


def reasons_text(reasons: Sequence[Mapping[str, Any]]) -> str:
    """The reasons in Chinese, joined by a full-width semicolon."""
    said = []
    for reason in reasons:
        name, message = reason.get("field"), str(reason["message"])
        said.append(f"{name}:{message}" if name and str(name) not in message else message)
    return "\uff1b".join(said)


def write_feedback(path: Path, format: FileFormat, header: Sequence[str], rows: Iterable[FeedbackRow]) -> int:
    """Write the rows to `path` in the format they came in, not compressed; returns how many.

    The provider's cells are written as they are; only our own are kept from being taken for formulas. The file is
    there whole or not at all. Raises OSError.
    """
    writer: Callable[[Path, FileFormat, Sequence[str], Iterator[FeedbackRow]], None] = {
        "csv": _write_csv,
        "xlsx": _write_xlsx,
        "jsonl": _write_jsonl,
        "parquet": _write_parquet,
    }[format.kind]
    written = 0

    def counted() -> Iterator[FeedbackRow]:
        nonlocal written
        for row in rows:
            written += 1
            yield row

    part = path.with_name(f".{path.name}.part")
    try:
        writer(part, format, header, counted())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def _cells(row: FeedbackRow, width: int) -> list[str]:
    cells = [row.original] if isinstance(row.original, str) else list(row.original)
    return cells + [""] * (width - len(cells))


def _write_csv(path: Path, format: FileFormat, header: Sequence[str], rows: Iterator[FeedbackRow]) -> None:
    delimiter = format.delimiter or ","
    with path.open("w", encoding=format.encoding or "utf-8", newline="") as stream:
        if format.bom:
            stream.write("\ufeff")
        out = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        out.writerow([*header, *FEEDBACK_COLUMNS])
        for row in rows:
            text = row.original
            cells = _split(text, delimiter) if isinstance(text, str) else _cells(row, len(header))
            out.writerow([*cells, str(row.row_no), _inert(reasons_text(row.reasons))])


def _split(text: str, delimiter: str) -> list[str]:
    """The cells of a row that has too few or too many; the whole text as one where a quote does not close."""
    if last_boundary(text.encode("utf-8", "replace"), Dialect(ord(delimiter)))[1] is not None:
        return [text]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return rows[0] if len(rows) == 1 else [text]


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_EVALUATED) else text


def _write_xlsx(path: Path, format: FileFormat, header: Sequence[str], rows: Iterator[FeedbackRow]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        name = (format.sheet or "数据").translate(_NOT_IN_SHEET_NAME)[:31]
        sheet = book.add_worksheet(name)
        as_text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        sheet.set_column(0, len(header), 18, as_text)
        sheet.set_column(len(header) + 1, len(header) + 1, 60)
        for at, title in enumerate([*header, *FEEDBACK_COLUMNS]):
            sheet.write_string(0, at, title, bold)
        for line, row in enumerate(rows, 1):
            ours = [str(row.row_no), reasons_text(row.reasons)]
            for at, cell in enumerate([*_cells(row, len(header)), *ours]):
                if cell:
                    sheet.write_string(line, at, cell[:_XLSX_CELL], as_text)


def _write_jsonl(path: Path, format: FileFormat, header: Sequence[str], rows: Iterator[FeedbackRow]) -> None:
    with path.open("w", encoding=format.encoding or "utf-8", newline="\n") as stream:
        if format.bom:
            stream.write("\ufeff")
        for row in rows:
            raw = isinstance(row.original, str)
            cells = {RAW_KEY: row.original} if raw else dict(zip(header, _cells(row, len(header)), strict=True))
            ours = dict(zip(FEEDBACK_COLUMNS, (row.row_no, reasons_text(row.reasons)), strict=True))
            stream.write(json.dumps({**cells, **ours}, ensure_ascii=False) + "\n")


def _write_parquet(path: Path, format: FileFormat, header: Sequence[str], rows: Iterator[FeedbackRow]) -> None:
    number, reasons = FEEDBACK_COLUMNS
    schema = pa.schema([*((name, pa.string()) for name in header), (number, pa.int64()), (reasons, pa.string())])
    with parquet.ParquetWriter(path, schema) as out:
        while chunk := list(islice(rows, _ROWS)):
            cells = zip(*(_cells(row, len(header)) for row in chunk), strict=True)
            ours = [[row.row_no for row in chunk], [reasons_text(row.reasons) for row in chunk]]
            arrays = [pa.array(column, field.type) for column, field in zip([*cells, *ours], schema, strict=True)]
            out.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
