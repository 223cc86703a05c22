"""Authorisations as they are kept and shown. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.consent.artefact import Artefact
from xinshu.consent.states import effective
from xinshu.consent.view import State


@dataclass(frozen=True)
class Consent:
    """One authorisation with the artefact that counts. `state`: as stored; `shown`: also `expired`."""

    id: UUID
    subject_code: str
    grantee: str
    purpose: str
    personal: bool  # personal information is given: consented to, and not withdrawn
    state: State
    shown: str
    state_since: datetime
    valid_from: datetime
    valid_to: datetime
    answer_by: datetime
    max_calls: int | None
    used: int
    revision: int
    digest: bytes
    suite: str
    content: bytes = field(repr=False)
    requested_by: str
    requested_at: datetime
    method: str | None
    signed_by: str | None
    signed_at: datetime | None
    updated_at: datetime

    @property
    def artefact(self) -> Artefact:
        """The artefact that counts."""
        return Artefact.parse(self.content)

    @classmethod
    def of(cls, row: Any, now: datetime) -> Consent:
        """From a row of `queries.sql`."""
        made = ("id", "personal", "state", "shown", "content", "digest")
        taken = {name: row[name] for name in cls.__dataclass_fields__ if name not in made}
        state = State(row["state"])
        return cls(
            **taken,
            id=UUID(int=row["id"].int),  # the driver's own kind of UUID is not written as JSON
            personal=row["personal"] != "{}",
            state=state,
            shown=effective(state, row["valid_to"], row["answer_by"], now),
            content=row["content"].encode(),
            digest=bytes(row["digest"]),
        )


@dataclass(frozen=True)
class Signature:
    """Who signed, witnessed or verified. `part`: signer, paper, witness, verifier."""

    revision: int
    part: str
    method: str
    principal: str
    capacity: str
    evidence: dict[str, Any] = field(repr=False)
    at: datetime

    @classmethod
    def of(cls, row: Any) -> Signature:
        """From a row of `queries.sql`."""
        taken = {name: row[name] for name in cls.__dataclass_fields__ if name != "evidence"}
        return cls(**taken, evidence=orjson.loads(row["evidence"]))


@dataclass(frozen=True)
class Step:
    """One step of its life."""

    event: str
    from_state: str | None
    to_state: str
    revision: int
    actor: str
    actor_name: str
    at: datetime
    details: dict[str, Any]

    @classmethod
    def of(cls, row: Any) -> Step:
        """From a row of `queries.sql`."""
        taken = {name: row[name] for name in cls.__dataclass_fields__ if name != "details"}
        return cls(**taken, details=orjson.loads(row["details"]))


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    total: int
    consents: tuple[Consent, ...]
