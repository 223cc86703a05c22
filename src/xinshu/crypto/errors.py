"""Errors of keys and sealed values. None of them carries key material or a sealed or opened value."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import SettingError, XinshuError


class VaultKeyError(SettingError):
    """The key file is missing where it must exist, damaged, of the wrong size, or open to others."""

    code: ClassVar[str] = "vault_key_invalid"


class SealedValueError(XinshuError):
    """A sealed value cannot be opened: altered, moved to another place, or not a sealed value."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "sealed_value_unreadable"


class WrongKeyError(SealedValueError):
    """The value was sealed with a key that this node does not hold."""

    code: ClassVar[str] = "sealed_with_other_key"
