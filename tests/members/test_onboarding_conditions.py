"""Each condition of the checklists: not met it stops the step and says what to do; met it lets pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from onboarding_kit import LICENCES, SANDBOX

from xinshu.core.settings import packaged_definitions
from xinshu.members.model import MemberKind, MemberState
from xinshu.members.onboarding import rules
from xinshu.members.onboarding.agreements import Agreement, Agreements
from xinshu.members.onboarding.checklist import load_checklists
from xinshu.members.onboarding.errors import (
    AgreementNotFoundError,
    ConditionsError,
    OnboardingDefinitionError,
    WiderThanParentError,
)
from xinshu.members.onboarding.model import Acceptance, Document, Facts, Level, Member, Outcome, Particulars

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
EARLIER = NOW - timedelta(days=30)
CHECKLISTS = load_checklists(packaged_definitions())
AGREEMENTS = Agreements.load(packaged_definitions())
S = MemberState


def document(number: int, kind: str, **change: Any) -> Document:
    return Document(
        **{
            "id": number, "round": 1, "kind": kind, "name": f"{kind}.pdf", "sha256": "0" * 64, "bytes": 1,
            "dated": None, "valid_to": None, "outcome": None, "uploaded_by": "account:x", "uploaded_at": NOW, **change,
        }
    )  # fmt: skip


def acceptances(kind: MemberKind, agreements: Agreements = AGREEMENTS, day: date = TODAY) -> tuple[Acceptance, ...]:
    return tuple(
        Acceptance(1, one.id, one.version, one.sha256, "account:x", EARLIER, "account:y", EARLIER)
        for one in agreements.on(day, kind)
    )


def member(kind: MemberKind = MemberKind.BANK, **change: Any) -> Member:
    said = Particulars(
        "91320100748204660Q",
        "示范成员",
        kind,
        Level.HEAD,
        None,
        None,
        LICENCES[kind],
        "L1",
        date(2028, 1, 1),
        None,
        ("32",),
    )
    names = {field for field in Particulars.__dataclass_fields__ if field in change}
    said = replace(said, **{name: change.pop(name) for name in names})
    return replace(Member("m1", said, S.SECURITY_CHECK, NOW, 1, EARLIER, "anonymous", EARLIER, NOW, True), **change)


def complete(kind: MemberKind = MemberKind.BANK, **change: Any) -> Facts:
    """A member that meets everything."""
    names = [name for name in CHECKLISTS[kind].documents if name not in ("security_check", "other")]
    documents = [document(number, name) for number, name in enumerate(names, 1)]
    passed = document(90, "security_check", dated=TODAY - timedelta(days=10), outcome=Outcome.PASSED)
    facts = Facts(member(kind), (passed, *documents), acceptances(kind), dict.fromkeys(SANDBOX.get(kind, ()), NOW), 1)
    return replace(facts, **change)


def failing(facts: Facts, target: MemberState, today: date = TODAY, *parents: Facts) -> dict[str, str]:
    """Condition → what was found, of those that do not hold."""
    checks = rules.evaluate(CHECKLISTS[facts.member.particulars.kind], [facts, *parents], AGREEMENTS, today, target)
    return {one.id: one.found for one in checks if not one.holds}


@pytest.mark.parametrize("kind", list(MemberKind))
@pytest.mark.parametrize("target", [*rules.STAGES[1:], S.OFFBOARDED])
def test_a_member_that_meets_everything_passes(kind: MemberKind, target: MemberState) -> None:
    assert failing(complete(kind), target) == {}


PASSED = complete().documents[0]
NEVER = replace(complete().member, has_contacts=False)
CASES: list[tuple[str, Facts, str, MemberState, str]] = [
    ("no contact", complete(member=NEVER), "contact", S.MATERIAL_CHECK, "没有联系人"),
    ("no licence document", complete(documents=(PASSED, document(1, "application_letter"))), "licence-document",
     S.MATERIAL_CHECK, "没有“证照扫描件”"),
    ("licence document expired", complete(documents=(
        PASSED, document(1, "application_letter"), document(2, "licence", valid_to=date(2026, 5, 31)))),
     "licence-document", S.MATERIAL_CHECK, "已于 2026-05-31 到期"),
    ("licence of another kind", complete(member=member(licence_kind="营业执照")), "licence", S.QUALIFICATION_REVIEW,
     "应为 金融许可证"),
    ("no licence number", complete(member=member(licence_no=None)), "licence", S.QUALIFICATION_REVIEW, "没有填写"),
    ("licence expired yesterday", complete(member=member(licence_valid_to=date(2026, 5, 31))), "licence",
     S.QUALIFICATION_REVIEW, "已于 2026-05-31 到期"),
    ("a guarantor's licence without end", complete(
        MemberKind.GUARANTOR, member=member(MemberKind.GUARANTOR, licence_valid_to=None)), "licence",
     S.QUALIFICATION_REVIEW, "没有填写有效期"),
    ("no agreement", complete(acceptances=()), "agreement", S.AGREEMENT_SIGNED, "融资信用服务平台接入协议"),
    ("one of two agreements", complete(acceptances=acceptances(MemberKind.BANK)[:1]), "agreement",
     S.AGREEMENT_SIGNED, "融资信用服务平台接入协议"),
    ("not countersigned", complete(acceptances=tuple(
        replace(one, countersigned_by=None, countersigned_at=None) for one in acceptances(MemberKind.BANK))),
     "agreement", S.AGREEMENT_SIGNED, "尚未签署并会签"),
    ("another text signed", complete(acceptances=tuple(
        replace(one, text_sha256="f" * 64) for one in acceptances(MemberKind.BANK))), "agreement",
     S.AGREEMENT_SIGNED, "尚未签署并会签"),
    ("nothing tried", complete(sandbox={}), "sandbox", S.SANDBOX_TEST, "subject:search、information:read"),
    ("half tried", complete(sandbox={"subject:search": NOW}), "sandbox", S.SANDBOX_TEST, "尚未成功:information:read"),
    ("tried before the application", complete(sandbox=dict.fromkeys(SANDBOX[MemberKind.BANK], EARLIER)), "sandbox",
     S.SANDBOX_TEST, "尚未成功"),
    ("a provider that only sent", complete(MemberKind.PROVIDER, sandbox={"batch:create": NOW}), "sandbox",
     S.SANDBOX_TEST, "尚未成功:batch:read"),
    ("no security check", complete(documents=complete().documents[1:]), "security-check", S.SECURITY_CHECK,
     "没有写明日期"),
    ("check not reviewed", complete(documents=(
        replace(PASSED, outcome=None), *complete().documents[1:])), "security-check",
     S.SECURITY_CHECK, "检查未通过"),
    ("newest check failed", complete(documents=(
        document(99, "security_check", dated=TODAY, outcome=Outcome.FAILED), *complete().documents)),
     "security-check", S.SECURITY_CHECK, "2026-06-01 的检查未通过"),
    ("check 366 days old", complete(documents=(
        replace(PASSED, dated=TODAY - timedelta(days=366)), *complete().documents[1:])),
     "security-check", S.SECURITY_CHECK, "已超过 365 天"),
    ("check of tomorrow", complete(documents=(
        replace(PASSED, dated=TODAY + timedelta(days=1)), *complete().documents[1:])),
     "security-check", S.SECURITY_CHECK, "晚于今天"),
    ("nobody administers", complete(administrators=0), "administrator", S.ONLINE, "0 个"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "condition", "step", "found"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_condition_stops_its_step_and_all_later_ones(
    facts: Facts, condition: str, step: MemberState, found: str
) -> None:
    place = rules.STAGES.index(step)
    for target in rules.STAGES[1:place]:
        assert failing(facts, target) == {}
    for target in rules.STAGES[place:]:
        missed = failing(facts, target)
        assert list(missed) == [condition] and found in missed[condition]
    checks = rules.evaluate(CHECKLISTS[facts.member.particulars.kind], [facts], AGREEMENTS, TODAY, S.ONLINE)
    with pytest.raises(ConditionsError) as caught:
        rules.check_conditions(S.ONLINE, checks)
    remedy = next(one.remedy for one in checks if one.id == condition)
    assert remedy in caught.value.hint and len(caught.value.details["checks"]) == len(checks)


def test_the_last_day_counts() -> None:
    facts = complete(member=member(licence_valid_to=TODAY))
    assert failing(facts, S.ONLINE) == {}
    assert list(failing(facts, S.ONLINE, TODAY + timedelta(days=1))) == ["licence"]
    old = complete(documents=(replace(PASSED, dated=TODAY - timedelta(days=365)),
                              *complete().documents[1:]))  # fmt: skip
    assert failing(old, S.ONLINE) == {}
    assert list(failing(old, S.ONLINE, TODAY + timedelta(days=1))) == ["security-check"]


def test_a_branch_inherits_what_the_checklist_says_and_nothing_else() -> None:
    head = complete(member=replace(member(), state=S.ONLINE))
    bare = Facts(replace(member(level=Level.BRANCH, parent_id="m1"), id="m2"), (), (), {}, 0)
    own = {"application-letter", "licence-document", "parent-consent", "administrator"}
    assert set(failing(bare, S.ONLINE, TODAY, head)) == own
    known = replace(bare, member=replace(bare.member, parent_confirmed=True))
    assert set(failing(known, S.ONLINE, TODAY, head)) == own - {"parent-consent"}
    checks = rules.evaluate(CHECKLISTS[MemberKind.BANK], [bare, head], AGREEMENTS, TODAY, S.ONLINE)
    inherited = {one.id: one.found for one in checks if one.found.startswith("沿用")}
    assert set(inherited) == {"agreement", "sandbox", "security-check"}
    waiting = complete(member=replace(member(), state=S.SANDBOX_TEST))
    assert "parent" in failing(bare, S.ONLINE, TODAY, waiting)


def test_leaving_asks_for_the_statement_alone() -> None:
    assert failing(Facts(member()), S.OFFBOARDED) == {"destruction-statement": "没有“数据销毁或返还声明”"}
    assert failing(Facts(member(), (document(5, "destruction_statement"),)), S.OFFBOARDED) == {}


# -- agreements --------------------------------------------------------------------------------------------------------


def version(number: str, start: str, *, end: str | None = None, grace: int = 30, text: str = "") -> Agreement:
    return Agreement.model_validate(
        {
            "id": "access", "version": number, "title": "协议", "kinds": ["bank"],
            "in_force": {"from": start, **({"to": end} if end else {})}, "grace_days": grace,
            "text": text or f"文本 {number}",
        }
    )  # fmt: skip


def test_a_new_version_leaves_its_days_of_grace() -> None:
    first, second = version("1", "2026-01-01"), version("2", "2026-07-01")
    both = Agreements([second, first])
    signed = acceptances(MemberKind.BANK, both, date(2026, 6, 1))
    assert both.on(date(2025, 12, 31), MemberKind.BANK) == ()
    assert both.on(date(2026, 6, 30), MemberKind.BANK) == (first,)
    assert both.on(date(2026, 7, 1), MemberKind.BANK) == (second,) and both.on(date(2026, 7, 1), MemberKind.COURT) == ()
    last = date(2026, 7, 30)
    assert both.signed_until(first, signed, date(2026, 6, 1)) == (True, last)
    assert both.signed_until(second, signed, last) == (True, last)
    assert both.signed_until(second, signed, last + timedelta(days=1)) == (False, None)
    new = acceptances(MemberKind.BANK, both, date(2026, 7, 1))
    assert both.signed_until(second, new, date(2027, 1, 1)) == (True, None)
    assert both.signed_until(first, (), date(2026, 6, 1)) == (False, None)
    assert both.signed_until(first, (*signed, *new), date(2026, 6, 1)) == (True, None)  # the next is signed already
    assert both.coming(date(2026, 6, 30), MemberKind.BANK) == (second,)
    assert both.coming(date(2026, 7, 1), MemberKind.BANK) == both.coming(date(2026, 6, 1), MemberKind.COURT) == ()


def test_no_grace_is_no_day() -> None:
    first, second = version("1", "2026-01-01"), version("2", "2026-07-01", grace=0)
    both = Agreements([first, second])
    signed = acceptances(MemberKind.BANK, both, date(2026, 6, 1))
    assert both.signed_until(first, signed, date(2026, 6, 30)) == (True, date(2026, 6, 30))
    assert both.signed_until(second, signed, date(2026, 7, 1)) == (False, None)


def test_an_agreement_may_end() -> None:
    one = Agreements([version("1", "2026-01-01", end="2026-03-31")])
    assert one.on(date(2026, 4, 1)) == ()
    with pytest.raises(AgreementNotFoundError):
        one.get("access", "2")


@pytest.mark.parametrize(
    "versions",
    [
        [("1", "2026-01-01", None), ("1", "2026-07-01", None)],
        [("1", "2026-01-01", None), ("2", "2026-01-01", None)],
        [("1", "2026-01-01", "2026-07-01"), ("2", "2026-07-01", None)],
    ],
)
def test_versions_that_contradict_each_other_are_refused(versions: list[tuple[str, str, str | None]]) -> None:
    with pytest.raises(OnboardingDefinitionError):
        Agreements([version(number, start, end=end, text=f"{n}") for n, (number, start, end) in enumerate(versions)])


# -- definitions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("kind: bank", "kind: court"), "court"),
        (("document: security_check", "document: unheard_of"), "unheard_of"),
        (("id: licence-document", "id: contact"), "same id"),
        (("check: contact", "check: telepathy"), "telepathy"),
        (("at: material_check", "at: applied"), "conditions.0"),
        (("remedy: 在成员资料中登记联系人", "remedey: x"), "remedey"),
        (("conditions:", "conditions: ["), "语法"),
    ],
)
def test_a_wrong_checklist_is_refused_by_name(tmp_path: Any, change: tuple[str, str], named: str) -> None:
    import shutil

    shutil.copytree(packaged_definitions() / "onboarding", tmp_path / "onboarding")
    path = tmp_path / "onboarding" / "bank.yml"
    path.write_text(path.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(OnboardingDefinitionError) as caught:
        load_checklists(tmp_path)
    assert "bank.yml" in str(caught.value) and named in str(caught.value)


def test_a_missing_checklist_is_refused(tmp_path: Any) -> None:
    with pytest.raises(OnboardingDefinitionError, match=r"provider\.yml"):
        load_checklists(tmp_path)


# -- places ------------------------------------------------------------------------------------------------------------


def place(level: Level = Level.BRANCH, kind: MemberKind = MemberKind.BANK, **change: Any) -> Particulars:
    said = Particulars("91320100748204660Q", "某行", kind, level, None, None, None, None, None, None, ("32",))
    return replace(said, **change)


@pytest.mark.parametrize(
    ("said", "above", "field"),
    [
        (place(), [place(Level.HEAD, MemberKind.GUARANTOR)], "parent"),
        (place(Level.SUB_BRANCH), [place(Level.SUB_BRANCH)], "parent"),
        (place(regions=("33",)), [place(Level.HEAD)], "regions"),
        (place(regions=("",)), [place(Level.HEAD)], "regions"),
        (place(regions=("3201",)), [place(regions=("",)), place(Level.HEAD, regions=("33",))], "regions"),
        (place(items=("1", "9")), [place(Level.HEAD, items=("1", "2"))], "items"),
        (place(items=("2",)), [place(), place(Level.HEAD, items=("1",))], "items"),
    ],
)
def test_a_branch_is_never_wider(said: Particulars, above: list[Particulars], field: str) -> None:
    with pytest.raises(WiderThanParentError) as caught:
        rules.check_place(said, above)
    assert caught.value.details["field"] == field


@pytest.mark.parametrize(
    ("said", "above"),
    [
        (place(Level.HEAD), []),
        (place(), [place(Level.HEAD)]),
        (place(regions=("3201", "320281")), [place(Level.HEAD)]),
        (place(), [place(Level.HEAD, regions=("",))]),
        (place(items=("2",)), [place(items=None), place(Level.HEAD, items=("1", "2"))]),
        (place(items=None), [place(Level.HEAD, items=("1",))]),
        (place(Level.SUB_BRANCH), [place(), place(Level.HEAD)]),
    ],
)
def test_a_branch_as_wide_or_narrower_is_taken(said: Particulars, above: list[Particulars]) -> None:
    rules.check_place(said, above)
