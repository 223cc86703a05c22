"""Types of a feature module (特色功能模块) as written in `module.yml` and `words.yml`. No I/O."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from xinshu.catalogue.model import Text, When
from xinshu.modules.scope import Act
from xinshu.subjects.model import SubjectKind

MODULE_ID = r"^[a-z][a-z0-9-]{2,39}$"
PART_ID = r"^[a-z][a-z0-9-]{1,39}$"
FULL = 100  # the most points of a membership
Degree = Literal["member", "possible", "none"]
DEGREE_NAMES: dict[str, str] = {"member": "属于", "possible": "可能", "none": "不属于"}

IndustryPrefix = Annotated[str, Field(pattern=r"^[A-T]([0-9]{2,4})?$")]  # GB/T 4754-2017 with the section letter
Phrase = Annotated[str, Field(min_length=2, max_length=40)]
Op = Literal["eq", "ne", "lt", "le", "gt", "ge"]


class Model(BaseModel):
    """Strict and immutable: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Codes(Model):
    """Industry codes by prefix. `full`: all of the class belongs; `partial`: only part of it does (marked * in the
    official tables), a second sign is needed."""

    full: tuple[IndustryPrefix, ...] = ()
    partial: tuple[IndustryPrefix, ...] = ()


class Part(Model):
    """A field of a module, such as one of the nine strategic emerging industries."""

    id: str = Field(pattern=PART_ID)
    name: Text
    codes: Codes = Codes()


class Sign(Model):
    """A record of an item that speaks for a module: all conditions hold, and each field in `contains` has one of its
    words. `valid`: only while it holds (in force). `part` None: for whatever field other signs name."""

    item: str
    label: str = Field(min_length=2, max_length=60)
    points: int = Field(ge=1, le=FULL)
    part: str | None = None
    where: tuple[When, ...] = ()
    contains: dict[str, tuple[Phrase, ...]] = {}
    valid: bool = True


class Tiers(Model):
    """Points of industry codes and names; what a verb makes of a phrase and how it fades with its place, in percent."""

    code_full: int = Field(70, ge=0, le=FULL)
    code_partial: int = Field(40, ge=0, le=FULL)
    name: int = Field(20, ge=0, le=FULL)
    name_alone: int = Field(40, ge=0, le=FULL)  # where the scope says nothing of what is done
    another: int = Field(10, ge=0, le=FULL)  # for each further phrase of the same field, at most two
    acts: dict[Act, int] = {Act.MAKE: 100, Act.RESEARCH: 70, Act.SERVICE: 40, Act.UNSTATED: 30, Act.TRADE: 0}
    places: tuple[int, int, int] = (100, 75, 50)  # the first three clauses, the next five, all after


class Against(Model):
    """What speaks against making anything: with one of these, the text counts `percent`, and the name not at all."""

    names: tuple[Phrase, ...] = ()
    industries: tuple[IndustryPrefix, ...] = ()
    percent: int = Field(50, ge=0, le=100)


class Classification(Model):
    """How subjects are found to belong. `kinds`: which ones can; `certain`: kinds that do by being what they are."""

    kinds: tuple[SubjectKind, ...] = Field(min_length=1)
    certain: tuple[SubjectKind, ...] = ()
    member: int = Field(60, ge=1, le=FULL)  # least points for 属于
    possible: int = Field(30, ge=1, le=FULL)  # least points for 可能
    tiers: Tiers = Tiers()
    against: Against = Against()
    parts: tuple[Part, ...] = Field(min_length=1, max_length=40)
    signs: tuple[Sign, ...] = ()


class Condition(Model):
    """A condition over an indicator of the subject, as last computed. Nothing known does not meet it."""

    indicator: str
    op: Op
    value: float | str


class Criteria(Model):
    """All that is given must hold of a subject. Declared for lists, and for products as a filter."""

    degrees: tuple[Literal["member", "possible"], ...] = ("member",)
    parts: tuple[str, ...] = ()
    kinds: tuple[SubjectKind, ...] = ()
    sizes: tuple[Literal["large", "medium", "small", "micro", "undetermined", "not_applicable"], ...] = ()
    divisions: tuple[Annotated[str, Field(pattern=r"^([0-9]{2}){1,3}$")], ...] = ()
    statuses: tuple[str, ...] = ("1",)
    grades: tuple[Literal["优", "良", "中", "差"], ...] = ()
    indicators: tuple[Condition, ...] = Field((), max_length=10)


class Listing(Model):
    """A list (名单) of a module."""

    id: str = Field(pattern=PART_ID)
    name: Text
    criteria: Criteria
    sort: Literal["points", "score", "name"] = "points"
    most: int = Field(1_000, ge=1, le=10_000)


Figure = Literal["subjects", "members", "possible", "parts", "divisions", "sizes", "grades"]
Column = Literal["code", "name", "division", "industry", "size", "degree", "points", "parts", "grade", "score"]


class Page(Model):
    """What the page of the module shows."""

    title: Text
    intro: Text
    figures: tuple[Figure, ...] = Field(min_length=1)
    columns: tuple[Column, ...] = Field(min_length=1)


class Relation(Model):
    """A relation that a record of an item states: `field` holds the code of the other party. `outward`: the other is
    the one supplied, owned or secured; else the subject is."""

    item: str
    field: str
    kind: Literal["customer", "supplier", "shareholder", "creditor"]
    name: Text
    valid: bool = False


class Leaders(Model):
    """Who leads a circle: meets the criteria and has at least `related` others, or has a sign of leading."""

    criteria: Criteria
    related: int = Field(1, ge=1, le=1_000)
    signs: tuple[Sign, ...] = ()


class Circles(Model):
    """Circles of firms around chain leaders (链主): who is related to a leader in at most `steps` steps."""

    relations: tuple[Relation, ...] = Field(min_length=1)
    leaders: Leaders
    steps: int = Field(2, ge=1, le=3)
    most: int = Field(500, ge=1, le=5_000)  # members shown


class ModuleFile(Model):
    """definitions/modules/<id>/module.yml."""

    id: str = Field(pattern=MODULE_ID)
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    name: Text
    summary: Text
    source_status: Literal["official", "reconstructed"]
    basis: tuple[str, ...] = Field(min_length=1)
    classification: Classification
    lists: tuple[Listing, ...] = Field(min_length=1, max_length=10)
    filter: Criteria
    page: Page
    circles: Circles | None = None


class Words(Model):
    """Phrases of one field. `objects` are things: what is done with them decides. `activities` say it themselves
    (污水处理), unless what follows makes them a thing (污水处理设备) or advice (污水处理技术咨询). `names`: words in a
    firm's name. A clause with a word of `unless` does not count. `points`: of the first-named thing that is made."""

    part: str
    objects: tuple[Phrase, ...] = ()
    activities: tuple[Phrase, ...] = ()
    names: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    points: int = Field(60, ge=1, le=FULL)
    name_points: int | None = Field(None, ge=0, le=FULL)  # instead of the tier's


class WordFile(Model):
    """definitions/modules/<id>/words.yml. `generic`: standing phrases of scopes that weigh nothing, however much of a
    phrase they hold."""

    words: tuple[Words, ...] = Field(min_length=1)
    generic: tuple[Phrase, ...] = ()
