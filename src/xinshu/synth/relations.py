"""Who holds, supplies and stands surety for whom. A subject's edges depend only on it and on the world's size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from xinshu.synth.basis import BLOCK, STRANGER, Basis
from xinshu.synth.draws import Floats, Ints, explode
from xinshu.synth.firms import Firms, make_firms
from xinshu.synth.kinds import Kind, is_company, keeps_accounts
from xinshu.synth.names import subject_codes
from xinshu.synth.view import View

_TRIES = 4
_SHARES = np.array([0.34, 0.21, 0.14, 0.09, 0.05])  # of the purchases, by rank of the supplier
NONE = -1


@dataclass(frozen=True)
class Edges:
    """Edges from the subject at position `owner` of a view to the subject with index `partner`."""

    owner: Ints
    partner: Ints
    share: Floats


def parents(firms: Firms) -> Ints:
    """Index of the corporate shareholder, NONE without; a parent outside the province has an index beyond the world."""
    basis, index = firms.basis, firms.index
    chance = np.select(
        [firms.kind == Kind.SUBSIDIARY, firms.kind == Kind.SHARES, firms.kind == Kind.LIMITED], [1.0, 0.6, 0.12], 0.0
    )
    wanted = basis.draws.happens(chance, "has parent", index)
    found = np.full(len(index), NONE, dtype=np.int64)
    for turn in range(_TRIES):
        candidate = basis.draws.below(basis.subjects, f"parent {turn}", index)
        firm = make_firms(basis, candidate)
        fits = is_company(firm.kind) & (firm.kind != Kind.ONE_PERSON) & (firm.established < firms.established)
        found = np.where((found == NONE) & fits & (candidate != index), candidate, found)
    outside = np.where(firms.kind == Kind.SUBSIDIARY, STRANGER + index, NONE)
    return np.where(wanted, np.where(found == NONE, outside, found), NONE)


def partner_firms(basis: Basis, index: Ints) -> Firms:
    """Subjects by index; those beyond the world are limited companies elsewhere."""
    firms = make_firms(basis, np.maximum(index, 0))
    return replace(firms, kind=np.where(index >= STRANGER, int(Kind.LIMITED), firms.kind))


def suppliers(firms: Firms) -> Edges:
    """Up to five suppliers of each enterprise; large firms supply many (chain leaders)."""
    basis, draws = firms.basis, firms.basis.draws
    counts = np.where(keeps_accounts(firms.kind), draws.below(6, "suppliers", firms.index), 0)
    owner, rank = explode(counts)
    buyer = firms.index[owner]
    first = draws.below(basis.subjects, "supplier", buyer, rank)
    near = (buyer // 4096) * 4096 + draws.below(4096, "supplier near", buyer, rank)
    second = np.minimum(near, basis.subjects - 1)
    left, right = make_firms(basis, first), make_firms(basis, second)
    larger = np.where(left.employees >= right.employees, first, second)
    fits = keeps_accounts(make_firms(basis, larger).kind) & (larger != buyer)
    jitter = 0.6 + 0.8 * draws.uniform("supplier share", buyer, rank)
    return Edges(owner[fits], larger[fits], (_SHARES[rank] * jitter)[fits])


def sureties(view: View) -> Edges:
    """In a guarantee circle each member stands surety for the next two."""
    firms, health = view.blocks
    circle = health.circle.reshape(-1, BLOCK)
    owners, partners = [], []
    for row in np.nonzero((circle >= 0).any(axis=1))[0]:
        members = firms.index[row * BLOCK + np.nonzero(circle[row] >= 0)[0]]
        for step in (1, 2):
            owners.append(members)
            partners.append(np.roll(members, -step))
    if not owners:
        none = np.empty(0, dtype=np.int64)
        return Edges(none, none, none.astype(np.float64))
    owner, partner = np.concatenate(owners), np.concatenate(partners)
    inside = (owner >= view.start) & (owner < view.stop)
    order = np.lexsort((partner[inside], owner[inside]))
    owner, partner = owner[inside][order], partner[inside][order]
    return Edges(owner - view.start, partner, np.ones(len(owner)))


def relations_table(view: View) -> pa.Table:
    """All edges of the view's subjects: kind, from and to by index and code, share."""
    firms = view.firms
    parent = parents(firms)
    held = np.nonzero((parent != NONE) & view.exists)[0]
    parts = (
        ("shareholder", Edges(held, parent[held], np.ones(len(held)))),
        ("supplier", suppliers(firms)),
        ("guarantee", sureties(view)),
    )
    tables = []
    for kind, edges in parts:
        known = view.exists[edges.owner]
        owner, partner = edges.owner[known], edges.partner[known]
        tables.append(
            pa.table(
                {
                    "kind": pa.repeat(pa.scalar(kind), len(owner)),
                    "from_index": pa.array(firms.index[owner]),
                    "from_code": view.codes.take(pa.array(owner)),
                    "to_index": pa.array(partner),
                    "to_code": subject_codes(partner_firms(firms.basis, partner)),
                    "share": pa.array(np.round(edges.share[known], 4)),
                }
            )
        )
    table = pa.concat_tables(tables)
    return table.sort_by([("from_index", "ascending"), ("kind", "ascending"), ("to_index", "ascending")])
