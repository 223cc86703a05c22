"""An authorisation as the gate sees it: what decides, nothing else. No I/O; made from a row of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import orjson


class State(StrEnum):
    """States as stored; that an authorisation has expired is told by the clock (`states.effective`)."""

    DRAFT = "draft"
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    REVOKED = "revoked"
    EXHAUSTED = "exhausted"
    REJECTED = "rejected"


Per = Literal["day", "month"]


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Which rows of an item are about the person who consented: those whose `field` has one of `values`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonalGrant:
    """Personal fields of one item to which the person consented separately; `rows` None: in every row."""

    fields: frozenset[str]
    rows: OwnRows | None = None


_STATES = {state.value: state for state in State}
_NOBODY: Mapping[str, PersonalGrant] = MappingProxyType({})


class ConsentView(NamedTuple):
    """One authorisation. `items`: item → its fields, None for all. Valid from `valid_from` until before `valid_to`.

    `used`, `period_used` may be behind when the view comes from memory: `store.take_use` has the last word. `period` is
    the day (`2026-06-01`) or month (`2026-06`, China) in which `period_used` calls were made.
    """

    id: str
    subject: str
    grantee: str
    purpose: str
    state: State
    valid_from: datetime
    valid_to: datetime
    items: Mapping[str, frozenset[str] | None]
    personal: Mapping[str, PersonalGrant] = _NOBODY
    months_back: int | None = None
    since: date | None = None
    max_calls: int | None = None
    used: int = 0
    times: int | None = None
    per: Per | None = None
    period: str | None = None
    period_used: int = 0
    answer_by: datetime | None = None  # until when a request may be answered

    @property
    def counted(self) -> bool:
        """Whether each use must be taken with `store.take_use`."""
        return self.max_calls is not None or self.times is not None

    @classmethod
    def of(cls, row: Any) -> ConsentView:
        """From a row of `queries.sql`."""
        return cls(
            id=str(row["id"]),
            subject=row["subject_code"],
            grantee=row["grantee"],
            purpose=row["purpose"],
            state=State(row["state"]),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            items={item: _fields(names) for item, names in orjson.loads(row["items"]).items()},
            personal={item: _personal(about) for item, about in orjson.loads(row["personal"]).items()},
            months_back=row["months_back"],
            since=row["since"],
            max_calls=row["max_calls"],
            used=row["used"],
            times=row["times"],
            per=row["per"],
            period=row["period"],
            period_used=row["period_used"],
            answer_by=row["answer_by"],
        )

    @classmethod
    def told(cls, subject: str, grantee: str, columns: list[Any]) -> ConsentView:
        """From the columns of a row as JSON, in the order of the fields after `grantee` (`inquiry/queries.sql`)."""
        (
            name, purpose, state, valid_from, valid_to, items, personal, months_back, since, max_calls, used, times,
            per, period, period_used, answer_by,
        ) = columns  # fmt: skip
        moment = datetime.fromisoformat
        return cls(
            name, subject, grantee, purpose, _STATES[state], moment(valid_from), moment(valid_to),
            {item: _fields(names) for item, names in items.items()},
            {item: _personal(about) for item, about in personal.items()} if personal else _NOBODY,
            months_back, date.fromisoformat(since) if since is not None else None,
            max_calls, used, times, per, period, period_used, moment(answer_by),
        )  # fmt: skip


def _fields(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _personal(about: dict[str, Any]) -> PersonalGrant:
    rows = about.get("rows")
    own = OwnRows(rows["field"], tuple(rows["in"])) if rows is not None else None
    return PersonalGrant(frozenset(about["fields"]), own)
