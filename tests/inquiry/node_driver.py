"""A node in a process of its own, to be killed by the test: its order is on standard input."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime

import uvicorn

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.node.app import build_node
from xinshu.node.services import open_services


async def main() -> None:
    """Serve until killed."""
    order = json.load(sys.stdin)
    clock = FixedClock(datetime.fromisoformat(order["now"]))
    async with open_services(Settings(**order["settings"]), clock) as services:
        config = uvicorn.Config(build_node(services), port=order["port"], log_level="error", lifespan="on")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
