"""Accounts of others: who may invite, change, close and see whom."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from accounts_kit import ADDRESS, PASSWORD, Browser, House
from members_kit import person, table

from xinshu.members.accounts.model import Account
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.staff import close_all_of_member
from xinshu.members.freshness import announce
from xinshu.members.model import Caller, MemberKind, Principal, Resource, Strength
from xinshu.members.permissions import Access, decide

REACH = {"telephone": "13812345678", "email": "han@bank.example"}


async def admin(house: House) -> Browser:
    """The operator's administrator, signed in strongly."""
    account = await house.operator()
    browser = house.browser()
    browser.account = account
    await browser.sign_in("admin")
    return browser


async def bank_admin(house: House, number: int = 2, login: str = "bank.admin") -> Browser:
    """A bank's administrator, signed in strongly; the member's id is `browser.member`."""
    member = await house.member(number)
    account = await house.person(login, member, "member-admin", name="王经理")
    browser = house.browser()
    browser.account, browser.member = account, member
    await browser.sign_in(login)
    return browser


def invitation(member: str, **changes: Any) -> dict[str, Any]:
    """A body for POST /v1/accounts."""
    return {
        "login": "new.one",
        "name": "赵六",
        "member": member,
        "roles": ["credit-officer"],
        "person": REACH,
        **changes,
    }


async def test_invite_accept_sign_in(house: House) -> None:
    browser = await bank_admin(house)
    made = await browser.post("/v1/accounts", invitation(browser.member))
    assert made.status_code == 201
    shown = (await browser.get(f"/v1/accounts/{made.json()['account']}")).json()
    assert (shown["state"], shown["roles"], shown["created_by"]) == (
        "invited", ["credit-officer"], f"account:{browser.account}",
    )  # fmt: skip
    assert shown["person"] == {"telephone": "138****5678", "email": "h***@bank.example", "citizen_no": None}
    person_ = house.browser()
    accepted = await person_.post("/v1/invitations/accept", {"token": made.json()["token"], "password": PASSWORD})
    assert accepted.json() == {"login": "new.one", "name": "赵六"}
    assert (await person_.password("new.one")).json()["roles"] == ["credit-officer"]
    again = await person_.post("/v1/invitations/accept", {"token": made.json()["token"], "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (400, "invitation_invalid")
    stored = str(await house.sql("select * from account")) + str(await house.events())
    assert "13812345678" not in stored and made.json()["token"] not in stored and PASSWORD not in stored


async def test_an_invitation_serves_one(house: House) -> None:
    token = await house.invited("new.one", await house.member(2), "credit-officer")
    bodies = [{"token": token, "password": f"{PASSWORD} {number}"} for number in range(4)]
    answers = await asyncio.gather(*(house.browser().post("/v1/invitations/accept", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    assert (await house.browser().password("new.one", f"{PASSWORD} {won}")).status_code == 200


async def test_invitations_that_open_nothing(house: House) -> None:
    token = await house.invited("new.one", await house.member(2), "credit-officer")
    weak = await house.browser().post("/v1/invitations/accept", {"token": token, "password": "new.one-123456"})
    assert (weak.status_code, weak.json()["code"]) == (400, "password_weak")  # and the invitation still serves
    for wrong in (token[:-1], token + "x", "x", "' or 1=1", "\0", "é"):
        answer = await house.browser().post("/v1/invitations/accept", {"token": wrong, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (400, "invitation_invalid")
    house.clock.advance(timedelta(days=7))
    late = await house.browser().post("/v1/invitations/accept", {"token": token, "password": PASSWORD})
    assert late.json()["code"] == "invitation_invalid"
    log = await house.events("invitation_invalid")
    assert len(log) == 7 and token not in str(log) and log[0]["address"] == ADDRESS
    for body in ({}, {"token": token}, {"token": "", "password": PASSWORD}, {"token": "x" * 101, "password": "x"}):
        assert (await house.browser().post("/v1/invitations/accept", body)).status_code == 422


async def test_a_closed_account_accepts_no_invitation(house: House) -> None:
    token = await house.invited("new.one", await house.member(2), "credit-officer")
    account = (await house.sql("select id from account"))[0]["id"]
    await house.accounts.staff.close(house.access("close"), account)
    answer = await house.browser().post("/v1/invitations/accept", {"token": token, "password": PASSWORD})
    assert answer.json()["code"] == "invitation_invalid"
    assert (await house.invited("new.one", await house.member(3), "credit-officer")) != token  # the login is free again


async def test_what_cannot_be_invited(house: House) -> None:
    browser = await bank_admin(house)
    other = await house.member(3)
    for changes, status, code in (
        ({"member": other}, 403, "forbidden"),
        ({"member": "mnobody"}, 403, "forbidden"),
        ({"roles": ["data-officer"]}, 400, "roles_refused"),
        ({"roles": ["operator-admin"]}, 400, "roles_refused"),
        ({"roles": ["institution-system"]}, 400, "roles_refused"),
        ({"roles": ["firm-delegate", "credit-officer"]}, 400, "roles_refused"),
        ({"roles": ["x"]}, 400, "roles_refused"),
        ({"login": "BANK.admin"}, 409, "login_taken"),
        ({"login": "has space"}, 400, "login_invalid"),
        ({"person": {"telephone": "call me"}}, 400, "person_invalid"),
        ({"person": {"email": "nowhere"}}, 400, "person_invalid"),
        ({"roles": []}, 422, "request_invalid"),
        ({"name": "   "}, 422, "request_invalid"),
        ({"name": "x" * 101}, 422, "request_invalid"),
        ({"login": "ab"}, 422, "request_invalid"),
        ({"valid_to": "someday"}, 422, "request_invalid"),
        ({"state": "active"}, 422, "request_invalid"),
        ({"person": {"citizen_no": "11010519491231002X"}}, 422, "request_invalid"),
    ):
        answer = await browser.post("/v1/accounts", {**invitation(browser.member), **changes})
        assert (answer.status_code, answer.json()["code"]) == (status, code), changes
    assert len(await house.sql("select 1 from account")) == 1


async def test_an_operator_invites_for_any_member_that_exists(house: House) -> None:
    browser = await admin(house)
    member = await house.member(2)
    assert (await browser.post("/v1/accounts", invitation(member))).status_code == 201
    answer = await browser.post("/v1/accounts", invitation("mnobody", login="another"))
    assert (answer.status_code, answer.json()["code"]) == (404, "member_not_found")


async def test_nobody_raises_or_changes_oneself(house: House) -> None:
    for browser in (await admin(house), await bank_admin(house)):
        own = f"/v1/accounts/{browser.account}"
        for method, path, body in (
            ("PATCH", own, {"roles": ["operator-security"]}), ("PATCH", own, {"name": "x"}),
            ("POST", f"{own}/suspend", None), ("POST", f"{own}/resume", None), ("POST", f"{own}/close", None),
            ("POST", f"{own}/reset", None), ("POST", f"{own}/unlock", None),
        ):  # fmt: skip
            answer = await browser.ask(method, path, body)
            assert (answer.status_code, answer.json()["details"]) == (403, {"reason": "same_person"}), path
        assert (await browser.get(own)).status_code == 200


async def test_a_change_of_roles_counts_at_once(house: House) -> None:
    browser = await bank_admin(house)
    account = await house.person("officer", browser.member, "credit-officer")
    officer = house.browser()
    await officer.password("officer")
    answer = await browser.ask(
        "PATCH", f"/v1/accounts/{account}", {"roles": ["member-admin"], "valid_to": "2026-12-31"}
    )
    assert (answer.status_code, answer.json()["roles"], answer.json()["valid_to"]) == (
        200, ["member-admin"], "2026-12-31",
    )  # fmt: skip
    shown = (await officer.get("/v1/session")).json()
    assert shown["roles"] == ["member-admin"] and shown["missing"] == ["enrol_second_factor"]
    answer = await browser.ask("PATCH", f"/v1/accounts/{account}", {"unlimited": True, "name": " 赵七 "})
    assert (answer.json()["valid_to"], answer.json()["name"]) == (None, "赵七")
    wrong = await browser.ask("PATCH", f"/v1/accounts/{account}", {"roles": ["operator-admin"]})
    assert wrong.json()["code"] == "roles_refused"
    line = (await house.events("account_changed"))[0]
    assert line["details"]["roles"] == ["member-admin"] and line["details"]["before"] == ["credit-officer"]
    assert line["principal"] == f"account:{browser.account}" and line["target"] == f"account:{account}"


async def settle(house: House) -> None:
    """Wait until what was announced has been heard."""
    done = asyncio.Event()
    house.freshness.on_change(lambda what: done.set() if what == "client:settle" else None)
    async with house.db.transaction() as conn:
        await announce(conn, "client:settle")
    await asyncio.wait_for(done.wait(), 5)


async def test_suspend_resume_reset_close(house: House) -> None:
    browser = await bank_admin(house)
    account = await house.person("officer", browser.member, "credit-officer")
    path, officer = f"/v1/accounts/{account}", house.browser()
    await officer.password("officer")
    assert (await browser.post(f"{path}/resume")).json()["code"] == "account_state"
    assert (await browser.post(f"{path}/suspend")).json()["state"] == "suspended"
    assert (await officer.get("/v1/session")).status_code == 401
    assert (await officer.password("officer")).json()["code"] == "account_unusable"
    assert (await browser.post(f"{path}/reset")).json()["code"] == "account_state"
    assert (await browser.post(f"{path}/resume")).json()["state"] == "active"
    await officer.sign_in("officer")
    token = (await browser.post(f"{path}/reset")).json()["token"]
    assert (await officer.get("/v1/session")).status_code == 401
    assert (await house.browser().password("officer")).status_code == 401
    assert await house.sql("select 1 from recovery_code where account_id = $1", account) == []
    newer = (await browser.post(f"{path}/reset")).json()["token"]
    old = await house.browser().post("/v1/invitations/accept", {"token": token, "password": PASSWORD})
    assert old.json()["code"] == "invitation_invalid"
    await house.browser().post("/v1/invitations/accept", {"token": newer, "password": PASSWORD})
    assert (await house.browser().password("officer")).json()["totp"] is False
    assert (await browser.post(f"{path}/close")).json()["state"] == "closed"
    for verb in ("suspend", "resume", "close", "reset", "unlock"):
        assert (await browser.post(f"{path}/{verb}")).json()["code"] == "account_state"
    assert (await browser.ask("PATCH", path, {"name": "x"})).json()["code"] == "account_state"


async def test_a_second_factor_half_way_does_not_survive_a_reset(house: House) -> None:
    browser = await bank_admin(house)
    account = await house.person("officer", browser.member, "credit-officer")
    officer = house.browser()
    await officer.sign_in("officer")
    house.clock.advance(timedelta(minutes=1))
    challenge = (await officer.password("officer")).json()["challenge"]
    await browser.post(f"/v1/accounts/{account}/reset")
    answer = await officer.post("/v1/session/second-factor", {"challenge": challenge, "code": officer.code()})
    assert (answer.status_code, answer.json()["code"]) == (400, "challenge_invalid")


async def test_accounts_that_do_not_exist(house: House) -> None:
    browser = await admin(house)
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("POST", "/suspend"), ("POST", "/resume"), ("POST", "/close"), ("POST", "/reset"),
        ("POST", "/unlock"),
    ):  # fmt: skip
        body = {} if method == "PATCH" else None
        answer = await browser.ask(method, f"/v1/accounts/{uuid4()}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")
        assert (await browser.ask(method, f"/v1/accounts/no-uuid{path}", body)).status_code == 422


async def test_nobody_without_the_right(house: House) -> None:
    """Anonymous, a person without the role, an administrator signed in by password, one of another member."""
    bank = await bank_admin(house)
    account = await house.person("officer", bank.member, "credit-officer")
    stranger = await bank_admin(house, 3, "stranger")
    weak, officer = house.browser(), house.browser()
    await house.person("weak.admin", bank.member, "member-admin")
    await weak.password("weak.admin")
    await officer.password("officer")
    for browser, status in ((house.browser(), 401), (officer, 403), (weak, 403), (stranger, 403)):
        for method, path, body in (
            ("GET", f"/v1/accounts/{account}", None), ("PATCH", f"/v1/accounts/{account}", {"name": "x"}),
            ("POST", "/v1/accounts", invitation(bank.member)), ("POST", f"/v1/accounts/{account}/close", None),
            ("POST", f"/v1/accounts/{account}/reset", None), ("POST", f"/v1/accounts/{account}/suspend", None),
        ):  # fmt: skip
            assert (await browser.ask(method, path, body)).status_code == status, (method, path)
    assert (await stranger.get("/v1/accounts")).json()["total"] == 1


async def test_lists_show_what_the_decision_allows(house: House) -> None:
    """The SQL form and the Python form, for every role, over accounts of members, branches and firms."""
    await house.operator()
    bank, other = await house.member(2), await house.member(3)
    branch = await house.member(4, parent=bank)
    provider = await house.member(5, MemberKind.PROVIDER)
    for number, member in enumerate((bank, other, branch)):
        await house.invited(f"person{number}", member, "credit-officer")
    await house.invited("person9", provider, "data-officer")
    await house.sql(
        "insert into account (id, login, name, subject_code, roles, state, created_by, created_at, updated_at) "
        "values (gen_random_uuid(), 'firm', 'f', '91', '{}', 'pending', 'x', now(), now())"
    )
    async with house.db.acquire() as conn:
        everyone = [Account.of(row) async for row in queries.list_accounts(
            conn, scopes="[{}]", own=False, member_id=None, state=None, size=200, skip=0)]  # fmt: skip
    assert len(everyone) == 6
    seen_at_all = 0
    for role in table().roles:
        whoever = (
            person(role),
            replace(person(role), members=(bank, branch)),
            replace(person(role), subject="91"),
            replace(person(role), strength=Strength.PASSWORD),
            replace(person(role), id=everyone[0].principal),
        )
        for who in whoever:
            for kind in ("account", "firm-account"):
                listed = await self_listed(house, who, kind)
                wanted = {
                    one.id
                    for one in everyone
                    if (kind == "account" or one.subject_code is not None)
                    and decide(table(), who, "read", resource(kind, one)).allowed
                }
                assert listed == wanted, (role, who, kind)
                seen_at_all += len(listed)
    assert seen_at_all > 50


def resource(kind: str, account: Account) -> Resource:
    """An account as the decision sees it."""
    member = account.member_id if kind == "account" else None
    return Resource(kind, member=member, subject=account.subject_code, account=account.principal)


async def self_listed(house: House, who: Principal, kind: str) -> set[Any]:
    """What a list shows to somebody."""
    access = Access(table(), who, "read", kind, Caller(""))
    if kind == "account":
        return {one.id for one in (await house.accounts.staff.page(access, None, None, 1, 200)).accounts}
    return {one.id for one in (await house.accounts.firms.page(access, None, None, 1, 200)).accounts}


async def test_lists_are_paged_and_filtered(house: House) -> None:
    browser = await admin(house)
    bank = await house.member(2)
    for number in range(5):
        await house.invited(f"person{number}", bank, "credit-officer")
    first = (await browser.get(f"/v1/accounts?member={bank}&page_size=3")).json()
    second = (await browser.get(f"/v1/accounts?member={bank}&page_size=3&page=2")).json()
    assert (first["total"], len(first["accounts"]), len(second["accounts"])) == (5, 3, 2)
    assert len({one["id"] for one in first["accounts"] + second["accounts"]}) == 5
    assert (await browser.get("/v1/accounts?state=active")).json()["total"] == 1
    for query in ("page=0", "page_size=201", "state=odd", "member=" + "x" * 41, "page=x"):
        assert (await browser.get(f"/v1/accounts?{query}")).status_code == 422
    assert (await browser.get("/v1/accounts?member='%20or%201=1")).json()["total"] == 0


async def test_all_accounts_of_a_member_close(house: House) -> None:
    bank = await house.member(2)
    officers = [house.browser(), house.browser()]
    for number, browser in enumerate(officers):
        await house.person(f"person{number}", bank, "credit-officer")
        await browser.password(f"person{number}")
    token = await house.invited("invited", bank, "credit-officer")
    await house.person("elsewhere", await house.member(3), "credit-officer")
    async with house.db.transaction() as conn:
        closed = await close_all_of_member(conn, bank, "account:x", house.clock.now())
    assert closed == {"accounts": 3, "sessions": 2}
    await settle(house)
    for browser in officers:
        assert (await browser.get("/v1/session")).status_code == 401
    answer = await house.browser().post("/v1/invitations/accept", {"token": token, "password": PASSWORD})
    assert answer.json()["code"] == "invitation_invalid"
    assert (await house.browser().password("elsewhere")).status_code == 200
    async with house.db.transaction() as conn:
        assert await close_all_of_member(conn, bank, "x", house.clock.now()) == {"accounts": 0, "sessions": 0}


async def test_who_somebody_would_be(house: House) -> None:
    bank = await house.member(2)
    account = await house.person("officer", bank, "credit-officer")
    found = await house.accounts.principals.by_id(f"account:{account}")
    assert found is not None and found.roles == {"credit-officer"} and found.members == (bank,)
    for other in ("account:x", f"client:{account}", f"account:{uuid4()}", "", "anonymous"):
        assert await house.accounts.principals.by_id(other) is None


async def test_who_applies_anew_does_not_see_who_was_there_before(house: House) -> None:
    """Anybody may apply under the code of a member that left; its former staff is none of the newcomer's business."""
    bank = await house.member(2)
    await house.person("former", bank, "member-admin")
    async with house.db.transaction() as conn:
        await close_all_of_member(conn, bank, "account:x", house.clock.now())
    house.clock.advance(timedelta(days=1))
    await house.sql(
        "insert into member_step (member_id, round, from_state, to_state, actor, actor_name, at) "
        "values ($1, 2, 'offboarded', 'applied', 'anonymous', '未登录', $2)", bank, house.clock.now(),
    )  # fmt: skip
    newcomer = house.browser()
    await house.person("newcomer", bank, "member-admin")
    await newcomer.sign_in("newcomer")
    assert [one["login"] for one in (await newcomer.get("/v1/accounts")).json()["accounts"]] == ["newcomer"]
    everyone = (await (await admin(house)).get(f"/v1/accounts?member={bank}")).json()["accounts"]
    assert {one["login"] for one in everyone} == {"former", "newcomer"}
