"""Codes explained in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinshu.core.divisions import Divisions
from xinshu.subjects.explain import explain_code

DIVISIONS = Divisions.load()


@pytest.mark.parametrize(
    ("code", "what", "part"),
    [
        ("91320100748204660q", "统一社会信用代码", ("登记机关行政区划", "320100 江苏省/南京市")),
        ("11320100MB1886843H", "统一社会信用代码", ("机构类别", "1 机关")),
        ("74820466-0", "组织机构代码", ("校验码", "0")),
        ("110108000000016", "注册号", ("首次登记机关", "110108 北京市/海淀区")),
        ("3202112107499", "注册号", ("校验码", "无")),
        ("11010519491231002X", "公民身份号码", ("性别", "女")),
        ("ZN320115000000001C", "平台编号", ("顺序号", "1")),
    ],
)
def test_valid_codes(code: str, what: str, part: tuple[str, str]) -> None:
    explained = explain_code(code, DIVISIONS)
    assert explained.what == what
    assert part in explained.parts
    assert all(fault.level == "warning" for fault in explained.faults)


def test_a_citizen_number_is_shown_masked_even_when_wrong() -> None:
    assert explain_code("11010519491231002X", DIVISIONS).shown == "1101**********002X"
    wrong = explain_code("110105194912310021", DIVISIONS)
    assert wrong.shown == "1101**********0021"
    assert [fault.code for fault in wrong.faults] == ["citizen_no_check_digit"]


@given(st.text(max_size=20))
def test_any_text_gets_an_explanation(text: str) -> None:
    explained = explain_code(text, DIVISIONS)
    assert explained.faults or explained.parts
