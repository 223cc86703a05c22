"""Objections to an evaluation: their steps, their clock, who may review. Pure.

received → in review (a person takes it) → upheld, partly or rejected, with reasons; the firm may withdraw it before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from xinshu.catalogue import Item
from xinshu.catalogue.model import Sensitivity
from xinshu.core.errors import ConflictError, NotFoundError, XinshuError
from xinshu.evaluate.life import StoredModel

CELL = 200  # characters kept of a value that identifies a record


class Stage(StrEnum):
    """Where an objection stands."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STAGE_NAMES = {
    Stage.RECEIVED: "已收到", Stage.IN_REVIEW: "复核中", Stage.UPHELD: "异议成立", Stage.PARTLY: "部分成立",
    Stage.REJECTED: "异议不成立", Stage.WITHDRAWN: "已撤回",
}  # fmt: skip
EVENT_NAMES = {"enter": "提出", "take": "开始复核", "decide": "作出决定", "withdraw": "企业撤回", "see": "企业已阅"}
OPEN = (Stage.RECEIVED, Stage.IN_REVIEW)


class ObjectionNotFoundError(NotFoundError):
    """No such objection, or not for this caller."""

    code = "objection_not_found"


class ObjectionStateError(ConflictError):
    """The step does not follow from where the objection stands."""

    code = "objection_state"


class ObjectionExistsError(ConflictError):
    """The same thing is already under review."""

    code = "objection_exists"


class ObjectionInvalidError(XinshuError):
    """What was given does not fit together."""

    status = 422
    code = "objection_invalid"


class RecordUnknownError(NotFoundError):
    """No such record of the subject."""

    code = "record_unknown"


class ReviewerError(XinshuError):
    """Whoever made the model or ran the evaluation does not review an objection to it."""

    status = 403
    code = "same_person"


@dataclass(frozen=True)
class Objection:
    """An objection as stored."""

    id: UUID
    subject_id: int
    subject_code: str
    subject_name: str
    model: str
    version: str
    as_of: date
    score: int
    grade: str
    about: str
    indicator: str | None
    fact: dict[str, Any] | None
    text: str
    state: Stage
    entered_by: str
    entered_by_name: str
    entered_at: datetime
    due: date
    reviewer: str | None
    reviewer_name: str | None
    taken_at: datetime | None
    decided_at: datetime | None
    reasons: str | None
    seen_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Objection:
        """From its row."""
        about = {name: row[name] for name in cls.__dataclass_fields__}
        fact = orjson.loads(about["fact"]) if about["fact"] is not None else None
        return cls(**about | {"state": Stage(about["state"]), "fact": fact})

    @property
    def open(self) -> bool:
        """Under way."""
        return self.state in OPEN

    @property
    def unseen(self) -> bool:
        """Decided, and the firm has not read it yet."""
        return self.state in (Stage.UPHELD, Stage.PARTLY, Stage.REJECTED) and self.seen_at is None

    def overdue(self, today: date) -> bool:
        """Whether its clock has run out before it was decided."""
        return self.open and self.due < today


def check_shape(about: str, indicator: str | None, fact: object) -> None:
    """What an objection is about must be named, and nothing else. Raises ObjectionInvalidError."""
    wrong = {
        "whole": indicator is not None or fact is not None,
        "indicator": indicator is None or fact is not None,
        "fact": fact is None,
    }[about]
    if wrong:
        raise ObjectionInvalidError(
            f"异议对象与填写的内容不符:about={about}",
            hint="whole 不写 indicator 和 fact;indicator 写指标;fact 写记录(事项、批次和标识)",
        )


def check_open(one: Objection, *stages: Stage) -> None:
    """Raises ObjectionStateError."""
    if one.state not in (stages or OPEN):
        raise ObjectionStateError(
            f"异议现为“{STAGE_NAMES[one.state]}”,不能再办理这一步", hint="刷新后查看该异议的办理经过"
        )


def check_reviewer(who: str, model: StoredModel, one: Objection, runners: Collection[str]) -> None:
    """Nobody who made, validated, approved or started the model, ran it, or objects. Raises ReviewerError."""
    made = {model.created_by, model.validated_by, model.approved_by, model.started_by}
    if who in made | set(runners) | {one.entered_by}:
        raise ReviewerError(
            "参与该评价模型的起草、验证、批准、施行,或者运行该次评价的人员,不能复核对它的异议",
            hint="请另一位数据运营员复核",
        )


def check_reviews(who: str, one: Objection) -> None:
    """Only whoever took it decides. Raises ReviewerError."""
    if one.reviewer != who:
        raise ReviewerError("该异议由另一位人员复核", hint="由其作出决定,或者先接手复核")


def identifying(item: Item, about: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was given, what may be kept to identify a record: fields of the item that are not personal."""
    personal = (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE)
    known = {field.name for field in item.fields if field.sensitivity not in personal}
    return {name: _short(value) for name, value in about.items() if name in known and value is not None}


def fits(payload: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """Whether a record has these values."""
    return all(name in payload and _short(payload[name]) == value for name, value in about.items())


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:CELL]
    return float(value) if isinstance(value, Decimal) else value
