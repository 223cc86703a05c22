"""The OpenAPI document, and whatever it allows and forbids sent to a node that listens: never an error of our own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import SkipTest

import psycopg
import pytest
import schemathesis
import uvicorn
from collect_kit import MOMENT, Node, build, firms
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.node.access import admin_token
from xinshu.node.app import build_app
from xinshu.store import Database, embedded


@pytest.fixture(scope="module")
def listening(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and token of a node in a thread of its own, with something in it."""
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("create database openapi template xinshu_template")
    node_settings = Settings(
        home=tmp_path_factory.mktemp("openapi"), database_url=SecretStr(server.dsn_of("openapi")), workers=0
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running: list[uvicorn.Server] = []

    async def serve() -> None:
        db = await Database.open(node_settings)
        clock = FixedClock(MOMENT)
        services = build(node_settings, db, clock)
        await Node(services, clock).publish([*firms(5), {**firms(6)[5], "subject_name": ""}])
        app = build_app(services)
        running.append(uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none", loop="asyncio")))
        await running[0].serve()
        await db.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    while not (running and running[0].started):
        assert thread.is_alive(), "the node did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", admin_token(node_settings)
    running[0].should_exit = True
    thread.join(30)
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("drop database openapi with (force)")


@pytest.fixture(scope="module")
def described(listening: tuple[str, str]) -> Any:
    """The node's own description of its API."""
    return schemathesis.openapi.from_url(f"{listening[0]}/openapi.json")


def test_no_request_is_an_error_of_our_own(described: Any, listening: tuple[str, str]) -> None:
    """For every operation, what its description allows and what it forbids."""
    tried = 0
    for found in described.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:

            @settings(
                max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def answered(case: Any) -> None:
                nonlocal tried
                tried += 1
                answer = case.call(headers={"Authorization": f"Bearer {listening[1]}"})
                assert answer.status_code < 500, f"{case.as_curl_command()}\n{answer.text}"

            with suppress(Unsatisfiable, SkipTest):  # an operation without parameters has nothing to get wrong
                answered()
    assert tried > 60


async def test_every_operation_says_what_it_is_for(node: Node) -> None:
    async with node.http(None) as client:
        document = (await client.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["tags"] and operation["description"], (method, path)
            guarded = not path.startswith(("/v1/catalogue", "/healthz", "/readyz", "/metrics"))
            assert ("security" in operation) == guarded, (method, path)


async def test_health_and_metrics(node: Node, tmp_path: Path) -> None:
    await node.publish(firms(2))
    async with node.http(None) as client:
        assert (await client.get("/healthz")).json()["status"] == "ok"
        assert (await client.get("/readyz")).json()["platform"] == node.services.settings.platform_name
        text = (await client.get("/metrics")).text
    assert 'xinshu_batches{state="published"} 1.0' in text
    assert 'xinshu_batch_rows{verdict="new"} 2.0' in text
    assert 'route="/healthz"' in text
