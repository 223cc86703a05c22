"""Firm users: sign-up, verification against the register, delegates and their last day."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from accounts_kit import PASSWORD, Browser, House, code_of

from xinshu.members.accounts.person import CITIZEN_DOMAIN
from xinshu.members.accounts.staff import Changes

CITIZEN, OTHER_CITIZEN = "11010519491231002X", "440524188001010014"
FIRM = code_of(900)
OWNER = {"code": FIRM, "name": "王小明", "citizen_no": CITIZEN, "telephone": "13812345678", "login": "owner"}


def application(**changes: Any) -> dict[str, Any]:
    """A body for POST /v1/firm-accounts."""
    return {**OWNER, "password": PASSWORD, **changes}


def registered(house: House, name: str = "王小明", citizen: str | None = CITIZEN, code: str = FIRM) -> None:
    """What the subject base says of a firm."""
    house.register[code] = (name, house.vault.index(citizen, CITIZEN_DOMAIN) if citizen is not None else None)


async def officer(house: House) -> Browser:
    """An onboarding officer of the operator, signed in strongly."""
    await house.operator()
    member = (await house.sql("select id from member"))[0]["id"]
    await house.person("officer", member, "operator-onboarding")
    browser = house.browser()
    await browser.sign_in("officer")
    return browser


async def decide(browser: Browser, account: str, approve: bool = True, **more: Any) -> Any:
    """A decision on an applicant."""
    body = {"approve": approve, "note": "核对了营业执照原件", **more}
    return await browser.post(f"/v1/firm-accounts/{account}/decision", body)


async def owner(house: House, judge: Browser | None = None) -> Browser:
    """A verified legal representative, signed in strongly."""
    registered(house)
    browser = house.browser()
    made = (await browser.post("/v1/firm-accounts", application())).json()
    assert (await decide(judge or await officer(house), made["account"])).status_code == 200
    browser.account = UUID(made["account"])
    await browser.sign_in("owner")
    return browser


def delegate(house: House, days: int = 29, **changes: Any) -> dict[str, Any]:
    """A body for POST /v1/delegations."""
    today = house.clock.today()
    return {
        "login": "delegate", "name": "李经办", "telephone": "13987654321", "scope": ["firm-delegate"],
        "valid_from": str(today), "valid_to": str(today + timedelta(days=days)), **changes,
    }  # fmt: skip


async def accepted(house: House, token: str, login: str = "delegate") -> Browser:
    """The delegate's browser, signed in."""
    browser = house.browser()
    await browser.post("/v1/invitations/accept", {"token": token, "password": PASSWORD})
    await browser.password(login)
    return browser


# -- signing up -------------------------------------------------------------------------------------------------------


async def test_the_answer_to_a_sign_up_tells_nothing(house: House) -> None:
    """Name right or wrong, number right or wrong or unknown, firm registered or not, represented already or not."""
    await owner(house)
    answers = []
    for number, changes in enumerate(
        ({}, {"name": "张三"}, {"citizen_no": OTHER_CITIZEN}, {"code": code_of(901)}, {"code": code_of(902)})
    ):
        registered(house, citizen=None, code=code_of(901))
        body = application(login=f"applicant{number}", **{"name": "王小明", **changes})
        answer = await house.browser().post("/v1/firm-accounts", body)
        shown = answer.json()
        answers.append((answer.status_code, {k: v for k, v in shown.items() if k not in ("account", "login", "name", "csrf")}))  # fmt: skip  # noqa: E501
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 201 and answers[0][1]["state"] == "pending"
    assert (answers[0][1]["roles"], answers[0][1]["subject"]) == (["firm-applicant"], None)


async def test_an_applicant_may_use_its_own_account_only(house: House) -> None:
    browser = house.browser()
    await browser.post("/v1/firm-accounts", application())
    assert (await browser.get("/v1/session")).status_code == 200
    for path in ("/v1/accounts", "/v1/firm-accounts", "/v1/delegations"):
        assert (await browser.get(path)).status_code == 403
    await browser.enrol()
    assert (await browser.get("/v1/delegations")).status_code == 403


async def test_a_sign_up_without_password_sets_up_a_factor_in_its_session(house: House) -> None:
    browser = house.browser()
    made = await browser.post("/v1/firm-accounts", {**OWNER})
    assert (made.status_code, made.json()["strength"]) == (201, "none")
    await browser.enrol()
    assert (await house.browser().password("owner", "")).status_code == 422
    assert (await house.browser().password("owner", "anything at all")).status_code == 401


async def test_bad_applications(house: House) -> None:
    await house.person("taken", await house.member(2), "credit-officer")
    for changes, status, code in (
        ({"code": FIRM[:-1] + "0"}, 400, "person_invalid"),
        ({"code": "x"}, 400, "person_invalid"),
        ({"citizen_no": "110105194912310021"}, 400, "person_invalid"),
        ({"telephone": "call me"}, 400, "person_invalid"),
        ({"login": "TAKEN"}, 409, "login_taken"),
        ({"login": "no good"}, 400, "login_invalid"),
        ({"password": "owner-owner-1"}, 400, "password_weak"),
        ({"password": "short"}, 400, "password_weak"),
        ({"name": ""}, 422, "request_invalid"),
        ({"citizen_no": ""}, 422, "request_invalid"),
        ({"code": "x" * 41}, 422, "request_invalid"),
        ({"roles": ["firm-legal-representative"]}, 422, "request_invalid"),
        ({"state": "active"}, 422, "request_invalid"),
    ):
        answer = await house.browser().post("/v1/firm-accounts", application(**changes))  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (status, code), changes
        assert "11010519491231" not in answer.text
    assert len(await house.sql("select 1 from account")) == 1


async def test_what_is_personal_is_sealed_and_masked(house: House) -> None:
    judge = await officer(house)
    made = (await house.browser().post("/v1/firm-accounts", application())).json()
    shown = (await judge.get(f"/v1/firm-accounts/{made['account']}")).json()
    assert shown["person"] == {"telephone": "138****5678", "email": None, "citizen_no": "1101**********002X"}
    stored = str(await house.sql("select * from account")) + str(await house.events())
    assert CITIZEN not in stored and "13812345678" not in stored


# -- verification -----------------------------------------------------------------------------------------------------


async def test_the_facts_are_the_officers_alone(house: House) -> None:
    judge = await officer(house)
    made = (await house.browser().post("/v1/firm-accounts", application())).json()
    path = f"/v1/firm-accounts/{made['account']}"
    cases: tuple[tuple[tuple[str, str | None] | None, tuple[bool, bool, bool | None, bool]], ...] = (
        (None, (False, False, None, False)),
        (("王小明", CITIZEN), (True, True, True, True)),
        (("王 小明", None), (True, True, None, True)),
        (("王小明", OTHER_CITIZEN), (True, True, False, False)),
        (("张三", CITIZEN), (True, False, True, False)),
    )
    for says, wanted in cases:
        house.register.clear()
        if says is not None:
            registered(house, *says)
        facts = (await judge.get(path)).json()["facts"]
        names = ("firm_registered", "name_matches", "citizen_no_matches", "approvable")
        assert tuple(facts[name] for name in names) == wanted
        if not wanted[3]:
            answer = await decide(judge, made["account"])
            assert (answer.status_code, answer.json()["code"]) == (409, "representative_refused")
    assert (await judge.get("/v1/firm-accounts?state=pending")).json()["total"] == 1


async def test_approval_gives_the_role_in_a_new_session(house: House) -> None:
    registered(house)
    judge, browser = await officer(house), house.browser()
    made = (await browser.post("/v1/firm-accounts", application())).json()
    approved = (await decide(judge, made["account"])).json()
    assert (approved["state"], approved["roles"]) == ("active", ["firm-legal-representative"])
    assert (await browser.get("/v1/session")).status_code == 401
    shown = (await browser.sign_in("owner")).json()["session"]
    assert (shown["subject"], shown["roles"]) == (FIRM, ["firm-legal-representative"])
    again = await decide(judge, made["account"])
    assert (again.status_code, again.json()["code"]) == (409, "account_state")
    detail = (await judge.get(f"/v1/firm-accounts/{made['account']}")).json()
    assert detail["approval_note"] == "核对了营业执照原件" and detail["approved_by"].startswith("account:")
    assert len(await house.events("firm_account_approved")) == 1


async def test_refusal_closes_and_frees_the_login(house: House) -> None:
    judge, browser = await officer(house), house.browser()
    made = (await browser.post("/v1/firm-accounts", application())).json()
    assert (await decide(judge, made["account"], False)).json()["state"] == "closed"
    assert (await browser.get("/v1/session")).status_code == 401
    assert (await house.browser().post("/v1/firm-accounts", application())).status_code == 201


async def test_bad_decisions(house: House) -> None:
    judge = await officer(house)
    made = (await house.browser().post("/v1/firm-accounts", application())).json()
    for body in ({}, {"approve": True}, {"approve": True, "note": ""}, {"approve": True, "note": "   "},
                 {"approve": True, "note": "x" * 1001}, {"approve": "perhaps", "note": "ok"}):  # fmt: skip
        answer = await judge.post(f"/v1/firm-accounts/{made['account']}/decision", body)
        assert answer.status_code == 422, body
    for account in (uuid4(), (await house.sql("select id from account where login = 'officer'"))[0]["id"]):
        for answer in (await decide(judge, str(account)), await judge.get(f"/v1/firm-accounts/{account}")):
            assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")
    assert (await decide(house.browser(), made["account"])).status_code == 401


async def test_a_second_representative_replaces_the_first_only_when_the_register_changed(house: House) -> None:
    judge = await officer(house)
    first = await owner(house, judge)
    granted = (await first.post("/v1/delegations", delegate(house))).json()
    helper = await accepted(house, granted["token"])
    assert (await helper.get("/v1/delegations")).status_code == 200
    same = (await house.browser().post("/v1/firm-accounts", application(login="second"))).json()
    for replace in (False, True):  # the register still names the first
        answer = await decide(judge, same["account"], replace=replace)
        assert (answer.status_code, answer.json()["code"]) == (409, "representative_refused")
    registered(house, "赵新任", OTHER_CITIZEN)
    body = application(login="third", name="赵新任", citizen_no=OTHER_CITIZEN)
    new = (await house.browser().post("/v1/firm-accounts", body)).json()
    facts = (await judge.get(f"/v1/firm-accounts/{new['account']}")).json()["facts"]
    assert [one["login"] for one in facts["representatives"]] == ["owner"]
    assert (await decide(judge, new["account"])).status_code == 409
    assert (await decide(judge, new["account"], replace=True)).status_code == 200
    assert (await first.get("/v1/session")).status_code == 401
    assert (await helper.get("/v1/session")).status_code == 401
    line = (await house.events("representative_replaced"))[0]
    assert (line["target"], line["details"]["successor"]) == (f"account:{first.account}", f"account:{new['account']}")


async def test_two_applicants_approved_at_the_same_moment(house: House) -> None:
    registered(house)
    judge = await officer(house)
    made = [
        (await house.browser().post("/v1/firm-accounts", application(login=login))).json()["account"]
        for login in ("owner.a", "owner.b")
    ]
    answers = await asyncio.gather(*(decide(judge, account) for account in made))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


# -- delegations ------------------------------------------------------------------------------------------------------


async def test_a_delegate_is_refused_the_day_after(house: House) -> None:
    first = await owner(house)
    granted = await first.post("/v1/delegations", delegate(house))
    assert granted.status_code == 201
    helper = await accepted(house, granted.json()["token"])
    shown = (await helper.get("/v1/session")).json()
    assert (shown["roles"], shown["subject"]) == (["firm-delegate"], FIRM)
    house.clock.advance(timedelta(days=29))
    assert house.clock.today() == date(2026, 6, 30)
    await helper.password("delegate")
    house.clock.advance(timedelta(hours=13, minutes=40))  # shortly before midnight in China
    await helper.password("delegate")
    assert (await helper.get("/v1/delegations")).status_code == 200
    house.clock.advance(timedelta(minutes=20))
    answer = await helper.get("/v1/delegations")
    assert (answer.status_code, answer.json()["details"]) == (401, {"reason": "delegation_over"})
    told = (await helper.password("delegate")).json()
    assert told["code"] == "account_unusable" and "2026-06-30" in told["message"]
    renewed = delegate(house, account=granted.json()["account"])
    for name in ("login", "name", "telephone"):
        del renewed[name]
    await first.sign_in("owner")
    answer = await first.post("/v1/delegations", renewed)
    assert (answer.status_code, answer.json()["token"]) == (201, None)
    assert (await helper.password("delegate")).status_code == 200


async def test_a_delegate_is_refused_as_soon_as_it_is_ended(house: House) -> None:
    first = await owner(house)
    granted = (await first.post("/v1/delegations", delegate(house))).json()
    helper = await accepted(house, granted["token"])
    assert (await helper.get("/v1/delegations")).status_code == 200
    path = f"/v1/delegations/{granted['id']}/end"
    assert (await helper.post(path)).status_code == 403
    ended = (await first.post(path)).json()
    assert ended["ended_at"] is not None
    assert (await helper.get("/v1/delegations")).json()["details"] == {"reason": "delegation_over"}
    again = await first.post(path)
    assert (again.status_code, again.json()["code"]) == (404, "delegation_not_found")


async def test_a_delegate_before_the_first_day(house: House) -> None:
    first = await owner(house)
    start = house.clock.today() + timedelta(days=3)
    body = delegate(house, valid_from=str(start))
    helper = await accepted(house, (await first.post("/v1/delegations", body)).json()["token"])
    told = (await helper.password("delegate")).json()
    assert told["details"] == {"reason": "delegation_ahead"} and str(start) in told["message"]
    house.clock.advance(timedelta(days=3))
    assert (await helper.password("delegate")).status_code == 200


async def test_a_delegate_stands_and_falls_with_who_granted(house: House) -> None:
    first = await owner(house)
    helper = await accepted(house, (await first.post("/v1/delegations", delegate(house))).json()["token"])
    await house.accounts.staff.suspend(house.access("close"), first.account)
    assert (await helper.password("delegate")).json()["code"] == "account_unusable"
    await house.accounts.staff.resume(house.access("edit"), first.account)
    assert (await helper.password("delegate")).status_code == 200
    await house.accounts.staff.change(house.access("edit"), first.account, Changes(valid_to=date(2026, 5, 31)))
    assert (await helper.get("/v1/session")).status_code == 401
    await house.accounts.staff.change(house.access("edit"), first.account, Changes(unlimited=True))
    assert (await helper.password("delegate")).status_code == 200
    await house.accounts.staff.reset(house.access("reset"), first.account)
    assert (await helper.password("delegate")).json()["code"] == "account_unusable"
    await house.accounts.staff.close(house.access("close"), first.account)
    assert (await helper.password("delegate")).json()["code"] == "account_unusable"
    assert (await house.sql("select ended_by from delegation"))[0]["ended_by"] == "local:test"


async def test_who_may_grant(house: House) -> None:
    """Not the delegate, not a representative signed in by password alone, not an officer, nobody for another firm."""
    judge = await officer(house)
    first = await owner(house, judge)
    granted = (await first.post("/v1/delegations", delegate(house))).json()
    helper = await accepted(house, granted["token"])
    await helper.enrol()
    registered(house, "钱二", None, code_of(901))
    stranger = house.browser()
    made = (await stranger.post("/v1/firm-accounts", application(login="two", name="钱二", code=code_of(901)))).json()
    await decide(judge, made["account"])
    await stranger.password("two")
    for browser in (helper, stranger, judge):
        assert (await browser.post("/v1/delegations", delegate(house, login="more"))).status_code == 403
    await stranger.enrol()
    foreign = await stranger.post(f"/v1/delegations/{granted['id']}/end")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "delegation_not_found")
    body = {"account": granted["account"], "scope": ["firm-delegate"], "valid_from": "2026-06-01", "valid_to": "2026-06-02"}  # fmt: skip  # noqa: E501
    taken = await stranger.post("/v1/delegations", body)
    assert (taken.status_code, taken.json()["code"]) == (400, "delegation_invalid")
    assert (await stranger.get("/v1/delegations")).json()["total"] == 0
    assert (await stranger.get(f"/v1/delegations?subject={FIRM}")).json()["total"] == 0
    assert (await judge.get(f"/v1/delegations?subject={FIRM}")).json()["total"] == 1
    listed = (await helper.get("/v1/delegations")).json()["delegations"]
    assert [(one["name"], one["account_state"]) for one in listed] == [("李经办", "active")]
    assert (await house.browser().get("/v1/delegations")).status_code == 401


async def test_bad_delegations(house: House) -> None:
    first = await owner(house)
    for changes, status, code in (
        ({"scope": ["firm-legal-representative"]}, 400, "delegation_invalid"),
        ({"scope": []}, 422, "request_invalid"),
        ({"valid_to": "2026-05-31"}, 400, "delegation_invalid"),
        ({"valid_from": "2026-05-31"}, 400, "delegation_invalid"),
        ({"valid_to": "2027-06-02"}, 400, "delegation_invalid"),
        ({"valid_to": "soon"}, 422, "request_invalid"),
        ({"valid_to": "9999-12-31", "valid_from": "9999-12-30"}, 400, "delegation_invalid"),
        ({"account": str(first.account)}, 400, "delegation_invalid"),
        ({"login": None}, 400, "delegation_invalid"),
        ({"login": None, "name": None, "telephone": None, "account": str(first.account)}, 400, "delegation_invalid"),
        ({"login": None, "name": None, "telephone": None, "account": str(uuid4())}, 400, "delegation_invalid"),
        ({"login": "owner"}, 409, "login_taken"),
        ({"telephone": "call me"}, 400, "person_invalid"),
        ({"subject": code_of(901)}, 422, "request_invalid"),
    ):
        answer = await first.post("/v1/delegations", delegate(house, **changes))  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (status, code), changes
    for number in ("0", "x", str(2**63)):
        assert (await first.post(f"/v1/delegations/{number}/end")).status_code == 422
    assert (await first.post("/v1/delegations/4711/end")).status_code == 404
    assert await house.sql("select 1 from delegation") == []


async def test_a_reset_opens_no_firm_to_whoever_holds_the_invitation(house: House) -> None:
    """An administrator who resets a firm's account has its invitation; it must not be a key to the firm."""
    judge = await officer(house)
    first = await owner(house, judge)
    helper = (await first.post("/v1/delegations", delegate(house))).json()
    await accepted(house, helper["token"])
    reset = house.accounts.staff.reset
    token = (await reset(house.access("reset"), UUID(helper["account"]))).token
    assert (await (await accepted(house, token)).password("delegate")).json()["code"] == "account_unusable"
    granted = await first.post("/v1/delegations", delegate(house) | {
        "account": helper["account"], "login": None, "name": None, "telephone": None})  # fmt: skip
    assert granted.status_code == 201
    assert (await house.browser().password("delegate")).status_code == 200

    token = (await reset(house.access("reset"), first.account)).token
    anybody = await accepted(house, token, "owner")
    shown = (await anybody.get("/v1/session")).json()
    assert (shown["roles"], shown["subject"]) == (["firm-applicant"], None)
    assert (await house.browser().password("delegate")).json()["code"] == "account_unusable"
    assert (await decide(judge, str(first.account))).status_code == 200
    assert (await anybody.password("owner")).json()["roles"] == ["firm-legal-representative"]
    assert (await house.browser().password("delegate")).status_code == 200
