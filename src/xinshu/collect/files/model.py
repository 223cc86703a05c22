"""Types of a file being read: its format, the limits, the stream of rows. No I/O.

A source is a header and record batches of text. Every batch has the columns of `batch_schema`:
`row_no` (1-based position of the data row in the file, blank rows counted), `ragged` (the original text where the
cells cannot carry it, at most `TEXT_KEPT` characters), `row_fault` (null, or one code of `Fault`), `fault_detail`
(null, or what the fault is about: a cell's address, a key, a count), `source_row` (of a corrected feedback file: the
number that the row had when it was first sent; null where it is absent, no number, or the file is no feedback), then
one text column for each header column, `c0` to `cN-1`, cell text as received, empty for absent. Rows with a fault are
read but must be quarantined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from xinshu.core.settings import Settings

TEXT_KEPT = 2_000  # characters of a bad row's text kept
ROWS_PER_BATCH = 50_000
FEEDBACK_COLUMNS = ("原行号", "问题原因")
RAW_KEY = "原文"  # JSON Lines feedback: the key of a line that was no row
Expected = tuple[tuple[str, ...], ...]  # columns, each by the names it may have
FIXED_COLUMNS = ("row_no", "ragged", "row_fault", "fault_detail", "source_row")
_NUMBERS = ("row_no", "source_row")


class FileFormat(BaseModel):
    """How a file is written, to write its feedback the same way. `None`: not applicable, or (as a hint) detect."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["csv", "xlsx", "jsonl", "parquet"]
    encoding: str | None = None  # utf-8, gb18030, utf-16-le, utf-16-be
    bom: bool = False
    delimiter: str | None = None
    quote: str | None = None
    compression: Literal["none", "gzip", "zip"] = "none"
    sheet: str | None = None
    member: str | None = None  # the data file inside a zip


class Fault(StrEnum):
    """Why a row cannot be taken as it stands; `fault_message` gives the Chinese text."""

    RAGGED = "RAGGED"
    CELL_TOO_LONG = "CELL_TOO_LONG"
    NUL = "NUL"
    UNCLOSED_QUOTE = "UNCLOSED_QUOTE"
    FORMULA = "FORMULA"
    CELL_ERROR = "CELL_ERROR"
    NUMBER_PRECISION = "NUMBER_PRECISION"
    JSON = "JSON"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    NESTED = "NESTED"


_MESSAGES: dict[Fault, str] = {
    Fault.RAGGED: "单元格个数与表头不符({detail})",
    Fault.CELL_TOO_LONG: "单元格超过长度上限({detail})",
    Fault.NUL: "单元格含空字符(NUL)({detail})",
    Fault.UNCLOSED_QUOTE: "引号没有结束({detail})",
    Fault.FORMULA: "单元格是公式,应填写数值或文字({detail})",
    Fault.CELL_ERROR: "单元格是错误值({detail})",
    Fault.NUMBER_PRECISION: "数字超过 15 位,表格软件已丢失末位,应以文本填写({detail})",
    Fault.JSON: "不是有效的 JSON 对象({detail})",
    Fault.UNKNOWN_KEY: "出现文件开头没有的字段({detail})",
    Fault.NESTED: "字段的值不是单个值({detail})",
}


def fault_message(code: str, detail: str | None) -> str:
    """The reason in Chinese for a row's fault. Raises ValueError for an unknown code."""
    return _MESSAGES[Fault(code)].format(detail=detail or "无说明")


@dataclass(frozen=True)
class ReadLimits:
    """Limits on what is read; sizes in bytes. `ratio_floor_bytes`: unpacked size up to which no ratio is judged."""

    file_max_bytes: int = 20 * 1024**3
    unpacked_max_bytes: int = 60 * 1024**3
    unpack_ratio_max: int = 200
    cell_max_chars: int = 100_000
    columns_max: int = 2_000
    record_max_bytes: int = 4 * 1024**2
    ratio_floor_bytes: int = 16 * 1024**2
    xlsx_text_max_bytes: int = 256 * 1024**2
    scratch: Path | None = None  # folder for files that must be unpacked to be read; None: the system's

    @classmethod
    def of(cls, settings: Settings) -> ReadLimits:
        """The limits that the settings state."""
        return cls(
            file_max_bytes=settings.upload_max_bytes,
            unpacked_max_bytes=settings.unpacked_max_bytes,
            unpack_ratio_max=settings.unpack_ratio_max,
            cell_max_chars=settings.cell_max_chars,
        )


def batch_schema(columns: int) -> pa.Schema:
    """Schema of the batches of a source with that many header columns."""
    fields: list[Any] = [(name, pa.int64() if name in _NUMBERS else pa.string()) for name in FIXED_COLUMNS]
    return pa.schema([*fields, *((f"c{i}", pa.string()) for i in range(columns))])


@dataclass
class Source:
    """A file opened for reading. `feedback`: it is a corrected feedback file; its two own columns are no cells."""

    format: FileFormat
    header: list[str]
    feedback: bool
    _read: Callable[[], Iterator[pa.RecordBatch]] = field(repr=False)
    _close: Callable[[], None] = field(repr=False, default=lambda: None)

    @property
    def schema(self) -> pa.Schema:
        """Schema of every batch."""
        return batch_schema(len(self.header))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, streamed, in file order; may be called again.

        Raises a SourceFileError when the file breaks later on: publish nothing before the stream has ended.
        """
        return self._read()

    def close(self) -> None:
        """Remove what was unpacked to disk."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def is_feedback(header: Sequence[str]) -> bool:
    """Whether the header is that of a feedback file (it ends in the two columns that we add)."""
    return tuple(header[-2:]) == FEEDBACK_COLUMNS
