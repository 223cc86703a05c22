"""A credit report as a document (公共信用信息报告): what is stored, given as JSON, and rendered. No I/O.

`Report.model_json_schema()` is published at /v1/schemas/report/1 and in docs/schemas. Texts are in both languages; what
is `shown` is ready for print, in Chinese.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

SCHEMA: Literal["xinshu.report/1"] = "xinshu.report/1"


class Model(BaseModel):
    """Strict and immutable: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Model):
    """A text in both languages."""

    zh: str
    en: str


class Named(Model):
    """A code with its name."""

    code: str
    name: Text


class Variant(StrEnum):
    """What a report is for: all of it before a loan, what changed between two dates after it, or a summary."""

    PRE_LOAN = "pre_loan"
    POST_LOAN_CHANGE = "post_loan_change"
    SCREENING = "screening"


class Issuer(Model):
    """The platform that issued it (出具单位)."""

    code: str
    name: str


class ReaderKind(StrEnum):
    """In which capacity a report was obtained."""

    INSTITUTION = "institution"
    FIRM = "firm"
    OPERATOR = "operator"
    GOVERNMENT = "government"


class Reader(Model):
    """Who obtained it: a member; the firm itself; for operators, the platform. `code`: of the member or the firm."""

    kind: ReaderKind
    code: str
    name: str


class ReportSubject(Model):
    """Whom it is about, as known on the day of the report; names of codes in Chinese."""

    code: str
    old_number: str | None
    name: str
    kind: str | None
    kind_name: str | None
    division: str | None
    division_name: str | None
    industry: str | None
    industry_name: str | None
    status: str | None
    status_name: str | None
    size_class: str | None
    size_name: str | None


class Reason(Model):
    """Why an item is given, or not: code of the gate's decision."""

    code: str
    zh: str
    en: str


class Column(Model):
    """A field of an item; `unit` as in the catalogue, `type` one of its field types."""

    field: str
    title: Text
    unit: str | None
    type: str


class Origin(Model):
    """Where a fact is from. `first_seen`: the day on which the platform first had it."""

    provider: str
    provider_name: str
    platform: str | None
    batch: int
    first_seen: date


class Change(StrEnum):
    """What became of a fact between `since` and `as_of`.

    `ended`: its validity ended, or the provider closed it; `removed`: it is no longer known for another reason (its
    row at `since` is shown).
    """

    NONE = "none"
    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    REMOVED = "removed"


class Row(Model):
    """A fact. `values`: field → JSON as stored; `shown`: one text for each column, ready for print.

    `before`: of a changed fact, what its changed fields showed at `since`: field → text.
    """

    values: dict[str, Any]
    shown: tuple[str, ...]
    origin: Origin
    valid_from: date | None
    valid_to: date | None
    state: Literal["current", "disputed"]
    change: Change = Change.NONE
    before: dict[str, str] = {}


class ItemState(StrEnum):
    """How an item is given: in full, with personal facts masked, cut to what is open or authorised; nothing known;
    refused by the gate."""

    GIVEN = "given"
    MASKED = "masked"
    CUT = "cut"
    NONE = "none"
    REFUSED = "refused"


class ItemPart(Model):
    """One item of the catalogue. `rows_total`: None where refused; more than the rows shown in a summary.

    `consent`: the authorisation relied on. `updated`: the day on which the latest of its facts came in.
    """

    item: str
    title: Text
    state: ItemState
    reason: Reason | None
    consent: str | None
    updated: date | None
    rows_total: int | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Series(Model):
    """Values along a chart's x; None where there is none."""

    name: Text
    values: tuple[float | None, ...]


class Chart(Model):
    """A drawing of given facts."""

    id: str
    title: Text
    kind: Literal["bar", "line"]
    unit: Text
    x: tuple[str, ...]
    series: tuple[Series, ...]


class Relation(Model):
    """Somebody or something that a fact of `item` connects the subject with. `share`: percent."""

    kind: Text
    name: str
    code: str | None
    role: str | None
    share: float | None
    item: str


class Section(Model):
    """A section of the layout, in its order."""

    id: str
    title: Text
    parts: tuple[ItemPart, ...]
    note: Text | None
    charts: tuple[Chart, ...]
    relations: tuple[Relation, ...]


class DimensionPart(Model):
    """Points of one dimension."""

    name: Text
    points: int
    weight: int


class EvaluationPart(Model):
    """The public credit evaluation of the same day, with its reasons in Chinese.

    `raised`: what earned its points; `lowered`: what cost some; `changes`: what would change it; `missing`: indicators
    without data. `withheld`: indicators whose facts this reader is not given. `person`: the way to a person.
    """

    model: str
    version: str
    name: Text
    score: int
    grade: str
    dimensions: tuple[DimensionPart, ...]
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    changes: tuple[str, ...]
    vetoes: tuple[str, ...]
    missing: tuple[str, ...]
    valid_to: date
    withheld: int
    person: str


class Count(Model):
    """A line of the totals (数量汇总); `item`: None where it is not of one item."""

    label: Text
    count: int
    item: str | None


class ClassQuality(Model):
    """Of one class of the catalogue: its items in this report; those the gate let through (`given`); those of them of
    which there are facts (`held`)."""

    class_: int = Field(alias="class")
    name: Text
    items: int
    held: int
    given: int


class Quality(Model):
    """How complete and fresh the report is. `coverage`: held ÷ given, 0 to 1.

    `freshest`, `oldest`: when the latest facts of the freshest and of the oldest item came in. `overdue_items`: given
    items that tell of months or years and whose latest one is older than their update cycle allows.
    """

    classes: tuple[ClassQuality, ...]
    coverage: float
    freshest: date | None
    oldest: date | None
    overdue_items: tuple[str, ...]


OF_THE_ISSUE = frozenset({"number", "check_code", "issued_at", "reader", "content_digest"})
"""What differs between two issues of the same content."""


class Report(Model):
    """A credit report. `content_digest`: hex digest of `content()`: all that is not of this one issue."""

    schema_: Literal["xinshu.report/1"] = Field(SCHEMA, alias="schema")
    number: str
    check_code: str
    issued_at: datetime
    as_of: date
    since: date | None
    issuer: Issuer
    layout_version: str
    variant: Named
    purpose: Named
    reader: Reader
    subject: ReportSubject
    sections: tuple[Section, ...]
    evaluation: EvaluationPart | None
    counts: tuple[Count, ...]
    notices: tuple[Text, ...]
    quality: Quality
    content_digest: str

    def section(self, id: str) -> Section | None:
        """The section called `id`."""
        return next((one for one in self.sections if one.id == id), None)

    def canonical(self) -> bytes:
        """The report as canonical JSON: what is stored, given as the JSON file, and digested."""
        return orjson.dumps(self.model_dump(mode="json", by_alias=True), option=orjson.OPT_SORT_KEYS)

    def content(self) -> bytes:
        """Canonical JSON of all that is not of this one issue: the same however often it is built."""
        about = self.model_dump(mode="json", by_alias=True, exclude=set(OF_THE_ISSUE))
        return orjson.dumps(about, option=orjson.OPT_SORT_KEYS)


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of reports."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        **Report.model_json_schema(by_alias=True),
    }
