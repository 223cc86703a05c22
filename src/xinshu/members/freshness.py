"""Changes of rights reach every process at once: NOTIFY in the changing transaction, LISTEN in every node.

Whoever keeps a verified session or token in memory registers with `Freshness.on_change`; while the listening connection
is lost nothing may be kept (`live` is False), so a revoked right is never honoured from memory.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog

from xinshu.core.errors import UnavailableError
from xinshu.store import Database

logger = structlog.get_logger(__name__)
CHANNEL = "xinshu_access"
PAUSE = 0.5  # seconds between attempts to listen again
HEARTBEAT = 5.0  # seconds between checks that the listening connection is still there


async def announce(conn: Any, what: str) -> None:
    """Tell all processes, when the transaction of `conn` commits, that `what` changed: `account:…`, `client:…`,
    `member:…`."""
    await conn.execute("select pg_notify($1, $2)", CHANNEL, what)


class Freshness:
    """Listens for changes and tells those who keep things in memory."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._callbacks: list[Callable[[str], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self.live = False

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with what changed; with `all` when changes may have been missed."""
        self._callbacks.append(callback)

    async def start(self) -> None:
        """Begin to listen, in the background; returns when the first attempt has been made. Twice is no fault."""
        if self._task is not None:
            return
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready), name="freshness")
        await ready.wait()

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self.live = False

    async def _listen(self, ready: asyncio.Event) -> None:
        while True:
            try:
                async with self._db.acquire() as conn:
                    self._lost.clear()
                    conn.add_termination_listener(self._ended)
                    await conn.add_listener(CHANNEL, self._heard)
                    try:
                        self._tell("all")
                        self.live = True
                        ready.set()
                        while not self._lost.is_set():
                            with contextlib.suppress(TimeoutError):
                                await asyncio.wait_for(self._lost.wait(), HEARTBEAT)
                            await asyncio.wait_for(conn.execute("select 1"), HEARTBEAT)
                    finally:
                        self.live = False
                        self._tell("all")
                        conn.remove_termination_listener(self._ended)
                        with contextlib.suppress(Exception):
                            await conn.remove_listener(CHANNEL, self._heard)
            except (UnavailableError, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("not listening for changes of rights", error=str(error))
                ready.set()
                await asyncio.sleep(PAUSE)

    def _ended(self, _: Any) -> None:
        self.live = False
        self._lost.set()

    def _heard(self, _conn: Any, _pid: int, _channel: str, what: str) -> None:
        self._tell(what)

    def _tell(self, what: str) -> None:
        for callback in self._callbacks:
            callback(what)
