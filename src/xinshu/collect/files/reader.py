"""`open_source`: any file a provider sends, opened as one uniform stream of text cells."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from xinshu.collect.files.delimited import Blocks, open_delimited
from xinshu.collect.files.errors import EmptyFileError, TooLargeError, UnknownFormatError
from xinshu.collect.files.jsonl import open_jsonl
from xinshu.collect.files.model import Expected, FileFormat, ReadLimits, Source
from xinshu.collect.files.parquet import open_parquet
from xinshu.collect.files.prefetch import prefetched
from xinshu.collect.files.sniff import Container, container_of, is_workbook, kind_of, workbook_names
from xinshu.collect.files.unpack import Rereadable, gzip_blocks, member_name, plain_blocks, zip_blocks, zip_member
from xinshu.collect.files.xlsx import open_xlsx

_HEAD = 64 * 1024


def open_source(
    path: Path,
    limits: ReadLimits,
    name: str | None = None,
    format: FileFormat | None = None,
    expected: Expected = (),
) -> Source:
    """Open a data file, its format told from its content; close the Source (or use `with`) when done.

    `name`: the file's name as sent. `format`: what is known beforehand (encoding, delimiter, sheet), overriding
    detection. `expected`: for JSON Lines, columns that exist even if the first lines lack them, each by
    its names, of which the file may use any.
    Raises a SourceFileError that says what is wrong; also `batches()` may, further on in the file.
    """
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise EmptyFileError(f"文件 {name} 是空的(0 字节)", hint="检查导出与上传是否成功")
    if size > limits.file_max_bytes:
        raise TooLargeError(
            f"文件 {name} 有 {size} 字节,超过上限 {limits.file_max_bytes}", hint="拆成几个批次报送", size=size
        )
    compression, member, blocks = _unpacked(path, limits)
    head = next(blocks(), b"")[:_HEAD]
    if head == b"":
        raise EmptyFileError(f"文件 {name} 解压后是空的", hint="检查导出是否成功")
    kind = kind_of(head, member or name.removesuffix(".gz").removesuffix(".GZ"))
    if format is not None and format.kind != kind and {format.kind, kind} != {"csv", "jsonl"}:
        raise UnknownFormatError(f"文件 {name} 的内容是 {kind},与指定的格式 {format.kind} 不符", hint="检查报送的文件")
    hint = (format or FileFormat(kind=kind)).model_copy(update={"compression": compression, "member": member})
    if hint.kind == "csv":
        return open_delimited(_ahead(blocks, compression), hint, limits)
    if hint.kind == "jsonl":
        return open_jsonl(_ahead(blocks, compression), hint, limits, expected)
    file, remove = (path, _nothing) if compression == "none" else _spooled(blocks, limits)
    try:
        source = (open_xlsx if hint.kind == "xlsx" else open_parquet)(file, hint, limits)
    except BaseException:
        remove()
        raise
    return replace(source, _close=remove)


def _unpacked(path: Path, limits: ReadLimits) -> tuple[Container, str | None, Blocks]:
    with path.open("rb") as stream:
        container = container_of(stream.read(8))
    if container == "gzip":
        return "gzip", None, Rereadable(partial(gzip_blocks, path, limits))
    if container == "zip" and not is_workbook(workbook_names(path)):
        info = zip_member(path)
        return "zip", member_name(info), Rereadable(partial(zip_blocks, path, info, limits))
    return "none", None, Rereadable(partial(plain_blocks, path))


def _ahead(blocks: Blocks, compression: Container) -> Blocks:
    """Unpacking runs one block ahead of parsing."""
    return blocks if compression == "none" else lambda: prefetched(blocks())


def _spooled(blocks: Blocks, limits: ReadLimits) -> tuple[Path, Callable[[], None]]:
    folder = Path(tempfile.mkdtemp(prefix="xinshu-", dir=limits.scratch))
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    try:
        with (folder / "unpacked").open("wb") as target:
            for block in blocks():
                target.write(block)
    except BaseException:
        remove()
        raise
    return folder / "unpacked", remove


def _nothing() -> None:
    return None
