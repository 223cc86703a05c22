"""A node that listens, people of it, and a browser that looks at its pages."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pyotp
import uvicorn
from collect_kit import Node, firm
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.identifiers import make_uscc
from xinshu.core.settings import Settings
from xinshu.node.app import build_app, build_node
from xinshu.node.services import Services, open_services

MOMENT = datetime(2026, 6, 1, 2, tzinfo=UTC)  # ten o'clock in China
PASSWORD = "correct horse battery"
ARTIFACTS = Path(__file__).resolve().parents[2] / "web/artifacts"
AXE = ARTIFACTS.parent / "node_modules/axe-core/axe.min.js"


async def openapi(settings: Settings) -> dict[str, Any]:
    """The paths of the node's API."""
    async with open_services(settings, FixedClock(MOMENT)) as services:
        paths: dict[str, Any] = build_app(services).openapi()["paths"]
        return paths


@dataclass
class Visitor:
    """A person at the API, as a browser would be: with cookies and the session's token."""

    node: Listening
    login: str
    http: httpx.AsyncClient
    secret: str = ""

    async def call(self, method: str, path: str, **about: Any) -> Any:
        """The answer's JSON; a refusal fails the test."""
        answer = await self.http.request(method, path, **about)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def sign_in(self, password: str = PASSWORD) -> Visitor:
        """With password and, once set up, a one-time code; sets one up when there is none."""
        answer = await self.call("POST", "/v1/session", json={"login": self.login, "password": password})
        if "challenge" in answer:
            self.node.clock.advance(timedelta(seconds=30))  # a code serves once
            code = {"challenge": answer["challenge"], "code": self.code()}
            answer = await self.call("POST", "/v1/session/second-factor", json=code)
        self.http.headers["X-CSRF-Token"] = answer["csrf"]
        if not answer["totp"]:
            begun = await self.call("POST", "/v1/session/totp")
            self.secret = begun["secret"]
            confirmed = {"enrolment": begun["enrolment"], "code": self.code()}
            answer = (await self.call("POST", "/v1/session/totp/confirm", json=confirmed))["session"]
            self.http.headers["X-CSRF-Token"] = answer["csrf"]
        return self

    def code(self) -> str:
        """The one-time code of this moment."""
        return pyotp.TOTP(self.secret).at(self.node.clock.now())

    async def invites(self, login: str, name: str, member: str, *roles: str) -> Visitor:
        """A colleague, who accepts at once and signs in strongly."""
        body = {"login": login, "name": name, "member": member, "roles": list(roles)}
        invited = await self.call("POST", "/v1/accounts", json=body)
        return await self.node.accepts(invited["token"], login)


@dataclass
class Listening:
    """A node in a thread of its own; its clock stands still until a test moves it."""

    url: str
    clock: FixedClock
    services: Services
    people: dict[str, Visitor] = field(default_factory=dict)
    bank_id: str = ""
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    def visitor(self, login: str = "") -> Visitor:
        """Somebody at the API."""
        http = httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url}, timeout=30)
        self._clients.append(http)
        return Visitor(self, login, http)

    async def close(self) -> None:
        """Nobody calls any more."""
        for client in self._clients:
            await client.aclose()

    async def accepts(self, token: str, login: str) -> Visitor:
        """Whoever was invited chooses a password and signs in strongly."""
        person = self.visitor(login)
        await person.call("POST", "/v1/invitations/accept", json={"token": token, "password": PASSWORD})
        self.people[login] = await person.sign_in()
        return person

    async def found(self) -> Visitor:
        """The first operator, with colleagues: two onboarding officers, one for security, one auditor."""
        token = self.services.settings.home.joinpath("admin-token").read_text().strip()
        first = self.visitor("chief.admin")
        operator = {
            "token": token, "login": "chief.admin", "name": "韩梅", "password": PASSWORD,
            "member_code": make_uscc("1", "2", "320000", 7), "member_name": "示范省信用平台运营中心",
        }  # fmt: skip
        member = (await first.call("POST", "/v1/bootstrap", json=operator))["member"]
        self.people["chief.admin"] = await first.sign_in()
        await first.invites("desk.one", "初审员", member, "operator-onboarding")
        await first.invites("desk.two", "复审员", member, "operator-onboarding")
        await first.invites("guard", "安全员", member, "operator-security", "operator-audit")
        return first

    async def bank(self, serial: int = 1, name: str = "示范银行股份有限公司") -> tuple[str, Visitor]:
        """A bank that has applied, and its administrator."""
        login = f"bank{serial}.admin"
        application = {
            "code": make_uscc("9", "1", "320100", 9000 + serial), "name": name, "kind": "bank", "regions": ["32"],
            "licence": {"kind": "金融许可证", "number": f"B{serial:04}H232010001"},
            "contacts": [{"name": "王芳", "duty": "信贷管理部主任", "phone": "025-55550101"}],
            "administrator": {"login": login, "name": "陈晨"},
        }  # fmt: skip
        applied = await self.visitor().call("POST", "/v1/applications", json=application)
        return applied["member"]["id"], await self.accepts(applied["invitation"], login)

    async def publish_firm(self, serial: int, **values: Any) -> str:
        """A firm in the register; its code."""
        row = firm(serial, **values)
        await Node(self.services, self.clock).publish([row])
        code: str = row["uscc"]
        return code


@asynccontextmanager
async def listening(home: Path, database_url: str) -> AsyncIterator[Listening]:
    """A node with an empty database, until the end of the block."""
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    url = f"http://localhost:{free.getsockname()[1]}"  # passkeys are bound to a host name: an address will not do
    settings = Settings(
        home=home, database_url=SecretStr(database_url), workers=0, public_url=url, rate_sign_in="1000/minute",
        rate_address="10000/minute",
    )  # fmt: skip
    clock = FixedClock(MOMENT)
    async with open_services(settings, clock) as services:
        server = uvicorn.Server(
            uvicorn.Config(build_node(services), log_level="error", ws="none", lifespan="on", access_log=False)
        )
        serving = asyncio.create_task(server.serve(sockets=[free]))
        while not server.started:
            assert not serving.done(), "the node did not start"
            await asyncio.sleep(0.05)
        running = Listening(url, clock, services)
        yield running
        await running.close()
        server.should_exit = True
        await serving


@dataclass
class Eye:
    """A browser at the node's pages, and what it complained about."""

    node: Listening
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def open(
        cls, browser: Browser, node: Listening, width: int = 1440, *, scheme: Literal["light", "dark"] = "light",
        as_: str = "",
    ) -> Eye:  # fmt: skip
        """A window; `as_`: the login of somebody who is signed in."""
        context = await browser.new_context(
            viewport={"width": width, "height": 900 if width > 800 else 844}, locale="zh-CN", color_scheme=scheme,
            reduced_motion="reduce", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        if as_ != "":
            for cookie in node.people[as_].http.cookies.jar:
                value = cookie.value or ""
                await context.add_cookies([{"name": cookie.name, "value": value, "url": node.url, "httpOnly": True}])
        page = await context.new_page()
        await page.clock.set_fixed_time(node.clock.now())
        eye = cls(node, context, page)
        page.on("console", eye._heard)
        page.on("pageerror", lambda error: eye.complaints.append(f"error: {error}"))
        return eye

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser itself reports every refused request; what the page makes of it is what counts.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    async def go(self, path: str) -> Page:
        """Open a page and wait until all of it is there."""
        await self.page.goto(self.node.url + path)
        await self.settle()
        return self.page

    async def settle(self) -> None:
        """Until nothing is being loaded."""
        await self.page.wait_for_load_state("networkidle")
        await expect(self.page.locator("h1")).to_have_count(1)
        await expect(self.page.locator(".ant-skeleton")).to_have_count(0)

    async def keep(self, name: str) -> None:
        """A picture of the whole page for the run's artifacts."""
        ARTIFACTS.mkdir(exist_ok=True)
        await self.page.evaluate("window.scrollTo(0, 0)")
        await self.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    async def faults(self) -> list[str]:
        """What axe calls serious or critical."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']} ({one['impact']}): {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"][:3]
        ]

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    async def close(self) -> None:
        """Close the window; fails when the page complained."""
        await self.context.close()
        assert not self.complaints, self.complaints
