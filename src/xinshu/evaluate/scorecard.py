"""Types of an evaluation model (评价模型) as written in its YAML: indicators become points. No I/O.

Points and weights are whole numbers, so that every way of adding them up gives the same score (GB/T 45255-2025 leaves
the scale open; the shipped models have 1000).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import orjson
from pydantic import Field

from xinshu.catalogue.model import Op, Text
from xinshu.evaluate.model import ID, Model
from xinshu.subjects.model import SubjectKind

FULL = 1000
Grade = Literal["优", "良", "中", "差"]
GRADES: tuple[Grade, ...] = ("优", "良", "中", "差")


class Bin(Model):
    """Values up to and including `to`, above those of the bin before; without `to`: all that are left."""

    to: float | None = None
    points: int = Field(ge=0, le=FULL)


class CodeBin(Model):
    """Values that are one of `codes`."""

    codes: tuple[str, ...] = Field(min_length=1)
    points: int = Field(ge=0, le=FULL)


class Special(Model):
    """One value with points of its own, looked at before the bins."""

    value: float | str
    points: int = Field(ge=0, le=FULL)


class Scored(Model):
    """How one indicator becomes points: `bins` for numbers, `codes` with `unseen` (any other code) for codes."""

    indicator: str = Field(pattern=ID)
    weight: int = Field(ge=1, le=FULL)  # the most points it can give
    bins: tuple[Bin, ...] = ()
    codes: tuple[CodeBin, ...] = ()
    special: tuple[Special, ...] = ()
    missing: int = Field(ge=0, le=FULL)  # points where nothing is known
    unseen: int | None = Field(None, ge=0, le=FULL)


class Dimension(Model):
    """One of the dimensions (一级指标)."""

    id: str = Field(pattern=ID)
    name: Text
    indicators: tuple[Scored, ...] = Field(min_length=1)


class Veto(Model):
    """Where the condition holds, the grade is `grade` at best, whatever the score."""

    indicator: str = Field(pattern=ID)
    op: Op
    value: float | str
    grade: Grade
    reason: str = Field(min_length=4, max_length=200)


class GradeFrom(Model):
    """A grade and the least score that earns it."""

    grade: Grade
    score: int = Field(ge=0, le=FULL)


class Uses(Model):
    """What the evaluation may and may not be used for; purposes are codes of the consent templates."""

    allowed: tuple[str, ...] = Field(min_length=1)
    forbidden: tuple[str, ...] = Field(min_length=1)  # in Chinese words
    person: str = Field(min_length=10)  # the way to a person (personal information protection law, art. 24)


class Scorecard(Model):
    """One version of one model."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    name: Text
    source_status: Literal["official", "reconstructed"]
    basis: tuple[str, ...] = Field(min_length=1)
    kinds: tuple[SubjectKind, ...] = Field(min_length=1)  # subjects that are evaluated by it
    valid_months: int = Field(ge=1, le=24)
    uses: Uses
    grades: tuple[GradeFrom, ...] = Field(min_length=4, max_length=4)
    dimensions: tuple[Dimension, ...] = Field(min_length=1, max_length=8)
    vetoes: tuple[Veto, ...] = ()

    def scored(self) -> Iterator[tuple[Dimension, Scored]]:
        """Every indicator with its dimension."""
        return ((dimension, one) for dimension in self.dimensions for one in dimension.indicators)

    def indicators(self) -> list[str]:
        """Everything that must be known of a subject."""
        return list(dict.fromkeys([one.indicator for _, one in self.scored()] + [v.indicator for v in self.vetoes]))

    def document(self) -> bytes:
        """The model as canonical JSON: what is stored, approved and reloaded."""
        return orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)

    def digest(self) -> bytes:
        """SHA-256 of the document."""
        return hashlib.sha256(self.document()).digest()

    @classmethod
    def reloaded(cls, document: bytes | str) -> Scorecard:
        """From a stored document."""
        return cls.model_validate_json(document)
