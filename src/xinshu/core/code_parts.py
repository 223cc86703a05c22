"""Parts of the national identifiers, their tables and the faults found in them; the rules are in `identifiers`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import ClassVar, Literal, Protocol

from xinshu.core.errors import XinshuError

AUTHORITIES = {
    "1": "机构编制", "2": "外交", "3": "司法行政", "4": "文化", "5": "民政", "6": "旅游", "7": "宗教", "8": "工会",
    "9": "市场监管", "A": "中央军委改革和编制办公室", "N": "农业", "Y": "其他",
}  # fmt: skip
"""First character of the unified social credit code: registering authority (GB 32100-2015)."""

KINDS = {
    "11": "机关", "12": "事业单位", "13": "群众团体", "19": "其他",
    "21": "外国常驻新闻机构", "29": "其他",
    "31": "律师执业机构", "32": "公证处", "33": "基层法律服务所", "34": "司法鉴定机构", "35": "仲裁委员会",
    "39": "其他",
    "41": "外国在华文化中心", "49": "其他",
    "51": "社会团体", "52": "民办非企业单位", "53": "基金会", "59": "其他",
    "61": "外国旅游部门常驻代表机构", "62": "港澳台地区旅游部门常驻内地代表机构", "69": "其他",
    "71": "宗教活动场所", "72": "宗教院校", "79": "其他",
    "81": "基层工会", "89": "其他",
    "91": "企业", "92": "个体工商户", "93": "农民专业合作社",
    "A1": "军队事业单位", "A9": "其他",
    "N1": "组级集体经济组织", "N2": "村级集体经济组织", "N3": "乡镇级集体经济组织", "N9": "其他",
    "Y1": "其他",
}  # fmt: skip
"""First two characters: authority and kind."""

REGISTRATION_KINDS = {
    **dict.fromkeys("0123", "内资企业"),
    **dict.fromkeys("45", "外资企业"),
    **dict.fromkeys("6789", "个体工商户"),
}
"""First character of the sequence of a 15-digit registration number (GS 15-2006)."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong: a stable code, a Chinese message, the place (from 1) and the character that belongs there."""

    code: str
    message: str
    position: int | None = None
    expected: str | None = None
    level: Literal["error", "warning"] = "error"


class InvalidCodeError(XinshuError):
    """A code that cannot be what it should be; `details["faults"]` says why. The value itself is not repeated."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "code_invalid"

    def __init__(self, what: str, faults: list[Fault]) -> None:
        super().__init__(
            f"{what}有误:{';'.join(f.message for f in faults)}",
            hint="对照证照逐位核对",
            faults=[asdict(f) for f in faults],
        )
        self.faults = faults


class DivisionNames(Protocol):
    """What is asked of a list of divisions (`core.divisions.Divisions`)."""

    def path_of(self, code: str) -> str:
        """省/市/县 of a current or retired code; empty when unknown."""
        ...

    def abolished_on(self, code: str) -> date | None:
        """Day on which the code was retired; None when it is in force or unknown."""
        ...


@dataclass(frozen=True)
class Uscc:
    """Parts of a unified social credit code (统一社会信用代码)."""

    code: str
    authority: str
    authority_name: str
    kind: str
    kind_name: str
    division: str
    organisation_code: str
    check: str


@dataclass(frozen=True)
class OrganisationCode:
    """Parts of an organisation code (组织机构代码)."""

    code: str
    body: str
    check: str


@dataclass(frozen=True)
class RegistrationNo:
    """Parts of an old registration number (注册号); 13 digits have no check digit."""

    code: str
    division: str
    sequence: str
    kind_name: str
    check: str | None


@dataclass(frozen=True, repr=False)
class CitizenNo:
    """Parts of a citizen number (公民身份号码). Its `repr` shows only the masked form."""

    code: str
    division: str
    birth: date
    sequence: str
    sex: Literal["男", "女"]

    @property
    def masked(self) -> str:
        """First four and last four characters."""
        return f"{self.code[:4]}{'*' * 10}{self.code[-4:]}"

    def __repr__(self) -> str:
        return f"CitizenNo({self.masked})"


@dataclass(frozen=True)
class PlatformCode:
    """Parts of a number that a platform issues to a farm household: Z, kind, division, serial, check character."""

    code: str
    kind: str
    kind_name: str
    division: str
    serial: int


def has_errors(faults: Iterable[Fault]) -> bool:
    """Whether any fault is more than a warning."""
    return any(f.level == "error" for f in faults)
