"""A province adds and tightens, never narrows or loosens (R4.2)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from catalogue_kit import DATA, REFERENCES, TODAY, folder_of
from catalogue_texts import random_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinshu.catalogue import Catalogue, check
from xinshu.catalogue.model import Item, OverlayItem
from xinshu.catalogue.overlays import extended
from xinshu.catalogue.single import check_row, parse

HEAD = 'province: js\nname: {zh: 测试省, en: Test}\nversion: "2024.1"\n'
PATCH = """\
extends: "1"
tighten:
  contact: {required: true}
  amount: {checks: {max: 1000}}
  kind: {codes: ["1", "3"]}
  document_no: {sensitivity: firm-confidential}
add_fields:
  - {name: js_grade, zh: 省内等级, en: Grade, type: code, required: true, codes: {A: 甲级, B: 乙级}}
add_checks:
  - id: js-graded
    kind: required_if
    field: count
    when: {field: js_grade, op: eq, value: A}
    message: {zh: 甲级须填人数, en: Count required}
limits: {max_quarantined: 0.1, min_fill: {js_grade: 1}}
update_cycle: {every: day, lag_days: 2}
"""


def overlaid(tmp: Path, patch: str, **more: str) -> Path:
    files = {"overlay.yml": HEAD, "items/01.yml": patch, **more}
    return folder_of(tmp, DATA / "all-types.yml", overlays={"test": files})


def test_an_overlay_adds_and_tightens(tmp_path: Path) -> None:
    folder = overlaid(tmp_path, PATCH)
    assert check(folder, "test", complete=False) == []
    national, item = Catalogue.load(folder).item("1"), Catalogue.load(folder, "test").item("1")
    assert item.field("contact").required
    assert item.field("amount").checks.max == 1000
    assert item.field("amount").checks.min == national.field("amount").checks.min
    assert item.field("kind").codes == {"1": "甲", "3": "丙"}
    assert item.fields[-1].name == "js_grade"
    assert item.checks[-1].id == "js-graded"
    assert (item.limits.max_quarantined, item.limits.max_deletions) == (0.1, national.limits.max_deletions)
    assert item.update_cycle.event_field == "decided_date"
    _, reasons = check_row(item, {"js_grade": "甲级", "kind": "2", "amount": "2000"}, TODAY, REFERENCES)
    assert {"contact|REQUIRED", "amount|MAX", "kind|CODE_UNKNOWN", "js-graded|CHECK"} <= set(reasons)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("contact: {required: true}", "subject_name: {required: false}", "不能改为选填"),
        ("amount: {checks: {max: 1000}}", "amount: {checks: {max: 2000000000}}", "放宽了国家清单"),
        ("amount: {checks: {max: 1000}}", "amount: {checks: {max: null}}", "放宽了国家清单"),
        ("amount: {checks: {max: 1000}}", "amount: {checks: {min: -2000000000}}", "放宽了国家清单"),
        ("amount: {checks: {max: 1000}}", "amount: {checks: {maxx: 1}}", "不成立"),
        ("amount: {checks: {max: 1000}}", "amount: {type: integer}", "不能更改 type"),
        ("amount: {checks: {max: 1000}}", "amount: {zh: 另名}", "不能更改 zh"),
        ("amount: {checks: {max: 1000}}", "amount: {sensitivity: open}", "不能从 firm-confidential 降为 open"),
        ("amount: {checks: {max: 1000}}", "amount: {mask: hide}", "不能更改"),
        ("amount: {checks: {max: 1000}}", "document_no: {checks: {pattern: '.*'}}", "不能替换"),
        ("amount: {checks: {max: 1000}}", "decided_date: {checks: {not_future: false}}", "放宽"),
        ("amount: {checks: {max: 1000}}", "document_no: {sensitivity: personal}", "必须有 mask"),
        ("amount: {checks: {max: 1000}}", "division: {retired_divisions: allow}", "不能放宽"),
        ("amount: {checks: {max: 1000}}", "no_field: {required: true}", "没有字段 no_field"),
        ('codes: ["1", "3"]', 'codes: ["1", "4"]', "代码 4 不在国家清单中"),
        ('codes: ["1", "3"]', 'codes: {"1": 另名}', "代码名称与国家清单不同"),
        ("name: js_grade, zh: 省内等级", "name: amount, zh: 省内金额", "不能重新定义"),
        ("name: js_grade, zh: 省内等级", "name: js_grade, zh: 金额", "不能重新定义"),
        ("id: js-graded", "id: sum-right", "校验 sum-right 已存在"),
        ("op: eq, value: A", "op: eq, value: C", "没有代码 C"),
        ("max_quarantined: 0.1", "max_quarantined: 0.9", "放宽"),
        ("max_quarantined: 0.1", "max_quarantined: null", "放宽"),
        ("max_quarantined: 0.1", "min_rows: 0", "放宽"),
        ("js_grade: 1}", "nothing: 1}", "没有字段 nothing"),
        ("lag_days: 2", "lag_days: 9", "时限不能"),
        ("every: day", "every: month", "更新周期不能"),
        ('extends: "1"', 'extends: "9"', "没有事项 9"),
        ('extends: "1"', 'extends: "1@1999.1"', "没有事项 1@1999.1"),
        ("extends:", "extend:", "未知的键 extend"),
    ],
)
def test_loosening_is_a_fault_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert PATCH.count(old) == 1
    text = PATCH.replace(old, new)
    faults = check(overlaid(tmp_path, text), "test", complete=False)
    found = [fault for fault in faults if says in fault.message]
    assert found, [str(fault) for fault in faults]
    assert found[0].file == "overlays/test/items/01.yml"
    assert found[0].line > 0


def test_a_province_has_items_of_its_own(tmp_path: Path) -> None:
    text = (DATA / "all-types.yml").read_text(encoding="utf-8").replace("slug: all_types", "slug: own_types")
    own = {"items/js-01.yml": text.replace('item: "1"', 'item: "js-01"')}
    catalogue = Catalogue.load(overlaid(tmp_path / "good", PATCH, **own), "test")
    assert [item.item for item in catalogue] == ["1", "js-01"]
    stranger = {"items/zj-01.yml": text.replace('item: "1"', 'item: "zj-01"')}
    faults = check(overlaid(tmp_path / "bad", PATCH, **stranger), "test", complete=False)
    assert ["应以 js- 开头" in fault.message for fault in faults] == [True]


def test_an_overlay_that_is_not_there(tmp_path: Path) -> None:
    faults = check(overlaid(tmp_path, PATCH), "nowhere", complete=False)
    assert [fault.message for fault in faults] == ["没有这个 overlay;现有:test"]


def patches(item: Item) -> st.SearchStrategy[dict[str, Any]]:
    """Changes of every kind, most of them too loose or misplaced."""
    number = st.integers(-2_000_000_000, 2_000_000_000) | st.none()
    length = st.integers(0, 30) | st.none()
    limits = st.fixed_dictionaries(
        {},
        optional={
            "min": number,
            "max": number,
            "min_length": length,
            "max_length": length.filter(lambda n: n != 0),
            "pattern": st.sampled_from([None, ".*", "[A-Z]+"]),
            "not_future": st.booleans(),
            "not_before": st.dates(date(1900, 1, 1), date(2030, 1, 1)) | st.none(),
        },
    )
    codes = st.lists(st.sampled_from(["1", "2", "3", "4"]), max_size=4, unique=True)
    change = st.fixed_dictionaries(
        {},
        optional={
            "required": st.booleans(),
            "checks": limits,
            "codes": codes,
            "sensitivity": st.sampled_from(["open", "firm-confidential", "personal", "personal-sensitive"]),
            "mask": st.sampled_from([None, "hide", "name"]),
            "retired_divisions": st.sampled_from(["allow", "refuse"]),
            "scale": st.integers(0, 6),
        },
    )
    return st.dictionaries(st.sampled_from([field.name for field in item.fields]), change, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_nation_refuses_the_province_refuses(every_type: Item, data: st.DataObject) -> None:
    tighten = data.draw(patches(every_type))
    item, _ = extended(every_type, OverlayItem(extends="1", tighten=tighten))
    for row in random_rows(every_type.fields, 10, data.draw(st.integers(0, 9999))):
        _, national = check_row(every_type, row, TODAY, REFERENCES)
        _, provincial = check_row(item, row, TODAY, REFERENCES)
        assert not national or provincial
        for field in every_type.fields:  # and what passes is read alike
            text = row[field.name]
            if f"{field.name}|CODE_UNKNOWN" not in provincial:
                assert parse(field, text) == parse(item.field(field.name), text)


def test_the_shipped_overlay_tightens_only(definitions: Path, shipped: Catalogue) -> None:
    for head in definitions.glob("overlays/*/overlay.yml"):
        catalogue = Catalogue.load(definitions, head.parent.name)
        assert {item.item for item in shipped} < {item.item for item in catalogue}
        for item in shipped:
            for row in random_rows(item.fields, 15, seed=7):
                _, national = check_row(item, row, TODAY, REFERENCES)
                _, provincial = check_row(catalogue.item(item.item), row, TODAY, REFERENCES)
                assert not national or provincial, row
