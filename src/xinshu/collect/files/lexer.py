"""Where records of a delimited text end: a newline outside quotes. Quotes count only where a cell begins (RFC 4180).

The quick way looks at all quotes at once: if every second one stands where a cell begins, they alternate between
opening and closing. Where that fails (a quote inside an unquoted cell) each quote is judged in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt

from xinshu.collect.files.errors import UnclosedQuoteError

QUOTE = 34
UNCLOSED_MAX = 20  # unclosed quotes set aside one by one; more of them are the file's fault
CR = 13


@dataclass(frozen=True)
class Dialect:
    """Delimiter and record end as bytes of UTF-8."""

    delimiter: int
    newline: int = 10


def last_boundary(data: bytes, dialect: Dialect) -> tuple[int, int | None]:
    """Position after the last complete record (0: none), and where a quote opens that does not close (None: none).

    `data` begins at the start of a record.
    """
    buffer = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(buffer == QUOTE)
    newline = bytes([dialect.newline])
    if len(quotes) == 0:
        return data.rfind(newline) + 1, None
    opens, closes = quotes[0::2], quotes[1::2]
    before = buffer[opens - 1]
    starts = (before == dialect.delimiter) | (before == dialect.newline) | (before == CR) | (before == QUOTE)
    if not (starts[1:].all() and (starts[0] or opens[0] == 0)):
        return _in_turn(data, quotes, dialect)
    unclosed = int(opens[-1]) if len(opens) > len(closes) else None
    stop = len(data) if unclosed is None else unclosed
    for k in range(len(closes) - 1, -1, -1):
        found = data.rfind(newline, int(closes[k]) + 1, stop)
        if found >= 0:
            return found + 1, unclosed
        stop = int(opens[k])
    return data.rfind(newline, 0, stop) + 1, unclosed


def _in_turn(data: bytes, quotes: npt.NDArray[np.intp], dialect: Dialect) -> tuple[int, int | None]:
    starts = (dialect.delimiter, dialect.newline, CR)
    newline = bytes([dialect.newline])
    boundary = outside = skip = 0  # `outside`: where the present text outside quotes begins
    opened: int | None = None
    for part in range(0, len(quotes), 65_536):
        for place in quotes[part : part + 65_536].tolist():
            if place < skip:
                continue
            if opened is None:
                if place == 0 or data[place - 1] in starts:
                    boundary = data.rfind(newline, outside, place) + 1 or boundary
                    opened = place
            elif data[place + 1 : place + 2] == b'"':
                skip = place + 2  # a doubled quote stands for one
            else:
                opened = None
                outside = place + 1
    if opened is None:
        boundary = data.rfind(newline, outside) + 1 or boundary
    return boundary, opened


@dataclass
class RecordSkipper:
    """Finds the end of one record of any length without holding it."""

    dialect: Dialect
    inside: bool = False
    _carry: bytes = b""
    _last: bytes = b"\n"  # the byte before what is fed next
    _structure: re.Pattern[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = re.escape(bytes([self.dialect.delimiter, self.dialect.newline, CR]))
        newline = re.escape(bytes([self.dialect.newline]))
        self._structure = re.compile(b'%b|(?<=[%b])"' % (newline, starts))

    @property
    def closing(self) -> bool:
        """Whether the last byte fed is a quote that ends the cell unless another quote follows."""
        return len(self._carry) > 0

    def feed(self, block: bytes) -> int:
        """Position in `block` after the record's end; -1: it goes on."""
        lead = self._last + self._carry
        data = lead + block
        at = len(self._last)
        self._carry = b""
        while True:
            if self.inside:
                at = data.find(b'"', at)
                if at < 0:
                    break
                if at + 1 == len(data):
                    self._carry = b'"'  # whether it closes is told by the next byte
                    break
                doubled = data[at + 1] == QUOTE
                self.inside = doubled
                at += 2 if doubled else 1
            else:
                found = self._structure.search(data, at)
                if found is None:
                    break
                at = found.end()
                if data[at - 1] != QUOTE:
                    return at - len(lead)
                self.inside = True
        kept = len(data) - len(self._carry)
        self._last = data[kept - 1 : kept]
        return -1


@dataclass(frozen=True)
class Whole:
    """Whole records and how many lines they take."""

    data: bytes
    lines: int


@dataclass(frozen=True)
class Oversize:
    """A record longer than the window: how it begins and its first line."""

    text: bytes
    line: int


@dataclass(frozen=True)
class Unclosed:
    """The first line of a record whose quote never closes."""

    text: bytes
    line: int


def whole_records(text: Iterator[bytes], dialect: Dialect, window: int) -> Iterator[Whole | Oversize | Unclosed]:
    """The text cut at record ends: pieces of whole records, and in their place records that cannot be read.

    `window`: largest record in bytes; a longer one comes as Oversize and is not held. A quote that never closes makes
    its line Unclosed when the rest of the text fits into the window; the lines after it are read as they stand.
    Raises UnclosedQuoteError where that would be guesswork.
    """
    line = 1
    held = b""
    newline = bytes([dialect.newline])
    for block in text:
        held = held + block if held else block
        end, _ = last_boundary(held, dialect)
        if end > 0:
            lines = held.count(newline, 0, end)
            yield Whole(held[:end], lines)
            line += lines
            held = held[end:]
        if len(held) > window:
            begun, first = held[:8192], line
            held, lines = _after_record(held, text, dialect, line)
            line += lines
            yield Oversize(begun, first)
    yield from _remainder(held, dialect, line)


def _after_record(held: bytes, text: Iterator[bytes], dialect: Dialect, line: int) -> tuple[bytes, int]:
    """What follows the record that `held` begins with, and how many lines that record has."""
    skipper = RecordSkipper(dialect)
    newline = bytes([dialect.newline])
    lines = 0
    for block in chain((held,), text):
        end = skipper.feed(block)
        lines += block.count(newline, 0, end if end >= 0 else len(block))
        if end >= 0:
            return block[end:], lines
    if skipper.inside and not skipper.closing:
        raise unclosed_quote(line)
    return b"", lines


def _remainder(held: bytes, dialect: Dialect, line: int) -> Iterator[Whole | Unclosed]:
    newline = bytes([dialect.newline])
    for _ in range(UNCLOSED_MAX):
        end, unclosed = last_boundary(held, dialect)
        if unclosed is None:
            if held:
                yield Whole(held, held.count(newline) + 1)
            return
        if end > 0:
            lines = held.count(newline, 0, end)
            yield Whole(held[:end], lines)
            line += lines
            held = held[end:]
        cut = held.find(newline) + 1 or len(held)
        yield Unclosed(held[:cut], line)
        line += 1
        held = held[cut:]
    raise unclosed_quote(line)


def unclosed_quote(line: int) -> UnclosedQuoteError:
    """The error for a quote that opens near `line` and swallows the rest of the file."""
    return UnclosedQuoteError(
        f"第 {line} 行附近的引号没有结束,其后的内容无法分行", hint="补上或删去多余的双引号后重新报送", line=line
    )
