"""Types of a collection batch (归集批次). No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Mode = Literal["full", "incremental"]
Channel = Literal["file", "api", "table", "form"]
AsideRow = tuple[int, Any, Any, Any, int | None]
"""A row to be set aside: row_no, original, reasons, candidates, and in a correction its number as first sent."""


class BatchState(StrEnum):
    """received → parsed → checked → compared → deduplicated → loaded → published → feedback_sent; or held, rejected."""

    RECEIVED = "received"
    PARSED = "parsed"
    CHECKED = "checked"
    COMPARED = "compared"
    DEDUPLICATED = "deduplicated"
    LOADED = "loaded"
    PUBLISHED = "published"
    FEEDBACK_SENT = "feedback_sent"
    HELD = "held"
    REJECTED = "rejected"

    @property
    def is_final(self) -> bool:
        """Whether no work is left to do."""
        return self in (BatchState.PUBLISHED, BatchState.FEEDBACK_SENT, BatchState.HELD, BatchState.REJECTED)


@dataclass(frozen=True)
class Counts:
    """Rows of a batch. read = accepted + quarantined; accepted = new + changed + unchanged + duplicates + deleted.

    deleted: rows of an incremental batch that end a record; closed: records ended, by such a row or because a full
    batch no longer contains them.
    """

    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    deleted: int = 0
    closed: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class Submission:
    """What a provider hands in, besides the file itself."""

    provider: str
    item: str
    mode: Mode = "incremental"
    channel: Channel = "file"
    mapping: str | None = None
    batch_no: str | None = None
    item_version: str | None = None
    data_date: str | None = None
    correction_of: int | None = None


@dataclass(frozen=True)
class Sender:
    """On whose behalf a batch comes in: rows about subjects outside `regions` (prefixes of divisions) are set aside.

    `principal`: who handed it in. `member_id`: the member it belongs to; None: the node's own import, seen by operators
    alone. `regions`: None where the member serves everywhere.
    """

    principal: str
    member_id: str | None = None
    regions: tuple[str, ...] | None = None


NODE = Sender("node")


@dataclass(frozen=True)
class Reason:
    """Why a row was set aside: the field (or check), a stable code, a message that says what to do."""

    field: str | None
    code: str
    message: str

    def as_dict(self) -> dict[str, str | None]:
        """For JSON."""
        return {"field": self.field, "code": self.code, "message": self.message}


@dataclass(frozen=True)
class Batch:
    """A batch as stored."""

    id: int
    provider: str
    item: str
    item_version: str
    batch_no: str | None
    mode: Mode
    channel: Channel
    mapping: str | None
    platform: str
    state: BatchState
    file_name: str
    file_sha256: str
    file_bytes: int
    raw_path: str
    received_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    held_for: list[dict[str, Any]] | None = None
    decided_by: str | None = None
    format: dict[str, Any] | None = None
    header: list[str] | None = None
    correction_of: int | None = None
    counts: Counts = field(default_factory=Counts)
    reasons: dict[str, int] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    member_id: str | None = None
    regions: tuple[str, ...] | None = None
    submitted_by: str | None = None


@dataclass(frozen=True)
class QuarantinedRow:
    """One row set aside: its number, its text as received, all reasons, the subjects it might be about."""

    row_no: int
    original: Any
    reasons: list[dict[str, str | None]]
    candidates: list[dict[str, Any]] | None
    state: str
