"""Files of members: which types are taken, under which name they are shown, and how they lie sealed in the lake."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinshu.core.text import clean
from xinshu.members.onboarding.errors import DocumentDamagedError, DocumentError, DocumentTypeError
from xinshu.store.lake import SEALED, Lake

MAX_BYTES = 20 * 1024 * 1024
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ofd": "application/ofd",
}
NAME_LENGTH = 100
_UNFIT = re.compile(r'[<>:"/\\|?*;%]+')


def suffix_of(content: bytes) -> str:
    """The type of a file by its first bytes, as a suffix; OFD (GB/T 33190) is a ZIP with `OFD.xml` at its root.

    Raises DocumentTypeError; what the name says does not count.
    """
    if content.startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if content.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if content.startswith(b"PK\x03\x04") and _is_ofd(content):
        return ".ofd"
    raise DocumentTypeError("文件内容不是 PDF、PNG、JPG 或 OFD", hint="转换格式后重新上传")


def _is_ofd(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "OFD.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def clean_name(given: str, suffix: str) -> str:
    """A file name without folders, control characters and characters with a meaning elsewhere, with the true suffix.

    Raises DocumentError when nothing is left of it.
    """
    last = re.split(r"[/\\]", clean(given))[-1]
    stem = _UNFIT.sub("_", last)
    known = next((one for one in (*MEDIA_TYPES, ".jpeg") if stem.lower().endswith(one)), "")
    stem = stem[: len(stem) - len(known)].strip(" .")
    if stem.strip("_") == "":
        raise DocumentError(f"文件名“{given[:50]}”不可用", hint="用证照名称作文件名")
    return stem[:NAME_LENGTH] + suffix


class Cabinet:
    """Files in the lake, encrypted, as `members/<member>/<sha256>.sealed`. Blocking."""

    def __init__(self, lake: Lake, work: Path) -> None:
        """`work`: a private folder for files in transit."""
        self._lake = lake
        self._work = work

    def put(self, member_id: str, content: bytes) -> tuple[str, str]:
        """Keep a file: (path in the lake, SHA-256 in hex). Raises LakeError."""
        digest = hashlib.sha256(content).hexdigest()
        path = f"members/{member_id}/{digest}{SEALED}"
        with self._scratch() as folder:
            (folder / "plain").write_bytes(content)
            self._lake.put(folder / "plain", path)
        return path, digest

    def get(self, path: str, sha256: str) -> bytes:
        """The file as handed in. Raises LakeError, SealedFileError, DocumentDamagedError."""
        with self._scratch() as folder, self._lake.local(path, folder) as local:
            content = local.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DocumentDamagedError("数据湖中的文件与登记的摘要不符", hint="从备份恢复该文件")
        return content

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        self._work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._work) as folder:
            yield Path(folder)
