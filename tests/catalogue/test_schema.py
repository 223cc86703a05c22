"""Physical types, JSON Schema of a row, JSON Schema of the YAML (kept current in definitions/schema)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from catalogue_kit import DATA, REFERENCES, TODAY
from jsonschema import Draft202012Validator

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Item
from xinshu.catalogue.schema import arrow_schema, ibis_schema, row_schema, schema_text, yaml_schemas
from xinshu.catalogue.single import check_row
from xinshu.catalogue.source import read

FORMATS = Draft202012Validator.FORMAT_CHECKER


def jsonable(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value if isinstance(value, int | None) else str(value)


def test_physical_types(every_type: Item) -> None:
    schema = arrow_schema(every_type)
    types = {name: schema.field(name).type for name in ("uscc", "count", "year", "amount", "share", "decided_date")}
    assert types == {
        "uscc": pa.string(),
        "count": pa.int64(),
        "year": pa.int64(),
        "amount": pa.decimal128(20, 2),
        "share": pa.decimal128(20, 6),
        "decided_date": pa.date32(),
    }
    assert schema.field("period").type == pa.string()
    assert schema.field("open").type == pa.bool_()
    assert ibis.schema(ibis_schema(every_type)) == ibis.schema(schema)


def test_row_schema_accepts_the_examples_and_refuses_faults(shipped: Catalogue) -> None:
    for item in shipped:
        schema = row_schema(item)
        Draft202012Validator.check_schema(schema)
        row, _ = check_row(item, {f.name: f.example for f in item.fields}, TODAY, REFERENCES)
        row = {name: jsonable(value) for name, value in row.items()}
        validator = Draft202012Validator(schema, format_checker=FORMATS)
        assert [e.message for e in validator.iter_errors(row)] == [], item.item
        assert not validator.is_valid({**row, "unknown_column": 1})
        required = next(f.name for f in item.fields if f.required)
        assert not validator.is_valid({k: v for k, v in row.items() if k != required})


def test_row_schema_holds_limits(every_type: Item) -> None:
    properties = row_schema(every_type)["properties"]
    assert properties["kind"]["enum"] == ["1", "2", "3"]
    assert properties["share"] | {"minimum": 0.0, "maximum": 100.0} == properties["share"]
    assert properties["subject_name"]["maxLength"] == 12
    assert properties["count"]["type"] == ["integer", "null"]
    assert properties["decided_date"]["format"] == "date"


@pytest.mark.parametrize("name", sorted(yaml_schemas()))
def test_the_schema_files_are_current(definitions: Path, name: str) -> None:
    """If this fails: xinshu catalogue schema --yaml -o definitions/schema."""
    kept = (definitions / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(yaml_schemas()[name])


def test_the_yaml_schema_accepts_what_is_shipped(definitions: Path) -> None:
    schemas = {name: Draft202012Validator(schema) for name, schema in yaml_schemas().items()}
    files = [("item", path) for path in definitions.glob("catalogue/*.yml")]
    files += [("codes", path) for path in definitions.glob("codes/*.yml")]
    files += [("overlay", path) for path in definitions.glob("overlays/*/overlay.yml")]
    for path in definitions.glob("overlays/*/items/*.yml"):
        files.append(("overlay-item" if "extends" in read(path, definitions).data else "item", path))
    for name, path in files:
        data = json.loads(json.dumps(read(path, definitions).data, default=str))
        assert [e.message for e in schemas[name].iter_errors(data)] == [], path


def test_the_yaml_schema_refuses_faults() -> None:
    validator = Draft202012Validator(yaml_schemas()["item"])
    data = json.loads(json.dumps(read(DATA / "all-types.yml", DATA).data, default=str))
    assert validator.is_valid(data)
    assert not validator.is_valid({**data, "slugg": "x"})
    bare = [{k: v for k, v in f.items() if k != "mask"} for f in data["fields"]]
    assert not validator.is_valid({**data, "fields": bare})
