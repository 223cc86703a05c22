"""The little of DER (ITU-T X.690) that key files need: elements, sequences and object identifiers."""

from __future__ import annotations

NULL = b"\x05\x00"


def content(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """Content of the first element, which must have this tag, and what follows it. Raises ValueError, IndexError."""
    if der[0] != tag:
        raise ValueError("another tag")
    length, at = der[1], 2
    if length >= 0x80:
        at += length & 0x7F
        length = int.from_bytes(der[2:at], "big")
    if length > len(der) - at:
        raise ValueError("cut short")
    return der[at : at + length], der[at + length :]


def dotted(identifier: bytes) -> str:
    """Object identifier from the content of its element. Raises IndexError when it is empty."""
    numbers, value = [min(identifier[0] // 40, 2)], 0
    numbers.append(identifier[0] - 40 * numbers[0])
    for byte in identifier[1:]:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def oid(dotted: str) -> bytes:
    """Element of an object identifier given as numbers with dots."""
    first, second, *others = map(int, dotted.split("."))
    out = bytearray([first * 40 + second])
    for number in others:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return tlv(0x06, bytes(out))


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of elements."""
    return tlv(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    """INTEGER that is not negative."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def tlv(tag: int, content: bytes) -> bytes:
    """One element: tag, length, content."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content
