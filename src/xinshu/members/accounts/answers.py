"""Sessions and accounts as the API shows them."""

# Annotations are not postponed here: FastAPI resolves those of models it answers with.

from datetime import date, datetime
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from xinshu.members.accounts import rules
from xinshu.members.accounts.model import Account, AccountState, Opened, Session
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.model import Principal, Strength
from xinshu.members.permissions.table import Permissions


class MemberOut(BaseModel):
    """The member for whom a person acts."""

    id: str
    name: str
    kind: str
    state: str


class SessionOut(BaseModel):
    """Who is signed in, and how. `missing`: what keeps some roles from counting: `enrol_second_factor` (set one up) or
    `second_factor` (sign in with it)."""

    account: UUID
    login: str
    name: str
    roles: list[str]
    member: MemberOut | None
    subject: str | None
    state: AccountState
    strength: Strength
    missing: list[str]
    csrf: str = Field(description="须随每个修改请求写入请求头 X-CSRF-Token")
    opened_at: datetime
    expires_at: datetime
    idle_minutes: int
    totp: bool
    passkeys: int


class SignedInOut(SessionOut):
    """A session just opened. `failures`: attempts that failed since the last sign-in, which was at `previous`."""

    failures: int
    previous: datetime | None


def session_out(
    principal: Principal, account: Account, session: Session, csrf: str, table: Permissions, sessions: SessionService
) -> SessionOut:
    """A session as its person sees it."""
    member = principal.member
    return SessionOut(
        account=account.id,
        login=account.login,
        name=account.name,
        roles=sorted(principal.roles),
        member=MemberOut(id=member.id, name=member.name, kind=member.kind, state=member.state) if member else None,
        subject=principal.subject,
        state=account.state,
        strength=session.strength,
        missing=list(rules.missing(account, principal, table)),
        csrf=csrf,
        opened_at=session.created_at,
        expires_at=session.expires_at,
        idle_minutes=int(sessions.idle.total_seconds() // 60),
        totp=account.totp_sealed is not None,
        passkeys=account.passkeys,
    )


def signed_in(response: Response, opened: Opened, table: Permissions, sessions: SessionService) -> SignedInOut:
    """Give the browser its new session: the cookie in `response`, and what is shown."""
    sessions.set_cookie(response, opened)
    shown = session_out(opened.principal, opened.account, opened.session, opened.csrf, table, sessions)
    return SignedInOut(**dict(shown), failures=opened.failures, previous=opened.previous)


class PersonOut(BaseModel):
    """How to reach a person, masked."""

    telephone: str | None
    email: str | None
    citizen_no: str | None

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """Of what is masked already."""
        return cls(telephone=person.telephone, email=person.email, citizen_no=person.citizen_no)


class AccountOut(BaseModel):
    """An account as others see it."""

    id: UUID
    login: str
    name: str
    member: str | None
    subject: str | None
    roles: list[str]
    state: AccountState
    valid_to: date | None
    totp: bool
    passkeys: int
    organisation_sign_on: bool
    failures: int
    locked_until: datetime | None
    signed_in_at: datetime | None
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    updated_at: datetime

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        """Without anything that proves or describes the person."""
        return cls(
            member=account.member_id,
            subject=account.subject_code,
            roles=list(account.roles),
            totp=account.totp_sealed is not None,
            organisation_sign_on=account.oidc_subject is not None,
            **{name: getattr(account, name) for name in _SAME},
        )


_SAME = (
    "id", "login", "name", "state", "valid_to", "passkeys", "failures", "locked_until", "signed_in_at", "created_by",
    "created_at", "approved_by", "approved_at", "updated_at",
)  # fmt: skip


class AccountPageOut(BaseModel):
    """One page of accounts."""

    total: int
    page: int
    page_size: int
    accounts: list[AccountOut]


class AccountDetailOut(AccountOut):
    """An account with how to reach its person, masked."""

    person: PersonOut


class InvitedOut(BaseModel):
    """An account that waits for its person. `token` is shown here once: hand it over by another way."""

    account: UUID
    token: str
    valid_days: int
