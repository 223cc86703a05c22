"""Why an evaluation cannot be made or given, and how evaluations are kept and objected to."""

from __future__ import annotations

from dataclasses import dataclass, field

from xinshu.core.errors import XinshuError
from xinshu.core.working_days import Calendar, ListedCalendar
from xinshu.evaluate.advice import Advice
from xinshu.evaluate.scorecard import Scorecard


class NoModelError(XinshuError):
    """No model in force evaluates this kind of subject."""

    status = 409
    code = "no_model"


class UseForbiddenError(XinshuError):
    """The model is not made for this purpose."""

    status = 403
    code = "evaluation_use_forbidden"


class FullRunNeededError(XinshuError):
    """There is no full run of this day on which to build."""

    status = 409
    code = "full_run_needed"


class NothingStoredError(XinshuError):
    """No indicators are stored over which a model could be validated."""

    status = 409
    code = "nothing_stored"


@dataclass(frozen=True)
class Conditions:
    """How evaluations are kept and objected to. `course_months`: for how long the course is kept; `objection_days`:
    working days of `calendar` within which an objection is decided; `advice`: what firms can do."""

    course_months: int = 60
    objection_days: int = 20
    calendar: Calendar = field(default_factory=ListedCalendar)
    advice: Advice = field(default_factory=Advice)


def check_use(card: Scorecard, purpose: str) -> None:
    """Raises UseForbiddenError."""
    if purpose not in card.uses.allowed:
        raise UseForbiddenError(
            f"{card.name.zh}不能用于“{purpose}”", hint=f"可用于:{'、'.join(card.uses.allowed)};{card.uses.person}"
        )


def no_model(kind: str | None) -> NoModelError:
    """No model evaluates subjects of this kind."""
    what = kind or "类型不明的"
    return NoModelError(f"没有施行中的模型评价 {what} 类主体", hint="由平台管理员施行一个适用的评价模型")
