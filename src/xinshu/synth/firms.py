"""Subjects and what of them does not move with their health: kind, place, industry, size, dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinshu.synth.basis import BLOCK, Basis
from xinshu.synth.calendar import day_in, month_of, working_day
from xinshu.synth.draws import Flags, Floats, Ints
from xinshu.synth.kinds import KINDS, Kind, is_farm

_OLDEST = 8035  # 1992-01-01
_PRODUCTIVITY = dict(
    zip("ABCDEFGHIJKLMNOPQR", (25, 60, 80, 120, 50, 130, 60, 18, 70, 100, 60, 40, 45, 30, 15, 15, 20, 20), strict=True)
)
_ASSET_RATIO = dict(
    zip(
        "ABCDEFGHIJKLMNOPQR",
        (1, 1, 0.9, 2, 0.8, 0.4, 0.8, 0.7, 0.8, 2, 2.5, 1.5, 0.8, 1, 0.4, 0.6, 0.9, 0.9),
        strict=True,
    )
)
_GENERIC = np.array([[10.0, 100, 300], [100, 1000, 8000], [100, 2000, 12000]])
_CAPITAL = np.array(
    [
        [3, 10, 20, 50, 100, 200],
        [50, 100, 200, 500, 500, 1000],
        [500, 1000, 2000, 3000, 5000, 8000],
        [5000, 8000, 10000, 20000, 50000, 100000],
    ]
)
_DISTRIBUTION = (0.5, 0.2, 0.3)  # farms: crops, livestock, fishing
_FARM_DIVISIONS = ("A01", "A03", "A04")


@dataclass(frozen=True)
class Firms:
    """Attributes of the subjects `index`; money in 10,000 yuan, days since 1970-01-01."""

    basis: Basis
    index: Ints
    kind: Ints
    size: Ints  # 0 micro, 1 small, 2 medium, 3 large
    county: Ints
    industry: Ints  # ordinal of the industry division
    industry_class: Ints  # ordinal of the industry class
    established: Ints
    employees: Ints
    revenue: Floats  # a year
    assets: Floats
    capital: Ints  # 0: none

    def __len__(self) -> int:
        return len(self.index)

    @property
    def city(self) -> Ints:
        return self.basis.places.city_of[self.county]

    @property
    def division(self) -> Ints:
        return self.basis.places.county_codes[self.county]

    @property
    def section(self) -> Ints:
        """Ordinal of the section in `basis.section_letters`."""
        return self.basis.section_of[self.industry]

    def in_sections(self, letters: str) -> Flags:
        """Whether the subject's section is one of `letters`."""
        wanted = np.array([letter in letters for letter in self.basis.section_letters])
        return wanted[self.section]


def make_firms(basis: Basis, index: Ints) -> Firms:
    """The subjects with these indices (any order, any selection)."""
    draws = basis.draws
    kind = draws.pick(tuple(facts.weight for facts in KINDS), "kind", index)
    industry = _industry(basis, index, kind)
    industries = basis.industries
    industry_class = industries.class_start[industry] + draws.below(industries.class_count[industry], "class", index)
    size = _size(basis, index, kind)
    employees, revenue, assets = _figures(basis, index, industry, industry_class, size)
    capital = _CAPITAL[size, draws.below(6, "capital", index)]
    return Firms(
        basis=basis,
        index=index,
        kind=kind,
        size=size,
        county=_county(basis, index),
        industry=industry,
        industry_class=industry_class,
        established=_established(basis, index, size),
        employees=employees,
        revenue=revenue,
        assets=assets,
        capital=np.where(kind == Kind.INDIVIDUAL, 0, capital),
    )


def _industry(basis: Basis, index: Ints, kind: Ints) -> Ints:
    draws, industries = basis.draws, basis.industries
    company = draws.pick(tuple(industries.company_weight), "industry", index)
    household = draws.pick(tuple(industries.household_weight), "industry", index)
    farms = np.array([industries.divisions.index(code) for code in _FARM_DIVISIONS])
    farm = farms[draws.pick(_DISTRIBUTION, "industry", index)]
    return np.where(is_farm(kind), farm, np.where(kind == Kind.INDIVIDUAL, household, company))


def _size(basis: Basis, index: Ints, kind: Ints) -> Ints:
    edges = np.cumsum(np.array([facts.sizes for facts in KINDS]), axis=1)[kind]
    drawn = basis.draws.uniform("size", index) * edges[:, -1]
    size: Ints = (drawn[:, None] >= edges[:, :3]).sum(axis=1).astype(np.int64)
    return size


def _county(basis: Basis, index: Ints) -> Ints:
    """Most subjects of a block are in one city: neighbours know one another."""
    draws, places = basis.draws, basis.places
    weights = tuple(places.county_weight)
    own = draws.pick(weights, "county", index)
    home = draws.pick(weights, "county of block", index // BLOCK)
    return np.where(draws.happens(0.55, "at home", index), home, own).astype(np.int64)


def _figures(
    basis: Basis, index: Ints, industry: Ints, industry_class: Ints, size: Ints
) -> tuple[Ints, Floats, Floats]:
    """Employees, revenue and assets that put the firm into its size class."""
    draws, industries = basis.draws, basis.industries
    bounds = industries.class_bounds[industry_class]
    letters = industries.sections
    productivity = np.array([_PRODUCTIVITY[letter] for letter in letters])[industry]
    ratio = np.array([_ASSET_RATIO[letter] for letter in letters])[industry]
    low, high = _range(np.where(np.isnan(bounds[:, 0]), _GENERIC[0], bounds[:, 0]), size, floor=1.0)
    share = draws.uniform("employees", index)
    employees = np.maximum(np.floor(low * (high / low) ** share), 1)
    revenue = employees * productivity * np.exp(0.35 * draws.normal("revenue", index))
    revenue = _within(revenue, bounds[:, 1], size, draws.uniform("revenue again", index))
    assets = revenue * ratio * np.exp(0.35 * draws.normal("assets", index))
    assets = _within(assets, bounds[:, 2], size, draws.uniform("assets again", index))
    return employees.astype(np.int64), np.round(revenue, 2), np.round(assets, 2)


def _range(bounds: Floats, size: Ints, floor: float | None = None) -> tuple[Floats, Floats]:
    """Lower and upper bound of each firm's size class."""
    lowest = bounds[:, 0] / 30 if floor is None else np.full(len(size), floor)
    edges = np.column_stack([lowest, bounds, bounds[:, 2] * 4])
    rows = np.arange(len(size))
    return edges[rows, size], edges[rows, size + 1]


def _within(figure: Floats, bounds: Floats, size: Ints, share: Floats) -> Floats:
    """The figure, drawn again inside the size class where it fell outside; unbounded indicators stay."""
    low, high = _range(bounds, size)
    outside = (figure < low) | (figure >= high - 0.01)
    return np.where(outside & ~np.isnan(low), low + (high - low - 0.02) * share**2 + 0.01, figure)


def _established(basis: Basis, index: Ints, size: Ints) -> Ints:
    """Many young firms, few old ones; the large have some years behind them. Later arrivals come month by month."""
    draws = basis.draws
    youngest = np.where(size >= 2, 365 * 4, 3)
    age = youngest + (basis.today - _OLDEST - youngest - 10) * draws.uniform("age", index) ** 1.9
    day = working_day(basis.today - age.astype(np.int64) - 2)
    return np.where(index < basis.subjects, np.minimum(day, basis.today - 1), _arrival(basis, index))


def _arrival(basis: Basis, index: Ints) -> Ints:
    month = month_of(basis.as_of)
    ends = np.array([basis.population(month + later) for later in range(120)], dtype=np.int64)
    later = np.minimum(np.searchsorted(ends, index, side="right"), 119)
    return day_in(basis.draws, "arrival", month + later, index)


def history(basis: Basis, horizon: int) -> Ints:
    """Month numbers of the history, `horizon` of them (36 up to the first as-of day)."""
    return np.arange(basis.origin, basis.origin + horizon, dtype=np.int64)
