"""Operators' accounts take two: one administrator proposes, another confirms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from accounts_kit import PASSWORD, Browser, House

PATH = "/v1/account-proposals"


async def signed_in(house: House, login: str, account: UUID) -> Browser:
    """Somebody at a browser, strongly."""
    browser = house.browser()
    browser.account = account
    await browser.sign_in(login)
    return browser


@pytest.fixture
async def first(house: House) -> Browser:
    """The only administrator."""
    browser = await signed_in(house, "admin", await house.operator())
    browser.member = (await house.sql("select member_id from account"))[0]["member_id"]
    return browser


@pytest.fixture
async def second(house: House, first: Browser) -> Browser:
    """Another one."""
    return await signed_in(house, "second", await house.person("second", first.member, "operator-admin"))


def invitation(first: Browser, login: str = "new.one", *roles: str) -> dict[str, Any]:
    """A body."""
    return {"login": login, "name": "赵六", "member": first.member, "roles": list(roles or ("operator-audit",))}


def told(answer: Any) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json().get("code", "")


async def test_the_only_administrator_acts_alone_and_it_is_recorded(house: House, first: Browser) -> None:
    made = await first.post("/v1/accounts", invitation(first, "second", "operator-admin"))
    assert made.status_code == 201
    account = made.json()["account"]
    assert (
        await first.ask("PATCH", f"/v1/accounts/{account}", {"roles": ["operator-admin", "operator-audit"]})
    ).is_success
    assert (await first.post(f"/v1/accounts/{account}/reset")).is_success
    alone = await house.events("acted_alone")
    assert [(line["details"]["verb"], line["target"]) for line in alone] == [
        (verb, f"account:{account}") for verb in ("invite", "roles", "reset")
    ]
    needless = await first.post(f"{PATH}/invite", invitation(first))
    assert told(needless) == (409, "proposal_state")


async def test_with_two_administrators_none_acts_alone(house: House, first: Browser, second: Browser) -> None:
    for answer in (
        await first.post("/v1/accounts", invitation(first)),
        await first.ask("PATCH", f"/v1/accounts/{second.account}", {"roles": ["operator-audit"]}),
        await second.post(f"/v1/accounts/{first.account}/reset"),
    ):
        assert told(answer) == (409, "second_person_needed")
    rows = await house.sql("select login, roles, state from account order by login")
    assert [tuple(row) for row in rows] == [
        ("admin", ["operator-admin"], "active"), ("second", ["operator-admin"], "active"),
    ]  # fmt: skip
    # What takes nothing but a name, and what takes rights away, needs one person; so do accounts of members.
    assert (await first.ask("PATCH", f"/v1/accounts/{second.account}", {"name": "韩雪"})).is_success
    assert (await first.post(f"/v1/accounts/{second.account}/suspend")).is_success
    bank = await house.member(2)
    body = {"login": "bank.one", "name": "钱七", "member": bank, "roles": ["credit-officer"]}
    assert (await first.post("/v1/accounts", body)).status_code == 201


async def test_closing_the_others_brings_the_first_one_no_freedom(
    house: House, first: Browser, second: Browser
) -> None:
    assert (await first.post(f"/v1/accounts/{second.account}/close")).is_success
    assert told(await first.post("/v1/accounts", invitation(first))) == (409, "second_person_needed")


async def test_an_invitation_by_two(house: House, first: Browser, second: Browser) -> None:
    made = await first.post(f"{PATH}/invite", invitation(first))
    assert made.status_code == 201, made.text
    proposal = made.json()
    assert (proposal["state"], proposal["verb"], proposal["roles"]) == ("open", "invite", ["operator-audit"])
    assert told(await first.post(f"{PATH}/invite", invitation(first))) == (409, "proposal_state")  # once
    assert await house.sql("select 1 from account where login = 'new.one'") == []
    listed = (await second.get(f"{PATH}?state=open")).json()
    assert (listed["total"], listed["proposals"][0]["proposed_by_name"]) == (1, "李雷")
    mine = await first.post(f"{PATH}/{proposal['id']}/confirm")
    assert (mine.status_code, mine.json()["details"]["reason"]) == (403, "same_person")
    done = await second.post(f"{PATH}/{proposal['id']}/confirm")
    assert done.status_code == 200, done.text
    assert (done.json()["proposal"]["state"], done.json()["proposal"]["decided_by"]) == (
        "confirmed", f"account:{second.account}",
    )  # fmt: skip
    person = house.browser()
    accepted = {"token": done.json()["token"], "password": PASSWORD}
    assert (await person.post("/v1/invitations/accept", accepted)).is_success
    assert (await person.password("new.one")).json()["roles"] == ["operator-audit"]
    for verb in ("confirm", "withdraw"):
        assert told(await second.post(f"{PATH}/{proposal['id']}/{verb}")) == (409, "proposal_state")
    codes = [(line["code"], line["principal"]) for line in await house.events("account_proposed", "proposal_confirmed")]
    assert codes == [
        ("account_proposed", f"account:{first.account}"), ("proposal_confirmed", f"account:{second.account}"),
    ]  # fmt: skip
    assert done.json()["token"] not in str(await house.events())


async def test_roles_and_reset_by_two(house: House, first: Browser, second: Browser) -> None:
    officer = await house.person("officer", first.member, "operator-audit")
    roles = ["operator-data", "operator-audit"]
    raised = (await first.post(f"{PATH}/roles", {"account": str(officer), "roles": roles})).json()
    assert raised["before"] == ["operator-audit"] and set(raised["roles"]) == set(roles)
    done = await second.post(f"{PATH}/{raised['id']}/confirm")
    assert done.is_success and done.json()["token"] is None
    shown = (await first.get(f"/v1/accounts/{officer}")).json()
    assert set(shown["roles"]) == set(roles)
    (line,) = await house.events("account_changed")
    assert line["details"]["proposed_by"] == f"account:{first.account}"
    reset = (await second.post(f"{PATH}/reset", {"account": str(officer)})).json()
    token = (await first.post(f"{PATH}/{reset['id']}/confirm")).json()["token"]
    assert (await house.browser().password("officer")).status_code == 401
    body = {"token": token, "password": PASSWORD}
    assert (await house.browser().post("/v1/invitations/accept", body)).is_success
    assert (await house.browser().password("officer")).is_success


async def test_nobody_confirms_what_concerns_oneself(house: House, first: Browser, second: Browser) -> None:
    third = await signed_in(house, "third", await house.person("third", first.member, "operator-admin"))
    more = {"account": str(second.account), "roles": ["operator-admin", "operator-security"]}
    proposal = (await first.post(f"{PATH}/roles", more)).json()["id"]
    own = await second.post(f"{PATH}/{proposal}/confirm")
    assert (own.status_code, own.json()["details"]["reason"]) == (403, "same_person")
    self_raised = await second.post(f"{PATH}/roles", more)
    assert (self_raised.status_code, self_raised.json()["details"]["reason"]) == (403, "same_person")
    assert (await third.post(f"{PATH}/{proposal}/confirm")).is_success


async def test_who_may_not(house: House, first: Browser, second: Browser) -> None:
    """Security officers propose resets and confirm nothing; others see nothing."""
    security = await signed_in(house, "guard", await house.person("guard", first.member, "operator-security"))
    data = await signed_in(house, "data", await house.person("data", first.member, "operator-data"))
    bank = await signed_in(house, "bank", await house.person("bank", await house.member(2), "member-admin"))
    proposal = (await first.post(f"{PATH}/invite", invitation(first))).json()["id"]
    for browser, status in ((security, 403), (data, 403), (bank, 403), (house.browser(), 401)):
        assert (await browser.post(f"{PATH}/{proposal}/confirm")).status_code == status
        assert (await browser.post(f"{PATH}/{proposal}/withdraw")).status_code == status
        assert (await browser.post(f"{PATH}/invite", invitation(first, "another"))).status_code == status
    assert (await bank.get(PATH)).json()["total"] == 0
    assert (await data.get(PATH)).status_code == 403
    reset = await security.post(f"{PATH}/reset", {"account": str(second.account)})
    assert reset.status_code == 201
    assert (await second.post(f"{PATH}/{reset.json()['id']}/confirm")).status_code == 403  # it is about oneself
    assert (await security.post(f"{PATH}/{reset.json()['id']}/withdraw")).json()["state"] == "withdrawn"
    assert (await second.post(f"{PATH}/{proposal}/withdraw")).json()["state"] == "withdrawn"  # instead of confirming


async def test_what_no_longer_fits_is_not_done(house: House, first: Browser, second: Browser) -> None:
    officer = await house.person("officer", first.member, "operator-audit")
    body = {"account": str(officer), "roles": ["operator-data"]}
    stale = (await first.post(f"{PATH}/roles", body)).json()["id"]
    await house.sql("update account set roles = '{operator-onboarding}' where login = 'officer'")
    assert told(await second.post(f"{PATH}/{stale}/confirm")) == (409, "proposal_state")
    assert (await house.sql("select state from account_proposal"))[0]["state"] == "open"  # nothing was half done
    await first.post(f"{PATH}/{stale}/withdraw")
    taken = (await first.post(f"{PATH}/invite", invitation(first, "taken"))).json()["id"]
    await house.invited("taken", await house.member(3), "credit-officer")
    assert told(await second.post(f"{PATH}/{taken}/confirm")) == (409, "login_taken")
    old = (await first.post(f"{PATH}/invite", invitation(first, "late.one"))).json()["id"]
    house.clock.advance(timedelta(days=7))
    await second.sign_in("second")
    assert told(await second.post(f"{PATH}/{old}/confirm")) == (409, "proposal_state")
    assert (await second.get(f"{PATH}?state=open")).json()["total"] == 0
    await first.sign_in("admin")
    left = (await first.post(f"{PATH}/invite", invitation(first, "left.one"))).json()["id"]
    await second.post(f"/v1/accounts/{first.account}/suspend")
    assert told(await second.post(f"{PATH}/{left}/confirm")) == (409, "proposal_state")


async def test_bad_input(house: House, first: Browser, second: Browser) -> None:
    officer = await house.person("officer", first.member, "operator-audit")
    for path, body, status in (
        ("/invite", {}, 422), ("/invite", invitation(first) | {"extra": 1}, 422),
        ("/invite", invitation(first, "x y"), 400), ("/invite", invitation(first, "new.one", "credit-officer"), 400),
        ("/invite", invitation(first, "officer"), 409), ("/invite", invitation(first) | {"member": "mnobody"}, 409),
        ("/roles", {"account": "x", "roles": ["operator-data"]}, 422), ("/roles", {"account": str(officer)}, 422),
        ("/roles", {"account": str(uuid4()), "roles": ["operator-data"]}, 404),
        ("/roles", {"account": str(officer), "roles": ["member-admin"]}, 400),
        ("/roles", {"account": str(officer), "roles": ["operator-audit"]}, 409),
        ("/reset", {"account": str(uuid4())}, 404), ("/reset", {}, 422),
        (f"/{uuid4()}/confirm", None, 404), (f"/{uuid4()}/withdraw", None, 404), ("/x/confirm", None, 422),
    ):  # fmt: skip
        answer = await first.post(f"{PATH}{path}", body)
        assert answer.status_code == status, (path, body, answer.text)
    assert (await first.get(f"{PATH}?state=nothing")).status_code == 422
    assert (await first.get(f"{PATH}?page=0")).status_code == 422
