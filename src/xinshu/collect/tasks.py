"""Background work of collection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from xinshu.collect.errors import BatchBusyError
from xinshu.collect.service import CollectService
from xinshu.jobs import JobNotNowError

PROCESS = "collect.process"
logger = structlog.get_logger(__name__)


def process_task(
    service: CollectService, after: Callable[[], Awaitable[Any]]
) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """The task that processes one batch ({"batch": id}); `after` runs when one was published (search projection)."""

    async def run(payload: dict[str, Any]) -> None:
        try:
            batch = await service.process(int(payload["batch"]))
        except BatchBusyError as error:
            # Another worker has it, or the connection of one that was killed is still closing: see later.
            raise JobNotNowError(str(error)) from error
        logger.info("batch processed", batch=batch.id, state=batch.state, read=batch.counts.read)
        await after()

    return run
