"""Templates that providers fill in: XLSX with drop-down lists and a data dictionary, and CSV.

The collector accepts Chinese or English column names; templates carry the Chinese ones.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from xinshu.catalogue.messages import unit_name
from xinshu.catalogue.model import FieldDef, FieldType, Item

ROWS = 10_000  # rows of the form that carry drop-down lists and text format
TYPES = {
    FieldType.STRING: "文字",
    FieldType.TEXT: "长文字",
    FieldType.INTEGER: "整数",
    FieldType.DECIMAL: "数值",
    FieldType.DATE: "日期",
    FieldType.MONTH: "月份",
    FieldType.YEAR: "年份",
    FieldType.BOOLEAN: "是/否",
    FieldType.CODE: "代码",
    FieldType.USCC: "统一社会信用代码",
    FieldType.SUBJECT_CODE: "主体代码",
    FieldType.REGISTRATION_NO: "注册号",
    FieldType.CITIZEN_NO: "公民身份号码",
    FieldType.PHONE: "电话",
    FieldType.DIVISION: "行政区划代码",
    FieldType.INDUSTRY: "行业代码",
}
SENSITIVITIES = {
    "open": "公开",
    "firm-confidential": "企业保密",
    "personal": "个人信息",
    "personal-sensitive": "敏感个人信息",
}
CYCLES = {
    "realtime": "实时",
    "day": "每日",
    "week": "每周",
    "month": "每月",
    "quarter": "每季",
    "year": "每年",
    "event": "发生后",
}
_FORM, _GUIDE, _FIELDS, _CODES, _EXAMPLE = "填报", "填写说明", "数据字典", "代码表", "示例"
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
_MADE = datetime(2024, 1, 1, tzinfo=UTC)  # the same item gives the same bytes


def csv_template(item: Item) -> bytes:
    """A CSV with the header only, UTF-8 with byte order mark so that spreadsheets read the Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([field.zh for field in item.fields])
    return out.getvalue().encode("utf-8-sig")


def xlsx_template(item: Item) -> bytes:
    """A workbook: form, instructions, data dictionary, code lists, an example row. The form is the first sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"title": item.name.zh, "subject": f"{item.item} {item.version}", "created": _MADE})
    styles = {
        "required": book.add_format({"bold": True, "bg_color": "#C00000", "font_color": "white", "border": 1}),
        "optional": book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1}),
        "text": book.add_format({"num_format": "@"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    form = book.add_worksheet(_FORM)
    _write_guide(book.add_worksheet(_GUIDE), item, styles)
    _write_dictionary(book.add_worksheet(_FIELDS), item, styles)
    ranges = _write_codes(book.add_worksheet(_CODES), item, styles)
    _write_form(form, item, styles, ranges)
    example = book.add_worksheet(_EXAMPLE)
    _write_header(example, item, styles)
    for column, field in enumerate(item.fields):
        example.write_string(1, column, _example(field), styles["text"])
    form.activate()
    book.close()
    return out.getvalue()


def _write_header(sheet: Any, item: Item, styles: dict[str, Any]) -> None:
    for column, field in enumerate(item.fields):
        sheet.write_string(0, column, field.zh, styles["required" if field.required else "optional"])
        width = max(2 * len(field.zh) + 2, 22 if field.type in (FieldType.USCC, FieldType.SUBJECT_CODE) else 12)
        number = field.type in _NUMBERS
        sheet.set_column(column, column, min(width, 40), None if number else styles["text"])
    sheet.freeze_panes(1, 0)


def _write_form(sheet: Any, item: Item, styles: dict[str, Any], ranges: dict[str, str]) -> None:
    _write_header(sheet, item, styles)
    for column, field in enumerate(item.fields):
        rule: dict[str, Any] = {"validate": "any", "input_title": field.zh[:32], "input_message": _hint(field)[:255]}
        if field.name in ranges:
            rule |= {"validate": "list", "source": ranges[field.name], "error_type": "warning"}
            rule |= {"error_title": "不在代码表中", "error_message": f"请从下拉列表选择{field.zh}"[:255]}
        sheet.data_validation(1, column, ROWS, column, rule)


def _write_guide(sheet: Any, item: Item, styles: dict[str, Any]) -> None:
    cycle = f"{CYCLES[item.update_cycle.every]},事项发生后 {item.update_cycle.lag_days} 天内"
    lines = [
        (f"{item.item} {item.name.zh}", "title"),
        (item.description.zh, "plain"),
        (f"版本:{item.version},自 {item.in_force.from_} 起施行", "plain"),
        (f"数据提供单位:{item.provider.zh}", "plain"),
        (f"依据:{';'.join(item.legal_basis)}", "plain"),
        (f"更新周期:{cycle}", "plain"),
        ("", "plain"),
        ("1. 数据填在“填报”表,一行一条;首行列名不要改,列的顺序可以变,不用的选填列可以删。", "plain"),
        ("2. 红底列必填,蓝底列选填;没有的内容留空,不要填“无”“N/A”“-”。", "plain"),
        ("3. 代码列可从下拉列表选中文名,也可直接填代码;取值见“代码表”。", "plain"),
        ("4. 日期写作 2024-01-31,月份写作 2024-01;金额只填数字,单位见“数据字典”。", "plain"),
        ("5. 信用代码、文书号等长数字列已设为文本格式,粘贴时请选“只粘贴值”。", "plain"),
        ("6. 不要用公式、合并单元格和隐藏行;超过 100 万行请改用 CSV。", "plain"),
    ]
    lines += [("", "plain"), ("逐行校验:", "plain")]
    lines += [(f"· {check.message.zh}", "plain") for check in (*item.checks, *item.batch_checks)]
    sheet.set_column(0, 0, 110)
    for row, (text, style) in enumerate(lines):
        sheet.write_string(row, 0, text, styles[style])


def _write_dictionary(sheet: Any, item: Item, styles: dict[str, Any]) -> None:
    columns = ("序号", "字段", "英文名", "类型", "必填", "单位", "格式和取值范围", "敏感级别", "示例", "说明")
    for column, title in enumerate(columns):
        sheet.write_string(0, column, title, styles["optional"])
    for row, field in enumerate(item.fields, 1):
        for column, text in enumerate((str(row), *dictionary_row(field))):
            sheet.write_string(row, column, text, styles["wrap"])
    for column, width in enumerate((6, 24, 24, 16, 6, 10, 40, 14, 24, 50)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def dictionary_row(field: FieldDef) -> tuple[str, ...]:
    """One row of the data dictionary: name, English name, type, required, unit, format, sensitivity, example, note."""
    return (
        field.zh,
        field.name,
        TYPES[field.type],
        "是" if field.required else "",
        unit_name(field.unit),
        limits_in_words(field),
        SENSITIVITIES[field.sensitivity.value],
        field.example or "",
        field.note or "",
    )


def limits_in_words(field: FieldDef) -> str:
    """Format and limits of a field, as a phrase."""
    checks = field.checks
    parts = [field.format] if field.format is not None else []
    if field.type is FieldType.DECIMAL:
        parts.append(f"至多 {2 if field.scale is None else field.scale} 位小数")
    if checks.min is not None or checks.max is not None:
        bounds = (f"{value:,.10g}" if value is not None else "" for value in (checks.min, checks.max))
        parts.append("{} 至 {}".format(*bounds).strip())
    if checks.max_length is not None:
        parts.append(f"{checks.min_length or 1} 至 {checks.max_length} 个字")
    elif checks.min_length is not None:
        parts.append(f"至少 {checks.min_length} 个字")
    if checks.pattern is not None and field.format is None:
        parts.append(f"符合 {checks.pattern}")
    if checks.not_future:
        parts.append("不晚于报送日")
    if checks.not_before is not None:
        parts.append(f"不早于 {checks.not_before}")
    return ",".join(parts)


def _write_codes(sheet: Any, item: Item, styles: dict[str, Any]) -> dict[str, str]:
    """Write the code lists side by side; the range of the Chinese names of each coded field."""
    ranges: dict[str, str] = {}
    column = 0
    for field in item.fields:
        codes = {"是": "是", "否": "否"} if field.type is FieldType.BOOLEAN else field.codes
        if not codes:
            continue
        sheet.write_string(0, column, f"{field.zh}(代码)", styles["optional"])
        sheet.write_string(0, column + 1, field.zh, styles["optional"])
        for row, (code, zh) in enumerate(codes.items(), 1):
            sheet.write_string(row, column, code)
            sheet.write_string(row, column + 1, zh)
        sheet.set_column(column, column + 1, 20)
        letter = xlsxwriter.utility.xl_col_to_name(column + 1, col_abs=True)
        ranges[field.name] = f"={_CODES}!{letter}$2:{letter}${len(codes) + 1}"
        column += 2
    sheet.freeze_panes(1, 0)
    return ranges


def _hint(field: FieldDef) -> str:
    parts = ["必填" if field.required else "选填", TYPES[field.type]]
    parts += [f"单位:{unit_name(field.unit)}"] if field.unit is not None else []
    parts += [text for text in (limits_in_words(field), field.note) if text]
    return "。".join(parts)


def _example(field: FieldDef) -> str:
    text = field.example or ""
    return (field.codes or {}).get(text, text)
