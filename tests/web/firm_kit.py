"""A firm of which much is known, its owner, and a bank that asks."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page
from web_kit import PASSWORD, Eye, Listening, Visitor

sys.path.insert(0, str(Path(__file__).parents[1] / "members"))

from soft_authenticator import SoftAuthenticator, unb64

from xinshu.collect.model import BatchState, Submission
from xinshu.members.freshness import announce
from xinshu.synth import World

CITIZEN_NO = "11010519491231002X"  # the example of GB 11643
# Enough to see every kind of thing; the other items stay empty, which is to be seen too.
ITEMS = ["1", "2", "3", "4", "5", "7", "8", "15", "17", "18", "19", "25", "30"]
SUBJECTS = 10
OWNER, OFFICER = "li.mingyuan", "wang.xindai"


@dataclass
class FirmWorld:
    """Who is there. `code`: of the firm about which most is known; `representative`: its legal representative."""

    node: Listening
    code: str
    representative: str
    officer: Visitor
    keys: list[SoftAuthenticator] = field(default_factory=list)  # the owner's, as soon as there is an owner

    async def requested(self, **terms: Any) -> str:
        """The id of a request of the bank in the firm's inbox."""
        body = {"subject": self.code, "purpose": "pre_loan", "items": {"17": None, "18": None, "19": None}} | terms
        return str((await self.officer.call("POST", "/v1/consents", json=body))["id"])

    async def authorised(self, **terms: Any) -> str:
        """The id of an authorisation that the owner signed with a passkey."""
        consent, owner = await self.requested(**terms), self.node.people[OWNER]
        prepared = await owner.call("POST", f"/v1/consents/{consent}/prepare")
        credential = self.keys[0].get(unb64(prepared["passkey"]["challenge"]))
        signature = {"method": "passkey", "digest": prepared["digest"], "credential": credential}
        await owner.call("POST", f"/v1/consents/{consent}/sign", json=signature)
        return consent

    async def asked(self, *items: str, purpose: str = "pre_loan") -> dict[str, Any]:
        """The bank asks about the firm."""
        question = {"subject": self.code, "purpose": purpose, "items": list(items), "reference": "贷款申请 2026-0001"}
        answer: dict[str, Any] = await self.officer.call("POST", "/v1/inquiries", json=question)
        return answer

    async def owner(self) -> Visitor:
        """The legal representative, verified and signed in with password and code; holds a passkey."""
        visitor = self.node.visitor(OWNER)
        await visitor.call("POST", "/v1/firm-accounts", json=self.application(OWNER) | {"password": PASSWORD})
        await self.approved()
        self.node.people[OWNER] = await visitor.sign_in()
        key = SoftAuthenticator(origin=self.node.url)
        options = await visitor.call("POST", "/v1/passkeys/options")
        credential = key.create(unb64(options["challenge"]))
        await visitor.call("POST", "/v1/passkeys", json={"name": "办公电脑", "credential": credential})
        self.keys.append(key)
        return visitor

    def application(self, login: str) -> dict[str, str]:
        """What the legal representative fills in."""
        return {
            "code": self.code, "name": self.representative, "citizen_no": CITIZEN_NO, "telephone": "13800000000",
            "login": login,
        }  # fmt: skip

    async def approved(self) -> None:
        """An officer of the platform approves whoever waits."""
        desk = self.node.people["desk.one"]
        for one in (await desk.call("GET", "/v1/firm-accounts", params={"state": "pending"}))["accounts"]:
            decision = {"approve": True, "note": "营业执照副本与身份证原件"}
            await desk.call("POST", f"/v1/firm-accounts/{one['id']}/decision", json=decision)


async def firm_world(node: Listening, folder: Path) -> FirmWorld:
    """Information on a few firms of the invented province, and a bank that is online with a credit officer."""
    await collected(node, folder)
    async with node.services.db.acquire() as conn:
        code = await conn.fetchval(
            "select s.code from subject s join holding h on h.subject_id = s.id where s.code like '9132%' "
            "group by s.code order by bool_or(h.item = '19') desc, count(*) desc, sum(h.rows) desc limit 1"
        )
    registered = await node.services.subjects.representative(code)
    assert registered is not None
    return FirmWorld(node, code, registered[0], await officer_of(node))


async def collected(node: Listening, folder: Path) -> None:
    """Write and publish the files of the invented province."""
    world = World(3, SUBJECTS, node.clock.today(), definitions=node.services.settings.definitions)
    written = await asyncio.to_thread(world.write, folder, ITEMS, 0.0, "csv", beside=False)
    for entry in written["files"]:
        submission = Submission(entry["provider"], entry["item"], entry["mode"])
        with (folder / entry["file"]).open("rb") as source:
            batch, _ = await node.services.collect.receive(source, entry["file"], submission)
        batch = await node.services.collect.process(batch.id)
        if batch.state is BatchState.HELD:
            await node.services.collect.decide(batch.id, True, "tester")
            batch = await node.services.collect.process(batch.id)
        assert batch.state is BatchState.PUBLISHED, (entry["item"], batch.state, batch.reasons)


async def officer_of(node: Listening, serial: int = 21, login: str = OFFICER) -> Visitor:
    """A credit officer of a bank that is online."""
    member, admin = await node.bank(serial, "示范银行股份有限公司城南支行")
    async with node.services.db.transaction() as conn:
        await conn.execute("update member set state = 'online' where id = $1", member)
        await announce(conn, f"member:{member}")
    await asyncio.sleep(0.2)  # who a session belongs to is looked at anew
    return await admin.invites(login, "王信贷", member, "credit-officer")


async def with_authenticator(eye: Eye) -> None:
    """A device that confirms passkeys at once."""
    devtools = await eye.context.new_cdp_session(eye.page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def clicks_counted(page: Page) -> None:
    """From now on the page counts the clicks on it, whichever view it shows."""
    await page.evaluate(
        """() => {
          if (window.clicks === undefined)
            document.addEventListener("click", (event) => { if (event.isTrusted) window.clicks++ }, true);
          window.clicks = 0;
        }"""
    )


async def clicks(page: Page) -> int:
    """How many clicks there were."""
    return int(await page.evaluate("window.clicks"))
