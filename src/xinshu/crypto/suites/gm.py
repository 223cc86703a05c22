"""The suite of Chinese state cryptography: SM2 (GB/T 32918), SM3 (GB/T 32905), SM4-GCM (GB/T 32907), HMAC and HKDF
with SM3. SM2 comes from the system's libcrypto, which is loaded with the first key; the rest from `cryptography`.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import ciphers
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xinshu.crypto.libcrypto import Sm2Key, libcrypto
from xinshu.crypto.suites import keys
from xinshu.crypto.suites.errors import DecryptionError
from xinshu.crypto.suites.model import NONCE_BYTES, TAG_BYTES, Cipher, Hasher, PublicKey, SigningKey, SuiteName

_KEY_BYTES = 16


class _Hasher:
    def __init__(self) -> None:
        self._hash = Hash(SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.copy().finalize()


class _Cipher:
    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError(f"an SM4 key has {_KEY_BYTES} bytes, not {len(key)}")
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        if len(nonce) != NONCE_BYTES:
            raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
        encryptor = ciphers.Cipher(self._algorithm, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(aad)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        if len(nonce) != NONCE_BYTES or len(sealed) < TAG_BYTES:
            raise DecryptionError
        decryptor = ciphers.Cipher(self._algorithm, GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(aad)
        plain = decryptor.update(memoryview(sealed)[:-TAG_BYTES])
        try:
            return plain + decryptor.finalize()
        except InvalidTag:
            raise DecryptionError from None


class _PublicKey(keys.PublicKeyBase):
    suite: SuiteName = "gm"

    def __init__(self, key: Sm2Key) -> None:
        super().__init__(key.public_der(), _digest)
        self._key = key

    def verify(self, message: bytes, signature: bytes) -> bool:
        return self._key.verify(message, signature)


class _SigningKey(keys.SigningKeyBase):
    suite: SuiteName = "gm"

    def __init__(self, key: Sm2Key) -> None:
        public = libcrypto().read_public(key.public_der())
        if public is None:
            raise keys.broken()
        self.public: PublicKey = _PublicKey(public)
        self._key = key

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def to_pem(self, password: bytes | None) -> bytes:
        return keys.write_private(self._key.private_der(), password, SM4, keys.SM4_CBC, _KEY_BYTES)


class Gm:
    """See `Suite`; the methods are described there."""

    name: SuiteName = "gm"
    key_bytes: int = _KEY_BYTES

    def digest(self, data: bytes) -> bytes:
        return _digest(data)

    def hasher(self) -> Hasher:
        return _Hasher()

    def hmac(self, key: bytes, data: bytes) -> bytes:
        keyed = HMAC(key, SM3())
        keyed.update(data)
        return keyed.finalize()

    def derive(self, key: bytes, info: bytes, length: int, salt: bytes = b"") -> bytes:
        return HKDF(SM3(), length, salt, info).derive(key)

    def cipher(self, key: bytes) -> Cipher:
        return _Cipher(key)

    def encrypt(self, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        return _Cipher(key).encrypt(nonce, plain, aad)

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        return _Cipher(key).decrypt(nonce, sealed, aad)

    def generate_key(self) -> SigningKey:
        return _SigningKey(libcrypto().generate())

    def load_signing_key(self, pem: bytes, password: bytes | None = None) -> SigningKey:
        file = keys.read_private(pem, password)
        if password is not None:
            plain = libcrypto().decrypt_private(file.content, password)
            if plain is None:
                raise keys.not_opened()
            file = keys.KeyFile(keys.PRIVATE, plain)
        keys.require_kind(file, keys.SM2)
        key = libcrypto().read_private(file.content)
        if key is None:
            raise keys.broken()
        return _SigningKey(key)

    def load_public_key(self, pem: bytes) -> PublicKey:
        file = keys.read_pem(pem, keys.PUBLIC)
        keys.require_kind(file, keys.SM2)
        key = libcrypto().read_public(file.content)
        if key is None:
            raise keys.broken()
        return _PublicKey(key)


def _digest(data: bytes) -> bytes:
    sm3 = Hash(SM3())
    sm3.update(data)
    return sm3.finalize()
