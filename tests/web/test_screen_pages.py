"""The wall display: shows what happens while it happens, names no firm, ends with the session."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from collect_kit import Node, firm
from playwright.async_api import Browser, Page, expect
from public_world import ask, ask_many, furnish
from web_kit import ARTIFACTS, Eye, Listening


@pytest.fixture(scope="module")
async def world(node: Listening) -> AsyncIterator[Listening]:
    """The node with a morning behind it."""
    await furnish(node)
    await ask_many(node)
    yield node


async def wall(browser: Browser, node: Listening, width: int, height: int, as_: str) -> tuple[Eye, Page]:
    """A screen that shows its first board. Its stream never ends, so nobody waits for the network to be idle."""
    eye = await Eye.open(browser, node, width, as_=as_)
    await eye.page.set_viewport_size({"width": width, "height": height})
    await eye.page.goto(node.url + "/screen")
    await expect(eye.page.get_by_role("heading", name="各地信用主体与今日查询")).to_be_visible()
    return eye, eye.page


@pytest.mark.parametrize(
    ("width", "height"),
    [(1920, 1080), *(pytest.param(*size, marks=pytest.mark.full) for size in ((1440, 900), (390, 844)))],
)
async def test_the_screen(browser: Browser, world: Listening, width: int, height: int) -> None:
    eye, page = await wall(browser, world, width, height, "chief.admin")
    await expect(page.get_by_text("实时", exact=True)).to_be_visible()
    await page.screenshot(path=ARTIFACTS / f"screen-{width}.png", full_page=True)
    assert await eye.faults() == []
    assert await eye.overflow() == 0
    words = await page.locator("body").inner_text()
    assert "机械有限公司" not in words
    if width > 1000:
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        hidden = await page.evaluate(
            "[...document.querySelectorAll('main h2, main dd, main li strong')]"
            ".map(e => e.getBoundingClientRect())"
            ".filter(r => r.bottom > innerHeight || r.right > innerWidth).length"
        )
        assert hidden == 0
    await eye.close()


async def test_it_follows_what_happens(browser: Browser, world: Listening) -> None:
    """A batch that is published and an inquiry appear by themselves."""
    eye, page = await wall(browser, world, 1920, 1080, "chief.admin")
    batches = page.locator("dl > div", has_text="今日批次").locator("dd")
    asked = page.locator("dl > div", has_text="今日查询").locator("dd")
    before, questions = await number(batches.inner_text()), await number(asked.inner_text())
    await Node(world.services, world.clock).publish([firm(9000 + n) for n in range(33)], name="live.csv")
    await expect(batches).to_have_text(f"{before + 1}批")
    await expect(page.get_by_role("region", name="最新动态")).to_contain_text("33 条")
    await ask(world, 3, "mguarantor1")
    await expect(asked).to_have_text(f"{questions + 1}次")
    await expect(page.get_by_role("region", name="最新动态").get_by_role("listitem").first).to_contain_text(
        "担保机构查询南京市主体一户"
    )
    await eye.close()


async def number(text: object) -> int:
    """The digits of what `inner_text` gives."""
    assert hasattr(text, "__await__")
    return int("".join(c for c in str(await text) if c.isdigit()))


async def test_who_may_not_watch_is_told(browser: Browser, world: Listening) -> None:
    eye = await Eye.open(browser, world, as_="bank1.admin")
    page = await eye.go("/screen")
    await expect(page.get_by_role("heading", name="您的角色没有这个页面的权限")).to_be_visible()
    assert await eye.faults() == []
    await eye.close()


async def test_it_ends_with_the_session(browser: Browser, world: Listening) -> None:
    """Signed out elsewhere: the screen says so and shows nothing more."""
    watcher = await world.people["chief.admin"].invites(
        "wall.watcher", "值守员", (await world.people["chief.admin"].call("GET", "/v1/session"))["member"]["id"],
        "operator-audit",
    )  # fmt: skip
    eye, page = await wall(browser, world, 1440, 900, "wall.watcher")
    await watcher.call("DELETE", "/v1/session")
    await expect(page.get_by_role("heading", name="登录已结束")).to_be_visible(timeout=20_000)
    await expect(page.get_by_role("link", name="重新登录")).to_be_visible()
    await eye.close()
