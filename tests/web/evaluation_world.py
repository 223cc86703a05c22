"""A province that is evaluated: firms of every city, a model in force, a draft, a version that waits for approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml
from collect_kit import Node, code_of, penalty
from firm_kit import officer_of
from public_world import rows
from web_kit import Listening, Visitor

from xinshu.core.settings import packaged_definitions
from xinshu.evaluate.tasks import WORKER

MODELS = "/v1/evaluation-models"
DATA, SECOND, CHIEF = "data.one", "data.two", "chief.admin"
MAKERS = tuple(range(7, 264, 11))  # serial numbers of the firms that make photovoltaics
SCOPE = "光伏组件、太阳能电池制造;光伏发电;货物进出口。"


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


def with_makers(firms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The firms, some of which belong to modules by what they make."""
    made = {"industry": "C3825", "business_scope": SCOPE}
    return [
        {**firm, "business_scope": "", **(made if serial in MAKERS else {})} for serial, firm in enumerate(firms, 1)
    ]


def share(serial: int) -> dict[str, Any]:
    """That the first of the makers holds shares of another one."""
    return {
        "uscc": code_of(serial), "subject_name": f"示例市第{serial}号机械有限公司",
        "shareholder_name": f"示例市第{MAKERS[0]}号机械有限公司", "shareholder_kind": "2",
        "shareholder_uscc": code_of(MAKERS[0]), "subscribed_amount": "100", "capital_currency": "CNY",
        "share_ratio": "20", "subscribed_date": "2030-12-31", "paid_in_amount": "100",
    }  # fmt: skip


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
    await province.publish(with_makers(rows()))
    await province.publish([share(serial) for serial in MAKERS[1:6]], item="2", name="股东.csv")
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
    await node.services.modules.run_full(WORKER)
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


async def feedback_of_a_bank(node: Listening, serial: int) -> tuple[Visitor, str]:
    """A credit officer, and the number of a report about a firm whose registration the officer called wrong."""
    officer = await officer_of(node)
    wish = {"subject": code_of(serial), "purpose": "pre_loan", "reference": "授信申请 2026-0001"}
    number = str((await officer.call("POST", "/v1/reports", json=wish))["number"])
    said = {"kind": "wrong", "item": "1", "row": 1, "text": "登记住所与营业执照不符"}
    await officer.call("POST", f"/v1/reports/{number}/feedback", json=said)
    return officer, number


async def reviewer(node: Listening) -> str:
    """A data operator who had no hand in any model or run."""
    chief, login = node.people[CHIEF], "data.three"
    operator = (await chief.call("GET", "/v1/session"))["member"]["id"]
    await chief.invites(login, "复核员", operator, "operator-data")
    return login
