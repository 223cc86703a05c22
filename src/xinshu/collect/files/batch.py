"""Record batches of the uniform stream, put together from cells and from rows that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xinshu.collect.files.errors import DuplicateHeaderError, EmptyFileError, HeaderError
from xinshu.collect.files.model import FEEDBACK_COLUMNS, ROWS_PER_BATCH, TEXT_KEPT, Fault, batch_schema, is_feedback

Numbers = npt.NDArray[np.int64]
_ROW_NUMBER = r"^[1-9]\d{0,17}(\.0+)?$"  # table libraries write 12.0 where the column has gaps


@dataclass(frozen=True)
class Mark:
    """A fault of a row; `text`: its original text where the cells do not carry the whole row."""

    fault: Fault
    detail: str
    text: str | None = None


@dataclass(frozen=True)
class Columns:
    """The header: names of the data columns, and how many columns follow that we drop.

    `own`: the two of a feedback file. `blank`: columns without a name at the end, which must be empty.
    """

    names: list[str]
    own: int = 0
    blank: int = 0

    @property
    def width(self) -> int:
        """Cells that a row has in the file."""
        return len(self.names) + self.own + self.blank


def columns_of(cells: Sequence[str], most: int) -> Columns:
    """The header's columns, names trimmed. Raises EmptyFileError, HeaderError, DuplicateHeaderError."""
    names = [cell.strip(" \t\r\n\u3000\ufeff") for cell in cells]
    while names and names[-1] == "":
        names.pop()
    blank = len(cells) - len(names)
    if len(names) == 0:
        raise EmptyFileError("文件没有表头", hint="第一行应为各列的名称")
    if len(cells) > most:
        raise HeaderError(f"表头有 {len(cells)} 列,超过上限 {most}", hint="检查分隔符与文件格式", columns=len(cells))
    empty = [i for i, name in enumerate(names, 1) if name == ""]
    if empty:
        raise HeaderError(f"表头第 {_listed(empty)} 列没有名称", hint="每列都要有名称", positions=empty)
    places: dict[str, list[int]] = {}
    for i, name in enumerate(names, 1):
        places.setdefault(name, []).append(i)
    twice = {name: at for name, at in places.items() if len(at) > 1}
    if twice:
        said = ";".join(f"{name}(第 {_listed(at)} 列)" for name, at in twice.items())
        raise DuplicateHeaderError(f"表头有重复的列名:{said}", hint="删去或改名重复的列", columns=twice)
    own = len(FEEDBACK_COLUMNS) if is_feedback(names) else 0
    return Columns(names[: len(names) - own], own, blank)


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:20]))


def row_numbers(texts: pa.Array) -> pa.Array:
    """Row numbers as a provider's software has written them back; null for what is none."""
    trimmed = pc.utf8_trim_whitespace(texts)
    known = pc.if_else(pc.match_substring_regex(trimmed, _ROW_NUMBER), trimmed, pa.scalar(None, pa.string()))
    return pc.cast(pc.replace_substring_regex(known, r"\..*", ""), pa.int64())


def assemble(
    cells: Sequence[pa.Array],
    numbers: Numbers,
    marks: dict[int, Mark],
    lost: Sequence[tuple[int, Mark]],
    sources: pa.Array | None = None,
) -> Iterator[pa.RecordBatch]:
    """Batches in row order of the rows with cells (`numbers`, `marks` by index) and the rows without (`lost`).

    `sources`: of a feedback file, the text of 原行号 of each row with cells.
    """
    count, schema = len(numbers), batch_schema(len(cells))
    firsts = pa.nulls(count, pa.int64()) if sources is None else row_numbers(sources)
    notes = [pa.nulls(count + len(lost), pa.string())] * 3
    if marks or lost:
        every = [marks.get(i) for i in range(count)] + [mark for _, mark in lost]
        notes = [
            pa.array([m and m.text and storable(m.text) for m in every], pa.string()),
            pa.array([m and m.fault.value for m in every], pa.string()),
            pa.array([m and m.detail for m in every], pa.string()),
        ]
    if lost:
        numbers = np.concatenate([numbers, np.array([n for n, _ in lost], np.int64)])
        empty = pa.repeat(pa.scalar("", pa.string()), len(lost))
        cells = [pa.concat_arrays([column, empty]) for column in cells]
        firsts = pa.concat_arrays([firsts, pa.nulls(len(lost), pa.int64())])
    batch = pa.RecordBatch.from_arrays([pa.array(numbers), *notes, firsts, *cells], schema=schema)
    if lost:
        batch = batch.take(pa.array(np.argsort(numbers, kind="stable")))
    for start in range(0, batch.num_rows, ROWS_PER_BATCH):
        yield batch.slice(start, ROWS_PER_BATCH)


def storable(text: str) -> str:
    """The first `TEXT_KEPT` characters, fit for a database text: NUL shown as its picture."""
    return text[:TEXT_KEPT].replace("\0", "\u2400")


class RowBatches:
    """Collects rows of cells one by one and hands them out as batches. `width`: cells of a row."""

    def __init__(self, width: int, cell_max: int) -> None:
        self._width = width
        self._cell_max = cell_max
        self._reset()

    def _reset(self) -> None:
        self._rows: list[Sequence[str]] = []
        self._numbers: list[int] = []
        self._sources: list[str | None] = []
        self._marks: dict[int, Mark] = {}
        self._lost: list[tuple[int, Mark]] = []
        self._size = 0

    def add(self, number: int, cells: Sequence[str], mark: Mark | None = None, source: str | None = None) -> None:
        """A row with its cells; long cells and NULs are found here. `source`: the text of 原行号."""
        longest = max(map(len, cells), default=0)
        if longest > self._cell_max:
            cells = [c if len(c) <= self._cell_max else c[:TEXT_KEPT] for c in cells]
            detail = f"最长 {longest} 个字符,上限 {self._cell_max}"
            mark = mark or Mark(Fault.CELL_TOO_LONG, detail, "\t".join(cells))
        if any("\0" in c for c in cells):
            cells = [c.replace("\0", "\u2400") for c in cells]
            mark = mark or Mark(Fault.NUL, "以 ␀ 显示")
        if mark is not None:
            self._marks[len(self._rows)] = mark
        self._rows.append(cells)
        self._numbers.append(number)
        self._sources.append(source)
        self._size += sum(map(len, cells))

    def lose(self, number: int, mark: Mark) -> None:
        """A row whose cells cannot be told."""
        self._lost.append((number, mark))
        self._size += len(mark.text or "")

    @property
    def full(self) -> bool:
        """Whether enough is held for a batch."""
        return self._size > 4 * 1024**2 or len(self._rows) + len(self._lost) >= ROWS_PER_BATCH // 2

    def flush(self) -> Iterator[pa.RecordBatch]:
        """What is held, as batches; nothing is held afterwards."""
        if self._rows or self._lost:
            columns = zip(*self._rows, strict=True) if self._rows else ([],) * self._width
            cells = [pa.array(column, pa.string()) for column in columns]
            numbers, marks, lost = np.array(self._numbers, np.int64), self._marks, self._lost
            sources = pa.array(self._sources, pa.string())
            self._reset()
            yield from assemble(cells, numbers, marks, lost, sources)
