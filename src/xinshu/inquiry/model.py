"""Questions and answers. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.catalogue import Item
from xinshu.consent.rules import Decision
from xinshu.core.errors import ConflictError, NotFoundError, XinshuError


class SubjectUnknownError(NotFoundError):
    """No subject has this code."""

    code = "subject_unknown"


class AsOfError(XinshuError):
    """The day asked for has not come yet."""

    code = "as_of_in_future"


class KeyReusedError(ConflictError):
    """The idempotency key was used for another question."""

    code = "idempotency_key_reused"


class AnswerChangedError(ConflictError):
    """The idempotency key was answered, and the answer would be another one now."""

    code = "idempotency_answer_changed"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `items`: numbers or slugs, None for all. `reference`: the reader's own, kept with the evidence.

    The same `key` from the same member is one inquiry, however often it is sent, as long as its answer is the same.
    """

    subject: str
    purpose: str
    items: tuple[str, ...] | None = None
    as_of: date | None = None
    reference: str | None = None
    key: str | None = None

    def digest_input(self) -> bytes:
        """What must be equal for two questions to be the same."""
        return orjson.dumps([self.subject, self.purpose, self.items, self.as_of, self.reference])


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One item of the answer; `document` is a JSON array as text, None where refused or nothing is known."""

    item: Item
    decision: Decision
    document: bytes | None
    rows: int
    version: int | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, with its evidence. `repeated`: the same key was answered before, as this inquiry."""

    id: UUID
    leaf: int
    subject: dict[str, Any]
    purpose: str
    as_of: date | None
    answered_at: datetime
    items: tuple[ItemAnswer, ...]
    body: bytes  # the items as JSON, whose digest is in the evidence
    repeated: bool = False


def items_json(items: tuple[ItemAnswer, ...]) -> bytes:
    """The items as JSON; the documents are passed through byte for byte."""
    parts = []
    for answer in items:
        decision = answer.decision
        head = orjson.dumps(
            {
                "item": answer.item.item,
                "name": answer.item.name.zh,
                "source_status": answer.item.source_status,
                "decision": {
                    "allowed": decision.allowed,
                    "view": decision.view,
                    "code": decision.code,
                    "reason": decision.reason,
                    "remedy": decision.remedy,
                    "withheld": decision.withheld,
                    "masked": decision.masked,
                    "consent": decision.consent,
                    "kept_back": decision.kept_back,
                },
                "rows": answer.rows,
                "version": answer.version,
                "updated_at": answer.updated_at,
            }
        )
        parts.append(head[:-1] + b',"records":' + (answer.document or b"[]") + b"}")
    return b"[" + b",".join(parts) + b"]"


def answer_json(answer: Answer) -> bytes:
    """The whole answer as JSON."""
    frame = orjson.dumps(
        {
            "inquiry": str(answer.id),
            "leaf": answer.leaf,
            "repeated": answer.repeated,
            "subject": answer.subject,
            "purpose": answer.purpose,
            "as_of": answer.as_of,
            "answered_at": answer.answered_at,
        }
    )
    return frame[:-1] + b',"items":' + answer.body + b"}"
