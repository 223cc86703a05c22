"""Key-encryption keys in files under `home/keys`, which only their owner may read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from xinshu.crypto import key_file
from xinshu.crypto.errors import KeyWrongError, VaultKeyError
from xinshu.crypto.key_file import KEY_BYTES, KeyFile
from xinshu.crypto.suites import INTL, NONCE_BYTES, Cipher, DecryptionError, SuiteName, suite


class FileKey:
    """A key-encryption key from a file; wrapped is nonce, ciphertext and tag of the suite's AEAD."""

    def __init__(self, file: KeyFile, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self.id = file.key_id
        self.suite = file.suite
        self._cipher: Cipher = _cipher(file)
        self._random_bytes = random_bytes

    def wrap(self, key: bytes) -> bytes:
        """See `KeyEncryption`."""
        nonce = self._random_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, b"")

    def unwrap(self, wrapped: bytes) -> bytes:
        """See `KeyEncryption`."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], b"")
        except DecryptionError:
            raise not_opened(self.id) from None

    def __repr__(self) -> str:
        return f"FileKey({self.id})"


class FirstKey:
    """The one key of the first release (`vault.key`): what it sealed and how it made blind indexes must live on."""

    def __init__(self, file: KeyFile) -> None:
        self.id = file.key_id
        self._key = file.key

    @cached_property
    def seal_key(self) -> bytes:
        """The key of sealed values `s1:…`."""
        return INTL.derive(self._key, b"xinshu/vault/seal/1", KEY_BYTES)

    @cached_property
    def index_key(self) -> bytes:
        """The key of blind indexes."""
        return INTL.derive(self._key, b"xinshu/vault/index/1", KEY_BYTES)

    def __repr__(self) -> str:
        return f"FirstKey({self.id})"


class FileKeys:
    """The keys in a folder. `suite_name` is the suite of keys made from now on."""

    name = "file"

    def __init__(
        self, folder: Path, suite_name: SuiteName, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._folder = folder
        self._suite: SuiteName = suite_name
        self._random_bytes = random_bytes

    def load(self) -> list[FileKey]:
        """See `KeyProvider`; every key file of the folder must be sound."""
        return [FileKey(file, self._random_bytes) for file in self._files()]

    def create(self) -> FileKey:
        """See `KeyProvider`."""
        path = key_file.write(self._folder, self._suite, self._random_bytes(KEY_BYTES))
        return FileKey(key_file.load(path), self._random_bytes)

    def retire(self, key_id: str) -> str:
        """See `KeyProvider`; the file goes to the folder `retired`."""
        path = self._path(key_id)
        retired = self._folder / "retired"
        try:
            if path.exists():
                retired.mkdir(mode=0o700, exist_ok=True)
                path.rename(retired / path.name)
                key_file.sync(retired)
                key_file.sync(self._folder)
        except OSError as error:
            raise VaultKeyError(f"无法移走密钥文件 {path}:{error.strerror}", hint="检查该目录的权限") from None
        return str(retired / path.name)

    def first(self) -> FirstKey | None:
        """The key of the first release, where there is one. Raises VaultKeyError."""
        path = self._folder / "vault.key"
        return FirstKey(key_file.load(path)) if path.exists() else None

    def _files(self) -> list[KeyFile]:
        """Oldest first; the first release's before all others."""
        found: list[tuple[bool, int, KeyFile]] = []
        for path in self._folder.glob("*.key"):
            try:
                file = key_file.load(path)
                found.append((not file.first, path.stat().st_mtime_ns, file))
            except (VaultKeyError, FileNotFoundError):
                if path.exists():  # else another process has just retired it
                    raise
        return [file for _, _, file in sorted(found, key=lambda one: one[:2])]

    def _path(self, key_id: str) -> Path:
        first = self.first()
        return self._folder / ("vault.key" if first is not None and first.id == key_id else f"kek-{key_id}.key")


def not_opened(key_id: str) -> KeyWrongError:
    """The refusal of a wrapped key that was altered or belongs to another key-encryption key."""
    return KeyWrongError(
        f"密钥加密密钥 {key_id} 打不开应由它包裹的密钥", hint="核对密钥是否来自本节点的备份,数据库是否被改动"
    )


def _cipher(file: KeyFile) -> Cipher:
    chosen = suite(file.suite)
    return chosen.cipher(chosen.derive(file.key, b"xinshu/vault/kek/1", chosen.key_bytes))
