"""Spoils a stated share of the rows of a chunk and keeps account of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from xinshu.catalogue.model import Item
from xinshu.synth.basis import STRANGER
from xinshu.synth.calendar import to_date
from xinshu.synth.dirt_kinds import ACCEPTED, QUARANTINED, SPOILERS, UNTYPED, Context, Row, Spoilt, old_number_only
from xinshu.synth.draws import Ints
from xinshu.synth.events import ordinals
from xinshu.synth.firms import make_firms
from xinshu.synth.kinds import Kind
from xinshu.synth.names import subject_codes, subject_names
from xinshu.synth.view import View

_REGISTRY_STRANGERS = STRANGER + (1 << 23)
TRUTH = pa.schema(
    [
        ("position", pa.int64()),  # of the row in the chunk, from 0
        ("subject_index", pa.int64()),
        ("kind", pa.string()),
        ("field", pa.string()),
        ("expected", pa.string()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Spoiling:
    """How much dirt, and whether the file keeps types."""

    share: float
    typed: bool


def spoil(item: Item, view: View, owner: Ints, rows: pa.Table, how: Spoiling) -> tuple[pa.Table, pa.Table]:
    """The text rows with dirt, and the truth about the dirty ones (TRUTH).

    Which rows are spoilt, and how, depends only on the world, the item, the day, the subject and the row's ordinal.
    """
    draws, purpose = view.draws, f"dirt {item.item} {view.day}"
    serial = ordinals(owner)
    hit = np.nonzero(draws.happens(how.share, purpose, view.index[owner], serial))[0]
    if len(hit) == 0:
        return rows, TRUTH.empty_table()
    subject = view.index[owner[hit]]
    luck = draws.below(1 << 30, f"{purpose}/luck", subject, serial[hit])
    strangers = _strangers(view, item, subject, serial[hit])
    old_numbers = view.old_numbers.take(pa.array(owner[hit])).to_pylist()
    contexts = [
        Context(item, to_date(view.day), int(number), code, name, old, view.basis.places.retired)
        for number, (code, name), old in zip(luck, strangers, old_numbers, strict=True)
    ]
    spoilt = [_spoil(c, row, how) for c, row in zip(contexts, rows.take(pa.array(hit)).to_pylist(), strict=True)]
    return _assemble(rows, hit, subject, spoilt)


def _strangers(view: View, item: Item, subject: Ints, serial: Ints) -> list[tuple[str, str]]:
    """Code and name of a subject outside the world for each dirty row."""
    first = _REGISTRY_STRANGERS if item.subject.role == "registry" else STRANGER
    number = first + (subject * 8 + serial % 8) % (1 << 23)
    firms = make_firms(view.basis, number)
    firms = replace(firms, kind=np.full(len(firms), int(Kind.LIMITED)))
    return list(zip(subject_codes(firms).to_pylist(), subject_names(firms, 0).to_pylist(), strict=True))


def _spoil(context: Context, row: Row, how: Spoiling) -> Spoilt | None:
    """The row spoilt in the first way that fits, beginning at one chosen by luck."""
    usable = [s for s in SPOILERS if not (how.typed and s in UNTYPED)]
    start = (context.luck >> 8) % len(usable)
    for spoiler in (*usable[start:], *usable[:start]):
        found = spoiler(context, row)
        if found is None:
            continue
        if context.item.subject.role == "fact":
            return found
        if found.verdict == ACCEPTED and spoiler is not old_number_only:
            return found
        # A refused registration would take all facts about its subject with it, so a stranger's row is spoilt instead.
        instead = spoiler(context, _as_stranger(context, row))
        if instead is not None and instead.verdict == QUARANTINED:
            return replace(instead, before=(row,))
    return None


def _as_stranger(context: Context, row: Row) -> Row:
    subject = context.item.subject
    other = {**row, subject.code: context.stranger_code, str(subject.name): context.stranger_name}
    if subject.old_number is not None:
        other[subject.old_number] = ""
    return other


def _assemble(rows: pa.Table, hit: Ints, subject: Ints, spoilt: Sequence[Spoilt | None]) -> tuple[pa.Table, pa.Table]:
    """Spoilt rows in the places of the clean ones, and the truth about them."""
    counts = np.ones(rows.num_rows, dtype=np.int64)
    counts[hit] = [1 if s is None else len(s.before) + len(s.rows) for s in spoilt]
    starts = np.cumsum(counts) - counts
    source = np.repeat(np.arange(rows.num_rows, dtype=np.int64), counts)
    extra: list[Row] = []
    truth: list[dict[str, object]] = []
    for place, index, s in zip(hit, subject, spoilt, strict=True):
        if s is None:
            continue
        first = int(starts[place]) + len(s.before)
        for offset, row in enumerate(s.rows):
            source[first + offset] = rows.num_rows + len(extra)
            extra.append(row)
            truth.append(
                {
                    "position": first + offset,
                    "subject_index": int(index),
                    "kind": s.kind,
                    "field": s.field,
                    "expected": s.verdict,
                    "reason": s.reason,
                }
            )
    both = pa.concat_tables([rows, pa.Table.from_pylist(extra, schema=rows.schema)])
    return both.take(pa.array(source)).combine_chunks(), pa.Table.from_pylist(truth, schema=TRUTH)
