"""The firm's pages: its file, who has looked, authorisations; wide and narrow, light and dark, in both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import pytest
from firm_kit import OWNER, FirmWorld, firm_world
from playwright.async_api import Browser, expect
from web_kit import Eye, Listening

from xinshu.node import web

# Opens the first of what is closed: the details of one fact of each item, the fields of one item.
OPEN = """() => {
  for (const part of document.querySelectorAll("main section"))
    part.querySelector("button[aria-expanded=false]")?.click();
}"""


@dataclass
class Looked:
    """A firm with requests, with authorisations in every state, and with inquiries."""

    world: FirmWorld
    places: dict[str, str]


@pytest.fixture(scope="module")
async def looked(node: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Looked]:
    world = await firm_world(node, tmp_path_factory.mktemp("province"))
    owner = await world.owner()
    given = await world.authorised(max_calls=20, valid_to="2026-06-20")
    paused = await world.authorised(purpose="post_loan", items={"19": None})
    ended = await world.authorised(purpose="loan_approval", items={"17": ["period_from", "period_to", "tax_payable"]})
    await world.asked("1", "17", "18", "19")
    await world.asked("17", "25")
    await owner.call("POST", f"/v1/consents/{paused}/pause")
    await owner.call("POST", f"/v1/consents/{ended}/revoke")
    waiting = await world.requested(
        items={"4": None, "17": None, "18": None, "19": ["period", "paid_amount"], "25": None}, personal=["4"],
        max_calls=20, data={"months": 24},
    )  # fmt: skip
    await world.requested(purpose="customer_screening", items={"25": None})
    places = {
        "firm-home": "/home",
        "firm-file": "/file",
        "firm-file-register": "/file/1",
        "firm-file-taxes": "/file/7",
        "firm-file-insurance": "/file/8",
        "firm-file-missing": "/file/12",
        "firm-file-as-of": "/file/1?as_of=2026-05-01",
        "firm-seen": "/seen",
        "firm-authorisations": "/authorisations",
        "firm-authorisations-in-force": "/authorisations?show=in-force",
        "firm-authorisations-ended": "/authorisations?show=ended",
        "firm-authorisations-by-institution": "/authorisations?show=by-institution",
        "firm-authorisation": f"/authorisations/{given}",
        "firm-request": f"/authorisations/{waiting}",
    }
    yield Looked(world, places)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_the_pages_of_a_firm(
    browser: Browser, node: Listening, looked: Looked, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=OWNER)
    assert await look_at_all(eye, looked, f"{width}-{scheme}") == {}
    await eye.close()


@pytest.mark.full
async def test_the_pages_in_english(browser: Browser, node: Listening, looked: Looked) -> None:
    eye = await Eye.open(browser, node, as_=OWNER)
    page = await eye.go("/home")
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await look_at_all(eye, looked, "english") == {}
    await eye.close()


async def look_at_all(eye: Eye, looked: Looked, name: str) -> dict[str, list[str]]:
    """Pictures of all pages, and what is wrong with them."""
    found = {}
    for place, path in looked.places.items():
        page = await eye.go(path)
        await page.evaluate(OPEN)
        await eye.settle()
        if place == "firm-request":  # what stands at the window's lower edge shall not lie over the picture
            tall = await page.evaluate("document.documentElement.scrollHeight")
            await page.set_viewport_size({"width": page.viewport_size["width"], "height": tall})
        await eye.keep(f"{place}-{name}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append("wider than the window")
        if faults:
            found[place] = faults
    return found


async def test_the_first_view_of_the_file_is_light(browser: Browser, node: Listening, looked: Looked) -> None:
    """Under 300 kB of script as gzip packs it, before any chart is drawn (issue 5)."""
    built = web.built()
    assert built is not None
    eye = await Eye.open(browser, node, as_=OWNER)
    loaded: set[str] = set()
    eye.page.on("request", lambda asked: loaded.add(asked.url) if asked.url.endswith(".js") else None)
    await eye.go(looked.places["firm-file"])
    sizes = {url: (built / f"{url.removeprefix(node.url)[1:]}.gz").stat().st_size for url in loaded}
    assert sum(sizes.values()) < 300_000, sizes
    await eye.close()
