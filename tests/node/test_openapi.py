"""The OpenAPI document, and whatever it allows and forbids sent to a node that listens: never an error of our own."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from unittest import SkipTest

import psycopg
import pytest
import schemathesis
import uvicorn
from collect_kit import MOMENT, Node, Speaker, build, firms
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.node.app import build_app
from xinshu.node.openapi import SECURITY, operations
from xinshu.store import Database, embedded

FREE = dict.fromkeys(("rate_address", "rate_sign_in", "rate_caller", "rate_member"), "100000/minute")
_numbers = itertools.count()


class Listening:
    """A node in a thread of its own, with something in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.loop = asyncio.new_event_loop()
        self.node: Node | None = None
        self.server: uvicorn.Server | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self) -> None:
        """Until told to leave."""
        self.loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        db = await Database.open(self._settings)
        clock = FixedClock(MOMENT)
        node = Node(await build(self._settings, db, clock), clock)
        await node.publish([*firms(5), {**firms(6)[5], "subject_name": ""}])
        app = await node.app()
        self.server = uvicorn.Server(
            uvicorn.Config(app, port=self.port, log_level="error", ws="none", loop="asyncio", lifespan="off")
        )
        self.node = node
        await self.server.serve()
        await node.close()
        await db.close()

    def headers(self) -> dict[str, str]:
        """An operator with every operator's role who has just signed in: requests may sign out, too."""
        assert self.node is not None
        speaker = Speaker(login=f"operator-{next(_numbers)}")
        asyncio.run_coroutine_threadsafe(self.node.sign_in(speaker), self.loop).result(30)
        return {"Cookie": f"xinshu-session={speaker.cookie}", "X-CSRF-Token": speaker.csrf}


@pytest.fixture(scope="module")
def listening(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """A node that answers at an address."""
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("create database openapi template xinshu_template")
    home = tmp_path_factory.mktemp("openapi")
    plain = Settings(home=home, database_url=SecretStr(server.dsn_of("openapi")), workers=0)
    node = Listening(plain.model_copy(update=FREE))
    thread = threading.Thread(target=node.run, daemon=True)
    thread.start()
    while node.server is None or not node.server.started:
        assert thread.is_alive(), "the node did not start"
        time.sleep(0.05)
    yield node
    node.server.should_exit = True
    thread.join(30)
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("drop database openapi with (force)")


@pytest.fixture(scope="module")
def described(listening: Listening) -> Any:
    """The node's own description of its API."""
    schema = schemathesis.openapi.from_url(f"{listening.url}/openapi.json")
    schema.config.generation.update(with_security_parameters=False)  # we sign in ourselves
    return schema


# A part of a file is bytes, as application/octet-stream is.
schemathesis.serializer.alias("application/partial-upload", "application/octet-stream")


def test_no_request_is_an_error_of_our_own(described: Any, listening: Listening) -> None:
    """For every operation, as an operator, what its description allows and what it forbids."""
    tried = answered = 0
    for found in described.get_all_operations():
        operation, headers = found.ok(), listening.headers()
        for mode in GenerationMode:
            answers = _answers(operation, mode, headers)
            tried += len(answers)
            answered += sum(status not in (401, 429) for status in answers)
    assert tried > 400
    assert answered > tried * 0.95  # past the door


def _answers(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> list[int]:
    answers: list[int] = []

    @settings(
        max_examples=3, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        answer = case.call(headers=headers)
        answers.append(answer.status_code)
        assert answer.status_code < 500, f"{case.as_curl_command()}\n{answer.text}"

    with suppress(Unsatisfiable, SkipTest):  # an operation without parameters has nothing to get wrong
        send()
    return answers


async def test_every_operation_says_what_it_is_for_and_for_whom(node: Node) -> None:
    async with node.http(None) as client:
        document = (await client.get("/openapi.json")).json()
    guards = {(one.path, one.method.lower()): one.permission for one in operations(build_app(node.services))}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"] and operation["tags"] and operation["description"], (method, path)
            guard = guards[path, method]
            assert ("security" in operation) == (guard is not None), (method, path)
            if guard is not None:
                assert operation["security"] == SECURITY
                assert operation["x-permission"] == {"resource": guard[1], "action": guard[0]}
                assert operation["x-roles"], (method, path)


async def test_health_and_metrics(node: Node) -> None:
    await node.publish(firms(2))
    async with node.http(None) as client:
        assert (await client.get("/healthz")).json()["status"] == "ok"
        assert (await client.get("/readyz")).json()["platform"] == node.services.settings.platform_name
        await client.get("/v1/batches", headers={"Authorization": "Bearer not-a-token"})
        text = (await client.get("/metrics")).text
    assert 'xinshu_batches{state="published"} 1.0' in text
    assert 'xinshu_batch_rows{verdict="new"} 2.0' in text
    assert 'route="/healthz"' in text
    assert 'xinshu_members{kind="operator",state="online"} 1.0' in text
    assert 'xinshu_sign_ins{code="signed_in"} 1.0' in text
    assert 'xinshu_refusals{code="token_malformed"} 1.0' in text
    counted = {name: float(value) for name, value in re.findall(r"^(xinshu_ledger_\w+) (\S+)$", text, re.MULTILINE)}
    assert sum(counted.values()) >= 1  # the batch that was published
    assert "xinshu_inquiries 0.0" in text
    assert 'xinshu_evaluation_objections{clock="overdue"} 0.0' in text
    assert "xinshu_evaluation_full_run_age_seconds -1.0" in text
