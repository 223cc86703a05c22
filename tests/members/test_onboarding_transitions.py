"""Every pair of states, every verb: only the ways of `reference/README.md` are open. And who may not take them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from onboarding_kit import APPROVER, CHECKER, SECURITY, THIRD, WAY, Office, access, application, code

from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.members.model import MemberState, Principal
from xinshu.members.onboarding import rules
from xinshu.members.onboarding.application import ApplicationIn
from xinshu.members.onboarding.errors import (
    AlreadyMemberError,
    BranchesRemainError,
    DocumentNotFoundError,
    SamePersonError,
    TransitionError,
)
from xinshu.members.permissions import ForbiddenError
from xinshu.store import Database

S = MemberState
OPEN = {
    (S.APPLIED, S.MATERIAL_CHECK),
    (S.MATERIAL_CHECK, S.QUALIFICATION_REVIEW),
    (S.QUALIFICATION_REVIEW, S.AGREEMENT_SIGNED),
    (S.AGREEMENT_SIGNED, S.SANDBOX_TEST),
    (S.SANDBOX_TEST, S.SECURITY_CHECK),
    (S.SECURITY_CHECK, S.ONLINE),
    (S.ONLINE, S.SUSPENDED),
    (S.SUSPENDED, S.ONLINE),
    (S.SUSPENDED, S.OFFBOARDED),
    *((stage, S.REFUSED) for stage in (S.APPLIED, *WAY[:-1])),
    (S.REFUSED, S.APPLIED),
    (S.OFFBOARDED, S.APPLIED),
}


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    return Office.open(db, settings, clock)


@asynccontextmanager
async def undone(db: Database) -> AsyncIterator[Any]:
    """A transaction that is rolled back."""
    async with db.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            yield conn
        finally:
            await transaction.rollback()


def test_the_machine_is_that_of_the_reference() -> None:
    assert {(source, target) for source, targets in rules.TRANSITIONS.items() for target in targets} == OPEN
    for source in S:
        for target in S:
            if (source, target) in OPEN:
                rules.check_transition(source, target)
            else:
                with pytest.raises(TransitionError) as caught:
                    rules.check_transition(source, target)
                assert caught.value.details == {"state": source.value, "wanted": target.value}


async def test_every_verb_from_every_state(office: Office) -> None:
    """All conditions hold and nobody has two parts: the state alone decides."""
    applied = await office.apply()
    who = await office.prepare(applied)
    member = applied.member.id
    await office.hand_in(who, member, "destruction_statement")
    said = application(code=applied.member.particulars.code)

    async def attempt(conn: Any, target: MemberState, resume: bool) -> None:
        steps = office.service.steps
        if target is S.APPLIED:
            await office.service.registry.apply(conn, ApplicationIn.model_validate(said))
        elif target is S.SUSPENDED:
            await steps.suspend(conn, access(SECURITY, "suspend"), member, "核查")
        elif target is S.OFFBOARDED:
            await steps.offboard(conn, access(THIRD, "offboard"), member, "退出")
        elif resume:
            await steps.resume(conn, access(THIRD, "resume"), member)
        else:
            await steps.advance(conn, access(THIRD, "advance"), member, target, "理由")

    tried = 0
    for source in S:
        for target in S:
            for resume in (False, True) if target is S.ONLINE else (False,):
                async with undone(office.db) as conn:
                    await conn.execute("update member set state = $2 where id = $1", member, source)
                    fitting = resume is (source is S.SUSPENDED) or target is not S.ONLINE
                    if (source, target) in OPEN and fitting:
                        await attempt(conn, target, resume)
                        assert await conn.fetchval("select state from member where id = $1", member) == target
                    else:
                        with pytest.raises((TransitionError, AlreadyMemberError)) as caught:
                            await attempt(conn, target, resume)
                        assert caught.value.status == 409
                    tried += 1
    assert tried == len(S) * len(S) + len(S)


async def test_a_step_is_no_way_around_the_other_verbs(office: Office) -> None:
    member, _ = await office.online()
    for target in (S.APPLIED, S.SUSPENDED, S.OFFBOARDED):
        with pytest.raises(TransitionError):
            await office.step(THIRD, member.id, target, "理由")


async def test_steps_cannot_be_changed(office: Office) -> None:
    applied = await office.apply()
    for statement in ("update member_step set note = 'x'", "delete from member_step"):
        async with office.db.acquire() as conn:
            with pytest.raises(Exception, match="never changed"):
                await conn.execute(statement)
    assert len(await office.service.steps.history(access(CHECKER, "read"), applied.member.id)) == 1


# -- separation of duties ----------------------------------------------------------------------------------------------


async def test_whoever_applied_takes_no_step(office: Office) -> None:
    applied = await office.apply(by=CHECKER)
    await office.prepare(applied)
    for state in (WAY[0], S.REFUSED):
        with pytest.raises(SamePersonError) as caught:
            await office.step(CHECKER, applied.member.id, state, "理由")
        assert (caught.value.status, caught.value.code) == (403, "same_person")
        assert "提出入驻申请" in caught.value.message


async def test_three_duties_need_two_persons_besides_the_applicant(office: Office) -> None:
    applied = await office.apply(by=THIRD)
    await office.prepare(applied)
    member = applied.member.id
    await office.step(CHECKER, member, WAY[0])
    with pytest.raises(SamePersonError):
        await office.step(CHECKER, member, WAY[1])
    await office.step(APPROVER, member, WAY[1])
    for state in WAY[2:5]:
        await office.step(CHECKER, member, state)
    for who in (CHECKER, THIRD):
        with pytest.raises(SamePersonError):
            await office.step(who, member, S.ONLINE)
    await office.step(APPROVER, member, S.ONLINE)
    await office.suspend(member)
    for who in (CHECKER, THIRD):
        async with undone(office.db) as conn:
            with pytest.raises(SamePersonError):
                await office.service.steps.resume(conn, access(who, "resume"), member)
    async with undone(office.db) as conn:
        with pytest.raises(SamePersonError):
            await office.service.steps.offboard(conn, access(THIRD, "offboard"), member, "退出")


async def test_a_new_round_begins_with_clean_hands(office: Office) -> None:
    """Who checked the material of an application that was refused may approve the next one, checked by another."""
    applied = await office.apply()
    await office.prepare(applied)
    await office.step(CHECKER, applied.member.id, WAY[0])
    await office.step(APPROVER, applied.member.id, S.REFUSED, "材料不实")
    again = await office.apply(code=applied.member.particulars.code)
    await office.prepare(again)
    await office.step(APPROVER, again.member.id, WAY[0])
    assert (await office.step(CHECKER, again.member.id, WAY[1])).round == 2


async def test_only_the_onboarding_officer_takes_steps(office: Office) -> None:
    applied = await office.apply()
    for role in ("operator-admin", "operator-data", "operator-audit", "member-admin", "supervisor"):
        who = Principal("account:other", "旁人", frozenset({role}), members=(applied.member.id,))
        with pytest.raises(ForbiddenError):
            await office.step(who, applied.member.id, WAY[0])


# -- two at once -------------------------------------------------------------------------------------------------------


async def test_of_two_approvals_at_once_one_counts(office: Office) -> None:
    applied = await office.apply()
    await office.prepare(applied)
    await office.step(CHECKER, applied.member.id, WAY[0])
    both = await asyncio.gather(
        *(office.step(who, applied.member.id, WAY[1]) for who in (APPROVER, THIRD)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Member", "TransitionError"]
    steps = await office.service.steps.history(access(CHECKER, "read"), applied.member.id)
    assert [step.to_state for step in steps] == [S.APPLIED, *WAY[:2]]


async def test_of_two_applications_at_once_one_counts(office: Office) -> None:
    same = code()
    results = await asyncio.gather(*(office.apply(code=same) for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["AlreadyMemberError"] * 3 + ["Applied"]
    async with office.db.acquire() as conn:
        assert await conn.fetchval("select count(*) from account") == 1


# -- leaving -----------------------------------------------------------------------------------------------------------


async def test_a_head_office_leaves_after_its_branches(office: Office) -> None:
    head, who = await office.online()
    branch = await office.apply(level="branch", parent_code=head.particulars.code)
    await office.hand_in(who, head.id, "destruction_statement")
    await office.suspend(head.id)
    async with undone(office.db) as conn:
        with pytest.raises(BranchesRemainError) as caught:
            await office.service.steps.offboard(conn, access(THIRD, "offboard"), head.id, "退出")
        assert branch.member.particulars.name in caught.value.message
    await office.step(CHECKER, branch.member.id, S.REFUSED, "总部退出")
    async with office.db.transaction() as conn:
        gone = await office.service.steps.offboard(conn, access(THIRD, "offboard"), head.id, "退出")
    assert gone.state is S.OFFBOARDED


async def test_documents_of_others_are_no_evidence(office: Office) -> None:
    applied, other = await office.apply(), await office.apply()
    await office.prepare(applied)
    who = await office.activate(other)
    (theirs,) = await office.hand_in(who, other.member.id, "licence")
    async with undone(office.db) as conn:
        with pytest.raises(DocumentNotFoundError):
            await office.service.steps.advance(
                conn, access(CHECKER, "advance"), applied.member.id, WAY[0], "", [theirs]
            )


async def test_a_failed_closing_leaves_the_member_as_it_was(office: Office) -> None:
    """The closers, the certificate and the state are one transaction."""
    member, who = await office.online()
    await office.hand_in(who, member.id, "destruction_statement")
    await office.suspend(member.id)

    async def breaks(conn: Any, member_id: str, by: str, now: Any) -> dict[str, int]:
        raise XinshuError("不能关闭")

    office.service.steps._closers = (*office.service.steps._closers, breaks)
    with pytest.raises(XinshuError):
        async with office.db.transaction() as conn:
            await office.service.steps.offboard(conn, access(THIRD, "offboard"), member.id, "退出")
    assert (await office.get(member.id)).state is S.SUSPENDED
    async with office.db.acquire() as conn:
        assert await conn.fetchval("select state from account where member_id = $1", member.id) == "active"
        assert await conn.fetchval("select count(*) from member_certificate") == 0
