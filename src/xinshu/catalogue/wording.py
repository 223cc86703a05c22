"""Validation errors of pydantic in Chinese words, with the place in the YAML."""

from __future__ import annotations

import difflib
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from xinshu.catalogue.source import Source, Where

M = TypeVar("M", bound=BaseModel)

_KINDS = {
    "missing": "缺少这一项",
    "string_type": "应为文字,数字请加引号",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数值",
    "float_parsing": "应为数值",
    "finite_number": "应为有限的数值",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "应为键值对",
    "model_type": "应为键值对",
    "model_attributes_type": "应为键值对",
    "string_too_short": "不能为空",
    "union_tag_not_found": "缺少 kind",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "不能小于"),
    "greater_than": ("gt", "必须大于"),
    "less_than_equal": ("le", "不能大于"),
    "less_than": ("lt", "必须小于"),
}


def validated(model: type[M], source: Source) -> M | None:
    """The content of `source` as a `model`; None where it is not one, with every fault noted in `source`."""
    if source.data is None:
        return None
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _note(source, model, detail)
        return None


def _note(source: Source, model: type[BaseModel], detail: Any) -> None:
    where = _in_file(source, detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = _keys_at(model, detail["loc"][:-1])
        near = difflib.get_close_matches(str(detail["loc"][-1]), known, 1)
        source.add(where, f"未知的键 {detail['loc'][-1]}" + (f",是否应为 {near[0]}" if near else ""))
    else:
        source.add(where, _words(detail))


def _in_file(source: Source, loc: tuple[Any, ...]) -> Where:
    """The path without the tags of unions that pydantic puts in; a missing key keeps its last part."""
    path: Where = ()
    for index, part in enumerate(loc):
        if part == "[key]":
            break
        longer = (*path, part)
        if longer in source.marks or index == len(loc) - 1:
            path = longer
    return path


def _keys_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Keys that the schema allows at `loc`."""
    schema = model.model_json_schema(by_alias=True)
    node: Any = schema
    for part in loc:
        node = _descend(schema, node, part)
    return list(_resolve(schema, node).get("properties", {}))


def _resolve(schema: Any, node: Any) -> Any:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    for option in node.get("anyOf", []):
        if option.get("type") != "null":
            return _resolve(schema, option)
    return node


def _descend(schema: Any, node: Any, part: Any) -> Any:
    node = _resolve(schema, node)
    if isinstance(part, int):
        return node.get("items", {})
    if part in node.get("properties", {}):
        return node["properties"][part]
    mapping = node.get("discriminator", {}).get("mapping", {})
    if part in mapping:
        return {"$ref": mapping[part]}
    extra = node.get("additionalProperties")
    return extra if isinstance(extra, dict) else {}


def _words(detail: Any) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail.get("input")
    shown = "" if isinstance(value, dict | list) else f",实际为 {value!r}"
    if kind in _KINDS:
        return _KINDS[kind] + ("" if kind in ("missing", "string_too_short") else shown)
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"{words} {context.get(key)}{shown}"
    if kind in ("literal_error", "enum"):
        return f"只能是 {context.get('expected')}{shown}"
    if kind == "union_tag_invalid":
        return f"kind 只能是 {context.get('expected_tags')},实际为 {context.get('tag')!r}"
    if kind == "string_pattern_mismatch":
        return f"不符合格式 {context.get('pattern')}{shown}"
    if kind in ("too_short", "too_long"):
        bound = context.get("min_length", context.get("max_length"))
        words = "至少要有" if kind == "too_short" else "至多有"
        return f"{words} {bound} 个,实际 {context.get('actual_length')} 个"
    return f"{detail['msg']}{shown}"
