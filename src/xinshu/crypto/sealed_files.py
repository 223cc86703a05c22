"""Whole files sealed in pieces, in bounded memory, so that a changed, moved, missing or added piece is noticed.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, CRYPTO 2015): the nonce of a piece is its number (11 bytes) and whether it is the last (1 byte).
Header: magic, suite letter, number of the data key (8 bytes), salt (16), size of a piece (4). Each file has a key of
its own, derived from the data key and the salt; the header and the file's name are bound to every piece.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xinshu.crypto.data_keys import LETTERS, DataKey
from xinshu.crypto.errors import SealedFileError
from xinshu.crypto.suites import TAG_BYTES, Cipher, DecryptionError, suite

PIECE = 1 << 20
_MAGIC = b"xinshu-sealed-1\n"
_HEADER = struct.Struct(f">{len(_MAGIC)}s1sQ16sI")
_PURPOSE = b"xinshu/sealed-file/1"


@dataclass(frozen=True)
class Header:
    """How a file was sealed."""

    letter: str
    key_id: int
    salt: bytes
    piece: int
    raw: bytes


def seal_file(
    source: Path, target: Path, name: str, key: DataKey,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes, piece: int = PIECE,
) -> None:  # fmt: skip
    """Write `source` sealed to `target`, bound to `name`. Raises OSError."""
    salt = random_bytes(16)
    header = _HEADER.pack(_MAGIC, LETTERS[key.suite].encode(), key.id, salt, piece)
    cipher, aad = _cipher(key, salt), header + name.encode()
    with source.open("rb") as plain, target.open("wb") as sealed:
        sealed.write(header)
        number, data = 0, plain.read(piece)
        while True:
            following = plain.read(piece) if len(data) == piece else b""
            last = len(following) == 0
            sealed.write(cipher.encrypt(_nonce(number, last), data, aad))
            if last:
                break
            number, data = number + 1, following
        sealed.flush()
        os.fsync(sealed.fileno())


def read_header(file: BinaryIO, name: str) -> Header:
    """How a file was sealed. Raises SealedFileError."""
    raw = file.read(_HEADER.size)
    if len(raw) == _HEADER.size:
        magic, letter, key_id, salt, piece = _HEADER.unpack(raw)
        if magic == _MAGIC and letter.decode("latin-1") in LETTERS.values() and 0 < piece <= 1 << 28:
            return Header(letter.decode("latin-1"), key_id, salt, piece, raw)
    raise _damaged(name, "文件头")


def open_file(file: BinaryIO, header: Header, target: Path, name: str, key: DataKey) -> None:
    """Write what was sealed to `target`; it is complete and sound when this returns, else of no use.

    `file` stands behind the header. Raises SealedFileError naming the piece, OSError.
    """
    if LETTERS[key.suite] != header.letter:
        raise _damaged(name, "文件头")
    cipher, aad, size = _cipher(key, header.salt), header.raw + name.encode(), header.piece + TAG_BYTES
    with target.open("wb") as plain:
        number, data = 0, file.read(size)
        while True:
            following = file.read(size) if len(data) == size else b""
            last = len(following) == 0
            try:
                plain.write(cipher.decrypt(_nonce(number, last), data, aad))
            except DecryptionError:
                raise _damaged(name, f"第 {number + 1} 段") from None
            if last:
                return
            number, data = number + 1, following


def _cipher(key: DataKey, salt: bytes) -> Cipher:
    chosen = suite(key.suite)
    return chosen.cipher(chosen.derive(key.key, _PURPOSE, chosen.key_bytes, salt))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _damaged(name: str, where: str) -> SealedFileError:
    return SealedFileError(
        f"封存的文件 {name} 已损坏({where}):被改动、截断或移位", hint="从数据湖的备份恢复该文件,再继续处理"
    )
