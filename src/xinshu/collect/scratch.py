"""Folders for the time being, under the node's working folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinshu.store.workbench import WorkSpaceError

PREFIX = "transfer-"


@contextmanager
def scratch_folder(work: Path) -> Iterator[Path]:
    """A folder that is gone afterwards. Raises WorkSpaceError when the working folder is full or not writable.

    Only the node's own files may be touched inside: every OSError is taken for the folder's.
    """
    try:
        work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=work, prefix=PREFIX) as folder:
            yield Path(folder)
    except OSError as error:
        raise WorkSpaceError(
            f"工作目录 {work} 空间不足或不可写:{error.strerror or error}", hint="清理磁盘或检查权限后重试"
        ) from error


def remove_older(work: Path, moment: float) -> None:
    """Remove folders of `scratch_folder` not touched since `moment` (seconds since 1970): nobody uses them."""
    for folder in work.glob(f"{PREFIX}*"):
        if folder.stat().st_mtime < moment:
            shutil.rmtree(folder, ignore_errors=True)
