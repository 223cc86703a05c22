"""A province that is evaluated: firms of every city, a model in force, a draft, a version that waits for approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml
from collect_kit import Node, code_of, penalty
from public_world import rows
from web_kit import Listening

from xinshu.core.settings import packaged_definitions
from xinshu.evaluate.tasks import WORKER

MODELS = "/v1/evaluation-models"
DATA, SECOND, CHIEF = "data.one", "data.two", "chief.admin"


@dataclass
class Evaluated:
    """Who is there and what waits. `waiting`: a version that CHIEF may approve."""

    node: Listening
    waiting: str = "2026.2"

    async def run(self) -> None:
        """What the background worker does every night."""
        await self.node.services.evaluation.run_full(WORKER)
        await self.node.services.evaluation.models.monitor()


def card(name: str = "general", **changes: Any) -> dict[str, Any]:
    """A shipped model as it would be uploaded."""
    text = (packaged_definitions() / f"models/{name}-2026.1.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    for dimension in found["dimensions"]:
        for one in dimension["indicators"]:
            for code in one.get("codes", []):
                code["codes"] = [str(given) for given in code["codes"]]
    return found | changes


def later() -> dict[str, Any]:
    """The general model with other cut-offs and without patents."""
    document = card(version="2026.2")
    document["grades"][0]["score"] = 880
    honours = next(one for one in document["dimensions"] if one["id"] == "honours")
    patents = next(one for one in honours["indicators"] if one["indicator"] == "valid_patents")
    honours["indicators"].remove(patents)
    tax = next(one for one in document["dimensions"] if one["id"] == "performance")["indicators"][0]
    tax["weight"] += patents["weight"]
    tax["codes"][0]["points"] = tax["weight"]
    return document


def outcomes() -> str:
    """What became of firms, as a file: too few went bad to say anything."""
    lines = [f"{code_of(serial)},{1 if serial % 23 == 5 else 0}" for serial in range(1, 121)]
    return "\n".join(["code,bad", *lines])


async def evaluated(node: Listening) -> Evaluated:
    """Everything at once, on a node whose operator's people are there."""
    chief = node.people[CHIEF]
    operator = (await chief.call("GET", "/v1/session"))["member"]["id"]
    await chief.invites(DATA, "数据员甲", operator, "operator-data")
    await chief.invites(SECOND, "数据员乙", operator, "operator-data")
    province = Node(node.services, node.clock)
    await province.publish(rows())
    await province.publish(
        [
            penalty(
                f"示市监处罚〔2025〕{serial}-{n}号",
                serial,
                decision_date="2025-11-05",
                publication_date="2025-11-12",
                fine_amount=str(n * serial),
            )
            for serial in range(5, 200, 3)
            for n in range(1, 1 + serial % 5)
        ],
        item="8",
        provider="ndrc",
        name="处罚.csv",
    )
    world = Evaluated(node)
    await world.run()
    data, second = node.people[DATA], node.people[SECOND]
    for document in (card(), card("individual-business"), later()):
        await data.call("POST", MODELS, json=document)
    known = [line.split(",") for line in outcomes().split("\n")[1:]]
    given = {
        "source": "虚构省贷款逾期 90 天以上,截至 2026-05-31",
        "outcomes": [{"code": code, "bad": bad == "1"} for code, bad in known],
    }
    for version in ("2026.1", world.waiting):
        await second.call("POST", f"{MODELS}/general/{version}/validation", json=given)
    await chief.call("POST", f"{MODELS}/general/2026.1/approval")
    await chief.call("POST", f"{MODELS}/general/2026.1/start")
    await world.run()
    node.clock.advance(timedelta(minutes=5))
    return world


async def reviewer(node: Listening) -> str:
    """A data operator who had no hand in any model or run."""
    chief, login = node.people[CHIEF], "data.three"
    operator = (await chief.call("GET", "/v1/session"))["member"]["id"]
    await chief.invites(login, "复核员", operator, "operator-data")
    return login
