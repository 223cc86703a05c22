"""The schematic map of a platform's area: one tile a division, from `definitions/maps/<code>.yml` or by code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xinshu.core.divisions import Divisions
from xinshu.core.errors import SettingError
from xinshu.statistics.rules import area_of


class MapError(SettingError):
    """A file of `definitions/maps` has a fault."""

    code = "map_invalid"


@dataclass(frozen=True)
class Tile:
    """One division of the map; tiles of odd rows stand half a tile further to the east."""

    code: str
    name: str
    row: int
    column: int


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^\d{6}$")
    row: int = Field(ge=0, le=40)
    column: int = Field(ge=0, le=40)


class _Map(BaseModel):
    model_config = ConfigDict(extra="forbid")

    division: str = Field(pattern=r"^\d{6}$")
    tiles: Annotated[list[_Place], Field(min_length=1, max_length=400)]


def load_map(definitions: Path, platform: str, divisions: Divisions) -> list[Tile]:
    """The tiles of a platform's area, by row and column. Raises MapError naming file and fault."""
    codes = sorted({area for one in divisions.codes if (area := area_of(one, platform)) is not None})
    path = definitions / "maps" / f"{platform}.yml"
    if not path.is_file():
        return _in_rows(codes, divisions)
    try:
        drawn = _Map.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise MapError(f"示意图 {path.name} 无法读取:{error}", hint="按 definitions/maps 中的例子改正") from None
    _check(path.name, drawn, platform, codes)
    tiles = [Tile(one.code, divisions.name_of(one.code), one.row, one.column) for one in drawn.tiles]
    return sorted(tiles, key=lambda tile: (tile.row, tile.column))


def _check(name: str, drawn: _Map, platform: str, codes: list[str]) -> None:
    """Every division of the area once, no two in one place."""
    given = [one.code for one in drawn.tiles]
    places = [(one.row, one.column) for one in drawn.tiles]
    if drawn.division != platform:
        raise MapError(f"示意图 {name} 的 division 应为 {platform},写的是 {drawn.division}", hint="改正 division")
    if missing := sorted(set(codes) - set(given)):
        raise MapError(f"示意图 {name} 缺少 {'、'.join(missing)}", hint="补上这些地区")
    if unknown := sorted(set(given) - set(codes)):
        raise MapError(f"示意图 {name} 中 {'、'.join(unknown)} 不是 {platform} 的地区", hint="删去或改正代码")
    if len(set(given)) != len(given) or len(set(places)) != len(places):
        raise MapError(f"示意图 {name} 有重复的地区或位置", hint="每个地区一格,每格一个地区")


def _in_rows(codes: list[str], divisions: Divisions) -> list[Tile]:
    across = max(1, math.ceil(math.sqrt(len(codes) * 1.2)))
    return [Tile(code, divisions.name_of(code), i // across, i % across) for i, code in enumerate(codes)]
