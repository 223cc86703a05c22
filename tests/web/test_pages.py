"""Every page, wide and light, narrow and dark: nothing complains, nothing is serious to axe, nothing is cut off.

A picture of each is left in `web/artifacts`.
"""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Browser
from web_kit import Eye, Listening

PAGES = {
    "": {
        "front": "/",
        "sign-in-firm": "/sign-in?as=firm",
        "sign-in-operations": "/sign-in?as=operations",
        "sign-up": "/sign-up",
        "apply": "/apply",
        "invitation": "/invitation#token",
        "not-found": "/nothing/here",
    },
    "desk.one": {
        "desk-home": "/home",
        "desk-list": "/onboarding",
        "desk-apply": "/onboarding/apply",
        "desk-case": "/onboarding/{bank}",
        "desk-case-particulars": "/onboarding/{bank}/particulars",
        "desk-case-documents": "/onboarding/{bank}/documents",
        "desk-case-agreements": "/onboarding/{bank}/agreements",
        "desk-case-history": "/onboarding/{bank}/history",
        "desk-firm-users": "/firm-accounts",
    },
    "chief.admin": {"accounts": "/accounts", "systems": "/systems"},
    "guard": {
        "permissions": "/permissions",
        "permissions-all": "/permissions?role=all",
        "security-log": "/security-log",
    },
    "bank1.admin": {
        "member-home": "/home",
        "member": "/member",
        "member-particulars": "/member/particulars",
        "member-documents": "/member/documents",
        "member-agreements": "/member/agreements",
        "member-accounts": "/member/accounts",
        "member-systems": "/member/systems",
        "member-history": "/member/history",
        "member-not-for-me": "/onboarding",
        "me": "/me",
    },
}


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("login", PAGES)
async def test_pages(
    browser: Browser, node: Listening, login: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=login)
    found = {}
    for name, path in PAGES[login].items():
        page = await eye.go(path.format(bank=node.bank_id))
        await eye.keep(f"{name}-{width}-{scheme}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append("wider than the window")
        if await page.locator("h1").count() != 1:
            faults.append("not one heading of the first level")
        if faults:
            found[name] = faults
    assert found == {}
    await eye.close()


@pytest.mark.full
async def test_english(browser: Browser, node: Listening) -> None:
    """Chosen once, kept; the document says its language."""
    eye = await Eye.open(browser, node, as_="bank1.admin")
    page = await eye.go("/member")
    await page.get_by_role("button", name="Switch to English").click()
    await page.get_by_role("heading", name="Progress", exact=True).wait_for()
    assert await page.locator("html").get_attribute("lang") == "en"
    await eye.go("/me")
    await page.get_by_role("heading", name="My account").wait_for()
    await eye.keep("me-english-1440-light")
    await eye.close()


async def test_the_menu_of_a_narrow_screen(browser: Browser, node: Listening) -> None:
    """Opens, takes the keyboard, closes with Escape and when one goes elsewhere."""
    eye = await Eye.open(browser, node, 390, as_="bank1.admin")
    page = await eye.go("/home")
    menu = page.get_by_role("dialog", name="菜单")
    await page.get_by_role("button", name="打开菜单").click()
    await menu.wait_for()
    await eye.keep("menu-390-light")
    assert await eye.faults() == []
    await page.keyboard.press("Escape")
    await menu.wait_for(state="hidden")
    await page.get_by_role("button", name="打开菜单").click()
    await menu.get_by_role("link", name="本单位").click()
    await page.get_by_role("heading", name="示范银行股份有限公司").wait_for()
    await menu.wait_for(state="hidden")
    await page.keyboard.press("Tab")
    await eye.close()


async def test_first_view_of_a_signed_in_person_is_light(browser: Browser, node: Listening) -> None:
    """Under 300 kB of packed script (issue 5)."""
    eye = await Eye.open(browser, node, as_="bank1.admin")
    sizes: dict[str, int] = {}
    eye.page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", "0"))}))
    await eye.go("/home")
    scripts = {url: size for url, size in sizes.items() if url.endswith(".js")}
    assert sum(scripts.values()) < 300_000, scripts
    await eye.close()
