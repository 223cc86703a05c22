"""The key-encryption keys of a node: the one in force and all others that can still open something."""

from __future__ import annotations

from collections.abc import Sequence

from xinshu.core.settings import Settings
from xinshu.crypto.errors import KeyMissingError, KeyProviderSettingError
from xinshu.crypto.file_keys import FileKeys, FirstKey
from xinshu.crypto.key_encryption import KeyEncryption, KeyProvider
from xinshu.crypto.key_store import KeyAdministration
from xinshu.crypto.pkcs11_keys import SCHEME, Pkcs11Keys


class KeyRing:
    """Keys of the chosen provider, and of the files, which may hold older ones."""

    def __init__(self, store: KeyAdministration, files: FileKeys, chosen: KeyProvider | None = None) -> None:
        self.store = store
        self.chosen = chosen or files
        self._files = files
        self._keys: dict[str, KeyEncryption] = {}
        self._active: str | None = None

    @classmethod
    def load(cls, settings: Settings, store: KeyAdministration) -> KeyRing:
        """The ring of a node. Raises KeyProviderSettingError, KeyProviderPinError."""
        files = FileKeys(settings.home / "keys", settings.crypto_suite)
        chosen: KeyProvider = files
        if settings.key_provider.startswith(SCHEME):
            pin = settings.key_provider_pin
            chosen = Pkcs11Keys(settings.key_provider, pin.get_secret_value() if pin is not None else None)
        elif settings.key_provider != "file":
            kind = settings.key_provider.partition(":")[0]
            raise KeyProviderSettingError(f"没有名为 {kind!r} 的密钥提供方", hint="可选:file、pkcs11:…")
        return cls(store, files, chosen)

    @property
    def providers(self) -> Sequence[KeyProvider]:
        """The chosen one first."""
        return (self.chosen,) if self.chosen is self._files else (self.chosen, self._files)

    def first(self) -> FirstKey | None:
        """The key of the first release, where its file is."""
        return self._files.first()

    def held(self) -> dict[str, KeyEncryption]:
        """All keys at hand, read anew. Raises VaultKeyError, KeyProviderError."""
        self._keys = {key.id: key for provider in reversed(self.providers) for key in provider.load()}
        return self._keys

    def get(self, key_id: str) -> KeyEncryption:
        """The key of this id; one not known yet is looked for again, as another process may have made it.

        Raises KeyMissingError.
        """
        found = self._keys.get(key_id) or self.held().get(key_id)
        if found is None:
            raise KeyMissingError(
                f"本节点没有密钥加密密钥 {key_id}", hint="从备份或其他节点机恢复该密钥文件,或接上保存它的密码模块"
            )
        return found

    def active(self) -> KeyEncryption:
        """The key that wraps what is new; the first one is made here. Raises KeyMissingError and as `held` does."""
        if self._active is None:
            self._active = self.store.active() or self._first_active()
        return self.get(self._active)

    def forget_active(self) -> None:
        """Ask again which key is active: another process has changed it."""
        self._active = None

    def fresh(self) -> tuple[KeyEncryption, bool]:
        """A key of the chosen provider that was never active, and whether it had to be made.

        One that is there was left by a run that was killed, or put there by an operator.
        """
        known = {record.id for record in self.store.records()}
        unused = [key for key in self.chosen.load() if key.id not in known]
        return (unused[-1], False) if unused else (self.chosen.create(), True)

    def _first_active(self) -> str:
        """Processes that start at the same moment agree on one key."""
        with self.store.alone(wait=True):
            active = self.store.active()
            if active is None:
                key, _ = self.fresh()
                self.store.activate(key.id, self.chosen.name, key.suite)
                active = key.id
        return active
