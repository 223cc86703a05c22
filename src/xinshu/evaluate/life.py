"""The life of a model: draft → validated → approved by a second person → in force → retired. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError
from xinshu.evaluate.scorecard import Scorecard


class State(StrEnum):
    """Where a version of a model stands."""

    DRAFT = "draft"
    VALIDATED = "validated"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    RETIRED = "retired"


STATE_NAMES = {
    State.DRAFT: "草稿", State.VALIDATED: "已验证", State.APPROVED: "已批准", State.IN_FORCE: "施行中",
    State.RETIRED: "已停用",
}  # fmt: skip
_NEXT = {
    State.DRAFT: {State.VALIDATED, State.RETIRED},
    State.VALIDATED: {State.VALIDATED, State.APPROVED, State.RETIRED},
    State.APPROVED: {State.IN_FORCE, State.RETIRED},
    State.IN_FORCE: {State.RETIRED},
    State.RETIRED: set[State](),
}


class ModelNotFoundError(NotFoundError):
    """No such model or version."""

    code = "model_not_found"


class ModelExistsError(ConflictError):
    """This version is there already; a version never changes."""

    code = "model_exists"


class ModelStateError(ConflictError):
    """The step does not follow from where the model stands."""

    code = "model_state"


class NotValidatedError(NotFoundError):
    """Nothing was measured of this version yet."""

    code = "model_not_validated"


class SamePersonError(XinshuError):
    """Whoever made or validated a model does not approve it."""

    status = 403
    code = "same_person"


@dataclass(frozen=True)
class StoredModel:
    """A version of a model with its life."""

    id: str
    version: str
    card: Scorecard
    digest: bytes
    state: State
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

    @classmethod
    def of(cls, row: Any) -> StoredModel:
        """From its row."""
        about = dict(row)
        card = Scorecard.reloaded(about.pop("document"))
        validation = about.pop("validation")
        state = State(about.pop("state"))
        return cls(**about, card=card, state=state, validation=orjson.loads(validation) if validation else None)


def check_step(model: StoredModel, to: State) -> None:
    """Whether a step may be taken. Raises ModelStateError."""
    if to not in _NEXT[model.state]:
        following = "、".join(STATE_NAMES[s] for s in State if s in _NEXT[model.state]) or "无"
        raise ModelStateError(
            f"模型 {model.id} {model.version} 现为{STATE_NAMES[model.state]},不能转为{STATE_NAMES[to]}",
            hint=f"可转为:{following}",
        )


def check_approver(model: StoredModel, principal: str) -> None:
    """Whoever made or validated it does not approve it. Raises SamePersonError."""
    if principal in (model.created_by, model.validated_by):
        raise SamePersonError("起草人和验证人不能批准同一模型", hint="请另一位有批准权限的人员批准")
