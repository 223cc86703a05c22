"""What can be wrong with an item beyond its shape: names that point nowhere, examples that fail their own checks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from xinshu.catalogue import patterns, relations, single
from xinshu.catalogue.model import (
    AllOrNone,
    AnyPresent,
    BatchCheck,
    Compare,
    FieldDef,
    FieldType,
    Item,
    Mask,
    RowCheck,
    Sensitivity,
    SumBy,
    SumEquals,
    Unique,
    When,
)
from xinshu.catalogue.references import References
from xinshu.catalogue.source import Where

Problem = tuple[Where, str]
_ORDERED = patterns.NUMBERS | {FieldType.DATE, FieldType.MONTH}
_TIMED = frozenset({FieldType.DATE, FieldType.MONTH, FieldType.YEAR})
_LIMITABLE: dict[str, frozenset[FieldType]] = {
    "min": patterns.NUMBERS,
    "max": patterns.NUMBERS,
    "not_future": _TIMED,
    "not_before": frozenset({FieldType.DATE}),
}
_LONGEST = {FieldType.DATE, FieldType.BOOLEAN, *patterns.NUMBERS}  # no length, no pattern
_UNKNOWN_HERE = frozenset({"DIVISION_UNKNOWN", "DIVISION_RETIRED", "INDUSTRY_UNKNOWN"})  # need `References`
LATER = date(2100, 1, 1)  # an example may lie in the future
ATTRIBUTES = frozenset(
    {
        "kind",
        "division",
        "industry",
        "status",
        "established",
        "address",
        "legal_person",
        "employees",
        "revenue",
        "assets",
    }
)


def problems(item: Item) -> Iterator[Problem]:
    """Every problem of one complete item, with its path in the YAML of the item."""
    yield from _duplicates(item)
    for index, field in enumerate(item.fields):
        for path, message in field_problems(field):
            yield ("fields", index, *path), message
    yield from _references(item)
    for index, check in enumerate(item.checks):
        for path, message in row_check_problems(item, check):
            yield ("checks", index, *path), message
    for index, batch_check in enumerate(item.batch_checks):
        for path, message in batch_check_problems(item, batch_check):
            yield ("batch_checks", index, *path), message
    if item.in_force.to is not None and item.in_force.to < item.in_force.from_:
        yield ("in_force", "to"), "失效日期早于生效日期"


def _duplicates(item: Item) -> Iterator[Problem]:
    for key in ("name", "zh"):
        seen: Counter[str] = Counter()
        for index, field in enumerate(item.fields):
            value = getattr(field, key)
            seen[value] += 1
            if seen[value] > 1:
                yield ("fields", index, key), f"字段 {value} 重复"
    names = {field.name for field in item.fields}
    for index, field in enumerate(item.fields):
        if field.zh in names - {field.name}:
            yield ("fields", index, "zh"), f"中文名 {field.zh} 与另一字段的英文名相同"
    ids: Counter[str] = Counter()
    for group, checks in (("checks", item.checks), ("batch_checks", item.batch_checks)):
        for index, check in enumerate(checks):
            ids[check.id] += 1
            if ids[check.id] > 1:
                yield (group, index, "id"), f"校验 {check.id} 重复"
            if check.id in names:
                yield (group, index, "id"), f"校验 {check.id} 与字段同名"


def field_problems(field: FieldDef) -> Iterator[Problem]:
    """Problems of one field: codes, mask, limits, example."""
    personal = field.sensitivity in (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE)
    if personal and field.mask is None:
        yield ("mask",), f"{field.sensitivity.value} 字段必须有 mask"
    if field.mask is Mask.BAND and field.type not in patterns.NUMBERS:
        yield ("mask",), "band 只用于数值字段"
    if field.type is FieldType.CODE:
        if not field.codes:
            yield ("codes",), "code 字段必须有 codes 或 code_list"
    elif field.codes is not None or field.code_list is not None:
        yield ("codes",), f"{field.type.value} 字段不能有 codes 或 code_list"
    yield from code_problems(field.codes or {}, "codes")
    if field.scale is not None and field.type is not FieldType.DECIMAL:
        yield ("scale",), "scale 只用于 decimal 字段"
    if field.retired_divisions == "allow" and field.type is not FieldType.DIVISION:
        yield ("retired_divisions",), "retired_divisions 只用于 division 字段"
    limit_faults = list(_limit_problems(field))
    yield from limit_faults
    if field.example is not None and not limit_faults:
        yield from _example_problems(field)


def code_problems(codes: dict[str, str], key: str) -> Iterator[Problem]:
    """Codes that a text could mean twice."""
    names = Counter(codes.values())
    for code, zh in codes.items():
        if code == "" or zh == "" or code != code.strip() or zh != zh.strip():
            yield (key, code), "代码和名称不能为空,首尾不能有空格"
        if names[zh] > 1:
            yield (key, code), f"名称 {zh} 对应多个代码"
        if zh in codes and zh != code:
            yield (key, code), f"名称 {zh} 又是另一个代码"


def _limit_problems(field: FieldDef) -> Iterator[Problem]:
    checks = field.checks
    for name, types in _LIMITABLE.items():
        value = getattr(checks, name)
        if value is not None and value is not False and field.type not in types:
            yield ("checks", name), f"{name} 不适用于 {field.type.value} 字段"
    for name in ("min_length", "max_length", "pattern"):
        if getattr(checks, name) is not None and field.type in _LONGEST:
            yield ("checks", name), f"{name} 不适用于 {field.type.value} 字段"
    if checks.min is not None and checks.max is not None and checks.min > checks.max:
        yield ("checks", "min"), f"min {checks.min} 大于 max {checks.max}"
    if checks.min_length is not None and checks.max_length is not None and checks.min_length > checks.max_length:
        yield ("checks", "min_length"), f"min_length {checks.min_length} 大于 max_length {checks.max_length}"
    if checks.pattern is not None:
        fault = pattern_problem(checks.pattern)
        if fault is not None:
            yield ("checks", "pattern"), fault


_UNPORTABLE = re.compile(r"\(\?(?:[=!>]|<[=!]|P=|\()|(?<!\\)(?:\\\\)*\\[1-9kKGZzAbBdDwWsSpPhHRXuUxQEN]|[*+?}]\+")


def pattern_problem(pattern: str) -> str | None:
    """Why an expression is not read alike by Python, RE2 and Java; None where it is."""
    try:
        re.compile(pattern, re.ASCII | re.DOTALL)
    except re.error as error:
        return f"正则表达式有误:{error}"
    found = _UNPORTABLE.search(pattern)
    if found is not None:
        return f"正则表达式含各引擎不通用的 {found[0]}:只用字符、[…]、(?:…)、|、* + ? {{n,m}}"
    return None


def _example_problems(field: FieldDef) -> Iterator[Problem]:
    text = field.example or ""
    value = single.parse(field, text)
    codes = single.field_codes(field, text, value, LATER, References())
    for code in codes:
        if code not in _UNKNOWN_HERE:
            yield ("example",), f"示例 {text} 不符合本字段的类型或校验({code})"


def _references(item: Item) -> Iterator[Problem]:
    """Names of fields outside the fields that point nowhere."""
    known = {field.name for field in item.fields}
    subject = item.subject
    named: list[tuple[Where, str | None]] = [(("natural_key", i), n) for i, n in enumerate(item.natural_key)]
    named += [(("subject", k), getattr(subject, k)) for k in ("code", "old_number", "name", "division", "citizen_no")]
    named += [(("subject", "attributes", k), n) for k, n in subject.attributes.items()]
    named += [(("validity", "from"), item.validity.from_), (("validity", "to"), item.validity.to)]
    named += [(("update_cycle", "event_field"), item.update_cycle.event_field)]
    named += [(("retention", "from_field"), item.retention.from_field)]
    named += [(("limits", "min_fill", n), n) for n in item.limits.min_fill]
    for path, name in named:
        if name is not None and name not in known:
            yield path, f"没有字段 {name}"
    kinds = {field.name: field.type for field in item.fields}
    for path, name in named:
        if path[0] in ("validity", "update_cycle", "retention") and kinds.get(name or "") not in (None, *_TIMED):
            yield path, f"{name} 应为日期、月份或年份字段"
    if kinds.get(subject.code) not in (None, FieldType.USCC, FieldType.SUBJECT_CODE):
        yield ("subject", "code"), f"{subject.code} 应为 uscc 或 subject_code 字段"
    for key, share in item.limits.min_fill.items():
        if not 0 <= share <= 1:
            yield ("limits", "min_fill", key), f"填报率应在 0 到 1 之间,实际为 {share}"
    for key in sorted(subject.attributes.keys() - ATTRIBUTES):
        yield ("subject", "attributes", key), f"未知的主体属性 {key}"
    if len(set(item.natural_key)) < len(item.natural_key):
        yield ("natural_key",), "业务主键中有重复字段"


def row_check_problems(item: Item, check: RowCheck) -> Iterator[Problem]:
    """Problems of a check across the fields of a row."""
    kinds = {field.name: field.type for field in item.fields}
    match check:
        case Compare():
            yield from _unknown(kinds, [(("left",), check.left), (("right",), check.right)])
            yield from _compare_problems(item, kinds, check)
        case AnyPresent() | AllOrNone():
            yield from _unknown(kinds, [(("fields", i), n) for i, n in enumerate(check.fields)])
        case SumEquals():
            named: list[tuple[Where, str | None]] = [(("fields", i), n) for i, n in enumerate(check.fields)]
            named.append((("equals",), check.equals))
            yield from _unknown(kinds, named)
            for path, name in named:
                if kinds.get(name or "") not in (None, *patterns.NUMBERS):
                    yield path, f"{name} 不是数值字段"
        case _:
            yield from _unknown(kinds, [(("field",), check.field)])
    when = getattr(check, "when", None)
    if when is not None:
        for path, message in _when_problems(item, kinds, when):
            yield ("when", *path), message


def _unknown(kinds: dict[str, FieldType], named: list[tuple[Where, str | None]]) -> Iterator[Problem]:
    for path, name in named:
        if name is not None and name not in kinds:
            yield path, f"没有字段 {name}"


def _compare_problems(item: Item, kinds: dict[str, FieldType], check: Compare) -> Iterator[Problem]:
    if (check.right is None) == (check.value is None):
        yield ("right",), "right 和 value 必须且只能有一个"
        return
    left, right = kinds.get(check.left), kinds.get(check.right or check.left)
    if left is None or right is None:
        return
    if left != right and not {left, right} <= patterns.NUMBERS:
        yield ("right",), f"{check.left}({left.value})与 {check.right}({right.value})类型不同,不能比较"
    if check.op not in ("eq", "ne") and left not in _ORDERED:
        yield ("op",), f"{left.value} 字段只能用 eq、ne 比较"
    if check.tolerance < 0 or (check.tolerance and left not in patterns.NUMBERS):
        yield ("tolerance",), "tolerance 只用于数值字段,且不能为负"
    if check.plus_days and (left is not FieldType.DATE or right is not FieldType.DATE):
        yield ("plus_days",), "plus_days 只用于日期字段"
    if check.value is not None:
        yield from _value_problem(item, check.left, check.value, ("value",))


def _when_problems(item: Item, kinds: dict[str, FieldType], when: When) -> Iterator[Problem]:
    yield from _unknown(kinds, [(("field",), when.field)])
    if when.field not in kinds:
        return
    if when.op in ("in", "not_in"):
        if not when.values or when.value is not None:
            yield ("values",), f"{when.op} 要用 values 列出取值"
        for index, value in enumerate(when.values):
            yield from _value_problem(item, when.field, value, ("values", index))
    elif when.op in ("present", "absent"):
        if when.values or when.value is not None:
            yield ("op",), f"{when.op} 不需要 value 或 values"
    elif when.value is None or when.values:
        yield ("value",), f"{when.op} 要用 value 给出取值"
    else:
        if when.op not in ("eq", "ne") and kinds[when.field] not in _ORDERED:
            yield ("op",), f"{kinds[when.field].value} 字段只能用 eq、ne、in、not_in"
        yield from _value_problem(item, when.field, when.value, ("value",))


def _value_problem(item: Item, name: str, value: Any, path: Where) -> Iterator[Problem]:
    """A value that field `name` can never have."""
    field = item.field(name)
    try:
        plain = relations.literal(item, name, value)
    except ValueError as error:
        yield path, f"与字段 {name}({field.type.value})不符:{error}"
        return
    if field.type is FieldType.CODE and plain not in (field.codes or {}):
        yield path, f"字段 {name} 没有代码 {plain}"


def batch_check_problems(item: Item, check: BatchCheck) -> Iterator[Problem]:
    """Problems of a check across the rows of a batch."""
    kinds = {field.name: field.type for field in item.fields}
    match check:
        case Unique():
            yield from _unknown(kinds, [(("fields", i), n) for i, n in enumerate(check.fields)])
        case SumBy():
            yield from _unknown(kinds, [(("by", i), n) for i, n in enumerate(check.by)])
            yield from _unknown(kinds, [(("field",), check.field)])
            if kinds.get(check.field) not in (None, *patterns.NUMBERS):
                yield ("field",), f"{check.field} 不是数值字段"
