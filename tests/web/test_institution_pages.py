"""The institution's pages, wide and light, narrow and dark; the answer to an inquiry in all its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
from firm_kit import OFFICER, firm_world
from institution_kit import ADMIN, Bank, bank_at_work, pages
from playwright.async_api import Browser, expect
from web_kit import Eye, Listening

PARTS = ("timeline", "charts", "facts", "evidence")


@pytest.fixture(scope="module")
async def bank(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bank]:
    yield await bank_at_work(await firm_world(node, tmp_path_factory.mktemp("province")))


async def looked_at(eye: Eye, name: str) -> list[str]:
    """Keeps a picture; what is wrong with the page."""
    await eye.keep(name)
    faults = await eye.faults()
    if await eye.overflow() > 0:
        faults.append("wider than the window")
    return faults


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("login", [OFFICER, ADMIN])
async def test_pages(
    browser: Browser, node: Listening, bank: Bank, login: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=login)
    found = {}
    for name, path in pages(bank)[login].items():
        await eye.go(path)
        if faults := await looked_at(eye, f"{name}-{width}-{scheme}"):
            found[name] = faults
    assert found == {}
    await eye.close()


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_the_answer_and_its_parts(
    browser: Browser, node: Listening, bank: Bank, width: int, scheme: Literal["light", "dark"]
) -> None:
    """A reload shows the same inquiry again, without another use of the authorisation."""
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=OFFICER)
    page = await eye.go(f"/workbench/{bank.world.code}")
    await page.get_by_role("button", name="查询 ").click()
    await expect(page.get_by_role("heading", name="主要数字")).to_be_visible()
    await eye.settle()
    found = {}
    for part in ("overview", *PARTS):
        if part != "overview":
            word = {"timeline": "时间线", "charts": "走势", "facts": "明细", "evidence": "存证"}[part]
            await page.get_by_role("navigation", name="查询结果的各部分").get_by_role("link", name=word).click()
            await eye.settle()
        if part == "charts":
            await expect(page.locator("figure svg").first).to_be_visible(timeout=30_000)  # its script comes later
        if part == "facts":
            await page.locator("#item").click()
            await page.locator(".ant-select-item-option", has_text="申报与缴纳").click()
        if faults := await looked_at(eye, f"institution-answer-{part}-{width}-{scheme}"):
            found[part] = faults
    assert found == {}
    await page.get_by_role("navigation", name="查询结果的各部分").get_by_role("link", name="存证").click()
    leaves = len(await bank.world.officer.call("GET", "/v1/inquiries", params={"page_size": 200}))
    await page.reload()
    await eye.settle()
    await expect(page.get_by_text("同一次查询再次打开")).to_be_visible()
    assert len(await bank.world.officer.call("GET", "/v1/inquiries", params={"page_size": 200})) == leaves
    await eye.close()


@pytest.mark.full
async def test_english(browser: Browser, node: Listening, bank: Bank) -> None:
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go("/home")
    await page.get_by_role("button", name="Switch to English").click()
    await page.get_by_role("heading", name="To look after").wait_for()
    found = {}
    for name, path in pages(bank)[OFFICER].items():
        await eye.go(path)
        await eye.keep(f"english-{name}-1440-light")
        if await eye.overflow() > 0:
            found[name] = "wider than the window"
    assert found == {}
    await eye.close()
