"""A desk (as in the tests of inquiries) where reports are asked for, with an evaluation model in force."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from asking_kit import Desk, details, open_desk
from collect_kit import Node, code_of

from xinshu.core.settings import packaged_definitions
from xinshu.evaluate import scorecards
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.validation import Case
from xinshu.ledger.audit import audit
from xinshu.ledger.model import Fault
from xinshu.members.model import Principal
from xinshu.report.evidence import ReportCheck
from xinshu.report.model import ItemPart, Report
from xinshu.store import embedded

KNOWN = 60


@dataclass
class Counter:
    """Where reports are asked for."""

    desk: Desk
    number: str | None = None  # of a report about which much is said

    @property
    def node(self) -> Node:
        """The node."""
        return self.desk.node

    async def ask(self, who: httpx.AsyncClient, serial: int, key: str | None = None, **body: Any) -> httpx.Response:
        """Ask for a report, whatever comes of it."""
        asked = {"subject": code_of(serial), "purpose": "pre_loan"} | body
        headers = {"Idempotency-Key": key} if key is not None else {}
        return await who.post("/v1/reports", json=asked, headers=headers)

    async def issued(self, who: httpx.AsyncClient, serial: int, key: str | None = None, **body: Any) -> dict[str, Any]:
        """What is told of a report that was issued."""
        answer = await self.ask(who, serial, key, **body)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def report(self, who: httpx.AsyncClient, serial: int, **body: Any) -> Report:
        """The document of a report, read by whoever obtained it; its digest is in the leaf of its issue."""
        told = await self.issued(who, serial, **body)
        return await self.read(who, told)

    async def read(self, who: httpx.AsyncClient, told: dict[str, Any]) -> Report:
        """The document of a report that was issued."""
        answer = await who.get(told["links"]["json"])
        assert answer.status_code == 200, answer.text
        suite = self.node.services.ledger.suite
        assert suite.digest(answer.content).hex() == told["digest"]
        report = Report.model_validate_json(answer.content)
        assert report.canonical() == answer.content
        assert suite.digest(report.content()).hex() == report.content_digest == told["content_digest"]
        leaf = await self.node.services.ledger.leaf(told["leaf"])
        said = orjson.loads(leaf.content)["about"]
        assert (leaf.kind, said["report"], said["digest"]) == ("report", told["number"], told["digest"])
        return report

    async def repair(self, serial: int, item: str, state: str = "repaired") -> None:
        """What an office does to a fact that was repaired: gone from the documents, kept with its state."""
        await self.node.table(
            "update record set state = $3 where item = $2 and known_to is null and subject_id = "
            "(select id from subject where code = $1)", code_of(serial), item, state,
        )  # fmt: skip

    async def audited(self) -> list[Fault]:
        """What the audit finds, details included."""
        ledger = self.node.services.ledger
        checks = [*details(self.node), ReportCheck(ledger.suite.digest)]
        return (await audit(self.node.db, ledger, checks))[1]


def part(report: Report, item: str) -> ItemPart:
    """The part of an item."""
    (found,) = [one for section in report.sections for one in section.parts if one.item == item]
    return found


async def bring_into_force(evaluation: EvaluationService, model: str = "general") -> None:
    """A shipped model, by three people."""
    people = [Principal(f"account:{name}", name) for name in ("drafter", "validator", "approver")]
    shipped = scorecards.load(packaged_definitions(), evaluation.book)
    (card,) = [one for one in shipped if one.id == model]
    models = evaluation.models
    await models.create(card, people[0])
    cases = [Case(800, "优", False, {}), Case(200, "差", True, {})]
    await models.validate(card.id, card.version, cases, None, "测试", people[1])
    await models.approve(card.id, card.version, people[2])
    await models.start(card.id, card.version, people[2])


@asynccontextmanager
async def open_counter(server: embedded.EmbeddedServer, home: Path) -> AsyncIterator[Counter]:
    """A node over a database of its own."""
    async with open_desk(server, home, KNOWN) as desk:
        await bring_into_force(desk.node.services.evaluation)
        yield Counter(desk)
