"""Reading and writing members: rows of the database to types and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

import orjson

from xinshu.members import directory
from xinshu.members.model import MemberKind, MemberState, Principal
from xinshu.members.onboarding.errors import MemberNotFoundError
from xinshu.members.onboarding.model import (
    Acceptance,
    Change,
    Document,
    Facts,
    Level,
    Member,
    Outcome,
    Particulars,
    Step,
)
from xinshu.store import load_queries

queries = load_queries("xinshu.members.onboarding")
ADMINISTRATORS = {MemberKind.OPERATOR: "operator-admin"}
_ADMINISTRATOR = "member-admin"
_ACCEPTANCE = tuple(field.name for field in fields(Acceptance))


def administrator_role(kind: MemberKind) -> str:
    """The role of the accounts that administer a member of a kind."""
    return ADMINISTRATORS.get(kind, _ADMINISTRATOR)


async def get(conn: Any, member_id: str, *, lock: bool = False) -> Member:
    """The member; with `lock` its row is held until the transaction ends. Raises MemberNotFoundError."""
    if lock:
        await queries.lock_member(conn, id=member_id)
    row = await queries.get_member(conn, id=member_id)
    if row is None:
        raise MemberNotFoundError(f"没有成员 {member_id}", hint="用 GET /v1/members 查看成员")
    return member_of(row)


def member_of(row: Any) -> Member:
    """From a row of `member` with `applied_at`."""
    return Member(
        id=row["id"],
        particulars=Particulars(
            code=row["code"],
            name=row["name"],
            kind=MemberKind(row["kind"]),
            level=Level(row["level"]),
            parent_id=row["parent_id"],
            provider_code=row["provider_code"],
            licence_kind=row["licence_kind"],
            licence_no=row["licence_no"],
            licence_valid_to=row["licence_valid_to"],
            items=tuple(row["items"]) if row["items"] is not None else None,
            regions=tuple(row["regions"]),
        ),
        state=MemberState(row["state"]),
        state_since=row["state_since"],
        round=row["round"],
        applied_at=row["applied_at"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        has_contacts=row["contacts_sealed"] is not None,
        parent_confirmed=row["parent_confirmed"],
    )


async def lineage(conn: Any, member_id: str) -> list[Member]:
    """The member, then its parents up to the head office. Raises MemberNotFoundError."""
    rows = [row async for row in directory.queries.lineage(conn, member_id=member_id)]
    return [await get(conn, row["id"]) for row in rows] or [await get(conn, member_id)]


async def below(conn: Any, member_id: str) -> list[str]:
    """Ids of all members below, without the member itself."""
    rows = [row async for row in directory.queries.below(conn, member_id=member_id)]
    return [row["id"] for row in rows[1:]]


async def lineage_facts(conn: Any, member_id: str, today: date) -> list[Facts]:
    """What conditions look at: of the member, then of its parents. Raises MemberNotFoundError."""
    return [await facts(conn, member, today) for member in await lineage(conn, member_id)]


async def facts(conn: Any, member: Member, today: date) -> Facts:
    """What conditions look at, of one member."""
    documents = [row async for row in queries.list_documents(conn, member_id=member.id, round=member.round)]
    signed = [row async for row in queries.list_acceptances(conn, member_id=member.id, round=member.round)]
    calls = [row async for row in queries.sandbox_calls(conn, member_id=member.id)]
    role = administrator_role(member.particulars.kind)
    return Facts(
        member=member,
        documents=tuple(document_of(row) for row in documents),
        acceptances=tuple(acceptance_of(row) for row in signed),
        sandbox={row["action"]: row["succeeded_at"] for row in calls if row["succeeded_at"] is not None},
        administrators=await queries.count_administrators(conn, member_id=member.id, role=role, today=today),
    )


async def sealed_contacts(conn: Any, member_id: str) -> str | None:
    """Contacts of a member, sealed."""
    row = await queries.get_member(conn, id=member_id)
    sealed: str | None = row["contacts_sealed"] if row is not None else None
    return sealed


async def steps(conn: Any, member_id: str, round: int | None = None) -> tuple[Step, ...]:
    """Steps of one round, or of all, in order."""
    return tuple([step_of(row) async for row in queries.list_steps(conn, member_id=member_id, round=round)])


async def add_step(
    conn: Any,
    member: Member,
    to: MemberState,
    actor: Principal,
    now: datetime,
    *,
    source: MemberState | None,
    note: str = "",
    checks: Iterable[dict[str, Any]] = (),
    documents: Iterable[int] = (),
    details: dict[str, Any] | None = None,
) -> None:
    """Append a step; the member's state itself is written by the caller."""
    await queries.insert_step(
        conn, member_id=member.id, round=member.round, from_state=source.value if source is not None else None,
        to_state=to.value, actor=actor.id, actor_name=actor.name, now=now, note=note,
        checks=orjson.dumps(list(checks)).decode(), documents=list(documents),
        details=orjson.dumps(details or {}).decode(),
    )  # fmt: skip


async def write_particulars(conn: Any, member_id: str, said: Particulars, now: datetime) -> None:
    """Overwrite a member's particulars; its code stays."""
    values = {name: value for name, value in columns(said).items() if name != "code"}
    await queries.update_particulars(conn, id=member_id, now=now, **values)


def columns(said: Particulars) -> dict[str, Any]:
    """Particulars as values of columns."""
    return {**asdict(said), "kind": said.kind.value, "level": said.level.value, "items": _list(said.items),
            "regions": list(said.regions)}  # fmt: skip


def _list(values: tuple[str, ...] | None) -> list[str] | None:
    return list(values) if values is not None else None


def step_of(row: Any) -> Step:
    """From a row of `member_step`."""
    return Step(
        id=row["id"],
        round=row["round"],
        from_state=MemberState(row["from_state"]) if row["from_state"] is not None else None,
        to_state=MemberState(row["to_state"]),
        actor=row["actor"],
        actor_name=row["actor_name"],
        at=row["at"],
        note=row["note"],
        checks=tuple(orjson.loads(row["checks"])),
        documents=tuple(row["documents"]),
        details=orjson.loads(row["details"]),
    )


def document_of(row: Any) -> Document:
    """From a row of `member_document`, without its place in the lake."""
    return Document(
        id=row["id"],
        round=row["round"],
        kind=row["kind"],
        name=row["name"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        dated=row["dated"],
        valid_to=row["valid_to"],
        outcome=Outcome(row["outcome"]) if row["outcome"] is not None else None,
        uploaded_by=row["uploaded_by"],
        uploaded_at=row["uploaded_at"],
        outcome_by=row["outcome_by"],
        outcome_at=row["outcome_at"],
    )


def acceptance_of(row: Any) -> Acceptance:
    """From a row of `member_agreement`."""
    return Acceptance(**{name: row[name] for name in _ACCEPTANCE})


def change_of(row: Any) -> Change:
    """From a row of `member_change`."""
    return Change(
        id=row["id"],
        member_id=row["member_id"],
        changes=orjson.loads(row["changes"]),
        note=row["note"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        accepted=row["accepted"],
    )
