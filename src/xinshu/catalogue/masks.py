"""How a masked copy shows values: in Python for one value, and the same as Ibis expressions for a batch.

A band shows the two multiples of a power of ten between which an amount lies, one significant digit each: 1,530,000 in
the unit CNY is 100万–200万元. The boundary belongs to the band above it, zero is 0, less than one of the field's unit
is 0–1, and negative amounts mirror the positive.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from xinshu.catalogue.model import FieldDef, Item, Mask

HIDDEN = "***"
_UNITS = {"CNY": (0, "元"), "CNY_10K": (4, "元"), "USD": (0, "美元"), "USD_10K": (4, "美元"), "percent": (0, "%")}
_DIGITS = range(1, 21)  # of a decimal(20, s) or a 64-bit integer


def mask_value(kind: Mask, value: Any, unit: str | None = None) -> str | None:
    """What the masked copy shows of a typed value; None stays None. `unit` is the field's, for bands."""
    if value is None:
        return None
    if kind is Mask.BAND:
        return _band(Decimal(value), unit)
    text = value.isoformat() if isinstance(value, date) else str(value)
    match kind:
        case Mask.NAME:
            return text[:1] + "**"
        case Mask.CITIZEN_NO:
            return text[:4] + "*" * 10 + text[-4:] if len(text) == 18 else HIDDEN
        case Mask.PHONE:
            return text[:3] + "****" + text[-4:] if len(text) >= 11 else "****" + text[-2:]
        case Mask.ACCOUNT:
            return "****" + text[-4:] if len(text) > 8 else "****"
        case Mask.ADDRESS:
            return text[:6] + "****"
    return HIDDEN


def masked(item: Item, typed: Mapping[str, ir.Value]) -> dict[str, ir.Value]:
    """Masked texts of the fields that have a mask; null where the value is null."""
    return {f.name: _masked(f, typed[f.name]).name(f.name) for f in item.masked_fields if f.name in typed}


def _masked(field: FieldDef, value: ir.Value) -> ir.Value:
    kind = field.mask
    if kind is Mask.BAND:
        return _band_expression(value, field.unit)
    text = value.cast("string")
    match kind:
        case Mask.NAME:
            return text.substr(0, 1) + "**"
        case Mask.CITIZEN_NO:
            shown = text.substr(0, 4) + "*" * 10 + text.substr(14, 4)
            return ibis.cases((text.length() == 18, shown), (text.notnull(), HIDDEN), else_=None)
        case Mask.PHONE:
            long = text.substr(0, 3) + "****" + text.right(4)
            return ibis.cases((text.length() >= 11, long), else_=ibis.literal("****") + text.right(2))
        case Mask.ACCOUNT:
            return ibis.cases(
                (text.length() > 8, ibis.literal("****") + text.right(4)), (text.notnull(), "****"), else_=None
            )
        case Mask.ADDRESS:
            return text.substr(0, 6) + "****"
    return ibis.cases((text.notnull(), HIDDEN), else_=None)


def _unit(unit: str | None) -> tuple[int, str]:
    return _UNITS.get(unit or "", (0, ""))


def _tail(power: int) -> str:
    """What follows the one digit of a number with `power` more digits: 7 is 000万."""
    size, word = (8, "亿") if power >= 8 else (4, "万") if power >= 4 else (0, "")
    return "0" * (power - size) + word


def _band(number: Decimal, unit: str | None) -> str:
    shift, word = _unit(unit)
    if number == 0:
        return "0" + word
    sign = "-" if number < 0 else ""
    text = f"{abs(number):f}".partition(".")[0].lstrip("0")
    if text == "":
        return f"{sign}0–{sign}1{_tail(shift)}{word}"
    digit, power = int(text[0]), len(text) - 1 + shift
    above = f"{digit + 1}{_tail(power)}" if digit < 9 else f"1{_tail(power + 1)}"
    return f"{sign}{digit}{_tail(power)}–{sign}{above}{word}"


def _band_expression(value: ir.Value, unit: str | None) -> ir.Value:
    """The same from the digits of the integer part: its first, and how many there are."""
    shift, word = _unit(unit)
    text = value.abs().cast("string").re_extract("^[0-9]+", 0)
    digit, length = text.substr(0, 1), text.length()
    sign = ibis.ifelse(value < 0, "-", "")
    tails = [(size, _tail(size - 1 + shift)) for size in _DIGITS]
    tails_above = [(size, "1" + _tail(size + shift)) for size in _DIGITS]
    above = ibis.cases(
        (digit == "9", length.cases(*tails_above)),
        else_=(digit.cast("int64") + 1).cast("string") + length.cases(*tails),
    )
    bands = sign.concat(digit, length.cases(*tails), "–", sign, above, word)
    below_one = sign.concat("0–", sign, f"1{_tail(shift)}{word}")
    return ibis.cases((value == 0, "0" + word), (text == "0", below_one), else_=bands)
