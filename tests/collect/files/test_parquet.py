"""Parquet: flat columns as canonical text; nested ones, damage and runs that unpack without end are refused."""

# ruff: noqa: DTZ001 (cells hold moments without a zone)

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from xinshu.collect.files import ReadLimits, open_source
from xinshu.collect.files.errors import (
    CorruptFileError,
    DuplicateHeaderError,
    EncryptedError,
    NestedColumnError,
    TooLargeError,
    TruncatedFileError,
)

Read = Callable[..., list[dict[str, Any]]]


def saved(path: Path, columns: dict[str, pa.Array], **options: Any) -> Path:
    parquet.write_table(pa.table(columns), path, **options)
    return path


def test_each_type_has_one_text(tmp_path: Path, read: Read) -> None:
    moment = dt.datetime(2020, 1, 2, 3, 4, 5)
    columns = {
        "文": pa.array(["甲", None, ""]),
        "大": pa.array(["x", "y", None], pa.large_string()),
        "字典": pa.array(["u", "u", None]).dictionary_encode(),
        "字节": pa.array(["中".encode(), None, b""], pa.binary()),
        "整": pa.array([1, -2, None]),
        "浮": pa.array([1.0, 1.25, 1e21]),
        "非数": pa.array([float("nan"), 0.1, 1e-7]),
        "定": pa.array([Decimal("1.50"), None, Decimal("-0.01")]),
        "是": pa.array([True, False, None]),
        "日": pa.array([dt.date(2020, 1, 2), None, None]),
        "时": pa.array([moment, moment.replace(hour=0, minute=0, second=0), moment.replace(microsecond=120000)]),
        "纳秒": pa.array([moment] * 3, pa.timestamp("ns")),
        "空": pa.nulls(3),
    }
    rows = read(saved(tmp_path / "a", columns))
    assert [row["cells"] for row in rows] == [
        [
            "甲",
            "x",
            "u",
            "中",
            "1",
            "1",
            "",
            "1.50",
            "true",
            "2020-01-02",
            "2020-01-02 03:04:05",
            "2020-01-02 03:04:05",
            "",
        ],
        ["", "y", "u", "", "-2", "1.25", "0.1", "", "false", "", "2020-01-02", "2020-01-02 03:04:05", ""],
        [
            "",
            "",
            "",
            "",
            "",
            "1" + "0" * 21,
            "0.0000001",
            "-0.01",
            "",
            "",
            "2020-01-02 03:04:05.12",
            "2020-01-02 03:04:05",
            "",
        ],
    ]


def test_blank_rows_count_in_the_numbering_only(tmp_path: Path, read: Read) -> None:
    path = saved(
        tmp_path / "a", {"a": pa.array(["1", "", "x" * 200, None, "5\0"]), "b": pa.array([None, None, "", "4", "5"])}
    )
    rows = read(path, ReadLimits(cell_max_chars=100))
    assert [(row["row_no"], row["row_fault"]) for row in rows] == [
        (1, None),
        (3, "CELL_TOO_LONG"),
        (4, None),
        (5, "NUL"),
    ]
    assert rows[1]["fault_detail"] == "列 a 有 200 个字符,上限 100"


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1]]),
        pa.array([{"x": 1}]),
        pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.array([b"\xff\xfe"], pa.binary()),
    ],
    ids=["list", "struct", "map", "bytes"],
)
def test_columns_without_single_texts(tmp_path: Path, read: Read, column: pa.Array) -> None:
    with pytest.raises(NestedColumnError, match="列 明细"):
        read(saved(tmp_path / "a", {"明细": column}))


def test_equal_names(tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"])], names=["a", " a"]), tmp_path / "a")
    with pytest.raises(DuplicateHeaderError):
        open_source(tmp_path / "a", ReadLimits())


def test_damage(tmp_path: Path, read: Read) -> None:
    whole = saved(tmp_path / "a", {"a": pa.array([str(i) for i in range(10_000)])}).read_bytes()
    path = tmp_path / "b"
    path.write_bytes(whole[:-20])
    with pytest.raises(TruncatedFileError, match="没有结尾"):
        read(path)
    path.write_bytes(whole[:100] + bytes(200) + whole[300:])
    with pytest.raises(CorruptFileError, match="损坏"):
        read(path)
    path.write_bytes(b"PARE" + whole[4:])
    with pytest.raises(EncryptedError):
        read(path)


@pytest.mark.parametrize("coding", [{}, {"use_dictionary": False, "column_encoding": {"a": "DELTA_BYTE_ARRAY"}}])
def test_a_long_value_repeated_is_read_in_small_steps(tmp_path: Path, read: Read, coding: dict[str, Any]) -> None:
    path = saved(tmp_path / "a", {"a": pa.array(["x" * 1_000_000] * 70), "b": pa.array(range(70))}, **coding)
    assert path.stat().st_size < 2_000_000
    with open_source(path, ReadLimits(cell_max_chars=2_000_000)) as source:
        assert max(batch.get_total_buffer_size() for batch in source.batches()) < 64 * 1024**2
    with pytest.raises(TooLargeError, match="解压后超过上限"):
        read(path, ReadLimits(cell_max_chars=2_000_000, unpacked_max_bytes=40_000_000))


def test_the_invoices_are_read_whole(shared_data: Path) -> None:
    rows = 0
    for path in sorted((shared_data / "invoices").glob("*.parquet")):
        with open_source(path, ReadLimits()) as source:
            assert source.header[:2] == ["企业代号", "发票号码"]
            rows += sum(batch.num_rows for batch in source.batches())
    assert rows > 1_000_000
