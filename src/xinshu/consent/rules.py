"""The one gate: who may be told what. Pure; returns reasons.

The signature is that of the whole platform (`decide(request, artefact, item, now) -> Decision`); until members and
authorisations exist, only the operator's local administrator token passes, and everybody else is told why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from xinshu.catalogue.model import Item

View = Literal["full", "masked"]


class Reader(StrEnum):
    """In which capacity somebody asks."""

    OPERATOR = "operator"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Request:
    """One question: who asks, in which capacity, about whom, what for."""

    actor: str
    reader: Reader
    subject_code: str
    purpose: str


@dataclass(frozen=True)
class Decision:
    """Whether the item may be given, in which view, and why; `code` is stable, `reason` is Chinese."""

    allowed: bool
    view: View | None
    code: str
    reason: str


def decide(request: Request, artefact: Any | None, item: Item, now: datetime) -> Decision:
    """Decide on one item. `artefact`: the authorisation relied on, None where there is none (R11.2, R11.3)."""
    del artefact, now  # no authorisation is needed by the one reader there is
    if request.reader is Reader.OPERATOR:
        view: View = "masked" if len(item.masked_fields) > 0 else "full"
        return Decision(True, view, "operator_upkeep", "平台运营人员为数据维护查看;个人信息以遮蔽形式提供")
    return Decision(False, None, "reader_unknown", f"未识别身份,不能查看“{item.name.zh}”;请使用管理员令牌")
