"""Signatures and sealing of both suites beside the `openssl` command's own speed: `python bench/crypto.py [SECONDS]`.

Each act is measured in turn with `openssl speed` on one core, three rounds of SECONDS (default 1): the best
of each side.
A message has 256 bytes. Sealing takes a fresh nonce and 32 bytes bound to it; openssl's figure is the bare cipher.
An openssl without SM4-GCM (before 3.2) is asked for SM4-CTR, which does not authenticate: that limit is too high.
Last line: the lowest ratio of rates, ours ÷ openssl's.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from machine import describe

from xinshu.crypto.libcrypto import libcrypto
from xinshu.crypto.suites import GM, INTL, NONCE_BYTES, Suite

ROUNDS = 3
MESSAGE = secrets.token_bytes(256)
BOUND = secrets.token_bytes(32)


@dataclass
class Row:
    """One act of ours and how openssl tells its own rate of it."""

    label: str
    act: Callable[[], object]
    limit: Callable[[int], float]
    size: int = 0
    ours: float = 0.0
    theirs: float = 0.0

    def measure(self, seconds: int) -> None:
        """Ours, then theirs; the best so far is kept."""
        self.ours = max(self.ours, rate(self.act, seconds))
        self.theirs = max(self.theirs, self.limit(seconds))

    def __str__(self) -> str:
        unit = f"/s ({self.ours * self.size / 1e6:,.0f} MB/s)" if self.size else "/s"
        return (
            f"{self.label:<34} {self.ours:>11,.0f}{unit:<16} openssl {self.theirs:>11,.0f}/s   ratio {self.ratio:.2f}"
        )

    @property
    def ratio(self) -> float:
        """Ours ÷ theirs, rates."""
        return self.ours / self.theirs


def rate(act: Callable[[], object], seconds: float) -> float:
    """How often in a second."""
    began = time.perf_counter()
    count = 0
    while (passed := time.perf_counter() - began) < seconds:
        act()
        count += 1
    return count / passed


def openssl(seconds: int, *what: str) -> list[str]:
    """The fields of the result line of `openssl speed`."""
    command = ["openssl", "speed", "-mr", "-seconds", str(seconds), *what]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.splitlines()[-1].split(":")


def signing(field: int, algorithm: str, seconds: int) -> float:
    """Signatures (field -2) or checks (-1) a second."""
    return float(openssl(seconds, algorithm)[field])


def sealing(cipher: str, size: int, seconds: int) -> float:
    """Pieces of this size a second."""
    return float(openssl(seconds, "-bytes", str(size), "-evp", cipher)[-1]) / size


def sm4_limit() -> str:
    """SM4-GCM where the command has it."""
    listed = subprocess.run(
        ["openssl", "list", "-cipher-algorithms"], capture_output=True, text=True, check=True
    ).stdout
    return "sm4-gcm" if "SM4-GCM" in listed else "sm4-ctr"


def seal(chosen: Suite, plain: bytes) -> Callable[[], bytes]:
    """The act of sealing `plain`."""
    cipher = chosen.cipher(secrets.token_bytes(chosen.key_bytes))
    return lambda: cipher.encrypt(secrets.token_bytes(NONCE_BYTES), plain, BOUND)


def rows() -> list[Row]:
    """Everything measured."""
    made = []
    for chosen, algorithm, cipher in ((INTL, "ed25519", "aes-256-gcm"), (GM, "sm2", sm4_limit())):
        key = chosen.generate_key()
        signature = key.sign(MESSAGE)
        sign, verify = partial(key.sign, MESSAGE), partial(key.public.verify, MESSAGE, signature)
        made += [
            Row(f"{chosen.name} sign ({algorithm})", sign, partial(signing, -2, algorithm)),
            Row(f"{chosen.name} verify ({algorithm})", verify, partial(signing, -1, algorithm)),
        ]
        for size, label in ((2**10, "1 KiB"), (2**20, "1 MiB")):
            act = seal(chosen, secrets.token_bytes(size))
            limit = partial(sealing, cipher, size)
            made.append(Row(f"{chosen.name} seal {label} (limit: {cipher})", act, limit, size))
    return made


def main() -> None:
    """Measure and print."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    describe()
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"openssl command: {version}; libcrypto for SM2: {libcrypto().version}")
    measured = rows()
    for _ in range(ROUNDS):
        for row in measured:
            row.measure(seconds)
    for row in measured:
        print(row)
    print(f"ratio: {min(row.ratio for row in measured):.2f}")


if __name__ == "__main__":
    main()
