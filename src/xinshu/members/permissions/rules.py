"""The decision: pure, with reasons. `decide` answers for one thing, `scopes` gives the same rule for lists in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xinshu.members.model import STRONG, MemberState, Principal, Resource
from xinshu.members.permissions.table import Condition, Grant, Permissions

# condition → (code of the refusal, what is wrong in words)
REFUSALS: dict[str, tuple[str, str]] = {
    "own-member": ("not_own_member", "不属于本单位或下级机构"),
    "own-item": ("not_own_item", "不在本单位的事项范围内"),
    "own-division": ("not_own_division", "不在本单位服务的行政区划内"),
    "own-subject": ("not_own_subject", "不是本人所代表企业的信息"),
    "own-account": ("not_own_account", "不是本人的账户"),
    "other-person": ("same_person", "申请人与办理人不能是同一人"),
    "strong": ("sign_in_too_weak", "须以双因素、通行密钥或单位统一身份登录"),
    "online": ("member_not_online", "本单位不在上线状态"),
}


@dataclass(frozen=True)
class Reason:
    """One condition of one grant: whether it holds."""

    roles: tuple[str, ...]
    condition: str
    holds: bool
    words: str


@dataclass(frozen=True)
class Weighed:
    """One grant that could give the right, and how its conditions stand."""

    grant: Grant
    reasons: tuple[Reason, ...]

    @property
    def failed(self) -> Reason | None:
        """The first condition that does not hold; None: the grant gives the right."""
        return next((reason for reason in self.reasons if not reason.holds), None)


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed; `code` is stable, `words` Chinese, `reasons` every condition looked at."""

    allowed: bool
    code: str
    words: str
    reasons: tuple[Reason, ...] = ()


def decide(table: Permissions, who: Principal, action: str, what: Resource, *, rows: bool = True) -> Verdict:
    """Whether `who` may do `action` to `what`. Allowed when one grant's conditions all hold.

    `rows=False` leaves out the conditions about the row: whether there is anything at all it might be allowed to do
    it to. An attribute of `what` that is None fails the condition that needs it; a caller without limits passes.
    """
    kind = table.resources[what.kind]
    act = f"{kind.actions[action]}{kind.zh}"
    if who.is_anonymous:
        return Verdict(False, "not_signed_in", f"尚未登录,不能{act}")
    reasons: list[Reason] = []
    first: Reason | None = None
    for weighed in weigh(table, who, action, what, rows=rows):
        reasons += weighed.reasons
        if weighed.failed is None:
            return Verdict(True, "allowed", f"可以{act}", tuple(reasons))
        first = first or weighed.failed
    if first is None:
        holders = "、".join(table.roles[role].zh for role in table.holders(action, what.kind)) or "无"
        mine = "、".join(table.roles[role].zh for role in sorted(who.roles) if role in table.roles) or "无角色"
        return Verdict(False, "role_lacks_right", f"“{mine}”无权{act};有此权限的角色:{holders}")
    code, words = REFUSALS[first.condition]
    return Verdict(False, code, f"不能{act}:{words}", tuple(reasons))


def weigh(table: Permissions, who: Principal, action: str, what: Resource, *, rows: bool = True) -> Iterator[Weighed]:
    """The grants that could give `who` the right, each with its conditions looked at; none: no role has the right."""
    for grant in table.grants_for(who.roles, action, what.kind):
        conditions = _conditions(table, grant, who, rows)
        yield Weighed(grant, tuple(_look(grant, condition, who, what) for condition in conditions))


def scopes(table: Permissions, who: Principal, action: str, kind: str) -> list[dict[str, Any]]:
    """The same rule for lists: the alternatives for the SQL function `xinshu_permitted`; none: nothing is visible.

    An alternative limits `members`, `items`, `regions`, `subjects`, `accounts` or `others_than`; a key that is absent
    does not limit.
    """
    if who.is_anonymous:
        return []
    found = []
    for grant in table.grants_for(who.roles, action, kind):
        if all(_caller_holds(condition, who) for condition in _conditions(table, grant, who, rows=False)):
            scope: dict[str, Any] = {}
            for condition in grant.when:
                scope |= _limit(condition, who)
            found.append(scope)
    return [{}] if {} in found else found


def _conditions(table: Permissions, grant: Grant, who: Principal, rows: bool) -> list[str]:
    chosen = [] if grant.any_state else ["online"]
    if "strong" not in grant.when and table.needs_strong(grant, who.roles):
        chosen.append("strong")
    return chosen + [one for one in grant.when if rows or one == "strong"]


def _look(grant: Grant, condition: str, who: Principal, what: Resource) -> Reason:
    holds = _caller_holds(condition, who) if condition in ("online", "strong") else _row_holds(condition, who, what)
    mine = tuple(sorted(who.roles)) if isinstance(grant.roles, str) else tuple(r for r in grant.roles if r in who.roles)
    return Reason(mine, condition, holds, REFUSALS[condition][1] if not holds else "")


def _caller_holds(condition: str, who: Principal) -> bool:
    if condition == "online":
        return who.sandbox or who.member is None or who.member.state is MemberState.ONLINE
    return who.strength in STRONG


def _row_holds(condition: str, who: Principal, what: Resource) -> bool:
    match condition:
        case "own-member":
            return what.member is not None and what.member in who.members
        case "own-item":
            return who.items is None or what.item in who.items
        case "own-division":
            return who.regions is None or (what.division is not None and what.division.startswith(who.regions))
        case "own-subject":
            return what.subject is not None and what.subject == who.subject
        case "own-account":
            return what.account is not None and what.account == who.id
    return what.account is not None and what.account != who.id  # other-person


def _limit(condition: Condition, who: Principal) -> dict[str, Any]:
    match condition:
        case "own-member":
            return {"members": list(who.members)}
        case "own-item":
            return {"items": list(who.items)} if who.items is not None else {}
        case "own-division":
            return {"regions": list(who.regions)} if who.regions is not None else {}
        case "own-subject":
            return {"subjects": [who.subject] if who.subject is not None else []}
        case "own-account":
            return {"accounts": [who.id]}
        case "other-person":
            return {"others_than": [who.id]}
    return {}
