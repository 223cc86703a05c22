"""Applying, applying again, changing particulars with two persons, branches, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from onboarding_kit import (
    APPROVER,
    AUDITOR,
    CHECKER,
    ITEMS,
    THIRD,
    WAY,
    Office,
    access,
    code,
)

from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.members import directory
from xinshu.members.accounts.errors import LoginTakenError
from xinshu.members.freshness import CHANNEL
from xinshu.members.model import MemberKind, MemberState, Principal
from xinshu.members.onboarding.application import ChangesIn
from xinshu.members.onboarding.errors import (
    AlreadyMemberError,
    ApplicationError,
    ChangeNotFoundError,
    ChangePendingError,
    MemberNotFoundError,
    ProviderCodeTakenError,
    SamePersonError,
    TransitionError,
    WiderThanParentError,
)
from xinshu.members.onboarding.model import Change
from xinshu.members.permissions import ForbiddenError
from xinshu.store import Database

S = MemberState


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    return Office.open(db, settings, clock)


async def edit(office: Office, who: Principal, member_id: str, **change: Any) -> Change | None:
    async with office.db.transaction() as conn:
        said = ChangesIn.model_validate(change)
        return await office.service.registry.edit(conn, access(who, "edit"), member_id, said)


async def decide(office: Office, who: Principal, change: Change | None, accept: bool = True) -> None:
    assert change is not None
    async with office.db.transaction() as conn:
        await office.service.registry.decide(conn, access(who, "advance"), change.member_id, change.id, accept)


# -- applying ----------------------------------------------------------------------------------------------------------


async def test_an_application_is_kept_in_normal_form(office: Office) -> None:
    raw = code().lower()
    applied = await office.apply(
        code=f" {raw} ", name="  示范 银行(甲) ", regions=["320000", "320100", "33", "330100"], items=["3", "1", "3"]
    )
    said = applied.member.particulars
    assert (said.code, said.name, said.regions) == (raw.upper(), "示范 银行(甲)", ("32", "33"))
    assert said.items == ("3", "1")
    async with office.db.acquire() as conn:
        row = await conn.fetchrow("select * from member")
        account = await conn.fetchrow("select * from account")
    assert "王联系" not in str(dict(row)) and "88886666" not in str(dict(row))
    assert (account["member_id"], account["roles"], account["state"]) == (
        applied.member.id,
        ["member-admin"],
        "invited",
    )
    contacts = await office.service.registry.contacts(access(CHECKER, "edit"), applied.member.id)
    assert [(one.name, one.phone) for one in contacts] == [("王联系", "025-88886666")]


IMPOSSIBLE: list[tuple[str, dict[str, Any], str, str]] = [
    ("bank", {"code": "91320100748204660P"}, "code", "校验码"),
    ("bank", {"code": "123"}, "code", "18 位"),
    ("bank", {"name": " 甲 "}, "name", "至少两个字"),
    ("bank", {"regions": ["99"]}, "regions", "99"),
    ("bank", {"regions": ["3299"]}, "regions", "3299"),
    ("bank", {"regions": ["320102", "321088"]}, "regions", "321088"),
    ("bank", {"items": ["1", "99"]}, "items", "99"),
    ("bank", {"level": "branch"}, "parent_code", "上级"),
    ("bank", {"parent_code": "91320100748204660Q"}, "parent_code", "不是本平台成员"),
    ("bank", {"parent_code": "9132"}, "parent_code", "18 位"),
    ("bank", {"provider_code": "samr"}, "provider_code", "没有数据提供单位代码"),
    ("bank", {"licence": {"kind": " ", "number": "1"}}, "licence", "为空"),
    ("bank", {"contacts": [{"name": " ", "phone": "02588886666"}]}, "contacts", "姓名"),
    ("provider", {"provider_code": "nobody"}, "provider_code", "nobody"),
    ("provider", {"provider_code": None}, "provider_code", "缺少"),
    ("provider", {"items": None}, "items", "事项"),
    ("operator", {}, "kind", "不能自行申请"),
]


async def test_what_cannot_be_is_refused_by_field(office: Office) -> None:
    for kind, change, field, words in IMPOSSIBLE:
        with pytest.raises(ApplicationError) as caught:
            await office.apply(MemberKind(kind), **change)
        assert caught.value.details["field"] == field and words in caught.value.message, change
        assert caught.value.hint != ""
    async with office.db.acquire() as conn:
        assert await conn.fetchval("select count(*) from member") == 0


async def test_a_provider_code_has_one_bearer_until_it_leaves(office: Office) -> None:
    first = await office.apply(MemberKind.PROVIDER)
    with pytest.raises(ProviderCodeTakenError) as caught:
        await office.apply(MemberKind.PROVIDER)
    assert "samr" in caught.value.message
    await office.step(CHECKER, first.member.id, S.REFUSED, "冒名申请")
    second = await office.apply(MemberKind.PROVIDER)
    async with office.db.acquire() as conn:
        found = await directory.provider(conn, "samr")
    assert found is not None and found.ref.id == second.member.id


async def test_applying_twice_names_the_state(office: Office) -> None:
    applied = await office.apply()
    for state in (S.APPLIED, *WAY, S.SUSPENDED):
        async with office.db.acquire() as conn:
            await conn.execute("update member set state = $1", state)
        with pytest.raises(AlreadyMemberError) as caught:
            await office.apply(code=applied.member.particulars.code)
        assert caught.value.details == {"state": state.value}


async def test_applying_anew_begins_a_round_and_keeps_the_history(office: Office) -> None:
    applied = await office.apply()
    who = await office.activate(applied)
    await office.hand_in(who, applied.member.id, "application_letter", "licence")
    await office.sign_agreements(who, applied.member.id)
    await office.step(CHECKER, applied.member.id, S.REFUSED, "材料不实")
    again = await office.apply(MemberKind.GUARANTOR, code=applied.member.particulars.code, regions=["33"])
    member = again.member
    assert (member.id, member.round, member.state) == (applied.member.id, 2, S.APPLIED)
    assert (member.particulars.kind, member.particulars.regions) == (MemberKind.GUARANTOR, ("33",))
    steps = await office.service.steps.history(access(AUDITOR, "read"), member.id)
    assert [(step.round, step.to_state) for step in steps] == [(1, S.APPLIED), (1, S.REFUSED), (2, S.APPLIED)]
    assert steps[1].note == "材料不实" and steps[2].from_state is S.REFUSED
    async with office.db.acquire() as conn:
        states = await conn.fetch("select state from account order by created_at, login")
    assert sorted(row["state"] for row in states) == ["closed", "invited"]
    newcomer = await office.activate(again)
    papers = office.service.papers
    assert await papers.documents(access(newcomer, "read", "member-document"), member.id) == ()
    with pytest.raises(XinshuError, match="没有材料 1"):
        await papers.read(access(newcomer, "read", "member-document"), member.id, 1)
    assert len(await papers.documents(access(AUDITOR, "read", "member-document"), member.id)) == 2
    assert [one.acceptance for one in await papers.signatures(access(newcomer, "read"), member.id)] == [None, None]
    shown = await office.service.steps.history(access(newcomer, "read"), member.id)
    assert [(step.round, step.to_state) for step in shown] == [(2, S.APPLIED)]
    outlook = await office.service.steps.checklist(access(newcomer, "read"), member.id)
    assert [one.holds for one in outlook.checks] == [True, False, False]


async def test_a_login_in_use_refuses_the_whole_application(office: Office) -> None:
    await office.apply(administrator={"login": "chief", "name": "甲"})
    with pytest.raises(LoginTakenError):
        await office.apply(administrator={"login": "CHIEF", "name": "乙"})
    async with office.db.acquire() as conn:
        assert await conn.fetchval("select count(*) from member") == 1


# -- branches ----------------------------------------------------------------------------------------------------------


async def test_branches_stand_below_members_of_their_kind_and_are_not_wider(office: Office) -> None:
    head = (await office.apply(regions=["32"], items=["1", "2"])).member.particulars
    branch = await office.apply(level="branch", parent_code=head.code, regions=["3201"])
    assert branch.member.particulars.items is None
    sub = await office.apply(level="sub_branch", parent_code=branch.member.particulars.code, regions=["320102"])
    for change in (
        {"kind": MemberKind.GUARANTOR, "parent_code": head.code, "regions": ["32"]},
        {"parent_code": head.code, "regions": ["33"]},
        {"parent_code": branch.member.particulars.code, "regions": ["32"]},
        {"parent_code": branch.member.particulars.code, "regions": ["3201"], "items": ["3"]},
        {"parent_code": sub.member.particulars.code, "regions": ["320102"]},
    ):
        with pytest.raises(WiderThanParentError):
            await office.apply(**{"level": "branch", **change})
    with pytest.raises(WiderThanParentError) as caught:
        await edit(office, CHECKER, branch.member.id, regions=["320111"])
    assert caught.value.details["field"] == "regions"


async def test_nobody_stands_below_itself(office: Office) -> None:
    head = await office.apply()
    branch = await office.apply(level="branch", parent_code=head.member.particulars.code)
    sub = await office.apply(level="branch", parent_code=branch.member.particulars.code)
    for below in (head, branch, sub):
        with pytest.raises(ApplicationError) as caught:
            await edit(office, CHECKER, head.member.id, level="branch", parent_code=below.member.particulars.code)
        assert caught.value.details["field"] == "parent_code"
    await office.step(CHECKER, head.member.id, S.REFUSED, "不实")
    with pytest.raises(ApplicationError, match="自己的下级"):
        await office.apply(code=head.member.particulars.code, level="branch", parent_code=sub.member.particulars.code)


async def test_a_refused_member_is_no_parent(office: Office) -> None:
    head = await office.apply()
    await office.step(CHECKER, head.member.id, S.REFUSED, "不实")
    with pytest.raises(ApplicationError, match="未通过"):
        await office.apply(level="branch", parent_code=head.member.particulars.code)


# -- changing ----------------------------------------------------------------------------------------------------------


async def test_while_it_has_only_applied_a_member_corrects_itself(office: Office) -> None:
    applied = await office.apply(items=["1"])
    who = await office.activate(applied)
    assert await edit(office, who, applied.member.id, name="改名银行", regions=["3201"], items=None) is None
    said = (await office.get(applied.member.id)).particulars
    assert (said.name, said.regions, said.items) == ("改名银行", ("3201",), None)
    assert (await office.events(applied.member.id))[-1] == "changed"


async def test_later_a_second_person_decides(office: Office) -> None:
    member, who = await office.online(items=["1"])
    listening: list[str] = []

    def hear(_conn: Any, _pid: int, _channel: str, what: str) -> None:
        listening.append(what)

    async with office.db.acquire() as conn:
        await conn.add_listener(CHANNEL, hear)
        change = await edit(office, who, member.id, items=list(ITEMS), licence={"kind": "金融许可证", "number": "N2"})
        assert change is not None and set(change.changes) == {"items", "licence_no", "licence_valid_to"}
        assert (await office.get(member.id)).particulars.items == ("1",)
        with pytest.raises(ChangePendingError):
            await edit(office, CHECKER, member.id, name="另一个名")
        with pytest.raises(ForbiddenError):
            await decide(office, who, change)
        await decide(office, CHECKER, change)
        await conn.execute("select 1")
        await conn.remove_listener(CHANNEL, hear)
    said = (await office.get(member.id)).particulars
    assert (said.items, said.licence_no, said.licence_valid_to) == (ITEMS, "N2", None)
    assert f"member:{member.id}" in listening
    with pytest.raises(ChangeNotFoundError):
        await decide(office, THIRD, change)
    total, changes = await office.service.registry.changes(access(who, "read"), member.id, 1, 10)
    assert (total, changes[0].accepted, changes[0].decided_by) == (1, True, CHECKER.id)


async def test_an_operator_does_not_accept_its_own_change(office: Office) -> None:
    member, _ = await office.online()
    change = await edit(office, CHECKER, member.id, regions=["3201"])
    with pytest.raises(SamePersonError):
        await decide(office, CHECKER, change)
    await decide(office, APPROVER, change, accept=False)
    assert (await office.get(member.id)).particulars.regions == ("32",)
    assert await edit(office, CHECKER, member.id, regions=["32"]) is None  # nothing changes, nothing waits


async def test_contacts_change_at_once_and_never_show_in_the_log(office: Office) -> None:
    member, who = await office.online()
    fresh = [{"name": "赵新任", "phone": "025-11112222"}]
    assert await edit(office, who, member.id, contacts=fresh) is None
    contacts = await office.service.registry.contacts(access(who, "edit"), member.id)
    assert [one.name for one in contacts] == ["赵新任"]
    async with office.db.acquire() as conn:
        log = await conn.fetch("select code, details::text from access_event")
    assert "赵新任" not in str(log) and "11112222" not in str(log)
    with pytest.raises(ForbiddenError):
        await office.service.registry.contacts(access(AUDITOR, "edit"), member.id)


async def test_a_change_must_still_fit_when_it_is_accepted(office: Office) -> None:
    head, _ = await office.online(regions=["32"])
    branch, _ = await office.online(level="branch", parent_code=head.particulars.code, regions=["3201"])
    wider = await edit(office, CHECKER, branch.id, regions=["3201", "3202"])
    narrower = await edit(office, CHECKER, head.id, regions=["3201"])
    await decide(office, APPROVER, narrower)
    with pytest.raises(WiderThanParentError):
        await decide(office, APPROVER, wider)


async def test_who_left_is_not_changed(office: Office) -> None:
    applied = await office.apply()
    await office.step(CHECKER, applied.member.id, S.REFUSED, "不实")
    with pytest.raises(TransitionError):
        await edit(office, CHECKER, applied.member.id, name="改名银行")
    with pytest.raises(ApplicationError):
        await edit(office, CHECKER, (await office.apply()).member.id, name=None)


# -- seeing ------------------------------------------------------------------------------------------------------------


async def test_a_member_sees_itself_and_its_branches(office: Office) -> None:
    head = await office.apply()
    branch = await office.apply(level="branch", parent_code=head.member.particulars.code)
    other = await office.apply()
    who = await office.activate(head)
    page = await office.service.registry.page(access(who, "read"))
    assert {one.id for one in page.members} == {head.member.id, branch.member.id} and page.total == 2
    with pytest.raises(ForbiddenError) as there:
        await office.service.registry.get(access(who, "read"), other.member.id)
    with pytest.raises(ForbiddenError) as nowhere:
        await office.service.registry.get(access(who, "read"), "mnone")
    assert there.value.as_dict() == nowhere.value.as_dict()
    with pytest.raises(MemberNotFoundError):
        await office.service.registry.get(access(AUDITOR, "read"), "mnone")


async def test_the_list_is_filtered_and_paged(office: Office) -> None:
    bank = await office.apply(name="江南银行")
    provider = await office.apply(MemberKind.PROVIDER, name="江南数据局")
    branch = await office.apply(name="江北支行", level="branch", parent_code=bank.member.particulars.code)
    await office.step(CHECKER, provider.member.id, S.REFUSED, "不实")

    async def ids(**filters: Any) -> set[str]:
        page = await office.service.registry.page(access(AUDITOR, "read"), **filters)
        assert page.total == len(page.members)
        return {one.id for one in page.members}

    assert await ids(text="江南") == {bank.member.id, provider.member.id}
    assert await ids(text="%") == await ids(text="_") == set()
    assert await ids(text=bank.member.particulars.code.lower()) == {bank.member.id}
    assert await ids(kind=MemberKind.PROVIDER) == await ids(state=S.REFUSED) == {provider.member.id}
    assert await ids(parent=bank.member.id) == {branch.member.id}
    second = await office.service.registry.page(access(AUDITOR, "read"), page=2, page_size=2)
    assert (second.total, len(second.members)) == (3, 1)
