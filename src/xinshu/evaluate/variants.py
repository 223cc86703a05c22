"""Evaluation variants of feature modules (R8.3): a base model whose points are scaled, with dimensions of its own.

Written in a module's folder as `model-*.yml`. It becomes a whole model: drafted, validated, approved like others.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from xinshu.catalogue.model import Text
from xinshu.evaluate.model import Model
from xinshu.evaluate.scorecard import Dimension, GradeFrom, Scorecard, Scored, Uses, Veto
from xinshu.subjects.model import SubjectKind


class Variant(Model):
    """`extends`: id of the base model, of which the newest version is taken; `share`: percent of its points kept."""

    extends: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    name: Text
    source_status: Literal["official", "reconstructed"]
    basis: tuple[str, ...] = Field(min_length=1)
    share: int = Field(ge=10, le=100)
    dimensions: tuple[Dimension, ...] = Field(min_length=1, max_length=3)
    kinds: tuple[SubjectKind, ...] = ()  # empty: those of the base
    grades: tuple[GradeFrom, ...] = ()  # empty: those of the base
    vetoes: tuple[Veto, ...] = ()  # besides those of the base
    uses: Uses | None = None


def derived(variant: Variant, base: Scorecard) -> Scorecard:
    """The whole model. Points are rounded half up, so that the most of each indicator stays its weight."""
    kept = tuple(
        dimension.model_copy(update={"indicators": tuple(_scaled(one, variant.share) for one in dimension.indicators)})
        for dimension in base.dimensions
    )
    return base.model_copy(
        update={
            "id": variant.id,
            "version": variant.version,
            "name": variant.name,
            "source_status": variant.source_status,
            "basis": variant.basis,
            "kinds": variant.kinds or base.kinds,
            "grades": variant.grades or base.grades,
            "vetoes": (*base.vetoes, *variant.vetoes),
            "uses": variant.uses or base.uses,
            "dimensions": (*kept, *variant.dimensions),
        }
    )


def _scaled(one: Scored, share: int) -> Scored:
    def part(points: int) -> int:
        return (points * share + 50) // 100

    return one.model_copy(
        update={
            "weight": part(one.weight),
            "missing": part(one.missing),
            "unseen": None if one.unseen is None else part(one.unseen),
            "bins": tuple(bin.model_copy(update={"points": part(bin.points)}) for bin in one.bins),
            "codes": tuple(code.model_copy(update={"points": part(code.points)}) for code in one.codes),
            "special": tuple(special.model_copy(update={"points": part(special.points)}) for special in one.special),
        }
    )
