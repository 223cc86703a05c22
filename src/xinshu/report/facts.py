"""One item as a part of a report: what is given, in which columns, what changed between two days. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldDef
from xinshu.consent.forms import profile
from xinshu.core.clock import CHINA
from xinshu.inquiry.model import ItemAnswer
from xinshu.report.model import Change, Column, ItemPart, ItemState, Origin, Row, Text
from xinshu.report.reasons import reason_of
from xinshu.report.shown import Shower

Raw = Mapping[str, Any]
"""A row of a stored document: data, origin, valid_from, valid_to, state."""


def rows_of(answer: ItemAnswer) -> list[Raw]:
    """The rows that were given."""
    found: list[Raw] = orjson.loads(answer.document) if answer.document is not None else []
    return found


def part_of(answer: ItemAnswer, shower: Shower, most: int | None) -> ItemPart:
    """An item with its facts, latest first; `most` of them (None: all)."""
    rows = rows_of(answer)
    chosen = sorted(rows, key=lambda row: _dated(answer.item, row), reverse=True)[:most]
    return _part(answer, shower, rows, [(row, Change.NONE, None) for row in chosen])


def changed_part(answer: ItemAnswer, earlier: ItemAnswer, shower: Shower) -> ItemPart:
    """An item with what was added, changed or ended since the earlier day, and nothing else."""
    rows = rows_of(answer)
    return _part(answer, shower, rows, changes(answer.item, rows_of(earlier), rows))


def _part(
    answer: ItemAnswer, shower: Shower, rows: Sequence[Raw], listed: Sequence[tuple[Raw, Change, Raw | None]]
) -> ItemPart:
    item, decision = answer.item, answer.decision
    state = _state(answer, rows)
    fields = _fields(item, [row for row, _, _ in listed])
    return ItemPart(
        item=item.item,
        title=Text(zh=item.name.zh, en=item.name.en),
        state=state,
        reason=reason_of(decision) if state not in (ItemState.GIVEN, ItemState.NONE) else None,
        consent=decision.consent if decision.allowed else None,
        updated=day_of(answer.updated_at) if answer.updated_at is not None and rows else None,
        rows_total=len(rows) if decision.allowed else None,
        columns=tuple(
            Column(field=field.name, title=Text(zh=field.zh, en=field.en), unit=field.unit, type=field.type.value)
            for field in fields
        ),
        rows=tuple(_row(fields, shower, row, change, before) for row, change, before in listed),
    )


def _state(answer: ItemAnswer, rows: Sequence[Raw]) -> ItemState:
    decision = answer.decision
    if not decision.allowed:
        return ItemState.REFUSED
    if not rows:
        return ItemState.NONE
    if decision.withheld or decision.window is not None:
        return ItemState.CUT
    return ItemState.MASKED if decision.masked else ItemState.GIVEN


def _fields(item: Item, rows: Sequence[Raw]) -> list[FieldDef]:
    """Fields that any of the rows has, without those that only say again whom it is about."""
    about = item.subject
    again = {about.code, about.name, about.old_number} if about.role == "fact" else set()
    used = {name for row in rows for name, value in row["data"].items() if value is not None}
    return [field for field in item.fields if field.name in used and field.name not in again]


def _row(fields: Sequence[FieldDef], shower: Shower, raw: Raw, change: Change, before: Raw | None) -> Row:
    data, origin = raw["data"], raw["origin"]
    was = before["data"] if before is not None else data
    return Row(
        values={field.name: data.get(field.name) for field in fields},
        shown=tuple(shower.text(field, data.get(field.name)) for field in fields),
        origin=Origin(
            provider=origin["provider"],
            provider_name=shower.provider(origin["provider"]),
            platform=origin["platform"],
            batch=origin["batch"],
            first_seen=day_of(datetime.fromisoformat(origin["first_seen"])),
        ),
        valid_from=raw["valid_from"],
        valid_to=raw["valid_to"],
        state=raw["state"],
        change=change,
        before={
            field.name: shower.text(field, was.get(field.name))
            for field in fields
            if was.get(field.name) != data.get(field.name)
        },
    )


def day_of(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(CHINA).date()


def _dated(item: Item, row: Raw) -> str:
    """What dates a row, as far as it says; a text that sorts."""
    name = profile(item).dated_by
    day = (row["data"].get(name) if name is not None else None) or row["valid_from"]
    return str(day or row["origin"]["first_seen"][:10])


# -- two days --------------------------------------------------------------------------------------------------------


def changes(item: Item, before: Sequence[Raw], after: Sequence[Raw]) -> list[tuple[Raw, Change, Raw | None]]:
    """(row, what became of it, the row before where it changed), those of the later day first.

    Equal rows are paired first, then rows of the same natural key; where what is given does not tell rows apart (the
    key is masked or withheld), they are paired in their order.
    """
    left = defaultdict[bytes, deque[int]](deque)
    for number, row in enumerate(before):
        left[_whole(row)].append(number)
    gone = set(range(len(before)))
    fresh = []
    for row in after:
        same = left[_whole(row)]
        if same:
            gone.discard(same.popleft())
        else:
            fresh.append(row)
    keyed = defaultdict[tuple[str, ...], deque[int]](deque)
    for number in sorted(gone):
        keyed[_key(item, before[number])].append(number)
    found: list[tuple[Raw, Change, Raw | None]] = []
    for row in fresh:
        earlier = keyed[_key(item, row)]
        if earlier:
            number = earlier.popleft()
            gone.discard(number)
            found.append((row, Change.CHANGED, before[number]))
        else:
            found.append((row, Change.ADDED, None))
    ended = Change.ENDED if profile(item).has_states else Change.REMOVED
    return [*found, *((before[number], ended, None) for number in sorted(gone))]


def _whole(row: Raw) -> bytes:
    """The fact itself, with its state; not by which batch it was last sent."""
    return orjson.dumps([row["data"], row["valid_from"], row["valid_to"], row["state"]], option=orjson.OPT_SORT_KEYS)


def _key(item: Item, row: Raw) -> tuple[str, ...]:
    return tuple(str(row["data"].get(name, "")) for name in item.natural_key)
