"""The artefact: what was authorised, by whom, to whom, for what and how long, as canonical JSON that is signed.

Same content as the consent artefact of ReBIT's account aggregators (`shared/reference`). Immutable: any change, also
narrowing before signing, makes a new one with the next revision.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from xinshu.consent.canonical import NotCanonicalError, canonical, parse
from xinshu.consent.errors import ArtefactInvalidError
from xinshu.consent.view import Per
from xinshu.crypto.suites import Suite

VERSION: Final = 1


def _moment(value: Any) -> Any:
    """From the one form in which artefacts write moments."""
    if not isinstance(value, str):
        return value
    moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if write_moment(moment) != value:
        raise ValueError("not a moment as artefacts write it")
    return moment


def write_moment(moment: datetime) -> str:
    """UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Capacity = Literal["legal-representative", "delegate", "paper"]
ItemNo = Annotated[str, Field(pattern=r"^([1-9][0-9]*|[a-z]{2}-[0-9]{2})$")]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Fields = Annotated[tuple[FieldName, ...], Field(max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Grantor(_Part):
    """The firm or farm household that authorises."""

    subject: str = Field(pattern=r"^[0-9A-Z]{18}$")
    name: str


class Signer(_Part):
    """Who signs for the grantor; `account` None: by hand on paper."""

    account: str | None
    capacity: Capacity


class Grantee(_Part):
    """The member that may read."""

    member: str
    name: str


class Frequency(_Part):
    """At most `times` calls in one day or month (in China)."""

    times: int = Field(ge=1, le=10_000)
    per: Per


class DataRange(_Part):
    """How far back the data go: `months` before the day of the inquiry, or from a day on."""

    months: int | None = Field(None, ge=1, le=240)
    since: Day | None = None

    @model_validator(mode="after")
    def _one(self) -> DataRange:
        if (self.months is None) == (self.since is None):
            raise ValueError("either months or since")
        return self


class ShownText(_Part):
    """The text that was shown, word for word, with its template's version and its digest (hexadecimal)."""

    template: str
    version: str
    content: str
    digest: str


class Rows(_Part):
    """Rows about the person: those whose `field` has one of the values `in`."""

    field: FieldName
    values: tuple[str, ...] = Field(alias="in", min_length=1)
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PersonalFields(_Part):
    """Personal fields of one item; `rows` None: the item is about that person alone."""

    fields: Fields
    rows: Rows | None = None


class Personal(_Part):
    """The separate consent of a person to the use of personal information (PIPL 23, 29), with its own text."""

    items: dict[ItemNo, PersonalFields] = Field(min_length=1)
    text: ShownText


class Artefact(_Part):
    """One authorisation, whole. `items`: item → fields, None for all. `onward`: to whom it may be passed on."""

    version: Literal[1] = VERSION
    id: str
    revision: int = Field(ge=1)
    suite: Literal["intl", "gm"]
    platform: str
    grantor: Grantor
    signer: Signer | None
    grantee: Grantee
    items: dict[ItemNo, Fields | None] = Field(min_length=1, max_length=100)
    purpose: str
    purpose_note: str = Field("", max_length=200)
    demand: str | None = Field(None, max_length=64)
    valid_from: Moment
    valid_to: Moment
    max_calls: int | None = Field(None, ge=1, le=1_000_000)
    frequency: Frequency | None = None
    data: DataRange | None = None
    retention_days: int = Field(ge=0, le=3650)
    onward: tuple[str, ...] = ()
    personal: Personal | None = None
    text: ShownText

    @model_validator(mode="after")
    def _in_order(self) -> Artefact:
        if self.valid_to <= self.valid_from:
            raise ValueError("valid_to must be after valid_from")
        return self

    def as_json(self) -> dict[str, Any]:
        """The value that is written canonically: every member there, lists of fields sorted."""
        said: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        said["valid_from"], said["valid_to"] = write_moment(self.valid_from), write_moment(self.valid_to)
        said["items"] = {item: sorted(names) if names is not None else None for item, names in said["items"].items()}
        if said["personal"] is not None:
            for about in said["personal"]["items"].values():
                about["fields"] = sorted(about["fields"])
        return said

    def canonical(self) -> bytes:
        """The bytes that are digested and signed."""
        return canonical(self.as_json())

    @classmethod
    def parse(cls, content: bytes) -> Artefact:
        """From its canonical bytes. Raises ArtefactInvalidError for anything else."""
        try:
            found = cls.model_validate(parse(content))
        except (NotCanonicalError, ValidationError, ValueError) as error:
            raise ArtefactInvalidError(
                "不是授权凭证的规范文本", hint="使用平台给出的原文,不要改动", reason=type(error).__name__
            ) from None
        if found.canonical() != content:
            raise ArtefactInvalidError("授权凭证的规范文本缺少内容", hint="使用平台给出的原文,不要改动")
        return found


def digest_of(content: bytes, suite: Suite) -> bytes:
    """The digest under which an artefact is signed: of its canonical bytes."""
    return suite.digest(content)
