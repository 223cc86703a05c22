"""The schematic map: of the example province as drawn, of any other in rows; faults are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from collect_kit import parts

from xinshu.core.settings import packaged_definitions
from xinshu.statistics.maps import MapError, load_map


def test_the_example_province_has_every_city_once() -> None:
    tiles = load_map(packaged_definitions(), "320000", parts().divisions)
    assert len({tile.code for tile in tiles}) == 13
    assert {tile.name for tile in tiles} >= {"南京市", "苏州市", "连云港市"}
    assert tiles == sorted(tiles, key=lambda tile: (tile.row, tile.column))


@pytest.mark.parametrize(
    ("platform", "count", "name"), [("110000", 16, "东城区"), ("420000", 17, "仙桃市"), ("000000", 34, "江苏省")]
)
def test_others_stand_in_rows(platform: str, count: int, name: str) -> None:
    tiles = load_map(packaged_definitions(), platform, parts().divisions)
    assert len(tiles) == len({(tile.row, tile.column) for tile in tiles}) == count
    assert name in {tile.name for tile in tiles}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("division: 'x'\ntiles: []", "无法读取"),
        ("division: [", "无法读取"),
        ("division: '310000'\ntiles: [{code: '110101', row: 0, column: 0}]", "division 应为 110000"),
        ("division: '110000'\ntiles: [{code: '110101', row: 0, column: 0}]", "缺少 110102"),
        ("division: '110000'\ntiles: [{code: '110101', row: 0, column: 0, size: 3}]", "无法读取"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps/110000.yml").write_text(text, encoding="utf-8")
    with pytest.raises(MapError, match=words):
        load_map(tmp_path, "110000", parts().divisions)


def test_two_in_one_place(tmp_path: Path) -> None:
    codes = [tile.code for tile in load_map(packaged_definitions(), "110000", parts().divisions)]
    tiles = ", ".join(f"{{code: '{code}', row: 0, column: {max(0, i - 1)}}}" for i, code in enumerate(codes))
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps/110000.yml").write_text(f"division: '110000'\ntiles: [{tiles}]", encoding="utf-8")
    with pytest.raises(MapError, match="重复"):
        load_map(tmp_path, "110000", parts().divisions)
