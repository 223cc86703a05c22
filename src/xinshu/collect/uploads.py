"""Uploads that go on where they stopped: a file arrives part by part and waits in the node's working folder.

A part is taken whole or not at all, once its digest fits; how far an upload is, is the length of what lies there, so
that no crash leaves the two at odds. The folder is closed to other users of the machine, as for all transfers. One that
nobody touches for a day is swept with the other transfers (`CollectService.sweep`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from xinshu.collect.errors import (
    SubmissionError,
    UploadBusyError,
    UploadDigestError,
    UploadIncompleteError,
    UploadNotFoundError,
    UploadOffsetError,
    UploadsManyError,
)
from xinshu.collect.files.errors import TooLargeError
from xinshu.collect.model import Submission
from xinshu.collect.scratch import PREFIX
from xinshu.core.clock import Clock
from xinshu.store.lake import digest_of
from xinshu.store.workbench import WorkSpaceError

PART_MAX = 16 * 1024**2  # bytes
OPEN_MAX = 20  # unfinished uploads of one principal
KEPT = timedelta(days=1)
_ID = re.compile(r"[0-9a-f]{32}")
_ABOUT, _FILE = "about.json", "file"


@dataclass(frozen=True)
class Upload:
    """An upload: whose, of what, how far (`offset` of `size` bytes), until when it is kept. `batch`: once finished."""

    id: str
    owner: str
    submission: Submission
    file_name: str
    size: int
    begun_at: datetime
    expires_at: datetime
    offset: int = 0
    batch: int | None = None


class Uploads:
    """Uploads of one node. All verbs block on the disk: call them in a thread. All raise WorkSpaceError (disk)."""

    def __init__(
        self, folder: Path, file_max: int, clock: Clock, new_id: Callable[[], str] = lambda: secrets.token_hex(16)
    ) -> None:
        """`folder`: the node's working folder. `file_max`: bytes of the largest file accepted."""
        self.folder = folder
        self._file_max = file_max
        self._clock = clock
        self._new_id = new_id

    def begin(self, owner: str, submission: Submission, file_name: str, size: int) -> Upload:
        """Make room for a file of `size` bytes. Raises TooLargeError, UploadsManyError, WorkSpaceError."""
        if size > self._file_max:
            raise TooLargeError(f"文件 {size} 字节,超过上限 {self._file_max} 字节", hint="拆成几个批次报送")
        with _explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = [one for one in self._all() if one.batch is None]
            if sum(one.owner == owner for one in unfinished) >= OPEN_MAX:
                raise UploadsManyError(f"您有 {OPEN_MAX} 个没有传完的文件", hint="先续传或放弃其中的几个")
            promised = sum(one.size - one.offset for one in unfinished)
            free = shutil.disk_usage(self.folder).free - promised
            if free < size:
                raise WorkSpaceError(
                    f"平台的存储空间不足,放不下 {size} 字节的文件", hint="稍后再试,或告诉平台运营人员清理磁盘"
                )
            now = self._clock.now()
            upload = Upload(self._new_id(), owner, submission, file_name, size, now, now + KEPT)
            place = self._place(upload.id)
            place.mkdir(mode=0o700)
            (place / _FILE).touch(0o600)
            self._write(upload)
        return upload

    def find(self, upload_id: str, owner: str) -> Upload:
        """The upload as it stands. Raises UploadNotFoundError, also for another's."""
        with _explained(self.folder):
            upload = self._read(self._place(upload_id)) if _ID.fullmatch(upload_id) else None
        if upload is None or upload.owner != owner:
            raise UploadNotFoundError("没有这个上传,或已放弃、已过期", hint="重新选择文件上传")
        return upload

    def unfinished_of(self, owner: str) -> list[Upload]:
        """What the caller has begun and not finished, oldest first."""
        with _explained(self.folder):
            found = [one for one in self._all() if one.owner == owner and one.batch is None]
        return sorted(found, key=lambda one: one.begun_at)

    def append(self, upload: Upload, offset: int, part: Path, digest: bytes | None = None) -> Upload:
        """Add a part that begins at `offset`; `digest`: its SHA-256, if the sender told it.

        Raises UploadOffsetError, UploadDigestError, UploadBusyError, TooLargeError, UploadNotFoundError.
        """
        if digest is not None and _sha256(part) != digest:
            raise UploadDigestError("这一段在途中损坏,没有收下", hint="从原处重传这一段")
        with self._alone(upload) as file:
            size, more = file.seek(0, os.SEEK_END), part.stat().st_size
            if offset != size or upload.batch is not None:
                raise UploadOffsetError(
                    f"这一段从第 {offset} 字节开始,已收到 {size} 字节", hint="从已收到处续传", offset=size
                )
            if size + more > upload.size:
                raise TooLargeError(f"内容超过声明的 {upload.size} 字节", hint="核对文件,重新上传")
            try:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file)
                file.flush()
            except OSError:
                file.truncate(size)
                raise
            self._touch(upload.id)
        return replace(upload, offset=size + more)

    @contextmanager
    def whole(self, upload: Upload, sha256: str | None) -> Iterator[tuple[BinaryIO, Callable[[int], None]]]:
        """The file once all of it has arrived, and how to note the batch that it has become.

        `sha256`: hex, of the file as the sender has it. Raises UploadIncompleteError, UploadBusyError, and
        UploadDigestError: the file was changed while it was sent, and what has arrived is thrown away.
        """
        with self._alone(upload) as file:
            size = file.seek(0, os.SEEK_END)
            if size != upload.size:
                raise UploadIncompleteError(
                    f"只收到 {size} 字节,应有 {upload.size} 字节", hint="从已收到处续传", offset=size
                )
            file.seek(0)
            if sha256 is not None and digest_of(file)[0] != sha256:
                self._remove(upload.id)
                raise UploadDigestError("文件在上传期间被改动,或途中损坏,没有收下", hint="重新选择文件,从头上传")
            file.seek(0)

            def became(batch: int) -> None:
                self._write(replace(upload, batch=batch))
                file.truncate(0)

            yield file, became

    def drop(self, upload: Upload) -> None:
        """Throw away what has arrived."""
        with _explained(self.folder):
            self._remove(upload.id)

    @contextmanager
    def _alone(self, upload: Upload) -> Iterator[BinaryIO]:
        """The file of an upload, with nobody else writing to it."""
        with _explained(self.folder):
            try:
                file = (self._place(upload.id) / _FILE).open("r+b")
            except FileNotFoundError:
                raise UploadNotFoundError("没有这个上传,或已放弃、已过期", hint="重新选择文件上传") from None
            with file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # falls with the process
                except BlockingIOError:
                    raise UploadBusyError("这个上传正在写入", hint="稍候再试") from None
                yield file

    def _all(self) -> Iterator[Upload]:
        for place in self.folder.glob(f"{PREFIX}upload-*"):
            upload = self._read(place)
            if upload is not None:
                yield upload

    def _read(self, place: Path) -> Upload | None:
        try:
            about: dict[str, Any] = orjson.loads((place / _ABOUT).read_bytes())
            offset = (place / _FILE).stat().st_size
        except FileNotFoundError:
            return None
        touched = datetime.fromtimestamp(place.stat().st_mtime, UTC)
        read = {
            "submission": Submission(**about["submission"]),
            "begun_at": datetime.fromisoformat(about["begun_at"]),
            "expires_at": touched + KEPT,
        }
        return Upload(**{**about, **read}, offset=offset)

    def _write(self, upload: Upload) -> None:
        about = {name: value for name, value in asdict(upload).items() if name not in ("offset", "expires_at")}
        place = self._place(upload.id)
        written = place / f".{_ABOUT}"
        written.write_bytes(orjson.dumps(about))
        written.replace(place / _ABOUT)
        self._touch(upload.id)

    def _touch(self, upload_id: str) -> None:
        moment = self._clock.now().timestamp()
        os.utime(self._place(upload_id), (moment, moment))  # what `remove_older` looks at

    def _place(self, upload_id: str) -> Path:
        return self.folder / f"{PREFIX}upload-{upload_id}"

    def _remove(self, upload_id: str) -> None:
        shutil.rmtree(self._place(upload_id), ignore_errors=True)


def told_digest(header: str | None) -> bytes | None:
    """The SHA-256 that a Content-Digest header tells (RFC 9530); None where there is none. Raises SubmissionError."""
    if header is None:
        return None
    found = re.fullmatch(r"sha-256=:([A-Za-z0-9+/]{43}=):", header.strip())
    if found is None:
        raise SubmissionError("请求头 Content-Digest 不合规", hint="写成 sha-256=:<32 字节的 base64>:")
    return b64decode(found[1])


def _sha256(path: Path) -> bytes:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").digest()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkSpaceError(
            f"工作目录 {folder} 空间不足或不可写:{error.strerror or error}", hint="清理磁盘或检查权限后重试"
        ) from error
