"""The firm's evaluation and reports: what it is evaluated by, how it objects, what it obtains and who else did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
from firm_kit import OWNER, FirmWorld
from playwright.async_api import Browser, expect
from reports_kit import bank_report, rated_world
from web_kit import Eye, Listening

PAGES = {
    "evaluation": "/my-evaluation?dimension=performance",
    "evaluation-improve": "/my-evaluation/improve",
    "evaluation-course": "/my-evaluation/course",
    "evaluation-model": "/my-evaluation/model",
    "evaluation-objections": "/my-evaluation/objections",
    "evaluation-modules": "/my-evaluation/modules",
    "reports": "/my-reports",
}


@pytest.fixture(scope="module")
async def world(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FirmWorld]:
    made = await rated_world(node, tmp_path_factory.mktemp("province"))
    await bank_report(made)
    yield made


async def test_a_firm_reads_why_and_objects(browser: Browser, node: Listening, world: FirmWorld) -> None:
    eye = await Eye.open(browser, node, as_=OWNER)
    page = await eye.go("/my-evaluation")
    reasons = page.get_by_role("region", name="扣分")
    await reasons.get_by_role("button", name="背后的记录").first.click()
    await expect(page.get_by_text("在信用档案里看").first).to_be_visible()
    await eye.settle()
    await eye.keep("firm-evaluation-why-1440-light")
    assert await eye.faults() == []
    await reasons.get_by_role("link", name="对这一条提出异议").first.click()
    await page.get_by_role("textbox", name="理由").fill("太短")
    await page.get_by_role("button", name="提交异议").click()
    await expect(page.get_by_text("写明理由，至少 10 个字")).to_be_visible()
    await page.get_by_role("textbox", name="理由").fill("社保已经在五月底足额补缴，有完税证明可以查验。")
    await page.get_by_role("button", name="提交异议").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    await page.get_by_role("button", name="提交异议").wait_for()
    await page.get_by_role("button", name="办理经过").click()
    await expect(page.get_by_text("开始复核")).to_have_count(0)
    await expect(page.get_by_role("button", name="撤回异议")).to_be_visible()
    assert "objection=" in page.url
    await eye.settle()
    await eye.keep("firm-evaluation-objected-1440-light")
    await page.get_by_role("link", name="评价结果").click()
    await expect(page.get_by_text("异议处理中")).to_be_visible()
    await eye.close()


async def test_a_firm_issues_its_report(browser: Browser, node: Listening, world: FirmWorld) -> None:
    eye = await Eye.open(browser, node, as_=OWNER)
    page = await eye.go("/my-reports")
    await expect(page.get_by_role("cell", name="示范银行股份有限公司城南支行")).to_be_visible()
    await page.get_by_role("button", name="出具报告").click()
    await expect(page.get_by_role("heading", name="数量汇总")).to_be_visible()
    await eye.settle()
    number = page.url.rsplit("/", 1)[1]
    await eye.keep("firm-report-1440-light")
    assert await eye.faults() == []
    async with page.expect_download() as sheet:
        await page.get_by_role("button", name="数据（JSON）").click()
    assert number in (await (await sheet.value).path()).read_text()
    mine = await node.people[OWNER].call("GET", "/v1/reports")
    assert mine[0]["number"] == number and mine[0]["check_code"] is not None
    await eye.close()


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_the_pages(
    browser: Browser, node: Listening, world: FirmWorld, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=OWNER)
    assert await looked_at_all(eye, await pages(node, world), f"{width}-{scheme}") == {}
    await eye.close()


@pytest.mark.full
async def test_the_pages_in_english(browser: Browser, node: Listening, world: FirmWorld) -> None:
    eye = await Eye.open(browser, node, as_=OWNER)
    page = await eye.go("/home")
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await looked_at_all(eye, await pages(node, world), "english") == {}
    await eye.close()


async def pages(node: Listening, world: FirmWorld) -> dict[str, str]:
    """All of them, a report of the firm's own among them."""
    issued = await node.people[OWNER].call("POST", "/v1/reports", json={"subject": world.code})
    return PAGES | {"report": f"/my-reports/{issued['number']}"}


async def looked_at_all(eye: Eye, places: dict[str, str], name: str) -> dict[str, list[str]]:
    """Pictures of all pages, and what is wrong with them."""
    found = {}
    for place, path in places.items():
        await eye.go(path)
        await eye.keep(f"firm-{place}-{name}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append("wider than the window")
        if faults:
            found[place] = faults
    return found
