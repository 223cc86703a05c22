"""A firm's owner signs up with a passkey in a real browser, lets somebody act for the firm, and ends it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from collect_kit import code_of, firm
from journey_kit import by, listening
from persons import Refused
from playwright.async_api import Page, async_playwright

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGE = (Path(__file__).parent.parent / "members" / "passkey_page.html").read_text(encoding="utf-8")
OWN, OTHER = code_of(1), code_of(2)
APPLICATION = {
    "code": OWN, "name": "李雷", "citizen_no": "11010519491231002X", "telephone": "13800000000", "login": "li.lei",
}  # fmt: skip
ENDS = date(2026, 6, 3)


class Owner:
    """The legal representative's browser, whose computer holds a passkey."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def run(self, script: str, value: Any = None) -> dict[str, Any]:
        """What a call of the page is answered; `status` 0 and a `code` where the browser itself refuses."""
        found: dict[str, Any] = await self._page.evaluate(script, value)
        return found

    async def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One request from the node's own page."""
        return await self.run("([method, path, body]) => ask(method, path, body ?? undefined)", [method, path, body])


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[Owner]:
    """Chromium with a virtual authenticator, on a page of the node."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await chromium.new_page()
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        await page.goto(f"{url}/healthz")
        functions = re.search(r"<script[^>]*>(.*)</script>", PAGE, re.DOTALL)
        assert functions is not None
        await page.evaluate(f"(() => {{{functions[1]}}})()")
        yield Owner(page)
        await chromium.close()


def refusal(attempt: Any) -> tuple[int, str, str | None]:
    """Status, code and reason."""
    with pytest.raises(Refused) as caught:
        attempt()
    return caught.value.status, caught.value.code, caught.value.details.get("reason")


@pytest.mark.skipif(not CHROMIUM.is_file(), reason=f"no Chromium at {CHROMIUM}")
async def test_an_owner_and_a_delegate(settings: Settings, clock: FixedClock) -> None:
    async with listening(settings, clock) as node, browser(node.url) as owner:
        await node.publish(firm(1, legal_person="李雷"), firm(2))
        officer = (await by(lambda: node.operators("operator-onboarding")))[1]

        # signs up: a passkey and no password; until somebody has looked at it, one's own account only
        assert (await owner.ask("POST", "/v1/firm-accounts", APPLICATION))["roles"] == ["firm-applicant"]
        made = await owner.run("() => register('办公电脑')")
        assert (made["status"], made["session"]["strength"]) == (201, "passkey")
        assert (await owner.ask("GET", f"/v1/subjects/{OWN}"))["details"]["reason"] == "role_lacks_right"

        # approved by an operator, who sees what the register says
        (waiting,) = (await by(lambda: officer.get("/v1/firm-accounts", state="pending")))["accounts"]
        facts = (await by(lambda: officer.get(f"/v1/firm-accounts/{waiting['id']}")))["facts"]
        assert (facts["firm_registered"], facts["name_matches"], facts["approvable"]) == (True, True, True)
        decision = {"approve": True, "note": "核对了营业执照和身份证原件"}
        await by(lambda: officer.post(f"/v1/firm-accounts/{waiting['id']}/decision", decision))
        assert (await owner.ask("GET", "/v1/session"))["code"] == "session_invalid"
        back = await owner.run("() => signIn()")  # the browser still sends the cookie of the session that has ended
        assert (back["status"], back["roles"]) == (200, ["firm-legal-representative"])
        assert (await owner.ask("GET", f"/v1/subjects/{OWN}"))["legal_person"] == "李雷"
        assert (await owner.ask("GET", f"/v1/subjects/{OTHER}"))["details"]["reason"] == "not_own_subject"

        # lets somebody act for the firm until a day
        wanted = {"login": "han.meimei", "name": "韩梅梅", "telephone": "13900000000", "scope": ["firm-delegate"]}
        days = {"valid_from": clock.today().isoformat(), "valid_to": ENDS.isoformat()}
        granted = await owner.ask("POST", "/v1/delegations", wanted | days)
        assert granted["status"] == 201, granted
        delegate = node.person("han.meimei")
        await by(lambda: delegate.accept(granted["token"]))
        assert (await by(delegate.sign_in))["roles"] == ["firm-delegate"]
        assert (await by(lambda: delegate.get(f"/v1/subjects/{OWN}")))["code"] == OWN
        other = await by(lambda: refusal(lambda: delegate.get(f"/v1/subjects/{OTHER}")))
        assert other == (403, "forbidden", "not_own_subject")
        further = wanted | days | {"login": "some.one"}
        refused = await by(lambda: refusal(lambda: delegate.post("/v1/delegations", further)))
        assert refused == (403, "forbidden", "role_lacks_right")

        # the last day is included; with midnight the open session is refused, and signing in too
        clock.advance(timedelta(days=2, hours=13, minutes=50))
        assert clock.today() == ENDS
        await by(delegate.sign_in)
        assert (await by(lambda: delegate.get(f"/v1/subjects/{OWN}/information", items="1")))["subject"]["code"] == OWN
        clock.advance(timedelta(minutes=15))
        over = (401, "account_unusable", "delegation_over")
        assert await by(lambda: refusal(lambda: delegate.get(f"/v1/subjects/{OWN}"))) == over
        assert await by(lambda: refusal(delegate.sign_in)) == over

        # granted anew, and ended by the representative: refused at once
        assert (await owner.run("() => signIn('li.lei')"))["status"] == 200
        days = {"valid_from": clock.today().isoformat(), "valid_to": "2026-12-31"}
        again = {"account": granted["account"], "scope": ["firm-delegate"], **days}
        renewed = await owner.ask("POST", "/v1/delegations", again)
        assert (renewed["status"], renewed["token"]) == (201, None)
        await by(delegate.sign_in)
        assert (await by(lambda: delegate.get(f"/v1/subjects/{OWN}")))["code"] == OWN
        assert (await owner.ask("POST", f"/v1/delegations/{renewed['id']}/end"))["status"] == 200
        assert await by(lambda: refusal(lambda: delegate.get(f"/v1/subjects/{OWN}"))) == over

        async with node.services.db.acquire() as conn:
            rows = await conn.fetch("select code, details::text from access_event where kind in ('rights', 'refused')")
        codes = [row["code"] for row in rows]
        for code in ("firm_account_applied", "firm_account_approved", "delegation_granted", "delegation_ended"):
            assert code in codes
        assert codes.count("account_unusable") >= 2
        assert not any(APPLICATION["citizen_no"] in row["details"] or "1380000" in row["details"] for row in rows)
