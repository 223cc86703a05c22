"""Passwords: the rules for new ones, and argon2id in threads of their own, so that guessing cannot take the machine.

Rules: NIST SP 800-63B-4, 3.1.1.2 (length and a block list, no classes of characters, no forced change) with the length
that GB/T 22239-2019 assessments ask for. Parameters: OWASP Password Storage Cheat Sheet, argon2id 19 MiB, 2 passes.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from xinshu.members.accounts.errors import SignInBusyError, WeakPasswordError

LEAST, MOST = 12, 128
FEWEST_CHARACTERS = 5
_DIGITS = "0123456789" * 13
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")
_COMMON = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "admin", "administrator", "welcome", "letmein", "iloveyou",
    "woaini", "wodemima", "mima", "qwerty", "qwertyuiop", "asdfgh", "zxcvbn", "abc123", "changeme", "default",
    "secret", "monkey", "dragon", "football", "sunshine", "princess", "superman", "trustno1", "whatever", "computer",
    "internet", "guest", "root", "test", "user", "xinshu", "zhongguo", "china", "5201314", "1314520", "147258369",
    "789456123", "7758521", "112233", "666666", "888888", "123123", "321", "123", "1qaz2wsx", "1q2w3e4r", "qazwsx",
)  # fmt: skip
_FILLING = "0123456789!@#$%^&*()_+-=.,?/\\~` "
Answer = TypeVar("Answer")


def check_password(password: str, login: str, name: str) -> None:
    """Whether this may become a password. Raises WeakPasswordError, which does not repeat it."""
    folded = _folded(password)
    if len(folded) < LEAST:
        raise _weak(f"密码太短(少于 {LEAST} 个字符)")
    if len(folded) > MOST:
        raise _weak(f"密码太长(多于 {MOST} 个字符)")
    if not folded.isprintable():
        raise _weak("密码中含有控制字符")
    if len(set(folded)) < FEWEST_CHARACTERS:
        raise _weak(f"密码中不同的字符太少(少于 {FEWEST_CHARACTERS} 个)")
    own = [part for part in (*_words(login), _folded(name).replace(" ", "")) if len(part) >= 2]
    if any(part in folded for part in own if len(part) >= 3 or not part.isascii()):
        raise _weak("密码中含有登录名或姓名")
    if _is_common(folded):
        raise _weak("密码太常见")


def _words(login: str) -> list[str]:
    return [login, login.partition("@")[0]]


def _is_common(folded: str) -> bool:
    """A common word amid digits and signs, digits in order, a run along the keyboard, or a short piece repeated."""
    bare = folded.strip(_FILLING)
    if any(word in folded and folded.replace(word, "").strip(_FILLING) == "" for word in _COMMON):
        return True
    if folded in _DIGITS or folded in _DIGITS[::-1]:
        return True
    if len(bare) >= 6 and any(bare in run or bare in run[::-1] for run in _RUNS):
        return True
    return any(folded == (folded[:n] * len(folded))[: len(folded)] for n in range(1, 6))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _weak(words: str) -> WeakPasswordError:
    return WeakPasswordError(words, hint=f"至少 {LEAST} 个字符,不用常见密码,不含登录名和姓名;几个不相干的词连起来好记")


class Hasher:
    """Hashes and checks passwords, `at_once` at a time; beyond `waiting` it refuses, so that the rest is served."""

    def __init__(self, *, at_once: int = 2, waiting: int = 64, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="password")
        self._most = at_once + waiting
        self._under_way = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """The form in which a password is kept. Raises SignInBusyError."""
        return await self._run(lambda: self._argon2.hash(_bytes(password)))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; takes as long when there is none (`kept` None). Raises SignInBusyError."""
        return await self._run(lambda: self._verify(kept, password))

    def outdated(self, kept: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(kept)

    def _verify(self, kept: str | None, password: str) -> bool:
        if self._nobodys is None:
            self._nobodys = self._argon2.hash(b"nobody's")
        try:
            return self._argon2.verify(kept or self._nobodys, _bytes(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        if self._under_way >= self._most:
            raise SignInBusyError("登录请求过多", hint="过几秒再试")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1


def _bytes(password: str) -> bytes:
    """One form for what keyboards compose differently; half characters, which no keyboard makes, match nothing."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
