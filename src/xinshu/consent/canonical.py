"""Canonical JSON (RFC 8785), restricted to what artefacts hold: no fractions, so no rule for writing them is needed."""

from __future__ import annotations

from typing import Any

import orjson

MAX_INTEGER = 2**53 - 1  # beyond, an IEEE 754 double does not hold every whole number


class NotCanonicalError(ValueError):
    """The value or the bytes are not in the canonical form."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of objects, lists, texts, whole numbers, true, false and null. Raises NotCanonicalError."""
    try:
        return orjson.dumps(_sorted(value))
    except (orjson.JSONEncodeError, UnicodeEncodeError) as error:
        raise NotCanonicalError(str(error)) from None


def parse(data: bytes) -> Any:
    """The value of canonical bytes. Raises NotCanonicalError when they are JSON in another form, or no JSON."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotCanonicalError(str(error)) from None
    if canonical(value) != data:
        raise NotCanonicalError("JSON, but not in the canonical form")
    return value


def _sorted(value: Any) -> Any:
    """Keys in the order of their UTF-16 units (RFC 8785, 3.2.3)."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonicalError("a name that is no text")
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_sorted(one) for one in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    raise NotCanonicalError(f"a value that artefacts do not hold: {type(value).__name__}")
