"""Known answers, and which faults the check characters find."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinshu.core import check_digits
from xinshu.core.check_digits import USCC_ALPHABET

VALID_USCC = (
    "91320100748204660Q",
    "91320281142232229Q",
    "91310000132215150M",
    "91370400728618604X",
    "91350100M000100Y43",
    "11320100MB1886843H",
)

USCC_BODY = st.text(USCC_ALPHABET, min_size=17, max_size=17)
DIGITS_14 = st.text(string.digits, min_size=14, max_size=14)
DIGITS_17 = st.text(string.digits, min_size=17, max_size=17)


@pytest.mark.parametrize("code", VALID_USCC)
def test_published_codes_have_their_check_characters(code: str) -> None:
    assert check_digits.uscc_check(code[:17]) == code[17]
    assert check_digits.organisation_check(code[8:16]) == code[16]


def test_published_examples_of_the_other_standards() -> None:
    assert check_digits.citizen_check("11010519491231002") == "X"  # GB 11643-1999, example
    assert check_digits.citizen_check("44052418800101001") == "4"  # GB 11643-1999, example
    assert check_digits.registration_check("11010800000001") == "6"  # GS 15-2006, example


@given(USCC_BODY, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_any_single_wrong_character_of_a_credit_code_is_found(body: str, place: int, other: str) -> None:
    code = body + check_digits.uscc_check(body)
    assume(code[place] != other)
    wrong = code[:place] + other + code[place + 1 :]
    assert check_digits.uscc_check(wrong[:17]) != wrong[17]


@given(USCC_BODY, st.integers(0, 16))
def test_any_two_neighbours_swapped_in_a_credit_code_are_found(body: str, place: int) -> None:
    code = body + check_digits.uscc_check(body)
    assume(code[place] != code[place + 1])
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert check_digits.uscc_check(wrong[:17]) != wrong[17]


@given(DIGITS_17, st.integers(0, 16), st.sampled_from(string.digits))
def test_any_single_wrong_digit_of_a_citizen_number_is_found(body: str, place: int, other: str) -> None:
    assume(body[place] != other)
    wrong = body[:place] + other + body[place + 1 :]
    assert check_digits.citizen_check(wrong) != check_digits.citizen_check(body)


@given(DIGITS_17, st.integers(0, 15))
def test_any_two_neighbours_swapped_in_a_citizen_number_are_found(body: str, place: int) -> None:
    assume(body[place] != body[place + 1])
    wrong = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert check_digits.citizen_check(wrong) != check_digits.citizen_check(body)


@given(DIGITS_14, st.integers(0, 13), st.sampled_from(string.digits))
def test_any_single_wrong_digit_of_a_registration_number_is_found(body: str, place: int, other: str) -> None:
    assume(body[place] != other)
    wrong = body[:place] + other + body[place + 1 :]
    assert check_digits.registration_check(wrong) != check_digits.registration_check(body)


@given(st.text(string.digits, min_size=15, max_size=15), st.integers(0, 14), st.sampled_from(string.digits))
def test_any_single_wrong_digit_of_a_platform_number_is_found(body: str, place: int, other: str) -> None:
    assume(body[place] != other)
    wrong = body[:place] + other + body[place + 1 :]
    assert check_digits.platform_check(wrong) != check_digits.platform_check(body)
