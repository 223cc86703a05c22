"""What a screening asks for, as declared by its caller, and what it finds. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field

from xinshu.core.errors import NotFoundError, XinshuError

PURPOSE = "customer_screening"
MOST = 10_000  # subjects of one run
FACTS_MAX = 10


class CriteriaError(XinshuError):
    """The criteria name something that cannot be screened by."""

    code = "criteria_invalid"


class ScreeningUnknownError(NotFoundError):
    """No screening has this id."""

    code = "screening_unknown"


class ScreeningGoneError(XinshuError):
    """The list was removed when its time was over."""

    status = 410
    code = "screening_removed"


class ScreeningQuotaError(XinshuError):
    """The member has run as many screenings today as it may."""

    status = 429
    code = "screening_quota"


class ScreeningTooBroadError(XinshuError):
    """The screening took longer than one may."""

    code = "screening_too_broad"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactCondition(_Strict):
    """A comparison of one open field: `in` values, `begins` with one of them, `from` or `to` a value (inclusive)."""

    field: str = Field(min_length=1, max_length=64, description="字段名,须公开且不涉及个人")
    op: Literal["in", "begins", "from", "to"] = Field(description="in 取值之一;begins 以之开头;from、to 上下限(含)")
    values: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field(min_length=1, max_length=50)


class FactCriterion(_Strict):
    """That a subject has (`present`) or has not a fact in force of an open item that meets all conditions.

    `newest`: of several facts only the one that began last is looked at. One that is not `required` does not exclude
    a subject; whether it holds is told beside each.
    """

    item: str = Field(min_length=1, max_length=64, description="公开事项的编号或英文短名")
    present: bool = Field(True, description="true 有,false 没有")
    where: tuple[FactCondition, ...] = Field((), max_length=10)
    newest: bool = Field(False, description="只看最近一条,如最近年度的纳税信用级别")
    required: bool = Field(True, description="false:不作为条件,只在结果中标明")


class Criteria(_Strict):
    """All must hold. What is not given does not limit."""

    divisions: tuple[Annotated[str, Field(pattern=r"^([0-9]{2}){1,3}$")], ...] = Field(
        (), max_length=100, description="行政区划代码或其前 2、4 位"
    )
    industries: tuple[Annotated[str, Field(pattern=r"^[A-T][0-9]{0,4}$")], ...] = Field(
        (), max_length=100, description="国民经济行业代码(带门类字母),任一级"
    )
    sizes: tuple[Literal["large", "medium", "small", "micro", "undetermined", "not_applicable"], ...] = Field(
        (), max_length=6
    )
    kinds: tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], ...] = Field(
        (), max_length=10, description="主体类别,如 enterprise、individual_business"
    )
    statuses: tuple[Annotated[str, Field(pattern=r"^[0-9A-Za-z_]{1,20}$")], ...] = Field(
        (), max_length=20, description="登记状态代码"
    )
    established_from: date | None = Field(None, description="成立日期不早于")
    established_to: date | None = Field(None, description="成立日期不晚于")
    facts: tuple[FactCriterion, ...] = Field((), max_length=FACTS_MAX)

    def canonical(self) -> bytes:
        """The same bytes for the same criteria."""
        return orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True)
class Screening:
    """A run. `truncated`: more than `MOST` subjects met the criteria."""

    leaf: int
    id: UUID
    member_id: str
    principal: str
    at: datetime
    criteria: Criteria
    count: int
    truncated: bool
    result: bytes
    kept_until: datetime
    removed: bool

    @classmethod
    def of(cls, row: Any) -> Screening:
        """From a row of `queries.sql`."""
        return cls(**{name: row[name] for name in _COLUMNS}, criteria=Criteria.model_validate_json(row["criteria"]))


_COLUMNS = ("leaf", "id", "member_id", "principal", "at", "count", "truncated", "result", "kept_until", "removed")


@dataclass(frozen=True)
class Found:
    """A subject that met the criteria. `matched`: numbers, from 1, of the criteria on facts that hold of it."""

    code: str
    name: str
    kind: str | None
    division: str | None
    industry: str | None
    status: str | None
    size_class: str
    matched: tuple[int, ...]


def matched(marks: int) -> tuple[int, ...]:
    """Bits as numbers from 1."""
    return tuple(number for number in range(1, FACTS_MAX + 1) if marks >> (number - 1) & 1)
