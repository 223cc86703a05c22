"""What the whole world rests on: seed, size, days, places, industries and words. Immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from xinshu.core.errors import XinshuError
from xinshu.core.settings import packaged_definitions
from xinshu.synth.calendar import day_number, first_day, month_of
from xinshu.synth.draws import Draws, Floats, Ints
from xinshu.synth.industry import IndustryMix, load_industries
from xinshu.synth.lexicon import Lexicon, load_lexicon
from xinshu.synth.places import Places, load_places

MONTHS = 36  # length of the history before the first as-of day
BLOCK = 64  # consecutive subjects among whom guarantee circles form
STRANGER = 1 << 25  # subjects from here on exist nowhere in the world: rows about them must be set aside
GROWTH = 0.004  # new subjects a month after the first as-of day


class WorldError(XinshuError):
    """The asked-for world cannot be made."""

    status = 422
    code = "synth_invalid"


@dataclass(frozen=True)
class Basis:
    """The world's parameters; `day` numbers count from 1970-01-01, `month` numbers from 1970-01."""

    seed: int
    subjects: int
    as_of: date
    province: str
    definitions: Path

    @classmethod
    def make(cls, seed: int, subjects: int, as_of: date, province: str, definitions: Path | None = None) -> Basis:
        """Check the parameters. Raises WorldError."""
        if not 1 <= subjects < STRANGER:
            raise WorldError(f"主体数 {subjects} 不在 1 到 {STRANGER - 1} 之间", hint="改小 --subjects")
        if not date(2000, 1, 1) <= as_of <= date(2099, 12, 31):
            raise WorldError(f"日期 {as_of} 不在 2000 年到 2099 年之间", hint="用形如 2026-06-01 的日期")
        return cls(seed, subjects, as_of, province, definitions or packaged_definitions())

    @cached_property
    def draws(self) -> Draws:
        return Draws(self.seed)

    @cached_property
    def places(self) -> Places:
        return load_places(self.province, self.seed)

    @cached_property
    def industries(self) -> IndustryMix:
        return load_industries(self.definitions)

    @cached_property
    def words(self) -> Lexicon:
        return load_lexicon()

    @property
    def today(self) -> int:
        """Day number of the first as-of day."""
        return day_number(self.as_of)

    @property
    def origin(self) -> int:
        """First month of the history."""
        return month_of(self.as_of) - MONTHS

    @property
    def opening(self) -> int:
        """First day of the history."""
        return int(first_day(self.origin))

    @property
    def province_number(self) -> int:
        """First two digits of the province's code."""
        return int(self.province[:2])

    def population(self, month: int) -> int:
        """Subjects registered by the end of the month: the world grows after the first as-of day."""
        later = max(month - month_of(self.as_of) + 1, 0)
        return self.subjects + int(np.floor(self.subjects * GROWTH * later))

    @cached_property
    def section_shocks(self) -> Floats:
        """Industry shock by section and month of the history, for 36 + 120 months."""
        return self._walk("industry shock", len(self.section_letters), 0.16)

    @cached_property
    def city_shocks(self) -> Floats:
        """Regional shock by city and month of the history."""
        return self._walk("region shock", len(self.places.cities), 0.10)

    @cached_property
    def section_letters(self) -> tuple[str, ...]:
        """Sections in use."""
        return tuple(sorted(set(self.industries.sections)))

    @cached_property
    def section_of(self) -> Ints:
        """Ordinal of the section of each industry division."""
        return np.array([self.section_letters.index(letter) for letter in self.industries.sections], dtype=np.int64)

    def _walk(self, purpose: str, rows: int, step: float) -> Floats:
        months = np.arange(MONTHS + 120, dtype=np.int64)
        steps = step * self.draws.normal(purpose, np.arange(rows, dtype=np.int64)[:, None], months)
        level = np.empty_like(steps)
        level[:, 0] = steps[:, 0] * 2
        for month in range(1, len(months)):
            level[:, month] = 0.93 * level[:, month - 1] + steps[:, month]
        return level
