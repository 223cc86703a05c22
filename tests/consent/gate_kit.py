"""Reads the case table of the gate, writes authorisations straight into the database, asks the SQL form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg
import yaml

from xinshu.catalogue import Catalogue
from xinshu.consent.lists import items_json
from xinshu.consent.rules import Reader, Request
from xinshu.consent.view import ConsentView, OwnRows, PersonalGrant, State
from xinshu.core.settings import packaged_definitions

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
FIRMS = {"own": "91320100748204660Q", "other": "91320281142232229Q"}
MEMBERS = ("m-own", "m-branch", "m-other")
PAGE = yaml.safe_load((Path(__file__).parent / "cases" / "gate.yml").read_text(encoding="utf-8"))
_NAMES = UUID("6f1d3c8e-0f6b-4a51-9a3b-0c5d6a7b8c9d")


@cache
def catalogue() -> Catalogue:
    """The shipped items."""
    return Catalogue.load(packaged_definitions())


def _moment(text: str) -> datetime:
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(date.fromisoformat(text), time(), UTC)


def consent(name: str, about: dict[str, Any]) -> ConsentView:
    """An authorisation of the table; its id comes from its name."""
    given = PAGE["usual"] | about
    personal = {
        item: PersonalGrant(
            frozenset(one["fields"]),
            OwnRows(one["rows"]["field"], tuple(one["rows"]["in"])) if "rows" in one else None,
        )
        for item, one in given.get("personal", {}).items()
    }
    return ConsentView(
        id=str(uuid5(_NAMES, name)),
        subject=FIRMS[given["subject"]],
        grantee=given["grantee"],
        purpose=given["purpose"],
        state=State(given["state"]),
        valid_from=_moment(given["from"]),
        valid_to=_moment(given["to"]),
        items={item: None if names is None else frozenset(names) for item, names in given["items"].items()},
        personal=personal,
        since=date.fromisoformat(given["since"]) if "since" in given else None,
        answer_by=_moment(given.get("answer_by", "2026-12-31")),
        **{
            name: given[name]
            for name in ("months_back", "max_calls", "used", "times", "per", "period", "period_used")
            if name in given
        },
    )


CONSENTS = {name: consent(name, about) for name, about in PAGE["consents"].items()}


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    item: str
    then: str
    reader: str = "institution"
    purpose: str = "pre_loan"
    member: str = "m-own"
    firm: str = "own"
    permitted: tuple[str, ...] | None = None
    given: tuple[str, ...] = ()
    view: str | None = None
    by: str | None = None
    kept: str | None = None
    since: str | None = None

    def __str__(self) -> str:
        about = [
            f"{one.name}={getattr(self, one.name)}"
            for one in fields(self)
            if one.name not in ("item", "given", "then") and getattr(self, one.name) != one.default
        ]
        return f"{self.item}-{'+'.join(self.given) or 'nothing'}-{self.then}-{','.join(about)}"

    @property
    def request(self) -> Request:
        """The question it asks."""
        return Request("account:1", Reader(self.reader), FIRMS[self.firm], self.purpose, self.permitted, self.member)


def _case(line: dict[str, Any]) -> Case:
    lists = {name: tuple(line[name]) for name in ("permitted", "given") if name in line}
    return Case(**line | lists)


CASES = [_case(line) for line in PAGE["cases"]]

_COLUMNS = (
    "id", "subject_code", "grantee", "purpose", "state", "valid_from", "valid_to", "items", "personal", "months_back",
    "since", "max_calls", "used", "times", "per", "period", "period_used", "answer_by",
)  # fmt: skip
_INSERT = f"""
    insert into consent ({", ".join(_COLUMNS)}, state_since, revision, digest, requested_by, requested_at, updated_at)
    values ({", ".join(f"%({name})s" for name in _COLUMNS)}, now(), 1, '', 'account:1', now(), now())
"""


def row_of(view: ConsentView) -> dict[str, Any]:
    """The columns of an authorisation."""
    items = {item: sorted(names) if names is not None else None for item, names in view.items.items()}
    personal = {
        item: {"fields": sorted(one.fields)}
        | ({"rows": {"field": one.rows.field, "in": list(one.rows.values)}} if one.rows is not None else {})
        for item, one in view.personal.items()
    }
    return {
        **{name: getattr(view, name) for name in _COLUMNS if hasattr(view, name)},
        "subject_code": view.subject,
        "state": view.state.value,
        "items": orjson.dumps(items).decode(),
        "personal": orjson.dumps(personal).decode(),
        "answer_by": view.answer_by or view.valid_to,
    }


def prepare(link: psycopg.Connection) -> None:
    """Members for the authorisations to be given to."""
    for number, name in enumerate(MEMBERS):
        link.execute(
            "insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, "
            "updated_at) values (%s, %s, %s, 'bank', '{\"\"}', 'online', now(), 'test', now(), now())",
            (name, f"code{number}", name),
        )


def by_sql(
    link: psycopg.Connection, request: Request, given: Sequence[ConsentView], items: Sequence[str]
) -> list[tuple[str, bool, str, str | None, str | None, str | None]]:
    """What the SQL form says of each item while `given` is all there is: item, allowed, code, consent, kept, since."""
    with link.transaction(force_rollback=True):
        for view in given:
            link.execute(_INSERT, row_of(view))
        answers = link.execute(
            "select item, allowed, code, consent::text, kept_back, since::text "
            "from xinshu_readable(%s, %s, %s, %s, %s, %s::jsonb)",
            (
                request.reader.value,
                request.member,
                request.purpose,
                NOW,
                [request.subject_code],
                items_json([catalogue().item(item) for item in items], request.items),
            ),
        )
        return answers.fetchall()
