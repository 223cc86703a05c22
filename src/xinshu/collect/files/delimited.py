"""CSV and its kin: any encoding and delimiter told from the content, bad rows kept in their place, memory bounded.

Whole records are cut off first (`lexer`), then parsed by Arrow; so each row has its number, a broken row costs
nothing but itself, and a cell of any length is never held.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from xinshu.collect.files.batch import Columns, Mark, assemble, columns_of
from xinshu.collect.files.encoding import detect, utf8_blocks
from xinshu.collect.files.errors import EmptyFileError, HeaderError
from xinshu.collect.files.lexer import Dialect, Oversize, Unclosed, Whole, last_boundary, whole_records
from xinshu.collect.files.model import TEXT_KEPT, Fault, FileFormat, ReadLimits, Source

DELIMITERS = ",\t;|"
_HEAD = 256 * 1024  # bytes looked at for header and delimiter
_SNIFFED = 16 * 1024  # characters in which delimiters are compared
_PIECE_CELLS = 4_000_000  # cells parsed at once, at most

Blocks = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Plan:
    """All that reading the rows takes. `before`: records up to and with the header."""

    format: FileFormat
    dialect: Dialect
    columns: Columns
    before: int
    limits: ReadLimits


def open_delimited(raw: Blocks, hint: FileFormat, limits: ReadLimits) -> Source:
    """Open a delimited text; `hint` states what is known (None: told from the content).

    Raises EmptyFileError, EncodingError, HeaderError, DuplicateHeaderError.
    """
    encoding, bom = told_encoding(raw, hint)
    head = _head(utf8_blocks(raw(), encoding, bom=bom), limits)
    delimiter = hint.delimiter or sniff_delimiter(head)
    newline = 13 if "\n" not in head and "\r" in head else 10
    before, cells = _header(head, delimiter)
    columns = columns_of(cells, limits.columns_max)
    known = {"encoding": encoding, "bom": bom, "delimiter": delimiter, "quote": '"'}
    plan = Plan(hint.model_copy(update=known), Dialect(ord(delimiter), newline), columns, before, limits)
    return Source(plan.format, columns.names, columns.own > 0, lambda: _batches(raw, plan))


def told_encoding(raw: Blocks, hint: FileFormat) -> tuple[str, bool]:
    """Encoding and byte order mark, as hinted or detected. Raises EncodingError."""
    if hint.encoding is not None:
        return hint.encoding, hint.bom
    return detect(raw())


def _head(text: Iterator[bytes], limits: ReadLimits) -> str:
    held = b""
    for block in text:
        held += block
        if len(held) >= _HEAD:
            break
    if held == b"" or held.isspace():
        raise EmptyFileError("文件是空的", hint="检查导出是否成功")
    return held[:_HEAD].decode("utf-8", "ignore")


def sniff_delimiter(head: str) -> str:
    """The delimiter under which the first rows have most often as many cells as the header; a comma if none has."""
    best, chosen = (0.0, 1), ","
    head = head[:_SNIFFED]
    for candidate in DELIMITERS:
        rows = _rows(head, candidate, 51)
        counts = [len(row) for row in (rows[:-1] or rows) if len(row) > 0]
        if len(counts) == 0 or counts[0] < 2:
            continue
        score = (round(sum(c == counts[0] for c in counts) / len(counts), 1), counts[0])
        if score > best:
            best, chosen = score, candidate
    return chosen


def _rows(head: str, delimiter: str, most: int) -> list[list[str]]:
    """The first rows that end within `head`; the last one may be cut off there."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), most))
    except csv.Error:
        return rows
    return rows


def _header(head: str, delimiter: str) -> tuple[int, list[str]]:
    for number, row in enumerate(_rows(head, delimiter, 1_000), 1):
        if any(cell.strip() for cell in row):
            if sum(map(len, row)) > _HEAD // 2:
                break
            return number, row
    raise HeaderError("找不到表头:文件开头没有可读的一行", hint="第一行应为各列的名称,且不长于 256 KiB")


def _batches(raw: Blocks, plan: Plan) -> Iterator[pa.RecordBatch]:
    text = utf8_blocks(raw(), plan.format.encoding or "utf-8", bom=plan.format.bom)
    number = 1 - plan.before  # row number of the next record
    for piece in whole_records(text, plan.dialect, plan.limits.record_max_bytes):
        if isinstance(piece, Whole):
            for part in _parts(piece, plan):
                if part.data.isspace():
                    number += part.lines
                    continue
                read, batches = _parse(part.data, number, plan)
                number += read
                yield from batches
        else:
            yield from assemble(*_nothing(plan), {}, [(number, _unreadable(piece, plan))])
            number += 1


def _unreadable(piece: Oversize | Unclosed, plan: Plan) -> Mark:
    text = piece.text.decode("utf-8", "ignore").rstrip("\r\n")
    if isinstance(piece, Oversize):
        return Mark(Fault.CELL_TOO_LONG, f"整行超过 {plan.limits.record_max_bytes} 字节", text)
    return Mark(Fault.UNCLOSED_QUOTE, f"文件第 {piece.line} 行", text)


def _nothing(plan: Plan) -> tuple[list[pa.Array], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [pa.array([], pa.string())] * len(plan.columns.names), np.zeros(0, np.int64)


def _parts(piece: Whole, plan: Plan) -> Iterator[Whole]:
    """The piece, or its halves until none has more cells than are parsed at once (a file of short lines)."""
    data = piece.data
    many = piece.lines * max(plan.columns.width, 40) > _PIECE_CELLS and not data.isspace()
    middle = last_boundary(data[: len(data) // 2], plan.dialect)[0] if many else 0
    if middle == 0:
        yield piece
        return
    newline = bytes([plan.dialect.newline])
    for half in (data[:middle], data[middle:]):
        yield from _parts(Whole(half, half.count(newline)), plan)


def _parse(piece: bytes, first: int, plan: Plan) -> tuple[int, Iterator[pa.RecordBatch]]:
    """How many records the piece has, and its rows; the first record has the number `first`."""
    width = plan.columns.width
    ragged: list[tuple[int, int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns, row.text[:TEXT_KEPT]))
        return "skip"

    names = [f"c{i}" for i in range(width)]
    table = arrow_csv.read_csv(
        pa.py_buffer(piece),
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(piece) + 1, column_names=names),
        parse_options=arrow_csv.ParseOptions(
            delimiter=chr(plan.dialect.delimiter),
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[], check_utf8=False
        ),
    )
    read = table.num_rows + len(ragged)
    places = np.arange(first, first + read)
    lost: list[tuple[int, Mark]] = []
    if ragged:
        places = np.delete(places, [at - 1 for at, _, _ in ragged])
        for at, cells, text in ragged:
            number = first + at - 1
            if number > 0 and text.strip():
                lost.append((number, Mark(Fault.RAGGED, f"应为 {width} 个,实为 {cells} 个", text)))
    columns = [column.combine_chunks() for column in table.columns]
    return read, _checked(columns, places, lost, b"\0" in piece, plan)


def _checked(
    columns: list[pa.Array],
    places: np.ndarray[tuple[int], np.dtype[np.int64]],
    lost: list[tuple[int, Mark]],
    nul: bool,
    plan: Plan,
) -> Iterator[pa.RecordBatch]:
    """The rows without header and blank ones; long cells, NULs and cells under no heading marked."""
    lengths = [_bytes(column) for column in columns]
    keep = (np.add.reduce(lengths) > 0) & (places > 0)
    if not keep.all():
        chosen = pa.array(keep)
        columns, places = [column.filter(chosen) for column in columns], places[keep]
        lengths = [length[keep] for length in lengths]
    marks: dict[int, Mark] = {}
    named, width = len(plan.columns.names), plan.columns.width
    for i in range(width - plan.columns.blank, width):
        for row in np.flatnonzero(lengths[i] > 0).tolist():
            text = _text(columns, row, plan)
            marks[row] = Mark(Fault.RAGGED, f"第 {i + 1} 列没有列名却有内容", text)
    most = plan.limits.cell_max_chars
    for i in range(named):
        if len(places) > 0 and lengths[i].max() > most:
            counts = pc.utf8_length(columns[i]).to_numpy()
            for row in np.flatnonzero(counts > most).tolist():
                detail = f"列 {plan.columns.names[i]} 有 {counts[row]} 个字符,上限 {most}"
                marks.setdefault(row, Mark(Fault.CELL_TOO_LONG, detail, _text(columns, row, plan)))
            if (counts > most).any():
                short = pc.utf8_slice_codeunits(columns[i], 0, TEXT_KEPT)
                columns[i] = pc.if_else(pa.array(counts > most), short, columns[i])
        if nul:
            found = pc.match_substring(columns[i], "\0")
            for row in np.flatnonzero(found.to_numpy(zero_copy_only=False)).tolist():
                marks.setdefault(row, Mark(Fault.NUL, f"列 {plan.columns.names[i]}", _text(columns, row, plan)))
            columns[i] = pc.replace_substring(columns[i], "\0", "\u2400")
    sources = columns[named] if plan.columns.own else None
    yield from assemble(columns[:named], places, marks, lost, sources)


def _bytes(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    offsets = column.buffers()[1]
    if len(column) == 0 or offsets is None:
        return np.zeros(0, np.int32)
    return np.diff(np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1])


def _text(columns: list[pa.Array], row: int, plan: Plan) -> str:
    """The row written again, its cells cut short: the original bytes are gone by now."""
    out = io.StringIO()
    cells = [column[row].as_py()[:TEXT_KEPT] for column in columns]
    csv.writer(out, delimiter=plan.format.delimiter or ",", lineterminator="").writerow(cells)
    return out.getvalue()
