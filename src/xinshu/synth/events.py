"""Happenings in months, driven by health, as lists of (subject, month, day)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinshu.synth.calendar import day_in
from xinshu.synth.draws import Flags, Floats, Ints
from xinshu.synth.view import View

FAR = 1 << 30  # a day beyond every history


@dataclass(frozen=True)
class Events:
    """Happenings ordered by subject and month; `owner` is the position in the view."""

    owner: Ints
    month: Ints
    day: Ints

    def __len__(self) -> int:
        return len(self.owner)

    def where(self, keep: Flags) -> Events:
        """Those with the flag."""
        return Events(self.owner[keep], self.month[keep], self.day[keep])


def strike(view: View, purpose: str, base: float | Floats, slope: float, among: Flags) -> Events:
    """Happenings with monthly chance `base · exp(-slope · health)` while the subject is in business.

    A positive slope: the weak are struck; a negative one: the strong are favoured. `base` may differ by subject.
    """
    rate = np.asarray(base, dtype=np.float64)
    rate = rate[:, None] if rate.ndim == 1 else rate
    chance = np.minimum(rate * np.exp(-slope * view.health), 0.6)
    happens = view.draws.happens(chance, purpose, view.index[:, None], view.months[None, :])
    return listed(view, purpose, happens & view.alive & among[:, None])


def listed(view: View, purpose: str, flags: Flags) -> Events:
    """Happenings where a subject × month matrix is true, on a working day of the month and known by the view's day."""
    owner, column = np.nonzero(flags)
    month = view.months[column]
    day = day_in(view.draws, f"{purpose}/day", month, view.index[owner])
    return Events(owner, month, day).where(day <= view.day)


def after_default(view: View, purpose: str, delay: int, chance: float) -> Events:
    """Consequences of a loan default, about `delay` months later."""
    month = view.loans.defaults + delay + view.draws.below(3, f"{purpose}/delay", view.index)
    day = day_in(view.draws, f"{purpose}/day", np.minimum(month, 3000), view.index)
    # only complete months are told, as for every other happening: later news never stand before earlier ones
    told = (month <= view.months[-1]) & (day <= view.day)
    hit = view.draws.happens(chance, purpose, view.index) & told & view.exists
    owner = np.nonzero(hit)[0]
    return Events(owner, month[owner], day[owner])


def merge(*parts: Events) -> tuple[Events, Ints]:
    """All of them, ordered by subject, then day, and which part each came from."""
    owner = np.concatenate([p.owner for p in parts])
    month = np.concatenate([p.month for p in parts])
    day = np.concatenate([p.day for p in parts])
    source = np.repeat(np.arange(len(parts), dtype=np.int64), [len(p) for p in parts])
    order = np.lexsort((source, day, owner))
    return Events(owner[order], month[order], day[order]), source[order]


def first_of(view: View, events: Events) -> Ints:
    """Day of each subject's first happening; FAR where it has none."""
    first = np.full(len(view.firms), FAR, dtype=np.int64)
    np.minimum.at(first, events.owner, events.day)
    return first


@dataclass(frozen=True)
class Spells:
    """Months in which a subject does not pay, subject × month: whether, since which month, until which day owed."""

    inside: Flags
    begins: Ints  # month number of the spell's first month
    settled: Ints  # day on which the spell's debts are paid; FAR: never

    def owed(self, day: int) -> Flags:
        """Months still unpaid on the day."""
        return self.inside & (self.settled > day)


def spells(view: View, purpose: str, base: float, slope: float, among: Flags) -> Spells:
    """Spells of two to eight months without payment, begun by weak health; three in four are made good afterwards."""
    index, months, draws = view.index, view.months, view.draws
    chance = np.minimum(base * np.exp(-slope * view.health), 0.5)
    starts = draws.happens(chance, purpose, index[:, None], months[None, :]) & view.alive & among[:, None]
    length = draws.between(2, 8, f"{purpose}/length", index[:, None], months[None, :])
    left = np.zeros(len(index), dtype=np.int64)
    begun = np.zeros(len(index), dtype=np.int64)
    inside = np.zeros(starts.shape, dtype=np.bool_)
    begins = np.zeros(starts.shape, dtype=np.int64)
    for column, month in enumerate(months):
        new = starts[:, column] & (left == 0)
        begun = np.where(new, month, begun)
        left = np.where(new, length[:, column], left)
        inside[:, column] = left > 0
        begins[:, column] = begun
        left = np.maximum(left - 1, 0)
    inside &= view.alive
    row = index[:, None]
    ends = begins + np.take_along_axis(length, np.clip(begins - months[0], 0, len(months) - 1), axis=1)
    paid = day_in(draws, f"{purpose}/settled", np.maximum(ends, 0), row, begins)
    made_good = draws.happens(0.75, f"{purpose}/made good", row, begins) & (paid < view.end_day[:, None])
    return Spells(inside, begins, np.where(made_good, paid, FAR))


def running(spell: Spells, amount: Floats, day: int) -> tuple[Ints, Floats]:
    """For each month, how many months of its spell are owed by then and how much; zero where the debt is settled."""
    owed = spell.owed(day)
    periods = np.zeros(owed.shape, dtype=np.int64)
    total = np.zeros(owed.shape)
    count = np.zeros(len(owed), dtype=np.int64)
    sum_ = np.zeros(len(owed))
    for column in range(owed.shape[1]):
        count = np.where(owed[:, column], count + 1, 0)
        sum_ = np.where(owed[:, column], sum_ + amount[:, column], 0.0)
        periods[:, column], total[:, column] = count, sum_
    return periods, total


def ordinals(owner: Ints) -> Ints:
    """Position of each row among the rows of its subject: [3, 3, 5] → [0, 1, 0]; `owner` does not decrease."""
    place = np.arange(len(owner), dtype=np.int64)
    first = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.empty(0, dtype=np.bool_)
    return place - np.maximum.accumulate(np.where(first, place, 0)) if len(owner) else place


def repeats(*keys: Ints) -> Ints:
    """How many earlier rows have the same keys."""
    packed = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)[1].reshape(-1) if len(keys[0]) else keys[0]
    order = np.argsort(packed, kind="stable")
    result = np.empty(len(packed), dtype=np.int64)
    result[order] = ordinals(packed[order])
    return result
