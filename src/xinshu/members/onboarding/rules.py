"""The decisions of onboarding, pure: which step may follow, who may take it, which conditions hold, who is narrower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from xinshu.members.directory import narrowest_items, narrowest_regions
from xinshu.members.model import STATE_NAMES, MemberState, Principal
from xinshu.members.onboarding.agreements import Agreements
from xinshu.members.onboarding.checklist import (
    AdministratorCondition,
    AgreementCondition,
    Checklist,
    Condition,
    ContactCondition,
    DocumentCondition,
    LicenceCondition,
    ParentCondition,
    ParentConsentCondition,
    SandboxCondition,
    SecurityCondition,
)
from xinshu.members.onboarding.errors import (
    BranchesRemainError,
    ConditionsError,
    ReasonMissingError,
    SamePersonError,
    TransitionError,
    WiderThanParentError,
)
from xinshu.members.onboarding.model import (
    LEVEL_NAMES,
    Check,
    Document,
    Facts,
    Level,
    Member,
    Outcome,
    Particulars,
    Step,
)
from xinshu.members.permissions import Access, ForbiddenError

S = MemberState
STAGES = (
    S.APPLIED, S.MATERIAL_CHECK, S.QUALIFICATION_REVIEW, S.AGREEMENT_SIGNED, S.SANDBOX_TEST, S.SECURITY_CHECK, S.ONLINE,
)  # fmt: skip
"""A state says which stage is done; the way to the end is one stage at a time."""

TRANSITIONS: dict[MemberState, tuple[MemberState, ...]] = {
    **{stage: (following, S.REFUSED) for stage, following in pairwise(STAGES)},
    S.ONLINE: (S.SUSPENDED,),
    S.SUSPENDED: (S.ONLINE, S.OFFBOARDED),
    S.OFFBOARDED: (S.APPLIED,),
    S.REFUSED: (S.APPLIED,),
}
"""`reference/README.md`, onboarding; refused from every stage before online; who was refused or left may apply anew."""


def check_transition(source: MemberState, target: MemberState) -> None:
    """Raises TransitionError when no such step exists."""
    if target not in TRANSITIONS[source]:
        may = "、".join(STATE_NAMES[one] for one in TRANSITIONS[source])
        raise TransitionError(
            f"成员处于“{STATE_NAMES[source]}”,不能转为“{STATE_NAMES[target]}”",
            hint=f"从这里只能转为:{may}",
            state=source.value,
            wanted=target.value,
        )


def check_other(access: Access, member_id: str, entered_by: str, did: str, wants: str) -> None:
    """The permission table on what `entered_by` entered for a member. Raises ForbiddenError, SamePersonError."""
    verdict = access.verdict(member=member_id, account=entered_by)
    if not verdict.allowed:
        if verdict.code == "same_person":
            raise _same_person(did, wants)
        raise ForbiddenError(verdict)


def check_duties(target: MemberState, actor: Principal, member: Member, steps: Iterable[Step]) -> None:
    """Separation of duties beyond the permission table. `steps`: of the member's present round.

    Who approves the qualification has not checked the material; who puts a member online (again) has neither applied
    nor checked the material. Raises SamePersonError.
    """
    if target in (S.MATERIAL_CHECK, S.QUALIFICATION_REVIEW, S.ONLINE) and actor.id == member.created_by:
        raise _same_person("提出入驻申请", STATE_NAMES[target])
    checkers = {step.actor for step in steps if step.to_state is S.MATERIAL_CHECK}
    if target in (S.QUALIFICATION_REVIEW, S.ONLINE) and actor.id in checkers:
        raise _same_person(STATE_NAMES[S.MATERIAL_CHECK], STATE_NAMES[target])


def _same_person(did: str, wants: str) -> SamePersonError:
    return SamePersonError(f"您已办理“{did}”,不能再办理“{wants}”", hint="请另一位办理人员处理", did=did, wants=wants)


def check_reason(target: MemberState, note: str) -> None:
    """Raises ReasonMissingError where the step needs a reason and none is given."""
    if target in (S.REFUSED, S.SUSPENDED, S.OFFBOARDED) and note.strip() == "":
        raise ReasonMissingError(f"转为“{STATE_NAMES[target]}”须写明理由", hint="在 note 中写明理由")


def check_leaving(branches: Iterable[tuple[str, MemberState]]) -> None:
    """`branches`: (name, state) of all members below. Raises BranchesRemainError while one of them takes part."""
    remain = [name for name, state in branches if state not in (S.OFFBOARDED, S.REFUSED)]
    if len(remain) > 0:
        raise BranchesRemainError(
            f"下级机构尚未退出:{'、'.join(remain[:5])}{' 等' if len(remain) > 5 else ''}", hint="先为下级机构办理退出"
        )


# -- conditions ------------------------------------------------------------------------------------------------------


def evaluate(
    checklist: Checklist, lineage: Sequence[Facts], agreements: Agreements, today: date, target: MemberState
) -> tuple[Check, ...]:
    """The conditions asked at the step into `target`, in the order of the checklist, each as it stands.

    `lineage`: the facts of the member, then of its parents up to the head office.
    """
    asked = [one for one in checklist.conditions if _is_asked(one, target)]
    return tuple(_check(one, checklist, lineage, agreements, today) for one in asked)


def evaluate_online(
    checklist: Checklist, lineage: Sequence[Facts], agreements: Agreements, today: date
) -> tuple[Check, ...]:
    """The conditions that must keep holding while a member is online."""
    asked = [one for one in checklist.conditions if one.while_online]
    return tuple(_check(one, checklist, lineage, agreements, today) for one in asked)


def ending(checks: Iterable[Check], day: date) -> tuple[Check, ...]:
    """The conditions that hold now and end on `day` or before."""
    return tuple(check for check in checks if check.holds and check.until is not None and check.until <= day)


def check_conditions(target: MemberState, checks: Sequence[Check]) -> None:
    """Raises ConditionsError naming every condition that does not hold and what to do."""
    failed = [check for check in checks if not check.holds]
    if len(failed) > 0:
        raise ConditionsError(
            f"不能转为“{STATE_NAMES[target]}”:" + ";".join(f"{one.words}({one.found})" for one in failed),
            hint=";".join(one.remedy for one in failed),
            checks=[as_json(check) for check in checks],
        )


def as_json(check: Check) -> dict[str, Any]:
    """A check as it is kept with a step and shown."""
    return {
        "id": check.id,
        "words": check.words,
        "holds": check.holds,
        "found": check.found,
        "remedy": "" if check.holds else check.remedy,
        "until": check.until.isoformat() if check.until is not None else None,
        "documents": list(check.documents),
    }


def _is_asked(condition: Condition, target: MemberState) -> bool:
    if target is S.OFFBOARDED or condition.at is S.OFFBOARDED:
        return condition.at is target
    return target in STAGES and STAGES.index(condition.at) <= STAGES.index(target)


def _check(
    condition: Condition, checklist: Checklist, lineage: Sequence[Facts], agreements: Agreements, today: date
) -> Check:
    own = _look(condition, checklist, lineage, agreements, today)
    if not own.holds and condition.inherit:
        for place in range(1, len(lineage)):
            theirs = _look(condition, checklist, lineage[place:], agreements, today)
            if theirs.holds:
                name = lineage[place].member.particulars.name
                return Check(own.id, own.words, True, f"沿用{name}:{theirs.found}", own.remedy, theirs.until)
    return own


def _look(
    condition: Condition, checklist: Checklist, lineage: Sequence[Facts], agreements: Agreements, today: date
) -> Check:
    """The condition for the first of `lineage` alone."""
    facts = lineage[0]

    def answer(holds: bool, found: str, until: date | None = None, document: Document | None = None) -> Check:
        documents = (document.id,) if document is not None else ()
        return Check(condition.id, condition.zh, holds, found, condition.remedy, until, documents)

    match condition:
        case ContactCondition():
            known = facts.member.has_contacts
            return answer(known, "已登记联系人" if known else "没有联系人")
        case AdministratorCondition():
            return answer(facts.administrators > 0, f"启用的管理员账户 {facts.administrators} 个")
        case DocumentCondition():
            name = checklist.documents[condition.document]
            newest = _newest(facts, condition.document)
            if newest is None:
                return answer(False, f"没有“{name}”")
            if newest.valid_to is not None and newest.valid_to < today:
                return answer(False, f"“{name}”已于 {newest.valid_to} 到期", newest.valid_to, newest)
            return answer(True, f"已有“{name}”", newest.valid_to, newest)
        case LicenceCondition():
            return answer(*_licence(condition, facts.member.particulars, today))
        case AgreementCondition():
            return answer(*_agreements(facts, agreements, today))
        case SandboxCondition():
            since = facts.member.applied_at
            missing = [call for call in condition.calls if facts.sandbox.get(call, since) <= since]
            return answer(len(missing) == 0, f"尚未成功:{'、'.join(missing)}" if missing else "均已成功")
        case SecurityCondition():
            return answer(*_security(condition, facts, today))
        case ParentConsentCondition():
            if facts.member.particulars.parent_id is None:
                return answer(True, "没有上级机构")
            known = facts.member.parent_confirmed
            return answer(known, "上级机构已确认" if known else "上级机构还没有确认")
        case ParentCondition():
            if len(lineage) == 1:
                return answer(True, "没有上级机构")
            parent = lineage[1].member
            return answer(parent.state is S.ONLINE, f"{parent.particulars.name}:{STATE_NAMES[parent.state]}")


def _newest(facts: Facts, kind: str) -> Document | None:
    return next((one for one in facts.documents if one.kind == kind), None)


def _licence(condition: LicenceCondition, said: Particulars, today: date) -> tuple[bool, str, date | None]:
    if said.licence_kind is None or said.licence_no is None:
        return False, "没有填写证照种类或证照编号", None
    if said.licence_kind not in condition.kinds:
        return False, f"证照种类“{said.licence_kind}”,应为 {'、'.join(condition.kinds)}", None
    if said.licence_valid_to is None:
        return condition.endless, "长期有效" if condition.endless else "没有填写有效期", None
    if said.licence_valid_to < today:
        return False, f"已于 {said.licence_valid_to} 到期", said.licence_valid_to
    return True, f"有效期至 {said.licence_valid_to}", said.licence_valid_to


def _agreements(facts: Facts, agreements: Agreements, today: date) -> tuple[bool, str, date | None]:
    asked = agreements.on(today, facts.member.particulars.kind)
    signed = {one: agreements.signed_until(one, facts.acceptances, today) for one in asked}
    missing = [f"{one.title}{one.version}" for one, (holds, _) in signed.items() if not holds]
    if missing:
        return False, f"尚未签署并会签:{'、'.join(missing)}", None
    ends = [until for _, until in signed.values() if until is not None]
    return True, "均已签署并会签", min(ends, default=None)


def _security(
    condition: SecurityCondition, facts: Facts, today: date
) -> tuple[bool, str, date | None, Document | None]:
    newest = _newest(facts, condition.document)
    if newest is None or newest.dated is None:
        return False, "没有写明日期的安全检查", None, newest
    if newest.outcome is not Outcome.PASSED:
        return False, f"{newest.dated} 的检查未通过", None, newest
    if newest.dated > today:
        return False, f"检查日期 {newest.dated} 晚于今天", None, newest
    last = newest.dated + timedelta(days=condition.max_age_days)
    if last < today:
        return False, f"{newest.dated} 的检查已超过 {condition.max_age_days} 天", last, newest
    return True, f"{newest.dated} 的检查通过", last, newest


# -- branches --------------------------------------------------------------------------------------------------------


def check_place(said: Particulars, above: Sequence[Particulars]) -> None:
    """Whether a member may stand below its parents (`above`: nearest first, none for a head office).

    A branch stands below a member of the same kind and is not wider. Raises WiderThanParentError.
    """
    if len(above) == 0:
        return
    parent = above[0]
    if parent.kind is not said.kind:
        raise WiderThanParentError("上级机构与本机构的成员类别不同", hint="改选上级机构或成员类别", field="parent")
    if parent.level is Level.SUB_BRANCH:
        raise WiderThanParentError(
            f"{LEVEL_NAMES[parent.level]}之下不能再设{LEVEL_NAMES[said.level]}", hint="改选上级机构", field="parent"
        )
    items = narrowest_items(one.items for one in above)
    if items is not None and said.items is not None and (extra := [one for one in said.items if one not in items]):
        raise WiderThanParentError(
            f"事项 {'、'.join(extra)} 不在上级机构“{parent.name}”的范围内", hint="缩小事项范围", field="items"
        )
    regions = narrowest_regions(one.regions for one in above)
    if regions is not None and (extra := [one for one in said.regions if not one.startswith(regions)]):
        raise WiderThanParentError(
            f"区划 {'、'.join(one or '全国' for one in extra)} 不在上级机构“{parent.name}”的范围内",
            hint="缩小服务区域",
            field="regions",
        )
