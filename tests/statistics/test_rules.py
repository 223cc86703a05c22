"""What is withheld, and into which groups things fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinshu.statistics.rules import LEAST, area_of, at_least, withhold, years_of


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([], []),
        ([0, 10, 500], [0, 10, 500]),
        ([0, 3, 40, 500], [0, None, None, 500]),  # one alone could be found by subtracting
        ([3, 4, 40, 500], [None, None, None, 500]),  # together seven: each is known to be small
        ([5, 6, 40], [None, None, 40]),
        ([4], [None]),
        ([9, 0, 0], [None, 0, 0]),
    ],
)
def test_small_counts_are_withheld(counts: list[int], shown: list[int | None]) -> None:
    assert list(withhold(dict(enumerate(counts))).values()) == shown


@given(st.dictionaries(st.integers(), st.integers(0, 60), max_size=12))
def test_nothing_small_can_be_worked_out(counts: dict[int, int]) -> None:
    """Whoever knows the sum of all finds at best the sum of several withheld counts, and that is not small."""
    shown = withhold(counts)
    assert list(shown) == list(counts)
    hidden = [key for key, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= LEAST for count in shown.values())
    assert all(shown[key] in (None, counts[key]) for key in counts)
    if hidden and any(count for count in shown.values()):
        assert len(hidden) >= 2
        assert sum(counts[key] for key in hidden) >= LEAST


def test_a_single_count() -> None:
    assert [at_least(n) for n in (0, 1, 9, 10, 11)] == [0, None, None, 10, 11]


@pytest.mark.parametrize(
    ("division", "platform", "area"),
    [
        ("320111", "320000", "320100"),
        ("320100", "320000", "320100"),
        ("320000", "320000", None),
        ("110101", "320000", None),
        ("110101", "110000", "110101"),
        ("429004", "420000", "429004"),
        ("320111", "320100", "320111"),
        ("320205", "320100", None),
        ("320111", "000000", "320000"),
        (None, "320000", None),
        ("32", "320000", None),
        ("32x111", "320000", None),
    ],
)
def test_areas(division: str | None, platform: str, area: str | None) -> None:
    assert area_of(division, platform) == area


def test_years() -> None:
    assert [years_of(year) for year in (1949, 1979, 1980, 2019, 2020, 2026)] == [
        (0, 1979), (0, 1979), (1980, 1984), (2015, 2019), (2020, 2024), (2025, 2029),
    ]  # fmt: skip
