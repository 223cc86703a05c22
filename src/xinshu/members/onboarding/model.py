"""Types of onboarding. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from xinshu.members.model import MemberKind, MemberState


class Level(StrEnum):
    """Where in its organisation a member stands."""

    HEAD = "head"
    BRANCH = "branch"
    SUB_BRANCH = "sub_branch"


LEVEL_NAMES = {Level.HEAD: "总部", Level.BRANCH: "分支机构", Level.SUB_BRANCH: "下级支行(网点)"}


class Outcome(StrEnum):
    """Of a check that a document reports."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class Contact:
    """A person in charge; kept sealed."""

    name: str
    duty: str
    phone: str
    email: str = ""


@dataclass(frozen=True)
class Particulars:
    """What an application says about the member, checked and in normal form."""

    code: str
    name: str
    kind: MemberKind
    level: Level
    parent_id: str | None
    provider_code: str | None
    licence_kind: str | None
    licence_no: str | None
    licence_valid_to: date | None  # None: without end
    items: tuple[str, ...] | None  # None: what its kind, or its parent, may
    regions: tuple[str, ...]  # prefixes of division codes; '' is everywhere


@dataclass(frozen=True)
class Member:
    """A member as stored. `round` counts its applications: one that was refused or has left may apply again."""

    id: str
    particulars: Particulars
    state: MemberState
    state_since: datetime
    round: int
    applied_at: datetime  # of this round
    created_by: str  # principal that applied in this round
    created_at: datetime
    updated_at: datetime
    has_contacts: bool
    parent_confirmed: bool = False  # the member above knows it as a branch of its own


@dataclass(frozen=True)
class Document:
    """A file that a member handed in; the file itself lies sealed in the lake.

    `outcome` is of checks, as a person of the operator other than who handed it in found it.
    """

    id: int
    round: int
    kind: str
    name: str
    sha256: str
    bytes: int
    dated: date | None
    valid_to: date | None
    outcome: Outcome | None
    uploaded_by: str
    uploaded_at: datetime
    outcome_by: str | None = None
    outcome_at: datetime | None = None


@dataclass(frozen=True)
class Acceptance:
    """An agreement that a person of the member accepted; in force once a person of the operator countersigned."""

    round: int
    agreement: str
    version: str
    text_sha256: str
    accepted_by: str
    accepted_at: datetime
    countersigned_by: str | None
    countersigned_at: datetime | None


@dataclass(frozen=True)
class Facts:
    """All that the conditions look at, of one member in its present round."""

    member: Member
    documents: tuple[Document, ...] = ()  # newest first
    acceptances: tuple[Acceptance, ...] = ()
    sandbox: dict[str, datetime] = field(default_factory=dict)  # resource:action → last success
    administrators: int = 0  # accounts that are active


@dataclass(frozen=True)
class Check:
    """One condition as it stands. `until`: the last day on which it holds, where that is known."""

    id: str
    words: str
    holds: bool
    found: str
    remedy: str
    until: date | None = None
    documents: tuple[int, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of a member's life."""

    id: int
    round: int
    from_state: MemberState | None
    to_state: MemberState
    actor: str
    actor_name: str
    at: datetime
    note: str
    checks: tuple[dict[str, Any], ...]
    documents: tuple[int, ...]
    details: dict[str, Any]


@dataclass(frozen=True)
class Change:
    """A change to the particulars of a member past its application, which a second person accepts or rejects."""

    id: int
    member_id: str
    changes: dict[str, Any]
    note: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    accepted: bool | None
