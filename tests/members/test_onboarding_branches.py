"""Nobody becomes a branch of a member that has not said so."""

from __future__ import annotations

import pytest
from members_kit import person
from onboarding_kit import APPROVER, CHECKER, WAY, Office, access

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.model import MemberState, Principal
from xinshu.members.onboarding.application import ChangesIn
from xinshu.members.onboarding.errors import ConditionsError, ParentConsentError
from xinshu.members.permissions import ForbiddenError
from xinshu.store import Database

S = MemberState


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    """The services."""
    return Office.open(db, settings, clock)


async def confirm(office: Office, who: Principal, member_id: str) -> tuple[int, str]:
    """Status and code, or reason, of an attempt over HTTP."""
    async with office.room(who).client() as client:
        answer = await client.post(f"/v1/members/{member_id}/parent-confirmation")
    told = answer.json()
    return answer.status_code, "" if answer.is_success else told["details"].get("reason") or told["code"]


async def test_no_branch_is_admitted_that_its_parent_does_not_know(office: Office) -> None:
    head, above = await office.online()
    applied = await office.apply(level="branch", parent_code=head.particulars.code)
    branch = applied.member
    own = await office.prepare(applied)
    await office.step(CHECKER, branch.id, WAY[0])
    with pytest.raises(ConditionsError, match="上级机构确认") as caught:
        await office.step(APPROVER, branch.id, WAY[1])
    assert "上级机构的成员管理员" in caught.value.hint
    for who in (own, CHECKER, APPROVER, person("operator-admin"), (await office.online())[1]):
        assert (await confirm(office, who, branch.id))[0] == 403
    assert await confirm(office, above, branch.id) == (200, "")
    assert await confirm(office, above, branch.id) == (200, "")  # twice is no fault
    assert (await office.get(branch.id)).parent_confirmed
    assert (await office.events(branch.id)).count("branch_confirmed") == 1
    await office.step(APPROVER, branch.id, WAY[1])
    above = await office.administrator(head.id, above.id)  # as the door knows it now
    async with office.room(above).client() as client:
        (listed,) = (await client.get("/v1/members", params={"parent": head.id})).json()["members"]
    assert (listed["id"], listed["parent_confirmed"]) == (branch.id, True)


async def test_a_confirmation_is_of_this_parent_and_this_round(office: Office) -> None:
    head, above = await office.online()
    other, elsewhere = await office.online()
    applied = await office.apply(level="branch", parent_code=head.particulars.code)
    branch = applied.member
    await confirm(office, above, branch.id)
    async with office.db.transaction() as conn:
        changes = ChangesIn(parent_code=other.particulars.code)
        await office.service.registry.edit(conn, access(CHECKER, "edit"), branch.id, changes)
    assert not (await office.get(branch.id)).parent_confirmed  # the other one has not been asked
    assert (await confirm(office, above, branch.id))[0] == 403
    assert await confirm(office, elsewhere, branch.id) == (200, "")
    assert (await office.get(branch.id)).parent_confirmed
    await office.step(CHECKER, branch.id, S.REFUSED, "材料不符")
    assert (await confirm(office, elsewhere, branch.id)) == (409, "transition_forbidden")
    again = await office.apply(code=branch.particulars.code, level="branch", parent_code=other.particulars.code)
    assert not again.member.parent_confirmed  # whoever applies anew under the code may be somebody else


async def test_a_branch_does_not_move_below_a_member_that_does_not_know(office: Office) -> None:
    head, _ = await office.online()
    other, elsewhere = await office.online()
    branch, _ = await office.online(level="branch", parent_code=head.particulars.code)
    async with office.db.transaction() as conn:
        said = ChangesIn(parent_code=other.particulars.code)
        change = await office.service.registry.edit(conn, access(CHECKER, "edit"), branch.id, said)
    assert change is not None

    async def accept() -> None:
        async with office.db.transaction() as conn:
            await office.service.registry.decide(conn, access(APPROVER, "advance"), branch.id, change.id, True)

    with pytest.raises(ParentConsentError):
        await accept()
    assert (await office.get(branch.id)).particulars.parent_id == head.id
    assert await confirm(office, elsewhere, branch.id) == (200, "")
    await accept()
    moved = await office.get(branch.id)
    assert (moved.particulars.parent_id, moved.parent_confirmed, moved.state) == (other.id, True, S.ONLINE)


async def test_who_has_no_parent_needs_none_and_strangers_learn_nothing(office: Office) -> None:
    head, above = await office.online()
    assert (await confirm(office, above, head.id))[0] == 403
    assert (await confirm(office, above, "mnobody"))[0] == 403
    assert (await office.service.steps.checklist(access(CHECKER, "read"), head.id, S.ONLINE)).checks
    with pytest.raises(ForbiddenError):
        async with office.db.transaction() as conn:
            await office.service.registry.confirm_branch(conn, access(above, "confirm-branch"), "mnobody")
