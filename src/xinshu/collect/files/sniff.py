"""What a file is, told from its first bytes; the name only breaks ties."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from xinshu.collect.files.errors import EncryptedError, UnknownFormatError

Kind = Literal["csv", "xlsx", "jsonl", "parquet"]
Container = Literal["none", "gzip", "zip"]

_FOREIGN = (
    (b"Rar!", "RAR 压缩包", "改用 zip 或 gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", "改用 zip 或 gzip"),
    (b"\xfd7zXZ\0", "xz 压缩包", "改用 zip 或 gzip"),
    (b"BZh", "bzip2 压缩包", "改用 zip 或 gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd 压缩包", "改用 zip 或 gzip"),
    (b"%PDF", "PDF 文件", "报送数据表,不要报送版式文件"),
    (b"\x89PNG", "图片", "报送数据表,不要报送图片"),
    (b"\xff\xd8\xff", "图片", "报送数据表,不要报送图片"),
    (b"SQLite format 3", "SQLite 数据库", "导出为 CSV"),
    (b"ORC", "ORC 文件", "改用 Parquet"),
    (b"Obj\x01", "Avro 文件", "改用 Parquet"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ACCEPTED = "可用格式:CSV、XLSX、JSON Lines、Parquet,可用 gzip 或 zip 压缩"


def container_of(head: bytes) -> Container:
    """Whether the bytes begin a gzip or a zip (an XLSX is a zip, too)."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zip" if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else "none"


def is_workbook(names: list[str]) -> bool:
    """Whether a zip with these members is an XLSX."""
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def workbook_names(path: Path) -> list[str]:
    """Members of a zip; none when its directory cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []


def kind_of(head: bytes, name: str) -> Kind:
    """The format of unpacked content from its first bytes (64 KiB are enough).

    Raises EncryptedError, UnknownFormatError naming what was found instead.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"PARE"):
        raise EncryptedError("Parquet 文件已加密", hint="去掉加密后报送,传输由平台加密")
    if head.startswith(_OLE):
        _refuse_ole(head)
    if head.startswith((b"\x1f\x8b", b"PK\x05\x06")):
        raise UnknownFormatError("压缩包里还是压缩包", hint="只压缩一层")
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            raise UnknownFormatError(f"文件 {name} 是 {what},不能归集", hint=hint, found=what)
    if head[257:262] == b"ustar":
        raise UnknownFormatError(f"文件 {name} 是 tar 包", hint="每个数据文件单独压缩报送", found="tar")
    return _text_kind(head, name)


def _refuse_ole(head: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in head:
        raise EncryptedError("XLSX 文件有密码", hint="去掉密码后报送,传输由平台加密")
    raise UnknownFormatError("文件是旧版 Excel(.xls)", hint="另存为 .xlsx 后报送", found="xls")


def _text_kind(head: bytes, name: str) -> Kind:
    start = head.removeprefix(b"\xef\xbb\xbf")
    for encoding in ("utf-16-le", "utf-16-be"):
        if head.startswith("\ufeff".encode(encoding)):
            start = head[2:].decode(encoding, "ignore").encode("utf-8", "ignore")
    start = start.lstrip()
    lower = name.lower()
    json_name = lower.endswith((".jsonl", ".ndjson", ".json"))
    if start[:1] == b"{" and (json_name or b'":' in start[:4096] or b'" :' in start[:4096] or start[:2] == b"{}"):
        return "jsonl"
    if start[:1] == b"[" and (json_name or start[1:].lstrip()[:1] == b"{"):
        raise UnknownFormatError("文件是一个 JSON 数组", hint="改为 JSON Lines:一行一个对象", found="json")
    if start[:1] == b"<" and start[:9].lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")):
        raise UnknownFormatError(f"文件 {name} 是网页或 XML,不是数据表", hint=_ACCEPTED, found="xml")
    if json_name and not lower.endswith(".json") and len(start) > 0:
        return "jsonl"
    return "csv"
