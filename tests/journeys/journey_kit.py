"""A whole node at a real address: everything behind its door, sandbox and workers included."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import uvicorn
from collect_kit import code_of, csv_of
from persons import Person

from xinshu.collect.model import BatchState, Submission
from xinshu.core.clock import Clock
from xinshu.core.settings import Settings
from xinshu.node.app import build_node
from xinshu.node.sandbox import SUFFIX
from xinshu.node.services import Services, open_services

PASSWORD = "gravel-Lantern 42 pond"
OPERATOR = code_of(999_001)


@dataclass(frozen=True)
class Address:
    """Where a node answers, and what it is made of."""

    url: str
    services: Services
    persons: list[Person] = field(default_factory=list)

    def person(self, login: str) -> Person:
        """Somebody with a browser, whose authenticator has the node's clock."""
        made = Person(self.url, login, PASSWORD, now=lambda: self.services.clock.now().timestamp())
        self.persons.append(made)
        return made

    async def publish(self, *rows: dict[str, Any], item: str = "1", provider: str = "samr") -> None:
        """Rows collected and published."""
        collect = self.services.collect
        batch, _ = await collect.receive(io.BytesIO(csv_of(rows)), "rows.csv", Submission(provider, item))
        assert (await collect.process(batch.id)).state is BatchState.PUBLISHED
        await self.services.refresh_search()

    def operators(self, *roles: str) -> list[Person]:
        """The node's first administrator by its bootstrap token, and a person with each of `roles`; all signed in."""
        admin = self.person("admin")
        token = (self.services.settings.home / "admin-token").read_text().strip()
        first = {"token": token, "login": "admin", "name": "平台管理员", "password": PASSWORD}
        own = admin.post("/v1/bootstrap", first | {"member_code": OPERATOR, "member_name": "运营单位"})["member"]
        admin.sign_in()
        found = [admin]
        for number, role in enumerate(roles):
            body = {"login": f"{role}-{number}", "name": f"{role}-{number}", "member": own, "roles": [role]}
            person = self.person(body["login"])
            person.accept(admin.post("/v1/accounts", body)["token"])
            person.sign_in()
            found.append(person)
        return found


@asynccontextmanager
async def listening(settings: Settings, clock: Clock) -> AsyncIterator[Address]:
    """A node with its lifespan, in this event loop, at a free port of localhost."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://localhost:{port.getsockname()[1]}"
        settings = settings.model_copy(update={"public_url": url, "rate_sign_in": "100000/minute"})
        async with open_services(settings, clock) as services:
            server = uvicorn.Server(uvicorn.Config(build_node(services), log_level="error", lifespan="on"))
            serving = asyncio.create_task(server.serve(sockets=[port]))
            while not server.started:
                assert not serving.done(), "the node did not start"
                await asyncio.sleep(0.01)
            node = Address(url, services)
            try:
                yield node
            finally:
                for person in node.persons:
                    person.close()
                server.should_exit = True
                await serving
                await drop_sandbox(settings)


async def drop_sandbox(settings: Settings) -> None:
    """Remove the sandbox's database, if one was made."""
    assert settings.database_url is not None
    conn = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        name = await conn.fetchval("select current_database()")
        await conn.execute(f"drop database if exists {name}_{SUFFIX} with (force)")
    finally:
        await conn.close()


async def by(work: Callable[[], Any]) -> Any:
    """What persons do, who wait for each answer, while the node runs in this loop."""
    return await asyncio.to_thread(work)
