"""A value that is made anew after a while, by one of those who ask for it; the others wait for the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from xinshu.core.clock import Clock

T = TypeVar("T")


class Kept(Generic[T]):
    """`make` gives the value as of a moment; it is kept for `period`. A failure is not kept."""

    def __init__(self, clock: Clock, period: timedelta, make: Callable[[datetime], Awaitable[T]]) -> None:
        self._clock = clock
        self._period = period
        self._make = make
        self._lock = asyncio.Lock()
        self._made: tuple[datetime, T] | None = None

    async def get(self) -> T:
        """The value, at most `period` old."""
        found = self._fresh()
        if found is not None:
            return found[1]
        async with self._lock:
            found = self._fresh()
            if found is None:
                now = self._clock.now()
                found = self._made = (now, await self._make(now))
            return found[1]

    def _fresh(self) -> tuple[datetime, T] | None:
        if self._made is None:
            return None
        return self._made if timedelta() <= self._clock.now() - self._made[0] < self._period else None
