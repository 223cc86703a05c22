"""A bank at work: authorisations in every state, inquiries, a batch, a screening, subscriptions, deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from firm_kit import OFFICER, FirmWorld
from web_kit import Listening, Visitor

USUAL = ("15", "17", "18", "19", "25")  # items that the bank asks for and knows something of
ADMIN = "bank21.admin"


@dataclass
class Bank:
    """What its people see. `leaf`: of an inquiry; the others are ids."""

    world: FirmWorld
    given: str
    waiting: str
    leaf: int
    batch: str
    screening: str
    subscription: str


async def bank_at_work(world: FirmWorld) -> Bank:
    """Everything that an institution's pages show."""
    node, officer = world.node, world.officer
    await world.owner()
    given = await world.authorised(items=dict.fromkeys(USUAL), max_calls=20)
    ended = await world.authorised(purpose="customer_screening", items={"17": None})
    await node.people["li.mingyuan"].call("POST", f"/v1/consents/{ended}/revoke")
    waiting = await world.requested(purpose="post_loan", items={"19": None, "25": None})
    leaf = (await world.asked("1", "8", *USUAL))["leaf"]
    await world.asked("1", "17", "27")
    await world.asked("27", purpose="post_loan")
    hook = await webhook(node, await member_of(officer))
    wish = {"kind": "subject", "webhook": hook, "subject": world.code, "purpose": "pre_loan", "items": ["1", "17"]}
    subscription = (await officer.call("POST", "/v1/subscriptions", json=wish))["id"]
    await deliveries(node, UUID(subscription), world.code)
    return Bank(world, given, waiting, leaf, await batch(world), await screening(officer), subscription)


async def member_of(officer: Visitor) -> str:
    """The member that somebody works for."""
    return str((await officer.call("GET", "/v1/session"))["member"]["id"])


async def batch(world: FirmWorld) -> str:
    """A batch about every firm there is and one that is none, worked through."""
    async with world.node.services.db.acquire() as conn:
        rows = await conn.fetch("select code from subject where code not like 'Z%' order by code limit 8")
    order = {
        "subjects": [row["code"] for row in rows] + ["91320100748204660Q"], "purpose": "pre_loan",
        "items": ["1", "7", "8", "15", "17"], "reference": "年度复审 2026",
    }  # fmt: skip
    key = {"Idempotency-Key": "yearly-review-2026"}
    made = await world.officer.call("POST", "/v1/inquiries/batch", json=order, headers=key)
    await world.node.services.distribution.work.process(UUID(made["id"]))
    return str(made["id"])


async def screening(officer: Visitor) -> str:
    """A run that finds firms."""
    criteria = {"industries": ["C", "F", "I"], "facts": [{"item": "10", "present": False}]}
    return str((await officer.call("POST", "/v1/screenings", json=criteria))["id"])


async def webhook(node: Listening, member: str) -> str:
    """A webhook that was verified; none can be reached from a test."""
    made, now = uuid4(), node.clock.now()
    async with node.services.db.acquire() as conn:
        await conn.execute(
            "insert into webhook (id, member_id, url, state, created_by, created_at, tried_at, verified_at) "
            "values ($1, $2, 'https://hooks.bank.example/xinshu', 'active', 'test', $3, $3, $3), "
            "($4, $2, 'https://new.bank.example/xinshu', 'pending', 'test', $3, null, null)",
            made, member, now, uuid4(),
        )  # fmt: skip
    return str(made)


async def deliveries(node: Listening, subscription: UUID, code: str) -> None:
    """One that arrived, one that waits, one that was given up."""
    now = node.clock.now()
    async with node.services.db.acquire() as conn:
        for state, fault in (("delivered", None), ("waiting", "接收地址答复 503"), ("dead", "接收地址 15 秒没有答复")):
            await conn.execute(
                "insert into push_event (id, subscription_id, subject_code, items, state, at, queued_at, open, tries, "
                "tried_at, fault, ended_at) values ($1, $2, $3, array['17'], $4, $5, $5, false, 2, $5, $6, $7)",
                uuid4(), subscription, code, state, now, fault, None if state == "waiting" else now,
            )  # fmt: skip


def pages(bank: Bank) -> dict[str, dict[str, str]]:
    """Login → name of a page → its address."""
    code = bank.world.code
    return {
        OFFICER: {
            "institution-home": "/home",
            "institution-search": "/search",
            "institution-search-found": "/search?q=有限",
            "institution-search-none": "/search?q=没有这样的企业",
            "institution-workbench": f"/workbench/{code}",
            "institution-workbench-post-loan": f"/workbench/{code}?purpose=post_loan",
            "institution-workbench-lost": f"/workbench/{code}/file?k=none",
            "institution-tracking": "/tracking",
            "institution-tracking-in-force": "/tracking?tab=inForce",
            "institution-tracking-ended": "/tracking?tab=ended",
            "institution-consent": f"/tracking/{bank.given}",
            "institution-consent-waiting": f"/tracking/{bank.waiting}",
            "institution-inquiries": "/inquiries",
            "institution-inquiry": f"/inquiries/{bank.leaf}",
            "institution-batches": "/batches-of-inquiries",
            "institution-batch": f"/batches-of-inquiries/{bank.batch}",
            "institution-screening": "/screening",
            "institution-screening-again": f"/screening?from={bank.screening}",
            "institution-screening-list": f"/screening/{bank.screening}",
            "institution-subscriptions": "/subscriptions",
            "institution-subscription-new": "/subscriptions?new=subject",
            "institution-subscription": f"/subscriptions/{bank.subscription}",
            "institution-subscription-dead": f"/subscriptions/{bank.subscription}?state=dead",
            "institution-usage": "/usage",
            "institution-developers": "/developers",
        },
        ADMIN: {
            "institution-admin-home": "/home",
            "institution-admin-inquiry": f"/inquiries/{bank.leaf}",
            "institution-admin-webhooks": "/subscriptions?tab=webhooks",
            "institution-admin-developers": "/developers",
            "institution-admin-usage": "/usage",
            "institution-admin-batches": "/batches-of-inquiries",
        },
    }
