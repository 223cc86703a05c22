"""Types of an indicator as written in its YAML. No I/O."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from xinshu.catalogue.model import Text, When

ID = r"^[a-z][a-z0-9_]{2,59}$"
Value = int | float | str | None
Values = dict[str, Value]


class Model(BaseModel):
    """Strict and immutable: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Bands(Model):
    """Desensitised twin of a number: which band it lies in. `edges` rise; the band of x is the count of edges ≤ x."""

    kind: Literal["bands"]
    edges: tuple[float, ...] = Field(min_length=1, max_length=12)


class Flagged(Model):
    """Desensitised twin of a number: whether it is more than nothing, 0 or 1."""

    kind: Literal["flag"]


class Groups(Model):
    """Desensitised twin of a code: the group it belongs to, counted from 1; 0 where it is in none."""

    kind: Literal["groups"]
    groups: tuple[tuple[str, ...], ...] = Field(min_length=1, max_length=12)


Twin = Annotated[Bands | Flagged | Groups, Field(discriminator="kind")]
Direction = Literal["higher", "lower", "neutral"]
Unit = Literal["piece", "CNY", "CNY_10K", "percent", "ratio", "day", "month", "year", "person", "flag", "code", "point",
               "mu", "kWh", "m2", "m3", "USD_10K"]  # fmt: skip


class _Indicator(Model):
    id: str = Field(pattern=ID)
    name: Text
    meaning: str = Field(min_length=6, max_length=200)  # one Chinese sentence
    unit: Unit
    direction: Direction  # which values speak for the subject
    twin: Twin


class _OverItem(_Indicator):
    """Reads the records of one item. `valid`: only those that hold on the day (in force, still published)."""

    item: str
    where: tuple[When, ...] = ()
    valid: bool = False


class _Windowed(_OverItem):
    """`date`: a date, month or year field; facts after the day do not count. `window`: months up to the day.

    Months count as a whole: with a month field the last complete month is the last one, with a year field the last
    complete year, of which `window / 12` are read.
    """

    date: str | None = None
    window: int | None = Field(None, ge=1, le=120)


class Count(_Windowed):
    """How many records, or how many different values of `distinct`. Nothing known counts 0."""

    pattern: Literal["count"]
    distinct: str | None = None


class Sum(_Windowed):
    """Sum of a number; `absent`: what stands where there is no record."""

    pattern: Literal["sum"]
    field: str
    absent: Literal["zero", "missing"] = "missing"


class Maximum(_Windowed):
    """The largest value of a number."""

    pattern: Literal["maximum"]
    field: str
    absent: Literal["zero", "missing"] = "missing"


class Latest(_Windowed):
    """The value in the latest period of `date`: numbers are summed over its records, of codes the largest is taken."""

    pattern: Literal["latest"]
    date: str
    field: str


class TimeSince(_OverItem):
    """Days or whole months from the first or last record's `date` to the day; missing where there is none."""

    pattern: Literal["time_since"]
    date: str
    since: Literal["first", "last"]


class Flag(_Windowed):
    """1 where any record meets the conditions, else 0."""

    pattern: Literal["flag"]


class ValidToday(_OverItem):
    """How many records hold on the day."""

    pattern: Literal["valid_today"]


class Continuity(_OverItem):
    """Over the months of `date` in the window: `months` present, `missing` since the first present, `breaks` (holes),
    `longest_run` and `current_run` (up to the newest month). `lag`: months by which the data arrive late."""

    pattern: Literal["continuity"]
    date: str
    window: int = Field(ge=3, le=48)
    measure: Literal["months", "missing", "breaks", "longest_run", "current_run"]
    lag: int = Field(0, ge=0, le=6)


class Trend(_OverItem):
    """Change of a sum: the last `over` months against those before (`previous`) or a year earlier (`year`), as a ratio.

    Missing unless every month of both spans is there and the earlier sum is not 0. With a year field: the latest year
    against the year before it, `over` 12.
    """

    pattern: Literal["trend"]
    date: str
    field: str
    over: Literal[3, 6, 12]
    against: Literal["year", "previous"]
    lag: int = Field(0, ge=0, le=6)


class Concentration(_Windowed):
    """Share of the largest group in the sum of `field`, grouped by `by`; missing unless the sum is positive."""

    pattern: Literal["concentration"]
    field: str
    by: str


class Ratio(_Indicator):
    """One indicator divided by another; missing where either is, or the divisor is not positive."""

    pattern: Literal["ratio"]
    numerator: str
    denominator: str


Indicator = Annotated[
    Count | Sum | Maximum | Latest | TimeSince | Flag | ValidToday | Continuity | Trend | Concentration | Ratio,
    Field(discriminator="pattern"),
]
OverItem = Count | Sum | Maximum | Latest | TimeSince | Flag | ValidToday | Continuity | Trend | Concentration


class IndicatorFile(Model):
    """definitions/indicators/<topic>.yml."""

    topic: Text
    source_status: Literal["official", "reconstructed"]
    item: str | None = None  # of all indicators in the file that name none
    indicators: tuple[Indicator, ...]


def kind_of(indicator: Indicator, field_type: str | None) -> Literal["integer", "number", "code"]:
    """What the values are; `field_type`: type of the field read, as the catalogue names it."""
    if isinstance(indicator, Count | Flag | ValidToday | Continuity | TimeSince):
        return "integer"
    if isinstance(indicator, Ratio | Trend | Concentration):
        return "number"
    return {"integer": "integer", "year": "integer", "decimal": "number"}.get(field_type or "", "code")  # type: ignore[return-value]
