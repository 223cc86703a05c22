"""Types of a catalogue item as written in its YAML. No I/O.

One YAML for each item is the single source of table columns, checks, templates, masks, API schema and documentation.
Requirements R4.1, R4.2; names of fields follow GB/T 39440, GB/T 39445 and `shared/reference`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Strict and immutable: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Model):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class FieldType(StrEnum):
    """Type of a field; `ibis_type` in `catalogue.schema` gives its physical type."""

    STRING = "string"  # one line
    TEXT = "text"  # many lines
    INTEGER = "integer"  # int64
    DECIMAL = "decimal"  # decimal(20, scale)
    DATE = "date"  # YYYY-MM-DD
    MONTH = "month"  # YYYY-MM, kept as text
    YEAR = "year"  # int64
    BOOLEAN = "boolean"
    CODE = "code"  # one of `codes` or of `code_list`
    USCC = "uscc"  # unified social credit code, GB 32100-2015
    SUBJECT_CODE = "subject_code"  # uscc, or a code issued by a platform (farm household, `Z…`)
    REGISTRATION_NO = "registration_no"  # old number: 13 or 15 digits, or as of a cooperative
    CITIZEN_NO = "citizen_no"  # GB 11643
    PHONE = "phone"
    DIVISION = "division"  # GB/T 2260, six digits
    INDUSTRY = "industry"  # GB/T 4754-2017 code with the section letter, any level (C, C13, C131, C1311)


class Sensitivity(StrEnum):
    """What the field discloses; decides masking, consent and sealing."""

    OPEN = "open"
    FIRM = "firm-confidential"
    PERSONAL = "personal"
    PERSONAL_SENSITIVE = "personal-sensitive"


class Mask(StrEnum):
    """How a masked copy shows the value."""

    NAME = "name"  # 张** : first character kept
    CITIZEN_NO = "citizen_no"  # 3201**********1234
    PHONE = "phone"  # 138****5678
    ACCOUNT = "account"  # ****1234
    ADDRESS = "address"  # first six characters, then ****
    HIDE = "hide"  # ***
    BAND = "band"  # amount in bands of one significant digit


Op = Literal["eq", "ne", "lt", "le", "gt", "ge"]


class When(Model):
    """Condition on one field: `present`, `absent`, `in`, `not_in` (values) or a comparison with `value`."""

    field: str
    op: Literal["present", "absent", "in", "not_in", "eq", "ne", "lt", "le", "gt", "ge"]
    value: Any = None
    values: tuple[Any, ...] = ()


class FieldChecks(Model):
    """Checks of one field beyond its type. A field that is absent passes all of them."""

    min: float | None = None  # decimal, integer, year
    max: float | None = None
    min_length: int | None = Field(None, ge=0)
    max_length: int | None = Field(None, ge=1)
    pattern: str | None = None  # a regular expression that RE2 and Java read alike, matched whole
    not_future: bool = False  # date, month, year: not after the batch's day
    not_before: date | None = None  # date


class _RowCheck(Model):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    level: Literal["error", "warning"] = "error"  # a warning is counted and kept with the row, the row is accepted
    message: Text
    basis: str | None = None  # article of law or standard


class Compare(_RowCheck):
    """`left op right` (a field) or `left op value`; passes where either side is absent. Dates, months, numbers."""

    kind: Literal["compare"]
    left: str
    op: Op
    right: str | None = None
    value: Any = None
    tolerance: float = 0  # numbers only, absolute, in the field's unit
    plus_days: int = 0  # dates only: left op right + plus_days
    when: When | None = None


class RequiredIf(_RowCheck):
    """`field` must be present where `when` holds."""

    kind: Literal["required_if"]
    field: str
    when: When


class ForbiddenIf(_RowCheck):
    """`field` must be absent where `when` holds."""

    kind: Literal["forbidden_if"]
    field: str
    when: When


class AnyPresent(_RowCheck):
    """At least one of `fields` is present."""

    kind: Literal["any_present"]
    fields: tuple[str, ...] = Field(min_length=2)


class AllOrNone(_RowCheck):
    """Either all or none of `fields` are present."""

    kind: Literal["all_or_none"]
    fields: tuple[str, ...] = Field(min_length=2)


class SumEquals(_RowCheck):
    """The sum of `fields` equals `equals` within `tolerance`; passes where any of them is absent."""

    kind: Literal["sum_equals"]
    fields: tuple[str, ...] = Field(min_length=2)
    equals: str
    tolerance: float = 0


RowCheck = Annotated[
    Compare | RequiredIf | ForbiddenIf | AnyPresent | AllOrNone | SumEquals, Field(discriminator="kind")
]


class Unique(_RowCheck):
    """Across the rows of a batch: no two rows share these values (rows with any of them absent pass)."""

    kind: Literal["unique"]
    fields: tuple[str, ...] = Field(min_length=1)


class SumBy(_RowCheck):
    """Across the rows of a batch: the sum of `field` over rows with equal `by` is at most `max`; else all fail."""

    kind: Literal["sum_by"]
    by: tuple[str, ...] = Field(min_length=1)
    field: str
    max: float


BatchCheck = Annotated[Unique | SumBy, Field(discriminator="kind")]


class FieldDef(Model):
    """One field of an item."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    type: FieldType
    required: bool = False
    sensitivity: Sensitivity = Sensitivity.OPEN
    mask: Mask | None = None  # required where sensitivity is personal or personal-sensitive
    codes: dict[str, str] | None = None  # code → Chinese name, for type code
    code_list: str | None = None  # name of a file in definitions/codes, instead of `codes`
    unit: str | None = None  # CNY, CNY_10K, USD, USD_10K, percent, person, m2, m3, kWh, month, piece, point
    format: str | None = None  # e.g. YYYY-MM-DD, in words for the data dictionary
    scale: int | None = Field(None, ge=0, le=6)  # decimals of type decimal, default 2
    retired_divisions: Literal["refuse", "allow"] = "refuse"  # type division: a retired code
    example: str | None = None
    note: str | None = None
    checks: FieldChecks = FieldChecks()


class Provider(Model):
    """Who provides the item nationally."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    zh: str
    en: str


class SubjectRef(Model):
    """Which fields identify the subject of a row.

    `role: registry` rows create and update subjects (registration items); `fact` rows must find one.
    `attributes` maps columns of the subject base to fields (registry only):
    division, industry, status, established, address, legal_person, employees, revenue, assets.
    """

    role: Literal["registry", "fact"] = "fact"
    code: str
    old_number: str | None = None
    name: str | None = None
    division: str | None = None
    citizen_no: str | None = None
    attributes: dict[str, str] = {}
    fills_only: bool = False  # attributes fill what the subject base lacks, they do not replace what it has


class Validity(Model):
    """Fields that bound the period in which a fact holds; None: from first seen, without end."""

    from_: str | None = Field(None, alias="from")
    to: str | None = None


class UpdateCycle(Model):
    """How often the provider must send, and how many days after the event at the latest."""

    every: Literal["realtime", "day", "week", "month", "quarter", "year", "event"]
    lag_days: int = Field(ge=0)
    event_field: str | None = None  # date or month field from which the lag counts


class Retention(Model):
    """How long the information is kept after `from_field` (or after it stopped holding); months None: permanently."""

    months: int | None = Field(None, ge=1)
    from_field: str | None = None
    basis: str


class Limits(Model):
    """Limits of a batch; a batch that breaks one is held for a person. None: no limit."""

    min_rows: int = Field(1, ge=0)
    max_quarantined: float | None = Field(0.3, ge=0, le=1)  # share of the rows read
    max_deletions: float | None = Field(0.1, ge=0, le=1)  # full mode: share of the provider's current records closed
    min_rows_vs_previous: float | None = Field(0.5, ge=0)  # full mode: rows ÷ rows of the provider's last full batch
    min_fill: dict[str, float] = {}  # field → least share of accepted rows that have it


class ClassRef(Model):
    """One of the 17 classes."""

    no: int = Field(ge=1)
    zh: str
    en: str


class InForce(Model):
    """When this version of the item holds; after `to`, batches are still accepted for `overlap_days`."""

    from_: date = Field(alias="from")
    to: date | None = None
    overlap_days: int = Field(0, ge=0)


class Item(Model):
    """One item of the catalogue (信用信息归集共享清单事项)."""

    item: str = Field(pattern=r"^([1-9][0-9]*|[a-z]{2}-[0-9]{2})$")  # national number, or province-number
    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    source_status: Literal["official", "reconstructed"]
    in_force: InForce
    class_: ClassRef = Field(alias="class")
    name: Text
    description: Text
    provider: Provider
    legal_basis: tuple[str, ...] = Field(min_length=1)
    sharing_mode: tuple[Literal["collected", "interface", "declared"], ...] = Field(min_length=1)
    access: Literal["open", "person-masked", "firm-consent"]
    access_note: str | None = None
    head_office_feed: bool = False  # 总对总: already centralised nationally
    update_cycle: UpdateCycle
    retention: Retention
    subject: SubjectRef
    natural_key: tuple[str, ...] = Field(min_length=1)
    validity: Validity = Validity()
    fields: tuple[FieldDef, ...] = Field(min_length=8, max_length=40)
    checks: tuple[RowCheck, ...] = ()
    batch_checks: tuple[BatchCheck, ...] = ()
    limits: Limits = Limits()

    def field(self, name: str) -> FieldDef:
        """The field called `name`. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def sealed_fields(self) -> tuple[FieldDef, ...]:
        """Fields sealed at rest."""
        return tuple(f for f in self.fields if f.sensitivity is Sensitivity.PERSONAL_SENSITIVE)

    @property
    def masked_fields(self) -> tuple[FieldDef, ...]:
        """Fields that the masked document shows masked."""
        return tuple(f for f in self.fields if f.mask is not None)


class OverlayItem(Model):
    """Changes that a province makes to a national item: it may add and tighten, never remove or loosen (R4.2)."""

    extends: str
    add_fields: tuple[FieldDef, ...] = ()
    tighten: dict[str, dict[str, Any]] = {}  # field → {required: true, checks: {...}, sensitivity, codes (a subset)}
    add_checks: tuple[RowCheck, ...] = ()
    add_batch_checks: tuple[BatchCheck, ...] = ()
    limits: dict[str, Any] = {}
    update_cycle: UpdateCycle | None = None


class CodeList(Model):
    """A list of codes that several items share: definitions/codes/<name>.yml."""

    name: Text
    source_status: Literal["official", "reconstructed"]
    codes: dict[str, str] = Field(min_length=1)
    note: str | None = None


class OverlayInfo(Model):
    """Head of an overlay folder: definitions/overlays/<province>/overlay.yml."""

    province: str = Field(pattern=r"^[a-z]{2}$")  # prefix of the numbers of its own items
    name: Text
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    division: str | None = Field(None, pattern=r"^\d{6}$")
    legal_basis: tuple[str, ...] = ()
    note: str | None = None
