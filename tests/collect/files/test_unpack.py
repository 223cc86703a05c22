"""Packed files: told by content, unpacked in bounded steps, every break and trick a clear error."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xinshu.collect.files import ReadLimits, open_source
from xinshu.collect.files.errors import (
    ArchiveError,
    BombError,
    CorruptFileError,
    EmptyFileError,
    EncryptedError,
    TooLargeError,
    TruncatedFileError,
    UnknownFormatError,
)
from xinshu.collect.files.prefetch import prefetched
from xinshu.collect.files.unpack import Rereadable

Write = Callable[..., Path]
Read = Callable[..., list[dict[str, Any]]]
CSV = "名称,代码\n甲公司,1\n乙公司,2\n".encode()
CELLS = [["甲公司", "1"], ["乙公司", "2"]]
BIG = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * 7919 % 1_000_003) for i in range(150_000))


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "compression"),
    [
        (CSV, "none"),
        (gzip.compress(CSV), "gzip"),
        (gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]), "gzip"),
        (gzip.compress(CSV) + b"\0" * 512, "gzip"),
        (zipped({"数据.csv": CSV}), "zip"),
        (zipped({"out/": b"", "out/data.csv": CSV, "__MACOSX/out/._data.csv": b"x", "out/.DS_Store": b"x"}), "zip"),
        (zipped({"data.csv": CSV}, zipfile.ZIP_STORED), "zip"),
        (zipped({"data.csv": CSV}, zipfile.ZIP_LZMA), "zip"),
    ],
    ids=["plain", "gzip", "two members", "padded", "zip", "folder and litter", "stored", "lzma"],
)
def test_the_same_rows_however_packed_and_named(write: Write, read: Read, data: bytes, compression: str) -> None:
    path = write(data, "whatever.bin")
    assert [row["cells"] for row in read(path)] == CELLS
    assert open_source(path, ReadLimits()).format.compression == compression


def test_a_member_named_without_unicode_is_named_in_chinese(write: Write) -> None:
    data = zipped({"aaaa.csv": CSV}).replace(b"aaaa.csv", "数据".encode("gb18030") + b".csv")
    assert open_source(write(data), ReadLimits()).format.member == "数据.csv"


def test_a_truncated_gzip_is_an_error_wherever_it_breaks(write: Write, read: Read) -> None:
    data = gzip.compress(BIG)
    for length in (5, 15, 100, len(data) // 2, len(data) - 8, len(data) - 1):
        with pytest.raises(TruncatedFileError, match="不完整"):
            read(write(data[:length]))


def test_a_damaged_gzip_is_an_error(write: Write, read: Read) -> None:
    data = bytearray(gzip.compress(BIG))
    for at in (len(data) - 6, len(data) - 2):  # the checksum and the length
        wrong = bytearray(data)
        wrong[at] ^= 0xFF
        with pytest.raises(CorruptFileError):
            read(write(bytes(wrong)))
    with pytest.raises(CorruptFileError, match="末尾有多余内容"):
        read(write(bytes(data) + b"rubbish"))


def test_a_truncated_or_damaged_zip_is_an_error(write: Write, read: Read) -> None:
    data = zipped({"data.csv": BIG})
    with pytest.raises(TruncatedFileError, match="不完整"):
        read(write(data[: len(data) // 2]))
    wrong = bytearray(data)
    wrong[len(data) // 2] ^= 0xFF
    with pytest.raises(CorruptFileError, match="损坏"):
        read(write(bytes(wrong)))


@pytest.mark.parametrize("members", [{}, {"a.csv": CSV, "b.csv": CSV}, {"folder/": b""}])
def test_a_zip_without_exactly_one_data_file(write: Write, members: dict[str, bytes]) -> None:
    with pytest.raises(ArchiveError, match="应只有一个数据文件"):
        open_source(write(zipped(members)), ReadLimits())


@pytest.mark.parametrize("name", ["../data.csv", "/etc/data.csv", "a/../../b.csv", "..\\data.csv", "C:\\data.csv"])
def test_paths_that_lead_outside(write: Write, name: str) -> None:
    with pytest.raises(ArchiveError, match="路径不安全"):
        open_source(write(zipped({name: CSV})), ReadLimits())


def test_an_encrypted_zip(write: Write) -> None:
    data = bytearray(zipped({"data.csv": CSV}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EncryptedError, match="有密码"):
        open_source(write(bytes(data)), ReadLimits())


def test_an_unsupported_method(write: Write) -> None:
    data = bytearray(zipped({"data.csv": CSV}))
    data[8:10] = b"\x09\x00"  # deflate64
    at = data.index(b"PK\x01\x02") + 10
    data[at : at + 2] = b"\x09\x00"
    with pytest.raises(UnknownFormatError, match="压缩方法"):
        open_source(write(bytes(data)), ReadLimits())


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"data.csv": data})], ids=["gzip", "zip"])
def test_bombs_stop_early(write: Write, read: Read, pack: Callable[[bytes], bytes]) -> None:
    path = write(pack(b"a,b\n" + b"1,2\n" * 8_000_000))
    with pytest.raises(BombError, match="上限 200 倍"):
        read(path)
    with pytest.raises(TooLargeError, match="解压后超过上限 1000000"):
        read(path, ReadLimits(unpacked_max_bytes=1_000_000))
    assert len(read(write(pack(b"a,b\n" + b"1,2\n" * 50_000)))) == 50_000  # small, however well it packs


def test_a_zip_that_lies_about_its_size_is_stopped(write: Write, read: Read) -> None:
    data = bytearray(zipped({"data.csv": b"a,b\n" + b"1,2\n" * 8_000_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises((CorruptFileError, BombError)):
        read(write(bytes(data)))


def test_layers_and_foreign_formats(write: Write) -> None:
    wrong = {
        "压缩包里还是压缩包": gzip.compress(gzip.compress(CSV)),
        "RAR": b"Rar!\x1a\x07\x00",
        "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 50,
        "旧版 Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "PDF": b"%PDF-1.7\n",
        "tar": b"data.csv".ljust(257, b"\0") + b"ustar\0",
        "JSON 数组": b'[{"a": 1}]',
        "网页或 XML": b"<html><table><tr><td>1</td></tr></table></html>",
    }
    for match, data in wrong.items():
        with pytest.raises(UnknownFormatError, match=match):
            open_source(write(data), ReadLimits())
    with pytest.raises(EncryptedError, match="XLSX 文件有密码"):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        open_source(write(ole), ReadLimits())


def test_size_limits_and_empty_archives(write: Write) -> None:
    with pytest.raises(TooLargeError, match="超过上限 10"):
        open_source(write(CSV), ReadLimits(file_max_bytes=10))
    for data in (gzip.compress(b""), zipped({"data.csv": b""})):
        with pytest.raises(EmptyFileError, match="解压后是空的"):
            open_source(write(data), ReadLimits())


def test_a_packed_workbook_is_unpacked_to_scratch_and_removed(write: Write, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    plain, scratch = tmp_path / "p.parquet", tmp_path / "scratch"
    scratch.mkdir()
    parquet.write_table(pa.table({"a": ["1"], "b": ["x"]}), plain)
    path = write(gzip.compress(plain.read_bytes()), "p.parquet.gz")
    with open_source(path, ReadLimits(scratch=scratch)) as source:
        assert source.format.kind == "parquet"
        assert [batch.num_rows for batch in source.batches()] == [1]
        assert len(list(scratch.iterdir())) == 1
    assert list(scratch.iterdir()) == []


def test_blocks_can_be_begun_again_and_are_made_once_at_first() -> None:
    made: list[int] = []

    def blocks() -> Iterator[bytes]:
        made.append(1)
        yield from (b"a", b"b", b"c")

    again = Rereadable(blocks)
    assert next(again()) == b"a"
    assert (list(again()), len(made)) == ([b"a", b"b", b"c"], 1)
    assert (list(again()), len(made)) == ([b"a", b"b", b"c"], 2)


def test_prefetching_keeps_order_raises_in_place_and_stops() -> None:
    def numbers() -> Iterator[int]:
        yield from range(5)
        raise zlib.error("broken")

    got = []
    with pytest.raises(zlib.error, match="broken"):
        for number in prefetched(numbers()):
            got.append(number)
    assert got == [0, 1, 2, 3, 4]
    closed: list[bool] = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    stream = prefetched(endless())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert closed == [True]
