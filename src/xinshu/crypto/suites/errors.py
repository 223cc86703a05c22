"""Errors of the suites. None of them carries key material, a password or an opened value."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import XinshuError


class DecryptionError(XinshuError):
    """The value, its nonce or what it is bound to was altered, or the key is another one: it does not say which."""

    code: ClassVar[str] = "decryption_failed"

    def __init__(self) -> None:
        super().__init__("密文无法打开", hint="核对密钥与附加信息,或从备份恢复")


class KeyFormatError(XinshuError):
    """What was given is no key in a standard form, or it does not open with this password."""

    code: ClassVar[str] = "key_format_invalid"


class KeyKindError(XinshuError):
    """A sound key, but not of the kind that the suite uses."""

    code: ClassVar[str] = "key_kind_wrong"
