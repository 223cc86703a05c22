"""One step ahead: the next block is unpacked by a thread while this one is parsed (both release the interpreter)."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


def prefetched(items: Iterator[T], depth: int = 1) -> Iterator[T]:
    """The same items in the same order, at most `depth` + 1 of them made ahead; errors are raised where they belong."""
    ready: Queue[tuple[T | None, BaseException | None]] = Queue(depth)
    stop = Event()

    def put(entry: tuple[T | None, BaseException | None]) -> bool:
        while not stop.is_set():
            try:
                ready.put(entry, timeout=0.1)
            except Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in items:
                if not put((item, None)):
                    break
        except BaseException as error:  # handed over, raised by the reader
            put((None, error))
        else:
            put((None, StopIteration()))
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    thread = Thread(target=work, name="xinshu-prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item, error = ready.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]
    finally:
        stop.set()
        thread.join()
