"""Why somebody may (not) do something: pure, over HTTP, and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from members_kit import RoomApp, guards, member_ref, person, table
from permission_cases import CASES, Case
from typer.testing import CliRunner

from xinshu.cli.permission import app as commands
from xinshu.members.model import ANONYMOUS, MemberKind, MemberState, Principal, Resource, Strength
from xinshu.members.permissions import decide
from xinshu.members.permissions.explain import CONDITIONS, REMEDIES, PermissionUnknownError, explain
from xinshu.members.permissions.routes import router
from xinshu.members.permissions.rules import REFUSALS

OWN = member_ref(1, MemberKind.PROVIDER)
BANK = member_ref(2)
OFFICER = replace(person("data-officer", member=OWN, number=2), items=("1",))
SYSTEM = Principal(
    "client:bank-1", "信贷系统", frozenset({"institution-system"}), BANK, members=(BANK.id,), strength=Strength.KEY
)
KNOWN = {OFFICER.id: OFFICER, SYSTEM.id: SYSTEM}


async def principal_by_id(principal_id: str) -> Principal | None:
    return KNOWN.get(principal_id)


def room(principal: Principal) -> RoomApp:
    return RoomApp(router(table(), guards(), principal_by_id), principal)


async def ask(principal: Principal, **question: Any) -> Any:
    async with room(principal).client() as client:
        return await client.post("/v1/permissions/explain", json=question)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_case_is_explained(case: Case) -> None:
    """The explanation gives the decision itself; a refusal always says what to do."""
    found = explain(table(), case.principal, case.action, case.what)
    assert found.verdict == decide(table(), case.principal, case.action, case.what)
    assert any(one.holds for one in found.considered) == found.verdict.allowed
    assert (len(found.advice) == 0) == found.verdict.allowed
    for one in found.considered:
        assert one.holds == all(condition.holds for condition in one.conditions)
        assert all((condition.wrong == "") == condition.holds for condition in one.conditions)


def test_every_condition_has_its_words() -> None:
    assert set(CONDITIONS) == set(REFUSALS) == set(REMEDIES) | {"online"}


def test_a_missing_role_names_who_gives_it() -> None:
    clerk = person("data-officer", member=OWN)
    found = explain(table(), clerk, "create", Resource("client", member=OWN.id))
    assert found.verdict.code == "role_lacks_right" and found.considered == ()
    assert [(one.role, one.possible) for one in found.holders] == [("operator-admin", False), ("member-admin", True)]
    assert found.advice == ("请平台管理员、成员管理员授予角色 “成员管理员”",)


def test_a_right_that_this_kind_of_member_cannot_have() -> None:
    found = explain(table(), person("credit-officer", member=BANK), "create", Resource("batch"))
    assert "银行不能有此权限" in found.advice[0] and "数据专员" in found.advice[0]


def test_a_firm_user_is_sent_to_the_legal_representative() -> None:
    delegate = replace(person("firm-delegate"), subject="91320100748204660Q")
    found = explain(table(), delegate, "grant", Resource("delegation", subject=delegate.subject))
    assert found.advice == ("由企业法定代表人授予 “法定代表人”",)


def test_the_grant_that_lacks_least_is_the_one_to_mend() -> None:
    weak = replace(person("data-officer", "member-admin", member=OWN), strength=Strength.PASSWORD)
    found = explain(table(), weak, "invite", Resource("account", member=OWN.id, account="account:other"))
    assert found.advice == (REMEDIES["strong"],)


@pytest.mark.parametrize(("kind", "action"), [("planet", "read"), ("batch", "fly"), ("", "")])
def test_names_that_the_table_lacks(kind: str, action: str) -> None:
    with pytest.raises(PermissionUnknownError):
        explain(table(), OFFICER, action, Resource(kind))


async def test_the_table_is_shown_to_persons() -> None:
    async with room(OFFICER).client() as client:
        answer = await client.get("/v1/permissions")
    shown = answer.json()
    assert answer.status_code == 200 and set(shown["roles"]) == set(table().roles)
    assert len(shown["grants"]) == len(table().grants)
    create = next(one for one in shown["grants"] if one["resource"] == "batch" and "data-officer" in one["roles"])
    assert create["words"]["data-officer"] == ";".join(CONDITIONS[one] for one in ("online", "own-member", "own-item"))
    assert all(set(one["words"]) == set(one["roles"]) for one in shown["grants"] if one["roles"] != ["all-persons"])


@pytest.mark.parametrize(("who", "status"), [(ANONYMOUS, 401), (SYSTEM, 403)])
async def test_the_table_is_not_shown_to_others(who: Principal, status: int) -> None:
    async with room(who).client() as client:
        assert (await client.get("/v1/permissions")).status_code == status


async def test_about_oneself() -> None:
    about = {"member": OWN.id, "item": "9"}
    answer = await ask(OFFICER, action="create", resource="batch", attributes=about)
    found = answer.json()
    assert answer.status_code == 200
    assert (found["allowed"], found["code"], found["who"]) == (False, "not_own_item", OFFICER.id)
    assert [(one["name"], one["holds"]) for one in found["considered"][0]["conditions"]] == [
        ("online", True), ("own-member", True), ("own-item", False),
    ]  # fmt: skip
    assert found["advice"] == [REMEDIES["own-item"]]
    assert (await ask(OFFICER, who=OFFICER.id, action="use", resource="self")).json()["allowed"]


async def test_about_others() -> None:
    auditor, admin = person("operator-audit"), person("member-admin", member=OWN)
    question = {"who": OFFICER.id, "action": "read", "resource": "batch", "attributes": {"member": OWN.id}}
    for asking in (auditor, admin):
        answer = (await ask(asking, **question)).json()
        assert (answer["allowed"], answer["who"], answer["roles"]) == (True, OFFICER.id, ["data-officer"])
    system = (await ask(auditor, who=SYSTEM.id, action="create", resource="batch")).json()
    assert system["code"] == "role_lacks_right"
    suspended = replace(admin, member=replace(OWN, state=MemberState.SUSPENDED))
    assert (await ask(suspended, **question)).status_code == 200


@pytest.mark.parametrize("wanted", [SYSTEM.id, "account:00000000-0000-0000-0000-000000000009"])
async def test_an_administrator_learns_nothing_of_other_members(wanted: str) -> None:
    answer = await ask(person("member-admin", member=OWN), who=wanted, action="read", resource="batch")
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_member")


async def test_about_others_is_not_for_everybody() -> None:
    answer = await ask(OFFICER, who=SYSTEM.id, action="read", resource="batch")
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "role_lacks_right")
    unknown = await ask(person("operator-audit"), who="account:nobody", action="read", resource="batch")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "principal_unknown")


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"action": "read"},
        {"action": "read", "resource": "batch", "more": 1},
        {"action": "read", "resource": "batch", "attributes": {"colour": "red"}},
        {"action": "read", "resource": "batch", "attributes": {"member": "m" * 101}},
        {"action": "read", "resource": "batch", "who": ""},
        {"action": "r" * 51, "resource": "batch"},
        {"action": ["read"], "resource": {"batch": 1}},
    ],
)
async def test_bad_questions(question: dict[str, Any]) -> None:
    assert (await ask(OFFICER, **question)).status_code == 422


@pytest.mark.parametrize(("resource", "action"), [("planet", "read"), ("batch", "fly"), ("batch'--", "read")])
async def test_unknown_names(resource: str, action: str) -> None:
    answer = await ask(OFFICER, action=action, resource=resource)
    assert (answer.status_code, answer.json()["code"]) == (400, "permission_unknown")
    assert answer.json()["hint"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Any]:
    """The command, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    yield lambda *words: CliRunner().invoke(commands, words)


def test_the_command_explains(run: Any) -> None:
    asked = ("explain", "--roles", "data-officer", "--action", "create", "--resource", "batch", "--kind", "provider")
    refused = json.loads(run(*asked, "--own", "member", "--json").output)
    assert refused["verdict"]["code"] == "not_own_item"
    allowed = run(*asked, "--own", "member", "--own", "item")
    assert allowed.exit_code == 0 and "可以 allowed" in allowed.output
    suspended = run(*asked, "--state", "suspended")
    assert "member_not_online" in suspended.output and "怎么办" in suspended.output


def test_the_command_shows_the_table(run: Any) -> None:
    rows = json.loads(run("table", "--json").output)
    assert {row["role"] for row in rows} == set(table().roles)
    assert {row["role"] for row in json.loads(run("table", "--role", "supervisor", "--json").output)} == {"supervisor"}
    assert "信贷人员" in run("table", "--role", "credit-officer").output


@pytest.mark.parametrize(
    "words",
    [
        ("table", "--role", "minister"),
        ("explain", "--roles", "minister", "--action", "read", "--resource", "batch"),
        ("explain", "--roles", "supervisor", "--action", "read", "--resource", "planet"),
        ("explain", "--roles", "supervisor", "--action", "read", "--resource", "batch", "--own", "colour"),
    ],
)
def test_the_command_refuses_unknown_names(run: Any, words: tuple[str, ...]) -> None:
    answer = run(*words, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.output)["error"]["code"] == "permission_unknown"
