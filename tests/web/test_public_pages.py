"""What everybody may see: the front with its figures, open statistics, verification of receipts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import orjson
import pytest
from playwright.async_api import Browser, expect
from public_world import ask, furnish
from web_kit import Eye, Listening

LOOKS = [(1440, "light"), pytest.param(390, "dark", marks=pytest.mark.full)]


@pytest.fixture(scope="module")
async def world(node: Listening) -> AsyncIterator[Listening]:
    """The node with something to see."""
    await furnish(node)
    yield node


async def receipt(node: Listening, folder: Path) -> Path:
    """A receipt's file, as downloaded."""
    told = await node.services.ledger.receipt(await ask(node, 1))
    path = folder / "receipt.json"
    path.write_bytes(orjson.dumps(told))
    return path


async def looks_sound(eye: Eye, name: str, width: int, scheme: str) -> None:
    """A picture, and nothing that axe or the window complains about."""
    await eye.keep(f"{name}-{width}-{scheme}")
    assert await eye.faults() == []
    assert await eye.overflow() == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_the_front(browser: Browser, world: Listening, width: int, scheme: Literal["light", "dark"]) -> None:
    eye = await Eye.open(browser, world, width, scheme=scheme)
    page = await eye.go("/")
    counts = page.get_by_role("region", name="平台此刻")
    await expect(counts.locator("dd").first).to_have_text("264户")
    await expect(counts).to_contain_text("有效授权")
    members = page.get_by_role("region", name="接入单位")
    await members.get_by_role("button", name=re.compile("^银行")).click()
    await expect(members.get_by_text("大江银行股份有限公司")).to_be_visible()
    await expect(members.get_by_role("listitem")).to_have_count(4)
    await looks_sound(eye, "public-front", width, scheme)
    await page.get_by_role("link", name="核验回执").first.click()
    await expect(page.get_by_role("heading", name="核验回执")).to_be_visible()
    await eye.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_statistics(browser: Browser, world: Listening, width: int, scheme: Literal["light", "dark"]) -> None:
    eye = await Eye.open(browser, world, width, scheme=scheme)
    page = await eye.go("/statistics")
    await expect(page.locator("figure svg text").first).to_be_visible()
    await expect(page.get_by_text("共 264 户", exact=False)).to_be_visible()
    suzhou = page.get_by_role("row", name="苏州市 61")
    await expect(suzhou).to_have_count(1)
    await expect(page.get_by_role("row", name="宿迁市 少于 10")).to_have_count(1)
    months = page.get_by_role("figure", name="每月查询，按用途")
    await expect(months.locator("svg path").first).to_be_attached()
    await looks_sound(eye, "statistics", width, scheme)
    await months.get_by_role("button", name="看数字").click()
    await expect(months.get_by_role("cell", name="44")).to_be_visible()
    await looks_sound(eye, "statistics-figures", width, scheme)
    await eye.close()


async def test_statistics_as_a_file(browser: Browser, world: Listening) -> None:
    """Three sheets of figures; what is withheld is withheld in the file too."""
    eye = await Eye.open(browser, world)
    page = await eye.go("/statistics")
    async with page.expect_download() as begun:
        await page.get_by_role("button", name="导出").first.click()
    download = await begun.value
    assert download.suggested_filename.endswith(".xlsx")
    await eye.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_verifying_a_file(
    browser: Browser, world: Listening, tmp_path: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    """The browser checks by itself, then the platform; the code it gives verifies too."""
    eye = await Eye.open(browser, world, width, scheme=scheme)
    page = await eye.go("/verify")
    await looks_sound(eye, "verify", width, scheme)
    good = await receipt(world, tmp_path)
    await page.locator("input[type=file]").set_input_files(good)
    await expect(page.get_by_role("heading", name="这份回执真实、没有改动")).to_be_visible()
    await expect(page.get_by_text("成立", exact=True)).to_have_count(4)
    await expect(page.locator("dl")).to_contain_text("信用信息查询")
    assert "mbank0" not in await page.locator("main").inner_text()
    await looks_sound(eye, "verify-genuine", width, scheme)

    code = await page.locator("strong.code").inner_text()
    await eye.go(f"/verify?code={code}")
    await expect(page.get_by_role("heading", name="这条存证在平台的日志里")).to_be_visible()
    await looks_sound(eye, "verify-code", width, scheme)

    await page.get_by_role("textbox", name="核验码").fill(code[:-1] + ("0" if code[-1] != "0" else "1"))
    await page.get_by_role("button", name="核验", exact=True).click()
    await expect(page.get_by_role("heading", name="没有与此核验码相符的存证")).to_be_visible()
    await page.get_by_role("textbox", name="核验码").fill("nonsense")
    await page.get_by_role("button", name="核验", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("核验码的形式不对")

    told = orjson.loads(good.read_bytes())
    altered = tmp_path / "altered.json"
    altered.write_bytes(orjson.dumps({**told, "leaf": told["leaf"].replace("pre_loan", "post_loan")}))
    await page.locator("input[type=file]").set_input_files(altered)
    await expect(page.get_by_role("heading", name="这份回执不成立")).to_be_visible()
    await expect(page.get_by_text("不成立", exact=True)).to_have_count(3)  # the verdict, the browser's, the platform's
    await looks_sound(eye, "verify-altered", width, scheme)

    other = tmp_path / "other.json"
    other.write_text("{}")
    await page.locator("input[type=file]").set_input_files(other)
    await expect(page.get_by_role("heading", name="这不是回执文件")).to_be_visible()
    await eye.close()


async def test_charts_come_when_they_are_looked_at(browser: Browser, world: Listening) -> None:
    """The front's scripts stay small: no chart, no QR code, no spreadsheet in them."""
    eye = await Eye.open(browser, world)
    sizes: dict[str, int] = {}
    eye.page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", "0"))}))
    await eye.go("/")
    front = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert front < 300_000, sizes
    await eye.go("/statistics")
    await expect(eye.page.locator("figure svg text").first).to_be_visible()
    assert sum(size for url, size in sizes.items() if url.endswith(".js")) > front
    await eye.close()
