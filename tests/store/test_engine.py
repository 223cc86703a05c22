"""Engines and workbenches: equal results in pieces and from what was compiled, faults that do not stick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.store import engine as engines
from xinshu.store.engine import DuckDBEngine, open_engine
from xinshu.store.workbench import Workbench, Workbenches, WorkSpaceError

SCHEMA = pa.schema([("row_no", pa.int64()), ("text", pa.string())])


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[Workbenches]:
    """Workbenches in a folder of their own."""
    lent = Workbenches(tmp_path / "work", "128MB", 1)
    yield lent
    lent.close()


def rows(*numbers: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(numbers, pa.int64()), pa.array([str(n) for n in numbers])], schema=SCHEMA
    )


def doubled(table: ir.Table) -> ir.Table:
    return table.select("row_no", twice=table.text + table.text)


def result(bench: Workbench) -> list[tuple[int, str]]:
    return sorted(bench.execute('select row_no, twice from "checked"').fetchall())


def test_one_batch_after_another_on_one_bench(benches: Workbenches) -> None:
    engine = DuckDBEngine()
    for numbers in ((1, 2), (7,), ()):
        bench = benches.take()
        engine.materialise(bench, "checked", SCHEMA, iter([rows(*numbers)]), doubled, "k")
        assert result(bench) == [(n, f"{n}{n}") for n in numbers]
        benches.give_back(bench)
    assert len(list(benches.folder.glob("bench-*"))) == 1  # the same one, lent three times


def test_no_rows_at_all(benches: Workbenches) -> None:
    bench = benches.take()
    DuckDBEngine().materialise(bench, "checked", SCHEMA, iter([]), doubled, "k")
    assert result(bench) == []
    benches.give_back(bench)


def test_many_pieces_are_one_result(benches: Workbenches, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PIECE_ROWS", 3)
    bench = benches.take()
    DuckDBEngine().materialise(bench, "checked", SCHEMA, (rows(n, n + 100) for n in range(10)), doubled, "k")
    assert [n for n, _ in result(bench)] == sorted([*range(10), *range(100, 110)])
    benches.give_back(bench)


def test_a_stream_that_breaks_does_not_spoil_the_bench(benches: Workbenches) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield rows(1)
        raise ValueError("torn")

    engine, bench = DuckDBEngine(), benches.take()
    with pytest.raises(ValueError, match="torn"):
        engine.materialise(bench, "checked", SCHEMA, broken(), doubled, "k")
    benches.give_back(bench)
    again = benches.take()
    engine.materialise(again, "checked", SCHEMA, iter([rows(5)]), doubled, "k")
    assert result(again) == [(5, "55")]
    benches.give_back(again)


def test_an_expression_that_fails_to_compile_does_not_spoil_the_bench(benches: Workbenches) -> None:
    def wrong(table: ir.Table) -> ir.Table:
        raise ValueError("no such expression")

    engine, bench = DuckDBEngine(), benches.take()
    with pytest.raises(ValueError, match="no such"):
        engine.materialise(bench, "checked", SCHEMA, iter([rows(1)]), wrong, "k")
    benches.give_back(bench)
    again = benches.take()
    engine.materialise(again, "checked", SCHEMA, iter([rows(5)]), doubled, "k")
    assert result(again) == [(5, "55")]
    benches.give_back(again)


def test_nothing_of_a_run_is_left_for_the_next(benches: Workbenches) -> None:
    engine, bench = DuckDBEngine(), benches.take()
    engine.materialise(bench, "checked", SCHEMA, iter([rows(1)]), doubled, "k")
    bench.execute("create table accepted as select * from checked")
    bench.execute("create view sound as select * from accepted")
    bench.execute(f"copy accepted to '{bench.folder}/accepted.parquet'")
    benches.give_back(bench)
    assert benches.take() is bench
    left = bench.execute("select database_name, table_name from duckdb_tables()").fetchall()
    assert all(bench.row(f'select count(*) from "{database}"."{name}"') == (0,) for database, name in left)
    assert not {"accepted", "sound", "checked"} & {name for _, name in left}
    assert list(bench.folder.glob("*.parquet")) == []
    benches.give_back(bench)


def test_the_statement_longest_unused_is_dropped(benches: Workbenches) -> None:
    engine, bench = DuckDBEngine(), benches.take()
    for turn in range(40):
        engine.materialise(bench, "checked", SCHEMA, iter([rows(turn)]), doubled, f"k{turn % 20}")
        assert result(bench)[-1] == (turn, f"{turn}{turn}")
    assert len(bench.prepared) <= 16
    benches.give_back(bench)


def test_two_at_once_get_one_each(benches: Workbenches) -> None:
    first, second = benches.take(), benches.take()
    assert first.folder != second.folder
    benches.sweep()
    assert first.folder.exists() and second.folder.exists()  # in use
    benches.give_back(first)
    benches.give_back(second)
    benches.close()
    assert list(benches.folder.iterdir()) == []


def test_a_dead_process_is_swept_up_after(benches: Workbenches) -> None:
    left = benches.folder / "bench-0123456789ab"
    left.mkdir(parents=True)
    (left / "in-use").touch()
    (left / "spill").mkdir()
    benches.sweep()
    assert not left.exists()


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("in the way")
    with pytest.raises(WorkSpaceError) as caught:
        Workbenches(tmp_path / "work", "128MB", 1).take()
    assert (caught.value.status, caught.value.code) == (503, "work_space_unavailable")


@pytest.mark.parametrize("name", ["sparkling", "spark", "", "postgres"])
def test_an_unknown_engine_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingError, match=repr(name)):
        open_engine(Settings(home=tmp_path, engine=name))
