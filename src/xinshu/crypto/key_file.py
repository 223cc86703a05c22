"""The file of a vault's master key: made once, readable by its owner alone, checked whenever it is read.

One line: `xinshu-vault-1:<key id>:<base64 of 32 bytes>`. The key id is derived from the key, so that a damaged file is
known at once instead of at the first value that cannot be opened.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from xinshu.crypto.errors import VaultKeyError

KEY_BYTES = 32
_PREFIX = "xinshu-vault-1"
_HINT = "从备份恢复密钥文件;没有它,已封存的内容无法再读出"


def key_id(key: bytes) -> str:
    """Public name of a key: eight hexadecimal characters that say nothing about it."""
    return hmac.new(key, b"xinshu/vault/key-id", hashlib.sha256).hexdigest()[:8]


def load_or_create(path: Path, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """The key in `path`; when there is no file, a new key is made and written there first.

    Raises VaultKeyError. Processes that start at the same moment end up with the same key.
    """
    if not path.exists():
        _create(path, random_bytes(KEY_BYTES))
    return load(path)


def load(path: Path) -> bytes:
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
    parts = text.split(":")
    if len(parts) != 3 or parts[0] != _PREFIX:
        raise VaultKeyError(f"密钥文件 {path} 不是本软件的密钥文件或已损坏", hint=_HINT)
    try:
        key = base64.b64decode(parts[2], validate=True)
    except binascii.Error:
        raise VaultKeyError(f"密钥文件 {path} 已损坏:密钥不是 base64", hint=_HINT) from None
    if len(key) != KEY_BYTES:
        raise VaultKeyError(f"密钥文件 {path} 已损坏:密钥应为 {KEY_BYTES} 字节,实际 {len(key)} 字节", hint=_HINT)
    if not hmac.compare_digest(key_id(key), parts[1]):
        raise VaultKeyError(f"密钥文件 {path} 已损坏:密钥与其编号 {parts[1]} 不符", hint=_HINT)
    return key


def _create(path: Path, key: bytes) -> None:
    """Write a new key under a passing name and link it into place: nobody ever sees half a file, the first one wins."""
    passing = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    line = f"{_PREFIX}:{key_id(key)}:{base64.b64encode(key).decode()}\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(passing, path)
            except FileExistsError:
                return
        finally:
            passing.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # a value sealed with a key that a power cut takes away is lost for good
        finally:
            os.close(folder)
    except OSError as error:
        raise VaultKeyError(f"无法写入密钥文件 {path}:{error.strerror}", hint="检查该目录的权限与剩余空间") from None
