"""Tables about the world that no department sends: outcomes, subjects for benchmarks, figures."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from xinshu.synth.draws import Flags
from xinshu.synth.health import NEVER
from xinshu.synth.kinds import KINDS, is_registered
from xinshu.synth.names import addresses
from xinshu.synth.rows import month_text
from xinshu.synth.text import Column, hide, lookup
from xinshu.synth.view import View

SIZES = ("micro", "small", "medium", "large")


def defaulted(view: View) -> Flags:
    """Loans in default by the view's last complete month."""
    return view.loans.defaults <= int(view.months[-1])


def _month_or_null(months: np.ndarray, known: Flags) -> Column:
    return hide(month_text(np.where(known, np.minimum(months, NEVER), 0)), known)


def outcomes(view: View) -> pa.Table:
    """Latent health, loans and defaults of the subjects in existence: for tests of evaluations, never collected."""
    firms, loans = view.firms, view.loans
    borrowed = loans.known(int(view.months[-1]) + 1)
    health = pa.FixedSizeListArray.from_arrays(pa.array(view.health.astype(np.float32).reshape(-1)), len(view.months))
    table = pa.table(
        {
            "index": firms.index,
            "code": view.codes,
            "name": view.names,
            "kind": lookup([facts.zh for facts in KINDS], firms.kind),
            "size": lookup(SIZES, firms.size),
            "industry": lookup(view.basis.industries.class_codes, firms.industry_class),
            "division": pa.array(firms.division).cast(pa.string()),
            "established": pa.array(firms.established.astype(np.int32)).cast(pa.date32()),
            "ended": hide(
                pa.array(np.where(view.ended, view.end_day, 0).astype(np.int32)).cast(pa.date32()), view.ended
            ),
            "guarantee_circle": hide(pa.array(view.circle), view.circle >= 0),
            "loan_month": _month_or_null(loans.begins, borrowed),
            "loan_term": hide(pa.array(loans.term), borrowed),
            "loan_amount": hide(pa.array(loans.amount), borrowed),
            "default_month": _month_or_null(loans.defaults, borrowed & defaulted(view)),
            "health": health,
        }
    )
    return table.filter(pa.array(view.exists))


def subjects_table(view: View) -> pa.Table:
    """Rows as the subject base holds them: subjects with a unified code, in existence on the day."""
    firms = view.firms
    status = np.select([view.revoked, view.ended], [1, 2], 0)
    table = pa.table(
        {
            "code": view.codes,
            "old_number": view.old_numbers,
            "name": view.names,
            "kind": lookup([facts.register_type for facts in KINDS], firms.kind),
            "division": pa.array(firms.division).cast(pa.string()),
            "industry": lookup(view.basis.industries.class_codes, firms.industry_class),
            "status": lookup(("1", "2", "3"), status),
            "established": pa.array(firms.established.astype(np.int32)).cast(pa.date32()),
            "address": addresses(firms, view.day),
            "legal_person": view.operator_names,
            "employees": firms.employees,
            "revenue": firms.revenue,
            "assets": firms.assets,
            "size_class": lookup(SIZES, firms.size),
        }
    )
    return table.filter(pa.array(is_registered(firms.kind) & view.exists))


class Figures:
    """Counts over all chunks."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {
            k: Counter() for k in ("kinds", "sizes", "sections", "cities", "status")
        }
        self._sums: Counter[str] = Counter()

    def add(self, view: View) -> None:
        """Count a view's subjects in existence."""
        firms, exists = view.firms, view.exists
        self._tally("kinds", [facts.zh for facts in KINDS], firms.kind[exists])
        self._tally("sizes", list(SIZES), firms.size[exists])
        self._tally("sections", list(view.basis.section_letters), firms.section[exists])
        self._tally("cities", list(view.basis.places.cities), firms.city[exists])
        status = np.select([view.revoked, view.ended], [1, 2], 0)
        self._tally("status", ["in business", "revoked", "cancelled"], status[exists])
        borrowed = view.loans.known(int(view.months[-1]) + 1) & exists
        failed = borrowed & defaulted(view)
        self._sums.update(
            subjects=int(exists.sum()),
            loans=int(borrowed.sum()),
            defaults=int(failed.sum()),
            in_circles=int((exists & (view.circle >= 0)).sum()),
        )

    def _tally(self, name: str, words: list[str], ordinals: np.ndarray) -> None:
        counted = np.bincount(ordinals, minlength=len(words))
        self._counts[name].update({word: int(n) for word, n in zip(words, counted, strict=True) if n})

    def as_dict(self) -> dict[str, Any]:
        """All figures."""
        loans = self._sums["loans"]
        return {
            **{name: self._sums[name] for name in ("subjects", "loans", "defaults", "in_circles")},
            "default_rate": round(self._sums["defaults"] / loans, 4) if loans else 0.0,
            **{name: dict(counter.most_common()) for name, counter in self._counts.items()},
        }
