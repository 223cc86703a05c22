"""Latent health of subjects over the months: the one cause behind taxes, arrears, penalties, law suits and defaults.

health = base + AR(1) + shock of the industry + shock of the city − stress from guarantees, about N(0, 1).
It is never collected; it goes to outcomes.parquet for tests of evaluations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinshu.synth.basis import BLOCK, Basis
from xinshu.synth.calendar import first_day, months_of
from xinshu.synth.draws import Flags, Floats, Ints
from xinshu.synth.firms import Firms, history
from xinshu.synth.kinds import Kind, keeps_accounts

NEVER = 1 << 20  # a month number beyond every history
PERSISTENCE = 0.9
_DEVIATION = 0.55  # of the AR(1) part
_STRESS = 1.1  # what a default in the guarantee circle costs the others
_STRESS_DECAY = 0.93  # a month
_LOAN_SPAN = 72  # months over which loans begin: from 12 before the opening


@dataclass(frozen=True)
class Loans:
    """At most one loan a subject at a time is followed; amounts in 10,000 yuan, months since 1970-01."""

    begins: Ints  # NEVER: no loan
    term: Ints  # months
    amount: Floats
    defaults: Ints  # month of default; NEVER: none

    def known(self, month: int) -> Flags:
        """Loans begun before the month."""
        return self.begins < month


@dataclass(frozen=True)
class Health:
    """Health of some subjects; matrices are subject × month of the history."""

    months: Ints
    level: Floats
    loans: Loans
    circle: Ints  # guarantee circle; -1: in none
    ends: Ints  # month in which the subject is cancelled or revoked; NEVER: it lives
    revoked: Flags  # the end is a revocation


def make_health(firms: Firms, horizon: int) -> Health:
    """Health of whole blocks of subjects over `horizon` months; `firms` must begin and end at block borders."""
    basis = firms.basis
    months = history(basis, horizon)
    level = _own_level(firms, months)
    circle = _circles(firms)
    loans = _loans(firms)
    shaken = _defaults(firms, loans, level, months)
    level = level - _stress(shaken.defaults, circle, months)
    loans = _defaults(firms, loans, level, months)
    ends, revoked = _ends(firms, level, months)
    return Health(months, level, loans, circle, ends, revoked)


def _own_level(firms: Firms, months: Ints) -> Floats:
    basis, index = firms.basis, firms.index
    draws = basis.draws
    age = np.maximum(basis.today - firms.established, 30) / 365.25
    base = 0.62 * draws.normal("health base", index) + 0.14 * (firms.size - 0.3) + 0.10 * np.log(age / 6)
    steps = draws.normal("health step", index[:, None], months[None, :])
    steps *= _DEVIATION * np.sqrt(1 - PERSISTENCE**2) / np.sqrt(1 + firms.size[:, None] * 0.4)
    walk = np.empty_like(steps)
    walk[:, 0] = _DEVIATION * draws.normal("health start", index)
    for column in range(1, len(months)):
        walk[:, column] = PERSISTENCE * walk[:, column - 1] + steps[:, column]
    count = len(months)
    shocks = basis.section_shocks[firms.section, :count] + basis.city_shocks[firms.city, :count]
    return base[:, None] + walk + shocks


def _circles(firms: Firms) -> Ints:
    """Three to eight enterprises of some blocks stand surety for one another."""
    draws, index = firms.basis.draws, firms.index
    block = index // BLOCK
    fit = keeps_accounts(firms.kind) & firms.in_sections("ACEFG") & (index < firms.basis.subjects)
    fit &= firms.established < firms.basis.opening
    joins = fit & draws.happens(0.45, "circle of block", block) & draws.happens(0.3, "in circle", index)
    rank = np.cumsum(joins.reshape(-1, BLOCK), axis=1)
    size = np.minimum(rank[:, -1], 8)
    member = joins & ((rank <= 8) & (size >= 3)[:, None]).reshape(-1)
    return np.where(member, block, -1)


def _loans(firms: Firms) -> Loans:
    draws, index = firms.basis.draws, firms.index
    chance = np.select([keeps_accounts(firms.kind), firms.kind == Kind.INDIVIDUAL], [0.30, 0.10], 0.08)
    chance = np.minimum(chance * (1 + 0.5 * firms.size), 0.85)
    begins = firms.basis.origin - 12 + draws.below(_LOAN_SPAN, "loan month", index)
    allowed = begins > months_of(firms.established) + 3
    has = draws.happens(chance, "has loan", index) & allowed
    share = 0.05 + 0.25 * draws.uniform("loan share", index)
    amount = np.maximum(np.round(firms.revenue * share / 5) * 5, 5.0)
    term = np.array([12, 12, 12, 24, 36])[draws.below(5, "loan term", index)]
    never = np.full(len(index), NEVER, dtype=np.int64)
    return Loans(np.where(has, begins, NEVER), term, amount, never)


def _defaults(firms: Firms, loans: Loans, level: Floats, months: Ints) -> Loans:
    age = months[None, :] - loans.begins[:, None]
    running = (age >= 2) & (age <= loans.term[:, None])
    hazard = 0.0013 * np.exp(-1.7 * level)
    strikes = running & firms.basis.draws.happens(hazard, "default", firms.index[:, None], months[None, :])
    return Loans(loans.begins, loans.term, loans.amount, first_month(strikes, months))


def _stress(defaults: Ints, circle: Ints, months: Ints) -> Floats:
    """What the first default in a circle takes from the health of the other members, from two months later on."""
    struck = np.where(circle >= 0, defaults, NEVER).reshape(-1, BLOCK)
    first = np.repeat(struck.min(axis=1), BLOCK)
    others = (circle >= 0) & (defaults > first)
    since = months[None, :] - first[:, None] - 2
    stress = np.where(since >= 0, _STRESS * _STRESS_DECAY ** np.clip(since, 0, 200), 0.0)
    return np.where(others[:, None], stress, 0.0)


def _ends(firms: Firms, level: Floats, months: Ints) -> tuple[Ints, Flags]:
    draws = firms.basis.draws
    base = np.where(firms.kind == Kind.INDIVIDUAL, 0.0030, 0.0013) / (1 + 2 * firms.size)
    old_enough = months[None, :] > months_of(firms.established)[:, None] + 2
    hazard = base[:, None] * np.exp(-1.1 * level)
    ends = first_month(old_enough & draws.happens(hazard, "end", firms.index[:, None], months[None, :]), months)
    rows = np.arange(len(ends))
    at_end = level[rows, np.minimum(ends - months[0], len(months) - 1)]
    revoked = (ends != NEVER) & draws.happens(np.clip(0.25 - 0.2 * at_end, 0.02, 0.8), "revoked", firms.index)
    return ends, revoked & (firms.kind <= Kind.COOPERATIVE)


def first_month(strikes: Flags, months: Ints) -> Ints:
    """Month of the first true value in each row; NEVER where there is none."""
    return np.where(strikes.any(axis=1), months[strikes.argmax(axis=1)], NEVER)


def block_range(start: int, stop: int) -> Ints:
    """The indices of the whole blocks that cover [start, stop)."""
    first = start - start % BLOCK
    return np.arange(first, first + -(-(stop - first) // BLOCK) * BLOCK, dtype=np.int64)


def end_day(basis: Basis, index: Ints, ends: Ints) -> Ints:
    """Day of the end; a day beyond every history where there is none."""
    return first_day(np.minimum(ends, NEVER // 2)) + basis.draws.below(26, "end day", index)
