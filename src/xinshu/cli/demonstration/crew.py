"""The people of the demo: how each gets an account and a second factor; nobody signs in who has nothing to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count

from starlette.types import ASGIApp

from xinshu.cli.demonstration.calls import Person, RefusedError
from xinshu.cli.demonstration.logins import Login, Logins
from xinshu.core.make_codes import make_uscc
from xinshu.core.settings import Settings
from xinshu.node.access import BootstrapToken

Invitation = Callable[[], Awaitable[str]]


class Crew:
    """The operator's staff, and doors for everybody else. `address`: one of RFC 5737 for each organisation."""

    def __init__(self, app: ASGIApp, settings: Settings, logins: Logins) -> None:
        self.app = app
        self.settings = settings
        self.logins = logins
        self.operator_code = make_uscc("1", "2", f"{settings.platform_code[:2]}0000", 1)
        self._there: dict[str, Person] = {}
        self._addresses = (f"198.51.100.{last}" for last in count(1))

    def address(self) -> str:
        """The next organisation's."""
        return next(self._addresses)

    def caller(self) -> Person:
        """Somebody who has not signed in."""
        return Person(self.app, self.settings.origin, self.address())

    # -- the operator's staff ----------------------------------------------------------------------------------------

    async def admin(self) -> Person:
        """The platform administrator; made with the bootstrap token of a new node, which serves once."""
        about = self.logins.get("demo.admin", "平台管理员(演示)", "平台管理员")
        if about.login not in self._there:
            if about.totp is None:
                await self._bootstrap(about)
            self._there[about.login] = await self._signed_in(about, self.caller())
        return self._there[about.login]

    async def _bootstrap(self, about: Login) -> None:
        token = BootstrapToken(self.settings).read()
        if token is None:
            return  # an earlier run made the account, and was interrupted before its second factor
        first = {"login": about.login, "name": about.name, "password": about.password}
        member = {"member_code": self.operator_code, "member_name": f"{self.settings.platform_name}运营单位(虚构)"}
        await self.caller().post("/v1/bootstrap", {"token": token, **first, **member})

    async def first(self) -> Person:
        """Enters and checks: onboarding and data."""
        return await self._staff("demo.zhou", "周受理(演示)", ["operator-onboarding", "operator-data"])

    async def second(self) -> Person:
        """Approves what the first one checked: onboarding, security and audit."""
        return await self._staff(
            "demo.wu", "吴审批(演示)", ["operator-onboarding", "operator-security", "operator-audit"]
        )

    async def _staff(self, login: str, name: str, roles: list[str]) -> Person:
        words = "入驻管理员、数据运营员" if "operator-data" in roles else "入驻管理员、安全管理员、审计员"

        async def invite() -> str:
            admin = await self.admin()
            own = (await admin.get("/v1/session"))["member"]["id"]
            body = {"login": login, "name": name, "member": own, "roles": roles}
            return str((await admin.post("/v1/accounts", body))["token"])

        return await self.person(self.logins.get(login, name, words), invite)

    # -- anybody -----------------------------------------------------------------------------------------------------

    async def person(self, about: Login, invite: Invitation, caller: Person | None = None) -> Person:
        """Somebody of a member, signed in with two factors; the account is made where it does not exist yet."""
        if about.login not in self._there:
            caller = caller or self.caller()
            if about.totp is None:
                token = await self._invitation(about, invite)
                if token is not None:
                    await caller.post("/v1/invitations/accept", {"token": token, "password": about.password})
            self._there[about.login] = await self._signed_in(about, caller)
        return self._there[about.login]

    async def _invitation(self, about: Login, invite: Invitation) -> str | None:
        """A new invitation; None when an earlier run was interrupted after it was accepted."""
        try:
            return await invite()
        except RefusedError as error:
            if error.said not in ("login_taken", "member_exists"):
                raise
        admin = await self.admin()
        accounts = (await admin.get("/v1/accounts", page_size=200))["accounts"]
        found = next(one for one in accounts if one["login"] == about.login)
        if found["state"] == "active":
            return None
        return str((await admin.post(f"/v1/accounts/{found['id']}/reset"))["token"])

    async def _signed_in(self, about: Login, caller: Person) -> Person:
        session = await caller.sign_in(about, self.logins)
        if not session["totp"]:
            await self.enrol(about, caller)
        return caller

    async def enrol(self, about: Login, caller: Person) -> None:
        """Set up one-time codes; the session becomes a strong one."""
        begun = await caller.post("/v1/session/totp")
        about.totp, about.step, about.recovery = begun["secret"], 0, []  # kept first: a crash must lock nobody out
        code = await self.logins.one_time(about)
        done = await caller.post("/v1/session/totp/confirm", {"enrolment": begun["enrolment"], "code": code})
        caller.signed_in(done["session"])
        about.recovery = done["recovery_codes"]
        self.logins.save()
