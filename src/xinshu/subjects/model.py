"""Types of the subject base (信用主体). No I/O.

Figures from annual reports (employees, revenue, assets) are not shown here: a firm may have left them unpublished, and
only `inquiry` decides who reads them. What they lead to, the size class, is shown.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

SORTS = ("pinyin", "established")
Sort = Literal["pinyin", "established"]

MAX_PAGE_SIZE = 100
MAX_REACH = 10_000
"""How far a search pages, and up to where its total is exact."""


class SubjectKind(StrEnum):
    """Kind of a subject."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual_business"
    COOPERATIVE = "cooperative"
    FARM_HOUSEHOLD = "farm_household"
    ORGAN = "government_organ"
    INSTITUTION = "public_institution"
    SOCIAL = "social_organisation"
    COLLECTIVE = "rural_collective"
    OTHER = "other"


KIND_NAMES: dict[str, str] = {
    SubjectKind.ENTERPRISE: "企业",
    SubjectKind.INDIVIDUAL: "个体工商户",
    SubjectKind.COOPERATIVE: "农民专业合作社",
    SubjectKind.FARM_HOUSEHOLD: "农户",
    SubjectKind.ORGAN: "机关",
    SubjectKind.INSTITUTION: "事业单位",
    SubjectKind.SOCIAL: "社会组织",
    SubjectKind.COLLECTIVE: "农村集体经济组织",
    SubjectKind.OTHER: "其他",
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class SubjectSummary(_Model):
    """A subject as a line of a list."""

    code: str | None
    old_number: str | None
    name: str
    kind: str | None
    kind_name: str
    division: str | None
    division_path: str
    status: str | None
    status_name: str
    size_class: str
    size_name: str
    established: date | None


class Subject(SubjectSummary):
    """A subject with everything the subject base may show."""

    id: int
    industry: str | None
    industry_path: str
    address: str | None
    legal_person: str | None
    former: bool = False  # found by a code or number that it no longer bears
    created_at: datetime
    updated_at: datetime


class HistoryEntry(_Model):
    """A value that an attribute of a subject had, and when it was seen; `seen_to` None: it has it now."""

    field: str
    value: str | None
    seen_from: datetime
    seen_to: datetime | None
    batch_id: int | None


class History(_Model):
    """Former and present codes, names and other attributes of a subject, newest first within each field."""

    code: str | None
    name: str
    entries: tuple[HistoryEntry, ...]


class Page(_Model):
    """One page of a search. `total` is exact up to 10,000; beyond it says 10,000 and `more` is true (10000+)."""

    items: tuple[SubjectSummary, ...]
    total: int
    more: bool
    page: int
    page_size: int

    @property
    def total_text(self) -> str:
        """The total for people: `37`, `10000+`."""
        return f"{self.total}+" if self.more else str(self.total)


class Registration(_Model):
    """A farm household registered: the subject, and whether it is new."""

    subject: Subject
    created: bool
