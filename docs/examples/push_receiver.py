"""接收平台推送的示例,只用 Python 标准库:验证签名、交回验证内容、按事件去重、先存后应答。

A receiver of pushes in nothing but the standard library: verifies signatures (Ed25519 or SM2), gives challenges back,
takes each event once, stores before it answers.

    python push_receiver.py 平台公钥.json 事件.jsonl 8080

平台公钥.json 是 `GET /v1/ledger/key` 的应答。对外服务时在前面放一个终结 TLS 的反向代理。
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FRESH = 300  # 时间戳最多相差的秒数
BODY_MAX = 64 * 1024**2


class Refused(Exception):
    """The request is not the platform's."""


def checked(key: dict[str, str], headers: Any, body: bytes, now: float) -> dict[str, Any]:
    """What was pushed, once its signature and its age are found good. Raises Refused."""
    stamp, event = headers.get("X-Xinshu-Timestamp", ""), headers.get("X-Xinshu-Event", "")
    if not stamp.isdigit() or abs(now - int(stamp)) > FRESH:
        raise Refused("时间戳过旧或过新")
    try:
        signature = base64.b64decode(headers.get("X-Xinshu-Signature", ""), validate=True)
    except ValueError:
        raise Refused("签名不是 base64") from None
    lines = [line for line in key["public_key"].splitlines() if line and not line.startswith("-----")]
    public = base64.b64decode("".join(lines))
    verify = {"intl": ed25519_verify, "gm": sm2_verify}[key["suite"]]
    if not verify(public, f"{stamp}.{event}.".encode() + body, signature):
        raise Refused("签名不符")
    told: dict[str, Any] = json.loads(body)
    if told["event"] != event:
        raise Refused("事件编号不符")
    return told


class Receiver(BaseHTTPRequestHandler):
    """One request: check, store, answer."""

    key: dict[str, str]
    store: Path
    seen: set[str]

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        if size > BODY_MAX:
            return self.answer(413, {})
        try:
            told = checked(self.key, self.headers, self.rfile.read(size), time.time())
        except (Refused, KeyError, ValueError):
            return self.answer(401, {})
        if told["kind"] == "challenge":
            return self.answer(200, {"challenge": told["challenge"]})
        if told["event"] not in self.seen:  # 同一事件可能推送不止一次
            with self.store.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self.seen.add(told["event"])
        return self.answer(200, {})

    def answer(self, status: int, body: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def serve(key: Path, store: Path, port: int) -> ThreadingHTTPServer:
    """A server, not yet running."""
    store.touch(mode=0o600)
    seen = {json.loads(line)["event"] for line in store.read_text(encoding="utf-8").splitlines()}
    about = {"key": json.loads(key.read_text(encoding="utf-8")), "store": store, "seen": seen}
    return ThreadingHTTPServer(("127.0.0.1", port), type("OwnReceiver", (Receiver,), about))


# -- Ed25519 (RFC 8032, 5.1.7) -----------------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def ed25519_verify(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) is that of the key (SubjectPublicKeyInfo)."""
    raw, half = spki[-32:], signature[:32]
    s = int.from_bytes(signature[32:], "little")
    a, r, base = _point(raw), _point(half), _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    if len(signature) != 64 or s >= L or a is None or r is None or base is None:
        return False
    h = int.from_bytes(hashlib.sha512(half + raw + message).digest(), "little") % L
    left, right = _times(s, base), _sum(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _point(data: bytes) -> Point | None:
    value = int.from_bytes(data, "little")
    sign, y = value >> 255, value & (2**255 - 1)
    if y >= P or len(data) != 32:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _sum(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point, number = _sum(point, point), number >> 1
    return total


# -- SM2 with SM3 (GB/T 32918.2, identifier 1234567812345678) ----------------------------------------------------------

Q = 2**256 - 2**224 - 2**96 + 2**64 - 1
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Affine = tuple[int, int] | None  # None: the point at infinity


def sm2_verify(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (DER of r and s) is that of the key (SubjectPublicKeyInfo, uncompressed point)."""
    numbers = _der_integers(signature)
    if numbers is None or spki[-65] != 4 or not all(0 < one < N for one in numbers):
        return False
    r, s = numbers
    key = int.from_bytes(spki[-64:-32], "big"), int.from_bytes(spki[-32:], "big")
    if (key[1] ** 2 - key[0] ** 3 + 3 * key[0] - B) % Q:
        return False
    about = b"\x00\x80" + b"1234567812345678" + b"".join(one.to_bytes(32, "big") for one in (Q - 3, B, *G, *key))
    digest = hashlib.new("sm3", hashlib.new("sm3", about).digest() + message).digest()
    t = (r + s) % N
    point = _plus(_multiple(s, G), _multiple(t, key)) if t else None
    return point is not None and (int.from_bytes(digest, "big") + point[0] - r) % N == 0


def _der_integers(data: bytes) -> tuple[int, int] | None:
    if len(data) < 8 or data[0] != 0x30 or data[1] != len(data) - 2 or data[2] != 2:
        return None
    middle = 4 + data[3]
    if middle + 2 > len(data) or data[middle] != 2 or middle + 2 + data[middle + 1] != len(data):
        return None
    return int.from_bytes(data[4:middle], "big"), int.from_bytes(data[middle + 2 :], "big")


def _plus(p: Affine, q: Affine) -> Affine:
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % Q == 0:
        return None
    slope = (3 * p[0] ** 2 - 3) * pow(2 * p[1], -1, Q) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, Q)
    x = (slope * slope - p[0] - q[0]) % Q
    return x, (slope * (p[0] - x) - p[1]) % Q


def _multiple(number: int, point: Affine) -> Affine:
    total: Affine = None
    while number:
        if number & 1:
            total = _plus(total, point)
        point, number = _plus(point, point), number >> 1
    return total


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).serve_forever()
