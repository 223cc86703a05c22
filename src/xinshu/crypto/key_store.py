"""What keys need of the database, as protocols: `xinshu.store.data_keys` answers to them, and neither room imports the
other. Keys lie there wrapped only. Every call is durable when it returns; none may be made on an event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol


class WrappedKey(Protocol):
    """A data key as kept."""

    @property
    def id(self) -> int:
        """Its number, which sealed values carry."""
        ...

    @property
    def ref(self) -> bytes | None:
        """Keyed digest of whom it belongs to; None once destroyed."""
        ...

    @property
    def suite(self) -> str:
        """The suite it seals with."""
        ...

    @property
    def kek_id(self) -> str:
        """By which key it is wrapped."""
        ...

    @property
    def wrapped(self) -> bytes | None:
        """None once destroyed."""
        ...


class WrappedSecret(Protocol):
    """A secret of the node as kept."""

    @property
    def name(self) -> str:
        """What it is for."""
        ...

    @property
    def suite(self) -> str:
        """The suite it is used with."""
        ...

    @property
    def kek_id(self) -> str:
        """By which key it is wrapped."""
        ...

    @property
    def wrapped(self) -> bytes:
        """Wrapped."""
        ...


class KeyRecord(Protocol):
    """What the database knows of a key-encryption key."""

    @property
    def id(self) -> str:
        """Its name."""
        ...

    @property
    def provider(self) -> str:
        """Who kept it when it was made."""
        ...

    @property
    def suite(self) -> str:
        """The suite by which it wraps."""
        ...

    @property
    def state(self) -> str:
        """`active` (one at most), `old` or `retired`."""
        ...

    @property
    def created_at(self) -> str:
        """Since when it is known, ISO 8601."""
        ...

    @property
    def data_keys(self) -> int:
        """How many data keys it wraps."""
        ...

    @property
    def secrets(self) -> int:
        """How many secrets it wraps."""
        ...


class KeyStore(Protocol):
    """Wrapped keys in the database. Every method raises an UnavailableError when the database is gone."""

    def find(self, refs: Sequence[bytes]) -> Sequence[WrappedKey]:
        """Those of the data keys that exist."""
        ...

    def by_id(self, ids: Sequence[int]) -> Sequence[WrappedKey]:
        """The data keys of these numbers, destroyed ones too."""
        ...

    def add(self, kek_id: str, suite: str, keys: Sequence[tuple[bytes, bytes]]) -> Sequence[tuple[int, bytes]] | None:
        """Keep new data keys, (ref, wrapped): (number, ref) of those that nobody had added before.

        None, and nothing kept, when `kek_id` is not the active key any more.
        """
        ...

    def secret(self, name: str) -> WrappedSecret | None:
        """The secret of this name."""
        ...

    def add_secret(self, kek_id: str, name: str, suite: str, wrapped: bytes) -> bool:
        """Keep a secret unless there is one of this name; False, and nothing kept, when `kek_id` is not active."""
        ...

    def destroyed(self) -> int:
        """How many data keys were destroyed so far."""
        ...

    def has_indexes(self) -> bool:
        """Whether blind indexes were written that need the key they were made with."""
        ...

    def active(self) -> str | None:
        """The key-encryption key that wraps what is new; None on the first start."""
        ...


class KeyAdministration(KeyStore, Protocol):
    """What changing keys needs besides."""

    def records(self) -> Sequence[KeyRecord]:
        """All key-encryption keys that were ever active, oldest first, with what they wrap."""
        ...

    def alone(self, *, wait: bool) -> AbstractContextManager[bool]:
        """Only one process at a time is inside; without `wait`, False where another is."""
        ...

    def activate(self, kek_id: str, provider: str, suite: str) -> None:
        """Make a key the active one; what is being added with the former is kept first."""
        ...

    def not_under(self, kek_id: str) -> int:
        """How many data keys and secrets other keys wrap."""
        ...

    def others(self, kek_id: str, after: int, limit: int) -> Sequence[WrappedKey]:
        """A page of the data keys that other keys wrap, by number."""
        ...

    def other_secrets(self, kek_id: str) -> Sequence[WrappedSecret]:
        """The secrets that other keys wrap."""
        ...

    def rewrap(self, kek_id: str, keys: Sequence[tuple[int, bytes]]) -> None:
        """Replace data keys, (number, wrapped), in one transaction; what was destroyed meanwhile stays destroyed."""
        ...

    def rewrap_secret(self, kek_id: str, name: str, wrapped: bytes) -> None:
        """Replace a secret."""
        ...

    def sample(self, kek_id: str) -> bytes | None:
        """Something wrapped by this key."""
        ...

    def retire(self, kek_id: str) -> bool:
        """Mark a key as retired; False where it is active or wraps anything."""
        ...

    def figures(self) -> tuple[int, int]:
        """(data keys in use, data keys destroyed)."""
        ...
