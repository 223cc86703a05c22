"""What accounts may have and when they may be used. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from xinshu.members.accounts.errors import (
    AccountUnusableError,
    DelegationInvalidError,
    LoginInvalidError,
    RolesRefusedError,
)
from xinshu.members.accounts.model import Account, AccountState, Delegation, Session
from xinshu.members.model import KIND_NAMES, STRONG, MemberKind, MemberState, Principal, Strength
from xinshu.members.permissions.table import Permissions

APPLICANT = "firm-applicant"
REPRESENTATIVE = "firm-legal-representative"
DELEGABLE = ("firm-delegate",)
"""Roles that a legal representative may hand on. None of them can delegate further."""

FAILURES_ALLOWED = 5
"""Failed attempts, of password and second factor together, before the account is locked for the place they come from:
an address, or a browser in which the account was signed in to before."""
FAILURES_OF_ALL = 50
"""Failed attempts from anywhere before the account is locked for all places but the browsers it knows."""
LOCKS = (*(timedelta(minutes=15) * 2**n for n in range(6)), timedelta(hours=24))
"""How long: 15 minutes after the first five (or fifty) failures, twice as long after each round more, a day at most."""
PLACES_KEPT = timedelta(days=2)
BROWSERS_KEPT = timedelta(days=180)
BROWSERS_MOST = 20

LOGIN = r"^[a-z0-9][a-z0-9._@+-]{2,63}$"
_LOGIN = re.compile(LOGIN)
RECENT = timedelta(minutes=10)
"""How old a strong sign-in may be that stands for the old password."""


def normalise_login(given: str) -> str:
    """The form in which logins are kept and compared."""
    return given.strip().lower()


def is_login(login: str) -> bool:
    """Whether an account could have this login."""
    return _LOGIN.fullmatch(login) is not None


def check_login(given: str) -> str:
    """A login for a new account. Raises LoginInvalidError."""
    login = normalise_login(given)
    if not is_login(login):
        raise LoginInvalidError("登录名的形式不对", hint="3 至 64 位小写字母、数字和 . _ @ + -,以字母或数字开头")
    return login


def lock_ends(now: datetime) -> list[datetime]:
    """Until when an account is locked after the first, second, … round of failures."""
    return [now + lock for lock in LOCKS]


def check_roles(table: Permissions, kind: Literal["firm"] | MemberKind, roles: Iterable[str]) -> tuple[str, ...]:
    """Roles for a person of such a member, each once, in the table's order. Raises RolesRefusedError."""
    wanted = set(roles)
    possible = table.roles_of(kind, "person")
    unknown = sorted(wanted.difference(possible))
    if unknown or not wanted:
        whose = "企业" if kind == "firm" else KIND_NAMES[kind]
        what = f"角色 {'、'.join(unknown)} 不适用于{whose}的人员" if unknown else "没有指定角色"
        raise RolesRefusedError(what, hint=f"可用:{'、'.join(possible)}", roles=unknown)
    return tuple(role for role in possible if role in wanted)


def refuse_unusable(
    account: Account, member_state: MemberState | None, delegations: Sequence[Delegation], today: date
) -> None:
    """Raises AccountUnusableError when nobody may act with the account today, whatever was proven."""
    if account.state is AccountState.SUSPENDED:
        raise _unusable("账户已停用", "suspended", "联系本单位管理员")
    if account.state not in (AccountState.ACTIVE, AccountState.PENDING):
        raise _unusable("账户不能使用", account.state.value, "联系本单位管理员")
    if account.valid_to is not None and account.valid_to < today:
        raise _unusable(f"账户已于 {account.valid_to} 到期", "expired", "联系本单位管理员延期")
    if member_state in (MemberState.OFFBOARDED, MemberState.REFUSED):
        raise _unusable("本单位已不是平台成员", "member_left", "联系平台运营人员")
    if account.subject_code is None or account.state is AccountState.PENDING or account.roles:
        return
    if any(one.valid_from <= today <= one.valid_to for one in delegations):
        return
    ahead = [one.valid_from for one in delegations if one.valid_from > today]
    if ahead:
        raise _unusable(f"经办授权自 {min(ahead)} 起生效", "delegation_ahead", "届时再登录")
    ended = [one.valid_to for one in delegations]
    words = f"经办授权已于 {max(ended)} 到期" if ended else "经办授权已终止"
    raise _unusable(words, "delegation_over", "请法定代表人重新授权")


def firm_roles(account: Account, delegations: Sequence[Delegation], today: date) -> frozenset[str]:
    """The roles of a firm user today: its own, and those of the delegations that hold today (both days included)."""
    if account.state is AccountState.PENDING:
        return frozenset({APPLICANT})
    held = [role for one in delegations if one.valid_from <= today <= one.valid_to for role in one.scope]
    return frozenset(account.roles).union(role for role in held if role in DELEGABLE)


def missing(account: Account, principal: Principal, table: Permissions) -> tuple[str, ...]:
    """What keeps some of the person's roles from counting: `enrol_second_factor` or `second_factor` (signed in too
    weakly, but has one)."""
    roles = (table.roles[role] for role in principal.roles if role in table.roles)
    if principal.strength in STRONG or not any(role.strong for role in roles):
        return ()
    return ("second_factor",) if account.has_factor else ("enrol_second_factor",)


def may_add_factor(account: Account, session: Session, now: datetime) -> bool:
    """A first factor is added by whoever knows the password; a further one only shortly after a strong sign-in, or
    else the password alone would open what the factor is there to close."""
    return not account.has_factor or is_recent(session.strength, session.created_at, now)


def is_recent(strength: Strength, opened_at: datetime, now: datetime) -> bool:
    """Whether a session was opened strongly a short while ago."""
    return strength in STRONG and now - opened_at <= RECENT


def check_delegation(scope: Iterable[str], valid_from: date, valid_to: date, today: date) -> tuple[str, ...]:
    """The scope of a new delegation. Raises DelegationInvalidError."""
    wanted = set(scope)
    if not wanted or wanted.difference(DELEGABLE):
        raise DelegationInvalidError("经办范围有误", hint=f"可授予的角色:{'、'.join(DELEGABLE)}")
    if valid_from < today:
        raise DelegationInvalidError(f"起始日 {valid_from} 早于今天", hint="从今天或以后开始")
    if valid_to < valid_from:
        raise DelegationInvalidError(f"截止日 {valid_to} 早于起始日 {valid_from}", hint="改正日期")
    if valid_from > a_year_after(today) or valid_to > a_year_after(valid_from):
        raise DelegationInvalidError(f"授权期 {valid_from} 至 {valid_to} 过长", hint="一年之内开始,一次最长一年")
    return tuple(role for role in DELEGABLE if role in wanted)


def a_year_after(day: date) -> date:
    """The same day of the next year, 28 February for a 29th that it lacks."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _unusable(words: str, reason: str, hint: str) -> AccountUnusableError:
    return AccountUnusableError(words, hint=hint, reason=reason)
