"""The portal of departments: what is due, uploads that are cut, batches as they go on, rows mended on the spot."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from collect_kit import code_of, csv_of, firms
from department_kit import OFFICER, Department, wrong
from playwright.async_api import Browser, Page, Route, expect
from web_kit import Eye, Listening

from xinshu.collect.model import BatchState

WIDTHS = [(1440, "light"), (390, "dark")]
MENDED = ["2024-03-05", "12320100MB0DEM0684", "0.5", "21", "2024-03-05"]  # of the faults of `wrong`, in their order


@pytest.fixture(scope="module")
async def department(node: Listening) -> AsyncIterator[Department]:
    """With half a year behind it."""
    found = await Department.open(node)
    await found.history()
    yield found


async def clicks_of(page: Page) -> int:
    """How often somebody has pressed the mouse since the page was opened; counted across reloads."""
    counted: int = await page.evaluate("Number(sessionStorage.getItem('clicks') ?? '0')")
    return counted


COUNT_CLICKS = """addEventListener('click', (event) => {
  if (event.isTrusted) sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks') ?? '0') + 1));
}, true)"""


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
async def test_pages(browser: Browser, department: Department, width: int, scheme: Literal["light", "dark"]) -> None:
    held = await department.deliver([wrong(n) for n in range(20, 26)], "8", f"暂停-{width}.csv")
    pages = {
        "department-home": "/home",
        "items": "/items",
        "upload": "/upload?item=8",
        "deliveries": "/deliveries",
        "deliveries-held": f"/deliveries/{held}",
        "deliveries-none": "/deliveries?item=9",
        "quality": "/quality",
        "quality-one-item": "/quality?item=1&months=6",
        "data-use": "/my-data-use",
    }
    eye = await Eye.open(browser, department.node, width, scheme=scheme, as_=OFFICER)
    found = {}
    for name, path in pages.items():
        page = await eye.go(path)
        for figure in await page.locator("figure").all():  # charts are drawn when they are looked at
            await figure.scroll_into_view_if_needed()
        await eye.settle()
        await keep_whole(eye, f"{name}-{width}-{scheme}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append(f"wider than the window by {await eye.overflow()} px")
        if faults:
            found[name] = faults
    await eye.close()
    assert found == {}


async def test_ten_rows_are_mended_and_sent_back(browser: Browser, department: Department) -> None:
    """From the first page after signing in: two clicks, and typing."""
    sound = [row | {"document_no": f"示市监处罚〔2024〕{n}号"} for n, row in enumerate([wrong(2)] * 40)]
    sound = [row | {"fine_amount": "0.5", "uscc": code_of(1240)} for row in sound]
    bad = [wrong(n) | {"uscc": code_of(1240 + n)} for n in range(10)]
    number = await department.deliver([*sound, *bad], "8", "行政处罚-六月.csv")
    eye = await Eye.open(browser, department.node, as_=OFFICER)
    await eye.context.add_init_script(COUNT_CLICKS)
    page = await eye.go("/home")
    await page.goto(f"{department.node.url}/deliveries/{number}")
    await eye.settle()
    cells = page.locator("input[data-bad]")
    await expect(cells).to_have_count(10)
    await keep_whole(eye, "mend-1440-light")
    assert await eye.faults() == []

    await cells.first.focus()  # as with the Tab key
    for place in range(10):
        await page.keyboard.press("Control+A")
        await page.keyboard.type(MENDED[place % 5] if place not in (3, 8) else "还是不对")
        if place < 9:
            await page.keyboard.press("Enter")
        if place == 4:
            await page.reload()  # what was typed is still there
            await eye.settle()
            await expect(page.get_by_text("已改 5 行，共 10 行待改正")).to_be_visible()
            await cells.nth(5).focus()
    await expect(page.get_by_text("已改 10 行，共 10 行待改正")).to_be_visible()
    await keep_whole(eye, "mend-typed-1440-light")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("正在检查")).to_be_visible()
    correction = await newest(department)
    await department.process(correction)
    await expect(page.get_by_text("报回的 10 行里，8 行已改正并发布")).to_be_visible()
    await expect(cells).to_have_count(2)
    assert await cells.first.input_value() == "还是不对"  # as it was sent last, with the new reason
    await eye.settle()
    await keep_whole(eye, "mend-remaining-1440-light")
    assert await eye.faults() == []

    for place in range(2):
        await cells.nth(place).fill("21")
    await page.get_by_role("button", name="报回 2 行").click()
    await expect(page.get_by_text("正在检查")).to_be_visible()
    await department.process(await newest(department))
    await expect(page.get_by_text("问题行已全部改正")).to_be_visible()
    await eye.settle()
    await keep_whole(eye, "mend-done-1440-light")
    assert await clicks_of(page) == 1
    assert await page.evaluate("Object.keys(sessionStorage).filter((k) => k.startsWith('xinshu.draft'))") == []
    await eye.close()


async def test_mending_begins_at_the_first_page(browser: Browser, department: Department) -> None:
    """The task on the first page leads straight to the cells; on a narrow screen as cards."""
    number = await department.deliver(
        [*firms(30, start=3000), *[row | {"division": "000000"} for row in firms(10, start=3050)]], "1", "登记-六月.csv"
    )
    await department.execute("delete from quarantine where batch_id <> $1", number)
    eye = await Eye.open(browser, department.node, 390, as_=OFFICER)
    await eye.context.add_init_script(COUNT_CLICKS)
    page = await eye.go("/home")
    await page.get_by_role("link", name="改正问题行：").click()
    await eye.settle()
    cells = page.locator("input[data-bad]")
    await expect(cells).to_have_count(10)
    await keep_whole(eye, "mend-390-light")
    assert await eye.faults() == []
    assert await eye.overflow() == 0
    await cells.first.focus()
    block = "\n".join(["320111"] * 10)  # ten cells copied from a spreadsheet
    await page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData('text', text);
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true,
                                                                            cancelable: true}));
        }""",
        block,
    )
    await page.get_by_role("button", name="报回 10 行").click()
    await expect(page.get_by_text("正在检查")).to_be_visible()
    await department.process(await newest(department))
    await expect(page.get_by_text("报回的 10 行全部改正并发布")).to_be_visible()
    assert await clicks_of(page) == 2
    await eye.settle()
    await keep_whole(eye, "mend-done-390-light")
    await eye.close()


async def test_an_upload_that_is_cut_goes_on(browser: Browser, department: Department) -> None:
    """First the line breaks, then the page is reloaded: what has arrived is not sent again."""
    data = csv_of(firms(60_000, start=10_000))
    file: Any = {"name": "登记-全省.csv", "mimeType": "text/csv", "buffer": data}
    assert len(data) > 6 << 20
    offsets: list[int] = []
    broken = {"from": 1 << 20, "until": 3}

    async def line(route: Route) -> None:
        offset = int((await route.request.header_value("upload-offset")) or "-1")
        if offset >= broken["from"] and broken["until"] > 0:
            broken["until"] -= 1
            await route.abort("internetdisconnected")
            return
        offsets.append(offset)
        await route.continue_()

    eye = await Eye.open(browser, department.node, as_=OFFICER)
    page = eye.page
    page.on("dialog", lambda dialog: dialog.accept())
    await page.route(
        "**/v1/uploads/*", lambda route: line(route) if route.request.method == "PATCH" else route.continue_()
    )
    await eye.go("/upload?item=1")
    await page.locator("form input[type=file]").set_input_files([file])
    await page.get_by_role("button", name="开始上传").click()
    await expect(page.get_by_text("线路中断")).to_be_visible()
    await eye.keep("upload-broken-1440-light")
    assert await eye.faults() == []
    broken["from"], broken["until"] = 3 << 20, 10**6  # it comes back, and breaks for good
    await expect(page.get_by_text("线路中断")).to_be_hidden()
    await expect(page.get_by_text("线路中断")).to_be_visible()
    stands = (await department.officer.call("GET", "/v1/uploads"))[-1]["offset"]
    assert stands >= 3 << 20
    await page.reload()
    await eye.settle()
    await expect(page.get_by_role("heading", name="没有传完的文件")).to_be_visible()
    await eye.keep("upload-unfinished-1440-light")
    assert await eye.faults() == []

    broken["until"] = 0
    again = page.locator("section", has_text="没有传完的文件").locator("input[type=file]")
    await again.set_input_files([{**file, "name": "别的.csv"}])
    await expect(page.get_by_text("这不是同一个文件")).to_be_visible()
    await again.set_input_files([file])
    await expect(page.get_by_role("heading", name="已收到，正在处理")).to_be_visible(timeout=60_000)
    assert offsets[:2] == [0, 1 << 20]
    assert stands in offsets and sorted(set(offsets)) == offsets  # nothing twice
    answer = await department.officer.call("GET", "/v1/batches", params={"page_size": 1})
    assert answer["batches"][0]["file_sha256"] == hashlib.sha256(data).hexdigest()
    await eye.keep("upload-done-1440-light")
    await eye.close()


async def test_a_batch_is_followed_while_it_goes_on(browser: Browser, department: Department) -> None:
    eye = await Eye.open(browser, department.node, 390, as_=OFFICER)
    page = await eye.go("/upload?item=1")
    rows = csv_of(firms(12, start=5000))
    await page.locator("form input[type=file]").set_input_files(
        [{"name": "登记.csv", "mimeType": "text/csv", "buffer": rows}]
    )
    await page.get_by_role("button", name="开始上传").click()
    await page.get_by_role("link", name="查看批次").click()
    await expect(page.get_by_text("正在解析，这一页会自己更新")).to_be_visible()
    seen = []

    async def look(state: BatchState) -> None:
        if state is BatchState.CHECKED:
            await expect(page.get_by_text("正在比对，这一页会自己更新")).to_be_visible()
            await eye.keep("delivery-live-390-light")
            seen.append(await eye.faults())

    await department.process(await newest(department), look)
    await expect(page.locator("header").get_by_text("已发布")).to_be_visible()
    await eye.settle()
    await eye.keep("delivery-published-390-light")
    assert seen == [[]]
    await eye.close()


async def test_a_file_that_cannot_be_read_says_what_to_do(browser: Browser, department: Department) -> None:
    rows = [{"名称": "甲", "没有这一列": "1"}]
    number = await department.deliver(rows, "8", "错表头.csv")
    eye = await Eye.open(browser, department.node, as_=OFFICER)
    page = await eye.go(f"/deliveries/{number}")
    await expect(page.get_by_role("alert")).to_contain_text("没有这一列")
    await eye.keep("delivery-rejected-1440-light")
    assert await eye.faults() == []
    await page.get_by_role("link", name="改好文件后重新报送").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("报送数据")
    await eye.close()


async def test_a_list_is_exported_whole(browser: Browser, department: Department) -> None:
    eye = await Eye.open(browser, department.node, as_=OFFICER)
    page = await eye.go("/deliveries")
    total = (await department.officer.call("GET", "/v1/batches", params={"page_size": 1}))["total"]
    async with page.expect_download() as begun:
        await page.get_by_role("button", name="导出 XLSX").click()
    path = await (await begun.value).path()
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
    assert sheet.count("<row ") == total + 1
    assert "<f>" not in sheet and "行政处罚-六月.csv" in words
    await expect(page.get_by_text(f"已导出全部 {total} 条")).to_be_visible()
    await eye.close()


async def keep_whole(eye: Eye, name: str) -> None:
    """A picture in a window as high as the page: what sticks to its lower edge is where it belongs."""
    size = eye.page.viewport_size
    assert size is not None
    height: int = await eye.page.evaluate("document.documentElement.scrollHeight")
    await eye.page.set_viewport_size({"width": size["width"], "height": height})
    await eye.keep(name)
    await eye.page.set_viewport_size(size)


async def newest(department: Department) -> int:
    """The batch that came last."""
    answer = await department.officer.call("GET", "/v1/batches", params={"page_size": 1})
    number: int = answer["batches"][0]["id"]
    return number
