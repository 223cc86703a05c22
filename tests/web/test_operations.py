"""Operations and oversight: every page wide and narrow, light and dark, in both languages, and the work done there."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from typing import Literal

import pytest
from collect_kit import Node, firm
from operations_kit import AUDITOR, DATA, SCAN, Operations, operations, worked
from playwright.async_api import Browser, Page, expect
from web_kit import Eye, Listening

from xinshu.core.settings import packaged_definitions
from xinshu.jobs import Jobs

FIELD = """fields:
  - name: repair_state
    zh: 信用修复情况
    en: Repair
    type: code
    codes: {"0": 未修复, "1": 已修复}
    example: "0"
"""


@pytest.fixture(scope="module", autouse=True)
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The catalogue with a later version of item 8, so that there are differences to look at."""
    folder = tmp_path_factory.mktemp("definitions") / "definitions"
    shutil.copytree(packaged_definitions(), folder)
    earlier = folder / "catalogue/08-penalty.yml"
    text = earlier.read_text(encoding="utf-8")
    earlier.write_text(text.replace("{from: 2024-04-01}", "{from: 2024-04-01, to: 2026-03-31, overlap_days: 90}"))
    later = text.replace("{from: 2024-04-01}", "{from: 2026-04-01}").replace('"2024.1"', '"2026.1"')
    later = later.replace("lag_days: 9", "lag_days: 7").replace("max_length: 200", "max_length: 150", 1)
    (folder / "catalogue/08-penalty-2026.yml").write_text(later.replace("fields:\n", FIELD, 1), encoding="utf-8")
    os.environ["XINSHU_DEFINITIONS"] = str(folder)
    yield
    del os.environ["XINSHU_DEFINITIONS"]


@pytest.fixture(scope="module")
async def work(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Operations]:
    """A platform at work."""
    yield await operations(node, tmp_path_factory.mktemp("province"))


PAGES = {
    "": {"catalogue": "/catalogue", "catalogue-item": "/catalogue/8"},
    DATA: {
        "operations-home": "/home",
        "batches": "/batches",
        "batches-held": "/batches?state=held",
        "batch-held": "/batches/{held}",
        "batch-own": "/batches/{own_held}",
        "batch-published": "/batches/1",
        "jobs": "/jobs",
        "jobs-none": "/jobs?state=running",
        "health": "/health",
        "catalogue-by-provider": "/catalogue?by=provider",
        "catalogue-none": "/catalogue?text=没有这个",
        "catalogue-rules": "/catalogue/8/rules",
        "catalogue-versions": "/catalogue/8/versions",
        "catalogue-one-version": "/catalogue/1/versions",
    },
    AUDITOR: {
        "auditor-home": "/home",
        "ledger": "/ledger",
        "ledger-access": "/ledger?view=access",
        "ledger-acts": "/ledger?view=acts",
        "ledger-none": "/ledger?subject=91320100748204660Q",
        "ledger-checkpoints": "/ledger/checkpoints",
        "oversight-inquiries": "/oversight/inquiries",
        "oversight-consents": "/oversight/consents",
        "oversight-consent": "/oversight/consents/{paper}",
        "jobs-read-only": "/jobs",
    },
    "desk.one": {
        "papers": "/paper-authorisations",
        "papers-witness": "/paper-authorisations?kind=witness",
        "paper": "/paper-authorisations/{paper}",
        "paper-witness": "/paper-authorisations/{witnessed}",
        "papers-not-for-me": "/jobs",
    },
}


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("login", PAGES)
async def test_pages(
    browser: Browser, node: Listening, work: Operations, login: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=login)
    assert await look_at_all(eye, PAGES[login], work, f"{width}-{scheme}") == {}
    await eye.close()


@pytest.mark.full
async def test_pages_in_english(browser: Browser, node: Listening, work: Operations) -> None:
    for login, pages in PAGES.items():
        eye = await Eye.open(browser, node, as_=login)
        page = await eye.go("/catalogue")
        await page.get_by_role("button", name="Switch to English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        for path in pages.values():
            await eye.go(address(path, work))
            assert await eye.overflow() <= 0, path
        await eye.close()


def address(path: str, work: Operations) -> str:
    """With what there is in the place of names."""
    return path.format(held=work.held, own_held=work.own_held, paper=work.paper, witnessed=work.witnessed)


async def look_at_all(eye: Eye, pages: dict[str, str], work: Operations, name: str) -> dict[str, list[str]]:
    """Pictures of all pages, and what is wrong with them."""
    found = {}
    for place, path in pages.items():
        await eye.go(address(path, work))
        await eye.keep(f"{place}-{name}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append("wider than the window")
        if faults:
            found[place] = faults
    return found


async def test_a_held_batch_is_released_and_its_evidence_verified_in_the_browser(
    browser: Browser, node: Listening, work: Operations
) -> None:
    eye = await Eye.open(browser, node, as_=DATA)
    page = await eye.go("/home")
    await page.get_by_role("link", name="批次暂停待处置").click()
    await page.get_by_role("link", name=f"批次 {work.own_held}").click()
    await expect(page.get_by_text("这个批次由您报送，须由另一位数据运营员处置。")).to_be_visible()
    await expect(page.get_by_role("button", name="接受并发布")).to_have_count(0)

    await eye.go(f"/batches/{work.held}")
    await page.locator("#note").fill("已与提供单位核对")
    await page.get_by_role("button", name="接受并发布").click()
    await expect(page.locator("header").get_by_text("已发布")).to_be_visible()
    await eye.settle()
    await eye.keep("batch-released-1440-light")
    await eye.close()

    await node.services.ledger.checkpoint()
    auditor = await Eye.open(browser, node, as_=AUDITOR)
    page = await auditor.go("/ledger?kind=batch")
    number = await page.get_by_role("table", name="存证").get_by_role("link").first.inner_text()
    await page.get_by_role("link", name=number, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"存证 {int(number):,}")
    await expect(page.locator("pre")).to_contain_text(f'"batch": {work.held}')
    await page.get_by_role("button", name="验证这一条").click()
    await expect(page.get_by_text("验证通过")).to_be_visible()
    await expect(page.get_by_text("检查点由公钥")).to_be_visible()
    await auditor.settle()
    await auditor.keep("ledger-proof-1440-light")
    assert await auditor.faults() == []
    async with page.expect_download() as receipt:
        await page.get_by_role("button", name="下载回执").click()
    assert (await receipt.value).suggested_filename == f"receipt-{number}.json"
    await auditor.close()

    narrow = await Eye.open(browser, node, 390, scheme="dark", as_=AUDITOR)
    page = await narrow.go(f"/ledger/{number}")
    await page.get_by_role("button", name="验证这一条").click()
    await expect(page.get_by_text("验证通过")).to_be_visible()
    await narrow.settle()
    await narrow.keep("ledger-proof-390-dark")
    assert await narrow.faults() == []
    assert await narrow.overflow() <= 0
    await narrow.close()


async def test_altered_evidence_does_not_verify(browser: Browser, node: Listening, work: Operations) -> None:
    eye = await Eye.open(browser, node, as_=AUDITOR)
    page = await eye.go("/ledger/3")

    async def altered(route, request) -> None:  # type: ignore[no-untyped-def]
        answer = await route.fetch()
        receipt = await answer.json()
        receipt["leaf"] = receipt["leaf"].replace('"v":1', '"v":2')
        await route.fulfill(response=answer, json=receipt)

    await page.route(re.compile("/receipt$"), altered)
    await page.get_by_role("button", name="验证这一条").click()
    await expect(page.get_by_role("alert")).to_contain_text("验证不通过：内容的摘要与日志中的不一致")
    await eye.keep("ledger-altered-1440-light")
    await eye.close()


async def test_two_checkpoints_are_compared(browser: Browser, node: Listening, work: Operations) -> None:
    await node.services.ledger.checkpoint()
    eye = await Eye.open(browser, node, as_=AUDITOR)
    page = await eye.go("/ledger/checkpoints")
    await page.get_by_role("button", name="核对").click()
    await expect(page.get_by_text(re.compile("没有变动，其后增加到"))).to_be_visible()
    await eye.settle()
    await eye.keep("ledger-compared-1440-light")
    assert await eye.faults() == []
    await eye.close()


async def test_a_failed_job_is_retried(browser: Browser, node: Listening, work: Operations) -> None:
    eye = await Eye.open(browser, node, as_=DATA)
    page = await eye.go("/home")
    await page.get_by_role("link", name="后台任务失败").click()
    await expect(page.get_by_text("没有编号为")).to_be_visible()
    await batch_that_was_missing(node)
    await page.get_by_role("button", name="重试").click()
    await expect(page.get_by_text("没有失败的任务")).to_be_visible()
    await worked(node, {"waiting": 0, "running": 0, "failed": 0})
    await eye.go("/jobs")
    await expect(page.get_by_text("没有任务")).to_be_visible()
    await eye.close()
    guard = await Eye.open(browser, node, as_=AUDITOR)
    page = await guard.go("/security-log?kind=job")
    await expect(page.get_by_text("重试后台任务")).to_be_visible()
    await guard.close()


async def batch_that_was_missing(node: Listening) -> None:
    """What the job is about is there now."""
    batch = await Node(node.services, node.clock).receive([firm(700)])
    (job,), _ = await Jobs(node.services.db).page("failed", None, 1, 1)
    assert job.payload == {"batch": batch.id}


async def test_two_officers_verify_a_paper_and_one_witnesses(
    browser: Browser, node: Listening, work: Operations
) -> None:
    for login, said in (("desk.one", "第一次核验已记录"), ("desk.two", "核验完毕，授权已生效")):
        eye = await Eye.open(browser, node, as_=login)
        page = await eye.go(f"/paper-authorisations/{work.paper}")
        verify = page.get_by_role("button", name="核验通过")
        await expect(verify).to_be_disabled()
        await choose(page, {**SCAN, "buffer": b"another"})
        await expect(page.get_by_text("不是同一份扫描件")).to_be_visible()
        await choose(page, SCAN)
        await expect(page.get_by_text("与机构提交的是同一份扫描件")).to_be_visible()
        await page.get_by_role("checkbox").check()
        await eye.keep(f"paper-checked-{login}")
        await verify.click()
        await expect(page.get_by_text(said)).to_be_visible()
        if login == "desk.one":
            await expect(page.get_by_text("您已核验过，须由另一位入驻管理员再次核验。")).to_be_visible()
        await eye.close()
    assert await state(work, work.paper) == "active"

    eye = await Eye.open(browser, node, as_="desk.one")
    page = await eye.go("/paper-authorisations?kind=witness")
    await page.get_by_role("table").get_by_role("link").click()
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="确认见证").click()
    await expect(page.get_by_text("见证完毕，授权已生效")).to_be_visible()
    await eye.close()
    assert await state(work, work.witnessed) == "active"


async def choose(page: Page, file: dict[str, object]) -> None:
    """A file of the officer's computer."""
    await page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]


async def state(work: Operations, consent: str) -> str:
    """Of an authorisation, as the bank sees it."""
    return str((await work.world.officer.call("GET", f"/v1/consents/{consent}"))["state"])


async def test_an_auditor_exports_who_read_what(browser: Browser, node: Listening, work: Operations) -> None:
    eye = await Eye.open(browser, node, as_=AUDITOR)
    page = await eye.go(f"/oversight/inquiries?subject={work.world.code}")
    await expect(page.get_by_role("table", name="查询记录")).to_contain_text("示范银行股份有限公司城南支行")
    async with page.expect_download() as download:
        await page.get_by_role("button", name=re.compile("导出")).click()
    assert (await download.value).suggested_filename.startswith("查询记录-")
    await page.get_by_role("table", name="查询记录").get_by_role("link").last.click()
    await expect(page.get_by_role("button", name="验证这一条")).to_be_visible()
    await eye.close()


async def test_the_catalogue_is_searched(browser: Browser, node: Listening) -> None:
    eye = await Eye.open(browser, node)
    page = await eye.go("/catalogue?text=处罚")
    await page.get_by_role("link", name="行政处罚", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("行政处罚")
    async with page.expect_download() as template:
        await page.get_by_role("link", name="报送模板 XLSX").click()
    assert (await template.value).suggested_filename == "08-penalty-2026.1.xlsx"
    await page.get_by_role("link", name="版本与差异").click()
    await expect(page.get_by_role("table", name="差异")).to_contain_text("fields.repair_state")
    await expect(page.get_by_text("其中 2 处有影响")).to_be_visible()
    await eye.close()
