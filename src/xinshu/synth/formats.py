"""Files as departments send them: CSV in several encodings and delimiters, XLSX, JSON Lines, Parquet, gzip.

Writers take text tables with Chinese headers, chunk by chunk, and give the same bytes however the rows are chunked.
"""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Literal, Protocol, cast

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from xinshu.catalogue.model import FieldType, Item
from xinshu.synth.basis import WorldError
from xinshu.synth.rows import arrow_type

Kind = Literal["csv", "xlsx", "jsonl", "parquet"]
_GROUP = 65_536  # rows of a Parquet row group, whatever the chunks
_SHEET_ROWS = 1_048_575
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  (stamped into XLSX so that equal worlds are equal files)
_NUMBERS = (FieldType.DECIMAL, FieldType.INTEGER, FieldType.YEAR)


@dataclass(frozen=True)
class Format:
    """How one item's file is written."""

    kind: Kind
    encoding: str = "utf-8"
    delimiter: str = ","
    compressed: bool = False

    @property
    def suffix(self) -> str:
        return f".{self.kind}" + (".gz" if self.compressed else "")

    @property
    def typed(self) -> bool:
        """Whether cells keep their types."""
        return self.kind == "parquet"


PLAIN: dict[str, Format] = {
    "csv": Format("csv"),
    "xlsx": Format("xlsx"),
    "jsonl": Format("jsonl"),
    "parquet": Format("parquet"),
}
# Real departments do not agree on a form.
MIXED: dict[str, Format] = {
    "8": Format("csv", "gb18030"),
    "12": Format("jsonl"),
    "13": Format("csv", "utf-8-sig", "|"),
    "14": Format("csv", "gb18030", "\t"),
    "18": Format("parquet"),
    "19": Format("csv", compressed=True),
    "33": Format("xlsx"),
    "37": Format("xlsx"),
}


def format_of(choice: str, item: str) -> Format:
    """The form of an item's file. Raises WorldError for an unknown choice."""
    if choice == "mixed":
        return MIXED.get(item, PLAIN["csv"])
    if choice not in PLAIN:
        raise WorldError(f"没有文件格式 {choice}", hint=f"可用:mixed、{'、'.join(PLAIN)}")
    return PLAIN[choice]


class Writer(Protocol):
    """Writes text tables of one item one after another."""

    def write(self, rows: pa.Table) -> None:
        """Add rows."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def open_writer(path: Path, item: Item, form: Format) -> Writer:
    """A writer of `form`; the header has the fields' Chinese names."""
    if form.kind == "csv":
        return _CsvWriter(path, item, form)
    if form.kind == "xlsx":
        return _XlsxWriter(path, item)
    return _JsonlWriter(path, item) if form.kind == "jsonl" else _ParquetWriter(path, item)


class _CsvWriter:
    def __init__(self, path: Path, item: Item, form: Format) -> None:
        self._file = path.open("wb")
        # mtime 0: the time of writing must not change the bytes
        zipped = gzip.GzipFile("", "wb", 6, self._file, mtime=0) if form.compressed else self._file
        self._out = cast(IO[bytes], zipped)
        self._encoding = "utf-8" if form.encoding == "utf-8-sig" else form.encoding
        self._options = pa_csv.WriteOptions(include_header=False, delimiter=form.delimiter, quoting_style="needed")
        header = form.delimiter.join(f.zh for f in item.fields) + "\n"
        self._out.write(header.encode(form.encoding))

    def write(self, rows: pa.Table) -> None:
        buffer = io.BytesIO()
        pa_csv.write_csv(rows, buffer, self._options)
        data = buffer.getvalue()
        self._out.write(data if self._encoding == "utf-8" else data.decode().encode(self._encoding))

    def close(self) -> None:
        self._out.close()
        self._file.close()


class _JsonlWriter:
    def __init__(self, path: Path, item: Item) -> None:
        self._file = path.open("wb")
        self._names = [f.zh for f in item.fields]

    def write(self, rows: pa.Table) -> None:
        for row in rows.rename_columns(self._names).to_pylist():
            self._file.write(orjson.dumps({k: v or None for k, v in row.items()}) + b"\n")

    def close(self) -> None:
        self._file.close()


class GroupedParquet:
    """A Parquet file with row groups of fixed size, so that chunks leave no trace in the bytes."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._count = 0

    def add(self, rows: pa.Table) -> None:
        """Add rows."""
        self._waiting.append(rows)
        self._count += rows.num_rows
        while self._count >= _GROUP:
            table = pa.concat_tables(self._waiting)
            self._writer.write_table(table.slice(0, _GROUP).combine_chunks(), row_group_size=_GROUP)
            self._waiting = [table.slice(_GROUP)]
            self._count -= _GROUP

    def close(self) -> None:
        """Write what waits and finish the file."""
        if self._count:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks(), row_group_size=_GROUP)
        self._writer.close()


class _ParquetWriter:
    """Typed columns under Chinese names."""

    def __init__(self, path: Path, item: Item) -> None:
        self._fields = item.fields
        self._schema = pa.schema([(f.zh, arrow_type(f)) for f in item.fields])
        self._file = GroupedParquet(path, self._schema)

    def write(self, rows: pa.Table) -> None:
        columns = []
        for field, kind in zip(self._fields, self._schema.types, strict=True):
            text = rows[field.name]
            absent = pc.equal(text, "")
            value = pc.equal(text, "是") if pa.types.is_boolean(kind) else text
            value = pc.if_else(absent, pa.scalar(None, value.type), value)
            columns.append(value.cast(kind))
        self._file.add(pa.Table.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._file.close()


class _XlsxWriter:
    """Numbers and dates as such where they can be read, everything else as text."""

    def __init__(self, path: Path, item: Item) -> None:
        self._fields = item.fields
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._book.set_properties({"created": _EPOCH, "title": item.name.zh})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet = self._book.add_worksheet("数据")
        self._row = 0
        for column, field in enumerate(item.fields):
            self._sheet.write_string(0, column, field.zh)

    def write(self, rows: pa.Table) -> None:
        if self._row + rows.num_rows > _SHEET_ROWS:
            raise WorldError(f"工作表最多 {_SHEET_ROWS} 行,放不下这个事项", hint="改用 --format csv 或 parquet")
        for row in rows.to_pylist():
            self._row += 1
            for column, field in enumerate(self._fields):
                self._cell(self._row, column, field.type, row[field.name])

    def _cell(self, row: int, column: int, kind: FieldType, text: str) -> None:
        if text == "":
            return
        if kind is FieldType.DATE and (day := _date(text)) is not None:
            self._sheet.write_datetime(row, column, day, self._day)
        elif kind in _NUMBERS and (number := _number(text)) is not None:
            self._sheet.write_number(row, column, number)
        else:
            self._sheet.write_string(row, column, text)

    def close(self) -> None:
        self._book.close()


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and day.year >= 1901 else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
