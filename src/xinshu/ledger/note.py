"""Signed checkpoints in the form of C2SP `tlog-checkpoint` and `signed-note`.

    <origin>
    <size>
    <root, base64>

    — <key name> <base64 of key hash (4 bytes) and signature>

Keys: Ed25519 is algorithm 0x01 as the form says; SM2, for which it has no number, is 0xFF with the name `sm2`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from xinshu.core.errors import XinshuError
from xinshu.crypto.suites import PublicKey, SigningKey

_DASH = "\u2014"


class NoteError(XinshuError):
    """The text is not a checkpoint, or its signature does not hold."""

    code = "checkpoint_invalid"


@dataclass(frozen=True)
class Checkpoint:
    """The log at one moment."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None

    @property
    def body(self) -> str:
        """The text that is signed; `at` is an extension line."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode()]
        if self.at is not None:
            lines.append(f"time {self.at.isoformat(timespec='seconds')}")
        return "\n".join(lines) + "\n"


def key_hash(name: str, key: PublicKey) -> bytes:
    """Four bytes by which a verifier finds the key."""
    kind = b"\x01" if key.suite == "intl" else b"\xffsm2"
    raw = key.to_der()[-32:] if key.suite == "intl" else key.to_der()
    return hashlib.sha256(name.encode() + b"\n" + kind + raw).digest()[:4]


def sign(checkpoint: Checkpoint, name: str, key: SigningKey) -> str:
    """The signed note."""
    body = checkpoint.body
    signature = base64.b64encode(key_hash(name, key.public) + key.sign(body.encode())).decode()
    return f"{body}\n{_DASH} {name} {signature}\n"


def read(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint of a note that `key` signed. Raises NoteError."""
    body, blank, signatures = note.partition("\n\n")
    body += "\n"
    if blank == "":
        raise _bad("缺少签名")
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise _bad("签名不是 base64") from None
        if dash == _DASH and raw[:4] == key_hash(name, key):
            if not key.verify(body.encode(), raw[4:]):
                raise _bad("签名不符")
            return _parse(body)
    raise _bad("没有该公钥的签名")


def _parse(body: str) -> Checkpoint:
    lines = body.splitlines()
    try:
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
        at = next((datetime.fromisoformat(line[5:]) for line in lines[3:] if line.startswith("time ")), None)
    except (IndexError, ValueError):
        raise _bad("内容不完整") from None
    if size < 0 or lines[1] != str(size) or len(root) != 32 or origin == "":
        raise _bad("内容不合规")
    return Checkpoint(origin, size, root, at)


def _bad(why: str) -> NoteError:
    return NoteError(f"不是有效的存证检查点:{why}", hint="核对来源与公钥,向平台重新索取")
