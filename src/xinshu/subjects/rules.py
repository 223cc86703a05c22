"""Pure rules of the subject base: keys, kinds, and how a search is read."""

from __future__ import annotations

import hashlib
import re
from array import array
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from xinshu.core.identifiers import check_citizen_no, has_errors
from xinshu.core.text import clean, normalise_name, upper_code
from xinshu.subjects.errors import SearchError
from xinshu.subjects.model import SubjectKind

LEGAL_FORMS = ("有限责任公司", "股份有限公司", "有限公司", "分公司")
"""Endings of most names: their pairs of characters find nothing and are left out of the index."""

KINDS = {
    "91": SubjectKind.ENTERPRISE,
    "92": SubjectKind.INDIVIDUAL,
    "93": SubjectKind.COOPERATIVE,
    "11": SubjectKind.ORGAN,
    "12": SubjectKind.INSTITUTION,
    "ZN": SubjectKind.FARM_HOUSEHOLD,
    "5": SubjectKind.SOCIAL,
    "N": SubjectKind.COLLECTIVE,
}
"""Kind of a subject by what its code begins with (GB 32100-2015, platform-issued numbers)."""

_CODE_LIKE = re.compile(r"(?=[0-9A-Z]*[0-9])[0-9A-Z]{4,18}")


def kind_of(code: str) -> SubjectKind:
    """Kind of the subject that bears a code (unified social credit code or platform-issued number)."""
    return KINDS.get(code[:2]) or KINDS.get(code[:1], SubjectKind.OTHER)


def name_key(division: str | None, name: str) -> UUID:
    """Key under which a name is equal within a city: MD5 of the division's first four digits, `|`, normalised name."""
    text = f"{(division or '')[:4]}|{normalise_name(name)}"
    return UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest())


def _pairs(name: str) -> set[int]:
    """Every two neighbouring UTF-16 units of a name as one 32-bit number: exact, nothing is hashed together."""
    raw = name.encode("utf-16-le")
    even, odd = len(raw) // 4 * 4, (len(raw) - 2) // 4 * 4 + 2
    found = array("i", raw[:even])
    found.frombytes(raw[2:odd])
    return set(found)


_COMMON = frozenset().union(*map(_pairs, LEGAL_FORMS))


def grams(name: str) -> list[int]:
    """Pairs of characters by which a normalised name, or a part of one, is found; those of legal forms left out."""
    if len(name) < 2:
        return []
    return sorted(_pairs(name) - _COMMON)


@dataclass(frozen=True)
class Query:
    """What was asked for: a code or number, a name or part of one, or everything."""

    what: Literal["code", "name", "all"]
    text: str
    pattern: str = ""

    @property
    def grams(self) -> list[int]:
        """Pairs to look up in the index; empty when the text has none that narrow the search."""
        return grams(self.text)


def read_query(text: str | None) -> Query:
    """Read a search. Raises SearchError for one character, and for citizen numbers, by which nobody is looked up."""
    plain = clean(text or "")
    if plain == "":
        return Query("all", "")
    code = upper_code(plain)
    if len(code) == 18 and not has_errors(check_citizen_no(code)):
        raise SearchError("不能用公民身份号码查询主体", hint="农户请用平台编号(ZN 开头)查询")
    name = normalise_name(plain)
    if _CODE_LIKE.fullmatch(code) is not None:
        return Query("code", code, name_pattern(name))
    return as_name(name)


def as_name(name: str) -> Query:
    """A normalised name, or a part of one, as a query. Raises SearchError when it is shorter than two characters."""
    if len(name) < 2:
        raise SearchError("查询内容过短:名称至少输入 2 个字", hint="多输入几个字,或输入统一社会信用代码")
    return Query("name", name, name_pattern(name))


def name_pattern(name: str) -> str:
    """LIKE pattern for names that contain the text."""
    escaped = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def division_filter(prefix: str | None) -> tuple[str | None, str | None, str | None]:
    """Province (2 digits), city (4) or county (6) that a division names, the others None; 32 and 320000 are alike.

    Raises SearchError when it is not 2, 4 or 6 digits.
    """
    digits = upper_code(prefix or "")
    if digits == "":
        return None, None, None
    if len(digits) not in (2, 4, 6) or not (digits.isascii() and digits.isdigit()):
        raise SearchError(f"行政区划“{prefix}”应为 2、4 或 6 位数字", hint="例如 32(省)、3201(市)、320102(县)")
    while len(digits) > 2 and digits.endswith("00"):
        digits = digits[:-2]
    province, city, county = (digits if len(digits) == length else None for length in (2, 4, 6))
    return province, city, county
