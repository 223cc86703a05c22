"""Run by test_rotation.py in a process of its own: rotates the keys and dies by SIGKILL at a given point.

Arguments: home, DSN, point. One child; prints the signal that ended it.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto import KeyRing, rotation
from xinshu.store.data_keys import DataKeys


def die(*_: object, **__: object) -> None:
    """No clean-up of any kind."""
    os.kill(os.getpid(), signal.SIGKILL)


def run(home: Path, dsn: str, point: str) -> None:
    """Rotate, and never come back."""
    store = DataKeys(dsn, FixedClock(datetime(2026, 6, 1, tzinfo=UTC)))
    ring = KeyRing.load(Settings(home=home, database_url=SecretStr(dsn)), store)
    rotation.PAGE = 3
    if point == "made":
        store.activate = die  # type: ignore[method-assign]
    if point == "active":
        store.other_secrets = die  # type: ignore[method-assign,assignment]
    if point == "page":
        store.rewrap = die  # type: ignore[method-assign]
    rotation.rotate(ring, lambda done, total: die() if point == "middle" and done > 5 else None)


def main() -> None:
    """One child a point."""
    home, dsn, point = sys.argv[1:]
    child = os.fork()
    if child == 0:
        run(Path(home), dsn, point)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)  # noqa: T201


if __name__ == "__main__":
    main()
