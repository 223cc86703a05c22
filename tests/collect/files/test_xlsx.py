"""XLSX: what the sheet holds as text, checked against a spreadsheet library; what that library hides made known."""

# ruff: noqa: DTZ001 (cells hold moments without a zone)

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from xinshu.collect.files import ReadLimits, open_source
from xinshu.collect.files.errors import (
    BombError,
    CorruptFileError,
    DuplicateHeaderError,
    EmptyFileError,
    TooLargeError,
    TruncatedFileError,
    UnknownFormatError,
)
from xinshu.collect.files.model import Fault
from xinshu.collect.files.xlsx import letters, number_text
from xinshu.collect.files.xlsx_parts import date_kind

Write = Callable[..., Path]
Read = Callable[..., list[dict[str, Any]]]
Fill = Callable[[Any, Any], None]


def book(path: Path, fill: Fill, sheet: str = "数据", **options: Any) -> Path:
    with xlsxwriter.Workbook(path, options) as made:
        made.add_worksheet("说明") if sheet == "数据" else None
        fill(made, made.add_worksheet(sheet))
    return path


def rezipped(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The workbook with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path.write_bytes(out.getvalue())
    return path


def table(*rows: list[Any]) -> Fill:
    def fill(made: Any, sheet: Any) -> None:
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)

    return fill


def test_values_are_read_as_a_person_sees_them(tmp_path: Path, read: Read) -> None:
    def fill(made: Any, sheet: Any) -> None:
        day, moment = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_format({"num_format": "yyyy/m/d h:mm:ss"})
        chinese, span = (
            made.add_format({"num_format": 'yyyy"年"m"月"d"日"'}),
            made.add_format({"num_format": "[h]:mm:ss"}),
        )
        money, bold = made.add_format({"num_format": '#,##0.00"元";[Red]-#,##0.00'}), made.add_format({"bold": True})
        sheet.write_row(2, 1, ["文本", "数", "日"])  # neither the first row nor the first column
        sheet.write_row(4, 1, ["001", 12, 0.1 + 0.2])
        sheet.write_datetime(5, 1, dt.datetime(2020, 2, 29), day)
        sheet.write_datetime(5, 2, dt.datetime(2020, 2, 29, 13, 4, 5), moment)
        sheet.write_datetime(5, 3, dt.datetime(1999, 12, 31), chinese)
        sheet.write_number(6, 1, 1.5, span)
        sheet.write_number(6, 2, -1234.5, money)
        sheet.write_boolean(6, 3, True)
        sheet.write_rich_string(7, 1, "粗", bold, "体")
        sheet.write_string(7, 2, " 两边 \n换行_x0041_")
        sheet.write_number(7, 3, 1e-7)
        sheet.write_blank(8, 1, None, bold)

    rows = read(book(tmp_path / "a.xlsx", fill))
    assert [(row["row_no"], row["row_fault"]) for row in rows] == [(2, None), (3, None), (4, None), (5, None)]
    assert [row["cells"] for row in rows] == [
        ["001", "12", "0.3"],
        ["2020-02-29", "2020-02-29 13:04:05", "1999-12-31"],
        ["36:00:00", "-1234.5", "true"],
        ["粗体", " 两边 \n换行_x0041_", "0.0000001"],
    ]


def test_formulas_errors_and_lost_digits_are_faults_with_their_address(tmp_path: Path, read: Read) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["名称", "代码", "金额"])
        sheet.write_row(1, 0, ["甲", "1", 1])
        sheet.write_formula(2, 2, "=SUM(C2:C2)", None, 1)
        sheet.write_formula(3, 0, '="乙"', None, "乙")
        sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
        sheet.write_number(4, 1, 913201007482046601)
        sheet.write_number(5, 1, 320106199001011234)
        sheet.write_number(6, 1, 123456789012345)

    rows = read(book(tmp_path / "a.xlsx", fill))
    assert [(row["row_fault"], row["fault_detail"]) for row in rows] == [
        (None, None),
        ("FORMULA", "单元格 C3"),
        ("FORMULA", "单元格 A4、C4"),
        ("NUMBER_PRECISION", "单元格 B5"),
        ("NUMBER_PRECISION", "单元格 B6"),
        (None, None),
    ]
    assert rows[1]["cells"] == ["", "", "1"]
    assert rows[5]["cells"][1] == "123456789012345"


def test_an_error_value_without_a_formula(tmp_path: Path, read: Read) -> None:
    path = book(tmp_path / "a.xlsx", table(["a", "b"], ["x", 5]))
    rezipped(path, lambda name, data: data.replace(b'<c r="B2"><v>5</v>', b'<c r="B2" t="e"><v>#N/A</v>'))
    assert [(r["row_fault"], r["fault_detail"], r["cells"]) for r in read(path)] == [
        ("CELL_ERROR", "单元格 B2", ["x", "#N/A"])
    ]


def test_cells_under_no_heading(tmp_path: Path, read: Read) -> None:
    rows = read(book(tmp_path / "a.xlsx", table(["a", "b"], ["1", "2"], ["3", "4", "", "多"])))
    assert [(row["row_fault"], row["fault_detail"]) for row in rows] == [
        (None, None),
        ("RAGGED", "D3 没有列名却有内容"),
    ]
    assert rows[1]["ragged"] == "3\t4\t\t多"


@pytest.mark.parametrize(
    ("sheets", "wanted", "chosen"),
    [
        (["说明", "Data"], None, "Data"),
        (["数据字典", "数据"], None, "数据"),
        (["甲", "乙"], None, "甲"),
        (["甲", "乙"], "乙", "乙"),
    ],
)
def test_which_sheet(tmp_path: Path, read: Read, sheets: list[str], wanted: str | None, chosen: str) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name in sheets:
            made.add_worksheet(name).write_column(0, 0, ["表", name])
    source = open_source(path, ReadLimits())
    form = source.format.model_copy(update={"sheet": wanted}) if wanted else None
    assert [row["cells"] for row in read(path, format=form)] == [[chosen]]
    with pytest.raises(UnknownFormatError, match="没有名为 丙 的工作表"):
        open_source(path, ReadLimits(), format=source.format.model_copy(update={"sheet": "丙"}))


VALUE = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
    | st.integers(-(10**15) + 1, 10**15 - 1)
    | st.floats(-1e6, 1e6).map(lambda f: round(f, 4))
    | st.booleans()
    | st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1))
    | st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0))
)


def seen(value: Any) -> str:
    """What calamine gives, as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(repr(value), None)[0]
    if isinstance(value, dt.datetime):
        return (value + dt.timedelta(milliseconds=1)).replace(microsecond=0).isoformat(" ")
    return str(value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(VALUE, min_size=3, max_size=3), min_size=1, max_size=5), inline=st.booleans())
def test_the_same_cells_as_a_spreadsheet_library(
    tmp_path: Path, read: Read, rows: list[list[Any]], inline: bool
) -> None:
    path = tmp_path / "a.xlsx"
    options = {"constant_memory": inline, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as made:
        sheet, day, moment = (
            made.add_worksheet(),
            made.add_format({"num_format": 14}),
            made.add_format({"num_format": 22}),
        )
        sheet.write_row(0, 0, ["a", "b", "c"])
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(at, column, value, moment if isinstance(value, dt.datetime) else day)
                else:
                    sheet.write(at, column, value)
    library = load_workbook(str(path)).get_sheet_by_index(0).to_python()[1:]
    got = read(path)
    assert [row["cells"] for row in got] == [[seen(cell).removesuffix(" 00:00:00") for cell in row] for row in library]
    assert all(row["row_fault"] is None for row in got)


def test_headers_and_emptiness(tmp_path: Path) -> None:
    with pytest.raises(DuplicateHeaderError, match="代码"):
        open_source(book(tmp_path / "a.xlsx", table(["代码", "名称", "代码"])), ReadLimits())
    with pytest.raises(EmptyFileError, match="工作表 数据 是空的"):
        open_source(book(tmp_path / "b.xlsx", table([])), ReadLimits())
    assert list(open_source(book(tmp_path / "c.xlsx", table(["a"])), ReadLimits()).batches()) == []


def test_long_cells_cost_their_row_only(tmp_path: Path, read: Read) -> None:
    for inline in (False, True):
        rows = [["a", "b"], ["1", "长" * 101], ["2", "长" * 100]]
        path = book(tmp_path / "a.xlsx", table(*rows), constant_memory=inline)
        got = read(path, ReadLimits(cell_max_chars=100))
        assert [(row["row_fault"], len(row["cells"][1])) for row in got][1] == (None, 100)
        assert got[0]["row_fault"] == "CELL_TOO_LONG"


def test_damage_bombs_and_tricks(tmp_path: Path, read: Read) -> None:
    whole = book(tmp_path / "a.xlsx", table(["a", "b"], *([str(i), "x"] for i in range(3000)))).read_bytes()
    path = tmp_path / "b.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TruncatedFileError, match="XLSX"):
        read(path)
    changes: list[tuple[type[Exception], str, Callable[[str, bytes], bytes]]] = [
        (CorruptFileError, "已损坏", lambda n, d: d[:-200] if "worksheets/sheet2" in n else d),
        (CorruptFileError, "DOCTYPE", lambda n, d: d.replace(b"<sst", b"<!DOCTYPE a [<!ENTITY b 'c'>]><sst", 1)),
        (CorruptFileError, "不存在", lambda n, d: d.replace(b"<v>7</v>", b"<v>700000</v>")),
        (CorruptFileError, "列超过", lambda n, d: d.replace(b'r="A9"', b'r="ZZZ9"')),
        (BombError, "上限 200 倍", lambda n, d: d + b" " * 20_000_000 if "sharedStrings" in n else d),
        (CorruptFileError, "异常长", lambda n, d: d.replace(b"<sst", b"<sst a='" + b"b" * 6_000_000 + b"'")),
    ]
    for error, match, change in changes:
        path.write_bytes(whole)
        rezipped(path, change)
        limits = ReadLimits(ratio_floor_bytes=1_000_000, unpack_ratio_max=10**6 if match == "异常长" else 200)
        with pytest.raises(error, match=match):
            read(path, limits)
    path.write_bytes(whole)
    with pytest.raises(TooLargeError, match="改用 CSV"):
        read(path, ReadLimits(xlsx_text_max_bytes=1000))


def test_rows_and_cells_without_addresses_and_with_prefixes(tmp_path: Path, read: Read) -> None:
    path = book(tmp_path / "a.xlsx", table(["a", "b"], ["1", "2"]))
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c t="str"><x:v>b</x:v></x:c></x:row>'
        b"<x:row><x:c><x:v>1</x:v></x:c><x:c><x:f>A2</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    rezipped(path, lambda name, data: sheet if "worksheets/sheet2" in name else data)
    assert [(r["row_no"], r["cells"], r["fault_detail"]) for r in read(path)] == [(1, ["1", "2"], "单元格 B2")]


@pytest.mark.parametrize(
    ("stored", "kind", "text", "fault"),
    [
        ("1", None, "1", None),
        ("-0", None, "0", None),
        ("1.10", None, "1.1", None),
        ("1234.5599999999999", None, "1234.56", None),
        ("1E+3", None, "1000", None),
        ("999999999999999", None, "999999999999999", None),
        ("1000000000000000", None, "1000000000000000", Fault.NUMBER_PRECISION),
        ("9.1320100748204666E+17", None, "913201007482046660", Fault.NUMBER_PRECISION),
        ("1e400", None, "1e400", Fault.CELL_ERROR),
        ("x", None, "x", Fault.CELL_ERROR),
        ("61", "date", "1900-03-01", None),
        ("1", "date", "1900-01-01", None),
        ("45000.5", "date", "2023-03-15 12:00:00", None),
        ("0.5", "date", "12:00:00", None),
        ("-5", "date", "-5", None),
    ],
)
def test_numbers(stored: str, kind: str | None, text: str, fault: Fault | None) -> None:
    assert number_text(stored, kind) == (text, fault)


def test_dates_of_1904_formats_and_letters() -> None:
    assert number_text("0", "date", from_1904=True) == ("1904-01-01", None)
    assert [date_kind(n, None) for n in (0, 14, 22, 31, 46, 57, 49)] == [
        None,
        "date",
        "date",
        "date",
        "duration",
        "date",
        None,
    ]
    kinds = {
        code: date_kind(164, code) for code in ("yyyy-mm", '0"days"', "[Red]0.00", "[h]:mm", "General", "0.00E+00", "@")
    }
    assert kinds == {
        "yyyy-mm": "date", "[h]:mm": "duration", '0"days"': None, "[Red]0.00": None,
        "General": None, "0.00E+00": None, "@": None,
    }  # fmt: skip
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
