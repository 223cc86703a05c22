"""What a reason means, in words that a clerk can act on."""

from __future__ import annotations

import difflib
from datetime import date
from typing import TypedDict

from xinshu.catalogue import patterns
from xinshu.catalogue.model import FieldDef, FieldType, Item, Sensitivity
from xinshu.core import identifiers
from xinshu.core.text import upper_code

REASONS = {
    "REQUIRED": "必填项没有填",
    "TYPE": "类型不对,无法识别",
    "CODE_UNKNOWN": "不在代码表中",
    "USCC_FORMAT": "不是统一社会信用代码",
    "USCC_CHECK": "统一社会信用代码校验码不对",
    "ORG_CHECK": "组织机构代码校验码不对",
    "CITIZEN_FORMAT": "不是公民身份号码",
    "CITIZEN_CHECK": "公民身份号码校验不通过",
    "REGNO_FORMAT": "不是注册号",
    "PHONE_FORMAT": "不是电话号码",
    "DIVISION_UNKNOWN": "没有这一行政区划",
    "DIVISION_RETIRED": "行政区划已撤销",
    "INDUSTRY_UNKNOWN": "没有这一行业代码",
    "PATTERN": "格式不对",
    "MIN": "小于最小值",
    "MAX": "大于最大值",
    "TOO_SHORT": "太短",
    "TOO_LONG": "太长",
    "FUTURE": "晚于今天",
    "TOO_EARLY": "过早",
    "CHECK": "字段之间不符",
}
"""Every reason code that checks give, with a few words for tables."""

SHOWN = 40  # characters of a value repeated in a message


class Explanation(TypedDict):
    """A reason for people and machines: the field or check, the stable code, Chinese words."""

    field: str
    code: str
    message: str


_FORMS = {
    FieldType.INTEGER: "整数,如 120 或 1,200,不带单位",
    FieldType.DECIMAL: "数值,如 1234.56 或 1,234.56,不带单位,不用科学计数法",
    FieldType.DATE: "真实存在的日期,如 2024-01-31、2024/1/31、20240131、2024年1月31日,年份在1800至2200之间",
    FieldType.MONTH: "月份,如 2024-01、202401、2024年1月",
    FieldType.YEAR: "四位年份,如 2024",
    FieldType.BOOLEAN: "“是”或“否”",
}


def explain(item: Item, reason: str, value: str | None) -> Explanation:
    """The reason `field|CODE` or `check-id|CHECK` of a row of `item`; `value` is the text as received.

    Sensitive personal values are not repeated. An unknown reason is given back as it is.
    """
    name, _, code = reason.rpartition("|")
    if code == "CHECK":
        return {"field": name, "code": code, "message": _of_check(item, name)}
    try:
        field = item.field(name)
    except KeyError:
        return {"field": name, "code": code, "message": reason}
    return {"field": name, "code": code, "message": f"“{field.zh}”{_of_field(field, code, value)}"}


def _of_check(item: Item, name: str) -> str:
    for check in (*item.checks, *item.batch_checks):
        if check.id == name:
            return check.message.zh + (f"(依据:{check.basis})" if check.basis is not None else "")
    return f"不符合校验 {name}"


def _of_field(field: FieldDef, code: str, value: str | None) -> str:
    text = (value or "").strip()
    said = _said(field, text)
    checks = field.checks
    unit = _UNITS.get(field.unit or "", "")
    words = {
        "REQUIRED": "必填,没有填写:请补填",
        "TYPE": f"填的是{said},应为{_form(field)}",
        "CODE_UNKNOWN": f"填的是{said},不在代码表中:{_near_codes(field, text)}",
        "USCC_FORMAT": f"填的是{said},不是统一社会信用代码:{_code_faults(field, text)}",
        "USCC_CHECK": f"填的是{said},校验码不对:{_code_faults(field, text)},请对照营业执照逐位核对",
        "ORG_CHECK": f"填的是{said},第17位(组织机构代码校验码)与前8位不符,整码校验通过,已按有效处理;请核对",
        "CITIZEN_FORMAT": "不是18位公民身份号码:应为17位数字加1位数字或X,请对照证件核对",
        "CITIZEN_CHECK": "的出生日期或校验码不对:请对照证件逐位核对",
        "REGNO_FORMAT": f"填的是{said},应为13位或15位数字;已换发统一社会信用代码的请填信用代码",
        "PHONE_FORMAT": f"填的是{said},应为手机号,或带区号的固定电话,如 025-83456789",
        "DIVISION_UNKNOWN": f"填的是{said},行政区划代码(GB/T 2260,6位数字)中没有它:请查对",
        "DIVISION_RETIRED": f"填的是{said},这一行政区划代码已撤销:请改填现行代码",
        "INDUSTRY_UNKNOWN": f"填的是{said},国民经济行业分类(GB/T 4754-2017)中没有它:门类字母加数字,如 C3484",
        "PATTERN": f"填的是{said},格式不对" + (f",应为{field.format}" if field.format else f",应符合 {checks.pattern}"),
        "MIN": f"填的是{said},小于最小值 {_plain(checks.min)}{unit}:请核对数值和单位",
        "MAX": f"填的是{said},大于最大值 {_plain(checks.max)}{unit}:请核对数值和单位",
        "TOO_SHORT": f"填的是{said},只有 {len(text)} 个字,至少 {checks.min_length} 个",
        "TOO_LONG": f"有 {len(text)} 个字,至多 {checks.max_length} 个:请精简",
        "FUTURE": f"填的是{said},晚于今天:请核对",
        "TOO_EARLY": f"填的是{said},早于 {checks.not_before}:请核对,系统默认日期应留空",
    }
    return words.get(code, f"填的是{said},不符合要求({code})")


_UNITS = {
    "CNY": "元",
    "CNY_10K": "万元",
    "USD": "美元",
    "USD_10K": "万美元",
    "percent": "%",
    "person": "人",
    "m2": "平方米",
    "m3": "立方米",
    "kWh": "千瓦时",
    "month": "个月",
    "piece": "件",
    "point": "分",
}


def unit_name(unit: str | None) -> str:
    """Chinese name of a unit; the unit itself where it has none."""
    return _UNITS.get(unit or "", unit or "")


def _said(field: FieldDef, text: str) -> str:
    if field.sensitivity is Sensitivity.PERSONAL_SENSITIVE:
        return "所填内容"
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "……"
    return f"“{shown}”"


def _form(field: FieldDef) -> str:
    return _FORMS.get(field.type, field.format or "规定的格式")


def _plain(value: float | date | None) -> str:
    if value is None or isinstance(value, date):
        return str(value)
    return f"{patterns.number(value).normalize():f}"


def _near_codes(field: FieldDef, text: str) -> str:
    codes = field.codes or {}
    near = difflib.get_close_matches(text, codes.values(), 3, 0.4)
    chosen = [code for code, zh in codes.items() if zh in near] or list(codes)[:8]
    listed = "、".join(f"{code} {codes[code]}" if code != codes[code] else code for code in chosen)
    more = " 等" if len(chosen) < len(codes) else ""
    return f"可填 {listed}{more}" if len(near) == 0 else f"是否应为 {listed}"


def _code_faults(field: FieldDef, text: str) -> str:
    code = upper_code(text)
    check = identifiers.check_subject_code if field.type is FieldType.SUBJECT_CODE else identifiers.check_uscc
    faults = [f.message for f in check(code) if f.level == "error"]
    return ";".join(faults[:2]) or "格式不对"
