"""Makers of identifiers: numbers that the platform issues, and invented ones for synthetic worlds and tests."""

from __future__ import annotations

from datetime import date

from xinshu.core import check_digits
from xinshu.core.check_digits import USCC_ALPHABET

INVENTED_PREFIX = "XN"
"""No organisation code is known to begin so: an invented firm should not bear a real firm's code."""

INVENTED_SERIALS = 31**6


def _digits(text: str, length: int, what: str) -> None:
    if len(text) != length or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{what} {text!r} is not {length} digits")


def make_uscc(authority: str, kind: str, division: str, serial: int) -> str:
    """An invented unified social credit code, valid in both check characters. `serial` from 0 to 31⁶ − 1.

    Raises ValueError for a part outside its alphabet or range.
    """
    _digits(division, 6, "division")
    if len(authority) != 1 or len(kind) != 1 or authority not in USCC_ALPHABET or kind not in USCC_ALPHABET:
        raise ValueError(f"authority {authority!r} or kind {kind!r} is not one character of GB 32100")
    if not 0 <= serial < INVENTED_SERIALS:
        raise ValueError(f"serial {serial} is not in 0..{INVENTED_SERIALS - 1}")
    tail = ""
    for _ in range(6):
        serial, value = divmod(serial, 31)
        tail = USCC_ALPHABET[value] + tail
    organisation = INVENTED_PREFIX + tail
    body = authority + kind + division + organisation + check_digits.organisation_check(organisation)
    return body + check_digits.uscc_check(body)


def make_registration_no(division: str, sequence: int) -> str:
    """A 15-digit registration number (GS 15-2006) of a division and a sequence from 0 to 99,999,999."""
    _digits(division, 6, "division")
    body = f"{division}{sequence:08d}"
    _digits(body, 14, "body")
    return body + check_digits.registration_check(body)


def make_citizen_no(division: str, birth: date, sequence: int) -> str:
    """An invented citizen number; `sequence` from 0 to 999, odd for men, even for women."""
    _digits(division, 6, "division")
    body = f"{division}{birth:%Y%m%d}{sequence:03d}"
    _digits(body, 17, "body")
    return body + check_digits.citizen_check(body)


def make_platform_code(division: str, serial: int) -> str:
    """The number that a platform issues to a farm household: ZN, division, 9-digit serial, check character.

    Z is outside the alphabet of GB 32100, so it can never be taken for a unified social credit code. The SQL function
    `xinshu_platform_code` gives the same. Raises ValueError for a serial outside 0..999,999,999.
    """
    _digits(division, 6, "division")
    body = f"{division}{serial:09d}"
    _digits(body, 15, "body")
    return f"ZN{body}{check_digits.platform_check(body)}"
