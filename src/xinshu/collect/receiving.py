"""Bodies of requests on their way to disk: never in memory, whatever their size."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from xinshu.collect.errors import SubmissionError
from xinshu.collect.files.errors import TooLargeError
from xinshu.collect.scratch import scratch_folder


@asynccontextmanager
async def spooled(request: Request, folder: Path, limit: int) -> AsyncIterator[Path]:
    """The body on disk, never in memory. Raises TooLargeError, SubmissionError (cut short), WorkSpaceError (disk)."""
    with scratch_folder(folder) as scratch:
        path, size = scratch / "body", 0
        declared = request.headers.get("content-length")
        try:
            with path.open("wb") as sink:
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > limit:
                        raise TooLargeError(f"文件超过上限 {limit} 字节", hint="拆成几个批次报送")
                    await asyncio.to_thread(sink.write, chunk)
        except ClientDisconnect:
            declared = declared or "更多"
        if declared is not None and declared != str(size):
            raise SubmissionError(f"文件只收到 {size} 字节,应有 {declared} 字节", hint="网络中断,请重新报送")
        yield path
