"""Laying a province's changes over a national item: it may add and tighten, never remove or loosen (R4.2). Pure.

Whatever the national item refuses, the overlaid item refuses too; a property test holds this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from xinshu.catalogue.inspection import Problem, batch_check_problems, field_problems, row_check_problems
from xinshu.catalogue.model import FieldDef, Item, Limits, OverlayItem, Sensitivity, UpdateCycle

MOST_FIELDS = 40
_STRICTER = tuple(Sensitivity)  # in order of definition: open, firm-confidential, personal, personal-sensitive
_CYCLES = ("realtime", "day", "week", "month", "quarter", "year")
_WORDS = frozenset({"note", "example", "format"})  # explanations, without effect on what is accepted
_RISING = frozenset({"min", "min_length", "not_before", "min_rows", "min_rows_vs_previous"})
_FALLING = frozenset({"max", "max_length", "max_quarantined", "max_deletions"})


def extended(item: Item, patch: OverlayItem) -> tuple[Item, list[Problem]]:
    """`item` with the changes of `patch`, and every change that loosens or does not fit, with its path in the patch.

    Changes found wrong are left out of the result.
    """
    found: list[Problem] = []
    fields = []
    for field in item.fields:
        changes = patch.tighten.get(field.name)
        changed, wrong = (field, []) if changes is None else _tightened(field, changes)
        found += [(("tighten", field.name, *where), message) for where, message in wrong]
        fields.append(changed)
    names = {field.name for field in item.fields} | {field.zh for field in item.fields}
    for name in patch.tighten:
        if name not in names:
            found.append((("tighten", name), f"事项 {item.item}({item.version})没有字段 {name}"))
    for index, field in enumerate(patch.add_fields):
        if field.name in names or field.zh in names:
            found.append((("add_fields", index), f"字段 {field.name}({field.zh})已在事项 {item.item} 中,不能重新定义"))
            continue
        names |= {field.name, field.zh}
        found += [(("add_fields", index, *where), message) for where, message in field_problems(field)]
        fields.append(field)
    if len(fields) > MOST_FIELDS:
        found.append((("add_fields",), f"合并后有 {len(fields)} 个字段,至多 {MOST_FIELDS} 个"))
    limits, wrong = _limits(item.limits, patch.limits, {field.name for field in fields})
    cycle, late = _cycle(item.update_cycle, patch.update_cycle, {field.name for field in fields})
    found += wrong + late
    merged = item.model_copy(update={"fields": tuple(fields), "limits": limits, "update_cycle": cycle})
    return _with_checks(merged, patch, found), found


def _with_checks(item: Item, patch: OverlayItem, found: list[Problem]) -> Item:
    ids = {check.id for check in (*item.checks, *item.batch_checks)} | {field.name for field in item.fields}
    checks, batch_checks = list(item.checks), list(item.batch_checks)
    for index, check in enumerate(patch.add_checks):
        wrong = list(row_check_problems(item, check))
        if check.id in ids:
            wrong.append((("id",), f"校验 {check.id} 已存在"))
        if not wrong:
            checks.append(check)
        ids.add(check.id)
        found += [(("add_checks", index, *where), message) for where, message in wrong]
    for index, batch_check in enumerate(patch.add_batch_checks):
        wrong = list(batch_check_problems(item, batch_check))
        if batch_check.id in ids:
            wrong.append((("id",), f"校验 {batch_check.id} 已存在"))
        if not wrong:
            batch_checks.append(batch_check)
        ids.add(batch_check.id)
        found += [(("add_batch_checks", index, *where), message) for where, message in wrong]
    return item.model_copy(update={"checks": tuple(checks), "batch_checks": tuple(batch_checks)})


def _tightened(field: FieldDef, changes: dict[str, Any]) -> tuple[FieldDef, list[Problem]]:
    merged = field.model_dump(exclude_unset=True)
    if field.code_list is not None:
        merged["codes"] = field.codes
    merged["checks"] = field.checks.model_dump(exclude_unset=True)
    for key, value in changes.items():
        if key == "checks" and isinstance(value, dict):
            merged["checks"] |= value
        elif key == "codes":
            merged["codes"] = {c: (field.codes or {}).get(c, c) for c in value} if _iterable(value) else value
        else:
            merged[key] = value
    try:
        stricter = FieldDef.model_validate(merged)
    except ValidationError as error:
        return field, [(_text_path(e["loc"]), f"不成立:{e['msg']}") for e in error.errors()]
    wrong = list(_loosened(field, stricter, changes))
    wrong = wrong or list(field_problems(stricter))
    return (field if wrong else stricter), wrong


def _iterable(value: Any) -> bool:
    return isinstance(value, list | tuple | dict)


def _text_path(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return tuple(part for part in loc if part != "[key]")


def _loosened(old: FieldDef, new: FieldDef, changes: dict[str, Any]) -> Iterator[Problem]:
    """Changes that accept more than before, or that an overlay may not make at all."""
    for key, value in changes.items():
        if key in _WORDS:
            continue
        if key == "required":
            if old.required and not new.required:
                yield (key,), "国家清单要求必填,不能改为选填"
        elif key == "sensitivity":
            if _STRICTER.index(new.sensitivity) < _STRICTER.index(old.sensitivity):
                yield (key,), f"敏感级别不能从 {old.sensitivity.value} 降为 {new.sensitivity.value}"
        elif key == "mask":
            if old.mask is not None and new.mask is not old.mask:
                yield (key,), f"遮蔽方式已定为 {old.mask.value},不能更改"
        elif key == "retired_divisions":
            if old.retired_divisions == "refuse" and new.retired_divisions != "refuse":
                yield (key,), "不能放宽为接受已撤销的区划代码"
        elif key == "codes":
            for code in (new.codes or {}).keys() - (old.codes or {}).keys():
                yield (key,), f"代码 {code} 不在国家清单中,overlay 只能缩小取值范围"
            if isinstance(value, dict) and any((old.codes or {}).get(c, zh) != zh for c, zh in value.items()):
                yield (key,), "代码名称与国家清单不同"
        elif key == "checks":
            for name in value:
                if not is_stricter(name, getattr(old.checks, name), getattr(new.checks, name)):
                    yield ("checks", name), _looser(name, getattr(old.checks, name), getattr(new.checks, name))
        else:
            yield (key,), f"overlay 不能更改 {key}"


def is_stricter(name: str, old: Any, new: Any) -> bool:
    """Whether bound `name` accepts nothing that it refused; None is no bound."""
    if old is None or old is False or new == old:
        return True
    if new is None:
        return False
    if name in _RISING:
        return bool(new >= old)
    return bool(new <= old) if name in _FALLING else False


def _looser(name: str, old: Any, new: Any) -> str:
    if name == "pattern":
        return f"已有 pattern {old},不能替换;请另加一条校验"
    return f"{name} 从 {old} 改为 {new} 放宽了国家清单"


def _limits(old: Limits, changes: dict[str, Any], names: set[str]) -> tuple[Limits, list[Problem]]:
    merged = old.model_dump() | changes
    if isinstance(changes.get("min_fill"), dict):
        merged["min_fill"] = old.min_fill | changes["min_fill"]
    try:
        new = Limits.model_validate(merged)
    except ValidationError as error:
        return old, [(("limits", *_text_path(e["loc"])), f"不成立:{e['msg']}") for e in error.errors()]
    wrong: list[Problem] = []
    for name in changes.keys() - {"min_fill"}:
        before, after = getattr(old, name), getattr(new, name)
        if not is_stricter(name, before, after):
            wrong.append((("limits", name), _looser(name, before, after)))
    for name in changes.get("min_fill") or ():
        if name not in names:
            wrong.append((("limits", "min_fill", name), f"没有字段 {name}"))
        elif not old.min_fill.get(name, 0) <= new.min_fill[name] <= 1:
            wrong.append((("limits", "min_fill", name), _looser(name, old.min_fill.get(name, 0), new.min_fill[name])))
    return (old if wrong else new), wrong


def _cycle(old: UpdateCycle, new: UpdateCycle | None, names: set[str]) -> tuple[UpdateCycle, list[Problem]]:
    if new is None:
        return old, []
    wrong: list[Problem] = []
    if old.every != new.every and (
        new.every == "event" or (old.every != "event" and _CYCLES.index(new.every) > _CYCLES.index(old.every))
    ):
        wrong.append((("update_cycle", "every"), f"更新周期不能从 {old.every} 放宽为 {new.every}"))
    if new.lag_days > old.lag_days:
        wrong.append((("update_cycle", "lag_days"), f"时限不能从 {old.lag_days} 天放宽为 {new.lag_days} 天"))
    if new.event_field is None and old.event_field is not None:
        new = new.model_copy(update={"event_field": old.event_field})
    if old.event_field not in (None, new.event_field) or (new.event_field is not None and new.event_field not in names):
        wrong.append((("update_cycle", "event_field"), f"起算字段不能改为 {new.event_field}"))
    return (old if wrong else new), wrong
