"""From the values of one subject to points, score, grade. Pure; `scoring_sql` says the same for a table of subjects."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from xinshu.evaluate.model import Value
from xinshu.evaluate.scorecard import GRADES, Grade, Scorecard, Scored, Veto

How = Literal["bin", "special", "missing", "unseen"]
_OPS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Points:
    """What one indicator gave; `bin`: position of the bin where `how` is one."""

    indicator: str
    dimension: str
    value: Value
    points: int
    weight: int
    how: How
    bin: int | None = None


@dataclass(frozen=True)
class Score:
    """The result for one subject; `vetoes`: positions of those that hold; `earned`: the grade by points alone."""

    score: int
    earned: Grade
    grade: Grade
    vetoes: tuple[int, ...]
    points: tuple[Points, ...]

    @property
    def by_dimension(self) -> dict[str, int]:
        """Points by dimension."""
        found: dict[str, int] = {}
        for one in self.points:
            found[one.dimension] = found.get(one.dimension, 0) + one.points
        return found


def score(card: Scorecard, values: Mapping[str, Value]) -> Score:
    """Points, score and grade of a subject. Raises KeyError for an indicator without a value (None is one)."""
    points = tuple(_points(dimension.id, one, values[one.indicator]) for dimension, one in card.scored())
    total = sum(one.points for one in points)
    earned = next(one.grade for one in card.grades if total >= one.score)
    vetoes = tuple(place for place, veto in enumerate(card.vetoes) if holds(veto, values[veto.indicator]))
    worst = max([GRADES.index(earned), *(GRADES.index(card.vetoes[place].grade) for place in vetoes)])
    return Score(total, earned, GRADES[worst], vetoes, points)


def holds(veto: Veto, value: Value) -> bool:
    """Whether a veto applies; what is not known vetoes nothing."""
    return value is not None and _OPS[veto.op](value, veto.value)


def _points(dimension: str, one: Scored, value: Value) -> Points:
    def given(points: int, how: How, bin: int | None = None) -> Points:
        return Points(one.indicator, dimension, value, points, one.weight, how, bin)

    if value is None:
        return given(one.missing, "missing")
    for special in one.special:
        if value == special.value:
            return given(special.points, "special")
    for place, code in enumerate(one.codes):
        if value in code.codes:
            return given(code.points, "bin", place)
    if one.codes:
        return given(one.unseen or 0, "unseen")
    for place, bin in enumerate(one.bins):
        if bin.to is None or value <= bin.to:  # type: ignore[operator]
            return given(bin.points, "bin", place)
    raise AssertionError(one)
