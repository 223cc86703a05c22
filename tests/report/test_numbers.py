"""Numbers and check codes: their form, and that slips are noticed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from xinshu.report.numbers import CHECK_CODE, NUMBER, check_character, is_number, make_check_code, make_number


def test_the_form_of_a_number() -> None:
    number = make_number("320000", date(2026, 6, 1), lambda count: bytes(range(count)))
    assert number[:-1] == "XR3200002026060101234567"
    assert re.fullmatch(NUMBER, number) and is_number(number)
    assert re.fullmatch(CHECK_CODE, make_check_code())
    assert len({make_check_code() for _ in range(1000)}) == 1000


def test_the_published_example_of_the_check_character() -> None:
    assert check_character("A12425GABC1234002") == "M"  # ISO 7064 MOD 37,36 as of the ISAN standard's kind
    assert is_number("A12425GABC1234002M")


@pytest.mark.parametrize("slip", ["", "X", "XR3200002026060101234567", "XR32000020260601012345670", "中文", "xr32"])
def test_a_slip_is_noticed(slip: str) -> None:
    number = make_number("320000", date(2026, 6, 1), lambda count: bytes(range(count)))
    assert not is_number(slip) or slip == number
    for place in range(len(number) - 1):
        if number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert not is_number(swapped)
