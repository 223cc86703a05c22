"""Passwords: what may become one, and that checking them cannot take the machine."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher

from xinshu.members.accounts.errors import SignInBusyError, WeakPasswordError
from xinshu.members.accounts.passwords import Hasher, check_password

GOOD = (
    "gravel-Lantern 42 pond",
    "正确的马电池钉书钉与月亮和六便士",
    "kfj38s9d2lqp",
    "a b c d e f g h i j k l m",
    "x" * 60 + "abcdefg" + "y" * 60,
    "password is not the word",
)
BAD = {
    "": "too short",
    "short-Pass1": "11 characters",
    "x" * 129: "too long",
    "aaaaaaaaaaaaaaaa": "one character",
    "abababababab": "repeated",
    "1234512345123": "repeated",
    "123456789012": "digits in order",
    "098765432109": "digits in order backwards",
    "password1234": "common",
    "PASSWORD!!!!2024": "common",
    "P@ssw0rd2024!": "common",
    "!!!qwertyuiop1": "keyboard",
    "abcdefghijkl": "alphabet",
    "zyxwvutsrqpo": "alphabet backwards",
    "1qaz2wsx3edc": "keyboard",
    "woaini5201314": "common",
    "xinshu123456789": "common",
    "li.lei-li.lei-x9": "login",
    "LI.LEI and other words": "login",
    "what 李雷 likes best": "name",
    "ＬＩ．ＬＥＩ wide letters": "login, full width",
    "tab\tand other words": "control character",
    "nul\0and other words": "control character",
    "half \ud800 a character": "half a character",
}


@pytest.mark.parametrize("password", GOOD)
def test_good_ones(password: str) -> None:
    check_password(password, "li.lei", "李雷")


@pytest.mark.parametrize("password", BAD, ids=list(BAD.values()))
def test_bad_ones(password: str) -> None:
    with pytest.raises(WeakPasswordError) as caught:
        check_password(password, "li.lei", "李雷")
    assert password == "" or password not in str(caught.value)


def test_short_names_do_not_forbid_their_letters() -> None:
    check_password("gravel-Lantern li pond", "li", "Li")
    with pytest.raises(WeakPasswordError):
        check_password("gravel zhang.san pond", "zhang.san@bank.example", "张三")


async def test_hash_and_verify() -> None:
    hasher = Hasher()
    kept = await hasher.hash("gravel-Lantern 42 pond")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hasher.verify(kept, "gravel-Lantern 42 pond")
    assert not await hasher.verify(kept, "gravel-Lantern 42 Pond")
    assert not await hasher.verify(None, "nobody's")
    assert not await hasher.verify("not a hash", "x") and not await hasher.verify(kept, "\ud800")
    assert not hasher.outdated(kept)
    assert hasher.outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))


async def test_letters_composed_differently_are_the_same() -> None:
    hasher = Hasher(argon2=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert await hasher.verify(await hasher.hash("Cafe\u0301 au lait noir"), "Caf\u00e9 au lait noir")


async def test_more_than_it_checks_at_once_wait_and_more_than_may_wait_are_refused() -> None:
    hasher = Hasher(at_once=1, waiting=3)
    kept = await hasher.hash("gravel-Lantern 42 pond")
    answers = await asyncio.gather(*(hasher.verify(kept, "guess") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(one, SignInBusyError) for one in answers) == 6
    assert sum(one is False for one in answers) == 4
    assert await hasher.verify(kept, "gravel-Lantern 42 pond")
