"""A firm that is evaluated by the general model, and a bank that obtains reports about it and watches its portfolio."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from firm_kit import FirmWorld, firm_world
from institution_kit import USUAL
from web_kit import Listening

from xinshu.evaluate import scorecards
from xinshu.members.model import local_operator

BEFORE = date(2026, 5, 1)


async def rated_world(node: Listening, folder: Path) -> FirmWorld:
    """The firm's world with everybody evaluated, a month ago and now; its owner is there, its bank authorised."""
    world = await firm_world(node, folder)
    await world.owner()
    await rated(node)
    await world.authorised(items=dict.fromkeys(USUAL), max_calls=50)
    return world


async def rated(node: Listening) -> None:
    """The general model comes into force by three people, and everybody is evaluated by it.

    What is known has been for long, so that the course begins a month ago.
    """
    service = node.services.evaluation
    async with node.services.db.acquire() as conn:
        await conn.execute("update record set first_seen = first_seen - interval '200 days'")
    drafter, validator, approver = (local_operator(name) for name in ("drafter", "validator", "approver"))
    await service.run_full(drafter)
    cards = scorecards.load(node.services.settings.definitions, service.book)
    card = next(one for one in cards if one.id == "general")
    await service.models.create(card, drafter)
    await service.validate(card.id, card.version, {}, "测试", validator)
    await service.models.approve(card.id, card.version, approver)
    await service.models.start(card.id, card.version, approver)
    await service.run_full(drafter, as_of=BEFORE)
    await service.run_full(drafter)


async def bank_report(world: FirmWorld, **wish: Any) -> str:
    """The number of a report that the bank issued."""
    body = {"subject": world.code, "purpose": "pre_loan", "reference": "授信申请 2026-0001"} | wish
    return str((await world.officer.call("POST", "/v1/reports", json=body))["number"])
