"""Pure rules: keys, kinds, pairs of characters, how a search is read."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinshu.core.text import normalise_name
from xinshu.subjects import rules
from xinshu.subjects.errors import SearchError

NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20).map(normalise_name)


def test_name_key_is_what_sql_computes() -> None:
    wanted = hashlib.md5("3201|南京青禾(集团)有限公司".encode()).hexdigest()  # noqa: S324
    assert rules.name_key("320102", "南京青禾（集团）有限公司 ").hex == wanted
    assert rules.name_key(None, "甲").hex == hashlib.md5("|甲".encode()).hexdigest()  # noqa: S324


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("91320100748204660Q", "enterprise"),
        ("92320100748204660Q", "individual_business"),
        ("93320100748204660Q", "cooperative"),
        ("11320100MB1886843H", "government_organ"),
        ("12320100MB1886843H", "public_institution"),
        ("52320100MB1886843H", "social_organisation"),
        ("N2320100MB1886843H", "rural_collective"),
        ("ZN320115000000001C", "farm_household"),
        ("31320100MB1886843H", "other"),
    ],
)
def test_kind(code: str, kind: str) -> None:
    assert rules.kind_of(code) == kind


@given(NAMES, st.data())
def test_every_part_of_a_name_has_only_pairs_of_the_name(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name)))
    part = name[start : data.draw(st.integers(start, len(name)))]
    assert set(rules.grams(part)) <= set(rules.grams(name))


@given(NAMES)
def test_pairs_fit_the_column(name: str) -> None:
    assert all(-(2**31) <= gram < 2**31 for gram in rules.grams(name))
    assert len(rules.grams(name)) == len(set(rules.grams(name)))


def test_legal_forms_have_no_pairs_of_their_own() -> None:
    assert rules.grams("有限责任公司") == [] == rules.grams("股份有限公司")
    assert len(rules.grams("青禾科技有限公司")) == 4  # 青禾 禾科 科技 技有


@pytest.mark.parametrize(
    ("text", "what", "read"),
    [
        (None, "all", ""),
        ("  ", "all", ""),
        ("9132 0100 7482", "code", "913201007482"),
        ("110108000000016", "code", "110108000000016"),
        ("zn3201", "code", "ZN3201"),
        ("青禾（集团）", "name", "青禾(集团)"),
        ("tcl", "name", "TCL"),
        ("3M", "name", "3M"),
        ("9132-01", "name", "9132-01"),
    ],
)
def test_reading_a_search(text: str | None, what: str, read: str) -> None:
    query = rules.read_query(text)
    assert (query.what, query.text) == (what, read)


@pytest.mark.parametrize(("text", "says"), [("禾", "至少输入 2 个字"), ("11010519491231002X", "公民身份号码")])
def test_searches_that_are_refused(text: str, says: str) -> None:
    with pytest.raises(SearchError, match=says) as caught:
        rules.read_query(text)
    assert "1949" not in str(caught.value.as_dict())


@pytest.mark.parametrize(
    ("prefix", "wanted"),
    [
        ("32", ("32", None, None)),
        ("320000", ("32", None, None)),
        ("3201", (None, "3201", None)),
        ("320100", (None, "3201", None)),
        ("320102", (None, None, "320102")),
        ("", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_divisions(prefix: str | None, wanted: tuple[str | None, str | None, str | None]) -> None:
    assert rules.division_filter(prefix) == wanted


@pytest.mark.parametrize("prefix", ["3", "32010", "江苏", "32010A", "3201022"])
def test_divisions_that_are_refused(prefix: str) -> None:
    with pytest.raises(SearchError, match="2、4 或 6 位"):
        rules.division_filter(prefix)
