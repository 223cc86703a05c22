"""Key-encryption keys (KEK): what wraps data keys and secrets, and where such keys are kept.

Another keeper (a key management service, a device with an interface of its own) is one class with the four members of
`KeyProvider`, chosen in `KeyRing.load`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class KeyEncryption(Protocol):
    """One key-encryption key. May be shared between threads."""

    @property
    def id(self) -> str:
        """Its public name, for ever: at most 80 characters."""
        ...

    @property
    def suite(self) -> str:
        """The suite by which it wraps: `intl` (AES-256) or `gm` (SM4)."""
        ...

    def wrap(self, key: bytes) -> bytes:
        """A data key or secret (16 or 32 bytes), encrypted and authenticated. Raises KeyProviderError."""
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """What was wrapped. Raises KeyWrongError when it was altered or wrapped by another, KeyProviderError."""
        ...


class KeyProvider(Protocol):
    """A keeper of key-encryption keys."""

    @property
    def name(self) -> str:
        """What `xinshu keys show` calls it, e.g. `file`."""
        ...

    def load(self) -> Sequence[KeyEncryption]:
        """All keys it holds now, oldest first. Raises VaultKeyError, KeyProviderError, KeyProviderPinError."""
        ...

    def create(self) -> KeyEncryption:
        """A new key, durable before this returns. Raises as `load` does."""
        ...

    def retire(self, key_id: str) -> str:
        """Take a key out of use, so that `load` no longer gives it; a second time changes nothing.

        Returns in words where it is now. Raises VaultKeyError, KeyProviderError.
        """
        ...
