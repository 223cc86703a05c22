"""A bank officer gets from sign-in to an authorised file, and the clicks are counted; a batch goes on over a reload; a
screening leads to a list; nothing is asked of a firm twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from firm_kit import OFFICER, OWNER, FirmWorld, clicks, clicks_counted, firm_world
from playwright.async_api import Browser, Page, expect
from soft_authenticator import unb64
from web_kit import PASSWORD, Eye, Listening

CLICKS = 6  # sign in, code, find, ask, send, inquire


@pytest.fixture(scope="module")
async def world(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> FirmWorld:
    made = await firm_world(node, tmp_path_factory.mktemp("province"))
    await made.owner()
    return made


async def signs(world: FirmWorld) -> None:
    """The owner signs what lies in the inbox, as it is."""
    owner = world.node.people[OWNER]
    (waiting,) = (await owner.call("GET", "/v1/consents", params={"state": "pending"}))["consents"]
    prepared = await owner.call("POST", f"/v1/consents/{waiting['id']}/prepare")
    credential = world.keys[0].get(unb64(prepared["passkey"]["challenge"]))
    body = {"method": "passkey", "digest": prepared["digest"], "credential": credential}
    await owner.call("POST", f"/v1/consents/{waiting['id']}/sign", json=body)


async def signs_in(eye: Eye, world: FirmWorld) -> Page:
    """By password and code, each with its button."""
    world.node.clock.advance(timedelta(seconds=60))  # a code serves once
    page = await eye.go("/sign-in?as=institution")
    await page.clock.set_fixed_time(world.node.clock.now())
    await clicks_counted(page)
    await page.locator("#login").fill(OFFICER)
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.locator("#code").fill(world.officer.code())
    await page.get_by_role("button", name="登录", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    return page


async def test_from_sign_in_to_an_authorised_file(browser: Browser, node: Listening, world: FirmWorld) -> None:
    eye = await Eye.open(browser, node)
    page = await signs_in(eye, world)
    await page.locator("#q").fill(world.code)
    await page.get_by_role("button", name="查找").click()
    await expect(page.get_by_text("须授权").first).to_be_visible()
    await eye.settle()
    await eye.keep("institution-journey-1-needed-1440-light")

    await page.get_by_role("button", name="申请授权（").click()
    await expect(page.get_by_role("heading", name="向企业申请授权")).to_be_visible()
    await eye.settle()
    await eye.keep("institution-journey-2-asking-1440-light")
    assert await eye.faults() == []
    await page.get_by_role("button", name="发送申请").click()
    await expect(page.get_by_text("待企业签署").first).to_be_visible()
    await eye.settle()
    await eye.keep("institution-journey-3-asked-1440-light")

    await signs(world)
    await expect(page.get_by_text("将凭企业授权取得")).to_be_visible(timeout=20_000)  # the page looks again by itself
    await eye.keep("institution-journey-4-authorised-1440-light")
    await page.get_by_role("button", name="查询 ").click()
    await expect(page.get_by_role("heading", name="主要数字")).to_be_visible()
    await expect(page.get_by_role("link", name="万元").first).to_be_visible()
    assert await clicks(page) == CLICKS
    await eye.settle()
    await eye.keep("institution-journey-5-file-1440-light")

    # back in the list of inquiries, with its evidence
    (line,) = await world.officer.call("GET", "/v1/inquiries", params={"page_size": 10})
    assert line["items"]["17"] == "consented" and len(line["consents"]) == 1
    await page.get_by_role("navigation", name="主导航").get_by_role("link", name="查询记录").click()
    await page.get_by_role("cell", name="取得 ").wait_for()
    await eye.close()


async def test_an_officer_takes_a_request_back(browser: Browser, node: Listening, world: FirmWorld) -> None:
    wanted = await world.requested(purpose="post_loan", items={"25": None})
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go("/tracking")
    await page.get_by_role("row", name="贷后").get_by_role("link").first.click()
    await page.get_by_role("button", name="撤销申请").click()
    await page.get_by_role("tooltip").get_by_role("button", name="撤销申请").click()
    await expect(page.locator("section").first.get_by_text("已撤销")).to_be_visible()
    told = await world.officer.call("GET", f"/v1/consents/{wanted}")
    assert told["state"] not in ("pending", "active")
    await eye.close()


async def test_a_batch_goes_on_over_a_reload(
    browser: Browser, node: Listening, world: FirmWorld, tmp_path: Path
) -> None:
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go("/batches-of-inquiries")
    await page.locator("#codes").fill(f"代码,名称\n{world.code},某某公司\n{world.code}\n91320100748204660Q\n")
    await expect(page.get_by_text("已认出 2 个代码")).to_be_visible()
    await expect(page.get_by_text("重复的 1 个只查一次")).to_be_visible()
    await page.get_by_role("button", name="查询 2 户").click()
    await expect(page.get_by_text("0 / 2 户")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("排队中")).to_be_visible()
    await node.services.distribution.work.process(UUID(page.url.rsplit("/", 1)[1]))
    await expect(page.get_by_text("2 / 2 户")).to_be_visible(timeout=10_000)  # the page looks again by itself
    await expect(page.get_by_role("row", name="没有找到代码为")).to_be_visible()
    async with page.expect_download() as raw:
        await page.get_by_role("link", name="下载原始结果").click()
    assert len((await (await raw.value).path()).read_text().splitlines()) == 2
    async with page.expect_download() as sheet:
        await page.get_by_role("button", name="导出").click()
    assert (await sheet.value).suggested_filename.endswith(".xlsx")
    await eye.close()


async def test_a_screening_leads_to_a_list_and_to_the_workbench(
    browser: Browser, node: Listening, world: FirmWorld
) -> None:
    eye = await Eye.open(browser, node, as_=OFFICER)
    page = await eye.go("/screening")
    await expect(page.get_by_role("button", name="筛查", exact=True)).to_be_disabled()
    await page.get_by_role("checkbox", name="失信被执行人").check()
    await page.get_by_role("button", name="筛查", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("户")
    await page.get_by_role("button", name="改条件再筛").click()
    await expect(page.get_by_role("checkbox", name="失信被执行人")).to_be_checked()
    await page.go_back()
    await page.get_by_role("table", name="名单").get_by_role("link").first.click()
    await expect(page.get_by_role("heading", name="查询什么")).to_be_visible()
    await eye.close()
