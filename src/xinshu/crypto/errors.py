"""Errors of keys and sealed values. None of them carries key material or a sealed or opened value."""

from __future__ import annotations

from typing import ClassVar

from xinshu.core.errors import ConflictError, NotFoundError, SettingError, UnavailableError, XinshuError


class VaultKeyError(SettingError):
    """The key file is missing where it must exist, damaged, of the wrong size, or open to others."""

    code: ClassVar[str] = "vault_key_invalid"


class KeyMissingError(VaultKeyError):
    """What is to be opened is wrapped by a key-encryption key that this node does not hold."""

    code: ClassVar[str] = "key_encryption_key_missing"


class KeyWrongError(VaultKeyError):
    """The key-encryption key of this id does not open what is said to be wrapped by it."""

    code: ClassVar[str] = "key_encryption_key_wrong"


class KeyProviderSettingError(SettingError):
    """The provider named in the settings does not exist, or its address is incomplete."""

    code: ClassVar[str] = "key_provider_invalid"


class KeyProviderPinError(SettingError):
    """The provider refuses the PIN, or none was given."""

    code: ClassVar[str] = "key_provider_pin_wrong"


class KeyProviderError(UnavailableError):
    """The provider's module, token or device does not answer as it must."""

    code: ClassVar[str] = "key_provider_unavailable"


class KeyUnknownError(NotFoundError):
    """No key-encryption key has this id."""

    code: ClassVar[str] = "key_encryption_key_unknown"


class KeyNeededError(ConflictError):
    """The key-encryption key is in use: something is still wrapped by it, or new keys are."""

    code: ClassVar[str] = "key_encryption_key_needed"


class RotationRunningError(ConflictError):
    """Another process changes the keys at this moment."""

    code: ClassVar[str] = "key_rotation_running"


class SealedValueError(XinshuError):
    """A sealed value cannot be opened: altered, moved to another place, or not a sealed value."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "sealed_value_unreadable"


class WrongKeyError(SealedValueError):
    """The value was sealed with a key that this node does not hold."""

    code: ClassVar[str] = "sealed_with_other_key"


class ShreddedError(SealedValueError):
    """The key of the value was destroyed on lawful deletion: nobody can open it any more."""

    status: ClassVar[int] = 410
    code: ClassVar[str] = "sealed_value_shredded"


class SealedFileError(UnavailableError):
    """A sealed file is damaged, cut short or not the one that was sealed under its name."""

    code: ClassVar[str] = "sealed_file_damaged"
