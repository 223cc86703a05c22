"""Why may A (not) do B to C: every grant looked at, every condition in words, and what could be done. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from xinshu.core.errors import XinshuError
from xinshu.members.model import KIND_NAMES, STATE_NAMES, MemberKind, Principal, Resource
from xinshu.members.permissions.rules import Verdict, Weighed, decide, weigh
from xinshu.members.permissions.table import ALL_PERSONS, Grant, Permissions

CONDITIONS: dict[str, str] = {
    "online": "本单位已上线",
    "strong": "以双因素、通行密钥或单位统一身份登录",
    "own-member": "属于本单位或其下级机构",
    "own-item": "属于本单位提供或可读的事项",
    "own-division": "属于本单位服务的行政区划",
    "own-subject": "属于本人所代表的企业",
    "own-account": "是本人的账户",
    "other-person": "由另一人提出(申请人与办理人分开)",
}

REMEDIES: dict[str, str] = {
    "strong": "绑定动态口令或通行密钥后重新登录",
    "own-member": "由该成员或其上级机构的人员办理",
    "own-item": "请平台运营单位在成员资料中核对可提供、可读的事项",
    "own-division": "请平台运营单位在成员资料中核对服务的行政区划",
    "own-subject": "由该企业的法定代表人或其经办人办理",
    "own-account": "由账户本人办理",
    "other-person": "由另一位有此权限的人办理",
}


class PermissionUnknownError(XinshuError):
    """The table has no such role, resource or action."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "permission_unknown"


@dataclass(frozen=True)
class Condition:
    """A condition of a grant. `words` say what it asks for, `wrong` what is wrong when it does not hold."""

    name: str
    holds: bool
    words: str
    wrong: str


@dataclass(frozen=True)
class Considered:
    """A grant that was looked at: its roles, and how its conditions stand."""

    roles: tuple[str, ...]
    holds: bool
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Holder:
    """A role that has the right; `possible`: this principal could be given it."""

    role: str
    zh: str
    possible: bool


@dataclass(frozen=True)
class Explanation:
    """The verdict, what was looked at, who has the right, and what can be done to get it."""

    verdict: Verdict
    considered: tuple[Considered, ...]
    holders: tuple[Holder, ...]
    advice: tuple[str, ...]


def explain(table: Permissions, who: Principal, action: str, what: Resource) -> Explanation:
    """Explain the decision on one thing. Raises PermissionUnknownError for names not in the table."""
    check_names(table, what.kind, action)
    verdict = decide(table, who, action, what)
    weighed = () if who.is_anonymous else tuple(weigh(table, who, action, what))
    possible = _possible(table, who)
    holders = tuple(Holder(role, table.roles[role].zh, role in possible) for role in table.holders(action, what.kind))
    considered = tuple(_considered(one) for one in weighed)
    return Explanation(verdict, considered, holders, _advice(table, who, verdict, weighed, holders))


def check_names(table: Permissions, kind: str, action: str) -> None:
    """Raises PermissionUnknownError that lists the names there are."""
    if kind not in table.resources:
        raise PermissionUnknownError(f"权限表没有资源“{kind}”", hint=f"资源有:{'、'.join(table.resources)}")
    if action not in table.resources[kind].actions:
        known = "、".join(table.resources[kind].actions)
        raise PermissionUnknownError(f"资源“{kind}”没有操作“{action}”", hint=f"操作有:{known}")


def in_words(table: Permissions, grant: Grant, role: str) -> str:
    """What a role needs for the rights of a grant, in Chinese; empty: nothing."""
    of_members = any(kind not in ("firm", MemberKind.OPERATOR) for kind in table.roles[role].of)
    names = ["online"] if of_members and not grant.any_state else []
    if "strong" not in grant.when and table.needs_strong(grant, frozenset({role})):
        names.append("strong")
    return ";".join(CONDITIONS[name] for name in (*names, *grant.when))


def _considered(weighed: Weighed) -> Considered:
    conditions = tuple(
        Condition(reason.condition, reason.holds, CONDITIONS[reason.condition], reason.words)
        for reason in weighed.reasons
    )
    grant = weighed.grant
    roles = (ALL_PERSONS,) if isinstance(grant.roles, str) else grant.roles
    return Considered(roles, weighed.failed is None, conditions)


def _nature(who: Principal) -> Literal["person", "system"]:
    return "system" if who.id.startswith("client:") else "person"


def _possible(table: Permissions, who: Principal) -> tuple[str, ...]:
    """Roles that could be given to this principal: those of its member's kind, or of persons of firms."""
    nature = _nature(who)
    if who.member is not None:
        return table.roles_of(who.member.kind, nature)
    if who.subject is not None:
        return table.roles_of("firm", nature)
    return table.roles_of(MemberKind.OPERATOR, nature) if who.id.startswith("local:") else ()


def _advice(
    table: Permissions, who: Principal, verdict: Verdict, weighed: tuple[Weighed, ...], holders: tuple[Holder, ...]
) -> tuple[str, ...]:
    if verdict.allowed:
        return ()
    if who.is_anonymous:
        return ("先登录;系统先取得令牌",)
    if not weighed:
        return (_how_to_get_a_role(table, who, holders),)
    nearest = min(weighed, key=lambda one: sum(not reason.holds for reason in one.reasons))
    return tuple(_remedy(reason.condition, who) for reason in nearest.reasons if not reason.holds)


def _remedy(condition: str, who: Principal) -> str:
    if condition == "online":
        state = STATE_NAMES[who.member.state] if who.member is not None else "无"
        return f"本单位现为“{state}”,上线后才能办理;由入驻管理员办理入驻或恢复"
    return REMEDIES[condition]


def _how_to_get_a_role(table: Permissions, who: Principal, holders: tuple[Holder, ...]) -> str:
    wanted = "、".join(f"“{one.zh}”" for one in holders if one.possible)
    if not wanted:
        kind = KIND_NAMES[who.member.kind] if who.member is not None else "此类用户"
        return f"{kind}不能有此权限;由有此权限的角色办理:{'、'.join(one.zh for one in holders) or '无'}"
    if who.subject is not None:
        return f"由企业法定代表人授予 {wanted}"
    kind, action = ("client", "edit") if _nature(who) == "system" else ("account", "edit")
    givers = "、".join(table.roles[role].zh for role in table.holders(action, kind))
    return f"请{givers}授予角色 {wanted}"
