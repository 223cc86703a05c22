"""The story of the demo: a bank asks about a firm, the platform answers what it may, the evidence is verified offline,
the firm sees who read."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xinshu.cli.demonstration.calls import Person, RefusedError, System
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.logins import Login
from xinshu.cli.demonstration.members import Members
from xinshu.core.clock import CHINA
from xinshu.core.make_codes import make_citizen_no
from xinshu.crypto.suites import suite
from xinshu.ledger import receipts
from xinshu.node.services import Services

FIRM = "demo.firm"
PURPOSE = "pre_loan"
LOOKED_AT = 8  # firms, of which the one with most information takes part
SHOWN = 5


class Story:
    """One inquiry and its evidence."""

    def __init__(self, crew: Crew, members: Members, services: Services, console: Console) -> None:
        self._crew = crew
        self._members = members
        self._services = services
        self._console = console

    async def tell(self) -> None:
        """From the firm's account to the verified receipt."""
        owner, firm = await self._firm()
        bank = self._members.bank
        office = await self._members.admission.administrator(bank)
        await self._credit_officer(office)
        system = await self._members.admission.system(bank, "信贷核心系统", sandbox=False)
        answer = await self._ask(system, firm)
        await self._prove(office, answer["leaf"])
        await self._who_read(owner)

    # -- the firm ----------------------------------------------------------------------------------------------------

    async def _firm(self) -> tuple[Person, str]:
        """The owner of a firm, signed in as its legal representative, and the firm's code."""
        logins = self._crew.logins
        if not logins.firm:
            logins.firm = await self._choose()
            logins.save()
        registered = await self._services.subjects.representative(logins.firm)
        assert registered is not None  # noqa: S101  (chosen so)
        about = logins.get(FIRM, registered[0], "企业法定代表人")
        owner = self._crew.caller()
        if about.totp is None:
            await self._sign_up(owner, about, logins.firm)
        session = await owner.sign_in(about, logins)
        if session["state"] == "pending":
            await self._approve(logins.firm)
            await owner.sign_in(about, logins)
        return owner, logins.firm

    async def _choose(self) -> str:
        """Of the first enterprises that have a legal representative, the one about which most is known."""
        officer = await self._crew.first()
        found = (await officer.get("/v1/subjects", q="虚构", kind="enterprise", page_size=50))["items"]
        known: dict[str, int] = {}
        for subject in found:
            if len(known) == LOOKED_AT:
                break
            code = subject["code"]
            if code is None or await self._services.subjects.representative(code) is None:
                continue
            answer = await officer.get(f"/v1/subjects/{code}/information")
            known[code] = sum(one["rows"] > 0 for one in answer["items"])
        return max(known, key=lambda code: known[code])

    async def _sign_up(self, owner: Person, about: Login, code: str) -> None:
        division = f"{self._services.settings.platform_code[:2]}0101"
        application = {
            "code": code,
            "name": about.name,
            "citizen_no": make_citizen_no(division, self._services.clock.today().replace(year=1980, day=1), 17),
            "telephone": "00000000000",
            "login": about.login,
            "password": about.password,
        }
        try:
            owner.signed_in(await owner.post("/v1/firm-accounts", application))
        except RefusedError as error:
            if error.said != "login_taken":  # an earlier run was interrupted here
                raise
            await owner.sign_in(about, self._crew.logins)
        await self._crew.enrol(about, owner)

    async def _approve(self, code: str) -> None:
        officer = await self._crew.second()
        waiting = (await officer.get("/v1/firm-accounts", subject=code, state="pending"))["accounts"]
        decision = {"approve": True, "note": "演示:核对了登记信息与证件"}
        await officer.post(f"/v1/firm-accounts/{waiting[0]['id']}/decision", decision)

    # -- the bank ----------------------------------------------------------------------------------------------------

    async def _credit_officer(self, office: Person) -> None:
        """A person of the bank who may look at the pages."""
        login, bank = "demo.credit", self._members.bank
        about = self._crew.logins.get(login, "信贷员(演示)", f"{bank.name}信贷人员")

        async def invite() -> str:
            body = {"login": login, "name": about.name, "member": bank.id, "roles": ["credit-officer"]}
            return str((await office.post("/v1/accounts", body))["token"])

        if about.totp is None:
            await self._crew.person(about, invite)

    async def _ask(self, system: System, firm: str) -> dict[str, Any]:
        """One inquiry by the bank's system."""
        question = {"subject": firm, "purpose": PURPOSE, "reference": f"演示-{secrets.token_hex(4)}"}
        answer: dict[str, Any] = await system.post("/v1/inquiries", question)
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
            decision = one["decision"]
            self._console.print(f"  {decision['code']}  {decision['reason']};{decision['remedy']}", markup=False)
        return answer

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
            f"[bold]存证[/bold] 第 {proved['index']} 条,检查点含 {proved['size']} 条,回执验证有效;"
            f"离线再验:xinshu ledger verify {files[0]} --key {files[1]}",
            soft_wrap=True,
        )

    async def _who_read(self, owner: Person) -> None:
        lines = await owner.get("/v1/inquiries", page_size=SHOWN)
        table = Table("时间", "谁", "用途", "存证", title="企业看到:谁查了本企业")
        for one in lines:
            who = one["member_name"] or one["principal"]
            at = datetime.fromisoformat(one["at"]).astimezone(CHINA)
            table.add_row(f"{at:%Y-%m-%d %H:%M}", who, one["purpose"], str(one["leaf"]))
        self._console.print(table)
