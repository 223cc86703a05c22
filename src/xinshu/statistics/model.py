"""What the public and the big screen are told. Counts that are None are withheld (“少于 10”)."""

# Annotations are not postponed here: pydantic resolves those of the models, which are the answers of the routes.

from datetime import datetime

from pydantic import BaseModel

Count = int | None


class Words(BaseModel):
    """The same in both languages."""

    zh: str
    en: str


class KindOut(BaseModel):
    """Members online of one kind."""

    kind: str
    members: int


class Figures(BaseModel):
    """The platform in figures, at most half a minute old."""

    at: datetime
    subjects: int
    items: int
    providers: int
    members: list[KindOut]
    batches: int
    inquiries: Count
    consents: Count


class MemberName(BaseModel):
    """One member online: its name and in which capacity it takes part."""

    name: str
    kind: str
    is_branch: bool


class MembersPage(BaseModel):
    """A page of those who take part."""

    total: int
    members: list[MemberName]


class AreaOut(BaseModel):
    """Subjects of one division, and its place on the schematic map."""

    code: str
    name: str
    row: int
    column: int
    subjects: Count


class GroupOut(BaseModel):
    """Subjects of one group: a size class, a section of industries, years of establishment (`2015-2019`)."""

    code: str
    name: str
    subjects: Count


class SubjectsOut(BaseModel):
    """Subjects in groups, each of the same whole."""

    total: int
    areas: list[AreaOut]
    elsewhere: Count  # outside the platform's area, or not told
    sizes: list[GroupOut]
    industries: list[GroupOut]
    years: list[GroupOut]


class CollectedOut(BaseModel):
    """Rows of one item accepted in each month."""

    item: str
    name: Words
    provider: Words
    batches: int
    rows: list[int]


class AskedOut(BaseModel):
    """Inquiries of members for one purpose in each month."""

    purpose: str
    name: Words
    inquiries: list[Count]


class Statistics(BaseModel):
    """Open statistics, at most a quarter of an hour old. `months`: `2026-05`, the last is the present one."""

    at: datetime
    least: int
    months: list[str]
    subjects: SubjectsOut
    collection: list[CollectedOut]
    inquiries: list[AskedOut]


class FlowOut(BaseModel):
    """What flows in from a provider (rows: ever and today), or out to members of a kind (inquiries today)."""

    code: str
    name: Words
    total: int
    today: int


class HourOut(BaseModel):
    """One hour of today."""

    rows: int
    inquiries: int


class TodayOut(BaseModel):
    """What happened since midnight in China."""

    batches: int
    rows: int
    inquiries: int
    consents: int


class LitAreaOut(AreaOut):
    """A division on the big screen: also how many inquiries were about its subjects today."""

    inquiries: int


class EventOut(BaseModel):
    """Something that happened, without the name of a firm. `index`: its leaf in the log of evidence."""

    index: int
    at: datetime
    kind: str  # batch, inquiry, consent_sign, consent_revoke, screening
    item: str | None = None
    item_name: Words | None = None
    provider: Words | None = None
    rows: int | None = None
    member_kind: str | None = None
    purpose: Words | None = None
    area: str | None = None  # name of the division that the subject belongs to


class Board(BaseModel):
    """All that the big screen shows. `size`: of the log of evidence, by which boards are told apart."""

    at: datetime
    size: int
    platform: str
    figures: Figures
    today: TodayOut
    hours: list[HourOut]
    areas: list[LitAreaOut]
    inflows: list[FlowOut]
    outflows: list[FlowOut]
    events: list[EventOut]
