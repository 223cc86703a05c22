"""Encoding of a text file: told from its bytes, then held to: one wrong byte anywhere is an error with its place."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator

import pyarrow as pa

from xinshu.collect.files.errors import EncodingError

SAMPLE = 256 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (b"\x84\x31\x95\x33", "gb18030"))
_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
BOM_OF = {name: mark for mark, name in (*_BOMS, *_UTF16)}
NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE"}
_WIDE = re.compile("[\u0800-\ufffc]")  # three bytes in UTF-8
_SAVE_AS = "另存为 UTF-8 或 GB18030 编码后重新报送"


def detect(blocks: Iterator[bytes]) -> tuple[str, bool]:
    """Name of the encoding and whether a byte order mark stands in front.

    Looks at the first 256 KiB from the first non-ASCII byte on, wherever in the file that is: plain ASCII decides
    nothing. Raises EncodingError naming the first byte that is neither UTF-8 nor GB18030.
    """
    base = lines = 0
    for block in blocks:
        if base == 0 and (found := _by_mark(block)) is not None:
            return found, True
        if b"\0" in block[:SAMPLE] and _looks_wide(block[:SAMPLE]):
            raise EncodingError("文件含大量空字节,像是没有 BOM 的 UTF-16 或二进制文件", hint=_SAVE_AS)
        if not block.isascii():
            start = _first_high(block)
            return _judge(block[start : start + SAMPLE], base + start, lines + block.count(b"\n", 0, start)), False
        base += len(block)
        lines += block.count(b"\n")
    return "utf-8", False


def _by_mark(block: bytes) -> str | None:
    if block.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise EncodingError("文件编码为 UTF-32,不受支持", hint=_SAVE_AS, encoding="utf-32")
    return next((name for mark, name in (*_BOMS, *_UTF16) if block.startswith(mark)), None)


def _looks_wide(sample: bytes) -> bool:
    """Whether the bytes are UTF-16 without a mark, or no text: many NULs, or one beside each newline and delimiter."""
    if sample.count(b"\0") * 5 > len(sample):
        return True
    after = b"\n\0" in sample and any(bytes([d, 0]) in sample for d in b",;\t|")
    before = b"\0\n" in sample and any(bytes([0, d]) in sample for d in b",;\t|")
    return after or before


def _first_high(block: bytes) -> int:
    low, high = 0, len(block)
    while high - low > 1:  # the first half that is not plain ASCII
        middle = (low + high) // 2
        low, high = (low, middle) if not block[low:middle].isascii() else (middle, high)
    return low


def _judge(sample: bytes, offset: int, lines: int) -> str:
    in_utf8, utf8_fault = _try(sample, "utf-8")
    if utf8_fault is None and _WIDE.search(in_utf8) is not None:
        return "utf-8"
    in_gb, gb_fault = _try(sample, "gb18030")
    if utf8_fault is None:
        # Two-byte UTF-8 sequences may be GB18030 characters by chance; Chinese text in UTF-8 has three-byte ones.
        return "gb18030" if gb_fault is None and _chinese(in_gb) and _common(in_gb) else "utf-8"
    mixed = sample.decode("utf-8", "replace")
    wrong, wide = mixed.count("\ufffd"), len(_WIDE.findall(mixed))
    if wide > 4 * wrong:
        raise _fault("utf-8", sample, utf8_fault, offset, lines)
    if gb_fault is None and not _common(in_gb):
        raise EncodingError(
            "无法确定文件编码:按 GB18030 读出的多是生僻字", hint=f"{_SAVE_AS};确为 GB18030 的,在提交时指明编码"
        )
    if gb_fault is not None:
        raise _fault("gb18030", sample, gb_fault, offset, lines)
    return "gb18030"


def _try(sample: bytes, encoding: str) -> tuple[str, int | None]:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample), None
    except UnicodeDecodeError as error:
        return "", error.start


def _chinese(text: str) -> bool:
    high = [c for c in text if c > "\x7f"]
    return len(high) > 0 and all("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c >= "\uff00" for c in high)


def _common(text: str) -> bool:
    """Whether most of the Chinese is of GB 2312: other encodings misread as GB18030 give rare characters."""
    high = "".join(c for c in text[:20_000] if c > "\x7f")
    return len(high.encode("gb2312", "ignore")) > 2 * 0.7 * len(high)


def _fault(encoding: str, data: bytes, start: int, offset: int, lines: int) -> EncodingError:
    at, line = offset + start, lines + data.count(b"\n", 0, start) + 1
    return EncodingError(
        f"文件不是有效的 {NAMES[encoding]} 编码:第 {at} 字节(约第 {line} 行)为 0x{data[start]:02X}",
        hint=_SAVE_AS,
        encoding=encoding,
        offset=at,
        line=line,
    )


def utf8_blocks(blocks: Iterator[bytes], encoding: str, *, bom: bool) -> Iterator[bytes]:
    """The text as valid UTF-8, each block ending at a character's end.

    Raises EncodingError with the byte offset (from 0, in the unpacked file) and line of the first wrong byte.
    """
    if bom:
        blocks = _without(blocks, len(BOM_OF[encoding]))
    skipped = len(BOM_OF[encoding]) if bom else 0
    yield from _checked(blocks, skipped) if encoding == "utf-8" else _decoded(blocks, encoding, skipped)


def _without(blocks: Iterator[bytes], mark: int) -> Iterator[bytes]:
    for block in blocks:
        yield block[mark:] if mark > 0 else block
        mark = 0


def _checked(blocks: Iterator[bytes], offset: int) -> Iterator[bytes]:
    carry = b""
    lines = 0
    for block in blocks:
        data = carry + block if carry else block
        end = len(data) - _unfinished(data)
        carry, data = data[end:], data[:end] if end < len(data) else data
        if not _valid(data):
            raise _utf8_fault(data, offset, lines)
        offset += len(data)
        lines += data.count(b"\n")
        yield data
    if carry:
        raise _fault("utf-8", carry, 0, offset, lines)


def _utf8_fault(data: bytes, offset: int, lines: int) -> EncodingError:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _fault("utf-8", data, error.start, offset, lines)
    raise AssertionError("Arrow and Python disagree on what is valid UTF-8")


def _unfinished(data: bytes) -> int:
    """How many bytes at the end begin a character that the next block completes."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            return back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def _valid(data: bytes) -> bool:
    ends = pa.py_buffer(struct.pack("=ii", 0, len(data)))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decoded(blocks: Iterator[bytes], encoding: str, offset: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 0
    for block in blocks:
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _fault(encoding, error.object, error.start, offset - held, lines) from None
        offset += len(block)
        lines += text.count("\n")
        yield text.encode("utf-8")
    rest = decoder.getstate()[0]
    if rest:
        raise _fault(encoding, rest, 0, offset - len(rest), lines)
