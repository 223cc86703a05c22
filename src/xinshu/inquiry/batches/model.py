"""Types of batches of inquiries. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from xinshu.core.errors import ConflictError, NotFoundError, XinshuError

MOST = 1_000  # subjects of one batch
PART = 25  # subjects whose answers are kept together, as one sealed file


class BatchUnknownError(NotFoundError):
    """No batch of inquiries has this id."""

    code = "inquiry_batch_unknown"


class ResultNotReadyError(ConflictError):
    """The batch has not come to its end."""

    code = "inquiry_batch_not_finished"


class ResultGoneError(XinshuError):
    """The result was removed when its time was over."""

    status = 410
    code = "inquiry_batch_result_removed"


class NotTheSubmitterError(XinshuError):
    """Only the member that asked is given the answers, not even the head office above it."""

    status = 403
    code = "not_the_submitter"


class BatchEndedError(ConflictError):
    """The batch has come to its end already."""

    code = "inquiry_batch_ended"


class NoMemberError(XinshuError):
    """Only institutions ask in batches."""

    status = 403
    code = "no_member"


class BatchState(StrEnum):
    """How far a batch has come. `stopped`: its submitter may no longer ask."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Order:
    """What is asked about many subjects. `items`: numbers or slugs, None for all."""

    subjects: tuple[str, ...]
    purpose: str
    items: tuple[str, ...] | None = None
    reference: str | None = None

    def digest_input(self) -> bytes:
        """What must be equal for two orders to be the same."""
        return orjson.dumps([self.subjects, self.purpose, self.items, self.reference])


@dataclass(frozen=True)
class InquiryBatch:
    """A batch as it stands. `done` of `total` subjects have their line in the result, `answered` of them an answer."""

    id: UUID
    member_id: str
    principal: str
    state: BatchState
    purpose: str
    items: tuple[str, ...] | None
    reference: str | None
    total: int
    done: int
    answered: int
    stopped_by: str | None
    submitted_at: datetime
    finished_at: datetime | None
    kept_until: datetime | None
    removed_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> InquiryBatch:
        """From a row of `queries.sql`."""
        items = tuple(row["items"]) if row["items"] is not None else None
        return cls(**{**{name: row[name] for name in _COLUMNS}, "items": items, "state": BatchState(row["state"])})

    @property
    def failed(self) -> int:
        """Subjects whose line says why there is no answer."""
        return self.done - self.answered

    @property
    def parts(self) -> int:
        """How many files its result has once it is whole."""
        return -(-self.total // PART)


_COLUMNS = tuple(InquiryBatch.__annotations__)


def part_name(batch: UUID, number: int) -> str:
    """Where the lake keeps a part of the result, sealed."""
    return f"inquiry-batches/{batch}/{number:03}.jsonl.sealed"


def key_of(batch: UUID, position: int) -> str:
    """Idempotency key of one inquiry of a batch. Callers cannot send one with a space in it."""
    return f"batch {batch}/{position}"
