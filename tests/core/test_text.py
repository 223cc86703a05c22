"""Cleaning of text: examples, and the same answer from Python, DuckDB and PostgreSQL."""

from __future__ import annotations

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinshu.core.text import (
    NAME_STEPS,
    clean,
    name_translation,
    normalise_name,
    normalise_name_expr,
    pinyin_key,
    upper_code,
)
from xinshu.store import Database

# What names are made of, what the steps treat, and anything else. NUL and lone surrogates stand in no database.
ANY = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
TREATED = st.sampled_from("".join(step.source for step in NAME_STEPS))
NAMES = st.text(st.one_of(st.sampled_from("南京科技有限公司()·-AZ09az"), TREATED, ANY), max_size=30)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("  南京　玄武\t\n科技  ", "南京 玄武 科技"),
        ("ＡＢＣ１２３(有限)（公司）", "ABC123(有限)(公司)"),
        ("a\u200bb\ufeffc\x00d\x07e", "abcde"),
        ("\u3000", ""),
    ],
)
def test_clean(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


def test_upper_code() -> None:
    assert upper_code(" 9132 ０１００ ｍa1\u200b ") == "91320100MA1"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("南京 某某（集团）有限公司", "南京某某(集团)有限公司"),
        ("南京某某【集团】有限公司", "南京某某(集团)有限公司"),
        ("“好日子”ktv・Bar", "好日子KTV·BAR"),
        ("二○一九—设计", "二〇一九-设计"),
        ("  ", ""),
    ],
)
def test_normalise_name(raw: str, wanted: str) -> None:
    assert normalise_name(raw) == wanted


@given(NAMES)
def test_normalising_twice_changes_nothing(name: str) -> None:
    assert normalise_name(normalise_name(name)) == normalise_name(name)
    assert normalise_name(clean(name)) == normalise_name(name)
    assert clean(clean(name)) == clean(name)


def test_every_step_maps_one_to_one_or_deletes() -> None:
    assert all(len(step.target) in (0, len(step.source)) for step in NAME_STEPS)
    assert all(len(set(step.source)) == len(step.source) for step in NAME_STEPS)


DUCKDB = ibis.duckdb.connect()
COLUMN = ibis.table({"name": "string"}, name="names")
SQL = str(ibis.to_sql(normalise_name_expr(COLUMN.name), dialect="duckdb"))


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=40))
def test_duckdb_gives_the_same(names: list[str]) -> None:
    DUCKDB.con.execute("create or replace temp table names as select unnest($1::varchar[]) as name", [names])
    assert [row[0] for row in DUCKDB.con.execute(SQL).fetchall()] == [normalise_name(name) for name in names]


def test_spark_sql_is_the_same_two_functions() -> None:
    pytest.importorskip("sqlglot")
    text = str(ibis.to_sql(normalise_name_expr(COLUMN.name), dialect="pyspark"))
    assert "TRANSLATE(" in text
    assert "RLIKE" in text


async def test_postgresql_gives_the_same(db: Database) -> None:
    source, target = name_translation()
    names = ["南京 某某（集团）“有限”公司", "ａｂｃ・XYZ—１", "〔甲〕○\u200b\u3000乙", "丙_%\\丁"]
    async with db.acquire() as conn:
        for name in names:
            assert await conn.fetchval("select translate($1, $2, $3)", name, source, target) == normalise_name(name)


def test_pinyin_key_orders_by_sound() -> None:
    names = ["重庆长江", "安徽", "南京", "厦门", "北京", "3M中国", "ABC"]
    assert sorted(names, key=pinyin_key) == ["3M中国", "ABC", "安徽", "北京", "重庆长江", "南京", "厦门"]
    assert pinyin_key("重庆长江(集团)3M") == "chong qing chang jiang ( ji tuan ) 3m"
    assert pinyin_key("西安") < pinyin_key("先")  # syllables, not letters: xi an before xian


@given(NAMES)
def test_pinyin_key_takes_any_name(name: str) -> None:
    key = pinyin_key(normalise_name(name))
    assert key == " ".join(key.split())
