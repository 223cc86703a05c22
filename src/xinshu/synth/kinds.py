"""Kinds of subjects: their share, their code's second character, register type, form of name and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from xinshu.synth.draws import Flags, Ints


class Kind(IntEnum):
    """Kind of subject."""

    LIMITED = 0
    ONE_PERSON = 1
    SUBSIDIARY = 2
    SHARES = 3
    STATE = 4
    FOREIGN = 5
    HONG_KONG = 6
    SOLE = 7
    PARTNERSHIP = 8
    LIMITED_PARTNERSHIP = 9
    INDIVIDUAL = 10
    COOPERATIVE = 11
    FAMILY_FARM = 12
    FARM_HOUSEHOLD = 13


@dataclass(frozen=True)
class KindFacts:
    """What holds for a kind; `sizes` are weights of micro, small, medium, large."""

    zh: str
    weight: float
    second: int  # second character of the unified credit code; 0: has none
    register_type: str  # four-digit type of market entity
    forms: tuple[str, ...]
    sizes: tuple[float, ...]


_SHOPS = ("商行", "经营部", "店", "餐馆", "服务部", "工作室", "加工厂")
KINDS: tuple[KindFacts, ...] = (
    KindFacts("有限责任公司(自然人投资或控股)", 21, 1, "1130", ("有限公司", "有限责任公司"), (70, 25, 4.4, 0.6)),
    KindFacts("有限责任公司(自然人独资)", 9, 1, "1151", ("有限公司",), (85, 14, 1, 0)),
    KindFacts("有限责任公司(法人独资)", 3, 1, "1153", ("有限公司",), (45, 40, 13, 2)),
    KindFacts("股份有限公司", 0.8, 1, "1222", ("股份有限公司",), (10, 40, 38, 12)),
    KindFacts("有限责任公司(国有独资)", 0.5, 1, "1110", ("有限责任公司",), (20, 40, 30, 10)),
    KindFacts("有限责任公司(外国法人独资)", 0.9, 1, "5150", ("有限公司",), (25, 45, 24, 6)),
    KindFacts("有限责任公司(港澳台法人独资)", 0.6, 1, "6150", ("有限公司",), (30, 45, 21, 4)),
    KindFacts("个人独资企业", 2.2, 1, "4540", ("厂", "经营部", "工作室"), (92, 8, 0, 0)),
    KindFacts("普通合伙企业", 0.6, 1, "4531", ("合伙企业(普通合伙)",), (90, 10, 0, 0)),
    KindFacts("有限合伙企业", 1.4, 1, "4533", ("合伙企业(有限合伙)",), (85, 14, 1, 0)),
    KindFacts("个体工商户", 48, 2, "9500", _SHOPS, (97, 3, 0, 0)),
    KindFacts("农民专业合作社", 4, 3, "9100", ("农民专业合作社", "专业合作社"), (85, 15, 0, 0)),
    KindFacts("家庭农场", 3, 0, "", ("家庭农场",), (95, 5, 0, 0)),
    KindFacts("农户", 4, 0, "", ("",), (100, 0, 0, 0)),
)


def is_company(kind: Ints) -> Flags:
    """Limited companies and companies limited by shares, of any owner."""
    return kind <= Kind.HONG_KONG


def keeps_accounts(kind: Ints) -> Flags:
    """Enterprises that file monthly: companies, sole proprietorships, partnerships."""
    return kind <= Kind.LIMITED_PARTNERSHIP


def is_registered(kind: Ints) -> Flags:
    """Subjects in the market register, with a unified credit code."""
    return kind <= Kind.COOPERATIVE


def is_farm(kind: Ints) -> Flags:
    """Cooperatives, family farms and farm households."""
    return kind >= Kind.COOPERATIVE


def seconds(kind: Ints) -> Ints:
    """Second character of the unified credit code, as a number."""
    return np.array([facts.second for facts in KINDS], dtype=np.int64)[kind]
