"""Identifiers: the cases of `cases/codes.yml`, parts, makers, and the remarks on divisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xinshu.core import identifiers as ids
from xinshu.core.check_digits import USCC_ALPHABET
from xinshu.core.divisions import Divisions

CHECKS: dict[str, Callable[[str], list[ids.Fault]]] = {
    "uscc": ids.check_uscc,
    "registration_no": ids.check_registration_no,
    "organisation_code": ids.check_organisation_code,
    "citizen_no": ids.check_citizen_no,
    "platform_code": ids.check_platform_code,
}
CASES = [
    pytest.param(kind, case, id=f"{kind}-{case['code']}")
    for kind, cases in yaml.safe_load(
        Path(__file__).with_name("cases").joinpath("codes.yml").read_text(encoding="utf-8")
    ).items()
    for case in cases
]
DIVISIONS = st.integers(110000, 659999).map(str)


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_cases(kind: str, case: dict[str, Any]) -> None:
    faults = CHECKS[kind](case["code"])
    assert [f.code + (" (w)" if f.level == "warning" else "") for f in faults] == case["faults"]
    assert case.get("says", "") in ";".join(f.message for f in faults)


@given(st.text(max_size=20), st.sampled_from(sorted(CHECKS)))
def test_no_text_breaks_a_check(text: str, kind: str) -> None:
    assert all(f.message and f.code for f in CHECKS[kind](text))


def test_parts_of_a_credit_code() -> None:
    parts = ids.parse_uscc("91320100748204660q")
    assert (parts.authority_name, parts.kind_name, parts.division) == ("市场监管", "企业", "320100")
    assert (parts.organisation_code, parts.check) == ("748204660", "Q")
    assert ids.parse_uscc("11320100MB1886843H").kind_name == "机关"


def test_parts_of_the_other_codes() -> None:
    assert ids.parse_organisation_code("74820466-0").body == "74820466"
    assert ids.parse_registration_no("110108000000016").kind_name == "内资企业"
    assert ids.parse_registration_no("3202112107499").check is None
    household = ids.parse_platform_code("ZN320115000000001C")
    assert (household.division, household.serial, household.kind_name) == ("320115", 1, "农户")


def test_a_citizen_number_never_shows_itself() -> None:
    citizen = ids.parse_citizen_no("11010519491231002X")
    assert (citizen.birth, citizen.sex) == (date(1949, 12, 31), "女")
    assert repr(citizen) == "CitizenNo(1101**********002X)"
    with pytest.raises(ids.InvalidCodeError) as caught:
        ids.parse_citizen_no("110105194912310021")
    assert "19491231" not in str(caught.value.as_dict())
    assert caught.value.details["faults"][0]["expected"] == "X"


def test_a_birth_after_today_is_a_fault() -> None:
    code = ids.make_citizen_no("320102", date(2026, 6, 2), 7)
    assert ids.check_citizen_no(code, today=date(2026, 6, 2)) == []
    assert [f.code for f in ids.check_citizen_no(code, today=date(2026, 6, 1))] == ["citizen_no_birth"]


@given(st.sampled_from(sorted(ids.KINDS)), DIVISIONS, st.integers(0, 31**6 - 1))
def test_made_credit_codes_are_valid_throughout(kind: str, division: str, serial: int) -> None:
    code = ids.make_uscc(kind[0], kind[1], division, serial)
    assert ids.check_uscc(code) == []
    assert ids.parse_uscc(code).division == division


@given(DIVISIONS, st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_made_citizen_numbers_are_valid(division: str, birth: date, sequence: int) -> None:
    code = ids.make_citizen_no(division, birth, sequence)
    assert ids.check_citizen_no(code) == []
    assert ids.parse_citizen_no(code).birth == birth


@given(DIVISIONS, st.integers(0, 99_999_999))
def test_made_registration_numbers_are_valid(division: str, sequence: int) -> None:
    assert ids.check_registration_no(ids.make_registration_no(division, sequence)) == []


@given(DIVISIONS, st.integers(0, 999_999_999))
def test_made_platform_codes_are_valid_and_no_credit_codes(division: str, serial: int) -> None:
    code = ids.make_platform_code(division, serial)
    assert ids.check_platform_code(code) == [] == ids.check_subject_code(code)
    assert ids.has_errors(ids.check_uscc(code))
    assert ids.parse_platform_code(code).serial == serial
    assert code[0] not in USCC_ALPHABET


def test_makers_refuse_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="serial"):
        ids.make_uscc("9", "1", "320100", 31**6)
    with pytest.raises(ValueError, match="division"):
        ids.make_platform_code("32010", 1)
    with pytest.raises(ValueError, match="body"):
        ids.make_platform_code("320100", 10**9)
    with pytest.raises(ValueError, match="authority"):
        ids.make_uscc("Z", "1", "320100", 1)


def test_divisions_inside_codes_are_remarked_upon_but_valid() -> None:
    divisions = Divisions.load()
    retired = ids.check_uscc(ids.make_uscc("9", "1", "320103", 5), divisions)
    assert [(f.code, f.level) for f in retired] == [("uscc_division_retired", "warning")]
    assert "江苏省/南京市/白下区" in retired[0].message
    assert "2013" in retired[0].message
    unknown = ids.check_uscc(ids.make_uscc("9", "1", "320191", 5), divisions)
    assert [f.code for f in unknown] == ["uscc_division_unknown"]
    assert ids.check_uscc("91320100748204660Q", divisions) == []


def test_real_codes_of_the_registers_are_judged_valid(shared_data: Path) -> None:
    import duckdb

    files = str(shared_data / "registry" / "江苏-20*.csv.gz")
    rows = duckdb.execute(
        "select distinct 统一社会信用代码 from read_csv(?, all_varchar=true, header=true, ignore_errors=true) "
        "where length(统一社会信用代码) in (15, 18) limit 3000",
        [files],
    ).fetchall()
    wrong = [c for (c,) in rows if ids.has_errors(ids.check_uscc(c) if len(c) == 18 else ids.check_registration_no(c))]
    assert len(rows) == 3000
    assert len(wrong) <= 3
