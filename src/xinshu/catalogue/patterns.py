"""Regular expressions and tables that the vectorised and the single-row checks share.

The expressions stay inside what RE2 (DuckDB), java.util.regex (Spark) and Python read alike: no look-around,
no back-reference, no `\\d` or `\\w`. They are unanchored here; `whole` anchors them for the engines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from xinshu.catalogue.model import FieldType
from xinshu.core.code_parts import AUTHORITIES

EARLIEST = date(1800, 1, 1)
LATEST = date(2200, 12, 31)

CITIZEN_CHECK = "10X98765432"  # check character by remainder, GB 11643
_ALPHABET = "0-9A-HJ-NPQRTUWXY"  # GB 32100-2015: no I O S V Z
USCC = f"[{''.join(AUTHORITIES)}][{_ALPHABET}][0-9]{{6}}[{_ALPHABET}]{{10}}"
PLATFORM_CODE = f"ZN[0-9]{{15}}[{_ALPHABET}]"  # issued by a platform; no unified code begins with Z
CITIZEN = "[0-9]{17}[0-9X]"
# 13 or 15 digits; farmers' cooperatives had NA or NB after the division and X at the end.
REGISTRATION_NO = "(?:[0-9]{13}(?:[0-9]{2})?|[0-9]{6}N[AB][0-9]{6}[0-9X])"
PHONE = (
    "(?:[+]?86-?)?(?:1[3-9][0-9]{9}|0[0-9]{2,3}-?[2-9][0-9]{6,7}(?:-[0-9]{1,6})?"
    "|[48]00-?[0-9]{3}-?[0-9]{4}|[2-9][0-9]{6,7}(?:-[0-9]{1,6})?|9[0-9]{4,5}|1[012][0-9]{3})"
)

YEAR = "(?:1[89][0-9]{2}|2[01][0-9]{2}|2200)"  # 1800 to 2200
DATE = YEAR + "-[0-9]{2}-[0-9]{2}"
CLOCK_TIME = "(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?)?"  # as databases export; dropped
DATE_LOOSE = (
    f"{YEAR}(?:[0-9]{{4}}|-[0-9]{{1,2}}-[0-9]{{1,2}}|/[0-9]{{1,2}}/[0-9]{{1,2}}|[.][0-9]{{1,2}}[.][0-9]{{1,2}}"
    f"|年[0-9]{{1,2}}月[0-9]{{1,2}}日?){CLOCK_TIME}"
)
DATE_PARTS = "^([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})"
MONTH = YEAR + "-(?:0[1-9]|1[0-2])"
MONTH_LOOSE = f"{YEAR}(?:(?:0[1-9]|1[0-2])|[-/.](?:0?[1-9]|1[0-2])|年(?:0?[1-9]|1[0-2])月?)"
MONTH_PARTS = "^([0-9]{4})[-/.年]?([0-9]{1,2})"
YEAR_LOOSE = YEAR + "年?"

INTEGER = "-?[0-9]{1,18}"
INTEGER_LOOSE = "[+-]?(?:[0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})(?:[.]0{1,9})?"
DECIMAL = "-?[0-9]{1,12}(?:[.][0-9]{1,6})?"
DECIMAL_LOOSE = "[+-]?(?:[0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})?(?:[.][0-9]{1,40})?"
DIGIT = "[0-9]"
PLAIN_IDENTIFIER = "[0-9A-Z]+"
BEYOND_ASCII = "[^ -~]"

TRUE = ("是", "1", "true", "TRUE", "True", "Y", "y", "\uff11", "\uff39")
FALSE = ("否", "0", "false", "FALSE", "False", "N", "n", "\uff10", "\uff2e")

NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.YEAR})
DECIMAL_PRECISION = 20
DEFAULT_SCALE = 2
INTEGER_MAX = 2**63 - 1

_WIDE_DIGITS = "".join(chr(c) for c in range(0xFF10, 0xFF1A))
_WIDE_LETTERS = "".join(chr(c) for start in (0xFF21, 0xFF41) for c in range(start, start + 26))
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DASHES = "\uff0d\u2212\u2013\u2014"  # full-width hyphen, minus, en dash, em dash
NUMBER_FROM = _WIDE_DIGITS + _DASHES + "\uff0e\uff0c\uff0b\uff0f\uff1a"
NUMBER_TO = "0123456789----.,+/:"
IDENTIFIER_FROM = _WIDE_DIGITS + _WIDE_LETTERS + _UPPER.lower() + _DASHES
IDENTIFIER_TO = "0123456789" + _UPPER * 3 + "----"
NUMBER_TABLE = str.maketrans(NUMBER_FROM, NUMBER_TO)
IDENTIFIER_TABLE = str.maketrans(IDENTIFIER_FROM, IDENTIFIER_TO)


def whole(pattern: str) -> str:
    """`pattern` anchored to the whole text, in the syntax that RE2 and Java share."""
    return rf"\A(?:{pattern})\z"


def number(value: float | int | str | Decimal) -> Decimal:
    """A limit as written in YAML, exactly: 0.1 is one tenth."""
    return Decimal(str(value))


@lru_cache(maxsize=16)
def one_of(words: frozenset[str]) -> str:
    """A pattern that matches exactly `words`, as a prefix tree: thousands of codes in one fast automaton.

    An empty set gives a pattern that matches nothing but the empty text.
    """
    return _trie(sorted(words))


def _trie(words: list[str]) -> str:
    """Alternatives by first letter, those with equal remainders merged into one class."""
    rests: dict[str, list[str]] = {}
    for word in words:
        if word:
            rests.setdefault(word[0], []).append(word[1:])
    by_rest: dict[str, list[str]] = {}
    for letter, tail in rests.items():
        by_rest.setdefault(_trie(tail), []).append(letter)
    branches = [_class(letters) + rest for rest, letters in by_rest.items()]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"
    return f"(?:{body})?" if "" in words else body


def _class(letters: Iterable[str]) -> str:
    chosen = "".join(f"\\{c}" if c in r"\]^-[" else c for c in letters)
    return chosen if len(chosen) == 1 else f"[{chosen}]"
