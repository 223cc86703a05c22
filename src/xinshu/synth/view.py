"""The world as it is known on one day, for a range of subjects: what the generators of items read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xinshu.synth.basis import Basis
from xinshu.synth.calendar import last_day, month_of, months_of, to_date
from xinshu.synth.draws import Draws, Flags, Floats, Ints
from xinshu.synth.firms import Firms, make_firms
from xinshu.synth.health import Health, Loans, block_range, end_day, make_health
from xinshu.synth.kinds import is_company, is_registered, keeps_accounts
from xinshu.synth.names import farmer_numbers, old_numbers, operator_names, subject_codes, subject_names
from xinshu.synth.text import Column


@dataclass(frozen=True)
class View:
    """Subjects [start, stop) on day number `day`. Nothing in it depends on what happens after that day."""

    basis: Basis
    start: int
    stop: int
    day: int

    @property
    def draws(self) -> Draws:
        return self.basis.draws

    @cached_property
    def blocks(self) -> tuple[Firms, Health]:
        """Whole blocks around the subjects: relations cross the borders of a range, not those of a block."""
        firms = make_firms(self.basis, block_range(self.start, self.stop))
        # one month more than is complete: the end of a subject in the running month is known
        return firms, make_health(firms, len(self.months) + 1)

    @cached_property
    def months(self) -> Ints:
        """Complete months of the history up to the day."""
        current = month_of(to_date(self.day))
        complete = current + 1 if int(last_day(current)) <= self.day else current
        return np.arange(self.basis.origin, max(complete, self.basis.origin + 1), dtype=np.int64)

    @cached_property
    def _inside(self) -> slice:
        first = int(self.blocks[0].index[0])
        return slice(self.start - first, self.stop - first)

    @cached_property
    def firms(self) -> Firms:
        return make_firms(self.basis, np.arange(self.start, self.stop, dtype=np.int64))

    @property
    def index(self) -> Ints:
        return self.firms.index

    @cached_property
    def health(self) -> Floats:
        """subject × complete month."""
        return np.ascontiguousarray(self.blocks[1].level[self._inside, : len(self.months)])

    @cached_property
    def circle(self) -> Ints:
        """Guarantee circle of each subject; -1: in none."""
        return self.blocks[1].circle[self._inside]

    @cached_property
    def loans(self) -> Loans:
        """Loans and defaults; use with `loans.known` and the day of the view."""
        loans = self.blocks[1].loans
        cut = self._inside
        return Loans(loans.begins[cut], loans.term[cut], loans.amount[cut], loans.defaults[cut])

    @cached_property
    def end_day(self) -> Ints:
        """Day on which the subject is cancelled or revoked; far in the future where it is not."""
        ends = self.blocks[1].ends[self._inside]
        return end_day(self.basis, self.index, ends)

    @cached_property
    def ended(self) -> Flags:
        """Cancelled or revoked by the day."""
        return self.end_day <= self.day

    @cached_property
    def revoked(self) -> Flags:
        """Revoked (not cancelled) by the day."""
        return self.ended & self.blocks[1].revoked[self._inside]

    @cached_property
    def exists(self) -> Flags:
        """Established by the day."""
        return self.firms.established <= self.day

    @cached_property
    def alive(self) -> Flags:
        """subject × complete month: in business during the whole month."""
        months = self.months[None, :]
        return (months > months_of(self.firms.established)[:, None]) & (months < months_of(self.end_day)[:, None])

    @cached_property
    def registered(self) -> Flags:
        """In the market register by the day."""
        return is_registered(self.firms.kind) & self.exists

    @cached_property
    def accounts(self) -> Flags:
        """Enterprises that file monthly."""
        return keeps_accounts(self.firms.kind) & self.exists

    @cached_property
    def company(self) -> Flags:
        return is_company(self.firms.kind) & self.exists

    @cached_property
    def codes(self) -> Column:
        return subject_codes(self.firms)

    @cached_property
    def names(self) -> Column:
        return subject_names(self.firms, self.day)

    @cached_property
    def old_numbers(self) -> Column:
        return old_numbers(self.firms)

    @cached_property
    def operator_names(self) -> Column:
        return operator_names(self.firms, self.day)

    @cached_property
    def citizen_numbers(self) -> Column:
        return farmer_numbers(self.firms)

    @cached_property
    def sales(self) -> Floats:
        """subject × month: sales in yuan, moved by season and health; taxes, invoices, power and trade follow them."""
        noise = self.draws.normal("sales", self.index[:, None], self.months[None, :])
        season = 1 + 0.12 * np.cos((self.months % 12 - 11) * np.pi / 6) - 0.18 * (self.months % 12 == 1)
        level = np.exp(0.16 * self.health + 0.12 * noise) * season
        sales: Floats = np.round(self.firms.revenue[:, None] * (10000 / 12) * level, 2)
        return sales

    @cached_property
    def headcount(self) -> Ints:
        """subject × month: employees, following health."""
        return np.maximum(np.rint(self.firms.employees[:, None] * np.exp(0.10 * self.health)), 1).astype(np.int64)

    @cached_property
    def mood(self) -> Floats:
        """Mean health over the last twelve complete months."""
        mood: Floats = self.health[:, -12:].mean(axis=1)
        return mood

    def mood_at(self, days: Ints) -> Floats:
        """subject × day: mean health over the twelve months before each day, as far as the history goes back."""
        total = np.cumsum(np.pad(self.health, ((0, 0), (1, 0))), axis=1)
        stop = np.clip(months_of(days) - self.basis.origin, 1, len(self.months))
        start = np.maximum(stop - 12, 0)
        return np.ascontiguousarray((total[:, stop] - total[:, start]) / (stop - start))
