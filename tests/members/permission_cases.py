"""Reads the case table of permissions, and asks PostgreSQL about many cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
import yaml

from xinshu.members.model import ANONYMOUS, MemberKind, MemberRef, MemberState, Principal, Resource, Strength
from xinshu.members.permissions import Permissions, scopes

PAGE = yaml.safe_load((Path(__file__).parent / "cases" / "permissions.yml").read_text(encoding="utf-8"))
ME, SYSTEM = "account:00000000-0000-0000-0000-000000000001", "client:one"


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    who: str
    principal: Principal
    action: str
    what: Resource
    then: str

    def __str__(self) -> str:
        about = ",".join(f"{k}={v}" for k, v in vars(self.what).items() if k != "kind" and v is not None)
        return f"{self.who}-{self.action}-{self.what.kind}-{about or 'nothing'}-{self.then}"


def _principal(
    roles: list[str] = [],  # noqa: B006  (never changed)
    kind: str | None = None,
    state: str = "online",
    member: str = "m-own",
    members: list[str] | None = None,
    items: list[str] | None = None,
    regions: list[str] | None = None,
    subject: str | None = None,
    strength: str | None = None,
    sandbox: bool = False,
    system: bool = False,
    anonymous: bool = False,
) -> Principal:
    if anonymous:
        return ANONYMOUS
    ref = MemberRef(member, MemberKind(kind), "成员", MemberState(state)) if kind is not None else None
    return Principal(
        SYSTEM if system else ME,
        "张三",
        frozenset(roles),
        ref,
        subject,
        members=tuple(members) if members is not None else (member,) if ref is not None else (),
        items=tuple(items) if items is not None else None,
        regions=tuple(regions) if regions is not None else None,
        strength=Strength(strength) if strength is not None else Strength.KEY if system else Strength.MULTI,
        sandbox=sandbox,
    )


PRINCIPALS = {name: _principal(**about) for name, about in PAGE["principals"].items()}


def _case(who: str, do: str, then: str, about: dict[str, str] | None = None) -> Case:
    action, kind = do.split()
    principal = PRINCIPALS[who]
    given = {name: principal.id if value == "me" else value for name, value in (about or {}).items()}
    return Case(who, principal, action, Resource(kind, **given), then)


CASES = [_case(**line) for line in PAGE["cases"]]


def permitted(
    link: psycopg.Connection, table: Permissions, asked: Sequence[tuple[Principal, str, Resource]]
) -> list[bool]:
    """What the SQL form says to each of (principal, action, resource), in one round trip."""
    rows: list[dict[str, Any]] = [
        {"scopes": scopes(table, who, action, what.kind), **vars(what)} for who, action, what in asked
    ]
    answers = link.execute(
        """
        select xinshu_permitted(row -> 'scopes', row ->> 'member', row ->> 'item', row ->> 'division',
                                row ->> 'subject', row ->> 'account')
        from jsonb_array_elements(%s::jsonb) with ordinality as given (row, number) order by number
        """,
        (orjson.dumps(rows).decode(),),
    )
    return [answer for (answer,) in answers]
