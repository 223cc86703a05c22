"""Kinds of dirt: how a clean row is spoilt, and what a correct pipeline must then say of it.

A reason is written as the checks write it, `field|CODE`, or `|CODE` for the row; None: some reason, whichever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from xinshu.catalogue.model import FieldDef, FieldType, Item
from xinshu.core.check_digits import USCC_ALPHABET

Row = dict[str, str]
ACCEPTED, QUARANTINED = "accepted", "quarantined"


@dataclass(frozen=True)
class Spoilt:
    """Rows to write instead of the clean row, and the verdict they all get; `before` are clean rows put before them."""

    kind: str
    rows: list[Row]
    verdict: str
    field: str = ""
    reason: str | None = None
    before: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Context:
    """What spoiling needs: the item, the batch's day, a random number, a stranger's identity, the own old number."""

    item: Item
    day: date
    luck: int
    stranger_code: str
    stranger_name: str
    old_number: str | None
    retired_divisions: tuple[str, ...]


Spoiler = Callable[[Context, Row], Spoilt | None]
_NUMBERS = (FieldType.DECIMAL, FieldType.INTEGER)


def _fields(context: Context, row: Row, fits: Callable[[FieldDef, str], bool]) -> FieldDef | None:
    """One of the fields whose value fits, by luck."""
    found = [f for f in context.item.fields if fits(f, row[f.name])]
    return found[context.luck % len(found)] if found else None


def _refuse(kind: str, row: Row, field: FieldDef, value: str, code: str) -> Spoilt:
    return Spoilt(kind, [{**row, field.name: value}], QUARANTINED, field.name, f"{field.name}|{code}")


def _accept(kind: str, row: Row, field: str, value: str) -> Spoilt:
    return Spoilt(kind, [{**row, field: value}], ACCEPTED, field)


def bad_check_digit(context: Context, row: Row) -> Spoilt | None:
    """The last character of the unified code is another one."""
    field = context.item.field(context.item.subject.code)
    code = row[field.name]
    if len(code) != 18 or not code.startswith("9"):
        return None
    wrong = USCC_ALPHABET[(USCC_ALPHABET.index(code[-1]) + 1 + context.luck % 29) % 31]
    return _refuse("bad_check_digit", row, field, code[:-1] + wrong, "USCC_CHECK")


def missing_required(context: Context, row: Row) -> Spoilt | None:
    """A required field is empty."""
    field = _fields(context, row, lambda f, v: f.required and v != "")
    return None if field is None else _refuse("missing_required", row, field, "", "REQUIRED")


def unknown_code(context: Context, row: Row) -> Spoilt | None:
    """A code that the list does not have."""
    field = _fields(context, row, lambda f, v: f.type is FieldType.CODE and v != "")
    return None if field is None else _refuse("unknown_code", row, field, "虚码", "CODE_UNKNOWN")


def impossible_date(context: Context, row: Row) -> Spoilt | None:
    """30 February."""
    field = _fields(context, row, lambda f, v: f.type is FieldType.DATE and v != "")
    return None if field is None else _refuse("impossible_date", row, field, row[field.name][:4] + "-02-30", "TYPE")


def future_date(context: Context, row: Row) -> Spoilt | None:
    """A date that cannot be in the future is."""
    field = _fields(context, row, lambda f, v: f.type is FieldType.DATE and f.checks.not_future and v != "")
    later = (context.day + timedelta(days=400 + context.luck % 300)).isoformat()
    return None if field is None else _refuse("future_date", row, field, later, "FUTURE")


def wrong_sign(context: Context, row: Row) -> Spoilt | None:
    """An amount that cannot be negative is."""

    def fits(f: FieldDef, v: str) -> bool:
        positive = v not in ("", "0") and not v.startswith("-") and v.strip("0.") != ""
        return f.type in _NUMBERS and f.checks.min is not None and f.checks.min >= 0 and positive

    field = _fields(context, row, fits)
    return None if field is None else _refuse("wrong_sign", row, field, "-" + row[field.name], "MIN")


def shifted_columns(context: Context, row: Row) -> Spoilt | None:
    """All cells have moved one column to the right."""
    names = list(row)
    cells = ["", *row.values()][: len(names)]
    return Spoilt("shifted_columns", [dict(zip(names, cells, strict=True))], QUARANTINED)


def text_too_long(context: Context, row: Row) -> Spoilt | None:
    """A text runs on."""

    def fits(f: FieldDef, v: str) -> bool:
        limit = f.checks.max_length
        return f.type in (FieldType.STRING, FieldType.TEXT) and v != "" and limit is not None and limit <= 1000

    field = _fields(context, row, fits)
    if field is None:
        return None
    value = row[field.name]
    limit = field.checks.max_length or 0
    return _refuse("text_too_long", row, field, value * (limit // len(value) + 1), "TOO_LONG")


def retired_division(context: Context, row: Row) -> Spoilt | None:
    """A division that no longer exists."""

    def fits(f: FieldDef, v: str) -> bool:
        return f.type is FieldType.DIVISION and f.retired_divisions == "refuse" and v != ""

    field = _fields(context, row, fits)
    if field is None or not context.retired_divisions:
        return None
    old = context.retired_divisions[context.luck % len(context.retired_divisions)]
    return _refuse("retired_division", row, field, old, "DIVISION_RETIRED")


def unknown_subject(context: Context, row: Row) -> Spoilt | None:
    """A subject that no registration has told of; facts only."""
    subject = context.item.subject
    if subject.role == "registry":
        return None
    other = {**row, subject.code: context.stranger_code, str(subject.name): context.stranger_name}
    if subject.old_number is not None:
        other[subject.old_number] = ""
    return Spoilt("unknown_subject", [other], QUARANTINED, subject.code, "|SUBJECT_UNKNOWN")


def old_number_as_code(context: Context, row: Row) -> Spoilt | None:
    """An old registration number stands in the column of the unified code."""
    field = context.item.field(context.item.subject.code)
    if row[field.name] == "":
        return None
    number = row[field.name][2:8] + f"{context.luck % 10**9:09d}"
    return _refuse("old_number_as_code", row, field, number, "USCC_FORMAT")


def old_number_only(context: Context, row: Row) -> Spoilt | None:
    """Only the old registration number is given: enough to find the subject."""
    subject = context.item.subject
    if subject.old_number is None or context.old_number is None or row[subject.code] == "":
        return None
    if context.item.field(subject.code).required:
        return None
    other = {**row, subject.code: "", subject.old_number: context.old_number}
    return Spoilt("old_number_only", [other], ACCEPTED, subject.code)


def _has_batch_errors(item: Item) -> bool:
    """Such checks look at all rows together and would fail the clean neighbours too."""
    return any(check.level == "error" for check in item.batch_checks)


def identical_duplicate(context: Context, row: Row) -> Spoilt | None:
    """The same row twice."""
    if _has_batch_errors(context.item):
        return None
    return Spoilt("identical_duplicate", [row, dict(row)], ACCEPTED)


def conflicting_duplicate(context: Context, row: Row) -> Spoilt | None:
    """The same key twice with other content: neither can be trusted."""
    item = context.item
    if _has_batch_errors(item):
        return None
    identity = {item.subject.code, item.subject.old_number, item.subject.citizen_no, item.subject.division}

    def fits(f: FieldDef, v: str) -> bool:
        free = f.name not in item.natural_key and f.name not in identity and f.name != item.subject.name
        room = f.checks.max_length is None or f.checks.max_length >= len(v) + 4
        return f.type in (FieldType.STRING, FieldType.TEXT) and free and v != "" and f.checks.pattern is None and room

    field = _fields(context, row, fits)
    name = item.subject.name if field is None else field.name
    if name is None:
        return None
    other = {**row, name: row[name] + "(改)"}
    return Spoilt("conflicting_duplicate", [row, other], QUARANTINED, name, "|DUPLICATE_CONFLICT")


def name_variant(context: Context, row: Row) -> Spoilt | None:
    """Full-width brackets and a blank in the name: the same name."""
    name = str(context.item.subject.name)
    value = row[name].replace("(", "（").replace(")", "）")
    return None if value == row[name] else _accept("name_variant", row, name, f" {value}")


def date_format(context: Context, row: Row) -> Spoilt | None:
    """A date written in another way that can be read."""
    field = _fields(context, row, lambda f, v: f.type is FieldType.DATE and v != "")
    if field is None:
        return None
    year, month, day = row[field.name].split("-")
    forms = (f"{year}/{int(month)}/{int(day)}", f"{year}年{int(month)}月{int(day)}日", f"{year}{month}{day}")
    return _accept("date_format", row, field.name, forms[context.luck % 3])


def thousands_separator(context: Context, row: Row) -> Spoilt | None:
    """An amount with separators."""

    def fits(f: FieldDef, v: str) -> bool:
        return f.type in _NUMBERS and len(v.partition(".")[0].lstrip("-")) > 3

    field = _fields(context, row, fits)
    if field is None:
        return None
    whole, point, part = row[field.name].partition(".")
    return _accept("thousands_separator", row, field.name, f"{int(whole):,}{point}{part}")


SPOILERS: tuple[Spoiler, ...] = (
    bad_check_digit,
    missing_required,
    unknown_code,
    impossible_date,
    future_date,
    wrong_sign,
    shifted_columns,
    text_too_long,
    retired_division,
    unknown_subject,
    old_number_as_code,
    old_number_only,
    identical_duplicate,
    conflicting_duplicate,
    name_variant,
    date_format,
    thousands_separator,
)
# What a file with typed columns cannot hold.
UNTYPED = frozenset({impossible_date, shifted_columns, date_format, thousands_separator})
