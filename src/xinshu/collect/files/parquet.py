"""Parquet: flat columns, each value as canonical text, in steps that no file can make large."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from xinshu.collect.files.batch import Columns, Mark, assemble, columns_of
from xinshu.collect.files.errors import CorruptFileError, NestedColumnError, SourceFileError, TruncatedFileError
from xinshu.collect.files.model import ROWS_PER_BATCH, TEXT_KEPT, Fault, FileFormat, ReadLimits, Source
from xinshu.collect.files.unpack import Guard

_BATCH_BYTES = 32 * 1024**2
_PLAIN = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_null,
)


def open_parquet(path: Path, hint: FileFormat, limits: ReadLimits) -> Source:
    """Open a Parquet file.

    Raises TruncatedFileError, CorruptFileError, NestedColumnError, TooLargeError, BombError, header errors.
    """
    with _reading(path) as file:
        schema = file.schema_arrow
        metadata = file.metadata
        unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    Guard(limits, path.stat().st_size).take(min(unpacked, limits.unpacked_max_bytes + 1) if unpacked > 0 else 0)
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if not (_is_text(kind) or any(check(kind) for check in _PLAIN)):
            raise NestedColumnError(
                f"列 {field.name} 的类型 {field.type} 不是单个值", hint="展开为文本、数字或日期列后报送"
            )
    columns = columns_of(schema.names, limits.columns_max)
    return Source(hint, columns.names, columns.own > 0, lambda: _batches(path, schema, columns, limits))


class _reading:
    """A Parquet file open for reading; the library's errors become ours."""

    def __init__(self, path: Path, texts: list[str] | None = None) -> None:
        self._path = path
        self._texts = texts

    def __enter__(self) -> parquet.ParquetFile:
        try:
            self._file = parquet.ParquetFile(
                self._path, read_dictionary=self._texts, buffer_size=1024**2, pre_buffer=False
            )
        except (pa.ArrowException, OSError) as error:
            raise self._fault(error) from None
        return self._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        self._file.close()
        if isinstance(error, (pa.ArrowException, OSError)):
            raise self._fault(error) from None

    def _fault(self, error: BaseException) -> SourceFileError:
        said = str(error).splitlines()[0][:200]
        if "magic bytes" in said or "footer" in said:
            return TruncatedFileError("Parquet 文件不完整:没有结尾", hint="重新报送整个文件", file=self._path.name)
        return CorruptFileError(f"Parquet 数据损坏:{said}", hint="重新导出并报送", file=self._path.name)


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _batches(path: Path, schema: pa.Schema, columns: Columns, limits: ReadLimits) -> Iterator[pa.RecordBatch]:
    guard = Guard(limits, path.stat().st_size)
    number = 1
    with _reading(path) as file:
        for group in range(file.metadata.num_row_groups):
            size = _rows_at_once(path, file.metadata.row_group(group), schema, group)
            for batch in file.iter_batches(batch_size=size, row_groups=[group], use_threads=False):
                cells = [_text(column, schema.field(i)) for i, column in enumerate(batch.columns)]
                guard.seen += sum(cell.nbytes for cell in cells)  # runs of equal values unpack without limit: no ratio
                if guard.seen > limits.unpacked_max_bytes:
                    guard.take(0)
                yield from _rows(cells, number, columns, limits)
                number += batch.num_rows


def _rows_at_once(path: Path, metadata: parquet.RowGroupMetaData, schema: pa.Schema, group: int) -> int:
    """Rows of the group to decode at once so that not even the longest values of its dictionaries fill the memory.

    A dictionary or a shared prefix (DELTA_BYTE_ARRAY) lets a few bytes stand for a long value as often as one likes.
    """
    if metadata.num_rows == 0:
        return 1
    chunks = {field.name: metadata.column(i) for i, field in enumerate(schema)}
    coded = [f.name for f in schema if _is_text(f.type) and chunks[f.name].has_dictionary_page]
    width: int = sum(
        chunk.total_uncompressed_size // (1 if "DELTA_BYTE_ARRAY" in chunk.encodings else metadata.num_rows)
        for chunk in chunks.values()
    )
    if coded:
        with _reading(path, coded) as file:
            first = next(file.iter_batches(batch_size=1, row_groups=[group], columns=coded, use_threads=False))
            width += sum(pc.max(pc.binary_length(column.dictionary)).as_py() or 0 for column in first.columns)
    return max(1, min(ROWS_PER_BATCH, int(_BATCH_BYTES // max(width, 1))))


def _text(column: pa.Array, field: pa.Field) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    try:
        text = column.cast(pa.string())
    except pa.ArrowInvalid:
        raise NestedColumnError(f"列 {field.name} 含有不是 UTF-8 文本的字节", hint="以文本类型导出该列") from None
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        text = pc.replace_substring_regex(text, r"(\.\d*?)0+(Z?)$", r"\1\2")
        text = pc.replace_substring_regex(text, r"\.(Z?)$", r"\1")
        text = pc.replace_substring_regex(text, r" 00:00:00$", "")
    elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        text = _numbers(text)
    return pc.fill_null(text, "")


def _numbers(text: pa.Array) -> pa.Array:
    """Numbers without exponent; not-a-number, which table libraries write for absent, as absent."""
    text = pc.if_else(pc.equal(text, "nan"), pa.scalar(None, pa.string()), text)
    if pc.any(pc.match_substring(text, "e", ignore_case=True)).as_py():
        return pa.array([_plain(value) for value in text.to_pylist()], pa.string())
    return pc.replace_substring_regex(text, r"^(-?\d+)\.0$", r"\1")


def _plain(value: str | None) -> str | None:
    if value is None or re.fullmatch(r"[-+\d.]+[eE][-+]?\d+", value) is None:
        return value
    return format(Decimal(value), "f")


def _rows(cells: list[pa.Array], first: int, columns: Columns, limits: ReadLimits) -> Iterator[pa.RecordBatch]:
    named = cells[: len(columns.names)]
    marks: dict[int, Mark] = {}
    for i, column in enumerate(named):
        if len(column) > 0 and (longest := pc.max(pc.binary_length(column)).as_py()) > limits.cell_max_chars:
            counts = pc.utf8_length(column).to_numpy()
            long = counts > limits.cell_max_chars
            named[i] = pc.if_else(pa.array(long), pc.utf8_slice_codeunits(column, 0, TEXT_KEPT), column)
            for row in np.flatnonzero(long).tolist():
                detail = f"列 {columns.names[i]} 有 {counts[row]} 个字符,上限 {limits.cell_max_chars}"
                marks.setdefault(row, Mark(Fault.CELL_TOO_LONG, detail, named[i][row].as_py()))
            del longest
        nul = pc.match_substring(named[i], "\0")
        if pc.any(nul).as_py():
            named[i] = pc.replace_substring(named[i], "\0", "\u2400")
            for row in np.flatnonzero(nul.to_numpy(zero_copy_only=False)).tolist():
                marks.setdefault(row, Mark(Fault.NUL, f"列 {columns.names[i]},以 ␀ 显示"))
    sources = cells[len(named)] if columns.own else None
    numbers = np.arange(first, first + (len(cells[0]) if cells else 0))
    filled = np.add.reduce([pc.binary_length(column).to_numpy() for column in named]) > 0
    if not filled.all():
        kept = np.flatnonzero(filled)
        at = {int(old): new for new, old in enumerate(kept)}
        marks = {at[row]: mark for row, mark in marks.items() if row in at}
        named, numbers = [column.filter(pa.array(filled)) for column in named], numbers[kept]
        sources = sources.filter(pa.array(filled)) if sources is not None else None
    yield from assemble(named, numbers, marks, [], sources)
