"""What texts mean, from a table that a data officer can read. The vectorised path is held to this one elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from catalogue_kit import DATA, REFERENCES, TODAY

from xinshu.catalogue.model import FieldDef, FieldType, Item
from xinshu.catalogue.single import check_row, field_codes, parse, warn_row
from xinshu.catalogue.source import read

CASES = read(DATA / "values.yml", DATA).data


def field_of(kind: str) -> FieldDef:
    codes = {"1": "甲", "2": "乙"} if kind == "code" else None
    return FieldDef(name="f", zh="字段", en="field", type=FieldType(kind), codes=codes)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['type']}-{c['text']}")
def test_value(case: dict[str, Any]) -> None:
    field, text = field_of(case["type"]), str(case["text"])
    value = parse(field, text)
    codes = field_codes(field, text, value, TODAY, REFERENCES)
    if "reason" in case:
        assert codes == [case["reason"]]
    else:
        assert codes == []
        assert str(value) == str(case["value"])


def test_warning_of_the_organisation_code(every_type: Item) -> None:
    case = next(c for c in CASES if "warning" in c)
    assert "uscc|ORG_CHECK" in warn_row(every_type, {"uscc": case["text"]})


def test_absent_fields_pass_everything_but_required(every_type: Item) -> None:
    typed, reasons = check_row(every_type, {"uscc": " 91320100748204660Q ", "subject_name": None}, TODAY, REFERENCES)
    assert typed["uscc"] == "91320100748204660Q"
    required = [f"{f.name}|REQUIRED" for f in every_type.fields if f.required]
    assert reasons == required
