"""Background work of collection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from xinshu.collect.errors import BatchBusyError
from xinshu.collect.service import CollectService

PROCESS = "collect.process"
logger = structlog.get_logger(__name__)


def process_task(
    service: CollectService, after: Callable[[], Awaitable[Any]]
) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """The task that processes one batch ({"batch": id}); `after` runs when one was published (search projection)."""

    async def run(payload: dict[str, Any]) -> None:
        try:
            batch = await service.process(int(payload["batch"]))
        except BatchBusyError:
            logger.info("batch already in hand", batch=payload["batch"])
            return
        logger.info("batch processed", batch=batch.id, state=batch.state, read=batch.counts.read)
        await after()

    return run
