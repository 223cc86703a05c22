"""How more than one firm's information reaches the bank: a screening, a batch of inquiries, a push of what changed."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import orjson
from rich.console import Console

from xinshu.cli.demonstration.calls import Person, System
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.firm import Firm
from xinshu.cli.demonstration.members import Members
from xinshu.cli.demonstration.receiver import Receiver

MANY = 20  # subjects of the batch
PAUSE = 0.2  # seconds between two looks at it
SHAREHOLDERS = "2"
CONTRIBUTION = 1_000  # ten thousand yuan
PATIENCE = 60  # seconds until a push has come


class Carrying:
    """Scenes of the bank and its systems."""

    def __init__(self, crew: Crew, members: Members, firm: Firm, console: Console) -> None:
        self._crew = crew
        self._members = members
        self._firm = firm
        self._console = console

    async def show(self, office: Person, system: System) -> None:
        """All scenes; `office`: the bank's administrator."""
        self._console.print("\n[bold]筛查、批量查询、推送[/bold]")
        codes = await self._screen(system)
        await self._ask_many(system, codes)
        await self._push(office, system)

    async def _screen(self, system: System) -> list[str]:
        """Small firms without serious dishonesty, by open information alone; the codes of the first ones."""
        criteria = {
            "sizes": ["small", "micro", "undetermined"],
            "facts": [{"item": "serious_dishonesty", "present": False}],
        }
        run = await system.post("/v1/screenings", criteria)
        page = await system.get(f"/v1/screenings/{run['id']}/subjects", page_size=MANY)
        self._say("筛查", f"无严重失信的小微主体 {page['total']} 个,不需要授权,存证第 {run['leaf']} 条")
        return [one["code"] for one in page["subjects"]]

    async def _ask_many(self, system: System, codes: list[str]) -> None:
        order = {"subjects": codes, "purpose": "pre_loan", "items": ["1"], "reference": "演示"}
        key = {"Idempotency-Key": f"demo-{secrets.token_hex(8)}"}
        batch = (await system.ask("POST", "/v1/inquiries/batch", json=order, headers=key)).json()
        place = f"/v1/inquiries/batch/{batch['id']}"
        while batch["finished_at"] is None:
            await asyncio.sleep(PAUSE)
            batch = await system.get(place)
        lines = [orjson.loads(line) for line in (await system.ask("GET", f"{place}/result")).content.splitlines()]
        leaves = [line["answer"]["leaf"] for line in lines if "answer" in line]
        self._say(
            "批量查询", f"{batch['total']} 户,答复 {len(leaves)} 户,各有存证(第 {min(leaves)} 至 {max(leaves)} 条)"
        )

    async def _push(self, office: Person, system: System) -> None:
        """The bank follows the firm's shareholders; the registry hands in a change; the bank is told."""
        receiver = Receiver(await self._crew.caller().get("/v1/ledger/key"))
        async with receiver.listening():
            webhook = await office.post("/v1/webhooks", {"url": receiver.url})
            place = f"/v1/webhooks/{webhook['id']}"
            await office.post(f"{place}/verify")
            about = {"subject": self._firm.code, "purpose": "post_loan", "items": [SHAREHOLDERS]}
            await system.post("/v1/subscriptions", about | {"webhook": webhook["id"]})
            await self._change()
            told = await asyncio.wait_for(receiver.events.get(), PATIENCE)
            (item,) = told["answer"]["items"]
            self._say("推送", f"股东出资变更,银行收到 {item['rows']} 条并验证签名,存证第 {told['answer']['leaf']} 条")
            await office.post(f"{place}/close")

    async def _change(self) -> None:
        registry = next(one for one in self._members.departments if one.application["provider_code"] == "samr")
        system = await self._members.admission.system(registry, "登记系统", sandbox=False)
        found = await system.get(f"/v1/subjects/{self._firm.code}")
        row: dict[str, Any] = {
            "uscc": self._firm.code,
            "subject_name": found["name"],
            "shareholder_name": "示例引导基金(虚构)",
            "shareholder_kind": "9",
            "subscribed_amount": CONTRIBUTION,
            "subscribed_date": "2028-06-30",
            "paid_in_amount": secrets.randbelow(CONTRIBUTION) + 1,  # another one in each run of the demo
            "share_ratio": 5,
            "paid_date": self._members.today.isoformat(),
            "capital_currency": "CNY",
        }
        await system.post("/v1/batches/rows", {"item": SHAREHOLDERS, "rows": [row]})

    def _say(self, what: str, words: str) -> None:
        self._console.print(f"  {what}  {words}", markup=False, soft_wrap=True)
