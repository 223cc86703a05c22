"""What a cryptographic suite offers. Everything that signs, digests or encrypts goes through this interface.

Both suites have digests of 32 bytes, nonces of 12 and tags of 16, so that formats need not know which one is in force.
"""

from __future__ import annotations

from typing import Literal, Protocol

SuiteName = Literal["intl", "gm"]

DIGEST_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class Hasher(Protocol):
    """A digest that is fed piece by piece."""

    def update(self, data: bytes, /) -> None:
        """Take in more data."""
        ...

    def digest(self) -> bytes:
        """Digest of all that was taken in so far (32 bytes); more may follow."""
        ...


class Cipher(Protocol):
    """Authenticated encryption under one key, for many values. May be shared between threads."""

    def encrypt(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Ciphertext followed by the 16-byte tag. `nonce` has 12 bytes and never comes twice under one key."""
        ...

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """What was encrypted. Raises DecryptionError, which does not say why."""
        ...


class PublicKey(Protocol):
    """A key by which signatures are checked. May be shared between threads."""

    @property
    def suite(self) -> SuiteName:
        """The suite it belongs to."""
        ...

    @property
    def key_id(self) -> str:
        """Name of the key: its SubjectPublicKeyInfo under the suite's digest, 64 hexadecimal characters."""
        ...

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's on this message. A signature of any shape gives an answer, no error."""
        ...

    def to_pem(self) -> bytes:
        """SubjectPublicKeyInfo (RFC 5280) as PEM."""
        ...

    def to_der(self) -> bytes:
        """SubjectPublicKeyInfo (RFC 5280) as DER."""
        ...


class SigningKey(Protocol):
    """A private key. Its `repr` shows the key id only. May be shared between threads."""

    @property
    def suite(self) -> SuiteName:
        """The suite it belongs to."""
        ...

    @property
    def public(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Signature: 64 bytes (Ed25519, RFC 8032) or ASN.1 DER of r and s, at most 72 bytes (SM2, GM/T 0009)."""
        ...

    def to_pem(self, password: bytes | None) -> bytes:
        """PKCS#8 (RFC 5958) as PEM, encrypted (PBES2, RFC 8018) when a password is given."""
        ...


class Suite(Protocol):
    """Digest, keyed digest, derivation, encryption and signatures that go together."""

    @property
    def name(self) -> SuiteName:
        """Name in settings and formats."""
        ...

    @property
    def key_bytes(self) -> int:
        """Length of an encryption key: 32 (AES-256) or 16 (SM4)."""
        ...

    def digest(self, data: bytes) -> bytes:
        """Digest, 32 bytes."""
        ...

    def hasher(self) -> Hasher:
        """A digest to be fed piece by piece."""
        ...

    def hmac(self, key: bytes, data: bytes) -> bytes:
        """Keyed digest (RFC 2104), 32 bytes. Compare with `hmac.compare_digest`."""
        ...

    def derive(self, key: bytes, info: bytes, length: int, salt: bytes = b"") -> bytes:
        """`length` bytes (at most 8,160) for the purpose `info` out of a strong key: HKDF (RFC 5869)."""
        ...

    def cipher(self, key: bytes) -> Cipher:
        """Encryption under one key, for many values. Raises ValueError for a key of the wrong length."""
        ...

    def encrypt(self, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """`cipher(key).encrypt(...)`."""
        ...

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """`cipher(key).decrypt(...)`."""
        ...

    def generate_key(self) -> SigningKey:
        """A new signing key. Raises LibcryptoError where the suite needs a library that is absent."""
        ...

    def load_signing_key(self, pem: bytes, password: bytes | None = None) -> SigningKey:
        """Key from PKCS#8 PEM. Raises KeyFormatError, KeyKindError for another suite's or kind's key."""
        ...

    def load_public_key(self, pem: bytes) -> PublicKey:
        """Key from SubjectPublicKeyInfo PEM. Raises KeyFormatError, KeyKindError for another suite's or kind's key."""
        ...
