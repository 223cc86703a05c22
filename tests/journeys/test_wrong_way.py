"""The wrong person and the wrong way, over the whole application behind its door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from collect_kit import BASE, firm
from whole_kit import Whole, refusal, whole_node

from xinshu.members.model import Caller, MemberKind, Strength
from xinshu.node.app import build_app
from xinshu.node.openapi import operations
from xinshu.store import embedded

PASSWORD = "gravel-Lantern 42 pond"
STRANGE = "A" * 43  # has the form of a session's cookie


@pytest.fixture(scope="module")
async def whole(server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Whole]:
    """One node for all; every test has members of its own."""
    async with whole_node(server, "wrong_way", tmp_path_factory.mktemp("wrong-way")) as opened:
        yield opened


async def at_last(client: httpx.AsyncClient, path: str, wanted: tuple[int, str]) -> None:
    """The refusal that comes as soon as this process has heard of the change."""
    async with asyncio.timeout(10):
        answer = await client.get(path)
        while answer.status_code == 200:
            answer = await client.get(path)
    assert refusal(answer) == wanted


# -- rights that end while they are used ------------------------------------------------------------------------------


async def test_a_suspended_member_with_live_sessions_and_live_tokens(whole: Whole) -> None:
    bank = await whole.member("mbank", MemberKind.BANK)
    await whole.member("mbranch", MemberKind.BANK, parent="mbank")
    officer = await whole.seat("credit-officer", member="mbank")
    branch = await whole.seat("credit-officer", member="mbranch")
    admin = await whole.seat("member-admin", member="mbank")
    system = await whole.system(bank, "institution-system")
    security = await whole.seat("operator-security", member="moperator")
    for caller in (officer, branch, system):
        assert (await caller.get("/v1/subjects")).status_code == 200
    assert (await security.post("/v1/members/mbank/suspend", json={"note": "核查"})).status_code == 200
    for caller in (officer, branch, system):
        await at_last(caller, "/v1/subjects", (403, "member_not_online"))
    assert (await admin.get("/v1/members/mbank")).json()["state"] == "suspended"  # looking is still allowed
    assert refusal(await admin.post("/v1/members/mbank/resume", json={})) == (403, "role_lacks_right")
    assert (await whole.codes("mbank")).count("member_not_online") >= 2
    # a second sign-in and a second token change nothing
    again = await whole.seat("credit-officer", member="mbank")
    assert refusal(await again.get("/v1/subjects")) == (403, "member_not_online")


async def test_a_revoked_key_and_a_closed_account(whole: Whole) -> None:
    bank = await whole.member("mrevoked", MemberKind.BANK)
    admin = await whole.seat("member-admin", member="mrevoked")
    system, officer = (
        await whole.system(bank, "institution-system"),
        await whole.seat("credit-officer", member="mrevoked"),
    )
    for caller in (system, officer):
        assert (await caller.get("/v1/subjects")).status_code == 200
    (client,) = (await admin.get("/v1/clients")).json()["clients"]
    shown = (await admin.get(f"/v1/clients/{client['id']}")).json()
    path = f"/v1/clients/{client['id']}/keys/{shown['keys'][0]['kid']}/revoke"
    assert (await admin.post(path)).status_code == 200
    await at_last(system, "/v1/subjects", (401, "key_revoked"))
    own = (await officer.get("/v1/session")).json()["account"]
    assert (await admin.post(f"/v1/accounts/{own}/close")).status_code == 200
    await at_last(officer, "/v1/subjects", (401, "session_invalid"))


async def test_whoever_applies_does_not_approve(whole: Whole) -> None:
    """By the same person under each duty: entered by hand, invited by oneself, oneself."""
    onboarding = await whole.seat("operator-onboarding", member="moperator")
    body = {
        "code": "91320100XN00XGN47N", "name": "示范银行", "kind": "bank", "regions": ["32"],
        "licence": {"kind": "金融许可证", "number": "B1", "valid_to": None},
        "contacts": [{"name": "王联系", "phone": "025-88886666"}],
        "administrator": {"login": "li.guanli", "name": "李管理"},
    }  # fmt: skip
    entered = (await onboarding.post("/v1/members", json=body)).json()["member"]["id"]
    step = {"to": "material_check"}
    assert refusal(await onboarding.post(f"/v1/members/{entered}/steps", json=step)) == (403, "same_person")
    refused = {"to": "refused", "note": "不办了"}
    assert refusal(await onboarding.post(f"/v1/members/{entered}/steps", json=refused)) == (403, "same_person")
    assert (await whole.codes("moperator")).count("same_person") == 2
    both = await whole.seat("operator-admin", "operator-security", "operator-onboarding", member="moperator")
    own = (await both.get("/v1/session")).json()["account"]
    for verb in ("close", "reset", "suspend"):
        assert refusal(await both.post(f"/v1/accounts/{own}/{verb}")) == (403, "same_person"), verb
    raised = await both.patch(f"/v1/accounts/{own}", json={"roles": ["operator-audit"]})
    assert refusal(raised) == (403, "same_person")


# -- sessions ---------------------------------------------------------------------------------------------------------


async def known(whole: Whole, login: str = "han.meimei") -> httpx.AsyncClient:
    """A browser that is not signed in, of a person who can with the usual password."""
    member = f"m{login.replace('.', '')}"
    await whole.member(member, MemberKind.BANK)
    invitations = whole.membership.accounts.invitations
    async with whole.node.db.transaction() as conn:
        token = await invitations.invite(
            conn, login=login, name="韩", member_id=member, roles=("credit-officer",), by="test"
        )
    await invitations.accept(token, PASSWORD, Caller("127.0.0.1"))
    return whole.browser()


async def sign_in(browser: httpx.AsyncClient, login: str = "han.meimei") -> httpx.Response:
    """With the usual password."""
    return await browser.post("/v1/session", json={"login": login, "password": PASSWORD})


async def test_a_session_planted_before_signing_in(whole: Whole) -> None:
    """Made up, or the attacker's own: neither becomes the victim's, and the attacker's ends."""
    browser = await known(whole, "victim")
    await known(whole, "mallory")
    mallory = whole.browser()
    assert (await sign_in(mallory, "mallory")).status_code == 200
    cookie = whole.membership.accounts.sessions.cookie
    theirs = mallory.cookies[cookie]
    for planted in (STRANGE, theirs):
        browser.cookies.clear()
        answer = await browser.post(
            "/v1/session",
            json={"login": "victim", "password": PASSWORD},
            headers={"Cookie": f"{cookie}={planted}"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.cookies[cookie] != planted
        lookalike = whole.browser(Cookie=f"{cookie}={planted}")
        assert refusal(await lookalike.get("/v1/session")) == (401, "session_invalid")
    assert refusal(await mallory.get("/v1/session")) == (401, "session_invalid")


async def test_changes_come_from_the_sessions_own_page(whole: Whole) -> None:
    """Without the token, with another session's, and with the right one from another site's page."""
    admin = await whole.seat("operator-admin", member="moperator")
    other = await whole.seat("operator-admin", member="moperator")
    right = admin.headers.pop("X-CSRF-Token")
    before = await whole.codes("moperator")
    target = await whole.account("operator-audit", member="moperator")
    path = f"/v1/accounts/{target}/close"
    forged: list[dict[str, str]] = [
        {}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other.headers["X-CSRF-Token"]}, {"X-CSRF-Token": right[:-1]},
        {"X-CSRF-Token": "令牌"},
    ]  # fmt: skip
    for headers in forged:
        sent = {name: value.encode() for name, value in headers.items()}
        assert refusal(await admin.post(path, headers=sent)) == (403, "csrf_refused"), headers
    strange: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
        {"Origin": "null"}, {"Origin": f"{BASE}.evil.example"},
    ]  # fmt: skip
    for headers in strange:
        answer = await admin.post(path, headers={"X-CSRF-Token": right, **headers})
        assert refusal(answer) == (403, "cross_site_refused"), headers
    codes = (await whole.codes("moperator"))[len(before) :]
    assert (codes.count("csrf_refused"), codes.count("cross_site_refused")) == (len(forged), len(strange))
    assert (await other.get(f"/v1/accounts/{target}")).json()["state"] == "active"
    assert (await admin.post(path, headers={"X-CSRF-Token": right})).status_code == 200


async def test_another_sites_page_signs_nobody_in(whole: Whole) -> None:
    """Or up, or out of an invitation: the victim would work in the attacker's account."""
    browser = await known(whole)
    bodies = {
        "/v1/session": {"login": "han.meimei", "password": PASSWORD},
        "/v1/invitations/accept": {"token": "x", "password": PASSWORD},
        "/v1/firm-accounts": {"code": "x", "name": "x", "citizen_no": "x", "telephone": "x", "login": "abc"},
        "/v1/passkeys/sign-in/options": {},
        "/v1/bootstrap": {
            "token": "x", "login": "abc", "name": "x", "password": PASSWORD, "member_code": "x", "member_name": "x",
        },
    }  # fmt: skip
    for path, body in bodies.items():
        answer = await browser.post(path, json=body, headers={"Sec-Fetch-Site": "cross-site"})
        assert refusal(answer) == (403, "cross_site_refused"), path
        assert "set-cookie" not in answer.headers
        (recorded,) = await whole.node.table("select code from access_event order by id desc limit 1")
        assert recorded["code"] == "cross_site_refused"
        as_form = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
        answer = await browser.post(path, content=b'{"login":"han.meimei","password":"="}', headers=as_form)
        assert answer.status_code in (403, 422), path


async def test_an_old_cookie_or_token_keeps_nobody_out_of_public_pages(whole: Whole) -> None:
    """Every public operation is answered as to somebody without any; guarded ones say what does not hold."""
    browser, cookie = await known(whole, "li.lei"), whole.membership.accounts.sessions.cookie
    await sign_in(browser, "li.lei")
    expired = browser.cookies[cookie]
    whole.node.clock.advance(timedelta(hours=13))
    old = [
        {"Cookie": f"{cookie}={expired}"}, {"Cookie": f"{cookie}={STRANGE}"}, {"Cookie": f"{cookie}=%00; x"},
        {"Authorization": "Bearer old"}, {"Authorization": "Basic eDp4"},
    ]  # fmt: skip
    public = [one for one in operations(build_app(whole.services)) if one.permission is None and "{" not in one.path]
    assert len(public) >= 20
    clean = whole.browser()
    for one in public:
        if one.path == "/metrics":
            continue
        body = b"{}" if one.method == "POST" else None
        headers = {"Content-Type": "application/json"}
        expected = await clean.request(one.method, one.path, content=body, headers=headers)
        for proof in old:
            clean.cookies.clear()
            answer = await clean.request(one.method, one.path, content=body, headers=headers | proof)
            assert answer.status_code == expected.status_code, (one, proof, answer.text)
    clean.cookies.clear()
    reasons = [refusal(await clean.get("/v1/subjects", headers=proof)) for proof in old]
    assert reasons == [
        (401, "session_invalid"), (401, "session_invalid"), (401, "session_invalid"), (401, "token_invalid"),
        (401, "unauthorised"),
    ]  # fmt: skip
    assert "session_expired" in await whole.codes("mlilei")  # recorded at its first use, and gone since
    answer = await sign_in(browser, "li.lei")  # with the old cookie in the browser
    assert answer.status_code == 200
    assert (await browser.get("/v1/session")).status_code == 200


async def test_a_bad_token_is_not_made_good_by_a_cookie(whole: Whole) -> None:
    officer = await whole.seat("operator-data", member="moperator")
    assert (await officer.get("/v1/subjects")).status_code == 200
    for given in ("Bearer bad", "Bearer ", "Basic eDp4", ""):
        assert (await officer.get("/v1/subjects", headers={"Authorization": given})).status_code == 401, given


async def test_a_weak_sign_in_lends_no_strong_role(whole: Whole) -> None:
    admin = await whole.seat("operator-admin", member="moperator", strength=Strength.PASSWORD)
    assert refusal(await admin.get("/v1/accounts"))[0] == 403
    assert (await admin.get("/v1/session")).json()["missing"] == ["enrol_second_factor"]


# -- others' firms and members ----------------------------------------------------------------------------------------


async def test_nobody_reaches_what_is_others(whole: Whole) -> None:
    """A firm's owner and a bank's administrator, by every identifier that they might guess."""
    await whole.node.publish([firm(1), firm(2)])
    own, other = firm(1)["uscc"], firm(2)["uscc"]
    owner = await whole.seat("firm-legal-representative", subject=own)
    assert (await owner.get(f"/v1/subjects/{own}")).status_code == 200
    for path in ("", "/history", "/information"):
        for spelled in (other, other.lower(), f" {other} ", f"{own}%2f..%2f{other}", f"{own},{other}"):
            answer = await owner.get(f"/v1/subjects/{spelled}{path}")
            assert answer.status_code in (403, 404), (spelled, path, answer.text)
            assert firm(2)["subject_name"] not in answer.text
    assert refusal(await owner.get("/v1/subjects", params={"q": other})) == (403, "role_lacks_right")
    first = await whole.member("mfirst", MemberKind.BANK)
    await whole.member("msecond", MemberKind.BANK)
    admin = await whole.seat("member-admin", member="mfirst")
    theirs = await whole.seat("credit-officer", member="msecond")
    account = (await theirs.get("/v1/session")).json()["account"]
    client = (await whole.client(first, "institution-system")).id
    stranger = await whole.seat("member-admin", member="msecond")
    for caller, path in (
        (admin, "/v1/members/msecond"), (admin, "/v1/members/msecond/documents"), (admin, f"/v1/accounts/{account}"),
        (admin, "/v1/members/msecond/contacts"), (admin, "/v1/members/msecond/certificate"),
        (stranger, f"/v1/clients/{client}"), (stranger, "/v1/members/mfirst/steps"),
    ):  # fmt: skip
        answer = await caller.get(path)
        assert answer.status_code in (403, 404), (path, answer.text)
    for listed in ("/v1/accounts", "/v1/clients", "/v1/members"):
        params = {"member": "msecond"} if listed != "/v1/members" else {}
        found = (await admin.get(listed, params=params)).json()
        assert "msecond" not in str(found), listed
