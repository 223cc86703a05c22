"""kill -9 while reports are issued: whoever was told of one finds its leaf, and a key is one report."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking_kit import Desk, open_desk
from collect_kit import code_of
from report_kit import Counter
from test_kill import Process, admit  # of the tests of inquiries

from xinshu.store import embedded

AT_ONCE, ENOUGH = 4, 6  # clients; reports heard of before the node is killed


@pytest.fixture
async def desk(server: embedded.EmbeddedServer, tmp_path: Path) -> AsyncIterator[Desk]:
    """Two firms."""
    async with open_desk(server, tmp_path / "home", 2, ("1", "8", "17")) as one:
        yield one


async def ask(client: httpx.AsyncClient, number: int) -> dict[str, Any] | None:
    """What is told under key `number`; None when the node went away."""
    body = {"subject": code_of(1 + number % 2), "purpose": "pre_loan"}
    try:
        answer = await client.post("/v1/reports", json=body, headers={"Idempotency-Key": f"key-{number}"})
    except httpx.TransportError:
        return None
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def until_killed(node: Process) -> dict[int, dict[str, Any] | None]:
    """Ask at several places; kill the node in the middle. Number → what was told, if it was."""
    answers: dict[int, dict[str, Any] | None] = {}
    numbers, heard, enough = count(), count(1), asyncio.Event()

    async def place(client: httpx.AsyncClient) -> None:
        for number in numbers:
            answers[number] = None
            answers[number] = await ask(client, number)
            if answers[number] is None:
                return
            if next(heard) == ENOUGH:
                enough.set()

    async with node.client() as client, asyncio.TaskGroup() as places:
        for _ in range(AT_ONCE):
            places.create_task(place(client))
        await enough.wait()
        await node.kill()
    return answers


@pytest.mark.full
async def test_killed_while_issuing(desk: Desk) -> None:
    consent = await desk.authorised(1, max_calls=60)
    await admit(desk)
    token = await desk.whole.token(await desk.whole.client(desk.bank, "institution-system"))
    async with Process.started(desk, token) as node:
        answers = await until_killed(node)
    rows = {row["idempotency_key"]: row for row in await desk.node.table("select * from report")}
    for number, told in answers.items():
        if told is not None:
            row = rows[f"key-{number}"]
            assert (row["number"], row["leaf"], row["digest"].hex()) == (told["number"], told["leaf"], told["digest"])
    leaves = await desk.node.table("select index from leaf where kind = 'report'")
    assert {row["leaf"] for row in rows.values()} == {leaf["index"] for leaf in leaves}, "each row with its leaf"
    documents = {row["number"] for row in await desk.node.table("select number from report_document")}
    assert {row["number"] for row in rows.values()} <= documents
    async with Process.started(desk, token) as node, node.client() as client:
        for number, told in answers.items():
            again = await ask(client, number)
            assert again is not None and again["repeated"] is (f"key-{number}" in rows)
            assert told is None or again["number"] == told["number"]
            assert (await client.get(again["links"]["self"])).status_code == 200
    counted = await desk.node.table("select idempotency_key, count(*) as n from report group by 1")
    assert {row["idempotency_key"]: row["n"] for row in counted} == {f"key-{number}": 1 for number in answers}
    inquiries = await desk.node.table("select idempotency_key from inquiry")
    assert sorted(row["idempotency_key"] for row in inquiries) == sorted(f"report key-{number}" for number in answers)
    used = (await desk.uses(consent))[1]
    assert sum(number % 2 == 0 for number in answers) <= used <= sum(number % 2 == 0 for number in answers) + AT_ONCE
    assert await Counter(desk).audited() == []
