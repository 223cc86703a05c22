"""In which form an item is given: which fields are left out, masked or clear; and the documents cut to that form.

A stored document comes in full and with masks. Most answers pass one of the two through byte for byte; only where
neither is right is a document taken apart (`cut`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import orjson

from xinshu.catalogue.model import Item, Sensitivity
from xinshu.consent.view import OwnRows, PersonalGrant
from xinshu.core.errors import XinshuError

View = Literal["full", "masked", "cut"]
Unseal = Callable[[str, str], str]

_PERSONAL = (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE)


class FormsDisagreeError(XinshuError):
    """The stored document and its masked copy do not have the same rows, so nothing of them is given."""

    status = 500
    code = "documents_disagree"


@dataclass(frozen=True, slots=True)
class Form:
    """Fields of an item by how they are given, in the catalogue's order.

    `withheld`: left out. `masked`: as in the masked copy. `opened`: sealed fields given in clear, which whoever has the
    key must open. `own`: in rows that are not about the person who consented, `own_fields` are masked as well.
    """

    view: View
    withheld: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    own: OwnRows | None = None
    own_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What the gate needs of an item, worked out once; equal to itself only."""

    source: Item
    item: str
    name: str
    needs_consent: bool  # nothing of it is given without one
    confidential: frozenset[str]
    personal: frozenset[str]
    dated_by: str | None  # the field that dates a row
    has_states: bool  # its rows hold from a day to a day, rather than tell of one event
    as_masked: Form  # whatever has a mask, masked
    open: Form  # without authorisation
    own: Form  # for the firm itself
    whole: Form  # with an authorisation of all fields, without any of persons
    told: bytes  # what answers tell of the item itself, as JSON without its braces


class _ByIdentity:
    """An item as a key of a cache: comparing and hashing what is in it would cost more than the work saved."""

    __slots__ = ("item",)

    def __init__(self, item: Item) -> None:
        self.item = item

    def __hash__(self) -> int:
        return id(self.item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.item is self.item


def profile(item: Item) -> Profile:
    """What the gate needs of `item`."""
    return _profile(_ByIdentity(item))


@lru_cache(maxsize=1024)
def _profile(key: _ByIdentity) -> Profile:
    item = key.item
    confidential = frozenset(f.name for f in item.fields if f.sensitivity is Sensitivity.FIRM)
    personal = frozenset(f.name for f in item.fields if f.sensitivity in _PERSONAL)
    masks = frozenset(f.name for f in item.masked_fields)
    sealed = len(item.sealed_fields) > 0
    return Profile(
        source=item,
        item=item.item,
        name=item.name.zh,
        needs_consent=item.access == "firm-consent",
        confidential=confidential,
        personal=personal,
        dated_by=item.update_cycle.event_field or item.validity.from_,
        has_states=item.validity.to is not None,
        as_masked=_form(item, frozenset(), masks),
        open=_form(item, confidential, masks - confidential),
        own=_form(item, frozenset(), masks if sealed else frozenset()),
        whole=_form(item, frozenset(), personal),
        told=orjson.dumps({"item": item.item, "name": item.name.zh, "source_status": item.source_status})[1:-1],
    )


@lru_cache(maxsize=4096)
def form_for(about: Profile, fields: frozenset[str] | None, personal: PersonalGrant | None) -> Form:
    """The form that an authorisation of `fields` (None: all) and of `personal` fields gives of an item."""
    item = about.source
    if fields is None and personal is None:
        return about.whole
    if fields is None:
        withheld: frozenset[str] = frozenset()
    elif about.needs_consent:
        withheld = frozenset(f.name for f in item.fields) - fields
    else:
        withheld = about.confidential - fields
    agreed = personal.fields & about.personal if personal is not None else frozenset()
    return _form(item, withheld, about.personal - agreed, agreed - withheld, personal)


def _form(
    item: Item,
    withheld: frozenset[str],
    masked: frozenset[str],
    agreed: frozenset[str] = frozenset(),
    personal: PersonalGrant | None = None,
) -> Form:
    masked = masked - withheld
    masks = frozenset(f.name for f in item.masked_fields)
    opened = frozenset(f.name for f in item.sealed_fields) & agreed
    own = personal.rows if personal is not None and agreed else None

    def listed(names: frozenset[str]) -> tuple[str, ...]:
        return tuple(f.name for f in item.fields if f.name in names)

    if withheld or opened or own is not None:
        view: View = "cut"
    elif not masked:
        view = "full"
    else:
        view = "masked" if masked == masks else "cut"
    clear = frozenset(f.name for f in item.fields) - withheld - masked
    return Form(
        view, listed(withheld), listed(masked), listed(clear), listed(opened), own,
        listed(agreed) if own is not None else (),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """The data range of an authorisation: rows from `since` on; `outside`: the form of earlier ones, None: left out.

    `dated_by` is the field whose day or month (compared as far as it is written) dates a row; a row without it counts
    from when it became valid, or was first seen. With `has_states`, a row that still held on that day is inside.
    """

    since: date
    dated_by: str | None
    has_states: bool
    outside: Form | None

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether a row of a document is inside."""
        first = self.since.isoformat()
        if self.has_states and (row["valid_to"] is None or row["valid_to"] >= first):
            return True
        day = (row["data"].get(self.dated_by) if self.dated_by is not None else None) or row["valid_from"]
        text = str(day or row["origin"]["first_seen"][:10])
        return text >= first[: len(text)]


def cut(
    document: bytes | str,
    masked: bytes | str | None,
    form: Form,
    window: Window | None = None,
    unseal: Unseal | None = None,
) -> bytes:
    """The document (rows of `xinshu_document_row`) with only what `form` gives; `masked` is its masked copy.

    Sealed fields are opened by `unseal(field, sealed)`; without it they stay masked. What has no masked copy, because
    the catalogue did not yet ask for one when it came in, is left out. Raises FormsDisagreeError.
    """
    rows = orjson.loads(document)
    copies = orjson.loads(masked) if masked is not None else [None] * len(rows)
    if len(rows) != len(copies):
        raise FormsDisagreeError("信息的完整文本与遮蔽文本不一致,不能提供", hint="稍后重试;持续出现时联系平台运营人员")
    given = []
    for row, copy in zip(rows, copies, strict=True):
        used: Form | None = form
        if window is not None and not window.holds(row):
            used = window.outside
        if used is not None:
            _shape(row["data"], copy["data"] if copy is not None else {}, used, unseal)
            given.append(row)
    return orjson.dumps(given)


def _shape(data: dict[str, Any], copy: dict[str, Any], form: Form, unseal: Unseal | None) -> None:
    """Bring one row's data into the form, in place."""
    foreign = form.own is not None and data.get(form.own.field) not in form.own.values
    hidden = form.masked + form.own_fields if foreign else form.masked
    for name in form.opened:
        sealed = data.get(name)
        if sealed is not None and name not in hidden:
            if unseal is not None:
                data[name] = unseal(name, sealed)
            else:
                _mask(data, copy, name)
    for name in hidden:
        if name in data:
            _mask(data, copy, name)
    for name in form.withheld:
        data.pop(name, None)


def _mask(data: dict[str, Any], copy: dict[str, Any], name: str) -> None:
    if name in copy:
        data[name] = copy[name]
    else:
        del data[name]
