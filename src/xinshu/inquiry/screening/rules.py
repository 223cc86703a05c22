"""From criteria to the parameters of the one query that screens: every name checked against the catalogue. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from xinshu.catalogue import Catalogue, Item
from xinshu.catalogue.faults import ItemNotFoundError
from xinshu.catalogue.model import FieldDef, FieldType, Sensitivity
from xinshu.inquiry.screening.model import Criteria, CriteriaError, FactCondition, FactCriterion

# Texts are not compared: names of persons stand in open texts too, and nobody is to be searched for by them.
_OPS: dict[FieldType, tuple[str, ...]] = {
    FieldType.CODE: ("in",),
    FieldType.BOOLEAN: ("in",),
    FieldType.DIVISION: ("in", "begins"),
    FieldType.INDUSTRY: ("in", "begins"),
    FieldType.INTEGER: ("from", "to"),
    FieldType.DECIMAL: ("from", "to"),
    FieldType.YEAR: ("from", "to"),
    FieldType.DATE: ("from", "to"),
    FieldType.MONTH: ("from", "to"),
}
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.YEAR)


def parameters(
    criteria: Criteria, catalogue: Catalogue, permitted: Sequence[str] | None, today: date
) -> dict[str, Any]:
    """Parameters of the query `screen`. `permitted`: items that the member may read, None: not limited.

    Raises CriteriaError, ItemNotFoundError.
    """
    facts = [_fact(number, fact, catalogue, permitted) for number, fact in enumerate(criteria.facts)]
    return {
        "divisions": list(criteria.divisions) or None,
        "industries": list(criteria.industries) or None,
        "sizes": list(criteria.sizes) or None,
        "kinds": list(criteria.kinds) or None,
        "statuses": list(criteria.statuses) or None,
        "established_from": criteria.established_from,
        "established_to": criteria.established_to,
        "facts": orjson.dumps(facts).decode(),
        "required": sum(1 << number for number, fact in enumerate(criteria.facts) if fact.required),
        "today": today.isoformat(),
    }


def _fact(number: int, fact: FactCriterion, catalogue: Catalogue, permitted: Sequence[str] | None) -> dict[str, Any]:
    try:
        item = catalogue.item(fact.item)
    except ItemNotFoundError as error:
        raise CriteriaError(str(error.message), hint=error.hint, fact=number + 1) from None
    if item.access != "open":
        raise CriteriaError(
            f"事项 {item.item}“{item.name.zh}”不是公开事项,不能用于筛查", hint="取得企业授权后逐户查询", fact=number + 1
        )
    if permitted is not None and item.item not in permitted:
        raise CriteriaError(f"本单位的接入范围不含“{item.name.zh}”", hint="向平台申请扩大接入范围", fact=number + 1)
    return {
        "no": number,
        "item": item.item,
        "present": fact.present,
        "newest": fact.newest,
        "conditions": [_condition(number, item, one, catalogue) for one in fact.where],
    }


def _condition(number: int, item: Item, condition: FactCondition, catalogue: Catalogue) -> dict[str, Any]:
    try:
        field = item.field(condition.field)
    except KeyError:
        raise CriteriaError(
            f"事项 {item.item} 没有字段 {condition.field}", hint=f"见 /v1/catalogue/{item.item}", fact=number + 1
        ) from None
    ops = _OPS.get(field.type, ())
    if field.sensitivity is not Sensitivity.OPEN or field.mask is not None or len(ops) == 0:
        raise CriteriaError(
            f"字段 {field.name}“{field.zh}”不能用于筛查", hint="可用公开的代码、数值、日期类字段", fact=number + 1
        )
    if condition.op not in ops:
        raise CriteriaError(
            f"字段 {field.name}“{field.zh}”不能用 {condition.op} 比较", hint=f"可用:{'、'.join(ops)}", fact=number + 1
        )
    if condition.op in ("from", "to") and len(condition.values) != 1:
        raise CriteriaError(f"{condition.op} 只能有一个值", hint="上下限各写一条", fact=number + 1)
    for value in condition.values:
        if not _fits(field, value, catalogue):
            raise CriteriaError(
                f"字段 {field.name}“{field.zh}”没有这样的值:{value}", hint=f"见 /v1/catalogue/{item.item}",
                fact=number + 1,
            )  # fmt: skip
    kind = "number" if field.type in _NUMBERS else "text"
    return {"field": field.name, "op": condition.op, "kind": kind, "values": list(condition.values)}


def _fits(field: FieldDef, value: str, catalogue: Catalogue) -> bool:
    match field.type:
        case FieldType.CODE:
            codes = field.codes if field.codes is not None else catalogue.code_list(str(field.code_list)).codes
            return value in codes
        case FieldType.BOOLEAN:
            return value in ("true", "false")
        case FieldType.DATE:
            return _is_date(value)
        case FieldType.MONTH:
            return _is_date(f"{value}-01")
        case FieldType.INTEGER | FieldType.DECIMAL | FieldType.YEAR:
            try:
                number = Decimal(value)
            except InvalidOperation:
                return False
            return number.is_finite() and abs(number) < Decimal(10) ** 20 and abs(int(number.as_tuple().exponent)) < 20
    return value.isascii() and value.isalnum()  # divisions, industries and their beginnings


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
