"""The one gate: who may be told what. Pure; returns reasons.

`decide(request, artefact, item, now) -> Decision` is asked for one item, `choose` where a firm has given several
authorisations, `choose_each` for all items of a question, which costs less than asking for each. Without an
authorisation, institutions and authorities are given what is open, personal facts masked and what a firm keeps
confidential left out; the rest needs an authorisation in force for this member, item, purpose, period and count
(R11.2, R11.3). The SQL function `xinshu_readable` of migration 0011 is the same rule for lists; one table of cases
(tests/consent/cases/gate.yml) runs against both.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import orjson

from xinshu.catalogue.model import Item
from xinshu.consent import forms
from xinshu.consent.forms import Form, Profile, Unseal, View, Window, form_for, profile
from xinshu.consent.view import ConsentView, Per, PersonalGrant, State
from xinshu.core.clock import CHINA
from xinshu.members.model import MemberKind, Principal

IN_FORCE = "consent_in_force"


class Reader(StrEnum):
    """In which capacity somebody asks."""

    OPERATOR = "operator"
    SUBJECT = "subject"  # the firm itself
    INSTITUTION = "institution"  # bank, guarantor, credit agency or service
    AUTHORITY = "authority"  # supervisor, government, court, notary, arbitration body
    ANONYMOUS = "anonymous"


_INSTITUTIONS = frozenset({MemberKind.BANK, MemberKind.GUARANTOR, MemberKind.CREDIT_AGENCY, MemberKind.CREDIT_SERVICE})
_AUTHORITIES = frozenset(
    {MemberKind.SUPERVISOR, MemberKind.GOVERNMENT, MemberKind.COURT, MemberKind.NOTARY, MemberKind.ARBITRATION}
)


def reader_of(principal: Principal) -> Reader:
    """The capacity in which a caller reads."""
    if principal.is_anonymous:
        return Reader.ANONYMOUS
    if principal.subject is not None:
        return Reader.SUBJECT
    kind = principal.member.kind if principal.member is not None else MemberKind.OPERATOR
    if kind is MemberKind.OPERATOR:
        return Reader.OPERATOR
    if kind in _INSTITUTIONS:
        return Reader.INSTITUTION
    return Reader.AUTHORITY if kind in _AUTHORITIES else Reader.ANONYMOUS


class Request(NamedTuple):
    """One question: who asks, in which capacity, about whom, what for.

    `member`: for which an institution asks; an authorisation counts for the very member that it names. `as_of`: the day
    whose information is asked for, None: today's.
    """

    actor: str
    reader: Reader
    subject_code: str
    purpose: str
    items: tuple[str, ...] | None = None  # those the asking member may read at all; None: not limited
    member: str | None = None
    as_of: date | None = None


class Decision(NamedTuple):
    """Whether the item may be given, why, and in which form.

    `code` is stable, `reason` Chinese, `remedy` says how to obtain what is refused or kept back. `view`: pass the
    stored document through (full), its masked copy (masked), or `cut` it; None when refused. `consent`: the
    authorisation relied on, of which a use must be taken when `counted`. `kept_back`: of an open item that is not given
    wholly, the code of what was missing. `told`: what answers tell of it, as JSON without its braces and the consent.
    """

    allowed: bool
    view: View | None
    code: str
    reason: str
    remedy: str = ""
    form: Form | None = None
    window: Window | None = None
    consent: str | None = None
    counted: bool = False
    kept_back: str | None = None
    told: bytes = b""

    @property
    def withheld(self) -> tuple[str, ...]:
        """Fields left out."""
        return self.form.withheld if self.form is not None else ()

    @property
    def masked(self) -> tuple[str, ...]:
        """Fields given masked."""
        return self.form.masked if self.form is not None else ()

    @property
    def clear(self) -> tuple[str, ...]:
        """Fields given in clear."""
        return self.form.clear if self.form is not None else ()


# code → (what is wrong with the authorisation, how to obtain what is wanted)
REFUSALS: dict[str, tuple[str, str]] = {
    "consent_missing": ("须经企业授权,企业没有对本单位的授权", "向企业发起授权申请,由企业签署"),
    "consent_other_subject": ("授权是另一主体给的", "使用该主体的授权,或向该主体发起授权申请"),
    "consent_other_grantee": ("授权是给另一机构的", "以本单位名义向企业发起授权申请"),
    "consent_other_item": ("企业的授权不含此事项", "就此事项向企业发起授权申请"),
    "consent_other_purpose": ("企业的授权用于其他用途", "按授权的用途查询,或就此用途向企业发起授权申请"),
    "consent_rejected": ("企业没有同意授权申请", "与企业沟通后重新发起"),
    "consent_revoked": ("企业已撤回授权", "与企业沟通后重新发起授权申请"),
    "consent_expired": ("授权已过有效期", "向企业发起新的授权申请"),
    "consent_exhausted": ("授权的查询次数已用完", "向企业发起新的授权申请"),
    "consent_pending": ("企业还没有签署授权", "请企业在“待办授权”中签署"),
    "consent_not_yet_valid": ("授权还没有生效", "待授权生效后查询"),
    "consent_paused": ("企业已暂停授权", "请企业恢复授权"),
    "consent_other_period": ("所查日期早于授权的数据范围", "查较近的日期,或请企业另行授权更早的数据"),
    "consent_frequency": ("本日或本月的查询次数已达授权的上限", "下一日或下一月再查"),
}
NEARNESS = {code: place for place, code in enumerate(REFUSALS)}
"""Of several authorisations that do not serve, the one told of is that nearest to serving."""


def condition(request: Request, artefact: ConsentView, item: str, now: datetime) -> str:
    """IN_FORCE, or the code of the first condition under which the authorisation does not serve this question."""
    return _of_item(artefact, _standing(request, artefact, now), item)


def _of_item(artefact: ConsentView, standing: str, item: str) -> str:
    """`condition` from `_standing`: that it says nothing of the item is told before its purpose and state."""
    return standing if item in artefact.items or standing in _NOBODYS_BUSINESS else "consent_other_item"


def _standing(request: Request, artefact: ConsentView, now: datetime) -> str:
    """`condition`, whatever the item."""
    if artefact.subject != request.subject_code.strip().upper():
        return "consent_other_subject"
    if artefact.grantee != request.member:
        return "consent_other_grantee"
    if artefact.purpose != request.purpose:
        return "consent_other_purpose"
    if artefact.state is State.ACTIVE and artefact.valid_from <= now < artefact.valid_to:
        return _within(request, artefact, now)
    if artefact.state is State.REJECTED:
        return "consent_rejected"
    if artefact.state is State.REVOKED:
        return "consent_revoked"
    if ended(artefact, now):
        return "consent_expired"
    if artefact.state is State.EXHAUSTED:
        return "consent_exhausted"
    if artefact.state in (State.DRAFT, State.PENDING):
        return "consent_pending"
    return "consent_not_yet_valid" if now < artefact.valid_from else "consent_paused"


def _within(request: Request, artefact: ConsentView, now: datetime) -> str:
    """Data range and counts of an authorisation that is active."""
    if request.as_of is not None:
        since = since_of(artefact, now)
        if since is not None and request.as_of < since:
            return "consent_other_period"
    if artefact.max_calls is not None and artefact.used >= artefact.max_calls:
        return "consent_exhausted"
    if artefact.times is not None:
        calls = artefact.period_used if artefact.period == period_of(artefact.per, today_of(now)) else 0
        if calls >= artefact.times:
            return "consent_frequency"
    return IN_FORCE


def ended(artefact: ConsentView, now: datetime) -> bool:
    """Whether the clock has ended it: its validity is over, or the request was not answered in time."""
    if artefact.state in (State.DRAFT, State.PENDING) and artefact.answer_by is not None and artefact.answer_by <= now:
        return True
    return artefact.valid_to <= now


@lru_cache(maxsize=64)
def today_of(now: datetime) -> date:
    """The day in China."""
    return now.astimezone(CHINA).date()


def since_of(artefact: ConsentView, now: datetime) -> date | None:
    """The first day of the data range; None where it is not limited."""
    if artefact.months_back is not None:
        return months_before(today_of(now), artefact.months_back)
    return artefact.since


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month (as PostgreSQL's interval counts)."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def period_of(per: Per | None, today: date) -> str | None:
    """Name of the day or month in which calls are counted."""
    if per is None:
        return None
    return today.isoformat() if per == "day" else today.isoformat()[:7]


def decide(request: Request, artefact: ConsentView | None, item: Item, now: datetime) -> Decision:
    """Decide on one item. `artefact`: the authorisation relied on, None where there is none."""
    about = profile(item)
    plain = _without(request.reader, about, request.items is None or about.item in request.items)
    if plain is not None:
        return plain
    code = condition(request, artefact, about.item, now) if artefact is not None else "consent_missing"
    if code == IN_FORCE and not helps(artefact, about):
        code = "consent_missing"
    if artefact is None or code != IN_FORCE:
        return _refused(about, code)
    return _granted(artefact, about, since_of(artefact, now))


def choose(request: Request, artefacts: Iterable[ConsentView], item: Item, now: datetime) -> Decision:
    """Decide on one item where a firm has given several authorisations: by the one that gives most.

    Of equal ones, one whose calls are not counted comes first. Where none is in force, the refusal tells of the one
    nearest to serving. Those of other firms or members are passed over.
    """
    return choose_each(request, artefacts, (profile(item),), now)[0]


def choose_each(
    request: Request, artefacts: Iterable[ConsentView], items: Iterable[Profile], now: datetime
) -> list[Decision]:
    """`choose` for each of `items`: what is the same for all is looked at once."""
    standings = [
        _Standing(artefact, code, since_of(artefact, now))
        for artefact in artefacts
        if artefact.state is not State.DRAFT and (code := _standing(request, artefact, now)) not in _NOBODYS_BUSINESS
    ]
    reader, limit = request.reader, request.items
    return [
        _without(reader, about, limit is None or about.item in limit) or _by_consent(standings, about)
        for about in items
    ]


class _Standing(NamedTuple):
    """An authorisation for this reader: `condition` whatever the item, and `since_of`."""

    artefact: ConsentView
    code: str
    since: date | None


def _by_consent(standings: Sequence[_Standing], about: Profile) -> Decision:
    """The decision on an item that is not open to everybody, by the best of the authorisations."""
    found = []
    for artefact, standing, since in standings:
        code = _of_item(artefact, standing, about.item)
        if code != IN_FORCE or helps(artefact, about):
            found.append(_Standing(artefact, code, since))
    if len(found) == 0:
        return _refused(about, "consent_missing")
    best = max(found, key=lambda one: _order(one, about)) if len(found) > 1 else found[0]
    return _granted(best.artefact, about, best.since) if best.code == IN_FORCE else _refused(about, best.code)


_NOBODYS_BUSINESS = ("consent_other_subject", "consent_other_grantee")


def _order(one: _Standing, about: Profile) -> tuple[object, ...]:
    """What makes one authorisation better than another for this item; the greatest is chosen."""
    artefact, code, since = one
    last = (artefact.valid_to, artefact.id)
    if code != IN_FORCE:
        return (0, NEARNESS[code], *last)
    fields = artefact.items[about.item]
    personal = artefact.personal.get(about.item)
    return (
        1,
        0,
        len(personal.fields) if personal is not None else 0,
        len(fields) if fields is not None else 10_000,
        -(since or date.min).toordinal(),
        0 if artefact.counted else 1,
        *last,
    )


def helps(artefact: ConsentView | None, about: Profile) -> bool:
    """Whether the authorisation, in force, opens anything of the item that is not open anyway."""
    if artefact is None:
        return False
    if about.needs_consent:
        return True
    fields = artefact.items[about.item]
    personal = artefact.personal.get(about.item)
    return (len(about.confidential) > 0 and (fields is None or not fields.isdisjoint(about.confidential))) or (
        personal is not None and not personal.fields.isdisjoint(about.personal)
    )


@lru_cache(maxsize=4096)
def _without(reader: Reader, about: Profile, admitted: bool) -> Decision | None:
    """The decision where no authorisation can change it. `admitted`: the asking member may read the item at all."""
    match reader:
        case Reader.OPERATOR:
            words = "平台运营人员为数据维护查看;个人信息以遮蔽形式提供"
            return _given(about.as_masked, "operator_upkeep", words)
        case Reader.SUBJECT:
            words = "企业查看本企业的信息;封存的个人敏感信息以遮蔽形式提供"
            return _given(about.own, "own_information", words)
        case Reader.ANONYMOUS:
            return _refusal("reader_unknown", f"未识别身份,不能查看“{about.name}”;请先登录", "登录后查询")
    if not admitted:
        return _refusal("not_own_item", f"本单位的接入范围不含“{about.name}”", "向平台申请扩大接入范围")
    if not about.needs_consent and about.open.view == "full":
        return _given(about.open, "open_information", "公开共享的信息")
    return None


@lru_cache(maxsize=4096)
def _refused(about: Profile, code: str) -> Decision:
    """What is left without an authorisation: the open part of an open item, nothing of the others."""
    wrong, remedy = REFUSALS[code]
    if about.needs_consent:
        return _refusal(code, f"不能提供“{about.name}”:{wrong}", remedy)
    kept = (("个人信息以遮蔽形式提供", about.open.masked), ("企业保密的内容不提供", about.open.withheld))
    hidden = "、".join(words for words, names in kept if names)
    return _given(about.open, "open_information", f"公开共享的信息;{hidden}({wrong})", remedy, code)


def _granted(artefact: ConsentView, about: Profile, since: date | None) -> Decision:
    alike = _consented(about, artefact.items[about.item], artefact.personal.get(about.item), since is not None)
    window = None
    if since is not None:
        window = Window(since, about.dated_by, about.has_states, None if about.needs_consent else about.open)
    return Decision(
        True, alike.view, alike.code, alike.reason, "", alike.form, window, artefact.id, artefact.counted, None,
        alike.told,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _consented(about: Profile, fields: frozenset[str] | None, personal: PersonalGrant | None, within: bool) -> Decision:
    """What all authorisations of `fields` and of `personal` have in common. `within`: a range of data."""
    form = form_for(about, fields, personal)
    return _given(form, "consented", f"企业已授权提供“{about.name}”", view="cut" if within else form.view)


def _refusal(code: str, reason: str, remedy: str) -> Decision:
    plain = Decision(False, None, code, reason, remedy)
    return plain._replace(told=_told(plain))


def _given(
    form: Form, code: str, reason: str, remedy: str = "", kept_back: str | None = None, view: View | None = None
) -> Decision:
    plain = Decision(True, view or form.view, code, reason, remedy, form, kept_back=kept_back)
    return plain._replace(told=_told(plain))


def _told(one: Decision) -> bytes:
    names = ("allowed", "view", "code", "reason", "remedy", "withheld", "masked", "kept_back")
    return orjson.dumps({name: getattr(one, name) for name in names})[1:-1]


def cut(document: bytes | str, masked: bytes | str | None, decision: Decision, unseal: Unseal | None = None) -> bytes:
    """A stored document as the decision gives it; needed where its view is `cut`.

    `masked`: the stored masked copy, None where nothing of the item is masked. `unseal(field, sealed)` opens sealed
    fields; without it they stay masked. Raises FormsDisagreeError.
    """
    assert decision.form is not None  # noqa: S101  (of a refusal there is no document)
    return forms.cut(document, masked, decision.form, decision.window, unseal)
