"""What every bench prints first and last."""

from __future__ import annotations

import os
import platform
from pathlib import Path


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
