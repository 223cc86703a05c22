"""The lake: raw files as received and accepted rows as Parquet, on any fsspec store.

Layout: `raw/<item>/<sha256 of the file>` and `item=<item>/batch=<id>/accepted.parquet`.
A file appears under its name only when it is complete.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import fsspec

from xinshu.core.errors import UnavailableError

CHUNK = 1 << 20


class LakeError(UnavailableError):
    """The lake cannot be written or read."""

    code = "lake_unavailable"


class Lake:
    """Files by relative path under one URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._fs, self._root = fsspec.core.url_to_fs(url)
        self._local = "file" in (self._fs.protocol if isinstance(self._fs.protocol, tuple) else (self._fs.protocol,))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def exists(self, name: str) -> bool:
        """Whether the file is there, whole."""
        return bool(self._fs.exists(self._path(name)))

    def put(self, source: Path, name: str) -> None:
        """Copy a local file into the lake under `name`; it is there whole or not at all.

        Raises LakeError (no space, no permission, store out of reach).
        """
        with _explained(name):
            target = self._path(name)
            self._fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
            partial = f"{target}.part-{secrets.token_hex(6)}"
            try:
                if self._local:
                    shutil.copyfile(source, partial)
                    _sync(partial)
                else:
                    self._fs.put_file(str(source), partial)
                self._fs.mv(partial, target)
            except BaseException:
                with suppress(OSError):
                    self._fs.rm(partial)
                raise

    @contextmanager
    def local(self, name: str, scratch: Path) -> Iterator[Path]:
        """A local path to read the file from; remote files are fetched into `scratch` for the time being.

        Raises LakeError when the file is not there.
        """
        if self._local:
            path = Path(self._path(name))
            if not path.is_file():
                raise LakeError(f"数据湖中没有 {name}", hint="检查 XINSHU_LAKE_URL 与该目录的备份")
            yield path
            return
        target = scratch / hashlib.sha256(name.encode()).hexdigest()
        with _explained(name):
            self._fs.get_file(self._path(name), str(target))
        try:
            yield target
        finally:
            target.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove the file if it is there."""
        with _explained(name):
            if self.exists(name):
                self._fs.rm(self._path(name))


def digest_of(stream: BinaryIO | Any, target: Path | None = None, limit: int | None = None) -> tuple[str, int]:
    """(SHA-256 in hex, bytes) of a binary stream, copied to `target` on the way; stops with ValueError past `limit`."""
    digest, size = hashlib.sha256(), 0
    sink = target.open("wb") if target is not None else None
    try:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise ValueError(f"more than {limit} bytes")
            digest.update(chunk)
            if sink is not None:
                sink.write(chunk)
    finally:
        if sink is not None:
            sink.close()
    return digest.hexdigest(), size


def _sync(path: str) -> None:
    """Flush a local file to disk, so that a name in the lake survives a power cut."""
    with Path(path).open("rb") as handle:
        os.fsync(handle.fileno())


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LakeError(
            f"数据湖无法读写 {name}:{error.strerror or error}", hint="检查磁盘空间、权限和 XINSHU_LAKE_URL"
        ) from error
