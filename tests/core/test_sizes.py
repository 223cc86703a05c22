"""Size classes: the cases of `cases/sizes.yml`, and the Ibis expression beside the function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from xinshu.core.industries import ReferenceDataError
from xinshu.core.sizes import FILE, SizeClass, Sizes

SIZES = Sizes.load()
CASES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("sizes.yml").read_text(encoding="utf-8"))
SCHEMA = {"industry": "string", "employees": "int64", "revenue": "float64", "assets": "float64"}
DUCKDB = ibis.duckdb.connect()
_T = ibis.table(SCHEMA, name="firms")
SQL = str(ibis.to_sql(SIZES.size_class_expr(_T.industry, _T.employees, _T.revenue, _T.assets), dialect="duckdb"))

BOUNDS = sorted({bound for row in SIZES.rows for _, bounds in row.bounds for bound in bounds})
FIGURE = st.none() | st.sampled_from(BOUNDS) | st.sampled_from([b - 1 for b in BOUNDS])
CODES = [row.prefixes[0] for row in SIZES.rows] + ["C1311", "G", "G59", "G5910", "J66", "K7040", "Q", "X99"]
FIRM = st.tuples(st.none() | st.sampled_from(CODES), FIGURE, FIGURE, FIGURE)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    result = SIZES.size_class(case["industry"], case.get("employees"), case.get("revenue"), case.get("assets"))
    assert result.size == case["size"]
    assert case.get("says", "") in result.reason
    assert result.row == case.get("row", result.row)


def test_every_reason_names_what_decided() -> None:
    result = SIZES.size_class("C1311", 1000, 39999, None)
    assert result.reason == (
        "工业:从业人员 1000 人、营业收入 39999 万元,达到中型下限,未达大型(营业收入不足 40000 万元)"
    )


@given(FIRM)
def test_more_is_never_smaller(firm: tuple[str | None, float | None, float | None, float | None]) -> None:
    order = [SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.LARGE]
    industry, *figures = firm
    before = SIZES.size_class(industry, *figures).size
    after = SIZES.size_class(industry, *(None if f is None else f + 1000 for f in figures)).size
    assert (before in order) == (after in order)
    assert before not in order or order.index(after) >= order.index(before)


@settings(max_examples=30, deadline=None)
@given(st.lists(FIRM, min_size=1, max_size=60))
def test_duckdb_gives_the_same(firms: list[tuple[str | None, float | None, float | None, float | None]]) -> None:
    industry, employees, revenue, assets = (list(column) for column in zip(*firms, strict=True))
    DUCKDB.con.execute(
        "create or replace temp table firms as select unnest($1::varchar[]) as industry, "
        "unnest($2::bigint[]) as employees, unnest($3::double[]) as revenue, unnest($4::double[]) as assets",
        [industry, employees, revenue, assets],
    )
    assert [row[0] for row in DUCKDB.con.execute(SQL).fetchall()] == [SIZES.size_class(*f).size.value for f in firms]


def test_a_faulty_row_is_named(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "definitions" / "reference"
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "gbt4754_2017.tsv").write_bytes((shipped / "gbt4754_2017.tsv").read_bytes())
    for old, new in (("1000;40000", "1000;viele"), ("employees;revenue", "employees;profit"), ("B,C,D", "B,C,Ä")):
        text = (shipped / "sme_size.tsv").read_text().replace(old, new, 1)
        (tmp_path / FILE).write_text(text)
        with pytest.raises(ReferenceDataError, match="第 3 行"):
            Sizes.load(tmp_path)
