"""`xinshu account`, as an operator at the node itself uses it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from accounts_kit import PASSWORD, House, code_of
from typer.testing import CliRunner

from xinshu.cli import account
from xinshu.members.model import member_id
from xinshu.node.access import BootstrapToken

FIRST = ("bootstrap", "--login", "admin", "--name", "李雷", "--code", code_of(1), "--member-name", "大数据中心")


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against the house's home: exit code and output."""
    url = house.settings.database_url
    assert url is not None
    monkeypatch.setenv("XINSHU_HOME", str(house.settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", url.get_secret_value())

    def run(*arguments: str, given: str = "") -> tuple[int, Any]:
        result = CliRunner().invoke(account.app, [*arguments, "--json"], input=given)
        return result.exit_code, json.loads(result.stdout) if result.stdout.startswith(("{", "[")) else result.output

    return run


async def in_thread(run: Any, *arguments: str, given: str = "") -> tuple[int, Any]:
    """A command has an event loop of its own."""
    import asyncio

    return await asyncio.to_thread(run, *arguments, given=given)


async def test_the_first_operator_and_those_who_follow(house: House, shell: Any) -> None:
    await house.accounts.bootstrap.settle()
    code, made = await in_thread(shell, *FIRST, "--password-stdin", given=PASSWORD + "\n")
    assert (code, made["roles"]) == (0, ["operator-admin"])
    assert BootstrapToken(house.settings).read() is None
    code, again = await in_thread(shell, *FIRST, "--password-stdin", given=PASSWORD + "\n")
    assert (code, again["error"]["code"]) == (1, "bootstrap_closed")
    asked = (
        "invite",
        "--login",
        "audit",
        "--name",
        "韩梅梅",
        "--member",
        member_id(code_of(1)),
        "--role",
        "operator-audit",
    )
    code, invited = await in_thread(shell, *asked)
    assert code == 0
    body = {"token": invited["token"], "password": PASSWORD}
    assert (await house.browser().post("/v1/invitations/accept", body)).status_code == 200
    code, listed = await in_thread(shell, "list", "--state", "active")
    assert (code, {one["login"] for one in listed["accounts"]}) == (0, {"admin", "audit"})


async def test_helping_an_account(house: House, shell: Any) -> None:
    await house.operator()
    browser = house.browser()
    for _ in range(5):
        await browser.password("admin", "wrong password")
    assert (await in_thread(shell, "show", "ADMIN"))[1]["failures"] == 5
    assert (await in_thread(shell, "unlock", "admin"))[1]["failures"] == 0
    await browser.password("admin")
    code, found = await in_thread(shell, "sessions", "admin")
    assert (code, found["ended"]) == (0, 0)
    code, found = await in_thread(shell, "sessions", "admin", "--end")
    assert found["ended"] == 1 and (await house.sql("select 1 from session")) == []
    code, closed = await in_thread(shell, "close", "admin")
    assert (code, closed["state"]) == (0, "closed")
    assert (await in_thread(shell, "show", closed["id"]))[1]["state"] == "closed"
    log = await house.events("account_unlocked", "account_closed", "sessions_ended")
    assert len(log) == 3 and all(line["principal"].startswith("local:") for line in log)


async def test_what_is_refused(house: House, shell: Any) -> None:
    refused = (
        ((*FIRST, "--password-stdin"), "short\n", "password_weak"),
        (FIRST, "", "setting_invalid"),
        (("show", "nobody"), "", "account_not_found"),
        (("close", "00000000-0000-0000-0000-000000000000"), "", "account_not_found"),
        (("invite", "--login", "a.b", "--name", "x", "--member", "mx", "--role", "x"), "", "member_not_found"),
    )
    for arguments, given, wanted in refused:
        code, answer = await in_thread(shell, *arguments, given=given)
        assert (code, answer["error"]["code"]) == (1, wanted), arguments
    assert (await in_thread(shell, "list", "--state", "odd"))[0] == 2


async def test_the_tables_for_people(house: House, shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    await house.operator()
    import asyncio

    for arguments, wanted in (
        (["list"], "admin"),
        (["show", "admin"], "operator-admin"),
        (["sessions", "admin"], "强度"),
    ):
        result = await asyncio.to_thread(CliRunner().invoke, account.app, arguments)
        assert result.exit_code == 0 and wanted in result.output
    assert PASSWORD not in result.output and sys.stdin is not None


async def test_the_second_person_at_the_node(house: House, shell: Any) -> None:
    """With two administrators the node's own user confirms, or withdraws, what one of them proposed."""
    operator = await house.operator()
    own = member_id(code_of(1))
    await house.person("second", own, "operator-admin")
    first, second = house.browser(), house.browser()
    await first.sign_in("admin")
    await second.sign_in("second")
    proposed = []
    for login in ("new.one", "new.two"):
        body = {"login": login, "name": "赵六", "member": own, "roles": ["operator-audit"]}
        proposed.append((await first.post("/v1/account-proposals/invite", body)).json()["id"])
    await house.sql("update account_proposal set proposed_at = now()")  # commands go by the machine's clock
    code, listed = await in_thread(shell, "proposals")
    assert code == 0, listed
    assert (code, listed["total"], listed["proposals"][0]["proposed_by"]) == (0, 2, f"account:{operator}")
    code, done = await in_thread(shell, "confirm", proposed[0])
    assert (code, done["valid_days"]) == (0, 7) and len(done["token"]) > 20
    code, withdrawn = await in_thread(shell, "withdraw", proposed[1])
    assert (code, withdrawn["state"]) == (0, "withdrawn")
    code, again = await in_thread(shell, "confirm", proposed[1])
    assert (code, again["error"]["code"]) == (1, "proposal_state")
    assert (await in_thread(shell, "confirm", "nonsense"))[0] == 2
    code, wrong = await in_thread(shell, "proposals", "--state", "nothing")
    assert (code, wrong["error"]["code"]) == (1, "setting_invalid")
    assert (await in_thread(shell, "proposals", "--state", "confirmed"))[1]["total"] == 1
