"""Reads and writes of authorisations; every change leaves a step, and evidence in the ledger, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.consent import states
from xinshu.consent.artefact import Artefact, digest_of
from xinshu.consent.errors import ConsentNotFoundError
from xinshu.consent.lists import queries
from xinshu.consent.model import Consent
from xinshu.consent.signing.model import SignatureRecord
from xinshu.consent.view import ConsentView, State
from xinshu.crypto.suites import Suite
from xinshu.ledger import with_change
from xinshu.members.model import Principal

CHANNEL = "xinshu_consent"
"""Carries the subject's code whenever one of its authorisations changes, when the change commits."""
KIND = "consent"


@dataclass(frozen=True)
class Actor:
    """Who takes a step: principal, name as shown, and what it acts for."""

    id: str
    name: str

    @classmethod
    def of(cls, who: Principal) -> Actor:
        """The caller."""
        return cls(who.id, who.name)


PLATFORM = Actor("platform", "平台")


async def in_force(conn: Any, subject_code: str, member_id: str) -> list[ConsentView]:
    """What a member ever got from a subject, for the gate: one look-up by index. Drafts are not among it."""
    rows = queries.in_force(conn, subject_code=subject_code, grantee=member_id)
    return [ConsentView.of(row) async for row in rows]


async def take_use(conn: Any, consent_id: str | UUID, now: datetime) -> bool:
    """Take one call of a counted authorisation; False when none is left now, or it is no longer in force.

    Of any number at the same moment exactly as many succeed as calls are left. The last one ends the authorisation.
    The use is taken when the transaction of `conn` commits.
    """
    async with conn.transaction():
        row = await queries.take_use(conn, id=UUID(str(consent_id)), now=now)
        if row is not None and State(row["state"]) is State.EXHAUSTED:
            await _note_count(conn, str(consent_id), "exhaust", State.ACTIVE, State.EXHAUSTED, row, now)
        return row is not None


async def give_back_use(conn: Any, consent_id: str | UUID, now: datetime) -> None:
    """Undo `take_use`: nothing was answered. An authorisation that this use had exhausted is in force again."""
    async with conn.transaction():
        row = await queries.give_back_use(conn, id=UUID(str(consent_id)), now=now)
        if row is not None and State(row["state"]) is State.EXHAUSTED:
            await _note_count(conn, str(consent_id), "give-back", State.EXHAUSTED, State.ACTIVE, row, now)


async def _note_count(
    conn: Any, consent_id: str, event: str, before: State, state: State, row: Any, now: datetime
) -> None:
    """The step and the evidence of a count that changed the state."""
    await queries.insert_step(
        conn, id=UUID(consent_id), event=event, from_state=before, to_state=state, revision=row["revision"],
        actor=PLATFORM.id, actor_name=PLATFORM.name, details="{}", now=now,
    )  # fmt: skip
    await with_change(
        conn, KIND, now, principal=PLATFORM.id, member_id=row["grantee"], subject=row["subject_code"],
        consent=consent_id, event=event, state=state.value, digest=row["digest"], used=row["used"],
    )  # fmt: skip


async def read(conn: Any, consent_id: UUID, now: datetime, *, lock: bool = False) -> Consent:
    """One authorisation; with `lock` nobody else changes it until the transaction ends. Raises ConsentNotFoundError."""
    query = queries.consent_for_update if lock else queries.consent
    row = await query(conn, id=consent_id)
    if row is None:
        raise not_found(consent_id)
    return Consent.of(row, now)


async def requested(conn: Any, consent_id: UUID) -> Artefact:
    """The artefact as the institution asked for it."""
    content: str = await queries.first_artefact(conn, id=consent_id)
    return Artefact.parse(content.encode())


def not_found(consent_id: UUID) -> ConsentNotFoundError:
    """The answer for what is not there, and for what the caller may not see."""
    return ConsentNotFoundError(f"没有授权 {consent_id}", hint="核对编号,或从授权列表中选择")


async def insert(
    conn: Any, artefact: Artefact, state: State, answer_by: datetime, suite: Suite, actor: Actor, now: datetime
) -> None:
    """A new authorisation with its first artefact, and the step that made it."""
    content = artefact.canonical()
    digest = digest_of(content, suite)
    consent_id = UUID(artefact.id)
    await queries.insert_consent(
        conn, id=consent_id, subject_code=artefact.grantor.subject, grantee=artefact.grantee.member,
        purpose=artefact.purpose, state=state, answer_by=answer_by, digest=digest, by=actor.id, now=now,
        **_columns(artefact),
    )  # fmt: skip
    await queries.insert_artefact(
        conn, id=consent_id, revision=1, content=content.decode(), suite=suite.name, digest=digest, by=actor.id, now=now
    )
    await _note(conn, "request", None, state, artefact, digest, actor, now)


async def revise(conn: Any, artefact: Artefact, suite: Suite, actor: Actor, now: datetime) -> bytes:
    """A new artefact takes the place of the one that counted; its digest."""
    content = artefact.canonical()
    digest = digest_of(content, suite)
    consent_id = UUID(artefact.id)
    await queries.insert_artefact(
        conn, id=consent_id, revision=artefact.revision, content=content.decode(), suite=suite.name, digest=digest,
        by=actor.id, now=now,
    )  # fmt: skip
    await queries.set_artefact(
        conn, id=consent_id, revision=artefact.revision, digest=digest, now=now, **_columns(artefact)
    )
    return digest


async def move(
    conn: Any, consent: Consent, event: str, actor: Actor, now: datetime, note: str = "", **details: Any
) -> State:
    """Take a step: the state after it. Raises ConsentStateError.

    `details` are pointers and codes, which go into the step and the ledger; `note`, what a person wrote, stays out of
    the ledger.
    """
    state = states.after(consent.state, event, consent.valid_to, consent.answer_by, now)
    if state is not consent.state:
        await queries.set_state(conn, id=consent.id, state=state, now=now)
    await _note(conn, event, consent.state, state, consent.artefact, consent.digest, actor, now, note, **details)
    return state


async def keep_signature(
    conn: Any, consent: Consent, part: str, record: SignatureRecord, actor: Actor, capacity: str, now: datetime
) -> None:
    """Keep who signed, witnessed or verified the artefact that counts."""
    await queries.insert_signature(
        conn, id=consent.id, revision=consent.revision, part=part, method=record.method, principal=actor.id,
        capacity=capacity, evidence=orjson.dumps(record.evidence).decode(), now=now,
    )  # fmt: skip


async def _note(
    conn: Any, event: str, before: State | None, state: State, artefact: Artefact, digest: bytes, actor: Actor,
    now: datetime, note: str = "", **details: Any,
) -> None:  # fmt: skip
    said = details | ({"note": note} if note else {})
    await queries.insert_step(
        conn, id=UUID(artefact.id), event=event, from_state=before, to_state=state, revision=artefact.revision,
        actor=actor.id, actor_name=actor.name, details=orjson.dumps(said).decode(), now=now,
    )  # fmt: skip
    await with_change(
        conn, KIND, now, principal=actor.id, member_id=artefact.grantee.member, subject=artefact.grantor.subject,
        consent=artefact.id, event=event, state=state.value, revision=artefact.revision, digest=digest.hex(), **details,
    )  # fmt: skip


def _columns(artefact: Artefact) -> dict[str, Any]:
    """What the gate needs of an artefact."""
    said = artefact.as_json()
    personal = said["personal"]["items"] if said["personal"] is not None else {}
    data, frequency = artefact.data, artefact.frequency
    return {
        "valid_from": artefact.valid_from,
        "valid_to": artefact.valid_to,
        "items": orjson.dumps(said["items"]).decode(),
        "personal": orjson.dumps(personal).decode(),
        "months_back": data.months if data is not None else None,
        "since": data.since if data is not None else None,
        "max_calls": artefact.max_calls,
        "times": frequency.times if frequency is not None else None,
        "per": frequency.per if frequency is not None else None,
    }
