"""A platform at work: published and held batches, a failed job, authorisations on paper and before a witness."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from collect_kit import Node, csv_of, firm
from firm_kit import OWNER, FirmWorld, firm_world
from web_kit import PASSWORD, Listening, Visitor

from xinshu.collect.model import BatchState
from xinshu.jobs import Jobs

SCAN = {"name": "授权书扫描件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"}
SHA256 = hashlib.sha256(SCAN["buffer"]).hexdigest()  # type: ignore[arg-type]
DATA, AUDITOR = "data.one", "guard"


@dataclass
class Operations:
    """What there is to look after."""

    world: FirmWorld
    held: int
    own_held: int
    paper: str
    witnessed: str


async def operations(node: Listening, folder: Path) -> Operations:
    """Everything at once, on a node whose operator's people are there."""
    chief = node.people["chief.admin"]
    session = await chief.call("GET", "/v1/session")
    await chief.invites(DATA, "数据员", session["member"]["id"], "operator-data")
    world = await firm_world(node, folder)
    await world.owner()
    await world.authorised(max_calls=20)
    await world.asked("1", "17", "18", "19", "25")
    await provider(node)
    held, own = await held_batch(node), await held_batch(node, node.people[DATA])
    await failed_job(node)
    await node.services.ledger.checkpoint()
    await world.asked("1")
    return Operations(world, held, own, await paper(world), await before_witness(node, world))


async def provider(node: Listening) -> None:
    """The department that the node's own batches come from is a member."""
    async with node.services.db.acquire() as conn:
        await conn.execute(
            "insert into member (id, code, name, kind, provider_code, regions, state, state_since, created_by, "
            "created_at, updated_at) values ('msamr', '11320000014000002H', '示范省市场监督管理局', 'provider', "
            "'samr', array[''], 'online', $1, 'test', $1, $1)", node.clock.now(),
        )  # fmt: skip


async def held_batch(node: Listening, sender: Visitor | None = None) -> int:
    """A batch of which too much has to be set aside; sent by the node itself or by somebody at the API."""
    serial = 500 if sender is None else 600
    rows = [firm(serial + number, **({"established_date": "2091-01-01"} if number < 4 else {})) for number in range(9)]
    if sender is None:
        batch = await Node(node.services, node.clock).send(rows, name="更正数据.csv")
    else:
        about = {"item": "1", "provider": "samr", "file_name": "自报数据.csv"}
        sent = await sender.call("POST", "/v1/batches", params=about, content=csv_of(rows))
        batch = await node.services.collect.process(sent["id"])
    assert batch.state is BatchState.HELD, (batch.state, batch.reasons)
    return batch.id


async def failed_job(node: Listening) -> None:
    """A job for a batch that is not there yet: it fails, and succeeds when it is retried later."""
    async with node.services.db.acquire() as conn:
        following = await conn.fetchval("select last_value + 1 from batch_id_seq")
    await node.services.enqueue_batch(following)
    await worked(node, {"waiting": 0, "running": 0, "failed": 1})


async def worked(node: Listening, until: dict[str, int]) -> None:
    """The worker runs until the queue looks like this."""
    worker = node.services.worker()
    worker.start()
    try:
        for _ in range(600):
            if await Jobs(node.services.db).counts() == until:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(await Jobs(node.services.db).counts())
    finally:
        await worker.stop()


async def paper(world: FirmWorld) -> str:
    """An authorisation signed by hand, whose scan the bank has attached."""
    consent = await world.requested(max_calls=5)
    detail = await world.officer.call("GET", f"/v1/consents/{consent}")
    signed_on = world.node.clock.today().isoformat()
    given = {"digest": detail["digest"], "sha256": SHA256, "reference": "档案 2026-031", "signed_on": signed_on}
    await world.officer.call("POST", f"/v1/consents/{consent}/paper", json=given)
    return consent


async def before_witness(node: Listening, world: FirmWorld) -> str:
    """An authorisation that the owner signed with password and code."""
    consent, owner = await world.requested(purpose="customer_screening", items={"25": None}), node.people[OWNER]
    prepared: dict[str, Any] = await owner.call("POST", f"/v1/consents/{consent}/prepare")
    node.clock.advance(timedelta(seconds=30))  # a code serves once
    proof = {"method": "witnessed", "digest": prepared["digest"], "login": OWNER, "password": PASSWORD}
    await owner.call("POST", f"/v1/consents/{consent}/sign", json={**proof, "code": owner.code()})
    return consent
