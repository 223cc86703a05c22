"""Divisions: names, paths, validity, successors, search by name."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from xinshu.core.division_data import DivisionDataError, read_current, read_history
from xinshu.core.divisions import Divisions

DIVISIONS = Divisions.load()


def test_loading_is_fast() -> None:
    best = min(_seconds() for _ in range(5))
    assert best < 0.05


def _seconds() -> float:
    began = time.perf_counter()
    assert Divisions.load().name_of("320102") == "玄武区"
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("320000", "江苏省"),
        ("320100", "江苏省/南京市"),
        ("320102", "江苏省/南京市/玄武区"),
        ("110101", "北京市/东城区"),
        ("110100", "北京市/市辖区"),
        ("419001", "河南省/济源市"),
        ("441900", "广东省/东莞市"),
        ("320103", "江苏省/南京市/白下区"),
        ("341400", "安徽省/巢湖市"),
        ("999999", ""),
        ("", ""),
    ],
)
def test_path(code: str, path: str) -> None:
    assert DIVISIONS.path_of(code) == path


def test_parents_lead_to_the_province() -> None:
    assert DIVISIONS.parent_of("320102") == "320100"
    assert DIVISIONS.parent_of("320100") == "320000"
    assert DIVISIONS.parent_of("320000") is None
    for division in DIVISIONS:
        parent = DIVISIONS.parent_of(division.code)
        assert parent is None or DIVISIONS.is_current(parent), division


def test_codes_are_six_digits_and_no_code_is_both_current_and_retired() -> None:
    assert len(DIVISIONS) > 3000
    assert all(len(c) == 6 and c.isdigit() for c in (*DIVISIONS.current, *DIVISIONS.retired))
    assert not DIVISIONS.current.keys() & DIVISIONS.retired.keys()
    assert len([d for d in DIVISIONS if d.level == "province"]) == 34


@pytest.mark.parametrize(
    ("code", "year", "successors"),
    [
        ("320103", 2013, ("320104",)),  # Baixia into Qinhuai
        ("320124", 2013, ("320117",)),  # Lishui county becomes a district
        ("371200", 2018, ("370116",)),  # Laiwu city into Jinan
        ("342600", 1999, ("340181",)),  # Chaohu prefecture, then city, then split: two steps
        ("330104", 2021, ("330102",)),  # Jianggan into Shangcheng
    ],
)
def test_retired_codes(code: str, year: int, successors: tuple[str, ...]) -> None:
    assert DIVISIONS.abolished_on(code) == date(year, 12, 31)
    assert DIVISIONS.successors_of(code) == successors
    assert DIVISIONS.valid_on(code, date(year, 6, 1))
    assert not DIVISIONS.valid_on(code, date(year + 1, 1, 1))


def test_every_retired_code_has_a_day_and_a_name() -> None:
    assert all(d.abolished is not None and d.name for d in DIVISIONS.retired.values())


def test_validity_of_codes_in_force() -> None:
    assert DIVISIONS.valid_on("320102", date(1985, 1, 1))
    assert DIVISIONS.valid_on("110101", date(1985, 1, 1))
    assert not DIVISIONS.valid_on("320117", date(2012, 12, 31))
    assert DIVISIONS.valid_on("320117", date(2014, 1, 1))
    assert not DIVISIONS.valid_on("999999", date(2020, 1, 1))
    assert DIVISIONS.successors_of("320102") == ("320102",)
    assert DIVISIONS.successors_of("999999") == ()


@pytest.mark.parametrize(
    ("name", "province", "code"),
    [
        ("南京", "江苏", "320100"),
        ("南京市", "江苏省", "320100"),
        ("黔南", "贵州", "522700"),
        ("黔西南", "贵州", "522300"),
        ("凉山", "四川", "513400"),
        ("阿坝", "四川", "513200"),
        ("大兴安岭", "黑龙江", "232700"),
        ("恩施", "湖北省", "422800"),
        ("锡林郭勒", "内蒙古", "152500"),
        ("北京", None, "110000"),
        ("南京", "四川", None),
        ("贵安新区", "贵州", None),
        ("N/A", "四川", None),
        ("", None, None),
    ],
)
def test_find_city(name: str, province: str | None, code: str | None) -> None:
    assert DIVISIONS.find_city(name, province) == code


def test_find_province() -> None:
    assert DIVISIONS.find_province("江苏") == "320000" == DIVISIONS.find_province("江苏省")
    assert DIVISIONS.find_province("广西") == "450000"
    assert DIVISIONS.find_province("某省") is None


def test_every_city_of_the_real_registers_is_found(shared_data: Path) -> None:
    import duckdb

    places = duckdb.execute(
        "select distinct 地区, 所在省份 from read_csv(?, all_varchar=true, header=true, ignore_errors=true) "
        "where 地区 <> 'N/A' and 所在省份 <> 'N/A'",
        [str(shared_data / "registry" / "*-2019.csv.gz")],
    ).fetchall()
    assert len(places) > 40
    assert [p for p in places if DIVISIONS.find_city(*p) is None and p[0] != "贵安新区"] == []


def test_data_of_another_shape_are_refused(tmp_path: Path) -> None:
    for text in ("{", '{"provinces": {"江苏省": {"cities": {}}}}', '{"events": [{"year": 2000}], "meta": {}}'):
        file = tmp_path / "data.json"
        file.write_text(text)
        with pytest.raises(DivisionDataError, match=r"data\.json"):
            read_current(file)
        with pytest.raises(DivisionDataError, match=r"data\.json"):
            read_history(file)
