"""CSV: whatever the encoding, delimiter and damage, each row is read once, in its place, or set aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinshu.collect.files import FileFormat, ReadLimits, open_source
from xinshu.collect.files.errors import (
    DuplicateHeaderError,
    EmptyFileError,
    HeaderError,
    UnclosedQuoteError,
)
from xinshu.collect.files.lexer import Dialect, RecordSkipper, Whole, last_boundary, whole_records

Write = Callable[..., Path]
Read = Callable[..., list[dict[str, Any]]]
ENCODINGS = [("utf-8", False), ("utf-8", True), ("gb18030", False), ("utf-16-le", True), ("utf-16-be", True)]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["", "中文", '"', '""', "a,b;c|d\te", "行\n行", "行\r\n行", "=1+1", "\u3000", "N/A", "null", "00123"]
)


def encoded(text: str, encoding: str, bom: bool) -> bytes:
    return (("\ufeff" if bom else "") + text).encode(encoding)


def cells_of(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [row["cells"] for row in rows]


@pytest.mark.parametrize(("encoding", "bom"), ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_common_form_is_told_from_the_content(
    write: Write, read: Read, encoding: str, bom: bool, delimiter: str, newline: str
) -> None:
    lines = [["企业名称", "代码", "备注"], ["甲公司", "001", f"含{newline}换行"], ["乙公司", "", '带"引号"']]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(lines)
    path = write(encoded(out.getvalue(), encoding, bom), "数据.txt")
    with open_source(path, ReadLimits()) as source:
        assert source.header == lines[0]
        form = source.format
    assert (form.kind, form.encoding, form.bom, form.delimiter) == ("csv", encoding, bom, delimiter)
    assert cells_of(read(path)) == lines[1:]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8),
    form=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(",;\t|"),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_rows_written_are_the_rows_read(
    tmp_path: Path,
    read: Read,
    rows: list[list[str]],
    form: tuple[str, bool],
    delimiter: str,
    newline: str,
    quoting: int,
) -> None:
    if newline == "\n" and quoting == csv.QUOTE_MINIMAL:  # that writer leaves a lone CR unquoted: a record's end
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["名称", "代码", "备注"], *rows])
    path = tmp_path / "data.csv"
    path.write_bytes(encoded(out.getvalue(), *form))
    hint = FileFormat(kind="csv", encoding=form[0], bom=form[1], delimiter=delimiter)
    got = read(path, format=hint)
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    assert [(row["row_no"], row["cells"]) for row in got] == filled
    assert all(row["row_fault"] is None and row["ragged"] is None for row in got)


def test_ragged_rows_stay_in_their_place_with_their_text(write: Write, read: Read) -> None:
    path = write(b'a,b,c\n1,2,3\n4,5\n"x\ny",6,7,8\n\n,,\n7,8,9\n')
    rows = read(path)
    assert [(r["row_no"], r["row_fault"], r["ragged"]) for r in rows] == [
        (1, None, None),
        (2, "RAGGED", "4,5"),
        (3, "RAGGED", '"x\ny",6,7,8'),
        (6, None, None),
    ]
    assert rows[1]["fault_detail"] == "应为 3 个,实为 2 个"
    assert cells_of(rows) == [["1", "2", "3"], ["", "", ""], ["", "", ""], ["7", "8", "9"]]


def test_a_ten_million_character_cell_costs_its_row_only(write: Write, read: Read) -> None:
    path = write(b'a,b\n1,2\n3,"' + "长".encode() * 10_000_000 + b'"\n5,6\n')
    rows = read(path)
    assert [(r["row_no"], r["row_fault"]) for r in rows] == [(1, None), (2, "CELL_TOO_LONG"), (3, None)]
    assert len(rows[1]["ragged"]) == 2_000
    assert rows[2]["cells"] == ["5", "6"]


@pytest.mark.parametrize("tail", [b'"', b'""x"', b'" \n'])
def test_a_cell_of_any_length_may_end_anywhere(write: Write, read: Read, tail: bytes) -> None:
    limits = ReadLimits(record_max_bytes=1000)
    body = b"x" * (4 * 1024**2 - 30)
    for pad in range(26, 34):  # the closing quote falls on either side of a block's end
        path = write(b'a,b\n1,"' + body + b"y" * pad + tail + b"\n5,6\n")
        assert [(r["row_fault"], r["cells"][0]) for r in read(path, limits)][-1] == (None, "5")


def test_a_cell_over_the_limit_is_set_aside_with_its_row(write: Write, read: Read) -> None:
    limits = ReadLimits(cell_max_chars=100)
    rows = read(write(f"a,b\n1,{'长' * 100}\n2,{'长' * 101}\n".encode()), limits)
    assert [(r["row_no"], r["row_fault"]) for r in rows] == [(1, None), (2, "CELL_TOO_LONG")]
    assert rows[1]["fault_detail"] == "列 b 有 101 个字符,上限 100"


def test_nul_bytes_are_bad_rows(write: Write, read: Read) -> None:
    rows = read(write(b"a,b\n1,2\n3,x\0y\n4,5\n6,7,8\0\n"))
    assert [(r["row_no"], r["row_fault"]) for r in rows] == [(1, None), (2, "NUL"), (3, None), (4, "RAGGED")]
    assert not any("\0" in (r["ragged"] or "") + "".join(r["cells"]) for r in rows)


def test_a_lone_quote_costs_its_own_line(write: Write, read: Read) -> None:
    rows = read(write(b'a,b\n1,2\n3,"4\n5,6\n7,8'))
    assert [(r["row_no"], r["row_fault"], r["ragged"]) for r in rows] == [
        (1, None, None),
        (2, "UNCLOSED_QUOTE", '3,"4'),
        (3, None, None),
        (4, None, None),
    ]
    assert cells_of(rows)[2:] == [["5", "6"], ["7", "8"]]


def test_a_lone_quote_before_a_long_rest_is_an_error_naming_the_line(write: Write, read: Read) -> None:
    path = write(b'a,b\n1,2\n3,"4\n' + b"5,6\n" * 300_000)
    with pytest.raises(UnclosedQuoteError, match="第 3 行附近的引号没有结束") as caught:
        read(path, ReadLimits(record_max_bytes=100_000))
    assert caught.value.details == {"line": 3}


def test_quotes_inside_unquoted_cells_are_text(write: Write, read: Read) -> None:
    assert cells_of(read(write(b'a,b\n5" pipe,x\ny,"q"r"s\n1,2\n'))) == [['5" pipe', "x"], ["y", 'qr"s'], ["1", "2"]]


def test_cells_under_no_heading_are_a_fault_and_empty_ones_are_not(write: Write, read: Read) -> None:
    rows = read(write(b"a,b,,\n1,2,,\n3,4,x,\n"))
    assert [(r["cells"], r["row_fault"]) for r in rows] == [(["1", "2"], None), (["3", "4"], "RAGGED")]
    assert rows[1]["ragged"] == "3,4,x,"


def test_blank_lines_before_the_header_and_a_header_alone(write: Write, read: Read) -> None:
    assert [(r["row_no"], r["cells"]) for r in read(write(b"\n\n a ,b\n1,2\n"))] == [(1, ["1", "2"])]
    path = write(b" a ,\xe3\x80\x80b\n")
    assert open_source(path, ReadLimits()).header == ["a", "b"]
    assert read(path) == []


def test_duplicate_headers_are_named_with_their_places(write: Write) -> None:
    with pytest.raises(DuplicateHeaderError, match=r"企业名称.第 1、3 列") as caught:
        open_source(write("企业名称,代码,企业名称\n1,2,3\n".encode()), ReadLimits())
    assert caught.value.details["columns"] == {"企业名称": [1, 3]}


def test_bad_headers(write: Write) -> None:
    with pytest.raises(HeaderError, match="表头第 2 列没有名称"):
        open_source(write(b"a,,c\n1,2,3\n"), ReadLimits())
    with pytest.raises(HeaderError, match="表头有 3 列,超过上限 2"):
        open_source(write(b"a,b,c\n1,2,3\n"), ReadLimits(columns_max=2))
    with pytest.raises(HeaderError, match="找不到表头"):
        open_source(write(b"a" * 300_000), ReadLimits())


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n "])
def test_empty_files(write: Write, data: bytes) -> None:
    with pytest.raises(EmptyFileError):
        open_source(write(data), ReadLimits())


def test_a_file_of_blank_lines_under_a_wide_header_is_read_in_small_steps(write: Write, read: Read) -> None:
    header = ",".join(f"c{i}" for i in range(400)).encode()
    rows = read(write(header + b"\n" * 60_000 + b"," * 399 + b"z\n"))
    assert [(r["row_no"], r["cells"][-1]) for r in rows] == [(60_000, "z")]


PIECES = st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "a", "中", '",', ',"', '\n"']), max_size=40).map(
    "".join
)


@settings(max_examples=300, deadline=None)
@given(text=PIECES, block=st.integers(1, 9))
def test_records_end_where_a_csv_reader_ends_them(text: str, block: int) -> None:
    """Pieces parsed one by one give the rows of the whole parsed at once, however the blocks fall."""
    data, dialect = text.encode(), Dialect(ord(","))
    if last_boundary(data, dialect)[1] is not None:
        return
    blocks = (data[i : i + block] for i in range(0, len(data), block))
    pieces = list(whole_records(blocks, dialect, 10_000))
    assert all(isinstance(piece, Whole) for piece in pieces)
    parsed = [list(csv.reader(io.StringIO(p.data.decode(), newline=""))) for p in pieces if isinstance(p, Whole)]
    assert [row for rows in parsed for row in rows] == list(csv.reader(io.StringIO(text, newline="")))


@settings(max_examples=300, deadline=None)
@given(text=PIECES, block=st.integers(1, 5))
def test_skipping_a_record_ends_where_reading_it_ends(text: str, block: int) -> None:
    data, dialect = text.encode() + b"\n", Dialect(ord(","))
    reader = csv.reader(io.StringIO(text + "\n", newline=""))
    next(reader)
    rest = "".join(io.StringIO(text + "\n", newline="").readlines()[reader.line_num :]) if "\r" not in text else None
    skipper, at, end = RecordSkipper(dialect), 0, -1
    while at < len(data) and end < 0:
        end = skipper.feed(data[at : at + block])
        at += block
    if rest is not None and end >= 0:
        assert data[at - block + end :].decode() == rest
    assert end >= 0 or (skipper.inside and not skipper.closing)


def test_the_registry_files_are_read_whole(shared_data: Path) -> None:
    rows = 0
    for path in sorted((shared_data / "registry").glob("*.csv.gz")):
        with open_source(path, ReadLimits()) as source:
            assert source.header[:2] == ["企业名称", "统一社会信用代码"]
            rows += sum(batch.num_rows for batch in source.batches())
    assert rows == 282_803
