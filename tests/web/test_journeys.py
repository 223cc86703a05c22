"""What people do in the pages, from the first click to the last, against a real node."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Browser, Page, expect
from web_kit import PASSWORD, Eye, Listening

CITIZEN_NO = "11010519491231002X"  # the example of GB 11643
PDF = {"name": "申请书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"}


async def with_authenticator(eye: Eye) -> None:
    """A device that confirms passkeys at once."""
    devtools = await eye.context.new_cdp_session(eye.page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def fill(page: Page, **values: str) -> None:
    """Fields by the ids that the forms give them."""
    for field, value in values.items():
        await page.locator(f"#{field}").fill(value)


async def test_an_owner_signs_up_with_a_passkey_and_a_delegate_acts_until_the_last_day(
    browser: Browser, node: Listening
) -> None:
    code = await node.publish_firm(1, legal_person="李明远")
    owner = await Eye.open(browser, node)
    await with_authenticator(owner)
    page = await owner.go("/")
    await page.get_by_role("link", name="企业注册").click()
    await fill(page, code=code, name="李明远", telephone="13800000000", citizen_no=CITIZEN_NO, login="li.mingyuan")
    await page.get_by_role("button", name="注册").click()
    await page.get_by_role("button", name="登记通行密钥").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("等待核验")
    await owner.settle()
    await owner.keep("firm-waiting-1440-light")
    assert await owner.faults() == []

    await approve(browser, node)

    await page.reload()  # more rights: a new session
    await page.get_by_role("button", name="用通行密钥登录").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("李明远，您好")
    await page.get_by_role("navigation", name="主导航").get_by_role("link", name="经办人").click()
    last = node.clock.today() + timedelta(days=3)
    await fill(page, name="赵经办", login="zhao.jingban", valid_to=last.isoformat())
    await page.get_by_role("button", name="授权").click()
    link = await page.get_by_role("dialog").locator(".code").inner_text()
    await page.get_by_role("button", name="我已转交").click()
    await expect(page.get_by_text("邀请未接受")).to_be_visible()
    await owner.settle()
    await owner.keep("delegates-1440-light")
    assert await owner.faults() == []

    delegate = await Eye.open(browser, node, 390)
    await with_authenticator(delegate)
    theirs = await delegate.go(link.removeprefix(node.url))
    await theirs.get_by_role("button", name="登记通行密钥并登录").click()
    await expect(theirs.get_by_role("heading", level=1)).to_have_text("赵经办，您好")
    await delegate.settle()
    await delegate.keep("delegate-home-390-light")

    node.clock.advance(timedelta(days=3))  # the last day: still allowed, after signing in anew
    await theirs.goto(f"{node.url}/sign-in?as=firm")
    await theirs.get_by_role("button", name="用通行密钥登录").click()
    await expect(theirs.get_by_role("heading", level=1)).to_have_text("赵经办，您好")

    node.clock.advance(timedelta(days=1))  # the day after
    await theirs.goto(f"{node.url}/home")
    await expect(theirs.get_by_role("heading", level=1)).to_have_text("企业登录")
    await theirs.get_by_role("button", name="用通行密钥登录").click()
    await expect(theirs.get_by_role("alert")).to_contain_text(f"经办授权已于 {last} 到期")
    await delegate.keep("delegate-refused-390-light")
    await owner.close()
    await delegate.close()


async def approve(browser: Browser, node: Listening) -> None:
    """An onboarding officer looks at the register and approves the one who waits."""
    officer = await Eye.open(browser, node, as_="desk.one")
    page = await officer.go("/home")
    await page.get_by_role("link", name="企业用户待核验").click()
    await page.get_by_role("button", name="核验").click()
    await expect(page.get_by_text("姓名与登记的法定代表人一致")).to_be_visible()
    await fill(page, note="营业执照副本与身份证原件")
    await officer.keep("verification-1440-light")
    assert await officer.faults() == []
    await page.get_by_role("button", name="核验通过").click()
    await expect(page.get_by_text("没有等待核验的注册")).to_be_visible()
    await officer.close()


async def test_what_was_typed_survives_the_end_of_the_session(browser: Browser, node: Listening) -> None:
    _, admin = await node.bank(2, "第二示范银行")
    eye = await Eye.open(browser, node, as_=admin.login)
    page = await eye.go("/member/particulars")
    await page.get_by_role("button", name="修改资料").click()
    await page.locator("#contacts_0_name").fill("新联系人")
    node.clock.advance(timedelta(minutes=31))
    await page.get_by_role("button", name="保存").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("请重新登录")
    await dialog.locator("#password").fill(PASSWORD)
    await dialog.get_by_role("button", name="登录", exact=True).click()
    await dialog.locator("#code").fill(admin.code())
    await eye.keep("sign-in-again-1440-light")
    await dialog.get_by_role("button", name="登录", exact=True).click()
    await expect(page.get_by_text("新联系人")).to_be_visible()
    await expect(dialog).to_be_hidden()
    await eye.close()


async def test_a_second_person_takes_the_next_step(browser: Browser, node: Listening) -> None:
    member, admin = await node.bank(3, "第三示范银行")
    for login in ("desk.one", "desk.two"):
        await node.people[login].sign_in()
    bank = await Eye.open(browser, node, as_=admin.login)
    page = await bank.go("/member/documents")
    for kind in ("盖章的入驻申请书", "证照扫描件"):
        await page.locator("#kind").click()
        await page.locator(".ant-select-item-option", has_text=kind).click()
        await page.locator("input[type=file]").set_input_files([PDF])
        await page.get_by_role("button", name="上传材料").click()
        await expect(page.get_by_role("cell", name=kind)).to_be_visible()
    await bank.settle()
    await bank.keep("member-documents-full-1440-light")
    assert await bank.faults() == []
    await bank.close()

    first = await Eye.open(browser, node, as_="desk.one")
    page = await first.go(f"/onboarding/{member}")
    await page.get_by_role("button", name="办理：材料审核").click()
    await page.get_by_role("dialog").locator("#note").fill("材料齐全")
    await first.keep("desk-dialog-1440-light")
    await page.get_by_role("dialog").get_by_role("button", name="办理：材料审核").click()
    await expect(page.get_by_role("button", name="办理：资质审查")).to_be_disabled()
    await expect(page.get_by_text("材料由您审核，您不能再审查资质或批准上线。")).to_be_visible()
    await first.settle()
    await first.keep("desk-duties-1440-light")
    assert await first.faults() == []
    await first.close()

    second = await Eye.open(browser, node, as_="desk.two")
    page = await second.go(f"/onboarding/{member}")
    await page.get_by_role("button", name="办理：资质审查").click()
    await page.get_by_role("dialog").get_by_role("button", name="办理：资质审查").click()
    await expect(page.get_by_role("heading", name="下一步：协议签署")).to_be_visible()
    await second.close()


async def test_one_time_codes_are_set_up_and_asked_for(browser: Browser, node: Listening) -> None:
    chief = node.people["chief.admin"]
    await chief.sign_in()
    member = (await chief.call("GET", "/v1/session"))["member"]["id"]
    body = {"login": "fresh", "name": "新同事", "member": member, "roles": ["operator-data"]}
    token = (await chief.call("POST", "/v1/accounts", json=body))["token"]

    eye = await Eye.open(browser, node)
    page = await eye.go(f"/invitation#{token}")
    await fill(page, password=PASSWORD, passwordAgain=PASSWORD)
    await page.get_by_role("button", name="设置密码").click()
    await page.get_by_role("alert").get_by_role("link", name="登录").click()
    await fill(page, login="fresh", password=PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.get_by_role("link", name="去设置").click()
    await page.get_by_role("button", name="启用动态口令").click()
    fresh = node.visitor("fresh")
    fresh.secret = (await page.locator("p.code").inner_text()).replace(" ", "")
    await page.locator("#code").fill(fresh.code())
    await eye.settle()
    await eye.keep("me-totp-1440-light")
    assert await eye.faults() == []
    await page.get_by_role("button", name="确认启用").click()
    await expect(page.get_by_text("请保存恢复码")).to_be_visible()
    await eye.keep("me-recovery-1440-light")
    assert await eye.faults() == []
    await page.get_by_role("button", name="我已保存").click()
    await expect(page.get_by_role("link", name="去设置")).to_be_hidden()
    await eye.close()


async def test_a_bank_signs_and_registers_its_system(browser: Browser, node: Listening) -> None:
    member, admin = await node.bank(4, "第四示范银行")
    one, two = [await node.people[login].sign_in() for login in ("desk.one", "desk.two")]
    for kind in ("application_letter", "licence"):
        about = {"kind": kind, "name": "scan.pdf"}
        await admin.call("POST", f"/v1/members/{member}/documents", params=about, content=PDF["buffer"])
    await one.call("POST", f"/v1/members/{member}/steps", json={"to": "material_check"})
    await two.call("POST", f"/v1/members/{member}/steps", json={"to": "qualification_review"})

    bank = await Eye.open(browser, node, as_=admin.login)
    page = await bank.go("/member/agreements")
    for number in (0, 1):
        await page.get_by_role("button", name="阅读全文").nth(number).click()
        if number == 0:
            await expect(page.get_by_text("文本摘要")).to_be_visible()
            await bank.settle()
            await bank.keep("agreement-1440-light")
            assert await bank.faults() == []
        await page.get_by_role("button", name="我已阅读并代表本单位签署").click()
        await expect(page.get_by_text("待平台会签", exact=True)).to_have_count(number + 1)

    desk = await Eye.open(browser, node, as_="desk.one")
    theirs = await desk.go(f"/onboarding/{member}/agreements")
    for number in (0, 1):
        await theirs.get_by_role("button", name="会签").first.click()
        await expect(theirs.get_by_text("已生效")).to_have_count(number + 1)
    await desk.close()
    await two.call("POST", f"/v1/members/{member}/steps", json={"to": "agreement_signed"})

    await bank.go("/member/systems")
    await page.get_by_role("button", name="登记系统").click()
    await fill(page, name="信贷管理系统")
    await page.get_by_role("checkbox", name="机构系统").check()
    await page.get_by_role("button", name="登记系统").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("还没有密钥")
    await dialog.locator("#jwk").fill('{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"secret"}')
    await dialog.get_by_role("button", name="添加公钥").click()
    await expect(dialog).to_contain_text("这里面有私钥")  # and it has not left the browser
    await dialog.locator("#jwk").fill(public_key())
    await dialog.get_by_role("button", name="添加公钥").click()
    await expect(dialog.get_by_text("有效", exact=True)).to_be_visible()
    await bank.settle()
    await bank.keep("system-1440-light")
    assert await bank.faults() == []
    await dialog.get_by_text("来源地址与证书").click()
    await dialog.locator("#networks").fill("203.0.113.0/24")
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog.locator("dd").get_by_text("203.0.113.0/24")).to_be_visible()
    await bank.close()


def public_key() -> str:
    """A new P-256 key as JWK, the public part."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(n.to_bytes(32, "big")).decode().rstrip("=") for n in (numbers.x, numbers.y))
    return json.dumps({"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "use": "sig"})


async def test_an_administrator_changes_a_colleague_and_asks_why(browser: Browser, node: Listening) -> None:
    chief = node.people["chief.admin"]
    await chief.sign_in()
    eye = await Eye.open(browser, node, as_="chief.admin")
    page = await eye.go("/accounts")
    await page.get_by_role("button", name="操作 安全员").click()
    await page.get_by_role("menuitem", name="修改").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("checkbox", name="数据运营员").check()
    await eye.keep("account-edit-1440-light")
    assert await eye.faults() == []
    await dialog.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("row", name="安全员")).to_contain_text("数据运营员")

    await eye.go("/permissions")
    await page.locator("#question_resource").fill("安全日志")
    await page.locator(".ant-select-item-option", has_text="安全日志").click()
    await page.locator("#question_action").click()
    await page.locator(".ant-select-item-option", has_text="查看").click()
    await page.get_by_role("button", name="解释").click()
    await expect(page.get_by_role("heading", name="有此权限的角色")).to_be_visible()
    await eye.keep("permissions-answer-1440-light")
    assert await eye.faults() == []
    await eye.close()
