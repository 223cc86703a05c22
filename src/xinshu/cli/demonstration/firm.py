"""The firm of the demo: its legal representative signs up, an operator compares with the register and approves."""

from __future__ import annotations

from typing import Any

from xinshu.cli.demonstration.calls import Person, RefusedError
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.logins import Login
from xinshu.core.make_codes import make_citizen_no
from xinshu.node.services import Services

LOGIN = "demo.firm"
LOOKED_AT = 8  # firms, of which the one with most information takes part


class Firm:
    """A firm of the invented province and the person who acts for it."""

    def __init__(self, crew: Crew, services: Services) -> None:
        self._crew = crew
        self._services = services
        self.code = ""
        self.owner = crew.caller()
        self.login: Login | None = None

    async def arrive(self) -> None:
        """The owner signs in as the firm's legal representative."""
        logins = self._crew.logins
        if not logins.firm:
            logins.firm = await self._choose()
            logins.save()
        self.code = logins.firm
        registered = await self._services.subjects.representative(self.code)
        assert registered is not None  # noqa: S101  (chosen so)
        about = self.login = logins.get(LOGIN, registered[0], "企业法定代表人")
        if about.totp is None:
            session = await self._sign_up(self.owner, about)
        else:
            session = await self.owner.sign_in(about, logins)
        if session["state"] == "pending":
            await self._approve()
            await self.owner.sign_in(about, logins)

    async def sign(self, consent: dict[str, Any]) -> None:
        """Sign an authorisation with password and one-time code, before an operator who confirms it."""
        assert self.login is not None  # noqa: S101  (has arrived)
        place = f"/v1/consents/{consent['consent']['id']}"
        proof = {
            "method": "witnessed",
            "digest": consent["digest"],
            "login": self.login.login,
            "password": self.login.password,
            "code": await self._crew.logins.proof(self.login),
        }
        await self.owner.post(f"{place}/sign", proof)
        witness = await self._crew.second()
        await witness.post(f"{place}/witness", {"digest": consent["digest"]})

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

    async def _sign_up(self, owner: Person, about: Login) -> dict[str, Any]:
        """An account that waits for approval, with one-time codes set up; the session."""
        division = f"{self._services.settings.platform_code[:2]}0101"
        application = {
            "code": self.code,
            "name": about.name,
            "citizen_no": make_citizen_no(division, self._services.clock.today().replace(year=1980, day=1), 17),
            "telephone": "00000000000",
            "login": about.login,
            "password": about.password,
        }
        try:
            session = owner.signed_in(await owner.post("/v1/firm-accounts", application))
        except RefusedError as error:
            if error.said != "login_taken":  # an earlier run was interrupted here
                raise
            session = await owner.sign_in(about, self._crew.logins)
        await self._crew.enrol(about, owner)
        return session

    async def _approve(self) -> None:
        officer = await self._crew.second()
        waiting = (await officer.get("/v1/firm-accounts", subject=self.code, state="pending"))["accounts"]
        decision = {"approve": True, "note": "演示:核对了登记信息与证件"}
        await officer.post(f"/v1/firm-accounts/{waiting[0]['id']}/decision", decision)
