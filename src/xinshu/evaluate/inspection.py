"""What is wrong with an indicator: items and fields that are not there, types that do not fit, twins that cannot be."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from itertools import pairwise

from xinshu.catalogue import Catalogue, Item, ItemNotFoundError
from xinshu.catalogue.model import FieldType, Sensitivity, When
from xinshu.catalogue.source import Where
from xinshu.evaluate.model import (
    Bands,
    Concentration,
    Continuity,
    Count,
    Flag,
    Flagged,
    Groups,
    Indicator,
    Latest,
    Maximum,
    OverItem,
    Ratio,
    Sum,
    TimeSince,
    Trend,
    ValidToday,
    kind_of,
)

Problem = tuple[Where, str]
DATES = frozenset({FieldType.DATE, FieldType.MONTH, FieldType.YEAR})
NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.YEAR})
_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def problems(indicator: Indicator, catalogue: Catalogue, known: Mapping[str, Indicator]) -> Iterator[Problem]:
    """Every problem, with its place inside the indicator."""
    if isinstance(indicator, Ratio):
        yield from _ratio(indicator, known)
        if isinstance(indicator.twin, Groups):
            yield ("twin",), "比率是数值,脱敏形式应为 bands 或 flag"
        return
    try:
        item = catalogue.item(indicator.item)
    except ItemNotFoundError as error:
        yield ("item",), f"{error.message}:请填清单中的事项编号或英文短名"
        return
    yield from _fields(indicator, item)
    yield from _twin(indicator, item)


def _ratio(indicator: Ratio, known: Mapping[str, Indicator]) -> Iterator[Problem]:
    for side in ("numerator", "denominator"):
        name = getattr(indicator, side)
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            yield (side,), f"没有指标 {name}" + (f",是否应为 {near[0]}" if near else ":请先定义它")
        elif isinstance(known[name], Ratio):
            yield (side,), f"{name} 本身是比率:比率只能由两个非比率指标相除"
        elif known[name].unit == "code":
            yield (side,), f"{name} 的值是代码,不能相除"


def _fields(indicator: OverItem, item: Item) -> Iterator[Problem]:
    date, field = getattr(indicator, "date", None), getattr(indicator, "field", None)
    if date is not None:
        kinds = DATES if not isinstance(indicator, TimeSince) else frozenset({FieldType.DATE})
        kinds = frozenset({FieldType.MONTH}) if isinstance(indicator, Continuity) else kinds
        kinds = frozenset({FieldType.MONTH, FieldType.YEAR}) if isinstance(indicator, Trend) else kinds
        yield from _needs(item, ("date",), date, kinds)
    window = getattr(indicator, "window", None)
    if window is not None and date is None:
        yield ("window",), "有 window 就要用 date 指明按哪个日期字段计算"
    if window is not None and date is not None and _type(item, date) is FieldType.YEAR and window % 12 != 0:
        yield ("window",), f"按年度字段计算时,window 应为 12 的倍数,实际为 {window}"
    if isinstance(indicator, Trend) and _type(item, indicator.date) is FieldType.YEAR and indicator.over != 12:
        yield ("over",), "按年度字段比较时,over 应为 12"
    if isinstance(indicator, Trend) and indicator.against == "previous" and indicator.over + 12 > 24:
        yield ("against",), "近 12 个月与再前 12 个月比较就是同比,请写 year"
    if field is not None:
        allowed = NUMBERS if not isinstance(indicator, Latest) else NUMBERS | {FieldType.CODE}
        yield from _needs(item, ("field",), field, allowed)
    if isinstance(indicator, Count) and indicator.distinct is not None:
        yield from _needs(item, ("distinct",), indicator.distinct, None)
    if isinstance(indicator, Concentration):
        yield from _needs(item, ("by",), indicator.by, None)
    if isinstance(indicator, ValidToday) or indicator.valid:
        validity = item.validity
        if validity.from_ is None and validity.to is None:
            yield ("valid",), f"事项 {item.item} 没有有效期字段,不能只取当日有效的记录"
    for index, condition in enumerate(indicator.where):
        for where, words in _condition(condition, item):
            yield ("where", index, *where), words


def _type(item: Item, name: str) -> FieldType | None:
    return next((field.type for field in item.fields if field.name == name), None)


def _needs(item: Item, where: Where, name: str, kinds: frozenset[FieldType] | None) -> Iterator[Problem]:
    kind = _type(item, name)
    if kind is None:
        near = difflib.get_close_matches(name, [field.name for field in item.fields], 1)
        yield where, f"事项 {item.item} 没有字段 {name}" + (f",是否应为 {near[0]}" if near else ":请对照清单定义")
        return
    if kinds is not None and kind not in kinds:
        yield where, f"字段 {name} 的类型是 {kind.value},这里应为 {'、'.join(sorted(k.value for k in kinds))}"
    if item.field(name).sensitivity is Sensitivity.PERSONAL_SENSITIVE:
        yield where, f"字段 {name} 是敏感个人信息,不能用于指标"


def _condition(condition: When, item: Item) -> Iterator[Problem]:
    yield from _needs(item, ("field",), condition.field, None)
    kind = _type(item, condition.field)
    if kind is None:
        return
    if condition.op in ("in", "not_in"):
        if len(condition.values) == 0:
            yield ("values",), f"op 为 {condition.op} 时要写 values"
        given = list(condition.values)
    elif condition.op in ("present", "absent"):
        given = []
    else:
        if condition.value is None:
            yield ("value",), f"op 为 {condition.op} 时要写 value"
        given = [condition.value] if condition.value is not None else []
    if condition.op in _ORDERED and kind not in NUMBERS:
        yield ("op",), f"字段 {condition.field} 的类型是 {kind.value},不能比较大小"
    codes = item.field(condition.field).codes
    for value in given:
        if kind in NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield ("value",), f"字段 {condition.field} 是数值,{value!r} 应写成不带引号的数"
        elif kind is FieldType.BOOLEAN and not isinstance(value, bool):
            yield ("value",), f"字段 {condition.field} 是是否,应写 true 或 false,实际为 {value!r}"
        elif kind not in NUMBERS and kind is not FieldType.BOOLEAN and not isinstance(value, str):
            yield ("value",), f"字段 {condition.field} 是文字或代码,{value!r} 请加引号"
        elif codes is not None and value not in codes:
            yield ("value",), f"代码 {value} 不在字段 {condition.field} 的代码表中:可用 {'、'.join(list(codes)[:12])}"


def _twin(indicator: OverItem, item: Item) -> Iterator[Problem]:
    field = getattr(indicator, "field", None)
    kind = kind_of(indicator, _type(item, field) if field is not None else None)
    twin = indicator.twin
    if kind == "code" and not isinstance(twin, Groups):
        yield ("twin",), "指标的值是代码,脱敏形式应为 groups"
    if kind != "code" and isinstance(twin, Groups):
        yield ("twin",), "指标的值是数值,脱敏形式应为 bands 或 flag"
    if isinstance(twin, Bands) and any(a >= b for a, b in pairwise(twin.edges)):
        yield ("twin", "edges"), "分档的界限应由小到大,不能重复"
    if (kind == "code") != (indicator.unit == "code"):
        yield ("unit",), "值是代码的指标,unit 写 code;其他的不能写 code"
    if isinstance(indicator, Flag) and (indicator.unit != "flag" or not isinstance(twin, Flagged)):
        yield ("unit",), "标志指标的 unit 和脱敏形式都写 flag"
    if isinstance(indicator, TimeSince) and indicator.unit not in ("day", "month"):
        yield ("unit",), f"time_since 的 unit 是 day 或 month,实际为 {indicator.unit}"
    if isinstance(indicator, Sum | Maximum | Latest) and isinstance(twin, Flagged) and field is None:
        yield ("twin",), "标志形式需要数值"
