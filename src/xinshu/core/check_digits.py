"""Check characters of the national identifiers, as plain arithmetic on text already cleaned and upper-cased.

Each function takes the body without its check character and returns the check character that belongs to it.
A character outside the alphabet raises KeyError: `identifiers` looks for those first.
"""

from __future__ import annotations

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Alphabet of the unified social credit code: no I O S V Z (GB 32100-2015)."""

USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_USCC_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}
_BASE36_VALUE = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_DIGIT_VALUE = {str(value): value for value in range(10)}


def uscc_check(body: str) -> str:
    """Check character of the 17-character body of a unified social credit code (GB 32100-2015, annex A)."""
    total = sum(_USCC_VALUE[c] * w for c, w in zip(body, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def platform_check(body: str) -> str:
    """Check character of a platform-issued number: GB 32100 weights of places 3–17, over the 15 digits there."""
    total = sum(_USCC_VALUE[c] * w for c, w in zip(body, USCC_WEIGHTS[2:], strict=True))
    return USCC_ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """Check character of the 8-character body of an organisation code (GB 11714-1997)."""
    total = sum(_BASE36_VALUE[c] * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def citizen_check(body: str) -> str:
    """Check character of the 17-digit body of a citizen number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(_DIGIT_VALUE[c] * w for c, w in zip(body, CITIZEN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def registration_check(body: str) -> str:
    """Check digit of the 14-digit body of a registration number (GS 15-2006, ISO 7064 MOD 11,10)."""
    carry = 10
    for character in body:
        carry = ((carry + _DIGIT_VALUE[character]) % 10 or 10) * 2 % 11
    return str((11 - carry) % 10)
