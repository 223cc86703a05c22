"""Members as the interface shows them."""

# Annotations are not postponed here: FastAPI resolves them.

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from xinshu.members.model import KIND_NAMES, STATE_NAMES, MemberKind, MemberState
from xinshu.members.onboarding import rules
from xinshu.members.onboarding.model import Acceptance, Change, Check, Contact, Document, Level, Member, Outcome, Step
from xinshu.members.onboarding.papers import Signature
from xinshu.members.onboarding.steps import Outlook

Note = Annotated[str, StringConstraints(max_length=1000)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]


class LicenceOut(BaseModel):
    """A licence; `valid_to` null: without end."""

    kind: str
    number: str | None
    valid_to: date | None


class MemberOut(BaseModel):
    """A member. `items` null: what its kind, or its parent, may; `regions`: prefixes of division codes."""

    id: str
    code: str
    name: str
    kind: MemberKind
    kind_name: str
    level: Level
    parent_id: str | None
    parent_confirmed: bool
    provider_code: str | None
    licence: LicenceOut | None
    items: list[str] | None
    regions: list[str]
    state: MemberState
    state_name: str
    state_since: datetime
    round: int
    applied_at: datetime
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, member: Member) -> "MemberOut":
        """From the stored member, without its contacts."""
        said = member.particulars
        licence = None
        if said.licence_kind is not None:
            licence = LicenceOut(kind=said.licence_kind, number=said.licence_no, valid_to=said.licence_valid_to)
        return cls(
            id=member.id,
            code=said.code,
            name=said.name,
            kind=said.kind,
            kind_name=KIND_NAMES[said.kind],
            level=said.level,
            parent_id=said.parent_id,
            parent_confirmed=member.parent_confirmed,
            provider_code=said.provider_code,
            licence=licence,
            items=list(said.items) if said.items is not None else None,
            regions=list(said.regions),
            state=member.state,
            state_name=STATE_NAMES[member.state],
            state_since=member.state_since,
            round=member.round,
            applied_at=member.applied_at,
            created_at=member.created_at,
            updated_at=member.updated_at,
        )


class MemberList(BaseModel):
    """One page of members."""

    total: int
    page: int
    page_size: int
    members: list[MemberOut]


class AppliedOut(BaseModel):
    """A new member; `invitation` is told this once and serves its first administrator to set up the account."""

    member: MemberOut
    invitation: str


class ContactOut(BaseModel):
    """A person in charge."""

    name: str
    duty: str
    phone: str
    email: str

    @classmethod
    def of(cls, contact: Contact) -> "ContactOut":
        """From the opened contact."""
        return cls(**asdict(contact))


class StepOut(BaseModel):
    """One step, with the conditions as they stood."""

    id: int
    round: int
    from_state: MemberState | None
    to_state: MemberState
    state_name: str
    actor: str
    actor_name: str
    at: datetime
    note: str
    checks: list[dict[str, Any]]
    documents: list[int]
    details: dict[str, Any]

    @classmethod
    def of(cls, step: Step) -> "StepOut":
        """From the stored step."""
        return cls(**asdict(step), state_name=STATE_NAMES[step.to_state])


class CheckOut(BaseModel):
    """One condition as it stands: `found` says what there is, `remedy` what to do when it does not hold."""

    id: str
    words: str
    holds: bool
    found: str
    remedy: str
    until: date | None
    documents: list[int]

    @classmethod
    def of(cls, check: Check) -> "CheckOut":
        """From the condition."""
        return cls.model_validate(rules.as_json(check))


class OutlookOut(BaseModel):
    """Where a member stands and what the next step asks. `ready`: all conditions hold."""

    state: MemberState
    state_name: str
    target: MemberState | None
    target_name: str | None
    ready: bool
    checks: list[CheckOut]

    @classmethod
    def of(cls, outlook: Outlook) -> "OutlookOut":
        """From the conditions evaluated."""
        target = outlook.target
        return cls(
            state=outlook.member.state,
            state_name=STATE_NAMES[outlook.member.state],
            target=target,
            target_name=STATE_NAMES[target] if target is not None else None,
            ready=target is not None and all(check.holds for check in outlook.checks),
            checks=[CheckOut.of(check) for check in outlook.checks],
        )


class DocumentOut(BaseModel):
    """A document handed in."""

    id: int
    round: int
    kind: str
    name: str
    sha256: str
    bytes: int
    dated: date | None
    valid_to: date | None
    outcome: Outcome | None
    outcome_by: str | None
    outcome_at: datetime | None
    uploaded_by: str
    uploaded_at: datetime

    @classmethod
    def of(cls, document: Document) -> "DocumentOut":
        """From the stored document."""
        return cls(**asdict(document))


class AcceptanceOut(BaseModel):
    """Who accepted and who countersigned."""

    round: int
    agreement: str
    version: str
    text_sha256: str
    accepted_by: str
    accepted_at: datetime
    countersigned_by: str | None
    countersigned_at: datetime | None

    @classmethod
    def of(cls, acceptance: Acceptance) -> "AcceptanceOut":
        """From the stored acceptance."""
        return cls(**asdict(acceptance))


class SignatureOut(BaseModel):
    """An agreement that concerns a member; `acceptance` null: to be signed."""

    agreement: str
    version: str
    title: str
    text_sha256: str
    acceptance: AcceptanceOut | None

    @classmethod
    def of(cls, signature: Signature) -> "SignatureOut":
        """From the agreement and its acceptance."""
        one = signature.agreement
        acceptance = AcceptanceOut.of(signature.acceptance) if signature.acceptance is not None else None
        return cls(
            agreement=one.id, version=one.version, title=one.title, text_sha256=one.sha256, acceptance=acceptance
        )


class ChangeOut(BaseModel):
    """A change proposed; `accepted` null: it waits for a second person."""

    id: int
    changes: dict[str, Any]
    note: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    accepted: bool | None

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """From the stored change."""
        return cls.model_validate(asdict(change))


class EditedOut(BaseModel):
    """The member as it is now, and the change that waits for a second person, if any."""

    member: MemberOut
    pending: ChangeOut | None


class ChangeList(BaseModel):
    """One page of changes."""

    total: int
    page: int
    page_size: int
    changes: list[ChangeOut]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StepIn(_In):
    """The next stage, or refused (then `note` gives the reason). `documents`: numbers of those looked at."""

    to: MemberState
    note: Note = ""
    documents: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(max_length=100)] = []


class ReasonIn(_In):
    """Why."""

    note: Reason


class NoteIn(_In):
    """A remark."""

    note: Note = ""


class OutcomeIn(_In):
    """What a check found."""

    outcome: Outcome


class AcceptIn(_In):
    """Which text is accepted: the digest of what was shown."""

    text_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DecisionIn(_In):
    """On a change that somebody else proposed."""

    accept: bool
