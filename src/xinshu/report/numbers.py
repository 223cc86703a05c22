"""Report numbers and check codes. Pure, but for the random bytes that are passed in.

A number says by which platform and on which day; eight random characters make it unique, the last one is a check
character (ISO 7064 MOD 37,36). The check code opens the public verification page: 80 random bits, not to be guessed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date

RandomBytes = Callable[[int], bytes]
PREFIX = "XR"
NUMBER = r"^XR[0-9]{6}[0-9]{8}[0-9A-HJKMNP-TV-Z]{8}[0-9A-Z]$"
CHECK_CODE = r"^[0-9A-HJKMNP-TV-Z]{16}$"
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def make_number(platform: str, day: date, random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """XR + platform (six digits) + day + eight characters + check character."""
    body = f"{PREFIX}{platform}{day:%Y%m%d}{_random(8, random_bytes)}"
    return body + check_character(body)


def make_check_code(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Sixteen characters."""
    return _random(16, random_bytes)


def check_character(body: str) -> str:
    """The check character of letters and digits (ISO 7064 MOD 37,36)."""
    carry = 36
    for character in body:
        carry = ((carry + _ALL.index(character)) % 36 or 36) * 2 % 37
    return _ALL[(37 - carry) % 36]


def is_number(text: str) -> bool:
    """Whether the check character belongs to the rest."""
    return len(text) > 1 and all(one in _ALL for one in text) and check_character(text[:-1]) == text[-1]


def _random(count: int, random_bytes: RandomBytes) -> str:
    return "".join(_BASE32[byte & 31] for byte in random_bytes(count))
