"""Later batches: what is new, what changed, what is gone; the past is not rewritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from xinshu.catalogue import Catalogue
from xinshu.synth import World, WorldError
from xinshu.synth.calendar import day_number
from xinshu.synth.items import GENERATORS
from xinshu.synth.plain import to_text
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

AS_OF = date(2026, 6, 1)
CODE = "统一社会信用代码"


@pytest.fixture(scope="module")
def large(catalogue: Catalogue) -> World:
    """3,000 subjects: enough for something to happen in a month."""
    return World(7, 3000, AS_OF, catalogue=catalogue)


@pytest.fixture(scope="module")
def initial(large: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """First batches, without dirt."""
    folder = tmp_path_factory.mktemp("initial")
    large.write(folder, ["1", "8"], 0, "parquet", beside=False)
    return folder


def _rows(folder: Path, number: str) -> list[dict[str, object]]:
    return pq.read_table(next(folder.glob(f"item-{number}-*.parquet"))).to_pylist()


def test_the_register_comes_whole_with_comings_and_goings(large: World, initial: Path, tmp_path: Path) -> None:
    manifest = large.write_update(tmp_path, "2026-08", ["1"], 0, "parquet")
    assert manifest["files"][0]["mode"] == "full"
    before = {row[CODE]: row for row in _rows(initial, "01")}
    after = {row[CODE]: row for row in _rows(tmp_path, "01")}
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    assert 0 < len(gone) < 0.02 * len(before)
    assert all(before[code]["登记状态"] == "3" for code in gone)
    assert 0 < len(come) < 0.03 * len(before)
    assert all(after[code]["成立日期"] > AS_OF for code in come)
    changed = [code for code in before.keys() & after.keys() if before[code] != after[code]]
    assert len(changed) > 0
    assert any(before[code]["主体名称"] != after[code]["主体名称"] for code in changed)


def test_other_items_bring_new_changed_and_some_unchanged_rows(world: World, tmp_path: Path) -> None:
    world.write(tmp_path / "first", ["19"], 0, "parquet", beside=False)
    world.write_update(tmp_path / "update", "2026-06", ["19"], 0, "parquet")
    key = ("单位社保编号", "险种", "费款所属期")
    ignored = {"单位名称"}
    before = {tuple(row[k] for k in key): row for row in _rows(tmp_path / "first", "19")}
    verdicts = {"new": 0, "changed": 0, "unchanged": 0}
    for row in _rows(tmp_path / "update", "19"):
        old = before.get(tuple(row[k] for k in key))
        same = old is not None and all(old[k] == v for k, v in row.items() if k not in ignored)
        verdicts["new" if old is None else "unchanged" if same else "changed"] += 1
    assert min(verdicts.values()) > 0
    assert verdicts["new"] > verdicts["unchanged"]


def test_periods_join_without_gap_or_overlap(large: World, initial: Path, tmp_path: Path) -> None:
    first, second = (date(2025, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), AS_OF)
    large.write(tmp_path / "a", ["8"], 0, "parquet", period=first)
    large.write(tmp_path / "b", ["8"], 0, "parquet", period=second)
    number = "行政处罚决定书文号"
    whole = {row[number] for row in _rows(initial, "08") if row["处罚决定日期"] >= first[0]}
    parts = [{row[number] for row in _rows(tmp_path / name, "08")} for name in ("a", "b")]
    assert whole <= parts[0] | parts[1]
    decided = [row["处罚决定日期"] for row in _rows(tmp_path / "b", "08")]
    assert max(decided) <= AS_OF
    assert min(decided) >= date(2025, 12, 1)  # at most an earlier decision published since


@pytest.mark.parametrize("number", ["2", "7", "8", "9", "10", "12", "13", "15", "16", "30", "33"])
def test_later_days_do_not_lose_what_was_known(number: str, large: World) -> None:
    item = large.catalogue.item(number)
    days = (day_number(AS_OF), day_number(date(2026, 9, 17)))
    keys = []
    for day in days:
        view = View(large.basis, 0, 1024, day)
        table = to_text(to_table(item, view, GENERATORS[number](view)))
        keys.append(set(zip(table["uscc"].to_pylist(), *(table[k].to_pylist() for k in item.natural_key), strict=True)))
    lost = keys[0] - keys[1]
    # yearly items drop the oldest year at new year only; a company that changes its name keeps its facts
    assert lost == set()
    assert len(keys[1]) >= len(keys[0]) > 0


def test_wrong_months_are_refused(large: World, tmp_path: Path) -> None:
    for month in ("2026-13", "2026-05", "July"):
        with pytest.raises(WorldError):
            large.write_update(tmp_path, month, ["1"])
