"""Items by number, versions in force, overlaps, code lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from catalogue_kit import DATA

from xinshu.catalogue import Catalogue, ItemNotFoundError, ItemVersionError, check

SOUND = (DATA / "all-types.yml").read_text(encoding="utf-8")
FIRST = "in_force: {from: 2024-04-01, to: 2025-12-31, overlap_days: 30}"


def versions(folder: Path, first: str = FIRST, second: str = "in_force: {from: 2026-01-01}") -> Path:
    (folder / "catalogue").mkdir(exist_ok=True)
    old = SOUND.replace("in_force: {from: 2024-04-01}", first)
    new = SOUND.replace("in_force: {from: 2024-04-01}", second).replace('"2024.1"', '"2026.1"')
    (folder / "catalogue" / "01-all-types.yml").write_text(old, encoding="utf-8")
    (folder / "catalogue" / "01-all-types@2026.1.yml").write_text(new, encoding="utf-8")
    return folder


def test_the_version_in_force_on_a_day(tmp_path: Path) -> None:
    folder = versions(tmp_path)
    assert Catalogue.load(folder, on=date(2025, 12, 31)).item("1").version == "2024.1"
    assert Catalogue.load(folder, on=date(2026, 1, 1)).item("1").version == "2026.1"
    assert Catalogue.load(folder).item("all_types").version == "2026.1"
    assert len(Catalogue.load(folder, on=date(2020, 1, 1))) == 0
    assert [v.version for v in Catalogue.load(folder).versions("1")] == ["2024.1", "2026.1"]


@pytest.mark.parametrize(
    ("version", "day", "accepted"),
    [
        (None, date(2025, 12, 31), "2024.1"),
        (None, date(2026, 1, 1), "2026.1"),
        ("2024.1", date(2026, 1, 30), "2024.1"),
        ("2026.1", date(2026, 1, 30), "2026.1"),
        ("2024.1", date(2026, 1, 31), None),
        ("2026.1", date(2025, 12, 31), None),
        ("1999.9", date(2026, 1, 1), None),
        (None, date(2024, 3, 31), None),
    ],
)
def test_both_versions_accept_batches_in_the_overlap(
    tmp_path: Path, version: str | None, day: date, accepted: str | None
) -> None:
    catalogue = Catalogue.load(versions(tmp_path))
    if accepted is not None:
        assert catalogue.item_for_batch("1", version, day).version == accepted
    else:
        with pytest.raises(ItemVersionError) as error:
            catalogue.item_for_batch("1", version, day)
        expected = {date(2026, 1, 31): "2026.1", date(2025, 12, 31): "2024.1", date(2024, 3, 31): "无"}
        assert expected.get(day, "2024.1、2026.1") in error.value.hint


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("in_force: {from: 2024-04-01}", "in_force: {from: 2026-01-01}", "应写明失效日期"),
        ("in_force: {from: 2024-04-01, to: 2025-12-30}", "in_force: {from: 2026-01-01}", "空档"),
        (
            "in_force: {from: 2024-04-01, to: 2026-01-10, overlap_days: 9}",
            "in_force: {from: 2026-01-01}",
            "同时有效 10 天",
        ),
    ],
)
def test_versions_follow_one_another(tmp_path: Path, first: str, second: str, says: str) -> None:
    faults = check(versions(tmp_path, first, second), complete=False)
    assert len(faults) == 1
    assert says in faults[0].message
    assert faults[0].line > 1


def test_versions_may_overlap_as_long_as_stated(tmp_path: Path) -> None:
    first = "in_force: {from: 2024-04-01, to: 2026-01-10, overlap_days: 10}"
    assert check(versions(tmp_path, first), complete=False) == []


def test_an_unknown_item_names_near_ones(shipped: Catalogue) -> None:
    with pytest.raises(ItemNotFoundError) as error:
        shipped.item("registraton")
    assert error.value.details["near"][0] == "1"
    with pytest.raises(ItemNotFoundError, match="8 行政处罚"):
        shipped.item("行政处罚信息")
    with pytest.raises(ItemNotFoundError, match="xinshu catalogue list"):
        shipped.versions("zzz")


def test_code_lists(shipped: Catalogue) -> None:
    assert shipped.code_list("currency").codes["CNY"] == "人民币"
    with pytest.raises(ItemNotFoundError, match="currency"):
        shipped.code_list("curency")
    currency = shipped.item("1").field("capital_currency")
    assert currency.codes == shipped.code_list("currency").codes


def test_the_shipped_catalogue_is_the_reference(shipped: Catalogue, definitions: Path) -> None:
    rows = (definitions / "reference" / "catalogue.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == len(shipped) == 37
    for row in rows:
        class_no, class_zh, number, name, _, modes, access = row.split("\t")
        item = shipped.item(number)
        assert (item.class_.no, item.class_.zh) == (int(class_no), class_zh)
        assert item.name.zh == name
        assert "|".join(item.sharing_mode) == modes
        assert item.access == access.partition(" ")[0]
        assert 8 <= len(item.fields) <= 40
        assert item.source_status == "reconstructed"


def test_what_must_never_be_collected(shipped: Catalogue) -> None:
    """Credit reporting regulation, article 14."""
    for item in shipped:
        for field in item.fields:
            assert not any(word in field.zh for word in ("宗教", "基因", "指纹", "血型", "疾病", "病史")), field.zh
