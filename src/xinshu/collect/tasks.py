"""Background work of collection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from xinshu.collect.errors import BatchBusyError
from xinshu.collect.pulling import PullService
from xinshu.collect.service import CollectService
from xinshu.core.errors import UnavailableError, XinshuError
from xinshu.jobs import JobNotNowError

PROCESS = "collect.process"
PULL = "collect.pull"
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


def pull_task(service: PullService, after: Callable[[], Awaitable[Any]]) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """The task that pulls one source ({"source": name}); `after` runs when a batch was processed.

    A machine that does not answer is tried again later; what only a person can mend is logged and ends the job.
    """

    async def run(payload: dict[str, Any]) -> None:
        name = str(payload["source"])
        try:
            result = await service.pull(name)
        except BatchBusyError as error:
            raise JobNotNowError(str(error)) from error
        except UnavailableError:
            raise
        except XinshuError as error:
            logger.warning("pull refused", source=name, code=error.code, reason=str(error))
            return
        logger.info("source pulled", source=name, rows=result.rows, batch=result.batch.id if result.batch else None)
        if result.batch is not None:
            await after()

    return run
