"""Writes our OpenAPI document, from which the typed client is generated: `python web/openapi.py web/openapi.json`.

A node with an empty home is opened for it, so the document is that of the routes as they are wired.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.node.app import build_app
from xinshu.node.services import open_services


async def document() -> dict[str, Any]:
    """The document of a node with the default settings."""
    with TemporaryDirectory() as home:
        async with open_services(Settings(home=Path(home)), SystemClock()) as services:
            return build_app(services).openapi()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(orjson.dumps(asyncio.run(document()), option=orjson.OPT_INDENT_2))
