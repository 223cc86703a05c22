"""Key pairs on a member's own machine. The private part never leaves it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from xinshu.core.errors import XinshuError

PrivateKey = ECKey | OKPKey | RSAKey
_CLASSES: dict[str, type[ECKey | OKPKey | RSAKey]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
_CURVES: dict[str, tuple[str | None, ...]] = {"EC": ("P-256",), "OKP": ("Ed25519",), "RSA": (None,)}


class KeyFileError(XinshuError):
    """A key file cannot be written or read."""

    code: ClassVar[str] = "key_file_invalid"


class KeyKind(StrEnum):
    """What is made; both are admitted everywhere."""

    P256 = "p256"
    ED25519 = "ed25519"


@dataclass(frozen=True)
class KeyPair:
    """Where a pair was written."""

    private: Path
    public: Path
    kid: str


def make_pair(folder: Path, name: str, kind: KeyKind) -> KeyPair:
    """Write `<name>.private.pem` (PKCS#8, 0600) and `<name>.public.json` (JWK). Overwrites nothing.

    Raises KeyFileError.
    """
    if not re.fullmatch(r"[\w.-]{1,80}", name) or name.startswith("."):
        raise KeyFileError(f"文件名 {name[:80]} 不能用", hint="用字母、汉字、数字与 . _ -,不含路径")
    key: PrivateKey = ECKey.generate_key("P-256") if kind is KeyKind.P256 else OKPKey.generate_key("Ed25519")
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig"}
    pair = KeyPair(folder / f"{name}.private.pem", folder / f"{name}.public.json", kid)
    if pair.public.exists():
        raise KeyFileError(f"文件 {pair.public} 已存在", hint="换一个名称;轮换密钥不要覆盖旧文件")
    _write(pair.private, key.as_pem(private=True), 0o600)
    _write(pair.public, orjson.dumps(public, option=orjson.OPT_INDENT_2) + b"\n", 0o644)
    return pair


def load_private(file: Path) -> PrivateKey:
    """A private key from PEM or JWK. Raises KeyFileError, never with the content."""
    try:
        if file.stat().st_mode & 0o077:
            raise KeyFileError(f"私钥文件 {file} 的权限过宽", hint=f"执行 chmod 600 {file},并考虑更换密钥")
        key = _imported(file.read_bytes())
    except OSError as error:
        raise KeyFileError(f"私钥文件 {file} 无法读取:{error.strerror}", hint="检查路径与权限") from None
    except (JoseError, ValueError, TypeError, KeyError):
        key = None
    if key is None or not key.is_private:
        raise KeyFileError(
            f"文件 {file} 不是可用的私钥", hint="应为 P-256、Ed25519 或 RSA 私钥,PEM(PKCS#8,不加密)或 JWK"
        )
    return key


def algorithm(key: PrivateKey) -> str:
    """The algorithm with which such a key signs."""
    return {"EC": "ES256", "OKP": "Ed25519", "RSA": "PS256"}[key.key_type]


def _imported(content: bytes) -> PrivateKey | None:
    if content.lstrip().startswith(b"{"):
        jwk = orjson.loads(content)
        if jwk.get("crv") not in _CURVES[jwk["kty"]]:
            return None
        return _CLASSES[jwk["kty"]].import_key(jwk)
    match load_pem_private_key(content, password=None):
        case EllipticCurvePrivateKey(curve=SECP256R1()):
            return ECKey.import_key(content)
        case Ed25519PrivateKey():
            return OKPKey.import_key(content)
        case RSAPrivateKey():
            return RSAKey.import_key(content)
    return None


def _write(path: Path, content: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError:
        raise KeyFileError(f"文件 {path} 已存在", hint="换一个名称;轮换密钥不要覆盖旧文件") from None
    except OSError as error:
        raise KeyFileError(f"文件 {path} 无法写入:{error.strerror}", hint="检查文件夹与权限") from None
