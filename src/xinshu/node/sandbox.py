"""The sandbox: a tenant of invented data with a database and a lake of its own, behind the same API (R11.1).

Opened at the first request of a system under test; members and accounts stay those of the node.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import SecretStr
from starlette.types import ASGIApp

from xinshu.core.clock import Clock
from xinshu.core.settings import Settings
from xinshu.jobs import Worker
from xinshu.members.model import Principal
from xinshu.members.onboarding import record_sandbox_call
from xinshu.node.distribution import Host
from xinshu.node.services import Services, open_services
from xinshu.store import Database, beside

SUFFIX = "sandbox"


async def sandbox_settings(settings: Settings, db: Database) -> Settings:
    """The node's settings with the sandbox's own database, folders and name. Raises DatabaseUnavailableError."""
    given = settings.sandbox_database_url
    address = given.get_secret_value() if given is not None else await beside(db.dsn, SUFFIX)
    lake = f"{settings.lake_url.rstrip('/')}-{SUFFIX}" if settings.lake_url else ""
    return settings.model_copy(
        update={
            "home": Path(settings.home) / SUFFIX,
            "database_url": SecretStr(address),
            "lake_url": lake,
            "pull_sources": Path(settings.home) / SUFFIX / "pull-sources",  # front-end machines hold the real data
            "key_provider": "file",  # keys of its own: those of the node are retired without asking the sandbox
            "platform_name": f"{settings.platform_name}(沙箱)",
        }
    )


class SandboxTenant:
    """Opened once, closed with the node. `build` makes the application over the sandbox's services."""

    def __init__(self, settings: Settings, host: Host, clock: Clock, build: Callable[[Services], ASGIApp]) -> None:
        self._settings = settings
        self._host = host
        self._clock = clock
        self._build = build
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._app: ASGIApp | None = None

    async def app(self) -> ASGIApp:
        """The application, opened at first use."""
        if self._app is None:
            async with self._opening:
                if self._app is None:
                    self._app = await self._open()
        return self._app

    async def tried(self, principal: Principal, action: str, ok: bool) -> None:
        """Note what a system under test has tried: the evidence of its sandbox test."""
        if principal.member_id is not None:
            async with self._host.db.acquire() as conn:
                await record_sandbox_call(conn, principal.member_id, action, ok, self._clock.now())

    async def close(self) -> None:
        """Stop its worker and close its database."""
        await self._stack.aclose()
        self._app = None

    async def _open(self) -> ASGIApp:
        own = await sandbox_settings(self._settings, self._host.db)
        services = await self._stack.enter_async_context(open_services(own, self._clock, host=self._host))
        if own.workers > 0:
            worker: Worker = services.worker()
            await services.take_up_unfinished()
            worker.start()
            self._stack.push_async_callback(worker.stop)
        return self._build(services)
