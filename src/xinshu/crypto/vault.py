"""What rooms use of keys: sealing of single values and whole files at rest, blind indexes, pseudonyms.

A value is sealed under the data key of the subject it is about, which its `ref` names; destroying that key makes the
value unreadable in every copy. Data keys are fetched for each piece of work and kept by nobody: a key destroyed by one
process opens nothing in another from that moment on. (The node's own data key and its secrets, which are never
destroyed, are kept.)
"""

from __future__ import annotations

import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Protocol

from xinshu.core.settings import Settings
from xinshu.crypto import first_form, sealed_files
from xinshu.crypto.data_keys import DESTROYED, DataKey, SealedText, Sealing, shredded, unreadable
from xinshu.crypto.errors import SealedValueError, VaultKeyError, WrongKeyError
from xinshu.crypto.key_ring import KeyRing
from xinshu.crypto.key_store import KeyAdministration, WrappedKey, WrappedSecret
from xinshu.crypto.suites import Suite, SuiteName, suite

PAGE = 10_000  # data keys fetched at a time
_SECRET_BYTES = 32
_PSEUDONYM_BYTES = 24


class Sealer(Protocol):
    """What rooms ask of a vault."""

    def ref(self, kind: str, value: str) -> bytes:
        """Keyed digest that names the subject of a data key: by code (`code`), or citizen index (`citizen`)."""
        ...

    def seal(self, plain: str, aad: bytes, ref: bytes | None = None) -> str:
        """`plain` sealed for `ref` (None: the node itself) and bound to `aad`, the place where it is kept."""
        ...

    def sealing(self, refs: Iterable[bytes]) -> Sealing:
        """The keys for many values at once."""
        ...

    def open(self, sealed: str, aad: bytes) -> str:
        """What was sealed. Raises SealedValueError; ShreddedError once its key is destroyed."""
        ...

    def open_all(self, sealed: Sequence[str], aad: bytes) -> list[str | None]:
        """`open` for many values at one place; None where the key is destroyed."""
        ...

    def index(self, value: str, domain: str) -> bytes:
        """Keyed digest of a value within a domain."""
        ...

    def destroyed(self) -> int:
        """How many data keys were destroyed so far: what was sealed before a change of it may be unreadable."""
        ...


class Vault:
    """Sealing, indexes and pseudonyms of one node. May be shared between threads; calls may wait for the database."""

    def __init__(
        self, ring: KeyRing, suite_name: SuiteName, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._ring = ring
        self._store = ring.store
        self._suite: SuiteName = suite_name
        self._random_bytes = random_bytes
        self._secrets: dict[str, tuple[Suite, bytes]] = {}
        self._own: DataKey | None = None
        self._lock = threading.Lock()

    @classmethod
    def load(cls, settings: Settings, store: KeyAdministration) -> Vault:
        """The vault of a node; keys are read and made at first use. Raises KeyProviderSettingError."""
        return cls(KeyRing.load(settings, store), settings.crypto_suite)

    def ready(self) -> None:
        """Open what everything needs, so that a missing or wrong key is known at the start.

        Raises VaultKeyError, KeyProviderError, KeyProviderPinError, DatabaseUnavailableError.
        """
        self._ring.active()
        self._secret("index")
        first = self._ring.first()
        if first is not None:
            self._secret(first_form.secret_name(first.id))

    # -- digests -----------------------------------------------------------------------------------------------------

    def index(self, value: str, domain: str) -> bytes:
        """Keyed digest (32 bytes) by which equal values of one domain are found; useless without the key.

        The same value in two domains gives digests that cannot be matched with each other. HMAC-SHA-256 or HMAC-SM3,
        as was chosen when the node was set up; it never changes, nor does the key at a rotation.
        """
        chosen, key = self._secret("index")
        return chosen.hmac(key, _in_domain(domain, value))

    def ref(self, kind: str, value: str) -> bytes:
        """See `Sealer`."""
        return self.index(value, f"data-key/{kind}")

    def pseudonym(self, receiver: str, domain: str, value: str) -> str:
        """Name (32 characters) under which `receiver` knows a value of `domain`, always the same.

        Two receivers cannot join what they were given: each has a key of its own, derived from the node's secret.
        """
        chosen, secret = self._secret("pseudonym")
        key = chosen.derive(secret, b"xinshu/pseudonym/1/" + receiver.encode(), _SECRET_BYTES)
        return urlsafe_b64encode(chosen.hmac(key, _in_domain(domain, value))[:_PSEUDONYM_BYTES]).decode()

    # -- values ------------------------------------------------------------------------------------------------------

    def sealing(self, refs: Iterable[bytes]) -> Sealing:
        """See `Sealer`; keys that do not exist yet are made. One round trip or two for each 10,000 of them."""
        wanted = sorted(set(refs))  # in one order: two processes that add the same keys do not wait for each other
        keys: dict[bytes, DataKey] = {}
        for start in range(0, len(wanted), PAGE):
            keys.update(self._keys_of(wanted[start : start + PAGE]))
        return Sealing(keys, self._random_bytes)

    def seal(self, plain: str, aad: bytes, ref: bytes | None = None) -> str:
        """See `Sealer`."""
        if ref is None:
            own = self._own_key()
            return Sealing({b"": own}, self._random_bytes).seal(b"", plain, aad)
        return self.sealing([ref]).seal(ref, plain, aad)

    def open(self, sealed: str, aad: bytes) -> str:
        """See `Sealer`."""
        opened = self.open_all([sealed], aad)[0]
        if opened is None:
            raise shredded()
        return opened

    def open_all(self, sealed: Sequence[str], aad: bytes) -> list[str | None]:
        """See `Sealer`. One round trip for each 10,000 data keys."""
        parsed = {
            text: SealedText.parse(text) for text in sealed if text != DESTROYED and not first_form.is_first(text)
        }
        keys = self._keys_by_id({one.key_id for one in parsed.values()})
        opened: list[str | None] = []
        for text in sealed:
            if text == DESTROYED:
                opened.append(None)
            elif text in parsed:
                key = keys[parsed[text].key_id]
                opened.append(key.open(parsed[text], aad) if key is not None else None)
            else:
                opened.append(self._open_first(text, aad))
        return opened

    def data_keys(self, values: Iterable[tuple[str, bytes]]) -> dict[str, int | None]:
        """Which data key each (text, aad) is sealed under; None: the first release's key. What does not open is left
        out, so that a text which only looks like a sealed value, as a sender may write one, never names another's key.
        """
        found: dict[str, int | None] = {}
        parsed: list[tuple[str, SealedText, bytes]] = []
        for text, aad in values:
            with suppress(SealedValueError):
                if first_form.is_first(text):
                    self._open_first(text, aad)
                    found[text] = None
                else:
                    parsed.append((text, SealedText.parse(text), aad))
        keys = self._keys_by_id({one.key_id for _, one, _ in parsed}, known=False)
        for text, one, aad in parsed:
            key = keys.get(one.key_id)
            if key is not None:
                with suppress(SealedValueError):
                    key.open(one, aad)
                    found[text] = one.key_id
        return found

    def destroyed(self) -> int:
        """See `Sealer`."""
        return self._store.destroyed()

    # -- files -------------------------------------------------------------------------------------------------------

    def file_ref(self, name: str) -> bytes:
        """The `ref` of a sealed file's data key."""
        return self.ref("file", name)

    def seal_file(self, source: Path, target: Path, name: str) -> None:
        """Write `source` sealed to `target`, under a data key of its own and bound to `name`. Raises OSError."""
        ref = self.file_ref(name)
        key = self._keys_of([ref])[ref]
        sealed_files.seal_file(source, target, name, key, self._random_bytes)

    def open_file(self, source: Path, target: Path, name: str) -> None:
        """Write what was sealed to `target`. Raises SealedFileError, ShreddedError, OSError."""
        with source.open("rb") as file:
            header = sealed_files.read_header(file, name)
            key = self._keys_by_id({header.key_id})[header.key_id]
            if key is None:
                raise shredded()
            sealed_files.open_file(file, header, target, name, key)

    # -- keys --------------------------------------------------------------------------------------------------------

    def _keys_of(self, refs: Sequence[bytes]) -> dict[bytes, DataKey]:
        """The data keys of these refs, in order; made where they are missing."""
        keys = self._found(refs)
        while missing := [ref for ref in refs if ref not in keys]:
            keys.update(self._made(missing))
            if later := [ref for ref in missing if ref not in keys]:  # another process made them at the same moment
                keys.update(self._found(later))
        return keys

    def _found(self, refs: Sequence[bytes]) -> dict[bytes, DataKey]:
        rows = self._store.find(refs)
        return {
            row.ref: self._opened(row, row.wrapped) for row in rows if row.ref is not None and row.wrapped is not None
        }

    def _made(self, refs: Sequence[bytes]) -> dict[bytes, DataKey]:
        size = suite(self._suite).key_bytes
        plain = {ref: self._random_bytes(size) for ref in refs}
        while True:
            active = self._ring.active()
            wrapped = [(ref, active.wrap(key)) for ref, key in plain.items()]
            added = self._store.add(active.id, self._suite, wrapped)
            if added is not None:
                return {ref: DataKey(number, self._suite, plain[ref]) for number, ref in added}
            self._ring.forget_active()

    def _keys_by_id(self, ids: set[int], *, known: bool = True) -> dict[int, DataKey | None]:
        """The data keys of these numbers, None for destroyed ones. `known`: a number that is not there is refused."""
        keys: dict[int, DataKey | None] = {}
        if self._own is not None and self._own.id in ids:
            keys[self._own.id] = self._own
        wanted = sorted(ids - set(keys))
        for start in range(0, len(wanted), PAGE):
            for row in self._store.by_id(wanted[start : start + PAGE]):
                key = keys[row.id] = self._opened(row, row.wrapped) if row.wrapped is not None else None
                if row.ref == self._own_ref:
                    self._own = key
        if known and len(keys) < len(ids):
            raise unreadable()
        return keys

    def _opened(self, row: WrappedKey, wrapped: bytes) -> DataKey:
        return DataKey(row.id, row.suite, self._ring.get(row.kek_id).unwrap(wrapped))

    def _own_key(self) -> DataKey:
        """The data key of what is about no subject: it is never destroyed, so it may be kept."""
        if self._own is None:
            self._own = self._keys_of([self._own_ref])[self._own_ref]
        return self._own

    @cached_property
    def _own_ref(self) -> bytes:
        return self.ref("node", "")

    def _secret(self, name: str) -> tuple[Suite, bytes]:
        found = self._secrets.get(name)
        if found is None:
            with self._lock:
                row = self._store.secret(name) or self._established(name)
                found = suite(row.suite), self._ring.get(row.kek_id).unwrap(row.wrapped)
                self._secrets[name] = found
        return found

    def _established(self, name: str) -> WrappedSecret:
        """A secret wrapped for the first time; of processes that do so at once the first one's holds."""
        suite_name, value = self._first_value(name)
        while True:
            active = self._ring.active()
            if self._store.add_secret(active.id, name, suite_name, active.wrap(value)):
                row = self._store.secret(name)
                assert row is not None  # noqa: S101  (secrets are never removed)
                return row
            self._ring.forget_active()

    def _first_value(self, name: str) -> tuple[str, bytes]:
        """A new secret; what the first release derived from its one key stays as it was."""
        first = self._ring.first()
        if first is not None and name == "index":
            return "intl", first.index_key
        if first is not None and name == first_form.secret_name(first.id):
            return "intl", first.seal_key
        if first_form.is_secret_name(name):
            raise WrongKeyError("封存内容由另一把密钥封存,本节点无法打开", hint="恢复当时的密钥文件 keys/vault.key")
        if name == "index" and self._store.has_indexes():
            raise VaultKeyError(
                "库中已有按密钥 keys/vault.key 做的索引,该密钥文件不在", hint="从备份恢复 keys/vault.key 后再启动"
            )
        return self._suite, self._random_bytes(_SECRET_BYTES)

    def _open_first(self, text: str, aad: bytes) -> str:
        key_id = first_form.key_id_of(text)
        return first_form.open_text(text, aad, self._secret(first_form.secret_name(key_id))[1])

    def __repr__(self) -> str:
        return f"Vault({self._suite})"


def _in_domain(domain: str, value: str) -> bytes:
    name = domain.encode()
    return len(name).to_bytes(4, "big") + name + value.encode()
