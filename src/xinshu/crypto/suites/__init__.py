"""Two cryptographic suites behind one interface: `suite("intl")` and `suite("gm")` (国密)."""

from __future__ import annotations

from typing import Final

from xinshu.core.errors import SettingError
from xinshu.crypto.suites.errors import DecryptionError, KeyFormatError, KeyKindError
from xinshu.crypto.suites.gm import Gm
from xinshu.crypto.suites.intl import Intl
from xinshu.crypto.suites.model import (
    DIGEST_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    Cipher,
    Hasher,
    PublicKey,
    SigningKey,
    Suite,
    SuiteName,
)

INTL: Final[Suite] = Intl()
GM: Final[Suite] = Gm()

__all__ = [
    "DIGEST_BYTES",
    "GM",
    "INTL",
    "NONCE_BYTES",
    "TAG_BYTES",
    "Cipher",
    "DecryptionError",
    "Hasher",
    "KeyFormatError",
    "KeyKindError",
    "PublicKey",
    "SigningKey",
    "Suite",
    "SuiteName",
    "suite",
]


def suite(name: str) -> Suite:
    """The suite of this name. Raises SettingError for another name."""
    for known in (INTL, GM):
        if known.name == name:
            return known
    raise SettingError(f"没有名为 {name!r} 的密码套件", hint="可选:intl(国际算法)、gm(国密算法)")
