"""Operations of evaluation and reports: indicators, models, results, objections, verification; all at both widths."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from collect_kit import code_of
from department_kit import OFFICER as PROVIDER
from department_kit import Department
from evaluation_world import (
    CHIEF,
    DATA,
    MAKERS,
    SECOND,
    Evaluated,
    evaluated,
    feedback_of_a_bank,
    outcomes,
    reviewer,
)
from firm_kit import OWNER, FirmWorld
from playwright.async_api import Browser, expect
from web_kit import Eye, Listening


@pytest.fixture(scope="module")
async def world(node: Listening) -> AsyncIterator[Evaluated]:
    """A province that is evaluated."""
    yield await evaluated(node)


PAGES = {
    DATA: {
        "evaluation-home": "/home",
        "indicators": "/indicators?topic=行政处罚",
        "indicators-none": "/indicators?text=没有这个",
        "indicator": "/indicators/penalties_36m",
        "indicator-ratio": "/indicators/inspection_pass_share",
        "indicator-code": "/indicators/tax_credit_grade",
        "indicator-lost": "/indicators/nothing_like_it",
        "models": "/evaluation-models",
        "models-waiting": "/evaluation-models?state=validated",
        "models-none": "/evaluation-models?state=approved",
        "model": "/evaluation-models/general/2026.1/content",
        "model-draft": "/evaluation-models/individual-business/2026.1/content",
        "model-validation": "/evaluation-models/general/2026.1/validation",
        "model-validation-none": "/evaluation-models/individual-business/2026.1/validation",
        "model-monitoring": "/evaluation-models/general/2026.1/monitoring",
        "model-new": "/evaluation-models/new?from=general/2026.1",
        "grades": "/grades",
        "grades-list": "/grades/list",
        "grades-list-filtered": "/grades/list?grade=优&division=3205",
        "grades-runs": "/grades/runs",
        "model-differences": "/evaluation-models/general/2026.2/differences",
        "objection-desk": "/objection-desk",
        "report-quality": "/report-quality",
        "report-feedback": "/report-feedback",
        "report-feedback-wrong": "/report-feedback?part=wrong",
        "modules": "/modules",
        "module": "/modules/key-supply-chains",
        "module-figures": "/modules/key-supply-chains/figures",
        "module-list": "/modules/key-supply-chains/list",
        "module-circles": "/modules/key-supply-chains/circles",
    },
    "": {"modules-visitor": "/modules", "module-visitor": "/modules/key-supply-chains"},
    CHIEF: {"model-to-approve": "/evaluation-models/general/2026.2/content"},
}


@pytest.mark.full
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("login", PAGES)
async def test_pages(
    browser: Browser, node: Listening, world: Evaluated, login: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    eye = await Eye.open(browser, node, width, scheme=scheme, as_=login)
    found = {}
    for place, path in PAGES[login].items():
        await eye.go(path)
        await eye.keep(f"{place}-{width}-{scheme}")
        faults = await eye.faults()
        if await eye.overflow() > 0:
            faults.append("wider than the window")
        if faults:
            found[place] = faults
    assert found == {}
    await eye.close()


@pytest.mark.full
async def test_pages_in_english(browser: Browser, node: Listening, world: Evaluated) -> None:
    for login, pages in PAGES.items():
        eye = await Eye.open(browser, node, as_=login)
        page = await eye.go("/catalogue")
        await page.get_by_role("button", name="Switch to English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await page.set_viewport_size({"width": 390, "height": 844})
        for place, path in pages.items():
            await eye.go(path)
            await eye.keep(f"{place}-390-english")
            assert await eye.overflow() <= 0, path
        await eye.close()


async def test_an_indicator_is_found_and_said_in_words(browser: Browser, node: Listening, world: Evaluated) -> None:
    eye = await Eye.open(browser, node, as_=DATA)
    page = await eye.go("/indicators")
    await expect(page.get_by_role("status")).to_have_text(re.compile(r"233 个指标，共 233 个"))
    await page.get_by_label("查找").fill("处罚次数")
    await page.get_by_label("查找").press("Enter")
    await page.get_by_role("link", name="近36个月行政处罚次数").click()
    await expect(page.get_by_text("只取截至日有效的记录")).to_be_visible()
    await expect(page.get_by_text("不到 1、1 至不到 3、3 至不到 10、10 及以上")).to_be_visible()
    await expect(page.get_by_role("table", name="哪些模型在用")).to_contain_text("遵纪守法")
    assert await eye.faults() == []
    await eye.close()


async def test_a_model_is_drafted_with_faults_at_their_lines_then_validated_approved_and_started(
    browser: Browser, node: Listening, world: Evaluated
) -> None:
    """By three people: whoever drafted or validated it cannot approve it."""
    eye = await Eye.open(browser, node, as_=DATA)
    page = await eye.go("/evaluation-models/new?from=general/2026.1")
    await page.get_by_role("button", name=re.compile("填入")).click()
    area = page.get_by_label("文本")
    await expect(area).to_have_value(re.compile("2026.1"))
    text = (await area.input_value()).replace('"version": "2026.1"', '"version": "2026.3"')
    await area.fill(text.replace('"penalties_36m"', '"penalties_37m"', 1))
    await page.get_by_role("button", name="检查", exact=True).click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("没有指标 penalties_37m，是否应为 penalties_36m")
    await expect(alert.locator("pre")).to_contain_text('"indicator": "penalties_37m"')
    await eye.keep("model-draft-faults-1440-light")
    assert await eye.faults() == []
    await alert.get_by_role("button", name=re.compile("第 .* 行")).click()
    marked = await area.evaluate("(box) => box.value.slice(box.selectionStart, box.selectionEnd)")
    assert "penalties_37m" in marked
    await area.fill(text)
    await page.get_by_role("button", name="检查", exact=True).click()
    await page.get_by_role("button", name="保存为草稿").click()
    await page.get_by_role("tooltip").get_by_role("button", name="保存为草稿").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("2026.3")
    await eye.close()

    second = await Eye.open(browser, node, as_=SECOND)
    page = await second.go("/evaluation-models/general/2026.3/content")
    await page.get_by_label("结果数据的来源和口径").fill("虚构省贷款逾期 90 天以上")
    file = page.locator("input[type=file]")
    bad = {"name": "outcomes.csv", "mimeType": "text/csv", "buffer": (outcomes() + "\n123,perhaps").encode()}
    await file.set_input_files(bad)  # type: ignore[arg-type]
    await expect(page.get_by_role("alert")).to_contain_text("第 122 行")
    await expect(page.get_by_role("button", name="验证", exact=True)).to_be_disabled()
    await file.set_input_files({**bad, "buffer": outcomes().encode()})  # type: ignore[arg-type]
    await expect(page.get_by_text("读到 120 个主体的结果，其中违约 6 个")).to_be_visible()
    await page.get_by_role("button", name="验证", exact=True).click()
    await expect(page.get_by_text("已验证，等待平台管理员批准。")).to_be_visible()
    await page.get_by_role("link", name="验证", exact=True).click()
    await expect(page.get_by_text("违约只有 6 个，不足 30 个", exact=False)).to_be_visible()
    await second.close()

    chief = await Eye.open(browser, node, as_=CHIEF)
    page = await chief.go("/home")
    await page.get_by_role("link", name="评价模型待批准").click()
    await page.get_by_role("link", name=re.compile("2026.3")).click()
    for act, then in (("批准", "已批准"), ("施行", "施行中")):
        await page.get_by_role("button", name=act, exact=True).click()
        await page.get_by_role("tooltip").get_by_role("button", name=act, exact=True).click()
        await expect(page.locator("header").get_by_text(then, exact=True)).to_be_visible()
    await chief.settle()
    await chief.keep("model-started-1440-light")
    await chief.go("/evaluation-models?state=retired")
    await expect(page.get_by_role("link", name=re.compile("2026.1"))).to_be_visible()
    await chief.close()


async def test_results_are_looked_at_and_a_run_is_asked_for(
    browser: Browser, node: Listening, world: Evaluated
) -> None:
    await world.run()
    eye = await Eye.open(browser, node, as_=DATA)
    page = await eye.go("/grades")
    await expect(page.get_by_text("共 264 户", exact=False)).to_be_visible()
    await expect(page.get_by_role("table", name="按地区")).to_contain_text("苏州市")
    await page.get_by_role("link", name="结果列表").click()
    await expect(page.get_by_role("navigation", name="翻页")).to_contain_text("第 1 / 6 页")
    await page.get_by_role("button", name="下一页").click()
    await expect(page).to_have_url(re.compile("page=2"))
    await page.get_by_role("link", name="运行", exact=True).click()
    await page.get_by_role("button", name="全部重新评价").click()
    await page.get_by_role("tooltip").get_by_role("button", name="全部重新评价").click()
    await expect(page.get_by_text("已请求全部重新评价")).to_be_visible()
    await eye.close()


async def test_an_objection_is_answered(browser: Browser, node: Listening, world: Evaluated) -> None:
    """By somebody who had no hand in the model; the record found wrong goes to its provider."""
    code = code_of(8)
    await FirmWorld(node, code, "李明远", node.people[DATA]).owner()
    said = {"about": "indicator", "indicator": "penalties_36m", "text": "有一份处罚决定已经撤销，不应再计入。"}
    await node.people[OWNER].call("POST", f"/v1/subjects/{code}/evaluation/objections", json=said)
    login = await reviewer(node)
    eye = await Eye.open(browser, node, as_=login)
    page = await eye.go("/home")
    await page.get_by_role("link", name="评价异议待答复").click()
    await page.get_by_role("table").get_by_role("link").click()
    await page.get_by_role("button", name="开始复核").click()
    await page.get_by_label("异议成立", exact=True).check()
    await page.get_by_label("理由").fill("经核对处罚决定书，其中一份已于 2026 年 4 月撤销。")
    await page.get_by_role("checkbox", name="第 1 条有误").check()
    await page.get_by_label("哪里有误").fill("处罚决定已经撤销")
    await eye.keep("objection-answer-1440-light")
    assert await eye.faults() == []
    await page.get_by_role("button", name="作出决定").click()
    await page.get_by_role("tooltip").get_by_role("button", name="作出决定").click()
    await expect(page.get_by_role("heading", name="须更正的记录")).to_be_visible()
    await eye.go("/report-feedback?part=wrong")
    await expect(page.get_by_text("有误之处：处罚决定已经撤销")).to_be_visible()
    await eye.close()


async def test_a_module_shows_firms_with_their_evidence(browser: Browser, node: Listening, world: Evaluated) -> None:
    """Its list and circle to the platform; to visitors what it is and how many belong, never a firm."""
    eye = await Eye.open(browser, node, as_=DATA)
    page = await eye.go("/modules/key-supply-chains/list")
    line = page.get_by_role("row").filter(has_text=f"示例市第{MAKERS[0]}号机械有限公司")
    await expect(line.get_by_role("cell", name="光伏和风电", exact=True)).to_be_visible()
    await expect(line.get_by_role("list")).to_contain_text("C3825")
    await page.get_by_role("button", name="出具名单").click()
    await page.get_by_role("tooltip").get_by_role("button", name="出具名单").click()
    await expect(page.get_by_role("alert").first).to_contain_text(f"已出具名单，{len(MAKERS)} 户")
    await page.get_by_role("link", name="链主生态圈").click()
    members = page.get_by_role("table", name="圈内企业")
    await expect(members).to_contain_text(f"示例市第{MAKERS[1]}号机械有限公司")
    await eye.close()

    visitor = await Eye.open(browser, node)
    page = await visitor.go("/")
    await page.get_by_role("link", name="特色功能模块").first.click()
    card = page.get_by_role("listitem").filter(has_text="重点产业链供应链")
    await expect(card).to_contain_text(f"{len(MAKERS)} 户")
    await card.get_by_role("link").click()
    await expect(page.locator("main dl")).to_contain_text("国办发〔2024〕15号")
    assert "示例市第" not in await page.locator("body").inner_text()
    assert await visitor.faults() == []
    await visitor.go("/modules/nothing-like-it")
    await page.goto(node.url + "/modules/key-supply-chains/list")
    await page.wait_for_url(re.compile(r"/sign-in\?next="))
    await visitor.close()


async def test_a_provider_answers_feedback_on_a_report(browser: Browser, node: Listening, world: Evaluated) -> None:
    """On the facts that it provided, once; whoever said it reads the answer."""
    await Department.open(node)
    officer, number = await feedback_of_a_bank(node, 4)
    eye = await Eye.open(browser, node, as_=PROVIDER)
    page = await eye.go("/report-feedback")
    await expect(page.get_by_text("登记住所与营业执照不符")).to_be_visible()
    await expect(page.locator("main")).not_to_contain_text("示范银行")
    await eye.keep("feedback-to-answer-1440-light")
    assert await eye.faults() == []
    await page.get_by_role("button", name="答复", exact=True).click()
    await expect(page.get_by_text("请写明答复")).to_be_visible()
    await page.get_by_label("答复", exact=True).fill("经核对登记档案，住所已于五月变更，下一批更正。")
    await page.get_by_role("button", name="答复", exact=True).click()
    await expect(page.get_by_text("没有待答复的反馈")).to_be_visible()
    (said,) = await officer.call("GET", f"/v1/reports/{number}/feedback")
    assert said["answer"] == "经核对登记档案，住所已于五月变更，下一批更正。"
    await eye.close()


async def test_a_report_on_paper_is_verified_and_told_when_outdated(
    browser: Browser, node: Listening, world: Evaluated
) -> None:
    """The PDF by its file; after a fact in it was repaired, the file is genuine still and its content outdated."""
    data, code = node.people[DATA], code_of(11)
    told = await data.call("POST", "/v1/reports", json={"subject": code, "purpose": "upkeep"})
    pdf = (await data.http.get(told["links"]["pdf"])).content
    given = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": pdf}
    eye = await Eye.open(browser, node)
    page = await eye.go("/verify")
    await page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    await expect(page.get_by_role("heading", name="这份文件是平台出具的，没有改动")).to_be_visible()
    await expect(page.get_by_text("属实", exact=True)).to_be_visible()
    await eye.keep("verify-report-pdf-1440-light")
    assert await eye.faults() == []
    async with node.services.db.acquire() as conn:
        await conn.execute(
            "update record set state = 'repaired' where item = '8' and known_to is null and subject_id = "
            "(select id from subject where code = $1)", code,
        )  # fmt: skip
    await page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    await expect(page.get_by_text("属实，内容已过时", exact=True)).to_be_visible()
    await expect(page.get_by_text("请重新出具", exact=False)).to_be_visible()
    await eye.keep("verify-report-outdated-1440-light")
    broken = {**given, "buffer": pdf.replace(b"%%EOF", b"%%EOX")}
    await page.locator("input[type=file]").set_input_files(broken)  # type: ignore[arg-type]
    await expect(page.get_by_text("不成立", exact=True)).to_be_visible()
    await eye.close()


async def test_a_report_is_verified(browser: Browser, node: Listening, world: Evaluated) -> None:
    """By the link of its QR code, by its file, and a file that was altered is told from it."""
    data = node.people[DATA]
    told = await data.call("POST", "/v1/reports", json={"subject": code_of(3), "purpose": "upkeep"})
    file = await data.http.get(told["links"]["json"])
    check_code = file.json()["check_code"]
    eye = await Eye.open(browser, node)
    page = await eye.go(f"/verify?report={check_code}")
    await expect(page.get_by_role("heading", name="平台出具过这份报告")).to_be_visible()
    await eye.keep("verify-report-code-1440-light")
    assert await eye.faults() == []
    given = {"name": "report.json", "mimeType": "application/json", "buffer": file.content}
    await page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    await expect(page.get_by_role("heading", name="这份文件是平台出具的，没有改动")).to_be_visible()
    altered = file.content.replace(b'"pre_loan"', b'"screening"')
    await page.locator("input[type=file]").set_input_files({**given, "buffer": altered})  # type: ignore[arg-type]
    await expect(page.get_by_text("不成立", exact=True)).to_be_visible()
    await eye.go("/verify?report=0000-0000-0000-0000")
    await expect(page.get_by_role("heading", name="没有与此核验码相符的报告")).to_be_visible()
    await eye.close()
