"""Text as it may be printed: what cannot be seen, or turns the reading order, is said by a mark and never lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterator
from typing import Any

BREAKS = re.compile(r"[!-\u2e7f]{33,}")  # no place to break a line: hashes, addresses, hostile words
EVERY = 12
_SHAPES = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # variation selectors choose a shape of the character before them
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def mark(character: str) -> str:
    """What stands for a character that cannot be printed, such as `〔U+1F600〕`."""
    return f"〔U+{ord(character):04X}〕"


def visible(text: str) -> str:
    """`text` without what cannot be seen: control and format characters, such as those that turn the reading order."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in "\t\n\r":
        return " " if character != "\n" else "\n"
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return mark(character)
    return "\n" if category in ("Zl", "Zp") else " " if category == "Zs" and character != "\u3000" else character


def breakable(text: str) -> str:
    """`text` with places (zero width spaces) where a very long word may be broken."""
    if len(text) < 33:
        return text
    return BREAKS.sub(lambda found: "\u200b".join(_pieces(found[0])), text)


def _pieces(word: str) -> Iterator[str]:
    for start in range(0, len(word), EVERY):
        yield word[start : start + EVERY]


def replacements(text: str, known: Container[int]) -> dict[int, str]:
    """For `str.translate`: what stands for the characters of `text` that a font does not have."""
    found: dict[int, str] = {}
    for character in set(text):
        code = ord(character)
        if any(low <= code <= high for low, high in _SHAPES):
            found[code] = ""
        elif code not in known and character not in "\n\u200b":
            found[code] = mark(character)
    return found


def mapped(value: Any, change: Callable[[str], str], drawn: Callable[[str], str] | None = None) -> Any:
    """A JSON value with every text in it changed; what lies under `svg` by `drawn`, if given."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: mapped(one, (drawn or change) if key == "svg" else change, drawn) for key, one in value.items()}
    if isinstance(value, list):
        return [mapped(one, change, drawn) for one in value]
    return value
