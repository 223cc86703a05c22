"""How a member of the demo comes in: it applies, hands in papers, signs, tests; two operators look and approve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from xinshu.cli.client_keys import KeyKind, make_pair
from xinshu.cli.demonstration.calls import Person, System
from xinshu.cli.demonstration.crew import Crew
from xinshu.core.clock import Clock
from xinshu.core.errors import ConflictError
from xinshu.members.model import STATE_NAMES, MemberState, member_id

S = MemberState
PAPERS = {"application_letter": "入驻申请书", "licence": "证照", "security_check": "安全检查报告"}


class NotOnlineError(ConflictError):
    """A member of the demo was suspended or has left since."""

    code = "demo_member_not_online"


@dataclass(frozen=True)
class Applicant:
    """An invented organisation. `role`: of its systems. `test`: what its system tries in the sandbox."""

    login: str
    administrator: str
    application: dict[str, Any]
    role: str
    test: Callable[[System, Applicant], Awaitable[None]]

    @property
    def id(self) -> str:
        """Its member id."""
        return member_id(self.application["code"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.application["name"])


class Admission:
    """Brings applicants online, from whatever step an earlier run left them at. `keys`: a folder for private keys."""

    def __init__(self, crew: Crew, clock: Clock, keys: Path) -> None:
        self._crew = crew
        self._clock = clock
        self._keys = keys

    async def admit(self, who: Applicant, state: MemberState | None) -> None:
        """`state`: None where it has not applied. Raises NotOnlineError, RefusedError."""
        if state is S.ONLINE:
            return
        if state in (S.SUSPENDED, S.OFFBOARDED, S.REFUSED):
            raise NotOnlineError(
                f"演示成员“{who.name}”的状态为“{STATE_NAMES[state]}”", hint="恢复该成员,或换一个空的数据目录再演示"
            )
        office = await self.administrator(who)
        preparations = {
            S.MATERIAL_CHECK: self._hand_in,
            S.AGREEMENT_SIGNED: self._sign,
            S.SANDBOX_TEST: self._try,
            S.SECURITY_CHECK: self._review,
        }
        first, second = await self._crew.first(), await self._crew.second()
        approvers = {S.MATERIAL_CHECK: first, S.QUALIFICATION_REVIEW: second, S.ONLINE: second}
        while state is not S.ONLINE:
            outlook = await office.get(f"/v1/members/{who.id}/checklist")
            following = S(outlook["target"])
            if following in preparations:
                await preparations[following](who, office)
            step = {"to": following, "note": "演示"}
            answer = await approvers.get(following, first).post(f"/v1/members/{who.id}/steps", step)
            state = S(answer["state"])

    async def administrator(self, who: Applicant) -> Person:
        """The member's administrator, signed in."""
        caller = self._crew.caller()
        person = {"login": who.login, "name": who.administrator}

        async def apply() -> str:
            application = who.application | {"administrator": person}
            return str((await caller.post("/v1/applications", application))["invitation"])

        about = self._crew.logins.get(who.login, who.administrator, f"{who.name}成员管理员")
        return await self._crew.person(about, apply, caller)

    async def system(self, who: Applicant, name: str, *, sandbox: bool) -> System:
        """A system of the member with a key pair of its own; registered where it does not exist yet."""
        office = await self.administrator(who)
        found = (await office.get("/v1/clients", member=who.id, state="active"))["clients"]
        client = next((one for one in found if one["name"] == name), None)
        if client is None:
            body = {"member": who.id, "name": name, "roles": [who.role], "sandbox": sandbox}
            client = await office.post("/v1/clients", body)
        self._keys.mkdir(mode=0o700, exist_ok=True)
        file = f"{who.login}-{'sandbox' if sandbox else 'production'}"
        private, public = self._keys / f"{file}.private.pem", self._keys / f"{file}.public.json"
        if not public.exists():
            private.unlink(missing_ok=True)  # half a pair, of a run that was interrupted
            make_pair(self._keys, file, KeyKind.P256)
        jwk = orjson.loads(public.read_bytes())
        known = (await office.get(f"/v1/clients/{client['id']}"))["keys"]
        if jwk["kid"] not in [key["kid"] for key in known]:
            await office.post(f"/v1/clients/{client['id']}/keys", {"jwk": jwk})
        return System(self._crew.app, self._crew.settings.origin, self._crew.address(), client["id"], private)

    # -- what a step asks --------------------------------------------------------------------------------------------

    async def _hand_in(self, who: Applicant, office: Person) -> None:
        have = {one["kind"] for one in await office.get(f"/v1/members/{who.id}/documents")}
        today = self._clock.today().isoformat()
        for kind, name in (
            ("application_letter", "入驻申请书"),
            ("licence", "证照"),
            ("security_check", "安全检查报告"),
        ):
            if kind not in have:
                about = {"kind": kind, "name": f"{name}.pdf", "dated": today}
                await office.ask("POST", f"/v1/members/{who.id}/documents", params=about, content=_pdf(kind))

    async def _sign(self, who: Applicant, office: Person) -> None:
        second = await self._crew.second()
        for one in await office.get(f"/v1/members/{who.id}/agreements"):
            place = f"/v1/members/{who.id}/agreements/{one['agreement']}/{one['version']}"
            if one["acceptance"] is None:
                await office.post(f"{place}/acceptance", {"text_sha256": one["text_sha256"]})
            if one["acceptance"] is None or one["acceptance"]["countersigned_at"] is None:
                await second.post(f"{place}/countersignature")

    async def _try(self, who: Applicant, office: Person) -> None:
        await who.test(await self.system(who, "沙箱测试", sandbox=True), who)

    async def _review(self, who: Applicant, office: Person) -> None:
        second = await self._crew.second()
        for one in await second.get(f"/v1/members/{who.id}/documents"):
            if one["kind"] == "security_check" and one["outcome"] is None:
                await second.post(f"/v1/members/{who.id}/documents/{one['id']}/outcome", {"outcome": "passed"})


def _pdf(title: str) -> bytes:
    """A page that says that it is no real document (PDF 1.4)."""
    text = f"BT /F1 18 Tf 72 760 Td (xinshu demo, invented: {title}) Tj ET".encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + head + tail
