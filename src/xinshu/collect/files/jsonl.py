"""JSON Lines: one object a line, its values single; numbers keep the digits they were sent with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from xinshu.collect.files.batch import Columns, Mark, RowBatches, columns_of
from xinshu.collect.files.delimited import Blocks, told_encoding
from xinshu.collect.files.encoding import utf8_blocks
from xinshu.collect.files.errors import UnknownFormatError
from xinshu.collect.files.model import FEEDBACK_COLUMNS, RAW_KEY, Expected, Fault, FileFormat, ReadLimits, Source

LOOKED_AT = 1_000  # lines whose keys make the header


class _Twice(ValueError):
    """An object names a key twice."""


@dataclass(frozen=True)
class _Long:
    """A line longer than the window: how it begins."""

    text: bytes


def open_jsonl(raw: Blocks, hint: FileFormat, limits: ReadLimits, expected: Expected = ()) -> Source:
    """Open a JSON Lines text. Columns: the keys of the first 1,000 lines in order of appearance, then the first name
    of each of `expected` of which no name is there.

    Raises EncodingError, DuplicateHeaderError, HeaderError, UnknownFormatError when no line is an object.
    """
    encoding, bom = told_encoding(raw, hint)
    format = hint.model_copy(update={"encoding": encoding, "bom": bom})
    keys: dict[str, None] = {}
    for line in islice(_lines(utf8_blocks(raw(), encoding, bom=bom), limits.record_max_bytes), LOOKED_AT):
        if isinstance(line, bytes) and isinstance(row := _parsed(line), dict):
            keys.update(dict.fromkeys(row))
    if len(keys) == 0:
        raise UnknownFormatError("文件开头没有一行是 JSON 对象", hint='JSON Lines:一行一个对象,如 {"企业名称": "…"}')
    feedback = all(name in keys for name in FEEDBACK_COLUMNS)
    if feedback:
        keys = {key: None for key in keys if key not in (*FEEDBACK_COLUMNS, RAW_KEY)}
    present = {key.strip() for key in keys}
    names = [*keys, *(group[0] for group in expected if present.isdisjoint(group))]
    columns = columns_of(names, limits.columns_max)
    index = {name: i for i, name in enumerate(names)}
    return Source(format, columns.names, feedback, lambda: _batches(raw, format, columns, index, feedback, limits))


def _batches(
    raw: Blocks, format: FileFormat, columns: Columns, index: dict[str, int], feedback: bool, limits: ReadLimits
) -> Iterator[pa.RecordBatch]:
    rows = RowBatches(columns.width, limits.cell_max_chars)
    text = utf8_blocks(raw(), format.encoding or "utf-8", bom=format.bom)
    for number, line in enumerate(_lines(text, limits.record_max_bytes), 1):
        if isinstance(line, _Long):
            start = line.text.decode("utf-8", "ignore")
            rows.lose(number, Mark(Fault.CELL_TOO_LONG, f"整行超过 {limits.record_max_bytes} 字节", start))
        elif line.strip():
            _add(rows, number, line, index, feedback)
        if rows.full:
            yield from rows.flush()
    yield from rows.flush()


def _add(rows: RowBatches, number: int, line: bytes, index: dict[str, int], feedback: bool) -> None:
    row = _parsed(line)
    if isinstance(row, str):
        rows.lose(number, Mark(Fault.JSON, row, line.decode("utf-8").strip()))
        return
    source: str | None = None
    if feedback:
        first, _ = (row.pop(name, None) for name in FEEDBACK_COLUMNS)
        source = first if isinstance(first, str) else None
        if RAW_KEY in row and RAW_KEY not in index:
            rows.lose(number, Mark(Fault.JSON, "反馈的原文尚未更正", str(row[RAW_KEY])))
            return
    cells = [""] * len(index)
    mark: Mark | None = None
    for key, value in row.items():
        place = index.get(key)
        if place is None:
            mark = Mark(Fault.UNKNOWN_KEY, key, line.decode("utf-8").strip())
        elif isinstance(value, (dict, list)):
            mark = mark or Mark(Fault.NESTED, key, line.decode("utf-8").strip())
        else:
            cells[place] = _cell(value)
    rows.add(number, cells, mark, source)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else "true" if value else "false"


def _parsed(line: bytes) -> dict[str, Any] | str:
    """The object of a line, numbers as their text; or what is wrong, in Chinese."""
    try:
        text = line.decode("utf-8")
        row = json.loads(
            text, object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=_refuse_constant
        )
        if "\\u" in text:
            json.dumps(row, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no character
    except json.JSONDecodeError as error:
        return f"第 {error.pos + 1} 个字符处:{error.msg}"
    except _Twice as error:
        return f"字段重复:{error}"
    except RecursionError:
        return "嵌套过深"
    except UnicodeEncodeError:
        return "含有不成对的 \\u 代理字符"
    except ValueError as error:
        return str(error)
    return row if isinstance(row, dict) else "这一行不是 JSON 对象"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        seen: set[str] = set()
        raise _Twice(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return row


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} 不是 JSON 的值")


def _lines(text: Iterator[bytes], window: int) -> Iterator[bytes | _Long]:
    held = b""
    begun: bytes | None = None  # the start of a line too long to hold
    for block in chain(text, (b"\n",)):
        if begun is not None:
            end = block.find(b"\n")
            if end < 0:
                continue
            yield _Long(begun)
            begun, block = None, block[end + 1 :]
        *whole, held = (held + block).split(b"\n")
        for line in whole:
            yield line if len(line) <= window else _Long(line[:8192])
        if len(held) > window:
            begun, held = held[:8192], b""
