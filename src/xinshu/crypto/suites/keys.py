"""Keys in their standard forms: PEM, what kind of key it is, and private keys under a password.

Both suites read and write keys here, so that a wrong file is refused in the same words before any library sees it.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from xinshu.crypto.suites import der
from xinshu.crypto.suites.errors import KeyFormatError, KeyKindError
from xinshu.crypto.suites.model import PublicKey, SuiteName

PUBLIC = "PUBLIC KEY"
PRIVATE = "PRIVATE KEY"
ENCRYPTED = "ENCRYPTED PRIVATE KEY"

ED25519 = "1.3.101.112"
SM2 = "1.2.156.10197.1.301"
AES_256_CBC = "2.16.840.1.101.3.4.1.42"
SM4_CBC = "1.2.156.10197.1.104.2"

PASSWORD_ROUNDS = 600_000
"""Rounds of PBKDF2 with HMAC-SHA-256 (OWASP Password Storage Cheat Sheet, 2023)."""

_EC = "1.2.840.10045.2.1"
_PBES2, _PBKDF2, _HMAC_SHA256 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", "1.2.840.113549.2.9"
_NAMES = {
    ED25519: "Ed25519",
    SM2: "SM2",
    "1.3.101.113": "Ed448",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSA-PSS",
    "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.3.1.7": "EC P-256",
    "1.3.132.0.34": "EC P-384",
    "1.3.132.0.35": "EC P-521",
    "1.3.132.0.10": "EC secp256k1",
    _EC: "EC(自定义参数)",
}
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\s([A-Za-z0-9+/=\s]*)-----END \1-----")
_MOST_BYTES = 65_536


@dataclass(frozen=True)
class KeyFile:
    """A PEM block: its label and its content."""

    label: str
    content: bytes

    def __repr__(self) -> str:
        return f"KeyFile({self.label})"


def read_pem(pem: bytes, *labels: str) -> KeyFile:
    """The one PEM block of `pem`, whose label must be one of `labels`. Raises KeyFormatError."""
    if len(pem) > _MOST_BYTES:
        raise KeyFormatError(f"密钥文件过大:{len(pem)} 字节", hint=f"PEM 密钥不超过 {_MOST_BYTES} 字节")
    for other in _BEGIN.findall(pem):
        if (label := other.decode("ascii")) not in labels:
            convert = ";其他形式的私钥可用 openssl pkcs8 -topk8 转换" if PRIVATE in labels else ""
            hint = f"需要 {' 或 '.join(labels)}{convert}"
            raise KeyFormatError(f"PEM 的类型是 {label}", hint=hint)
    found = _PEM.fullmatch(pem.strip())
    if found is None:
        raise KeyFormatError("不是 PEM 格式的密钥", hint=f"给出一段完整的“-----BEGIN {labels[0]}-----”内容")
    try:
        return KeyFile(found[1].decode("ascii"), base64.b64decode(b"".join(found[2].split()), validate=True))
    except binascii.Error:
        raise broken() from None


def read_private(pem: bytes, password: bytes | None) -> KeyFile:
    """PKCS#8 from PEM, encrypted when and only when there is a password. Raises KeyFormatError."""
    file = read_pem(pem, PRIVATE, ENCRYPTED)
    if file.label == ENCRYPTED and not password:
        raise KeyFormatError("私钥已加密,没有给出密码", hint="给出密码")
    if file.label == PRIVATE and password is not None:
        raise KeyFormatError("私钥没有加密,却给出了密码", hint="去掉密码,或用 openssl pkcs8 -topk8 给私钥加密")
    return file


def write_pem(label: str, content: bytes) -> bytes:
    """PEM of `content` (RFC 7468)."""
    text = base64.b64encode(content).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii")


def require_kind(file: KeyFile, wanted: str) -> None:
    """Raise KeyKindError, naming both kinds, unless the key of `file` (not encrypted) is of the kind `wanted`."""
    kind = _kind(file)
    if kind != wanted:
        raise wrong_kind(_NAMES.get(kind, f"未知算法 {kind}"), wanted)


def wrong_kind(given: str, wanted: str) -> KeyKindError:
    """The refusal of a key of another kind."""
    suite = {ED25519: "intl", SM2: "gm"}[wanted]
    return KeyKindError(
        f"这是 {given} 密钥,套件 {suite} 需要 {_NAMES[wanted]} 密钥", hint="换用该套件的密钥,或改用另一套件"
    )


def broken() -> KeyFormatError:
    """The refusal of a damaged key."""
    return KeyFormatError("密钥内容已损坏或不符合标准格式", hint="重新导出该密钥")


def not_opened() -> KeyFormatError:
    """The refusal of an encrypted key: a wrong password and a damaged file cannot be told apart."""
    return KeyFormatError(
        "加密的私钥无法打开:密码不对、文件已损坏,或加密方式不受支持", hint="核对密码,或从备份恢复密钥文件"
    )


def not_supported(suite: SuiteName) -> KeyKindError:
    """The refusal of an encrypted key whose algorithm cannot be told."""
    return KeyKindError(f"这把私钥的算法或加密方式不受套件 {suite} 支持", hint="换用该套件的密钥,或改用另一套件")


def write_private(
    plain: bytes,
    password: bytes | None,
    algorithm: Callable[[bytes], CipherAlgorithm],
    cipher: str,
    key_bytes: int,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> bytes:
    """PEM of a PrivateKeyInfo; under a password PBES2 with PBKDF2 and HMAC-SHA-256 (RFC 8018).

    `cipher` is the object identifier of `algorithm` in CBC mode, block of 16 bytes. (`cryptography` writes 2,048 rounds
    and no SM4 here; PBKDF2 with HMAC-SM3 cannot be read by OpenSSL 3.0.) Raises KeyFormatError for an empty password.
    """
    if password is None:
        return write_pem(PRIVATE, plain)
    if password == b"":
        raise KeyFormatError("私钥的密码为空", hint="给出密码;不加密则不给")
    salt, start = random_bytes(16), random_bytes(16)
    key = PBKDF2HMAC(SHA256(), key_bytes, salt, PASSWORD_ROUNDS).derive(password)
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithm(key), modes.CBC(start)).encryptor()
    body = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    digest = der.sequence(der.oid(_HMAC_SHA256), der.NULL)
    parameters = der.sequence(der.tlv(0x04, salt), der.integer(PASSWORD_ROUNDS), digest)
    derivation = der.sequence(der.oid(_PBKDF2), parameters)
    scheme = der.sequence(
        der.oid(_PBES2), der.sequence(derivation, der.sequence(der.oid(cipher), der.tlv(0x04, start)))
    )
    return write_pem(ENCRYPTED, der.sequence(scheme, der.tlv(0x04, body)))


class PublicKeyBase:
    """What public keys of both suites have in common. `repr` and equality go by the key id."""

    suite: SuiteName

    def __init__(self, info: bytes, digest: Callable[[bytes], bytes]) -> None:
        """`info` is the key's SubjectPublicKeyInfo."""
        self._info = info
        self.key_id: str = digest(info).hex()

    def to_der(self) -> bytes:
        return self._info

    def to_pem(self) -> bytes:
        return write_pem(PUBLIC, self._info)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKeyBase) and other._info == self._info

    def __hash__(self) -> int:
        return hash(self._info)

    def __repr__(self) -> str:
        return f"PublicKey({self.suite}, {self.key_id})"


class SigningKeyBase:
    """What signing keys of both suites have in common."""

    suite: SuiteName
    public: PublicKey

    def __repr__(self) -> str:
        return f"SigningKey({self.suite}, {self.public.key_id})"


def _kind(file: KeyFile) -> str:
    """Object identifier of the key's algorithm, or of its curve where that is named."""
    try:
        body = der.content(file.content, 0x30)[0]
        if file.label == PRIVATE:
            _, body = der.content(body, 0x02)
        identifier, rest = der.content(der.content(body, 0x30)[0], 0x06)
        algorithm = der.dotted(identifier)
        if algorithm == _EC and rest[:1] == b"\x06":
            return der.dotted(der.content(rest, 0x06)[0])
        return algorithm
    except (IndexError, ValueError):
        raise broken() from None
