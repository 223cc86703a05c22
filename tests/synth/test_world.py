"""The world as a whole: the same bytes however it is made, right codes, no two alike, honest about being invented."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinshu.catalogue import Catalogue, ItemNotFoundError
from xinshu.core.identifiers import check_citizen_no, check_registration_no, check_uscc
from xinshu.core.sizes import Sizes
from xinshu.synth import LexiconMissingError, World, WorldError
from xinshu.synth.lexicon import load_lexicon
from xinshu.synth.places import UnknownProvinceError

AS_OF = date(2026, 6, 1)
SOME = ["1", "4", "8", "12", "18", "19", "33", "37"]


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_chunks_and_workers_leave_no_trace(catalogue: Catalogue, tmp_path: Path) -> None:
    for name, chunk, workers in (("a", None, 1), ("b", 64, 1), ("c", 128, 3)):
        World(3, 200, AS_OF, catalogue=catalogue).write(tmp_path / name, SOME, 0.1, chunk=chunk, workers=workers)
    first = _digests(tmp_path / "a")
    assert len(first) == len(SOME) + 4
    assert first == _digests(tmp_path / "b") == _digests(tmp_path / "c")


def test_another_seed_is_another_world(catalogue: Catalogue, tmp_path: Path) -> None:
    for seed in (1, 2):
        World(seed, 64, AS_OF, catalogue=catalogue).write(tmp_path / str(seed), ["1"])
    assert _digests(tmp_path / "1")["item-01-registration.csv"] != _digests(tmp_path / "2")["item-01-registration.csv"]


def test_a_subject_is_the_same_in_a_larger_world(world: World, catalogue: Catalogue) -> None:
    small = pa.concat_tables(world.subjects_stream(64))
    large = next(World(7, 5000, AS_OF, catalogue=catalogue).subjects_stream(4096))
    assert large.slice(0, small.num_rows).equals(small.combine_chunks())


def test_codes_are_right_and_unique(world: World) -> None:
    table = pa.concat_tables(world.subjects_stream())
    codes, names = table["code"].to_pylist(), table["name"].to_pylist()
    assert len(set(codes)) == len(codes) > 500
    assert len(set(names)) == len(names)
    assert [code for code in codes if check_uscc(code)] == []
    numbers = [number for number in table["old_number"].to_pylist() if number is not None]
    assert len(set(numbers)) == len(numbers) > 50
    assert [number for number in numbers if check_registration_no(number)] == []


def test_everything_is_marked_as_invented(world: World) -> None:
    table = pa.concat_tables(world.subjects_stream())
    assert all("(虚构)" in name for name in table["name"].to_pylist())
    assert all(code[8:10] == "XN" for code in table["code"].to_pylist())
    assert all(person[1] in "虚拟" for person in table["legal_person"].to_pylist())


def test_farms_without_code_have_citizen_numbers_of_their_own(world: World, tmp_path: Path) -> None:
    world.write(tmp_path, ["37"], 0, "parquet")
    rows = pq.read_table(tmp_path / "item-37-new-agricultural-entity.parquet").to_pylist()
    numbers = [row["经营者身份证号"] for row in rows if row["经营者身份证号"] is not None]
    assert len(numbers) > 20
    assert len(set(numbers)) == len(numbers)
    assert all(check_citizen_no(number) == [] and number.startswith("329901") for number in numbers)
    assert all((row["经营者身份证号"] is None) != (row["统一社会信用代码(平台编号)"] is None) for row in rows)


def test_figures_put_firms_into_their_size_class(world: World) -> None:
    sizes = Sizes.load()
    table = pa.concat_tables(world.subjects_stream()).to_pylist()
    judged = [
        (
            row["size_class"],
            sizes.size_class(row["industry"], row["employees"], row["revenue"], row["assets"]).size.value,
        )
        for row in table
    ]
    covered = [pair for pair in judged if pair[1] != "not_applicable"]
    assert len(covered) > 500
    assert [pair for pair in covered if pair[0] != pair[1]] == []


def test_manifest_tells_what_was_written(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_bytes())
    assert manifest["as_of"] == "2026-06-01"
    assert manifest["files"][0]["item"] == "1"
    assert manifest["files"][0]["mode"] == "full"
    assert len(manifest["files"]) + len(manifest["nothing_to_report"]) == 37
    assert len(manifest["files"]) > 30
    for entry in manifest["files"]:
        data = (written / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert len(data) == entry["bytes"]
    forms = {(entry["format"], entry["encoding"]) for entry in manifest["files"]}
    assert {("csv", "utf-8"), ("csv", "gb18030"), ("xlsx", None), ("jsonl", None), ("parquet", None)} <= forms
    assert (written / "item-08-penalty.csv").read_bytes().decode("gb18030").startswith("统一社会信用代码,")
    assert sorted(p.name for p in written.glob("*.parquet") if not p.name.startswith("item")) == [
        "outcomes.parquet",
        "relations.parquet",
        "truth.parquet",
    ]


def test_benchmarks_may_leave_out_outcomes(world: World, tmp_path: Path) -> None:
    world.write(tmp_path, ["8"], 0, "csv", beside=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["item-08-penalty.csv", "manifest.json", "truth.parquet"]


def test_description_adds_up(world: World) -> None:
    seen: list[tuple[int, int]] = []
    figures = world.describe(lambda done, total: seen.append((done, total)))
    assert seen == [(600, 600)]
    assert figures["subjects"] == 600
    for name in ("kinds", "sizes", "sections", "cities", "status"):
        assert sum(figures[name].values()) == 600


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"subjects": 0}, WorldError),
        ({"subjects": 1 << 26}, WorldError),
        ({"as_of": date(1990, 1, 1)}, WorldError),
        ({"province": "320100"}, UnknownProvinceError),
        ({"province": "999999"}, UnknownProvinceError),
    ],
)
def test_impossible_worlds_are_refused(arguments: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        World(**{"seed": 1, "subjects": 10, "as_of": AS_OF, **arguments})  # type: ignore[arg-type]


def test_wrong_requests_are_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(ItemNotFoundError):
        world.write(tmp_path, ["99"])
    with pytest.raises(WorldError, match="脏数据比例"):
        world.write(tmp_path, ["1"], 0.9)
    with pytest.raises(WorldError, match="没有文件格式"):
        world.write(tmp_path, ["1"], format="doc")
    with pytest.raises(WorldError, match="首尾颠倒"):
        world.write(tmp_path, ["1"], period=(AS_OF, date(2026, 5, 1)))
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorldError, match="无法建立"):
        world.write(tmp_path / "file" / "folder", ["1"])


def test_a_missing_lexicon_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    load_lexicon.cache_clear()
    monkeypatch.setattr("xinshu.synth.lexicon.find_spec", lambda name: importlib.util.find_spec("no_such_package"))
    with pytest.raises(LexiconMissingError, match="companynameparser"):
        World(1, 10, AS_OF)
    load_lexicon.cache_clear()
