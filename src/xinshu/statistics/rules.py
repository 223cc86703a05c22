"""Decisions about what is shown: which counts are withheld, into which groups things fall. No I/O."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
LEAST = 10
"""The smallest count that is shown; smaller ones are “少于 10”. Nought is shown: it tells of nobody."""

MUNICIPALITIES = ("11", "12", "31", "50")
FIRST_YEARS = 1980


def withhold(counts: Mapping[K, int], least: int = LEAST) -> dict[K, int | None]:
    """Counts with None in the place of those that are withheld, in the order given.

    Small ones are, and as many more, the smallest first, as it takes that nothing can be found by subtracting from the
    sum of all: at least two are withheld, and together at least `least`.
    """
    hidden = {key for key, count in counts.items() if 0 < count < least}
    if len(hidden) > 0:
        others = sorted((key for key, count in counts.items() if count >= least), key=lambda key: counts[key])
        for key in others:
            if len(hidden) >= 2 and sum(counts[one] for one in hidden) >= least:
                break
            hidden.add(key)
    return {key: None if key in hidden else count for key, count in counts.items()}


def at_least(count: int, least: int = LEAST) -> int | None:
    """A single count; None when it is withheld."""
    return None if 0 < count < least else count


def area_of(division: str | None, platform: str) -> str | None:
    """The area of a platform's statistics in which a division of GB/T 2260 lies; None: outside, or not told.

    A province shows its cities (counties that it governs itself count as such), a municipality or a city its counties,
    the nation its provinces. `platform`: the platform's own code.
    """
    if division is None or len(division) != 6 or not division.isdigit():
        return None
    if platform == "000000":
        return f"{division[:2]}0000"
    if not platform.endswith("0000"):
        return division if division[:4] == platform[:4] and division[4:] != "00" else None
    if division[:2] != platform[:2] or division[2:] == "0000":
        return None
    if division[:2] in MUNICIPALITIES or division[2:4] == "90":
        return division if division[4:] != "00" else None
    return f"{division[:4]}00"


def years_of(year: int) -> tuple[int, int]:
    """First and last year of the group in which a year of establishment falls: five years each, all before 1980 one."""
    if year < FIRST_YEARS:
        return (0, FIRST_YEARS - 1)
    first = year - year % 5
    return (first, first + 4)
