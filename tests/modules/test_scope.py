"""Business scopes: verbs before, behind and within lists; exclusions; standing phrases; hostile texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modules_kit import book

from xinshu.modules.classify import Firm, classify
from xinshu.modules.scope import LONGEST, Act, Clause, chief, clauses


def told(scope: str) -> dict[str, str]:
    """Thing → what is done, or `out`."""
    return {one.text: "out" if one.out else chief(one.acts).value for one in clauses(scope)}


CASES = {
    "verbs behind a list": ("胶合板、木制品、家具加工、销售", {"胶合板": "make", "木制品": "make", "家具加工": "make"}),
    "verbs before a list": ("销售:机电设备、环保设备", {"销售:机电设备": "trade", "环保设备": "trade"}),
    "several verbs before": ("设计、研发、销售:电力系统、仪表", {"销售:电力系统": "research", "仪表": "research"}),
    "each its own": ("机械加工,机械维修,经销机床", {"机械加工": "make", "机械维修": "service", "经销机床": "trade"}),
    "traded only": ("光伏组件、太阳能电池销售", {"光伏组件": "trade", "太阳能电池销售": "trade"}),
    "nothing said": ("化妆品、洗涤用品", {"化妆品": "unstated", "洗涤用品": "unstated"}),
    "excluded in brackets": ("废旧物资回收(危险废物除外)", {"废旧物资回收": "service"}),
    "named in brackets": ("农副产品(含光伏组件)生产", {"农副产品生产": "make", "光伏组件": "unstated"}),
    "an excluded list": ("不含光伏组件生产、电池制造;玩具制造",
                         {"不含光伏组件生产": "out", "电池制造": "out", "玩具制造": "make"}),
    "all but": ("除锂电池、光伏组件外的电子产品销售;养猪",
                {"除锂电池": "out", "光伏组件外的电子产品销售": "out", "养猪": "unstated"}),
    "forbidden": ("国家禁止经营的光伏产品不得生产", {"国家禁止经营的光伏产品不得生产": "out"}),
    "trade with abroad": ("自营和代理各类商品及技术的进出口业务", {"自营和代理各类商品及技术的进出口业务": "out"}),
    "the standing phrase": ("水稻种植。(依法须经批准的项目,经相关部门批准后方可开展经营活动)", {"水稻种植": "make"}),
    "a bracket never closed": ("国务院禁止的不得经营;(白酒生产", {"国务院禁止的不得经营": "out", "白酒生产": "make"}),
    "full width": ("光伏组件制造；储能设备销售", {"光伏组件制造": "make", "储能设备销售": "trade"}),
    "not available": ("N/A", {}),
}  # fmt: skip


@pytest.mark.parametrize("scope,expected", CASES.values(), ids=CASES.keys())
def test_a_scope_is_read_as_its_clauses(scope: str, expected: dict[str, str]) -> None:
    assert told(scope) == expected


def test_places_count_from_the_first_named() -> None:
    found = clauses("甲类生产、乙类销售;丙类服务(含丁类)")
    assert [one.place for one in found] == [0, 1, 2, 3]
    assert found[0] == Clause("甲类生产", 0, frozenset({Act.MAKE}))


HOSTILE = (
    "服务" * 5_000,
    "光伏组件" * 5_000,
    "(" * 9_000,
    "除" * 9_000,
    "、a" * 9_000,
    "凭" * 9_000,
    "不含" * 9_000,
    "a、" * 2_000 + "加工" + "、销售、生产" * 900,
    "(除" * 5_000,
    "光伏\x00\ud800组件生产",
    "除a" * 3_000 + "外",
)


@pytest.mark.parametrize("scope", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_read_to_an_end(scope: str) -> None:
    found = clauses(scope)
    assert sum(len(one.text) for one in found) <= 2 * LONGEST
    assert set(classify(book(), Firm("x", None, scope))) == {one.id for one in book()}


@settings(max_examples=150, deadline=None)
@given(st.text("光伏组件生产销售、;,(不含除外)水稻种植的及A1 ", max_size=120))
def test_any_text_gives_points_in_their_range(scope: str) -> None:
    for one in classify(book(), Firm("示例", None, scope)).values():
        assert 0 <= one.points <= 100
        assert one.degree in ("member", "possible", "none")
