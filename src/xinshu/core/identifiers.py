"""National identifiers: parse, check, and say in words what is wrong.

`check_*` cleans the text first and returns every fault; without a fault of level "error" the code is valid. A warning
is a fact worth showing (a retired division, an organisation code whose own check character differs) that valid codes
in real registers carry. `parse_*` returns the parts or raises InvalidCodeError. `make_*` makes codes.
Sources: GB 32100-2015, GB 11714-1997, GB 11643-1999, GS 15-2006.
"""

from __future__ import annotations

import re
from datetime import date

from xinshu.core import check_digits
from xinshu.core.check_digits import USCC_ALPHABET
from xinshu.core.code_parts import (
    AUTHORITIES,
    KINDS,
    REGISTRATION_KINDS,
    CitizenNo,
    DivisionNames,
    Fault,
    InvalidCodeError,
    OrganisationCode,
    PlatformCode,
    RegistrationNo,
    Uscc,
    has_errors,
)
from xinshu.core.make_codes import make_citizen_no, make_platform_code, make_registration_no, make_uscc
from xinshu.core.text import upper_code

__all__ = [
    "AUTHORITIES", "KINDS", "CitizenNo", "DivisionNames", "Fault", "InvalidCodeError", "OrganisationCode",
    "PlatformCode", "RegistrationNo", "Uscc", "check_citizen_no", "check_organisation_code", "check_platform_code",
    "check_registration_no", "check_subject_code", "check_uscc", "has_errors", "make_citizen_no", "make_platform_code",
    "make_registration_no", "make_uscc", "parse_citizen_no", "parse_organisation_code", "parse_platform_code",
    "parse_registration_no", "parse_uscc",
]  # fmt: skip

_DIGITS = "0123456789"
_BASE36 = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


def _length(text: str, lengths: tuple[int, ...], what: str, prefix: str) -> list[Fault]:
    if text == "":
        return [Fault(f"{prefix}_empty", f"{what}为空")]
    if len(text) in lengths:
        return []
    wanted = "或".join(map(str, lengths))
    return [Fault(f"{prefix}_length", f"{what}应为 {wanted} 位,实际 {len(text)} 位")]


def _characters(text: str, allowed: str, start: int, what: str, prefix: str) -> list[Fault]:
    """Faults for characters outside `allowed`; `start` is the place of the first one, from 1."""
    faults = []
    for place, character in enumerate(text, start):
        if character not in allowed:
            alike = _LOOKALIKES.get(character) if allowed != _BASE36 else None
            advice = f",疑为“{alike}”之误" if alike is not None and alike in allowed else ""
            message = f"第 {place} 位“{character}”不是{what}可用的字符{advice}"
            faults.append(Fault(f"{prefix}_character", message, place, alike))
    return faults


def _check_character(text: str, expected: str, prefix: str) -> list[Fault]:
    if text[-1] == expected:
        return []
    message = f"第 {len(text)} 位校验码应为“{expected}”,实际为“{text[-1]}”:其中至少一位录错"
    return [Fault(f"{prefix}_check_digit", message, len(text), expected)]


def _division(code: str, divisions: DivisionNames | None, start: int, prefix: str) -> list[Fault]:
    """Warnings on a division inside a code. Retired ones stay valid there, and zones use numbers outside GB/T 2260."""
    if divisions is None:
        return []
    if divisions.path_of(code) == "":
        message = f"第 {start}–{start + 5} 位行政区划 {code} 不在 GB/T 2260 之中(可能是开发区等内部编号)"
        return [Fault(f"{prefix}_division_unknown", message, start, level="warning")]
    gone = divisions.abolished_on(code)
    if gone is not None:
        name = divisions.path_of(code)
        message = f"第 {start}–{start + 5} 位行政区划 {code}({name})已于 {gone.year} 年撤销,旧代码仍有效"
        return [Fault(f"{prefix}_division_retired", message, start, level="warning")]
    return []


def check_uscc(text: str, divisions: DivisionNames | None = None) -> list[Fault]:
    """Faults of a unified social credit code (GB 32100-2015); with `divisions`, warnings on its division too."""
    code = upper_code(text)
    faults = _length(code, (18,), "统一社会信用代码", "uscc")
    if faults:
        if len(code) in (13, 15) and code.isascii() and code.isdigit():
            faults.append(Fault("uscc_is_registration_no", f"{len(code)} 位数字像是原注册号", level="warning"))
        if len(code) == 9 and not has_errors(check_organisation_code(code)):
            faults.append(Fault("uscc_is_organisation_code", "9 位像是组织机构代码", level="warning"))
        return faults
    faults = _characters(code[:2], USCC_ALPHABET, 1, "统一社会信用代码", "uscc")
    faults += _characters(code[2:8], _DIGITS, 3, "行政区划", "uscc")
    faults += _characters(code[8:], USCC_ALPHABET, 9, "统一社会信用代码", "uscc")
    if faults:
        return faults
    if not has_errors(check_citizen_no(code)) and code[0] not in "9":
        faults.append(Fault("uscc_is_citizen_no", "这是公民身份号码的格式,不是统一社会信用代码", level="warning"))
    if code[0] not in AUTHORITIES:
        message = f"第 1 位“{code[0]}”不是登记管理部门代码(可用 {' '.join(AUTHORITIES)})"
        faults.append(Fault("uscc_authority", message, 1))
    faults += _check_character(code, check_digits.uscc_check(code[:17]), "uscc")
    if faults:
        return faults
    if code[:2] not in KINDS:
        message = f"第 2 位“{code[1]}”不是{AUTHORITIES[code[0]]}部门已知的机构类别"
        faults.append(Fault("uscc_kind", message, 2, level="warning"))
    inner = check_digits.organisation_check(code[8:16])
    if code[16] != inner:
        message = f"第 17 位(组织机构代码校验码)应为“{inner}”,实际为“{code[16]}”;整码校验通过,按有效处理"
        faults.append(Fault("uscc_organisation_check", message, 17, inner, level="warning"))
    return faults + _division(code[2:8], divisions, 3, "uscc")


def check_organisation_code(text: str) -> list[Fault]:
    """Faults of an organisation code (GB 11714-1997): 8 characters, an optional hyphen, 1 check character."""
    code = upper_code(text)
    code = code[:8] + code[9:] if len(code) == 10 and code[8] == "-" else code
    faults = _length(code, (9,), "组织机构代码", "organisation_code")
    faults = faults or _characters(code, _BASE36, 1, "组织机构代码", "organisation_code")
    return faults or _check_character(code, check_digits.organisation_check(code[:8]), "organisation_code")


COOPERATIVE_NO = re.compile("[0-9]{6}N[AB][0-9]{6}[0-9X]")


def check_registration_no(text: str, divisions: DivisionNames | None = None) -> list[Fault]:
    """Faults of an old registration number: 15 digits with check digit (GS 15-2006), or 13 without.

    Numbers of farmers' cooperatives (`320721NA000081X`, 15 characters) carry no check digit.
    """
    code = upper_code(text)
    if COOPERATIVE_NO.fullmatch(code):
        return _division(code[:6], divisions, 1, "registration_no")
    faults = _length(code, (13, 15), "注册号", "registration_no")
    faults = faults or _characters(code, _DIGITS, 1, "注册号", "registration_no")
    if not faults and len(code) == 15:
        faults = _check_character(code, check_digits.registration_check(code[:14]), "registration_no")
    return faults or _division(code[:6], divisions, 1, "registration_no")


def _birth(code: str) -> date | None:
    try:
        return date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return None


def check_citizen_no(text: str, divisions: DivisionNames | None = None, today: date | None = None) -> list[Fault]:
    """Faults of a citizen number (GB 11643-1999). Messages never repeat the number; `today` refuses later births."""
    code = upper_code(text)
    faults = _length(code, (18,), "公民身份号码", "citizen_no")
    if faults:
        if len(code) == 15 and code.isascii() and code.isdigit():
            faults.append(Fault("citizen_no_first_generation", "15 位旧号已停用,请用 18 位号码", level="warning"))
        return faults
    faults = _characters(code[:17], _DIGITS, 1, "公民身份号码", "citizen_no")
    faults += _characters(code[17:], _DIGITS + "X", 18, "公民身份号码", "citizen_no")
    if faults:
        return faults
    birth = _birth(code)
    if birth is None or birth.year < 1800:
        faults.append(Fault("citizen_no_birth", "第 7–14 位不是有效的出生日期", 7))
    elif today is not None and birth > today:
        faults.append(Fault("citizen_no_birth", "第 7–14 位出生日期晚于今天", 7))
    faults += _check_character(code, check_digits.citizen_check(code[:17]), "citizen_no")
    return faults or _division(code[:6], divisions, 1, "citizen_no")


def check_platform_code(text: str, divisions: DivisionNames | None = None) -> list[Fault]:
    """Faults of a number that a platform issued to a farm household."""
    code = upper_code(text)
    faults = _length(code, (18,), "平台编号", "platform_code")
    if faults:
        return faults
    if code[:2] != "ZN":
        faults.append(Fault("platform_code_prefix", f"平台编号以“ZN”开头,实际为“{code[:2]}”", 1, "ZN"))
    faults += _characters(code[2:17], _DIGITS, 3, "平台编号", "platform_code")
    faults += _characters(code[17:], USCC_ALPHABET, 18, "平台编号", "platform_code")
    faults = faults or _check_character(code, check_digits.platform_check(code[2:17]), "platform_code")
    return faults or _division(code[2:8], divisions, 3, "platform_code")


def check_subject_code(text: str, divisions: DivisionNames | None = None) -> list[Fault]:
    """Faults of a subject's code: platform-issued when it begins with Z, else a unified social credit code."""
    code = upper_code(text)
    return check_platform_code(code, divisions) if code.startswith("Z") else check_uscc(code, divisions)


def _refuse(what: str, faults: list[Fault]) -> None:
    if has_errors(faults):
        raise InvalidCodeError(what, faults)


def parse_uscc(text: str) -> Uscc:
    """Parts of a unified social credit code. Raises InvalidCodeError."""
    _refuse("统一社会信用代码", check_uscc(text))
    c = upper_code(text)
    return Uscc(c, c[0], AUTHORITIES[c[0]], c[1], KINDS.get(c[:2], "未知类别"), c[2:8], c[8:17], c[17])


def parse_organisation_code(text: str) -> OrganisationCode:
    """Parts of an organisation code, with or without hyphen. Raises InvalidCodeError."""
    _refuse("组织机构代码", check_organisation_code(text))
    code = upper_code(text).replace("-", "")
    return OrganisationCode(code, code[:8], code[8])


def parse_registration_no(text: str) -> RegistrationNo:
    """Parts of a registration number. Raises InvalidCodeError."""
    _refuse("注册号", check_registration_no(text))
    code = upper_code(text)
    if len(code) == 13:
        return RegistrationNo(code, code[:6], code[6:], "13 位旧注册号,无校验码", None)
    return RegistrationNo(code, code[:6], code[6:14], REGISTRATION_KINDS[code[6]], code[14])


def parse_citizen_no(text: str) -> CitizenNo:
    """Parts of a citizen number. Raises InvalidCodeError, whose message does not repeat the number."""
    _refuse("公民身份号码", check_citizen_no(text))
    code = upper_code(text)
    birth = _birth(code)
    assert birth is not None  # noqa: S101  (checked above)
    return CitizenNo(code, code[:6], birth, code[14:17], "男" if int(code[16]) % 2 else "女")


def parse_platform_code(text: str) -> PlatformCode:
    """Parts of a platform-issued number. Raises InvalidCodeError."""
    _refuse("平台编号", check_platform_code(text))
    code = upper_code(text)
    return PlatformCode(code, code[1], "农户", code[2:8], int(code[8:17]))
