"""The first operator: once, with the token; after that the token opens nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from accounts_kit import PASSWORD, House, code_of, open_house
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.model import member_id
from xinshu.node.access import BootstrapToken
from xinshu.store import Database

FIRST = {
    "login": "admin", "name": "李雷", "password": PASSWORD, "member_code": code_of(1), "member_name": "大数据中心",
}  # fmt: skip


async def token_of(house: House) -> str:
    """The token of a node that has just started."""
    assert await house.accounts.bootstrap.settle() is False
    token = BootstrapToken(house.settings).read()
    assert token is not None
    return token


async def test_the_token_makes_the_operator_and_is_gone(house: House) -> None:
    token, browser = await token_of(house), house.browser()
    made = await browser.post("/v1/bootstrap", {**FIRST, "token": token})
    assert (made.status_code, made.json()["member"]) == (201, member_id(code_of(1)))
    assert not (house.settings.home / "admin-token").exists()
    shown = (await browser.password("admin")).json()
    assert (shown["roles"], shown["missing"]) == (["operator-admin"], ["enrol_second_factor"])
    assert (shown["member"]["kind"], shown["member"]["state"]) == ("operator", "online")
    assert len(await house.sql("select 1 from member_step where to_state = 'online'")) == 1
    line = (await house.events("operator_created"))[0]
    assert line["kind"] == "bootstrap" and token not in str(await house.events())
    again = await house.browser().post("/v1/bootstrap", {**FIRST, "token": token, "login": "other"})
    assert (again.status_code, again.json()["code"]) == (401, "bootstrap_refused")


async def test_a_token_put_back_opens_nothing(house: House) -> None:
    token = await token_of(house)
    await house.browser().post("/v1/bootstrap", {**FIRST, "token": token})
    (house.settings.home / "admin-token").write_text(token)
    body = {**FIRST, "token": token, "login": "other", "member_code": code_of(2)}
    again = await house.browser().post("/v1/bootstrap", body)
    assert (again.status_code, again.json()["code"]) == (409, "bootstrap_closed")
    assert await house.accounts.bootstrap.settle() is True  # the next start takes it away
    assert not (house.settings.home / "admin-token").exists()


async def test_a_used_token_opens_nothing_even_when_the_accounts_are_gone(
    settings: Settings, db: Database, clock: FixedClock
) -> None:
    """A setting cannot be taken away by the software; its digest is kept."""
    given = settings.model_copy(update={"admin_token": SecretStr("a-token-of-my-own-making")})
    async with open_house(given, db, clock) as house:
        body = {**FIRST, "token": "a-token-of-my-own-making"}
        assert (await house.browser().post("/v1/bootstrap", body)).status_code == 201
        other = {**body, "login": "other", "member_code": code_of(2)}
        assert (await house.browser().post("/v1/bootstrap", other)).json()["code"] == "bootstrap_closed"
        await house.sql("update member set kind = 'bank'")  # as if there were no operator
        assert (await house.browser().post("/v1/bootstrap", other)).json()["code"] == "bootstrap_closed"
        kept = await house.sql("select digest from used_bootstrap_token")
        assert len(kept) == 1 and b"a-token" not in kept[0]["digest"]


async def test_two_at_the_same_moment(house: House) -> None:
    token = await token_of(house)
    bodies = [{**FIRST, "token": token, "login": f"admin{n}", "member_code": code_of(n)} for n in range(1, 5)]
    answers = await asyncio.gather(*(house.browser().post("/v1/bootstrap", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert all(answer.status_code in (201, 401, 409) for answer in answers)
    assert len(await house.sql("select 1 from account")) == 1 and len(await house.sql("select 1 from member")) == 1


async def test_wrong_tokens_and_bad_bodies(house: House) -> None:
    token = await token_of(house)
    for wrong in ("x", token[:-1], token + "x", "é", "\0"):
        answer = await house.browser().post("/v1/bootstrap", {**FIRST, "token": wrong})
        assert (answer.status_code, answer.json()["code"]) == (401, "bootstrap_refused")
    assert len(await house.events("bootstrap_refused")) == 5
    changes: tuple[tuple[dict[str, Any], int, str], ...] = (
        ({"password": "too short"}, 400, "password_weak"),
        ({"member_code": "x"}, 400, "person_invalid"),
        ({"login": "has space"}, 400, "login_invalid"),
        ({"name": " "}, 422, "request_invalid"),
        ({"token": ""}, 422, "request_invalid"),
        ({"roles": ["operator-security"]}, 422, "request_invalid"),
    )
    for change, status, code in changes:
        answer = await house.browser().post("/v1/bootstrap", {**FIRST, "token": token, **change})
        assert (answer.status_code, answer.json()["code"]) == (status, code), change
    assert await house.sql("select 1 from account") == []
    assert (await house.browser().post("/v1/bootstrap", {**FIRST, "token": token})).status_code == 201


async def test_a_code_that_is_a_member_already(house: House) -> None:
    await house.member(1)
    body = {**FIRST, "token": await token_of(house)}
    answer = await house.browser().post("/v1/bootstrap", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "bootstrap_closed")
    assert (await house.browser().post("/v1/bootstrap", {**body, "member_code": code_of(9)})).status_code == 201


async def test_without_a_token_nothing_opens(house: House) -> None:
    answer = await house.browser().post("/v1/bootstrap", {**FIRST, "token": "x" * 30})
    assert (answer.status_code, answer.json()["code"]) == (401, "bootstrap_refused")
