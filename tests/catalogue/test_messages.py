"""Reasons in words: every code is explained, with the field, the value and the remedy."""

from __future__ import annotations

import pytest

from xinshu.catalogue.messages import REASONS, explain
from xinshu.catalogue.model import Item


@pytest.mark.parametrize(
    ("reason", "value", "says"),
    [
        ("subject_name|REQUIRED", "", ["主体名称", "补填"]),
        ("amount|TYPE", "50万", ["金额", "50万", "1234.56"]),
        ("decided_date|TYPE", "2023-02-29", ["决定日期", "2023-02-29", "2024年1月31日"]),
        ("kind|CODE_UNKNOWN", "甲类", ["类别", "甲类", "1 甲"]),
        ("uscc|USCC_CHECK", "91320100748204661Q", ["91320100748204661Q", "应为", "营业执照"]),
        ("uscc|USCC_FORMAT", "9132010074820466OQ", ["O", "0"]),
        ("uscc|ORG_CHECK", "9132011476527864XE", ["第17位", "按有效处理"]),
        ("holder_code|USCC_FORMAT", "ZX", ["持有人代码", "平台编号"]),
        ("registration_no|REGNO_FORMAT", "123", ["注册号", "13位或15位"]),
        ("phone|PHONE_FORMAT", "12", ["联系电话", "手机号"]),
        ("division|DIVISION_RETIRED", "320103", ["320103", "已撤销", "现行代码"]),
        ("division|DIVISION_UNKNOWN", "999999", ["999999", "GB/T 2260"]),
        ("industry|INDUSTRY_UNKNOWN", "9999", ["9999", "门类字母"]),
        ("document_no|PATTERN", "x", ["文书号", "x", "格式"]),
        ("share|MIN", "-1", ["占比", "-1", "0%"]),
        ("amount|MAX", "9e9", ["金额", "1000000000元"]),
        ("subject_name|TOO_SHORT", "甲", ["1 个字", "至少 2"]),
        ("subject_name|TOO_LONG", "甲" * 100, ["100 个字", "至多 12"]),
        ("decided_date|FUTURE", "2030-01-01", ["2030-01-01", "晚于今天"]),
        ("decided_date|TOO_EARLY", "1900-01-01", ["1949-10-01", "留空"]),
        ("ends-later|CHECK", None, ["截止日期早于决定日期"]),
        ("document-once|CHECK", None, ["文书号重复"]),
    ],
)
def test_explained(every_type: Item, reason: str, value: str | None, says: list[str]) -> None:
    found = explain(every_type, reason, value)
    assert f"{found['field']}|{found['code']}" == reason
    assert all(words in found["message"] for words in says), found["message"]


def test_every_code_has_words_of_its_own(every_type: Item) -> None:
    said = {code: explain(every_type, f"division|{code}", "x")["message"] for code in REASONS if code != "CHECK"}
    assert len(set(said.values())) == len(said)
    assert not any("不符合要求" in message for message in said.values())


def test_sensitive_values_are_never_repeated(every_type: Item) -> None:
    number = "110101199003074514"
    for code in REASONS:
        assert number not in explain(every_type, f"citizen_no|{code}", number)["message"]


def test_long_values_are_cut(every_type: Item) -> None:
    assert len(explain(every_type, "document_no|PATTERN", "长" * 10_000)["message"]) < 120


def test_unknown_reasons_are_given_back(every_type: Item) -> None:
    assert explain(every_type, "nothing|TYPE", "x")["message"] == "nothing|TYPE"
    assert explain(every_type, "uscc|NEW_CODE", "x")["message"].endswith("不符合要求(NEW_CODE)")
