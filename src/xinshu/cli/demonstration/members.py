"""The members of the demo: every department that has something to send, and a bank; their sandbox tests."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from xinshu.cli.demonstration.admission import Admission, Applicant
from xinshu.cli.demonstration.calls import System
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.organisations import bank, departments
from xinshu.cli.output import BAR, local_user
from xinshu.cli.sandbox import write_world
from xinshu.core.divisions import Divisions
from xinshu.members.model import Caller, MemberState, local_operator
from xinshu.members.permissions import Access
from xinshu.node.sandbox import sandbox_settings
from xinshu.node.services import Services

PAUSE = 0.3  # seconds between two looks at a batch
FINAL = ("published", "feedback_sent", "held", "rejected")


class Members:
    """Admits them. `manifest`: of the files that the departments will send."""

    def __init__(self, crew: Crew, services: Services, manifest: dict[str, Any], console: Console) -> None:
        self._crew = crew
        self._services = services
        self._manifest = manifest
        self._console = console
        self._sent: list[tuple[System, int]] = []
        self._sandbox: tuple[Path, dict[str, Any]] | None = None
        settings = services.settings
        self.admission = Admission(crew, services.clock, settings.home / "demo-keys")
        province = Divisions.load().path_of(settings.platform_code).split("/")[-1]
        providers = {entry["provider"] for entry in manifest["files"]}
        division = settings.platform_code
        self.departments = departments(providers, services.catalogue, province, division, self._send)
        self.bank = bank(province, division, self._ask)

    @property
    def today(self) -> date:
        """In China."""
        return self._services.clock.today()

    async def admit_departments(self) -> None:
        """All providers, each by its own application; their systems fill the sandbox with their tests."""
        states = await self._states()
        if all(states.get(one.id) is MemberState.ONLINE for one in self.departments):
            self._console.print(f"数据提供单位 {len(self.departments)} 个,均已上线")
            return
        own = await sandbox_settings(self._services.settings, self._services.db)
        self._sandbox = await asyncio.to_thread(write_world, own)
        with Progress(*BAR, console=self._console) as progress:
            bar = progress.add_task("入驻", total=len(self.departments))
            for one in self.departments:
                progress.update(bar, description=f"入驻 {one.name}")
                await self.admission.admit(one, states.get(one.id))
                progress.update(bar, advance=1)

    async def admit_bank(self) -> None:
        """The bank; its system searches and reads in the sandbox."""
        states = await self._states()
        await self.admission.admit(self.bank, states.get(self.bank.id))
        self._console.print(f"金融机构 {self.bank.name},已上线")

    async def sandbox_ready(self) -> None:
        """Wait until everything that the systems sent to the sandbox is processed."""
        with Progress(*BAR, console=self._console, disable=len(self._sent) == 0) as progress:
            bar = progress.add_task("沙箱归集", total=len(self._sent))
            for system, batch in self._sent:
                await _finished(system, batch)
                progress.update(bar, advance=1)

    async def _states(self) -> dict[str, MemberState]:
        """Where each member of the node stands."""
        services = self._services
        assert services.membership is not None  # noqa: S101  (only a sandbox has none)
        who = local_operator(local_user())
        access = Access(services.table, who, "read", "member", Caller("local"))
        page = await services.membership.onboarding.registry.page(access, page_size=200)
        return {one.id: one.state for one in page.members}

    # -- what systems try --------------------------------------------------------------------------------------------

    async def _send(self, system: System, who: Applicant) -> None:
        """A department's system hands in the department's files of a small invented world, and reads how they fare."""
        assert self._sandbox is not None  # noqa: S101  (written before the first admission)
        folder, manifest = self._sandbox
        own = [entry for entry in manifest["files"] if entry["provider"] == who.application["provider_code"]]
        for entry in own:
            about = {"item": entry["item"], "mode": entry["mode"], "file_name": entry["file"]}
            content = await asyncio.to_thread((folder / entry["file"]).read_bytes)
            batch = (await system.ask("POST", "/v1/batches", params=about, content=content)).json()
            self._sent.append((system, batch["id"]))
            await system.get(f"/v1/batches/{batch['id']}")

    async def _ask(self, system: System, who: Applicant) -> None:
        """A bank's system looks a subject up and reads what is known of it."""
        if self._sent:
            await _finished(*self._sent[0])
        found = (await system.get("/v1/subjects", q="虚构", page_size=1))["items"][0]
        code = found["code"] or found["old_number"]
        await system.get(f"/v1/subjects/{code}/information", items="1", purpose="pre_loan")


async def _finished(system: System, batch: int) -> None:
    """Look until a batch is at its end, as a member's system must."""
    while True:
        if (await system.get(f"/v1/batches/{batch}"))["state"] in FINAL:
            return
        await asyncio.sleep(PAUSE)
