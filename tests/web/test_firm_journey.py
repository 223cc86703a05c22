"""The owner of a firm reads what a bank asks for, gives less, signs with a passkey, sees the bank look, keeps the
receipt, and withdraws; the clicks are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from firm_kit import FirmWorld, clicks, clicks_counted, firm_world, with_authenticator
from playwright.async_api import Browser, Page, expect
from web_kit import Eye, Listening

LOGIN = "owner.passkey"
BANK = "示范银行股份有限公司城南支行"


@pytest.fixture(scope="module")
async def world(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> FirmWorld:
    return await firm_world(node, tmp_path_factory.mktemp("province"))


@pytest.fixture
async def owner(browser: Browser, node: Listening, world: FirmWorld) -> Eye:
    """The legal representative in a browser whose device holds a passkey; verified, signed out."""
    eye = await Eye.open(browser, node)
    await with_authenticator(eye)
    page = await eye.go("/sign-up")
    for field, value in world.application(LOGIN).items():
        await page.locator(f"#{field}").fill(value)
    await page.get_by_role("button", name="注册").click()
    await page.get_by_role("button", name="登记通行密钥").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("等待核验")
    await world.approved()
    return eye


async def signed_in(eye: Eye) -> Page:
    """From the sign-in page, by one click."""
    page = await eye.go("/sign-in?as=firm")
    await clicks_counted(page)
    await page.get_by_role("button", name="用通行密钥登录").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    return page


async def codes(world: FirmWorld, *items: str) -> dict[str, str]:
    """Item → code of the decision that the bank is told."""
    return {one["item"]: one["decision"]["code"] for one in (await world.asked(*items))["items"]}


async def test_an_owner_reads_narrows_signs_sees_and_withdraws(
    node: Listening, world: FirmWorld, owner: Eye, tmp_path: Path
) -> None:
    # as it is asked for: three clicks from the sign-in page to an authorisation in force
    await world.requested(items={"25": None}, max_calls=5)
    page = await signed_in(owner)
    await page.get_by_role("link", name="查看并签署").click()
    await page.get_by_role("button", name="用通行密钥签署").click()
    await expect(page.get_by_text("已签署，立即生效")).to_be_visible()
    assert await clicks(page) == 3
    await expect(page.locator("header").get_by_text("有效", exact=True)).to_be_visible()
    assert await codes(world, "25") == {"25": "consented"}

    # less than is asked for: the final text is shown before it is signed
    wanted = await world.requested(
        items={"4": None, "17": None, "18": None}, personal=["4"], max_calls=20, data={"months": 24}
    )
    await page.get_by_role("link", name="工作台").click()
    await page.get_by_role("link", name="查看并签署").click()
    await expect(page.get_by_text("本人同意提供上述个人信息")).to_be_visible()
    await page.get_by_role("button", name="逐项选择").click()
    await page.get_by_role("checkbox", name="发票汇总").uncheck()
    await page.get_by_role("button", name="选择内容：申报与缴纳").click()
    await page.get_by_role("checkbox", name="销售收入").uncheck()
    await page.get_by_label("最多查询次数").fill("3")
    await page.get_by_label("最后一天").fill("2026-06-30")
    await owner.keep("firm-narrowing-1440-light")
    assert await owner.faults() == []
    await page.get_by_role("button", name="查看最终文本").click()
    final = page.locator("section", has=page.get_by_role("heading", name="您将签署的内容"))
    await expect(final).to_contain_text("2026年6月30日")
    await expect(final).to_contain_text("最多查询3次")
    await expect(final).not_to_contain_text("发票汇总")
    await owner.keep("firm-final-text-1440-light")
    assert await owner.faults() == []
    await page.get_by_role("button", name="内容无误，用通行密钥签署").click()
    await expect(page.get_by_text("还没有用过")).to_be_visible()

    # the bank is given that and no more
    told = await world.asked("4", "17", "18")
    given = {one["item"]: one for one in told["items"]}
    assert given["17"]["decision"]["consent"] == wanted
    assert all("sales_revenue" not in one["data"] for one in given["17"]["records"])
    assert given["18"]["decision"]["code"] == "consent_other_item"

    # the owner sees it, and keeps the receipt
    await page.get_by_role("link", name="谁查过").click()
    line = page.locator("ol > li").first
    await expect(line).to_contain_text(BANK)
    await expect(line).to_contain_text("贷前调查")
    await expect(line).to_contain_text("申报与缴纳（增值税、所得税等）")
    async with page.expect_download() as waiting:
        await line.get_by_role("button", name="下载回执").click()
    await (await waiting.value).save_as(tmp_path / "receipt.json")
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert receipt["index"] == told["leaf"]
    assert (await node.visitor().call("POST", "/v1/ledger/verify", json=receipt))["index"] == told["leaf"]

    # and withdraws: as easily as it was signed, and the bank is refused
    await line.get_by_role("link", name="依据授权").click()
    await expect(page.get_by_text("1 / 3 次")).to_be_visible()
    await clicks_counted(page)
    await page.get_by_role("button", name="暂停").click()
    await expect(page.locator("header").get_by_text("已暂停", exact=True)).to_be_visible()
    assert await clicks(page) == 1
    assert await codes(world, "17") == {"17": "consent_paused"}
    await page.get_by_role("button", name="恢复").click()
    await expect(page.locator("header").get_by_text("有效", exact=True)).to_be_visible()
    await clicks_counted(page)
    await page.get_by_role("button", name="撤回", exact=True).click()
    await page.get_by_role("tooltip").get_by_role("button", name="撤回").click()
    await expect(page.locator("header").get_by_text("已撤回", exact=True)).to_be_visible()
    assert await codes(world, "17") == {"17": "consent_revoked"}

    # all that is left, at once
    await page.goto(f"{node.url}/authorisations?show=by-institution")
    await page.get_by_role("button", name="撤回全部授权").click()
    await page.get_by_role("tooltip").get_by_role("button", name="撤回全部授权").click()
    await expect(page.get_by_text("已撤回 1 件授权")).to_be_visible()
    assert await codes(world, "25") == {"25": "consent_revoked"}
    await owner.close()
