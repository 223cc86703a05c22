"""Public organs, banks, courts and service units of the province, marked as invented, with unified credit codes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from xinshu.synth.basis import STRANGER, Basis
from xinshu.synth.codes import credit_codes
from xinshu.synth.draws import Ints
from xinshu.synth.names import MARK, brands
from xinshu.synth.text import Column, join, lookup

BUREAUS = (
    "市场监督管理局",
    "生态环境局",
    "应急管理局",
    "交通运输局",
    "住房和城乡建设局",
    "人力资源和社会保障局",
    "行政审批局",
    "农业农村局",
    "卫生健康委员会",
    "文化广电和旅游局",
    "城市管理局",
    "消防救援大队",
    "税务局",
    "人民法院",
    "科学技术局",
    "工业和信息化局",
    "自然资源和规划局",
    "住房公积金管理中心",
    "水务局",
    "供电公司",
    "自来水有限公司",
    "燃气有限公司",
    "海关",
    "发展和改革委员会",
)
_ORDINAL = {name: ordinal for ordinal, name in enumerate(BUREAUS)}
_FIRST_ORGAN = STRANGER * 2
_FIRST_BANK = STRANGER * 2 + (1 << 20)
BANKS = 24


@lru_cache(maxsize=4)
def _organs(basis: Basis, city_level: bool) -> tuple[tuple[str, ...], Column]:
    places = basis.places
    if city_level:
        homes = list(places.cities)
        divisions = places.city_codes
    else:
        owners = [places.cities[c] if places.cities[c] != places.province else places.province for c in places.city_of]
        homes = [f"{owner}{name}" for owner, name in zip(owners, places.counties, strict=True)]
        divisions = places.county_codes
    names = tuple(f"{home}{bureau}{MARK}" for home in homes for bureau in BUREAUS)
    index = _FIRST_ORGAN + (1 << 16) * city_level + np.arange(len(names), dtype=np.int64)
    codes = credit_codes(basis.draws, index, np.ones_like(index), np.repeat(divisions, len(BUREAUS)), first=1)
    return names, codes


def ordinal(bureau: str) -> int:
    """Position of a bureau in BUREAUS."""
    return _ORDINAL[bureau]


def organ_names(basis: Basis, home: Ints, bureau: Ints | int, city_level: bool = False) -> Column:
    """Names of organs of the counties (cities) `home`."""
    names, _ = _organs(basis, city_level)
    return lookup(names, home * len(BUREAUS) + bureau)


def organ_codes(basis: Basis, home: Ints, bureau: Ints | int, city_level: bool = False) -> Column:
    """Unified credit codes of organs of the counties (cities) `home`."""
    _, codes = _organs(basis, city_level)
    return codes.take(_positions(home, bureau))


def _positions(home: Ints, bureau: Ints | int) -> Ints:
    return np.asarray(home * len(BUREAUS) + bureau, dtype=np.int64)


@lru_cache(maxsize=4)
def _banks(basis: Basis) -> tuple[Column, Column]:
    index = _FIRST_BANK + np.arange(BANKS, dtype=np.int64)
    names = join(brands(basis.draws, basis.words, index), "银行", MARK, "股份有限公司")
    division = np.full(BANKS, int(basis.places.city_codes[0]), dtype=np.int64)
    return names, credit_codes(basis.draws, index, np.ones_like(index), division)


def bank_names(basis: Basis, bank: Ints) -> Column:
    """Names of the banks with these ordinals (below BANKS)."""
    return _banks(basis)[0].take(np.asarray(bank, dtype=np.int64))


def bank_codes(basis: Basis, bank: Ints) -> Column:
    """Unified credit codes of the banks."""
    return _banks(basis)[1].take(np.asarray(bank, dtype=np.int64))
