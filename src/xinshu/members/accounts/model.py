"""Accounts and sessions as they are kept. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from xinshu.members.model import Principal, Strength


class AccountState(StrEnum):
    """Stages of an account: staff are invited, firm users sign up and wait until they are verified."""

    INVITED = "invited"
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


STATE_NAMES = {
    AccountState.INVITED: "已邀请",
    AccountState.PENDING: "待核验",
    AccountState.ACTIVE: "正常",
    AccountState.SUSPENDED: "已停用",
    AccountState.CLOSED: "已关闭",
}


@dataclass(frozen=True)
class Account:
    """A person who signs in: of a member (`member_id`) or of a firm (`subject_code`). Its `repr` shows no secrets."""

    id: UUID
    login: str
    name: str
    member_id: str | None
    subject_code: str | None
    roles: tuple[str, ...]
    state: AccountState
    person_sealed: str | None = field(repr=False)
    citizen_index: bytes | None = field(repr=False)
    password_hash: str | None = field(repr=False)
    password_set_at: datetime | None
    totp_sealed: str | None = field(repr=False)
    passkeys: int
    failures: int
    locked_until: datetime | None
    oidc_issuer: str | None
    oidc_subject: str | None = field(repr=False)
    valid_to: date | None
    signed_in_at: datetime | None
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    approval_note: str | None
    updated_at: datetime

    @property
    def principal(self) -> str:
        """Its name in logs and decisions."""
        return f"account:{self.id}"

    @property
    def has_factor(self) -> bool:
        """Whether it has something besides the password: one-time codes or a passkey."""
        return self.totp_sealed is not None or self.passkeys > 0

    @classmethod
    def of(cls, row: Any) -> Account:
        """From a row of `queries.sql`."""
        values = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**{**values, "roles": tuple(row["roles"]), "state": AccountState(row["state"])})


@dataclass(frozen=True)
class Session:
    """An open session; `id` names it without opening it."""

    id: str
    account_id: UUID
    strength: Strength
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str

    @classmethod
    def of(cls, row: Any) -> Session:
        """From a row of `queries.sql`."""
        values = {name: row[name] for name in cls.__dataclass_fields__ if name not in ("id", "strength")}
        return cls(id=bytes(row["digest"]).hex()[:32], strength=Strength(row["strength"]), **values)


@dataclass(frozen=True)
class Opened:
    """A session just opened. `token` goes into the cookie and nowhere else.

    `failures`: attempts that failed since the last sign-in, which was at `previous`.
    """

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    principal: Principal
    account: Account
    session: Session
    failures: int
    previous: datetime | None


@dataclass(frozen=True)
class Delegation:
    """Who may act for a firm besides its legal representative, as what, and from when to when (both days included)."""

    id: int
    subject_code: str
    account_id: UUID
    granted_by: UUID
    scope: tuple[str, ...]
    valid_from: date
    valid_to: date
    ended_at: datetime | None
    ended_by: str | None
    created_at: datetime

    @classmethod
    def of(cls, row: Any) -> Delegation:
        """From a row of `queries.sql`."""
        values = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**{**values, "scope": tuple(row["scope"])})
