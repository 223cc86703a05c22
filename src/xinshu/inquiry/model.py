"""Questions and answers. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from xinshu.catalogue import Item
from xinshu.consent.forms import Profile
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


class Question(NamedTuple):
    """What is asked. `items`: numbers or slugs, None for all. `reference`: the reader's own, kept with the evidence.

    The same `key` from the same member is one inquiry, however often it is sent, as long as its answer is the same.
    `since`: what was known and valid on that earlier day is asked for as well, under one decision and as one use.
    """

    subject: str
    purpose: str
    items: tuple[str, ...] | None = None
    as_of: date | None = None
    reference: str | None = None
    key: str | None = None
    since: date | None = None

    def digest_input(self) -> bytes:
        """What must be equal for two questions to be the same."""
        told = [self.subject, self.purpose, self.items, self.as_of, self.reference]
        return orjson.dumps(told if self.since is None else [*told, self.since])


class ItemAnswer(NamedTuple):
    """One item of the answer; `document` is a JSON array, None where refused or nothing is known."""

    item: Item
    decision: Decision
    document: bytes | None
    rows: int
    version: int | None
    updated_at: datetime | None


class Answer(NamedTuple):
    """The answer to one question, with its evidence. `repeated`: the same key was answered before, as this inquiry.

    `earlier`: the same items on the day `since` of the question; their JSON follows in `body`.
    """

    id: UUID
    leaf: int
    subject: dict[str, Any]
    purpose: str
    as_of: date | None
    answered_at: datetime
    items: Sequence[ItemAnswer]
    body: bytes  # the items as JSON, whose digest is in the evidence
    repeated: bool = False
    earlier: Sequence[ItemAnswer] = ()


_NOTHING = b'},"rows":0,"version":null,"updated_at":'


def items_json(abouts: Iterable[Profile], items: Sequence[ItemAnswer]) -> bytes:
    """The items as JSON, from what is worked out once for each item and decision; the documents are passed through
    byte for byte."""
    moments = orjson.dumps([one.updated_at for one in items])[1:-1].split(b",")
    parts: list[bytes] = []
    for about, moment, (_, decision, document, rows, version, _) in zip(abouts, moments, items, strict=True):
        consent = b'"%b"' % decision.consent.encode() if decision.consent is not None else b"null"
        known = b'},"rows":%d,"version":%d,"updated_at":' % (rows, version) if version is not None else _NOTHING
        parts += (
            b",{", about.told, b',"decision":{', decision.told, b',"consent":', consent, known, moment, b',"records":',
            document or b"[]", b"}",
        )  # fmt: skip
    parts[:1] = [b"[{"] if parts else [b"["]
    parts.append(b"]")
    return b"".join(parts)


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
    return b"".join((frame[:-1], b',"items":', answer.body, b"}"))
