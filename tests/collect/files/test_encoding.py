"""Encodings: told for sure, and one wrong byte anywhere is an error that names its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinshu.collect.files import ReadLimits, open_source
from xinshu.collect.files.encoding import detect, utf8_blocks
from xinshu.collect.files.errors import EncodingError

Write = Callable[..., Path]
Read = Callable[..., list[dict[str, Any]]]
LINE = "江苏信枢科技有限公司,南京市玄武区,软件开发。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("rows", [10, 70_000])
def test_a_wrong_byte_is_named_with_its_offset_and_line(write: Write, read: Read, encoding: str, rows: int) -> None:
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    start = (mark + "名称,地址,范围\n" + LINE * rows).encode(encoding)
    bad = {"utf-8": b"\xff", "gb18030": b"\xff", "utf-16-le": b"\x00\xdc", "utf-16-be": b"\xdc\x00"}[encoding]
    with pytest.raises(EncodingError, match=f"第 {len(start)} 字节.约第 {rows + 2} 行") as caught:
        read(write(start + bad + LINE.encode(encoding)))
    assert (caught.value.details["offset"], caught.value.details["line"]) == (len(start), rows + 2)
    assert caught.value.details["encoding"] == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_character_cut_off_at_the_end(write: Write, read: Read, encoding: str) -> None:
    data = (("\ufeff" if encoding == "utf-16-le" else "") + "名称,地址\n" + LINE).encode(encoding) + "甲".encode(
        encoding
    )
    with pytest.raises(EncodingError):
        read(write(data[:-1]))


def test_plain_ascii_decides_nothing_until_the_first_other_byte(write: Write, read: Read) -> None:
    ascii_rows = b"a,b\n" + b"1,2\n" * 1_100_000
    for encoding in ("utf-8", "gb18030"):
        path = write(ascii_rows + "甲公司,乙公司\n".encode(encoding))
        with open_source(path, ReadLimits()) as source:
            assert source.format.encoding == encoding
            *_, last = source.batches()
        assert last.slice(last.num_rows - 1).column("c0").to_pylist() == ["甲公司"]


def test_gb18030_that_happens_to_be_valid_utf8() -> None:
    chance = "隆隆,陆陆".encode("gb18030")
    assert chance.decode("utf-8")  # two-byte sequences: letters that no Chinese register has
    assert detect(iter([chance])) == ("gb18030", False)


def test_mixed_encodings_are_refused_not_guessed(write: Write, read: Read) -> None:
    with pytest.raises(EncodingError, match="UTF-8"):
        read(write(("名称,地址\n" + LINE * 50).encode() + "甲公司,地址\n".encode("gb18030")))
    with pytest.raises(EncodingError):
        read(write(("名称,地址,c\n" + LINE * 500).encode("gb18030") + LINE.encode()))


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ("名称,地址\n".encode("utf-16-le"), "空字节"),
        ("名称,地址\n".encode("utf-16-be"), "空字节"),
        ("\ufeff名称,地址\n".encode("utf-32-le"), "UTF-32"),
        (bytes(range(128, 256)) * 4, "不是有效的"),
        ("Größe,Straße\n".encode("latin-1"), "无法确定文件编码"),
    ],
)
def test_encodings_that_are_not_taken(write: Write, data: bytes, match: str) -> None:
    with pytest.raises(EncodingError, match=match):
        open_source(write(data), ReadLimits())


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
    bom=st.booleans(),
    size=st.integers(4, 7),
)
def test_blocks_may_fall_inside_characters(text: str, encoding: str, bom: bool, size: int) -> None:
    data = (("\ufeff" if bom else "") + text).encode(encoding)
    blocks = (data[i : i + size] for i in range(0, len(data), size))
    pieces = list(utf8_blocks(blocks, encoding, bom=bom))
    assert b"".join(pieces) == text.encode()
    assert all(piece.decode() is not None for piece in pieces)
