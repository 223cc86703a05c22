"""One row at a time in plain Python, for forms: `check_row` gives what the vectorised `checks` give.

The pair is held together by tests; change one only with the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Any

from xinshu.catalogue import patterns
from xinshu.catalogue.model import FieldDef, FieldType, Item
from xinshu.catalogue.references import References
from xinshu.catalogue.relations import violated
from xinshu.core import check_digits

Row = Mapping[str, str | None]

_TEXTS = frozenset({FieldType.STRING, FieldType.TEXT})
_PARSED = frozenset(
    {
        FieldType.INTEGER,
        FieldType.DECIMAL,
        FieldType.DATE,
        FieldType.MONTH,
        FieldType.YEAR,
        FieldType.BOOLEAN,
        FieldType.CODE,
    }
)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.DOTALL)


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches."""
    return _compiled(pattern).fullmatch(text) is not None


def trimmed(row: Row) -> dict[str, str]:
    """The texts of a row, trimmed, '' for what is absent."""
    return {name: "" if text is None else text.strip() for name, text in row.items()}


def check_row(item: Item, row: Row, today: date, references: References) -> tuple[dict[str, Any], list[str]]:
    """Typed values of one row and its errors, `field|CODE` or `check-id|CHECK`, empty where it is fine."""
    raw = trimmed(row)
    typed = {field.name: parse(field, raw.get(field.name, "")) for field in item.fields}
    reasons = [
        f"{field.name}|{code}"
        for field in item.fields
        for code in field_codes(field, raw.get(field.name, ""), typed[field.name], today, references)
    ]
    reasons += [f"{c.id}|CHECK" for c in item.checks if c.level == "error" and violated(item, raw, typed, c)]
    return typed, reasons


def warn_row(item: Item, row: Row) -> list[str]:
    """Warnings of one row; it may be accepted with them."""
    raw = trimmed(row)
    typed = {field.name: parse(field, raw.get(field.name, "")) for field in item.fields}
    warnings = [f"{f.name}|ORG_CHECK" for f in item.fields if _org_check_fails(f, typed[f.name])]
    return warnings + [f"{c.id}|CHECK" for c in item.checks if c.level == "warning" and violated(item, raw, typed, c)]


def parse(field: FieldDef, text: str) -> Any:
    """The typed value of a trimmed text; None where it is absent or cannot be parsed."""
    if text == "":
        return None
    if field.type in _TEXTS:
        return text
    if field.type not in _PARSED:
        return text.translate(patterns.IDENTIFIER_TABLE)
    if field.type is FieldType.CODE:
        codes = field.codes or {}
        return text if text in codes else {zh: code for code, zh in codes.items()}.get(text)
    if field.type is FieldType.BOOLEAN:
        return True if text in patterns.TRUE else False if text in patterns.FALSE else None
    half = text.translate(patterns.NUMBER_TABLE)
    if field.type is FieldType.INTEGER:
        return _integer(half)
    if field.type is FieldType.DECIMAL:
        return _decimal(half, patterns.DEFAULT_SCALE if field.scale is None else field.scale)
    if field.type is FieldType.YEAR:
        return int(half[:4]) if matches(half, patterns.YEAR_LOOSE) else None
    return _month(half) if field.type is FieldType.MONTH else _date(half)


def _integer(half: str) -> int | None:
    if not matches(half, patterns.INTEGER_LOOSE):
        return None
    number = int(half.replace(",", "").partition(".")[0])
    return number if -patterns.INTEGER_MAX - 1 <= number <= patterns.INTEGER_MAX else None


def _decimal(half: str, scale: int) -> Decimal | None:
    if not matches(half, patterns.DECIMAL_LOOSE) or re.search(patterns.DIGIT, half) is None:
        return None
    with localcontext() as context:
        context.prec = 100
        number = Decimal(half.replace(",", "")).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    limit = Decimal(10) ** (patterns.DECIMAL_PRECISION - scale)
    return None if abs(number) >= limit else number + 0  # no negative zero


def _month(half: str) -> str | None:
    if not matches(half, patterns.MONTH_LOOSE):
        return None
    parts = re.match(patterns.MONTH_PARTS, half)
    return None if parts is None else f"{parts[1]}-{parts[2]:>02}"


def _date(half: str) -> date | None:
    if not matches(half, patterns.DATE_LOOSE):
        return None
    parts = re.match(patterns.DATE_PARTS, half)
    try:
        return None if parts is None else date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        return None


def field_codes(field: FieldDef, text: str, value: Any, today: date, references: References) -> list[str]:
    """Codes of the reasons against one field; `value` is what `parse` gives for the trimmed `text`."""
    if text == "":
        return ["REQUIRED"] if field.required else []
    if value is None:
        return ["CODE_UNKNOWN" if field.type is FieldType.CODE else "TYPE"]
    return _identifier_codes(field, value, today, references) + _limit_codes(field, value, today)


def _identifier_codes(field: FieldDef, value: Any, today: date, references: References) -> list[str]:
    match field.type:
        case FieldType.USCC | FieldType.SUBJECT_CODE:
            return _subject_codes(field, value)
        case FieldType.CITIZEN_NO:
            if not matches(value, patterns.CITIZEN):
                return ["CITIZEN_FORMAT"]
            born = _date(f"{value[6:10]}-{value[10:12]}-{value[12:14]}")
            sound = born is not None and born <= today and check_digits.citizen_check(value[:17]) == value[17]
            return [] if sound else ["CITIZEN_CHECK"]
        case FieldType.REGISTRATION_NO:
            return [] if matches(value, patterns.REGISTRATION_NO) else ["REGNO_FORMAT"]
        case FieldType.PHONE:
            return [] if matches(value, patterns.PHONE) else ["PHONE_FORMAT"]
        case FieldType.INDUSTRY:
            return [] if value in references.industries else ["INDUSTRY_UNKNOWN"]
        case FieldType.DIVISION:
            if value in references.divisions_current:
                return []
            if value not in references.divisions_retired:
                return ["DIVISION_UNKNOWN"]
            return ["DIVISION_RETIRED"] if field.retired_divisions == "refuse" else []
    return []


def _subject_codes(field: FieldDef, value: str) -> list[str]:
    if matches(value, patterns.USCC):
        return [] if check_digits.uscc_check(value[:17]) == value[17] else ["USCC_CHECK"]
    if field.type is FieldType.SUBJECT_CODE and matches(value, patterns.PLATFORM_CODE):
        return [] if check_digits.platform_check(value[2:17]) == value[17] else ["USCC_CHECK"]
    return ["USCC_FORMAT"]


def _org_check_fails(field: FieldDef, value: Any) -> bool:
    if field.type not in (FieldType.USCC, FieldType.SUBJECT_CODE) or value is None:
        return False
    return matches(value, patterns.USCC) and check_digits.organisation_check(value[8:16]) != value[16]


def _limit_codes(field: FieldDef, value: Any, today: date) -> list[str]:
    checks = field.checks
    latest = {FieldType.MONTH: today.isoformat()[:7], FieldType.YEAR: today.year}.get(field.type, today)
    found = {
        "PATTERN": checks.pattern is not None and not matches(value, checks.pattern),
        "MIN": checks.min is not None and value < patterns.number(checks.min),
        "MAX": checks.max is not None and value > patterns.number(checks.max),
        "TOO_SHORT": checks.min_length is not None and len(value) < checks.min_length,
        "TOO_LONG": checks.max_length is not None and len(value) > checks.max_length,
        "FUTURE": checks.not_future and value > latest,
        "TOO_EARLY": checks.not_before is not None and value < checks.not_before,
    }
    return [code for code, bad in found.items() if bad]
