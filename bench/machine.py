"""What every bench prints first and last."""

from __future__ import annotations

import os
import platform
import threading
from pathlib import Path

import psutil


def describe() -> None:
    """Print the machine: processor, cores, memory, system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    model = next(names, platform.processor() or "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    print(f"machine: {model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}")
    print(f"python {platform.python_version()}, load before: {load:.2f}")


def ratio(ours: float, limit: float) -> None:
    """Print ours ÷ limit as the last line."""
    print(f"ratio: {ours / limit:.2f}")


class Peak:
    """Highest resident memory of this process while it runs, bytes; PostgreSQL apart."""

    def __init__(self) -> None:
        self.bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(0.02):
            self.bytes = max(self.bytes, process.memory_info().rss)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
