"""The story of the demo: a bank asks about a firm and gets what is open; the firm authorises, the bank gets more, the
firm withdraws; the bank asks about many, is told of changes, obtains reports; every answer has its evidence, verified
offline."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xinshu.cli.demonstration.calls import Person, System
from xinshu.cli.demonstration.carrying import Carrying
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.firm import Firm
from xinshu.cli.demonstration.members import Members
from xinshu.cli.demonstration.reporting import Reporting
from xinshu.core.clock import CHINA
from xinshu.crypto.suites import suite
from xinshu.ledger import receipts
from xinshu.node.services import Services

PURPOSE = "pre_loan"
ASKED = ("3", "17", "18", "19")  # the bank asks for these
GIVEN = ("17", "18", "19")  # the firm gives these
SHOWN = 5


class Story:
    """Inquiries of the bank about the firm."""

    def __init__(self, crew: Crew, members: Members, firm: Firm, services: Services, console: Console) -> None:
        self._crew = crew
        self._members = members
        self._firm = firm
        self._services = services
        self._console = console

    async def tell(self) -> None:
        """From the first inquiry to the last refusal."""
        bank = self._members.bank
        office = await self._members.admission.administrator(bank)
        await self._credit_officer(office)
        system = await self._members.admission.system(bank, "信贷核心系统", sandbox=False)
        answer = await self._ask(system)
        self._show(answer)
        await self._members.sandbox_ready()
        await self._authorise(system)
        await Carrying(self._crew, self._members, self._firm, self._console).show(office, system)
        services = self._services
        await Reporting(self._crew, self._firm, services.settings, services.clock, self._console).show(system)
        await self._prove(office, answer["leaf"])
        await self._who_read()

    async def _credit_officer(self, office: Person) -> None:
        """A person of the bank who may look at the pages."""
        login, bank = "demo.credit", self._members.bank
        about = self._crew.logins.get(login, "信贷员(演示)", f"{bank.name}信贷人员")

        async def invite() -> str:
            body = {"login": login, "name": about.name, "member": bank.id, "roles": ["credit-officer"]}
            return str((await office.post("/v1/accounts", body))["token"])

        if about.totp is None:
            await self._crew.person(about, invite)

    # -- inquiries ---------------------------------------------------------------------------------------------------

    async def _ask(self, system: System, items: tuple[str, ...] | None = None) -> dict[str, Any]:
        """One inquiry by the bank's system."""
        question: dict[str, Any] = {"subject": self._firm.code, "purpose": PURPOSE, "items": items}
        question["reference"] = f"演示-{secrets.token_hex(4)}"
        answer: dict[str, Any] = await system.post("/v1/inquiries", question)
        return answer

    def _show(self, answer: dict[str, Any]) -> None:
        given = [one for one in answer["items"] if one["rows"] > 0]
        refused = [one for one in answer["items"] if not one["decision"]["allowed"]]
        base = self._services.settings.origin
        self._console.print(f"\n[bold]一次查询[/bold] POST {base}/v1/inquiries  用途 {PURPOSE}(贷前调查)")
        name, every = answer["subject"]["name"], len(answer["items"])
        self._console.print(
            f"{name}:{every} 个事项中 {len(given)} 个有信息并给出,{len(refused)} 个须先取得授权", markup=False
        )
        table = Table("事项", "名称", "条数", "内容")
        for one in given[:SHOWN]:
            fact = orjson.dumps(one["records"][0]["data"]).decode()
            table.add_row(one["item"], one["name"][:16], str(one["rows"]), Text(f"{fact[:150]}…"))
        self._console.print(table)
        for one in refused[:2]:
            self._say(one["decision"]["code"], f"{one['decision']['reason']};{one['decision']['remedy']}")

    async def _authorise(self, system: System) -> None:
        """The bank asks, the firm narrows and signs before a witness, the bank reads, the firm withdraws."""
        self._console.print("\n[bold]授权[/bold]")
        asked = {"subject": self._firm.code, "purpose": PURPOSE, "items": dict.fromkeys(ASKED), "max_calls": 10}
        request = await system.post("/v1/consents", asked)
        place = f"/v1/consents/{request['id']}"
        self._say("银行申请", f"事项 {'、'.join(ASKED)},用途 {request['purpose_name']}")
        owner = self._firm.owner
        await self._firm.sign(await owner.post(f"{place}/prepare", {"items": dict.fromkeys(GIVEN)}))
        self._say("企业签署", f"只同意事项 {'、'.join(GIVEN)},密码加验证码并经见证")
        self._say("银行查询", _outcomes(await self._ask(system, ASKED)))
        await owner.post(f"{place}/revoke")
        self._say("企业撤回", "立即生效")
        self._say("银行再查", _outcomes(await self._ask(system, ASKED)))

    # -- evidence ----------------------------------------------------------------------------------------------------

    async def _prove(self, office: Person, leaf: int) -> None:
        """A signed checkpoint, then the receipt as the bank's administrator downloads it, verified with nothing else
        than the platform's public key."""
        await self._services.ledger.checkpoint()
        receipt = await office.get(f"/v1/ledger/leaves/{leaf}/receipt")
        key = await self._crew.caller().get("/v1/ledger/key")
        proved = receipts.verify(receipt, suite(key["suite"]).load_public_key(key["public_key"].encode()))
        home = self._services.settings.home
        files = home / "demo-receipt.json", home / "demo-platform.pem"
        files[0].write_bytes(orjson.dumps(receipt, option=orjson.OPT_INDENT_2))
        files[1].write_bytes(key["public_key"].encode())
        self._console.print(
            f"\n[bold]存证[/bold] 第 {proved['index']} 条,检查点含 {proved['size']} 条,回执验证有效;"
            f"离线再验:xinshu ledger verify {files[0]} --key {files[1]}",
            soft_wrap=True,
        )

    async def _who_read(self) -> None:
        table = Table("时间", "谁", "用途", "授权", "存证", title="企业看到:谁查了本企业")
        for one in await self._firm.owner.get("/v1/inquiries", page_size=SHOWN):
            at = datetime.fromisoformat(one["at"]).astimezone(CHINA)
            who = one["member_name"] or one["principal"]
            consents = "、".join(one["consents"]) or "—"
            table.add_row(f"{at:%Y-%m-%d %H:%M}", who, one["purpose"], consents, str(one["leaf"]))
        self._console.print(table)

    def _say(self, what: str, words: str) -> None:
        self._console.print(f"  {what}  {words}", markup=False, soft_wrap=True)


def _outcomes(answer: dict[str, Any]) -> str:
    """Each item with the code of its decision and how many rows it gave."""
    return ",".join(f"事项 {one['item']} {one['decision']['code']}({one['rows']} 条)" for one in answer["items"])
