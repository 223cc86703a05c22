"""The lake: raw files as received and accepted rows as Parquet, on any fsspec store.

Layout: `raw/<item>/<sha256 of the file>` and `item=<item>/batch=<id>/accepted.parquet`.
A file appears under its name only when it is complete. Names that end in `.sealed` hold their files encrypted.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import fsspec

from xinshu.core.errors import UnavailableError

CHUNK = 1 << 20
SEALED = ".sealed"  # ending of the names of files that are kept encrypted


class LakeError(UnavailableError):
    """The lake cannot be written or read."""

    code = "lake_unavailable"


class FileSealer(Protocol):
    """What encrypts whole files, in bounded memory, each bound to its name (`xinshu.crypto.Vault`)."""

    def seal_file(self, source: Path, target: Path, name: str) -> None:
        """Write `source` encrypted to `target`."""
        ...

    def open_file(self, source: Path, target: Path, name: str) -> None:
        """Write what was encrypted to `target`; raises when a bit of it is not as it was."""
        ...


class Lake:
    """Files by relative path under one URL; `sealer` for those whose names end in `.sealed`."""

    def __init__(self, url: str, sealer: FileSealer | None = None) -> None:
        self.url = url
        self._sealer = sealer
        self._fs, self._root = fsspec.core.url_to_fs(url)
        self._local = "file" in (self._fs.protocol if isinstance(self._fs.protocol, tuple) else (self._fs.protocol,))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def exists(self, name: str) -> bool:
        """Whether the file is there, whole."""
        return bool(self._fs.exists(self._path(name)))

    def put(self, source: Path, name: str) -> None:
        """Copy a local file into the lake under `name`; it is there whole or not at all.

        A name ending in `.sealed` has it encrypted, in the folder of `source` first. Raises LakeError (no space, no
        permission, store out of reach) and what the sealer raises.
        """
        if not name.endswith(SEALED):
            self._put(source, name)
            return
        sealed = source.with_name(f"{source.name}.{secrets.token_hex(6)}{SEALED}")
        try:
            with _explained(name):
                self._sealer_of(name).seal_file(source, sealed, name)
            self._put(sealed, name)
        finally:
            sealed.unlink(missing_ok=True)

    def _put(self, source: Path, name: str) -> None:
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

        Encrypted ones are opened there too: they are given out only when every byte has been found sound. Raises
        LakeError when the file is not there, and what the sealer raises.
        """
        if not name.endswith(SEALED):
            with self._fetched(name, scratch) as path:
                yield path
            return
        opened = scratch / f"{hashlib.sha256(name.encode()).hexdigest()}-{secrets.token_hex(6)}"
        try:
            with self._fetched(name, scratch) as path, _explained(name):
                opened.touch(mode=0o600)
                self._sealer_of(name).open_file(path, opened, name)
            yield opened
        finally:
            opened.unlink(missing_ok=True)

    def _sealer_of(self, name: str) -> FileSealer:
        if self._sealer is None:
            raise ValueError(f"{name} is to be encrypted and no sealer was given")
        return self._sealer

    @contextmanager
    def _fetched(self, name: str, scratch: Path) -> Iterator[Path]:
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
