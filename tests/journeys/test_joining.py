"""The script of docs/joining.md, run as its readers run it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from journey_kit import listening

from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


async def test_from_the_application_to_the_certificate(settings: Settings) -> None:
    async with listening(settings, SystemClock()) as node:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(EXAMPLES / "joining.py"), node.url, str(settings.home / "admin-token"),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, faults = await process.communicate()
    print(said.decode(), faults.decode())
    assert process.returncode == 0
