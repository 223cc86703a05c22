"""The steps of a mapping as Ibis expressions over text, for DuckDB and Spark alike."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from xinshu.catalogue.conditions import any_of
from xinshu.catalogue.patterns import one_of
from xinshu.collect.mapping import Mapping, Origin, Step

# Amount, unit and currency of a registered capital. Units: 元, 万[元], 百万[元], 亿[元].
CAPITAL = r"^([0-9][0-9,]*(?:\.[0-9]+)?)\s*[(（]?\s*(亿|百万|万|元)?元?[(（]?([一-龥]*?)元?[)）]*$"
CURRENCIES = {
    "": "CNY", "人民币": "CNY", "美": "USD", "欧": "EUR", "港": "HKD", "港币": "HKD", "香港": "HKD", "日": "JPY",
    "英镑": "GBP", "新加坡": "SGD", "瑞士法郎": "CHF", "澳大利亚": "AUD", "澳": "AUD", "加拿大": "CAD", "加": "CAD",
    "韩": "KRW", "新台币": "TWD", "台币": "TWD", "澳门": "MOP", "丹麦克朗": "DKK", "瑞典克朗": "SEK", "新西兰": "NZD",
}  # fmt: skip


@dataclass(frozen=True)
class Lookups:
    """Code systems that steps refer to: known division codes; names of cities → division code."""

    divisions: frozenset[str]
    cities: Dict[str, str]


_WIDE_SPACES = ("\u3000", "\u00a0")
_SPACES = (" ", "\t", "\r", "\n", *_WIDE_SPACES)


def cells(raw: ir.Table, header: list[str], missing: tuple[str, ...] = ()) -> dict[str, ir.StringValue]:
    """Trimmed text of each column of the stream, by header; absent (null) where empty or one of `missing`."""
    trimmed = {name: _trimmed(raw[f"c{i}"]) for i, name in enumerate(header)}
    return {name: ibis.ifelse(text.isin(["", *missing]), ibis.null("string"), text) for name, text in trimmed.items()}


def _trimmed(text: ir.StringValue) -> ir.StringValue:
    """Without blanks at either end. Few cells have any, and looking for them costs a fifth of taking them away."""
    begins = [text < "!", *(text.startswith(space) for space in _WIDE_SPACES)]  # all ASCII blanks sort before "!"
    ends = begins + [text.endswith(space) for space in _SPACES]
    plain = text.replace("\u3000", " ").replace("\u00a0", " ").strip()
    return ibis.ifelse(any_of(ends), plain, text)


def mapped(mapping: Mapping, columns: Dict[str, ir.StringValue], lookups: Lookups) -> dict[str, ir.StringValue]:
    """Text of each field, null where absent."""
    return {
        name: _first([_origin(origin, columns, lookups) for origin in origins])
        for name, origins in mapping.fields.items()
    }


OPERATIONS = {
    "U": ["I", "U", "i", "u", "insert", "update", "新增", "变更", "修改"],
    "D": ["D", "d", "delete", "删除"],
}


def operation(mapping: Mapping, columns: Dict[str, ir.StringValue], lookups: Lookups) -> ir.StringValue:
    """`U` or `D` for each row, `?` where the text says neither."""
    if len(mapping.operation) == 0:
        return ibis.literal("U")
    text = _first([_origin(origin, columns, lookups) for origin in mapping.operation])
    known = [(text.isin(words), code) for code, words in OPERATIONS.items()]
    return ibis.cases((text.isnull(), "U"), *known, else_="?")


def shifted(mapping: Mapping, columns: Dict[str, ir.StringValue]) -> ir.BooleanValue:
    """Whether a row shows a sign that its cells have moved."""
    found: ir.BooleanValue = ibis.literal(False)
    for sign in mapping.shifted:
        text = columns[sign.column]
        if sign.matches is not None:
            found |= text.re_search(_whole(sign.matches)).fill_null(False)
        if sign.not_matches is not None:
            found |= ~text.re_search(_whole(sign.not_matches)).fill_null(True)
    return found


def _first(candidates: list[ir.StringValue]) -> ir.StringValue:
    return candidates[0] if len(candidates) == 1 else ibis.coalesce(*candidates)


def _origin(origin: Origin, columns: Dict[str, ir.StringValue], lookups: Lookups) -> ir.StringValue:
    if origin.constant is not None:
        return ibis.literal(origin.constant)
    text = columns[str(origin.column)]
    for step in origin.steps:
        text = _step(text, step, lookups)
    return text


def _step(text: ir.StringValue, step: Step, lookups: Lookups) -> ir.StringValue:
    none = ibis.null("string")
    match step.verb:
        case "keep_if":
            return ibis.ifelse(text.re_search(_whole(str(step.keep_if))), text, none)
        case "drop_if":
            return ibis.ifelse(text.re_search(_whole(str(step.drop_if))), none, text)
        case "extract":
            return text.re_extract(str(step.extract), 1).nullif("")
        case "replace":
            assert step.replace is not None  # noqa: S101
            return text.replace(*step.replace)
        case "substring":
            assert step.substring is not None  # noqa: S101
            return text.substr(*step.substring).nullif("")
        case "translate":
            return _translate(text, step.translate or {})
        case "upper":
            return text.upper()
        case "known":
            # One pattern: thousands of constants in a list would cost DuckDB a vector each.
            return ibis.ifelse(text.re_search(one_of(lookups.divisions)), text, none)
        case "city_division":
            return _looked_up(text, lookups.cities, width=6)
        case _:
            return _capital_amount(text) if step.capital == "amount" else _capital_currency(text)


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _translate(text: ir.StringValue, table: Dict[str, str]) -> ir.StringValue:
    return ibis.cases(*[(text == key, value) for key, value in table.items()], else_=text) if table else text


def _looked_up(text: ir.StringValue, table: Dict[str, str], width: int) -> ir.StringValue:
    """The value of `text` in a large table of values of equal width, absent where it has none."""
    words = ibis.literal("".join(f"|{key}={value}" for key, value in sorted(table.items())))
    at = words.find(ibis.literal("|") + text + "=")
    return ibis.ifelse(at >= 0, words.substr(at + text.length() + 2, width), ibis.null("string"))


def _capital_amount(text: ir.StringValue) -> ir.StringValue:
    """Amount in ten thousand of the currency; what cannot be read passes unchanged and fails the type check."""
    number = text.re_extract(CAPITAL, 1).replace(",", "")
    unit = text.re_extract(CAPITAL, 2)
    amount = number.try_cast("decimal(28,6)")
    scaled = ibis.cases(
        (unit == "元", (amount / ibis.literal("10000").cast("decimal(10,0)")).cast("decimal(28,6)").cast("string")),
        (unit == "百万", (amount * ibis.literal(100, type="int32")).cast("string")),
        (unit == "亿", (amount * ibis.literal(10000, type="int32")).cast("string")),
        else_=number,
    )
    return ibis.ifelse(_readable(text), scaled, text)


def _capital_currency(text: ir.StringValue) -> ir.StringValue:
    """ISO 4217 code of the currency named in the text; absent where the amount cannot be read."""
    named = text.re_extract(CAPITAL, 3)
    code = ibis.cases(*[(named == name, code) for name, code in CURRENCIES.items()], else_=ibis.null("string"))
    return ibis.ifelse(_readable(text), code, ibis.null("string"))


def _readable(text: ir.StringValue) -> ir.BooleanValue:
    named = text.re_extract(CAPITAL, 3)
    return text.re_search(CAPITAL) & (text.re_extract(CAPITAL, 2) != "") & named.isin(list(CURRENCIES))


def capital_parts(text: str) -> tuple[str, str, str] | None:
    """(number, unit, currency word) of a capital text, for tests and forms; None where it cannot be read."""
    found = re.fullmatch(CAPITAL, text)
    return (found[1], found[2] or "", found[3]) if found else None
