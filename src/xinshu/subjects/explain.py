"""A code explained in words: what kind it is, its parts, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import (
    Fault,
    check_citizen_no,
    check_organisation_code,
    check_platform_code,
    check_registration_no,
    check_uscc,
    has_errors,
    parse_citizen_no,
    parse_organisation_code,
    parse_platform_code,
    parse_registration_no,
    parse_uscc,
)
from xinshu.core.text import upper_code

CITIZEN_NO = "公民身份号码"


@dataclass(frozen=True)
class Explanation:
    """A code, what it was taken for, its parts as (label, value) when it is valid, and its faults.

    `shown` is the code as it may be printed: a citizen number appears masked.
    """

    shown: str
    what: str
    parts: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]


def explain_code(text: str, divisions: Divisions) -> Explanation:
    """Take a text for the identifier that it most looks like, and explain it. Never raises."""
    code = upper_code(text)
    if code.startswith("Z"):
        return _platform(code, divisions)
    if len(code) in (13, 15) and code.isascii() and code.isdigit():
        return _registration(code, divisions)
    if len(code) == 9 or (len(code) == 10 and code[8] == "-"):
        return _organisation(code)
    citizen_like = len(code) == 18 and code[:17].isascii() and code[:17].isdigit()
    if citizen_like and has_errors(check_uscc(code)) and 1900 <= int(code[6:10]) <= 2100:
        return _citizen(code, divisions)
    return _uscc(code, divisions)


def _uscc(code: str, divisions: Divisions) -> Explanation:
    what, faults = "统一社会信用代码", check_uscc(code, divisions)
    if has_errors(faults):
        return Explanation(code, what, (), tuple(faults))
    parts = parse_uscc(code)
    lines = (
        ("登记管理部门", f"{parts.authority} {parts.authority_name}"),
        ("机构类别", f"{parts.kind} {parts.kind_name}"),
        ("登记机关行政区划", f"{parts.division} {divisions.path_of(parts.division) or '不在 GB/T 2260 之中'}"),
        ("组织机构代码", parts.organisation_code),
        ("校验码", parts.check),
    )
    return Explanation(parts.code, what, lines, tuple(faults))


def _platform(code: str, divisions: Divisions) -> Explanation:
    what, faults = "平台编号", check_platform_code(code, divisions)
    if has_errors(faults):
        return Explanation(code, what, (), tuple(faults))
    parts = parse_platform_code(code)
    lines = (
        ("类别", f"{parts.kind} {parts.kind_name}"),
        ("行政区划", f"{parts.division} {divisions.path_of(parts.division)}"),
        ("顺序号", str(parts.serial)),
    )
    return Explanation(code, what, lines, tuple(faults))


def _registration(code: str, divisions: Divisions) -> Explanation:
    what, faults = "注册号", check_registration_no(code, divisions)
    if has_errors(faults):
        return Explanation(code, what, (), tuple(faults))
    parts = parse_registration_no(code)
    lines = (
        ("首次登记机关", f"{parts.division} {divisions.path_of(parts.division)}"),
        ("主体类别", parts.kind_name),
        ("校验码", parts.check or "无"),
    )
    return Explanation(code, what, lines, tuple(faults))


def _organisation(code: str) -> Explanation:
    what, faults = "组织机构代码", check_organisation_code(code)
    if has_errors(faults):
        return Explanation(code, what, (), tuple(faults))
    parts = parse_organisation_code(code)
    return Explanation(parts.code, what, (("本体代码", parts.body), ("校验码", parts.check)), tuple(faults))


def _citizen(code: str, divisions: Divisions) -> Explanation:
    what, faults = CITIZEN_NO, check_citizen_no(code, divisions)
    shown = f"{code[:4]}{'*' * 10}{code[-4:]}"
    if has_errors(faults):
        return Explanation(shown, what, (), tuple(faults))
    parts = parse_citizen_no(code)
    lines = (("行政区划", f"{parts.division} {divisions.path_of(parts.division)}"), ("性别", parts.sex))
    return Explanation(shown, what, lines, tuple(faults))
