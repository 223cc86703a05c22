"""kill -9 under load: every answered inquiry has its leaf, and no key is answered as two inquiries."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from asking_kit import Desk, codes_of, open_desk, raw_items
from collect_kit import code_of
from whole_kit import RATES

from xinshu.members.model import MemberKind
from xinshu.members.onboarding.agreements import Agreements
from xinshu.store import embedded

AT_ONCE = 32
ENOUGH = 150  # answers heard before the node is killed
MANY = {**RATES, "rate_member": "1000000/minute"}
LEFT = 60  # calls of the counted authorisation of firm 1; firm 2's is not counted
DRIVER = Path(__file__).with_name("node_driver.py")


@pytest.fixture
async def desk(server: embedded.EmbeddedServer, tmp_path: Path) -> AsyncIterator[Desk]:
    """Two firms that have authorised a bank."""
    async with open_desk(server, tmp_path / "home", 2, ("1", "8", "17")) as one:
        yield one


async def admit(desk: Desk) -> None:
    """What a member that is online must have, or a node suspends it when it starts."""
    bank, now = desk.bank.id, desk.clock.now()
    await desk.node.table("update member set licence_kind = '金融许可证', licence_no = 'B0001' where id = $1", bank)
    texts = Agreements.load(desk.node.services.settings.definitions).on(now.date(), MemberKind.BANK)
    for text in texts:
        await desk.node.table(
            "insert into member_agreement (member_id, agreement, version, text_sha256, accepted_by, accepted_at, "
            "countersigned_by, countersigned_at) values ($1, $2, $3, $4, 'test', $5, 'test', $5)",
            bank, text.id, text.version, text.sha256, now,
        )  # fmt: skip
    await desk.node.table(
        "insert into member_document (member_id, kind, name, sha256, bytes, path, dated, outcome, outcome_by, "
        "outcome_at, uploaded_by, uploaded_at) "
        "values ($1, 'security_check', 'x.pdf', '', 1, '', $3, 'passed', 'test', $2, 'test', $2)",
        bank, now, now.date(),
    )  # fmt: skip


class Process:
    """A node in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, token: str) -> None:
        self._process = process
        self._url, self._token = f"http://127.0.0.1:{port}", token

    @classmethod
    @asynccontextmanager
    async def started(cls, desk: Desk, token: str) -> AsyncIterator[Process]:
        """Over the desk's database and keys, once it answers; killed at the end."""
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        settings = {"home": str(desk.node.services.settings.home), "database_url": desk.db.dsn, **MANY}
        order = {"port": port, "now": desk.clock.now().isoformat(), "settings": settings}
        process = await asyncio.create_subprocess_exec(sys.executable, str(DRIVER), stdin=asyncio.subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(json.dumps(order).encode())
        process.stdin.write_eof()
        one = cls(process, port, token)
        try:
            await asyncio.wait_for(one._answering(), 120)
            yield one
        finally:
            if process.returncode is None:
                await one.kill()

    async def _answering(self) -> None:
        async with self.client() as client:
            while self._process.returncode is None:
                try:
                    (await client.get("/readyz")).raise_for_status()
                    return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        raise AssertionError("the node did not start")

    def client(self) -> httpx.AsyncClient:
        """A client of its API."""
        headers = {"Authorization": f"Bearer {self._token}"}
        limits = httpx.Limits(max_connections=AT_ONCE)
        return httpx.AsyncClient(base_url=self._url, headers=headers, limits=limits, timeout=30)

    async def kill(self) -> None:
        """Without a word."""
        self._process.kill()
        assert await self._process.wait() == -signal.SIGKILL


def question(number: int) -> dict[str, Any]:
    """What is asked under key `number`: always the same."""
    return {"subject": code_of(1 + number % 2), "purpose": "post_loan", "items": ["17", "8"], "reference": f"{number}"}


async def ask(client: httpx.AsyncClient, number: int) -> bytes | None:
    """The answer as it came; None when the node went away."""
    try:
        answer = await client.post("/v1/inquiries", json=question(number), headers={"Idempotency-Key": f"key-{number}"})
    except httpx.TransportError:
        return None
    assert answer.status_code == 200, answer.text
    return answer.content


class Load:
    """Asks at `AT_ONCE` places until the node goes away. `answers`: number → the answer as it came, if it came."""

    def __init__(self) -> None:
        self.answers: dict[int, bytes | None] = {}
        self._numbers = count()

    async def until_killed(self, node: Process) -> None:
        """Kill the node in the middle."""
        heard, enough = count(1), asyncio.Event()

        async def place(client: httpx.AsyncClient) -> None:
            for number in self._numbers:
                self.answers[number] = None
                self.answers[number] = await ask(client, number)
                if self.answers[number] is None:
                    return
                if next(heard) == ENOUGH:
                    enough.set()

        async with node.client() as client, asyncio.TaskGroup() as places:
            for _ in range(AT_ONCE):
                places.create_task(place(client))
            await enough.wait()
            await node.kill()


async def check(desk: Desk, answers: dict[int, bytes | None], again: dict[int, bytes], consent: str) -> None:
    """What was answered is what is recorded, once."""
    rows = await desk.node.table("select leaf, id, idempotency_key, result, items, consents from inquiry")
    assert sorted(row["idempotency_key"] for row in rows) == sorted(f"key-{number}" for number in answers)
    by_key = {row["idempotency_key"]: row for row in rows}
    leaves = {row["index"]: orjson.loads(row["content"]) for row in await desk.node.table(
        "select index, content from leaf where kind = 'inquiry'")}  # fmt: skip
    assert set(leaves) == {row["leaf"] for row in rows} and len(leaves) == len(rows)
    for number in answers:
        row = by_key[f"key-{number}"]
        first, second = answers[number], again[number]
        for content in (first, second) if first is not None else (second,):
            told = orjson.loads(content)
            digest = hashlib.sha256(raw_items(content)).hexdigest()
            assert (told["inquiry"], told["leaf"]) == (str(row["id"]), row["leaf"])
            assert leaves[row["leaf"]]["about"]["result"] == row["result"].hex() == digest
        assert first is None or orjson.loads(second)["repeated"]
    given = sum(codes_of(orjson.loads(content))["17"] == "consented" for content in again.values()
                if orjson.loads(content)["subject"]["code"] == code_of(1))  # fmt: skip
    (row,) = await desk.node.table("select used from consent where id = $1", UUID(consent))
    assert given == sum(UUID(consent) in map(UUID, row["consents"]) for row in rows)
    assert given <= row["used"] <= LEFT  # one taken by a question that was killed before it was recorded is lost
    assert await desk.audited() == []


@pytest.mark.parametrize("kills", [1, pytest.param(6, marks=pytest.mark.full)])
async def test_killed_under_load(desk: Desk, kills: int) -> None:
    counted = await desk.authorised(1, purpose="post_loan", max_calls=LEFT)
    await desk.authorised(2, purpose="post_loan")
    await admit(desk)
    token = await desk.whole.token(await desk.whole.client(desk.bank, "institution-system"))
    load = Load()
    for _ in range(kills):
        async with Process.started(desk, token) as node:
            await load.until_killed(node)
    assert 0 < sum(answer is None for answer in load.answers.values()) <= AT_ONCE * kills
    again: dict[int, bytes] = {}
    async with Process.started(desk, token) as node, node.client() as client:
        contents = await asyncio.gather(*[ask(client, number) for number in load.answers])
        for number, content in zip(load.answers, contents, strict=True):
            assert content is not None
            again[number] = content
    await check(desk, load.answers, again, counted)
