"""Sealed values of the first release, `s1:<key id>:<base64 of nonce and ciphertext>`: read for ever, written no more.

AES-256-GCM under one key of the whole node, which is kept wrapped as the secret `s1/<key id>`.
"""

from __future__ import annotations

import re

from xinshu.crypto.data_keys import decode_body, unreadable
from xinshu.crypto.suites import INTL, NONCE_BYTES, DecryptionError

_TEXT = re.compile(r"s1:([0-9a-f]{8}):(.*)")
_NAME = re.compile(r"s1/[0-9a-f]{8}")


def is_first(text: str) -> bool:
    """Whether a sealed value has this form."""
    return text.startswith("s1:")


def secret_name(key_id: str) -> str:
    """Under which name the key is kept."""
    return f"s1/{key_id}"


def is_secret_name(name: str) -> bool:
    """Whether it is such a name."""
    return _NAME.fullmatch(name) is not None


def key_id_of(text: str) -> str:
    """By which key the value was sealed. Raises SealedValueError."""
    return _parts(text)[0]


def open_text(text: str, aad: bytes, key: bytes) -> str:
    """What was sealed. Raises SealedValueError."""
    key_id, body = _parts(text)
    raw = decode_body(body)
    try:
        return INTL.decrypt(key, raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"s1:{key_id}:".encode() + aad).decode()
    except (DecryptionError, UnicodeDecodeError):
        raise unreadable() from None


def _parts(text: str) -> tuple[str, str]:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise unreadable()
    return found[1], found[2]
