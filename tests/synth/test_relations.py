"""Shareholders, supply chains and guarantee circles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from xinshu.catalogue import Catalogue
from xinshu.core.identifiers import check_uscc
from xinshu.synth import World
from xinshu.synth.basis import STRANGER
from xinshu.synth.relations import relations_table
from xinshu.synth.view import View


@pytest.fixture(scope="module")
def edges(world: World) -> list[dict[str, object]]:
    """All edges of a world of 6,000."""
    large = World(7, 6000, world.basis.as_of, catalogue=world.catalogue)
    return list(relations_table(View(large.basis, 0, 6000, large.basis.today)).to_pylist())


def test_all_kinds_of_edges_are_there(edges: list[dict[str, object]]) -> None:
    kinds = Counter(edge["kind"] for edge in edges)
    assert set(kinds) == {"shareholder", "supplier", "guarantee"}
    assert min(kinds.values()) > 20


def test_nobody_is_related_to_itself(edges: list[dict[str, object]]) -> None:
    assert [edge for edge in edges if edge["from_index"] == edge["to_index"]] == []
    assert [edge for edge in edges if check_uscc(str(edge["from_code"])) or check_uscc(str(edge["to_code"]))] == []


def test_a_guarantee_circle_closes(edges: list[dict[str, object]]) -> None:
    gives = Counter(edge["from_index"] for edge in edges if edge["kind"] == "guarantee")
    gets = Counter(edge["to_index"] for edge in edges if edge["kind"] == "guarantee")
    assert gives.keys() == gets.keys()
    assert set(gives.values()) == set(gets.values()) == {2}


def test_purchases_are_concentrated_but_not_more_than_whole(edges: list[dict[str, object]]) -> None:
    bought: Counter[object] = Counter()
    for edge in edges:
        if edge["kind"] == "supplier":
            bought[edge["from_index"]] += edge["share"]  # type: ignore[assignment]
    assert 0.3 < max(bought.values()) <= 1.2


def test_shareholders_in_item_2_are_those_of_the_graph(catalogue: Catalogue, world: World, tmp_path: Path) -> None:
    world.write(tmp_path, ["2"], 0, "parquet")
    rows = pq.read_table(next(tmp_path.glob("item-02-*.parquet"))).to_pylist()
    graph = pq.read_table(tmp_path / "relations.parquet").to_pylist()
    told = {(row["统一社会信用代码"], row["股东统一社会信用代码"]) for row in rows if row["股东类型"] == "2"}
    drawn = {(e["from_code"], e["to_code"]) for e in graph if e["kind"] == "shareholder"}
    assert told == drawn
    assert len(told) > 10
    assert any(e["to_index"] >= STRANGER for e in graph if e["kind"] == "shareholder")
    shares: Counter[str] = Counter()
    for row in rows:
        shares[row["统一社会信用代码"]] += row["持股(出资)比例"]
    assert set(shares.values()) == {100}
