"""Sealing of single values at rest, and keyed digests by which equal values are found without opening them.

A sealed value is text: `s1:<key id>:<base64 of nonce and ciphertext>`. `s1` names the suite (AES-256-GCM, random 96-bit
nonce); other suites get other names, and `open` goes by the name, so values sealed before a change stay readable.
A random nonce is safe for 2³² values under one key (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xinshu.core.settings import Settings
from xinshu.crypto.errors import SealedValueError, WrongKeyError
from xinshu.crypto.key_file import KEY_BYTES, key_id, load_or_create

SUITE = "s1"
NONCE_BYTES = 12
_TAG_BYTES = 16


class Sealer(Protocol):
    """What rooms ask of a vault; a vault with a key for each subject answers to the same."""

    def seal(self, plain: str, aad: bytes) -> str:
        """`plain` sealed and bound to `aad`."""
        ...

    def open(self, sealed: str, aad: bytes) -> str:
        """What was sealed. Raises SealedValueError."""
        ...

    def index(self, value: str, domain: str) -> bytes:
        """Keyed digest of a value within a domain."""
        ...


class Vault:
    """One master key, from which the keys for sealing and for digests are derived. Its `repr` shows the key id only."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a vault's key has {KEY_BYTES} bytes, not {len(key)}")
        self.key_id = key_id(key)
        self._cipher = AESGCM(_derive(key, b"xinshu/vault/seal/1"))
        self._index_key = _derive(key, b"xinshu/vault/index/1")
        self._random_bytes = random_bytes

    @classmethod
    def load(cls, settings: Settings) -> Vault:
        """The vault of a node: key file `home/keys/vault.key`, made at first use. Raises VaultKeyError."""
        return cls.from_file(settings.home / "keys" / "vault.key")

    @classmethod
    def from_file(cls, path: Path) -> Vault:
        """The vault whose key is in `path`, made when absent. Raises VaultKeyError."""
        return cls(load_or_create(path))

    def seal(self, plain: str, aad: bytes) -> str:
        """Seal a text and bind it to `aad` (the place where it is kept): moved elsewhere it does not open."""
        nonce = self._random_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain.encode(), self._bound(aad))
        return f"{SUITE}:{self.key_id}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, aad: bytes) -> str:
        """Open a sealed text. Raises WrongKeyError for another key, else SealedValueError, which does not say why."""
        suite, _, rest = sealed.partition(":")
        owner, _, body = rest.partition(":")
        if suite != SUITE or body == "":
            raise _unreadable()
        if owner != self.key_id:
            raise WrongKeyError("封存内容由另一把密钥封存,本节点无法打开", hint="恢复当时的密钥文件")
        try:
            raw = base64.b64decode(body, validate=True)
            if len(raw) < NONCE_BYTES + _TAG_BYTES or base64.b64encode(raw).decode() != body:
                raise _unreadable()
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._bound(aad)).decode()
        except (ValueError, InvalidTag):
            raise _unreadable() from None

    def index(self, value: str, domain: str) -> bytes:
        """Keyed digest (HMAC-SHA-256, 32 bytes) by which equal values of one domain are found; useless without the key.

        The same value in two domains gives digests that cannot be matched with each other.
        """
        name = domain.encode()
        return hmac.new(self._index_key, len(name).to_bytes(4, "big") + name + value.encode(), hashlib.sha256).digest()

    def _bound(self, aad: bytes) -> bytes:
        return f"{SUITE}:{self.key_id}:".encode() + aad

    def __repr__(self) -> str:
        return f"Vault({self.key_id})"


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _unreadable() -> SealedValueError:
    return SealedValueError("封存内容无法打开:已被改动、移位或损坏", hint="从备份恢复该条数据")
