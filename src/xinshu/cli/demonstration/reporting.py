"""The bank obtains credit reports of the firm, which authorised it on paper; anybody verifies them; the firm sees who
obtained them. The authorisation after the loan stays, so that the bank's portfolio holds the firm."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from xinshu.cli.demonstration.calls import Person, System
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.firm import Firm
from xinshu.core.clock import CHINA, Clock
from xinshu.core.settings import Settings

BEFORE, AFTER = "loan_approval", "post_loan"  # purposes; the story asks for pre_loan, and the firm withdraws that
FORMS = ("json", "html", "pdf")
LOOK_BACK = timedelta(days=180)  # of the change report
SHOWN = 5


class Reporting:
    """Scenes of reports."""

    def __init__(self, crew: Crew, firm: Firm, settings: Settings, clock: Clock, console: Console) -> None:
        self._crew = crew
        self._firm = firm
        self._settings = settings
        self._clock = clock
        self._console = console

    async def show(self, system: System) -> None:
        """From the paper to the firm that reads who obtained what."""
        self._console.print("\n[bold]信用报告与公共信用综合评价[/bold]")
        for purpose in (BEFORE, AFTER):
            await self._authorise(system, purpose)
        report = await self._issue(system, {"variant": "pre_loan", "purpose": BEFORE})
        files = await self._files(system, report)
        await self._verify(report, files)
        since = self._clock.today() - LOOK_BACK
        await self._issue(system, {"variant": "post_loan_change", "purpose": AFTER, "since": since.isoformat()})
        await self._own_evaluation()
        await self._who_obtained()

    # -- authorisation -----------------------------------------------------------------------------------------------

    async def _authorise(self, system: System, purpose: str) -> None:
        """On paper, compared by two operators; one that is in force serves again."""
        held = await system.get("/v1/consents", subject=self._firm.code, purpose=purpose, state="active")
        if held["total"] > 0:
            return
        templates = (await system.get("/v1/consents/templates"))["purposes"]
        usual = next(one["usual_items"] for one in templates if one["purpose"] == purpose)
        asked = {"subject": self._firm.code, "purpose": purpose, "items": dict.fromkeys(usual)}
        request = await system.post("/v1/consents", asked)
        place = f"/v1/consents/{request['id']}"
        scan = hashlib.sha256(f"xinshu demo, invented paper {request['id']}".encode()).hexdigest()
        paper = {"sha256": scan, "reference": "演示档案", "signed_on": self._clock.today().isoformat()}
        await system.post(f"{place}/paper", paper | {"digest": request["digest"]})
        for operator in (await self._crew.first(), await self._crew.second()):
            await operator.post(f"{place}/paper/verify", {"sha256": scan})
        self._say("纸质授权", f"用途 {request['purpose_name']},事项 {'、'.join(usual)},两名工作人员核对扫描件后生效")

    # -- reports -----------------------------------------------------------------------------------------------------

    async def _issue(self, system: System, asked: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": f"demo-{secrets.token_hex(8)}"}
        body = {"subject": self._firm.code, "reference": "演示", **asked}
        report: dict[str, Any] = (await system.ask("POST", "/v1/reports", json=body, headers=key)).json()
        told = (await system.ask("GET", report["links"]["json"])).json()
        parts = [part for section in told["sections"] for part in section["parts"]]
        given = sum(part["state"] in ("given", "masked", "cut") for part in parts)
        rows = sum(len(part["rows"]) for part in parts)
        name = told["variant"]["name"]["zh"]
        grade = told["evaluation"]["grade"] if told["evaluation"] is not None else "未给出"
        self._say(name, f"编号 {report['number']},{given} 个事项 {rows} 条,评价 {grade},存证第 {report['leaf']} 条")
        return report

    async def _files(self, system: System, report: dict[str, Any]) -> dict[str, bytes]:
        """The report in each format, also left in the home for whoever wants to look."""
        files = {form: (await system.ask("GET", report["links"][form])).content for form in FORMS}
        for form, content in files.items():
            (self._settings.home / f"demo-report.{form}").write_bytes(content)
        sizes = "、".join(f"{form.upper()} {len(content) // 1024:,} KiB" for form, content in files.items())
        self._say("三种格式", f"{sizes},在 {self._settings.home}/demo-report.*")
        return files

    async def _verify(self, report: dict[str, Any], files: dict[str, bytes]) -> None:
        """By its code, and by the file, without signing in."""
        anybody = self._crew.caller()
        known = await anybody.get(f"/v1/public/reports/{report['check_code']}")
        examined = await anybody.ask("POST", "/v1/public/reports/verify", content=files["pdf"])
        self._say("核验", f"按核验码:{known['standing']};按 PDF 文件:{examined.json()['message']}")

    # -- what the firm sees ------------------------------------------------------------------------------------------

    async def _own_evaluation(self) -> None:
        own = await self._firm.owner.get(f"/v1/subjects/{self._firm.code}/evaluation")
        self._say("企业看评价", f"{own['grade']},{own['score']} 分,理由 {len(own['reasons'])} 条")

    async def _who_obtained(self) -> None:
        table = Table("时间", "谁取得", "报告", "用途", "存证", title="企业看到:谁取得了关于本企业的报告")
        owner: Person = self._firm.owner
        for one in await owner.get(f"/v1/subjects/{self._firm.code}/reports", page_size=SHOWN):
            at = datetime.fromisoformat(one["issued_at"]).astimezone(CHINA)
            table.add_row(f"{at:%Y-%m-%d %H:%M}", one["reader_name"], one["variant"], one["purpose"], str(one["leaf"]))
        self._console.print(table)

    def _say(self, what: str, words: str) -> None:
        self._console.print(f"  {what}  {words}", markup=False, soft_wrap=True)
