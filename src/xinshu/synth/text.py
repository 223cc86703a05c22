"""Text columns built without a loop over rows: joins, look-ups, padded numbers, fixed-width codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xinshu.synth.draws import Flags, Ints

Column = Any  # a pyarrow Array; pyarrow ships no types


def join(*parts: Column | str) -> Column:
    """Element-wise concatenation; a null part makes the result null."""
    return pc.binary_join_element_wise(*(pa.scalar(p) if isinstance(p, str) else p for p in parts), "")


def lookup(words: Sequence[str | None], ordinals: Ints) -> Column:
    """`words[ordinal]` for each ordinal."""
    return pa.array(words, pa.string()).take(pa.array(ordinals))


def digits(numbers: Ints, width: int = 0) -> Column:
    """Decimal text, padded with zeros to `width`."""
    text = pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string())
    return pc.utf8_lpad(text, width, "0") if width else text


def fixed(matrix: NDArray[np.uint8]) -> Column:
    """Strings of equal length from a matrix of ASCII codes, one row a string."""
    count, width = matrix.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(matrix)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def hide(column: Column, keep: Flags) -> Column:
    """The column with nulls where `keep` is false."""
    return pc.if_else(pa.array(keep), column, pa.scalar(None, column.type))


def choose(flags: Flags, yes: Column | str, no: Column | str) -> Column:
    """`yes` where the flag is true, else `no`."""
    return pc.if_else(pa.array(flags), yes, no)


def ascii_digits(numbers: Ints, width: int) -> NDArray[np.uint8]:
    """A matrix of the last `width` decimal digits as ASCII codes."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return ((np.asarray(numbers, dtype=np.int64)[:, None] // powers) % 10 + 48).astype(np.uint8)
