"""What HTTP of evaluations takes and gives."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from xinshu.evaluate.life import StoredModel
from xinshu.evaluate.model import ID as INDICATOR
from xinshu.evaluate.model import Indicator
from xinshu.evaluate.scorecard import Grade, Scorecard

MOST_OUTCOMES = 20_000
TEXT = r"^[^\x00]*$"


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IndicatorOut(BaseModel):
    """An indicator; `definition` is its description as written, `kind` integer, number or code."""

    id: str
    topic: str
    name: str
    meaning: str
    unit: str
    direction: str
    kind: str
    items: list[str]
    definition: Indicator


class ModelOut(BaseModel):
    """A version of a model with its life. `validation`: what was measured, and on which outcomes (`source`)."""

    id: str
    version: str
    name: str
    state: str
    digest: str
    created_by: str
    created_at: datetime
    validated_by: str | None
    validated_at: datetime | None
    validation: dict[str, Any] | None
    approved_by: str | None
    approved_at: datetime | None
    started_by: str | None
    started_at: datetime | None
    retired_by: str | None
    retired_at: datetime | None
    document: Scorecard

    @classmethod
    def of(cls, one: StoredModel) -> "ModelOut":
        """From the stored version."""
        known = {"name": one.card.name.zh, "digest": one.digest.hex(), "document": one.card}
        return cls(**{name: known.get(name, getattr(one, name, None)) for name in cls.model_fields})


class EvaluationOutcomeIn(_In):
    """What became of a subject after the day of the evaluation."""

    code: str = Field(min_length=1, max_length=40)
    bad: bool


class ValidationIn(_In):
    """On which outcomes a model is validated; without any, only distribution, stability and fairness are measured.

    `earlier`: a day of the past with which the distribution of scores is compared (PSI).
    """

    source: str = Field(min_length=2, max_length=200, pattern=TEXT, description="结果数据的来源和口径")
    outcomes: list[EvaluationOutcomeIn] = Field(default=[], max_length=MOST_OUTCOMES)
    earlier: date | None = Field(None, description="与这一天的得分分布比较(PSI)")


# -- one subject -------------------------------------------------------------------------------------------------------


class SubjectOut(BaseModel):
    """The subject evaluated."""

    code: str | None
    old_number: str | None
    name: str
    kind: str
    division: str | None
    industry: str | None
    status: str | None
    size_class: str


class UsedModelOut(BaseModel):
    """The model by which a subject was evaluated."""

    id: str
    version: str
    name: str
    source_status: str


class DimensionOut(BaseModel):
    """Points of a dimension."""

    id: str
    name: str
    points: int
    weight: int


class PointsOut(BaseModel):
    """What one indicator gave, as the reader may see it."""

    indicator: str
    name: str
    meaning: str
    dimension: str
    value: str
    points: int
    weight: int
    how: str


class EvaluationReasonOut(BaseModel):
    """One reason; `change`: what would change it."""

    effect: Literal["raised", "lowered", "unknown", "veto"]
    indicator: str
    name: str
    value: str
    points: int
    weight: int
    text: str
    change: str | None


class FactOut(BaseModel):
    """A record behind a reason; `about`: what identifies it."""

    item: str
    item_name: str
    provider: str
    batch: int
    first_seen: str
    about: dict[str, Any]


class UsesOut(BaseModel):
    """Codes of purposes, and in words what the evaluation must not be used for."""

    allowed: list[str]
    forbidden: list[str]


class EvaluationOut(BaseModel):
    """The evaluation of a subject. `disputed`: an objection is under way; `person`: the way to a person."""

    leaf: int | None
    subject: SubjectOut
    model: UsedModelOut
    as_of: date
    valid_to: date
    score: int
    earned: Grade
    grade: Grade
    dimensions: list[DimensionOut]
    indicators: list[PointsOut]
    reasons: list[EvaluationReasonOut]
    facts: dict[str, list[FactOut]]
    withheld: list[str]
    uses: UsesOut
    person: str
    disputed: bool


Cause = Literal["first", "version", "vetoes", "grade", "score", "month", "ended"]


class CourseEntryOut(BaseModel):
    """The evaluation from `day` on, until the next entry; `score`: not given to institutions. `changes`: in words."""

    day: date
    model: str
    model_name: str
    version: str
    score: int | None
    grade: Grade | None
    vetoes: list[str]
    cause: Cause
    cause_name: str
    changes: list[str]


class CourseOut(BaseModel):
    """How the evaluation of a subject went, newest first. `kept_months`: how far back it is kept."""

    code: str
    name: str
    disputed: bool
    leaf: int
    kept_months: int
    entries: list[CourseEntryOut]


class AdviceOut(BaseModel):
    """Where the records of an indicator come from, and how they are put right or got in."""

    item: str
    item_name: str
    provider: str
    way: str


Kind = Literal["repair", "settle", "keep", "obtain", "supply"]


class LiftOut(BaseModel):
    """A veto that holds; `grade_without`: the grade once it is lifted and nothing else has changed."""

    indicator: str
    name: str
    reason: str
    grade: Grade
    grade_without: Grade
    action: str
    sources: list[AdviceOut]
    facts: list[FactOut]


class ImprovementOut(BaseModel):
    """Something the firm can do. `gain`: points, recomputed with the change; `at_most`: depends on what comes in."""

    indicator: str
    name: str
    dimension: str
    kind: Kind
    kind_name: str
    value: str
    target: str
    gain: int
    at_most: bool
    score: int
    grade: Grade
    text: str
    action: str
    sources: list[AdviceOut]
    facts: list[FactOut]


class NextGradeOut(BaseModel):
    """The next better grade by points, and what is short of it."""

    grade: Grade
    score: int
    needed: int


class ReachOut(BaseModel):
    """What doing all that is listed would give."""

    score: int
    grade: Grade


class ImprovementsOut(BaseModel):
    """What would improve an evaluation: vetoes first, then steps by what they give.

    `beyond`: points that nothing the firm does now would win (they come with time, or depend on others).
    """

    code: str
    name: str
    model: UsedModelOut
    as_of: date
    score: int
    earned: Grade
    grade: Grade
    next: NextGradeOut | None
    lifts: list[LiftOut]
    steps: list[ImprovementOut]
    together: ReachOut
    beyond: int
    person: str
    leaf: int


# -- objections --------------------------------------------------------------------------------------------------------

ObjectionState = Literal["received", "in_review", "upheld", "partly", "rejected", "withdrawn"]
Outcome = Literal["upheld", "partly", "rejected"]
Cell = str | int | float | bool | None


class RecordIn(_In):
    """A record as the evaluation shows it among its facts; `about`: as much as tells it from others."""

    item: str = Field(min_length=1, max_length=10, pattern=r"^[0-9a-z-]+$")
    batch: int = Field(ge=1, le=2**62)
    about: dict[str, Cell] = Field(default={}, max_length=20)


class WrongRecordIn(RecordIn):
    """A record that is wrong at its source; `what`: what is wrong with it."""

    what: str = Field(min_length=4, max_length=500, pattern=TEXT)


class ObjectionIn(_In):
    """To what the firm objects, and why. `indicator` with about=indicator; `fact` with about=fact."""

    about: Literal["whole", "indicator", "fact"]
    text: str = Field(min_length=10, max_length=2000, pattern=TEXT, description="异议的内容和理由")
    indicator: str | None = Field(None, pattern=INDICATOR)
    fact: RecordIn | None = None


class ObjectionDecisionIn(_In):
    """How an objection is decided; `wrong`: records to be corrected at their source (not with rejected)."""

    outcome: Outcome
    reasons: str = Field(min_length=10, max_length=2000, pattern=TEXT, description="理由,送达企业")
    wrong: list[WrongRecordIn] = Field(default=[], max_length=50)


class ObjectionOut(BaseModel):
    """An objection. `due`: last day of its clock; `unseen`: decided, and the firm has not read it yet."""

    id: UUID
    subject: str
    subject_name: str
    model: str
    version: str
    as_of: date
    score: int
    grade: Grade
    about: Literal["whole", "indicator", "fact"]
    indicator: str | None
    indicator_name: str | None
    fact: dict[str, Any] | None
    text: str
    state: ObjectionState
    state_name: str
    entered_by_name: str
    entered_at: datetime
    due: date
    overdue: bool
    reviewer_name: str | None
    taken_at: datetime | None
    decided_at: datetime | None
    reasons: str | None
    unseen: bool


class ObjectionStepOut(BaseModel):
    """A step of an objection."""

    event: str
    event_name: str
    state: ObjectionState
    actor_name: str
    at: datetime


class WrongRecordOut(BaseModel):
    """A record named to its provider."""

    item: str
    item_name: str
    provider: str
    batch: int
    about: dict[str, Any]
    what: str
    named_at: datetime


class ObjectionDetailOut(ObjectionOut):
    """With its steps and the records found wrong. `now`: the evaluation as it is today, to compare; None where none."""

    steps: list[ObjectionStepOut]
    wrong: list[WrongRecordOut]
    now: ReachOut | None


class ObjectionPageOut(BaseModel):
    """A page; those under way first, by their clock."""

    total: int
    page: int
    page_size: int
    objections: list[ObjectionOut]


class NamedRecordOut(WrongRecordOut):
    """A record that a review found wrong, as its provider sees it."""

    id: int
    subject: str | None
    subject_name: str


class NamedRecordPageOut(BaseModel):
    """A page, newest first."""

    total: int
    page: int
    page_size: int
    records: list[NamedRecordOut]


# -- many subjects -----------------------------------------------------------------------------------------------------


class ResultOut(BaseModel):
    """The stored evaluation of a subject."""

    code: str | None
    old_number: str | None
    name: str
    division: str | None
    industry: str | None
    size_class: str
    version: str
    as_of: date
    score: int
    grade: Grade
    vetoes: list[int]


class SpreadOut(BaseModel):
    """Subjects of a grade in one part (city, size class, section of industry, kind)."""

    by: str
    part: str | None
    grade: Grade
    subjects: int
    mean: float


class RunIn(_In):
    """Which run is asked for."""

    kind: Literal["full", "touched"] = "touched"


class RunOut(BaseModel):
    """A run; `finished_at` None: under way, or ended in the middle."""

    id: int
    kind: str
    as_of: date
    principal: str
    started_at: datetime
    finished_at: datetime | None
    subjects: int
    changed: int


Change = Literal["better", "worse", "same", "new"]


class PortfolioRowOut(BaseModel):
    """A subject of the portfolio. `then_day`, `then_grade`, `then_score`: None where it was not evaluated then."""

    code: str
    name: str
    division: str | None
    industry: str | None
    size_class: str
    purposes: list[str]
    model: str
    version: str
    as_of: date
    score: int
    grade: Grade
    then_day: date | None
    then_score: int | None
    then_grade: Grade | None
    change: Change
    score_change: int | None
    reasons: list[str]
    vetoes: list[str]
    disputed: bool


class MoveOut(BaseModel):
    """How many went from a grade to a grade; `then` None: not evaluated then."""

    then: Grade | None
    now: Grade
    subjects: int


class PortfolioTotalOut(BaseModel):
    """The portfolio by one model. `compared`: evaluated on both days; `psi` None with fewer than 30 of them."""

    model: str
    model_name: str
    subjects: int
    now: dict[Grade, int]
    then: dict[Grade, int]
    moves: list[MoveOut]
    compared: int
    psi: float | None
    drift: Literal["stable", "watch", "alarm"] | None


class PortfolioOut(BaseModel):
    """Firms that authorised a member. `total`: rows of all pages; `leaf`: evidence of the look."""

    as_of: date
    since: date
    leaf: int
    total: int
    page: int
    page_size: int
    rows: list[PortfolioRowOut]
    totals: list[PortfolioTotalOut]


# -- models ------------------------------------------------------------------------------------------------------------


class DriftOut(BaseModel):
    """A month of a model: PSI of its scores against those approved. `drift`: stable, watch (≥0.1), alarm (≥0.25)."""

    month: str
    at: datetime
    subjects: int
    psi: float
    distribution: list[int]
    drift: str


class RocPointOut(BaseModel):
    """Of all with at most `score` points: the share of the good and of the bad that they are."""

    score: int
    good: float
    bad: float


class BandOut(BaseModel):
    """Subjects whose score is from `low` to `high`, both included; `good`, `bad`: those whose outcome is known."""

    low: int
    high: int
    subjects: int
    good: int
    bad: int
    earlier: int | None


class CalibrationOut(BaseModel):
    """Outcomes of a grade; `low`, `high`: 95 % interval of the share (Wilson)."""

    grade: Grade
    subjects: int
    bad: int
    share: float | None
    low: float | None
    high: float | None


class FairnessOut(BaseModel):
    """A part of a group; `high_share`: share of grades 优 and 良; `gap`: mean less the mean of all."""

    part: str
    subjects: int
    mean: float
    gap: float
    high_share: float
    grades: dict[Grade, int]
    known: int
    bad: int
    auc: float | None


class FlagOut(BaseModel):
    """Something to be told beside the figures."""

    code: str
    text: str


class ValidationOut(BaseModel):
    """What a validation measured, for charts. `flags`: what the figures cannot show, in words.

    `ks_score`: where the distance of the two curves is largest. `fairness`: by division, size and section.
    """

    model: str
    version: str
    name: str
    state: str
    source: str
    validated_by: str | None
    validated_at: datetime | None
    earlier: date | None
    subjects: int
    outcomes_known: int
    bad: int
    auc: float | None
    ks: float | None
    ks_score: int | None
    psi: float | None
    flags: list[FlagOut]
    roc: list[RocPointOut]
    bands: list[BandOut]
    grades: dict[Grade, int]
    calibration: list[CalibrationOut]
    fairness: dict[str, list[FairnessOut]]
    monitoring: list[DriftOut]


class DifferenceOut(BaseModel):
    """One difference of two versions. `part`: grades, vetoes, dimension, indicator, uses, other."""

    part: Literal["grades", "vetoes", "dimension", "indicator", "uses", "other"]
    kind: Literal["added", "removed", "changed"]
    name: str
    text: str


class DifferencesOut(BaseModel):
    """What `version` has that `with_version` has not, and the other way round, in words."""

    model: str
    version: str
    with_version: str
    differences: list[DifferenceOut]
