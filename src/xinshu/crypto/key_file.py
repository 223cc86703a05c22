"""Files of key-encryption keys: each made once, readable by its owner alone, checked whenever it is read.

One line: `xinshu-kek-1:<suite>:<key id>:<base64 of 32 bytes>`. The key id is derived from the key, so that a damaged
file is known at once instead of at the first value that cannot be opened. The first release wrote one file,
`vault.key`: `xinshu-vault-1:<key id>:<base64 of 32 bytes>`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from xinshu.crypto.errors import VaultKeyError
from xinshu.crypto.suites import SuiteName

KEY_BYTES = 32
_FIRST_PREFIX, _PREFIX = "xinshu-vault-1", "xinshu-kek-1"
_SUITES: dict[str, SuiteName] = {"intl": "intl", "gm": "gm"}
_HINT = "从备份恢复密钥文件;没有它,已封存的内容无法再读出"


@dataclass(frozen=True)
class KeyFile:
    """A key as kept in a file. `first`: it is the one file of the first release."""

    key_id: str
    suite: SuiteName
    key: bytes
    first: bool = False

    def __repr__(self) -> str:
        return f"KeyFile({self.key_id})"


def key_id(key: bytes, *, first: bool = False) -> str:
    """Public name of a key, which says nothing about it: 16 hexadecimal characters (8 in the first release)."""
    return hmac.new(key, b"xinshu/vault/key-id", hashlib.sha256).hexdigest()[: 8 if first else 16]


def load(path: Path) -> KeyFile:
    """The key in `path`. Raises VaultKeyError when it is absent, damaged or readable by others."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise VaultKeyError(f"密钥文件 {path} 不是普通文件", hint=_HINT)
        if mode & 0o077:
            raise VaultKeyError(
                f"密钥文件 {path} 的权限过宽({stat.S_IMODE(mode):04o})", hint=f"执行 chmod 600 {path},并考虑更换密钥"
            )
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise VaultKeyError(f"密钥文件 {path} 无法读取:{type(error).__name__}", hint=_HINT) from None
    prefix, *parts = text.split(":")
    first = prefix == _FIRST_PREFIX
    if first:
        parts = ["intl", *parts]
    if prefix not in (_PREFIX, _FIRST_PREFIX) or len(parts) != 3 or parts[0] not in _SUITES:
        raise VaultKeyError(f"密钥文件 {path} 不是本软件的密钥文件或已损坏", hint=_HINT)
    suite, name, body = parts
    try:
        key = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise VaultKeyError(f"密钥文件 {path} 已损坏:密钥不是 base64", hint=_HINT) from None
    if len(key) != KEY_BYTES:
        raise VaultKeyError(f"密钥文件 {path} 已损坏:密钥应为 {KEY_BYTES} 字节,实际 {len(key)} 字节", hint=_HINT)
    if not hmac.compare_digest(key_id(key, first=first).encode(), name.encode()):
        raise VaultKeyError(f"密钥文件 {path} 已损坏:密钥与其编号 {name[:16]} 不符", hint=_HINT)
    return KeyFile(name, _SUITES[suite], key, first)


def write(folder: Path, suite: SuiteName, key: bytes) -> Path:
    """Write a new key to `folder` as `kek-<key id>.key`. Raises VaultKeyError: no space, no permission.

    It is written under a passing name and linked into place: nobody ever sees half a file.
    """
    name = key_id(key)
    path = folder / f"kek-{name}.key"
    passing = folder / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
    line = f"{_PREFIX}:{suite}:{name}:{base64.b64encode(key).decode()}\n"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            os.link(passing, path)
        finally:
            passing.unlink()
        sync(folder)  # what a key wraps that a power cut takes away is lost for good
    except OSError as error:
        raise VaultKeyError(f"无法写入密钥文件 {path}:{error.strerror}", hint="检查该目录的权限与剩余空间") from None
    return path


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
