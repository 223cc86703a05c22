"""Physical types of an item's columns, JSON Schema of a row, JSON Schema of the YAML itself."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from pydantic import BaseModel

from xinshu.catalogue import patterns
from xinshu.catalogue.messages import unit_name
from xinshu.catalogue.model import CodeList, FieldDef, FieldType, Item, OverlayInfo, OverlayItem

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WHOLE = (FieldType.INTEGER, FieldType.YEAR)
_PATTERNS = {
    FieldType.MONTH: patterns.MONTH,
    FieldType.USCC: patterns.USCC,
    FieldType.SUBJECT_CODE: f"{patterns.USCC}|{patterns.PLATFORM_CODE}",
    FieldType.REGISTRATION_NO: patterns.REGISTRATION_NO,
    FieldType.CITIZEN_NO: patterns.CITIZEN,
    FieldType.PHONE: patterns.PHONE,
    FieldType.DIVISION: "[0-9]{6}",
    FieldType.INDUSTRY: "[A-T](?:[0-9]{2,4})?",
}


def ibis_type(field: FieldDef) -> str:
    """Physical type of a field as Ibis names it."""
    if field.type in _WHOLE:
        return "int64"
    if field.type is FieldType.DECIMAL:
        return f"decimal({patterns.DECIMAL_PRECISION},{scale_of(field)})"
    return {FieldType.DATE: "date", FieldType.BOOLEAN: "boolean"}.get(field.type, "string")


def scale_of(field: FieldDef) -> int:
    """Decimals of a decimal field."""
    return patterns.DEFAULT_SCALE if field.scale is None else field.scale


def arrow_schema(item: Item) -> pa.Schema:
    """Columns of the accepted rows of an item, in order, all nullable."""
    kinds = {"int64": pa.int64(), "date": pa.date32(), "boolean": pa.bool_(), "string": pa.string()}
    decimal = patterns.DECIMAL_PRECISION
    return pa.schema(
        [
            (f.name, pa.decimal128(decimal, scale_of(f)) if f.type is FieldType.DECIMAL else kinds[ibis_type(f)])
            for f in item.fields
        ]
    )


def ibis_schema(item: Item) -> dict[str, str]:
    """Columns of the accepted rows of an item as an argument of `ibis.schema`."""
    return {field.name: ibis_type(field) for field in item.fields}


def row_schema(item: Item) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one row in typed form: numbers as numbers, dates as YYYY-MM-DD, codes as codes.

    Rows may leave out or set to null what is not required. Checks across fields are listed in words (`$comment`).
    """
    return {
        "$schema": DRAFT,
        "$id": f"urn:xinshu:catalogue:{item.item}:{item.version}",
        "title": item.name.zh,
        "description": item.description.zh,
        "type": "object",
        "properties": {field.name: _property(field) for field in item.fields},
        "required": [field.name for field in item.fields if field.required],
        "additionalProperties": False,
        "$comment": "\n".join(f"{c.id}: {c.message.zh}" for c in (*item.checks, *item.batch_checks)),
    }


def _property(field: FieldDef) -> dict[str, Any]:
    unit = f"(单位:{unit_name(field.unit)})" if field.unit is not None else ""
    kind = {"int64": "integer", "boolean": "boolean", "string": "string", "date": "string"}.get(
        ibis_type(field), "number"
    )
    found: dict[str, Any] = {
        "title": field.zh,
        "description": "。".join(t for t in (field.en + unit, field.format, field.note) if t),
        "type": kind if field.required else [kind, "null"],
    }
    checks = field.checks
    if field.type is FieldType.CODE:
        found["enum"] = [*(field.codes or {}), *([] if field.required else [None])]
    if field.type is FieldType.DATE:
        found["format"] = "date"
    all_patterns = [p for p in (_PATTERNS.get(field.type), checks.pattern) if p is not None]
    if all_patterns:
        found["pattern"] = f"^(?:{all_patterns[0]})$"
    if len(all_patterns) > 1:
        found["allOf"] = [{"pattern": f"^(?:{p})$"} for p in all_patterns[1:]]
    limits = {"minimum": checks.min, "maximum": checks.max, "maxLength": checks.max_length}
    limits["minLength"] = checks.min_length if checks.min_length is not None else 1 if field.required else None
    if kind != "string":
        limits.pop("minLength")
    found |= {key: value for key, value in limits.items() if value is not None}
    if field.example is not None and kind == "string":
        found["examples"] = [field.example]
    return found


def yaml_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas of the definition files, by name: item, overlay-item, overlay, codes.

    An editor with these (`# yaml-language-server: $schema=…`) completes keys; what needs several files or fields, such
    as the existence of a named field, is told by `xinshu catalogue check`.
    """
    models: dict[str, type[BaseModel]] = {
        "item": Item,
        "overlay-item": OverlayItem,
        "overlay": OverlayInfo,
        "codes": CodeList,
    }
    return {name: _yaml_schema(name, model.model_json_schema(by_alias=True)) for name, model in models.items()}


def _yaml_schema(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    schema = {"$schema": DRAFT, "$id": f"urn:xinshu:definitions:{name}", **schema}
    field = schema.get("$defs", {}).get("FieldDef")
    if field is not None:
        personal = {
            "properties": {"sensitivity": {"enum": ["personal", "personal-sensitive"]}},
            "required": ["sensitivity"],
        }
        code = {"properties": {"type": {"const": "code"}}, "required": ["type"]}
        field["allOf"] = [
            {"if": personal, "then": {"required": ["mask"]}},
            {"if": code, "then": {"oneOf": [{"required": ["codes"]}, {"required": ["code_list"]}]}},
        ]
    return schema


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
