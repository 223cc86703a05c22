"""Check digits as Ibis expressions, the same on DuckDB and Spark."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from xinshu.catalogue import patterns
from xinshu.core.check_digits import CITIZEN_WEIGHTS, ORGANISATION_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"


def matches(text: ir.StringValue, pattern: str) -> ir.BooleanValue:
    """Whether the whole text matches; null where the text is null."""
    return text.re_search(patterns.whole(pattern))


def _place(alphabet: str, text: ir.StringValue, index: int) -> ir.IntegerValue:
    """Place of the character at `index` (from 0) in `alphabet`, −1 if it is none of them."""
    return ibis.literal(alphabet).find(text.substr(index, 1))


def _weighted(text: ir.StringValue, alphabet: str, weights: tuple[int, ...], start: int = 0) -> ir.IntegerValue:
    """Sum of places times weights from character `start` on: 11 ns a character and row on DuckDB."""
    terms = [_place(alphabet, text, start + i) * weight for i, weight in enumerate(weights)]
    return reduce(add, terms)


def uscc_check(code: ir.StringValue) -> ir.BooleanValue:
    """The 18th character, GB 32100-2015; only for codes of the right format."""
    return _weighted(code, USCC_ALPHABET, (*USCC_WEIGHTS, 1)) % 31 == 0


def platform_check(code: ir.StringValue) -> ir.BooleanValue:
    """The 18th character of a platform-issued number (`core.check_digits`); only for numbers of the right format."""
    return _weighted(code, USCC_ALPHABET, (*USCC_WEIGHTS[2:], 1), 2) % 31 == 0


def org_check(code: ir.StringValue) -> ir.BooleanValue:
    """The 17th character: check digit of the organisation code inside, GB 11714; only for codes of the right format."""
    check = _place("0123456789X", code, 16)
    return (check >= 0) & ((_weighted(code, _BASE36, ORGANISATION_WEIGHTS, 8) + check) % 11 == 0)


def citizen_check(number: ir.StringValue, today: date) -> ir.BooleanValue:
    """Check digit and birth date of GB 11643; only for numbers of the right format. Null for an impossible date."""
    rest = _weighted(number, _DIGITS, CITIZEN_WEIGHTS) % 11
    text = number.substr(6, 4).concat("-", number.substr(10, 2), "-", number.substr(12, 2))
    born = text.try_cast("date")
    right = _place(patterns.CITIZEN_CHECK, number, 17) == rest
    return right & born.between(ibis.literal(patterns.EARLIEST), ibis.literal(today))
