"""A licence, an agreement or a security check that ends: announced once, then the member is suspended."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from onboarding_kit import APPROVER, CHECKER, THIRD, WAY, Office, access

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.members import directory
from xinshu.members.model import MemberState
from xinshu.members.onboarding.application import ChangesIn
from xinshu.members.onboarding.errors import ConditionsError
from xinshu.members.onboarding.steps import PLATFORM, Lapsed
from xinshu.store import Database

S = MemberState


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    return Office.open(db, settings, clock)


async def resume(office: Office, member_id: str) -> None:
    async with office.db.transaction() as conn:
        await office.service.steps.resume(conn, access(THIRD, "resume"), member_id)


async def test_a_licence_that_ends_is_announced_once_and_then_suspends(office: Office) -> None:
    member, who = await office.online(licence={"kind": "金融许可证", "number": "L1", "valid_to": "2026-07-31"})
    other, _ = await office.online()
    assert await office.service.suspend_lapsed() == Lapsed((), ())
    office.clock.advance(timedelta(days=30))  # 1 July: thirty days before
    told = await office.service.suspend_lapsed()
    assert [(one.member_id, [check.id for check in one.checks]) for one in told.ahead] == [(member.id, ["licence"])]
    assert (await office.service.suspend_lapsed()).ahead == ()
    assert (await office.events(member.id)).count("lapse_ahead") == 1
    office.clock.advance(timedelta(days=30))  # the last day
    assert (await office.service.suspend_lapsed()).suspended == ()
    office.clock.advance(timedelta(days=1))
    done = await office.service.suspend_lapsed()
    assert [one.member_id for one in done.suspended] == [member.id]
    assert (await office.get(member.id)).state is S.SUSPENDED and (await office.get(other.id)).state is S.ONLINE
    last = (await office.service.steps.history(access(CHECKER, "read"), member.id))[-1]
    assert (last.actor, last.to_state) == (PLATFORM.id, S.SUSPENDED)
    assert "2026-07-31 到期" in last.note and [one["holds"] for one in last.checks] == [False, True, True]
    assert (await office.service.suspend_lapsed()).suspended == ()

    # Online again only with the new licence, entered by one and accepted by another.
    with pytest.raises(ConditionsError, match="证照"):
        await resume(office, member.id)
    async with office.db.transaction() as conn:
        change = await office.service.registry.edit(
            conn, access(await office.administrator(member.id, who.id), "edit"), member.id,
            ChangesIn.model_validate({"licence": {"kind": "金融许可证", "number": "L2", "valid_to": "2030-01-01"}}),
        )  # fmt: skip
        assert change is not None
        await office.service.registry.decide(conn, access(CHECKER, "advance"), member.id, change.id, True)
    await resume(office, member.id)
    assert (await office.get(member.id)).state is S.ONLINE


async def test_a_security_check_grows_old(office: Office) -> None:
    member, who = await office.online()
    office.clock.advance(timedelta(days=366))
    done = await office.service.suspend_lapsed()
    assert [[check.id for check in one.checks] for one in done.suspended] == [["security-check"]]
    with pytest.raises(ConditionsError, match="安全检查"):
        await resume(office, member.id)
    await office.pass_check(await office.administrator(member.id, who.id), member.id)
    await resume(office, member.id)


async def test_a_new_version_of_an_agreement(
    db: Database, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    shutil.copytree(packaged_definitions(), tmp_path / "definitions")
    old = tmp_path / "definitions" / "agreements" / "data-use-2026.1.yml"
    text = old.read_text("utf-8").replace('"2026.1"', '"2026.2"').replace("from: 2026-01-01", "from: 2026-07-01")
    old.with_name("data-use-2026.2.yml").write_text(text.replace("第一条", "第一条(修订)"), "utf-8")
    office = Office.open(db, settings, clock, tmp_path / "definitions")
    member, who = await office.online()
    branch = await office.apply(level="branch", parent_code=member.particulars.code)
    helper = await office.activate(branch)
    await office.hand_in(helper, branch.member.id, "application_letter", "licence")
    await office.confirm_branch(branch.member)
    await office.go_online(branch.member.id)  # agreements, sandbox test, security check are its head office's
    clock.advance(timedelta(days=89))  # 29 August: the last of 60 days of grace
    assert clock.today() == date(2026, 8, 29)
    done = await office.service.suspend_lapsed()
    assert done.suspended == () and len(done.ahead) == 2
    clock.advance(timedelta(days=1))
    done = await office.service.suspend_lapsed()
    assert {one.member_id for one in done.suspended} == {member.id, branch.member.id}
    admin = await office.administrator(member.id, who.id)
    await office.sign_agreements(admin, member.id)
    shown = await office.service.papers.signatures(access(admin, "read"), member.id)
    assert [(one.agreement.id, one.agreement.version) for one in shown if one.acceptance is None] == []
    await resume(office, member.id)
    await resume(office, branch.member.id)
    assert (await office.get(branch.member.id)).state is S.ONLINE


async def test_branches_stop_and_start_with_their_head_office(office: Office) -> None:
    head, _ = await office.online()
    branch, _ = await office.online(level="branch", parent_code=head.particulars.code)

    async def seen() -> MemberState:
        async with office.db.acquire() as conn:
            found = await directory.standing(conn, branch.id)
        assert found is not None
        return found.ref.state

    assert await seen() is S.ONLINE
    await office.suspend(head.id)
    assert await seen() is S.SUSPENDED and (await office.get(branch.id)).state is S.ONLINE
    await resume(office, head.id)
    assert await seen() is S.ONLINE


async def test_a_branch_waits_for_its_head_office(office: Office) -> None:
    head = await office.apply()
    branch = await office.apply(level="branch", parent_code=head.member.particulars.code)
    await office.prepare(branch)
    await office.confirm_branch(branch.member)
    await office.step(CHECKER, branch.member.id, WAY[0])
    for state in WAY[1:5]:
        await office.step(APPROVER, branch.member.id, state)
    with pytest.raises(ConditionsError, match="上级机构已上线"):
        await office.step(APPROVER, branch.member.id, S.ONLINE)
