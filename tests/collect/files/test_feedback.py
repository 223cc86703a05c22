"""Feedback: what was set aside goes back as it came, and comes in again as it went out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from xinshu.collect.files import FeedbackRow, FileFormat, ReadLimits, open_source, write_feedback
from xinshu.collect.files.feedback import SUFFIXES

Read = Callable[..., list[dict[str, Any]]]
HEADER = ["企业名称", "代码", "备注"]
WHY = [
    {"field": "代码", "code": "USCC_CHECK", "message": "校验位不对"},
    {"code": "DUPLICATE", "message": "与第 3 行重复"},
]
FORMATS = [
    FileFormat(kind="csv", encoding="utf-8", delimiter=","),
    FileFormat(kind="csv", encoding="utf-8", bom=True, delimiter=";"),
    FileFormat(kind="csv", encoding="gb18030", delimiter="\t", compression="gzip"),
    FileFormat(kind="csv", encoding="utf-16-le", bom=True, delimiter=","),
    FileFormat(kind="xlsx", sheet="数据"),
    FileFormat(kind="jsonl", encoding="utf-8"),
    FileFormat(kind="parquet"),
]
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10) | st.sampled_from(
    ["", "中", "=1+1", "-3", "@x", '"', "a,b;c\td", "行\n行", "_x0041_", "00123", "1e5", "true"]
)


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f"{f.kind}-{f.encoding}-{f.delimiter}")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(TEXT, min_size=3, max_size=3).filter(any), min_size=1, max_size=6))
def test_rows_go_out_and_come_in_unchanged(tmp_path: Path, read: Read, form: FileFormat, rows: list[list[str]]) -> None:
    path = tmp_path / f"feedback{SUFFIXES[form.kind]}"
    written = write_feedback(path, form, HEADER, (FeedbackRow(7 + i, row, WHY) for i, row in enumerate(rows)))
    with open_source(path, ReadLimits(), format=form) as source:
        assert source.feedback
        assert source.header == HEADER
    assert written == len(rows)
    assert [row["cells"] for row in read(path, format=form)] == rows


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f"{f.kind}-{f.encoding}-{f.delimiter}")
def test_the_format_is_told_again_from_the_feedback(tmp_path: Path, form: FileFormat) -> None:
    path = tmp_path / "feedback"
    write_feedback(
        path, form, HEADER, [FeedbackRow(2, ["甲公司", "1", ""], WHY), FeedbackRow(4, ["乙", "2", "无"], WHY)]
    )
    again = open_source(path, ReadLimits()).format
    assert again.model_dump(exclude={"compression", "quote"}) == form.model_dump(exclude={"compression", "quote"})


def test_number_and_reasons_stand_beside_the_row(tmp_path: Path) -> None:
    path = tmp_path / "feedback.csv"
    write_feedback(path, FORMATS[0], HEADER, [FeedbackRow(12, ["甲公司", "1", "x"], WHY)])
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    assert lines == [[*HEADER, "原行号", "问题原因"], ["甲公司", "1", "x", "12", "代码:校验位不对\uff1b与第 3 行重复"]]


def test_only_our_own_cells_are_kept_from_being_formulas(tmp_path: Path) -> None:
    path = tmp_path / "feedback.csv"
    why = [{"field": "=cmd()", "code": "X", "message": "有误"}]
    write_feedback(path, FORMATS[0], HEADER, [FeedbackRow(1, ["=1+1", "-2", "@a"], why)])
    with path.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream))[1] == ["=1+1", "-2", "@a", "1", "'=cmd():有误"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [("1,2", "RAGGED"), ("1,2,3,4", "RAGGED"), ('"x\ny",6,7,8', "RAGGED"), ('1,"2', "RAGGED")],
)
def test_a_ragged_row_not_corrected_is_ragged_again(tmp_path: Path, read: Read, text: str, fault: str) -> None:
    path = tmp_path / "feedback.csv"
    rows = [FeedbackRow(1, text, WHY), FeedbackRow(2, ["甲", "乙", "丙"], WHY)]
    write_feedback(path, FORMATS[0], HEADER, rows)
    assert [(row["row_fault"], row["cells"][0]) for row in read(path)] == [(fault, ""), (None, "甲")]


def test_a_json_line_not_corrected_is_bad_again(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "feedback.jsonl"
    rows = [FeedbackRow(1, '{"企业名称": ', WHY), FeedbackRow(2, ["甲", "乙", "丙"], WHY)]
    write_feedback(path, FORMATS[5], HEADER, rows)
    got = read(path)
    assert [(row["row_fault"], row["ragged"]) for row in got] == [("JSON", '{"企业名称": '), (None, None)]
    assert got[1]["cells"] == ["甲", "乙", "丙"]


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f"{f.kind}-{f.encoding}-{f.delimiter}")
def test_a_break_in_the_middle_leaves_no_file(tmp_path: Path, form: FileFormat) -> None:
    def broken() -> Iterator[FeedbackRow]:
        yield FeedbackRow(1, ["甲", "乙", "丙"], WHY)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_feedback(tmp_path / "feedback", form, HEADER, broken())
    assert list(tmp_path.iterdir()) == []


NUMBERS = ["12", " 7 ", "3.0", "", "十二", "-1", "0", "1.5", "1e3", "99999999999999999999"]
KNOWN = [12, 7, 3, None, None, None, None, None, None, None]


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f"{f.kind}-{f.encoding}-{f.delimiter}")
def test_the_number_as_first_sent_comes_back(tmp_path: Path, read: Read, form: FileFormat) -> None:
    path = tmp_path / f"feedback{SUFFIXES[form.kind]}"
    write_feedback(path, form, HEADER, [FeedbackRow(7 + i, ["甲", str(i), ""], WHY) for i in range(3)])
    assert [row["source_row"] for row in read(path, format=form)] == [7, 8, 9]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl", "parquet"])
def test_a_number_that_is_none_is_unknown(tmp_path: Path, read: Read, kind: str) -> None:
    path = tmp_path / f"feedback.{kind}"
    header = [*HEADER, "原行号", "问题原因"]
    rows = [["甲", str(i), "", number, "有误"] for i, number in enumerate(NUMBERS)]
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
    elif kind == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("数据")
            for line, row in enumerate([header, *rows]):
                sheet.write_row(line, 0, row)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows), "utf-8")
    else:
        parquet.write_table(pa.table(dict(zip(header, zip(*rows, strict=True), strict=True))), path)
    got = read(path)
    assert [row["source_row"] for row in got] == KNOWN
    assert [row["cells"] for row in got] == [row[:3] for row in rows]


def test_json_numbers_and_other_values(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "feedback.jsonl"
    lines = (
        '12, "问题原因": ""',
        'true, "问题原因": ""',
        '[3], "问题原因": ""',
        'null, "问题原因": ""',
        '4.0, "问题原因": null',
    )
    path.write_text("".join(f'{{"代码": "1", "原行号": {line}}}\n' for line in lines) + '{"代码": "2"}\n', "utf-8")
    assert [row["source_row"] for row in read(path)] == [12, None, None, None, 4, None]


def test_rows_that_have_no_cells_have_no_number(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "feedback.csv"
    path.write_text("代码,备注,原行号,问题原因\n1,,5,x\n2\n\n3,,6,x\n", "utf-8")
    assert [(row["row_no"], row["row_fault"], row["source_row"]) for row in read(path)] == [
        (1, None, 5), (2, "RAGGED", None), (4, None, 6),
    ]  # fmt: skip


def test_the_same_columns_elsewhere_are_the_providers_own(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "own.csv"
    path.write_text("原行号,问题原因,代码\n5,x,1\n", "utf-8")
    assert [(row["cells"], row["source_row"]) for row in read(path)] == [(["5", "x", "1"], None)]
