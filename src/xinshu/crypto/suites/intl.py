"""The international suite: Ed25519, SHA-256, HMAC-SHA-256, HKDF-SHA-256, AES-256-GCM. All from `cryptography`."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from xinshu.crypto.suites import keys
from xinshu.crypto.suites.errors import DecryptionError
from xinshu.crypto.suites.model import NONCE_BYTES, Cipher, Hasher, PublicKey, SigningKey, SuiteName

_KEY_BYTES = 32


class _Cipher:
    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError(f"an AES-256 key has {_KEY_BYTES} bytes, not {len(key)}")
        self._gcm = AESGCM(key)

    def encrypt(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        if len(nonce) != NONCE_BYTES:
            raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
        return self._gcm.encrypt(nonce, plain, aad)

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        if len(nonce) != NONCE_BYTES:
            raise DecryptionError
        try:
            return self._gcm.decrypt(nonce, sealed, aad)
        except InvalidTag:
            raise DecryptionError from None


class _PublicKey(keys.PublicKeyBase):
    suite: SuiteName = "intl"

    def __init__(self, key: Ed25519PublicKey) -> None:
        super().__init__(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), _digest)
        self._key = key

    def verify(self, message: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class _SigningKey(keys.SigningKeyBase):
    suite: SuiteName = "intl"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.public: PublicKey = _PublicKey(key.public_key())
        self._key = key

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def to_pem(self, password: bytes | None) -> bytes:
        plain = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return keys.write_private(plain, password, AES256, keys.AES_256_CBC, _KEY_BYTES)


class Intl:
    """See `Suite`; the methods are described there."""

    name: SuiteName = "intl"
    key_bytes: int = _KEY_BYTES

    def digest(self, data: bytes) -> bytes:
        return _digest(data)

    def hasher(self) -> Hasher:
        return hashlib.sha256()

    def hmac(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, "sha256")

    def derive(self, key: bytes, info: bytes, length: int, salt: bytes = b"") -> bytes:
        return HKDF(SHA256(), length, salt, info).derive(key)

    def cipher(self, key: bytes) -> Cipher:
        return _Cipher(key)

    def encrypt(self, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        return _Cipher(key).encrypt(nonce, plain, aad)

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        return _Cipher(key).decrypt(nonce, sealed, aad)

    def generate_key(self) -> SigningKey:
        return _SigningKey(Ed25519PrivateKey.generate())

    def load_signing_key(self, pem: bytes, password: bytes | None = None) -> SigningKey:
        file = keys.read_private(pem, password)
        if password is None:
            keys.require_kind(file, keys.ED25519)
        try:
            key = load_der_private_key(file.content, password)
        except UnsupportedAlgorithm:
            raise keys.not_supported(self.name) from None
        except ValueError:
            raise (keys.broken() if password is None else keys.not_opened()) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise keys.wrong_kind(type(key).__name__.removesuffix("PrivateKey"), keys.ED25519)
        return _SigningKey(key)

    def load_public_key(self, pem: bytes) -> PublicKey:
        file = keys.read_pem(pem, keys.PUBLIC)
        keys.require_kind(file, keys.ED25519)
        try:
            key = load_der_public_key(file.content)
        except (UnsupportedAlgorithm, ValueError):
            raise keys.broken() from None
        if not isinstance(key, Ed25519PublicKey):
            raise keys.broken()
        return _PublicKey(key)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
