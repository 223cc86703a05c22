"""Unpacking of gzip and zip as a stream of blocks, with the limits enforced while it runs."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from xinshu.collect.files.errors import (
    ArchiveError,
    BombError,
    CorruptFileError,
    EncryptedError,
    TooLargeError,
    TruncatedFileError,
    UnknownFormatError,
)
from xinshu.collect.files.model import ReadLimits

BLOCK = 4 * 1024**2
_STEP = 1024**2  # packed bytes read at a time
_HIDDEN = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class Rereadable:
    """A stream of blocks that can be begun again; its first block is unpacked once and kept."""

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        self._make = make
        self._first: bytes | None = None
        self._rest: Iterator[bytes] | None = None

    def __call__(self) -> Iterator[bytes]:
        """The blocks from the beginning."""
        if self._first is None:
            self._rest = self._make()
            self._first = next(self._rest, b"")
        yield self._first
        rest, self._rest = self._rest, None
        if rest is None:
            rest = self._make()
            next(rest, None)
        yield from rest


@dataclass
class Guard:
    """Counts what comes out of a packed file and stops a bomb. Raises TooLargeError, BombError."""

    limits: ReadLimits
    packed: int  # bytes
    seen: int = 0

    def take(self, size: int) -> None:
        """Account for `size` unpacked bytes."""
        self.seen += size
        if self.seen > self.limits.unpacked_max_bytes:
            raise TooLargeError(
                f"文件解压后超过上限 {self.limits.unpacked_max_bytes} 字节",
                hint="拆成几个批次报送,或请平台调整 unpacked_max_bytes",
                limit=self.limits.unpacked_max_bytes,
            )
        floor = self.limits.ratio_floor_bytes
        if self.seen > floor and self.seen > self.packed * self.limits.unpack_ratio_max:
            raise BombError(
                f"压缩文件异常:{self.packed} 字节解压后已超过 {self.seen} 字节(上限 {self.limits.unpack_ratio_max} 倍)",
                hint="确认文件来源;确属正常数据时请不压缩报送",
                packed=self.packed,
                unpacked=self.seen,
            )


def plain_blocks(path: Path, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of a file in blocks."""
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(size):
            yield block


def gzip_blocks(path: Path, limits: ReadLimits, size: int = BLOCK) -> Iterator[bytes]:
    """The unpacked bytes of a gzip file of one or more members.

    Raises TruncatedFileError, CorruptFileError, TooLargeError, BombError.
    """
    guard = Guard(limits, path.stat().st_size)
    parts: list[bytes] = []
    held = 0
    for part in _inflated(path):
        guard.take(len(part))
        parts.append(part)
        held += len(part)
        if held >= size:
            yield b"".join(parts)
            parts, held = [], 0
    if held > 0:
        yield b"".join(parts)


def _inflated(path: Path) -> Iterator[bytes]:
    engine = zlib.decompressobj(wbits=31)
    fresh = True  # no byte of the current member seen yet
    members = 0
    for block in plain_blocks(path, _STEP):
        data = block
        while len(data) > 0:
            if fresh and members > 0:
                data = data.lstrip(b"\0")  # padding between and after members is allowed
                if len(data) == 0:
                    break
            fresh = False
            try:
                part = engine.decompress(data, _STEP)
            except zlib.error as error:
                where = "gzip 末尾有多余内容" if members > 0 else "gzip 数据损坏"
                raise CorruptFileError(f"{where}:{error}", hint="重新压缩并报送", file=path.name) from None
            if len(part) > 0:
                yield part
            data = engine.unconsumed_tail
            if engine.eof:
                data = engine.unused_data
                engine = zlib.decompressobj(wbits=31)
                fresh = True
                members += 1
    if not fresh:
        raise TruncatedFileError(
            "gzip 文件不完整:在压缩数据中途结束", hint="上传或导出中断,请重新报送整个文件", file=path.name
        )


def zip_member(path: Path) -> zipfile.ZipInfo:
    """The one data file of a zip. Raises ArchiveError, EncryptedError, TruncatedFileError."""
    with _opened(path) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and not _hidden(i.filename)]
    if len(infos) != 1:
        names = "、".join(member_name(i) for i in infos[:10])
        said = f"有 {len(infos)} 个文件({names})" if infos else "没有文件"
        raise ArchiveError(f"压缩包中应只有一个数据文件,实际{said}", hint="每个数据文件单独压缩报送", files=len(infos))
    (info,) = infos
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or info.filename[1:2] == ":":
        raise ArchiveError(
            f"压缩包中的文件路径不安全:{info.filename!r}", hint="重新压缩,不带路径", member=info.filename
        )
    if info.flag_bits & 0x1:
        raise EncryptedError(f"压缩包中的文件 {member_name(info)} 有密码", hint="去掉密码后报送,传输由平台加密")
    return info


def zip_blocks(path: Path, info: zipfile.ZipInfo, limits: ReadLimits, size: int = BLOCK) -> Iterator[bytes]:
    """The unpacked bytes of one member, its checksum verified at the end.

    Raises TruncatedFileError, CorruptFileError, UnknownFormatError, TooLargeError, BombError.
    """
    guard = Guard(limits, path.stat().st_size)
    try:
        with _opened(path) as archive, archive.open(info) as stream:
            while block := stream.read(size):
                guard.take(len(block))
                yield block
    except NotImplementedError as error:
        raise UnknownFormatError(f"压缩包使用了不支持的压缩方法:{error}", hint="用普通 zip(deflate)重新压缩") from None
    except (zipfile.BadZipFile, zlib.error, OverflowError) as error:
        raise CorruptFileError(f"压缩包数据损坏:{error}", hint="重新压缩并报送", file=path.name) from None
    except EOFError:
        raise TruncatedFileError("压缩包不完整:在压缩数据中途结束", hint="重新报送整个文件", file=path.name) from None


def member_name(info: zipfile.ZipInfo) -> str:
    """Name of a member; names written by Chinese systems without the UTF-8 flag are read as GB18030."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise TruncatedFileError(
            f"压缩包(或 XLSX)不完整,找不到目录:{error}", hint="上传或导出中断,请重新报送整个文件", file=path.name
        ) from None


def _hidden(name: str) -> bool:
    return (
        name.startswith(_HIDDEN[0])
        or PurePosixPath(name).name in _HIDDEN[1:]
        or PurePosixPath(name).name.startswith("._")
    )
