"""What changed, and whether it breaks anyone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xinshu.catalogue import Catalogue
from xinshu.catalogue.diff import diff_catalogues, diff_items
from xinshu.catalogue.model import FieldDef, FieldType, Item, Sensitivity


def with_field(item: Item, name: str, **changes: Any) -> Item:
    fields = tuple(f.model_copy(update=changes) if f.name == name else f for f in item.fields)
    return item.model_copy(update={"fields": fields})


def with_limit(item: Item, name: str, **limits: Any) -> Item:
    return with_field(item, name, checks=item.field(name).checks.model_copy(update=limits))


def test_nothing_changed(every_type: Item) -> None:
    assert diff_items(every_type, every_type) == []


@pytest.mark.parametrize(
    ("name", "changes", "path", "impact"),
    [
        ("contact", {"required": True}, "fields.contact.required", "breaking"),
        ("subject_name", {"required": False}, "fields.subject_name.required", "compatible"),
        ("contact", {"zh": "经办人"}, "fields.contact.zh", "breaking"),
        ("contact", {"note": "填全名"}, "fields.contact.note", "compatible"),
        ("count", {"type": FieldType.DECIMAL}, "fields.count.type", "breaking"),
        ("kind", {"codes": {"1": "甲", "2": "乙", "3": "丙", "4": "丁"}}, "fields.kind.codes.4", "compatible"),
        ("kind", {"codes": {"1": "甲", "2": "乙"}}, "fields.kind.codes.3", "breaking"),
        ("kind", {"codes": {"1": "甲", "2": "乙", "3": "并"}}, "fields.kind.codes.3", "breaking"),
        ("division", {"retired_divisions": "allow"}, "fields.division.retired_divisions", "compatible"),
        ("amount", {"sensitivity": Sensitivity.OPEN}, "fields.amount.sensitivity", "breaking"),
    ],
)
def test_field_changes(every_type: Item, name: str, changes: dict[str, Any], path: str, impact: str) -> None:
    found = diff_items(every_type, with_field(every_type, name, **changes))
    assert [(change.path, change.impact) for change in found] == [(path, impact)]


@pytest.mark.parametrize(
    ("name", "limits", "impact"),
    [
        ("count", {"max": 10}, "breaking"),
        ("count", {"max": 10_000_000}, "compatible"),
        ("count", {"max": None}, "compatible"),
        ("count", {"min": -5}, "compatible"),
        ("count", {"min": 5}, "breaking"),
        ("contact", {"max_length": 5}, "breaking"),
        ("decided_date", {"not_future": False}, "compatible"),
        ("ends_date", {"not_future": True}, "breaking"),
        ("document_no", {"pattern": ".*"}, "breaking"),
        ("document_no", {"pattern": None}, "compatible"),
    ],
)
def test_limit_changes(every_type: Item, name: str, limits: dict[str, Any], impact: str) -> None:
    found = diff_items(every_type, with_limit(every_type, name, **limits))
    assert [change.impact for change in found] == [impact]
    assert found[0].words.startswith(f"事项 1 fields.{name}.checks.")


def test_fields_come_and_go(every_type: Item) -> None:
    optional = FieldDef(name="extra", zh="附加", en="Extra", type=FieldType.STRING)
    required = optional.model_copy(update={"name": "more", "required": True})
    later = every_type.model_copy(update={"fields": (*every_type.fields[:-1], optional, required)})
    found = [(change.kind, change.path, change.impact) for change in diff_items(every_type, later)]
    assert found == [
        ("added", "fields.extra", "compatible"),
        ("added", "fields.more", "breaking"),
        ("removed", "fields.industry", "breaking"),
    ]


def test_checks_come_and_go(every_type: Item) -> None:
    later = every_type.model_copy(update={"checks": every_type.checks[2:]})
    assert [(c.kind, c.impact) for c in diff_items(every_type, later)] == [("removed", "compatible")] * 2
    assert [(c.kind, c.impact) for c in diff_items(later, every_type)] == [
        ("added", "breaking"),
        ("added", "compatible"),
    ]


def test_items_come_and_go(every_type: Item) -> None:
    other = every_type.model_copy(update={"item": "2"})
    found = diff_catalogues([every_type], [other])
    assert [(c.item, c.kind, c.impact) for c in found] == [("2", "added", "compatible"), ("1", "removed", "breaking")]


def test_an_overlay_against_the_nation(definitions: Path, shipped: Catalogue) -> None:
    for head in definitions.glob("overlays/*/overlay.yml"):
        found = diff_catalogues(shipped, Catalogue.load(definitions, head.parent.name))
        assert found
        gone = [change.path for change in found if change.kind == "removed" and ".codes." not in change.path]
        assert gone == []
