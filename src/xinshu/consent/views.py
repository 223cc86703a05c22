"""Bodies of the routes of authorisations."""

# Annotations are not postponed here, as in the routes.

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinshu.consent.artefact import DataRange, Frequency
from xinshu.consent.model import Consent, Signature, Step
from xinshu.consent.purposes import METHOD_NAMES, Method, Purpose, Purposes
from xinshu.consent.rules import Reader, reader_of
from xinshu.consent.service import Detail
from xinshu.consent.signing_service import Paper, Prepared
from xinshu.consent.states import EVENT_NAMES, STATE_NAMES
from xinshu.consent.terms import Asked, Narrowing
from xinshu.members.model import Principal
from xinshu.members.passkeys.routes import ProvenIn

FIRMS_EVENTS = frozenset({"prepare", "attest", "sign", "decline", "pause", "resume", "revoke", "withdraw-personal"})
INSTITUTIONS_EVENTS = frozenset({"request", "send", "cancel", "attach"})
_SIDES = {Reader.SUBJECT: FIRMS_EVENTS, Reader.INSTITUTION: INSTITUTIONS_EVENTS}

_LINE = r"^[^\x00-\x1f\x7f]*$"
_DAYS = {"ge": date(2000, 1, 1), "lt": date(2200, 1, 1)}
ItemName = Annotated[str, Field(min_length=1, max_length=64)]
FieldNames = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=60)] | None
Items = Annotated[dict[ItemName, FieldNames], Field(min_length=1, max_length=100)]
Day = Annotated[date, Field(**_DAYS)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class FrequencyIn(_In):
    """At most `times` calls a day or a month."""

    times: int = Field(ge=1, le=10_000)
    per: Annotated[str, Field(pattern="^(day|month)$")]


class DataRangeIn(_In):
    """Either so many months back, or from a day on."""

    months: int | None = Field(None, ge=1, le=240)
    since: Day | None = None

    @model_validator(mode="after")
    def _one(self) -> "DataRangeIn":
        if (self.months is None) == (self.since is None):
            raise ValueError("months 与 since 须填且只填一项")
        return self


def _items(given: Mapping[str, list[str] | None]) -> dict[str, tuple[str, ...] | None]:
    return {name: tuple(fields) if fields is not None else None for name, fields in given.items()}


class _TermsIn(_In):
    valid_from: Day | None = Field(None, description="起始日;不写:今天")
    valid_to: Day | None = Field(None, description="截止日(含);不写:按用途的通常期限")
    max_calls: int | None = Field(None, ge=1, le=1_000_000, description="最多查询次数")
    frequency: FrequencyIn | None = Field(None, description="每日或每月最多次数")
    data: DataRangeIn | None = Field(None, description="数据范围:months 个月以内,或 since 以后")
    retention_days: int | None = Field(None, ge=0, le=3650, description="保存天数")

    def _common(self) -> dict[str, Any]:
        frequency, data = self.frequency, self.data
        return {
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "max_calls": self.max_calls,
            "frequency": Frequency.model_validate(frequency.model_dump()) if frequency is not None else None,
            "data": DataRange.model_validate(data.model_dump()) if data is not None else None,
            "retention_days": self.retention_days,
        }


class RequestIn(_TermsIn):
    """What an institution asks a firm for."""

    subject: str = Field(min_length=18, max_length=20, description="统一社会信用代码或平台编号")
    purpose: str = Field(min_length=1, max_length=40, description="用途代码,见 /v1/consents/templates")
    items: Items = Field(description="事项 → 字段;null 为全部字段")
    purpose_note: str = Field("", max_length=200, pattern=_LINE, description="具体用途(用途为“其他”时必填)")
    demand: str | None = Field(None, max_length=64, pattern=r"^[0-9A-Za-z-]+$", description="有关的融资需求编号")
    onward: list[Annotated[str, Field(min_length=2, max_length=60, pattern=_LINE)]] = Field(
        [], max_length=5, description="可转给的第三方"
    )
    personal: list[ItemName] = Field([], max_length=20, description="要单独征得个人同意的事项")
    draft: bool = Field(False, description="先存为草稿,不送达企业")

    def asked(self) -> Asked:
        """As the service takes it."""
        return Asked(
            self.subject,
            self.purpose,
            _items(self.items),
            self.purpose_note,
            self.demand,
            onward=tuple(self.onward),
            personal=tuple(self.personal),
            **self._common(),
        )


class NarrowIn(_TermsIn):
    """What the firm takes away of what was asked for; what is left out is as it was asked for."""

    items: Items | None = Field(None, description="保留的事项 → 字段")
    personal: bool = Field(True, description="false:不同意提供个人信息")

    def narrowing(self) -> Narrowing:
        """As the service takes it."""
        items = _items(self.items) if self.items is not None else None
        return Narrowing(items=items, personal=self.personal, **self._common())


class SignIn(_In):
    """A signature over the digest that was shown, with what its method needs."""

    method: Annotated[str, Field(pattern="^(passkey|certificate|witnessed)$")]
    digest: Digest = Field(description="所查看内容的摘要")
    personal: bool = Field(False, description="勾选:本人单独同意提供个人信息")
    credential: ProvenIn | None = Field(None, description="通行密钥的应答")
    signature: str | None = Field(None, max_length=20_000, description="对规范原文的签名(base64)")
    certificates: str | None = Field(None, max_length=65_536, description="证书(PEM),签署人的在前")
    login: str | None = Field(None, max_length=64)
    password: str | None = Field(None, max_length=256)
    code: str | None = Field(None, max_length=20)

    def evidence(self) -> dict[str, Any]:
        """As providers take it."""
        return self.model_dump(exclude={"method", "digest", "personal"}, exclude_none=True)


class WitnessIn(_In):
    """What the witness saw signed."""

    digest: Digest


class PaperIn(_In):
    """A scan of a paper signed by hand."""

    digest: Digest = Field(description="所打印内容的摘要")
    sha256: Digest = Field(description="扫描件的 SHA-256")
    reference: str = Field(min_length=1, max_length=100, pattern=_LINE, description="扫描件的存放编号")
    signed_on: Day = Field(description="纸面上的签署日期")
    personal_signed: bool = Field(False, description="单独同意书另有本人签名")

    def paper(self) -> Paper:
        """As the service takes it."""
        return Paper(self.sha256.lower(), self.reference, self.signed_on, self.personal_signed)


class PaperCheckIn(_In):
    """The scan that an operator compared."""

    sha256: Digest


class DeclineIn(_In):
    """Why not; need not be said."""

    note: str = Field("", max_length=200, pattern=_LINE)


class RevokeAllIn(_In):
    """Whose authorisations; null: all."""

    grantee: str | None = Field(None, max_length=40)


class RevokedOut(BaseModel):
    """What was withdrawn."""

    revoked: list[UUID]


class LineOut(BaseModel):
    """A heading and its words."""

    heading: str
    words: str

    @classmethod
    def all(cls, summary: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> "list[LineOut]":
        """Line by line."""
        return [cls(heading=heading, words=words) for heading, words in summary]


class ConsentOut(BaseModel):
    """One authorisation in short. `state`: as it is now."""

    id: UUID
    state: str
    state_name: str
    subject: str
    subject_name: str
    grantee: str
    grantee_name: str
    purpose: str
    purpose_name: str
    items: dict[str, list[str] | None]
    personal: bool
    valid_from: datetime
    valid_to: datetime
    answer_by: datetime
    max_calls: int | None
    used: int
    requested_at: datetime
    method: str | None
    signed_at: datetime | None
    revision: int
    digest: str

    @classmethod
    def of(cls, consent: Consent, purposes: Purposes) -> "ConsentOut":
        """From the stored one."""
        return cls(**short(consent, purposes))


def short(consent: Consent, purposes: Purposes) -> dict[str, Any]:
    """What `ConsentOut` shows."""
    artefact = consent.artefact
    taken = ("id", "grantee", "purpose", "personal", "valid_from", "valid_to", "answer_by", "max_calls", "used",
             "requested_at", "method", "signed_at", "revision")  # fmt: skip
    return {
        **{name: getattr(consent, name) for name in taken},
        "state": consent.shown,
        "state_name": STATE_NAMES[consent.shown],
        "subject": consent.subject_code,
        "subject_name": artefact.grantor.name,
        "grantee_name": artefact.grantee.name,
        "purpose_name": purposes.name_of(consent.purpose),
        "items": {item: list(names) if names is not None else None for item, names in artefact.items.items()},
        "digest": consent.digest.hex(),
    }


class ConsentPageOut(BaseModel):
    """One page, newest first."""

    total: int
    page: int
    page_size: int
    consents: list[ConsentOut]


class StepOut(BaseModel):
    """One step; names of persons are shown to their own side and to the platform."""

    event: str
    event_name: str
    state: str
    revision: int
    at: datetime
    actor: str
    actor_name: str | None
    details: dict[str, Any]

    @classmethod
    def of(cls, step: Step, who: Principal) -> "StepOut":
        """As `who` may see it."""
        side = _SIDES.get(reader_of(who))
        named = side is None or step.event in side
        return cls(
            event=step.event,
            event_name=EVENT_NAMES[step.event],
            state=step.to_state,
            revision=step.revision,
            at=step.at,
            actor=step.actor,
            actor_name=step.actor_name if named else None,
            details=step.details,
        )


class SignatureOut(BaseModel):
    """Who signed, witnessed or verified; the proof itself is in the signature file."""

    part: str
    method: str
    method_name: str
    principal: str
    capacity: str
    revision: int
    at: datetime

    @classmethod
    def of(cls, signature: Signature) -> "SignatureOut":
        """From the stored one."""
        taken = {name: getattr(signature, name) for name in cls.model_fields if name != "method_name"}
        return cls(**taken, method_name=METHOD_NAMES[signature.method])  # type: ignore[index]


class DetailOut(ConsentOut):
    """One authorisation with its texts and its life. `requested`: the artefact as it was asked for."""

    summary: list[LineOut]
    text: str
    text_version: str
    personal_text: str | None
    artefact: dict[str, Any]
    requested: dict[str, Any]
    steps: list[StepOut]
    signatures: list[SignatureOut]

    @classmethod
    def told(cls, detail: Detail, purposes: Purposes, who: Principal) -> "DetailOut":
        """As `who` may see it."""
        artefact = detail.consent.artefact
        return cls(
            **short(detail.consent, purposes),
            summary=LineOut.all(detail.summary),
            text=artefact.text.content,
            text_version=artefact.text.version,
            personal_text=artefact.personal.text.content if artefact.personal is not None else None,
            artefact=orjson.loads(detail.consent.content),
            requested=detail.requested.as_json(),
            steps=[StepOut.of(step, who) for step in detail.steps],
            signatures=[SignatureOut.of(one) for one in detail.signatures],
        )


class PreparedOut(BaseModel):
    """What is to be signed: `content` are the canonical bytes as text (UTF-8), `digest` theirs."""

    consent: ConsentOut
    summary: list[LineOut]
    text: str
    personal_text: str | None
    content: str
    digest: str
    suite: str
    methods: dict[str, str]
    passkey: dict[str, Any] | None

    @classmethod
    def of(cls, prepared: Prepared, purposes: Purposes, summary: list[tuple[str, str]]) -> "PreparedOut":
        """From what the service prepared."""
        consent, artefact = prepared.consent, prepared.consent.artefact
        return cls(
            consent=ConsentOut.of(consent, purposes),
            summary=LineOut.all(summary),
            text=artefact.text.content,
            personal_text=artefact.personal.text.content if artefact.personal is not None else None,
            content=consent.content.decode(),
            digest=consent.digest.hex(),
            suite=consent.suite,
            methods={one: METHOD_NAMES[one] for one in prepared.methods},
            passkey=prepared.passkey,
        )


class TemplateOut(BaseModel):
    """A purpose with its limits and text."""

    purpose: str
    version: str
    name: str
    members: list[str]
    usual_items: list[str]
    personal: list[str]
    signing: dict[str, str]
    needs_note: bool
    onward: str
    limits: dict[str, int | None]
    text: str

    @classmethod
    def of(cls, purpose: Purpose, methods: tuple[Method, ...]) -> "TemplateOut":
        """From the definition; `methods`: those offered here."""
        return cls(
            purpose=purpose.purpose,
            version=purpose.version,
            name=purpose.name.zh,
            members=[kind.value for kind in purpose.members],
            usual_items=list(purpose.usual_items),
            personal=list(purpose.personal),
            signing={one: METHOD_NAMES[one] for one in methods},
            needs_note=purpose.needs_note,
            onward=purpose.onward,
            limits=purpose.limits.model_dump(),
            text=purpose.text,
        )


class TemplatesOut(BaseModel):
    """All purposes, and the text of the separate consent."""

    purposes: list[TemplateOut]
    personal_text: str
    personal_version: str


class GranteeOut(BaseModel):
    """What one grantee holds of a firm and has read; `inquiries` null where this node keeps no record of reading."""

    grantee: str
    grantee_name: str
    in_force: int
    paused: int
    pending: int
    ended: int
    inquiries: int | None
    last_read_at: datetime | None
