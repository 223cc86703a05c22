"""An institution's reports: what would be given, the report in all its parts, two days compared, and the portfolio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import pytest
from firm_kit import OFFICER, FirmWorld
from playwright.async_api import Browser, expect
from reports_kit import bank_report, rated_world
from web_kit import Eye, Listening


@dataclass
class Bank:
    """Its world, and the numbers of a full report and of one that compares two days."""

    world: FirmWorld
    full: str
    compared: str


@pytest.fixture(scope="module")
async def bank(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bank]:
    world = await rated_world(node, tmp_path_factory.mktemp("province"))
    compared = await bank_report(world, variant="post_loan_change", since="2024-06-01")
    yield Bank(world, await bank_report(world), compared)


def pages(bank: Bank) -> dict[str, str]:
    """Name of a page → its address."""
    code = bank.world.code
    return {
        "reports": "/reports",
        "report-new": "/reports/new",
        "report-new-found": "/reports/new?q=公司",
        "report-outlook": f"/reports/new?subject={code}",
        "report-outlook-compared": f"/reports/new?subject={code}&variant=post_loan_change&purpose=post_loan",
        "report": f"/reports/{bank.full}",
        "report-compared": f"/reports/{bank.compared}",
        "portfolio": "/portfolio?since=2026-05-15",
        "portfolio-none": "/portfolio?changed=worse&division=11",
    }


async def test_from_the_workbench_to_a_report_and_feedback(browser: Browser, node: Listening, bank: Bank) -> None:
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go(f"/workbench/{bank.world.code}")
    await page.get_by_role("link", name="出具信用报告").click()
    await expect(page.get_by_text("能取得", exact=False).first).to_be_visible()
    await page.get_by_role("button", name="出具报告").click()
    await expect(page.get_by_role("heading", name="数量汇总")).to_be_visible(timeout=15_000)
    await eye.settle()
    await page.get_by_role("button", name="对整份报告反馈").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="缺少").check()
    await dialog.get_by_role("button", name="提交反馈").click()
    await expect(dialog.get_by_text("写几句说明")).to_be_visible()
    await dialog.get_by_role("textbox").fill("没有近两年的财务报表")
    await dialog.get_by_role("button", name="提交反馈").click()
    await expect(page.get_by_text("反馈已提交")).to_be_visible()
    await expect(page.get_by_role("cell", name="没有近两年的财务报表")).to_be_visible()
    number = page.url.rsplit("/", 1)[1]
    (said,) = await bank.world.officer.call("GET", f"/v1/reports/{number}/feedback")
    assert (said["kind"], said["item"]) == ("missing", None)
    await page.get_by_role("button", name="与另一日期比较").click()
    await expect(page.get_by_text("比较的日期应早于报告日期")).to_be_visible()
    await page.locator("#since").fill("2024-06-01")
    await page.get_by_role("button", name="出具报告").click()
    await expect(page.get_by_role("heading", name="两个日期之间的变化")).to_be_visible(timeout=15_000)
    await eye.close()


async def test_a_portfolio_leads_to_reports(browser: Browser, node: Listening, bank: Bank) -> None:
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go("/portfolio?since=2026-05-15")
    await expect(page.get_by_role("heading", name="等级迁移")).to_be_visible()
    async with page.expect_download() as sheet:
        await page.get_by_role("button", name="导出").click()
    assert (await sheet.value).suggested_filename.endswith(".xlsx")
    await page.get_by_role("link", name="出具变动报告").first.click()
    await expect(page.locator("#since")).to_have_value("2026-05-15")
    await eye.close()


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_the_pages(
    browser: Browser, node: Listening, bank: Bank, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=OFFICER)
    assert await looked_at_all(eye, bank, f"{width}-{scheme}") == {}
    await eye.close()


@pytest.mark.full
async def test_the_pages_in_english(browser: Browser, node: Listening, bank: Bank) -> None:
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go("/home")
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await looked_at_all(eye, bank, "english") == {}
    await eye.close()


async def looked_at_all(eye: Eye, bank: Bank, name: str) -> dict[str, list[str]]:
    """Pictures of all pages, and what is wrong with them."""
    found = {}
    for place, path in pages(bank).items():
        await eye.go(path)
        await eye.keep(f"institution-{place}-{name}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append("wider than the window")
        if faults:
            found[place] = faults
    return found
