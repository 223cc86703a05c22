"""JSON Lines: digits kept, keys known early, a bad line costs itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinshu.collect.files import FileFormat, ReadLimits, open_source
from xinshu.collect.files.errors import DuplicateHeaderError, UnknownFormatError

Write = Callable[..., Path]
Read = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_single_values_as_text_with_their_digits(write: Write, read: Read, encoding: str) -> None:
    lines = (
        '{"名称": "甲", "数": 913201007482046601234567, "额": 1.10, "是": true, "无": null}\n'
        '\r\n{"数": -0, "额": 1e3, "是": false, "新": "\\u4e2d\\ud83d\\ude00"}\n'
    )
    rows = read(write(lines.encode(encoding), "a.jsonl"))
    assert [(row["row_no"], row["cells"]) for row in rows] == [
        (1, ["甲", "913201007482046601234567", "1.10", "true", "", ""]),
        (3, ["", "-0", "1e3", "false", "", "中😀"]),
    ]


def test_bad_lines_are_set_aside_in_their_place(write: Write, read: Read) -> None:
    lines = [
        '{"a": "1", "b": "2"}',
        '{"a": "1", ',
        "[1, 2]",
        '{"a": {"x": 1}}',
        '{"a": [1]}',
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '{"a": ' + "[" * 100_000 + "}",
        '{"a": "x\\u0000y"}',
        '{"a": "' + "长" * 200 + '"}',
        '{"a": "末"}',
    ]
    rows = read(write("\n".join(lines).encode(), "a.jsonl"), ReadLimits(cell_max_chars=100))
    assert [row["row_fault"] for row in rows] == [
        *[None, "JSON", "JSON", "NESTED", "NESTED", "JSON", "JSON", "JSON", "JSON", "NUL", "CELL_TOO_LONG", None]
    ]
    assert rows[1]["ragged"] == '{"a": "1",'
    assert rows[3]["fault_detail"] == "a"
    assert rows[5]["fault_detail"] == "字段重复:a"
    assert rows[11]["cells"] == ["末", ""]


def test_a_key_that_comes_late_is_a_fault_unless_expected(write: Write, read: Read) -> None:
    path = write(b'{"a": "1"}\n' * 1000 + b'{"a": "2", "b": "3"}\n{"a": "4"}\n', "a.jsonl")
    rows = read(path)
    assert (rows[1000]["row_fault"], rows[1000]["fault_detail"]) == ("UNKNOWN_KEY", "b")
    assert rows[1000]["ragged"] == '{"a": "2", "b": "3"}'
    assert rows[1001]["row_fault"] is None
    with open_source(path, ReadLimits(), expected=(("a",), ("b",))) as source:
        assert source.header == ["a", "b"]
        last = list(source.batches())[-1].to_pylist()[-2]
    assert (last["row_fault"], last["c1"]) == (None, "3")


def test_a_line_of_any_length_costs_itself(write: Write, read: Read) -> None:
    path = write(b'{"a": "1"}\n{"a": "' + b"x" * 12_000_000 + b'"}\n{"a": "3"}\n', "a.jsonl")
    rows = read(path)
    assert [(row["row_no"], row["row_fault"]) for row in rows] == [(1, None), (2, "CELL_TOO_LONG"), (3, None)]
    assert len(rows[1]["ragged"]) == 2_000


def test_files_without_objects_and_with_equal_keys(write: Write) -> None:
    for data in (b"1\n2\n", b"not json\n", b"{}\n"):
        with pytest.raises(UnknownFormatError, match="没有一行是 JSON 对象"):
            open_source(write(data, "a.jsonl"), ReadLimits())
    with pytest.raises(DuplicateHeaderError, match="a"):
        open_source(write(b'{"a": 1, " a": 2}\n', "a.jsonl"), ReadLimits())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "名"]),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        ).filter(lambda row: any(row.values())),
        min_size=1,
    ),
    escaped=st.booleans(),
)
def test_rows_written_are_the_rows_read(tmp_path: Path, read: Read, rows: list[dict[str, str]], escaped: bool) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=escaped) + "\n" for row in rows), encoding="utf-8", newline="\n"
    )
    form = FileFormat(kind="jsonl", encoding="utf-8")
    header = open_source(path, ReadLimits(), format=form).header
    assert [row["cells"] for row in read(path, format=form)] == [[row.get(key, "") for key in header] for row in rows]
