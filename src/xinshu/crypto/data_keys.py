"""Data keys: what seals values, one for each subject, kept wrapped only.

A sealed value is text: `e1:<i|g>:<number of the data key>:<base64 of nonce, ciphertext and tag>`. `i` and `g` name the
suite (AES-256-GCM, SM4-GCM); all before the last colon is bound to the ciphertext, with the place where it is kept.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xinshu.crypto.errors import SealedValueError, ShreddedError
from xinshu.crypto.suites import GM, INTL, NONCE_BYTES, TAG_BYTES, Cipher, DecryptionError

FORM = "e1"
DESTROYED = "x1"  # stands where a value of the first release was, which had no key of its own to destroy
LETTERS = {"intl": "i", "gm": "g"}
_SUITES = {"intl": INTL, "gm": GM}
_MOST_DIGITS = 18  # of a bigint


class DataKey:
    """A data key ready for use: 32 (`intl`) or 16 (`gm`) bytes. Its `repr` shows no key. Made by the thousand."""

    __slots__ = ("cipher", "head", "id", "key", "suite")

    def __init__(self, number: int, suite_name: str, key: bytes) -> None:
        self.id = number
        self.suite = suite_name
        self.key = key
        self.cipher: Cipher = _SUITES[suite_name].cipher(key)
        self.head = f"{FORM}:{LETTERS[suite_name]}:{number}:"

    def seal(self, plain: str, aad: bytes, nonce: bytes) -> str:
        """`plain` sealed and bound to `aad`; a `nonce` of 12 bytes serves once."""
        body = nonce + self.cipher.encrypt(nonce, plain.encode(), self.head.encode() + aad)
        return self.head + binascii.b2a_base64(body, newline=False).decode()

    def open(self, sealed: SealedText, aad: bytes) -> str:
        """What was sealed. Raises SealedValueError."""
        if LETTERS[self.suite] != sealed.letter:
            raise unreadable()
        try:
            return self.cipher.decrypt(sealed.nonce, sealed.body, sealed.head + aad).decode()
        except (DecryptionError, UnicodeDecodeError):
            raise unreadable() from None

    def __repr__(self) -> str:
        return f"DataKey({self.id})"


class Sealing:
    """The data keys of some subjects, for the length of one piece of work."""

    def __init__(
        self, keys: Mapping[bytes, DataKey], random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._keys = keys
        self._random_bytes = random_bytes

    def seal(self, ref: bytes, plain: str, aad: bytes) -> str:
        """`plain` sealed under the key of `ref`, one of those asked for, and bound to `aad`."""
        return self._keys[ref].seal(plain, aad, self._random_bytes(NONCE_BYTES))


@dataclass(frozen=True)
class SealedText:
    """The parts of a sealed value."""

    letter: str
    key_id: int
    head: bytes
    nonce: bytes
    body: bytes

    @classmethod
    def parse(cls, text: str) -> SealedText:
        """The parts of `e1:…`. Raises SealedValueError."""
        form, letter, number, body = (*text.split(":", 3), "", "", "")[:4]
        if form != FORM or letter not in LETTERS.values():
            raise unreadable()
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            raise unreadable()
        raw = decode_body(body)
        return cls(letter, int(number), f"{form}:{letter}:{number}:".encode(), raw[:NONCE_BYTES], raw[NONCE_BYTES:])


def decode_body(body: str) -> bytes:
    """Nonce, ciphertext and tag from base64 in its one canonical form. Raises SealedValueError."""
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError:
        raise unreadable() from None
    if len(raw) < NONCE_BYTES + TAG_BYTES or base64.b64encode(raw).decode() != body:
        raise unreadable()
    return raw


def unreadable() -> SealedValueError:
    """The refusal of a value that was altered; it does not say in which way."""
    return SealedValueError("封存内容无法打开:已被改动、移位或损坏", hint="从备份恢复该条数据")


def shredded() -> ShreddedError:
    """The refusal of a value whose key was destroyed."""
    return ShreddedError("封存内容的密钥已依法销毁,内容不可恢复", hint="需要时由数据提供单位重新报送")
