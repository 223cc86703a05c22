"""Health is the cause: penalties, arrears and defaults fall with it, head counts follow the firm."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from xinshu.synth.basis import Basis
from xinshu.synth.draws import Ints
from xinshu.synth.events import strike
from xinshu.synth.items.social import arrears, contributions, insurance
from xinshu.synth.items.tax import declarations
from xinshu.synth.rows import Coded
from xinshu.synth.view import View


@pytest.fixture(scope="module")
def view() -> View:
    """24,000 subjects: enough for deciles."""
    basis = Basis.make(11, 24_000, date(2026, 6, 1), "320000")
    return View(basis, 0, 24_000, basis.today)


@pytest.fixture(scope="module")
def decile(view: View) -> Ints:
    """Decile of each subject's mean health, 0 the weakest."""
    ranks = np.argsort(np.argsort(view.health.mean(axis=1)))
    return ranks * 10 // len(ranks)


def _falls(rates: np.ndarray) -> bool:
    """Falls from decile to decile up to chance: by rank correlation, and from end to end by far."""
    ranks = np.argsort(np.argsort(rates))
    return bool(np.corrcoef(ranks, np.arange(10))[0, 1] < -0.9 and rates[0] > 4 * rates[9])


def test_penalties_fall_with_health(view: View, decile: Ints) -> None:
    struck = strike(view, "penalty", 0.005, 1.1, view.registered)
    assert _falls(np.bincount(decile[struck.owner], minlength=10))


def test_arrears_fall_with_health(view: View, decile: Ints) -> None:
    owing = np.unique(arrears(view).owner)
    insured = np.nonzero(insurance(view).insured)[0]
    assert _falls(np.bincount(decile[owing], minlength=10) / np.bincount(decile[insured], minlength=10))


def test_defaults_fall_with_health(view: View, decile: Ints) -> None:
    borrowed = view.loans.known(int(view.months[-1]))
    failed = borrowed & (view.loans.defaults <= view.months[-1])
    rates = np.bincount(decile[failed], minlength=10) / np.bincount(decile[borrowed], minlength=10)
    thirds = rates[:3].mean(), rates[3:7].mean(), rates[7:].mean()
    assert thirds[0] > 2 * thirds[1] > 2 * thirds[2]
    assert 0.01 < failed.sum() / borrowed.sum() < 0.08


def test_a_default_shakes_the_guarantee_circle() -> None:
    basis = Basis.make(11, 400_000, date(2026, 6, 1), "320000")
    struck, others = 0, 0
    for start in range(0, 200_000, 20_000):
        view = View(basis, start, start + 20_000, basis.today)
        circle, defaults = view.circle, view.loans.defaults
        members = np.nonzero(circle >= 0)[0]
        first = {c: defaults[members[circle[members] == c]].min() for c in np.unique(circle[members])}
        hit = [m for m in members if first[circle[m]] <= view.months[-13] and defaults[m] > first[circle[m]]]
        if hit:
            months = np.array([first[circle[m]] for m in hit]) - view.months[0]
            before = np.array([view.health[m, t] for m, t in zip(hit, months, strict=True)])
            after = np.array([view.health[m, t + 3] for m, t in zip(hit, months, strict=True)])
            struck += int((after < before - 0.4).sum())
            others += len(hit)
    assert others > 20
    assert struck / others > 0.7


def test_insured_heads_follow_employees(view: View) -> None:
    rows = contributions(view)
    heads = np.asarray(rows.values["participant_count"])
    assert np.corrcoef(np.log(heads), np.log(view.firms.employees[rows.owner]))[0, 1] > 0.9


def test_healthy_firms_have_no_gaps(view: View) -> None:
    rows = contributions(view)
    pension = rows.values["insurance_type"]
    assert isinstance(pension, Coded)
    first = pension.ordinal == 0
    owner, month = rows.owner[first], np.asarray(rows.values["period"])[first]
    counts = np.bincount(owner, minlength=len(view.firms))
    insured = np.nonzero(insurance(view).insured & view.alive.all(axis=1))[0]
    assert len(insured) > 1000
    assert (counts[insured] == len(view.months)).all()
    assert len(np.unique(owner * 10_000 + month)) == len(owner)


def test_taxes_are_declared_month_after_month(view: View) -> None:
    rows = declarations(view)
    general = np.nonzero(view.accounts & (view.firms.revenue >= 500) & view.alive.all(axis=1))[0]
    vat = np.asarray(rows.values["tax_type"].ordinal) == 0
    counts = np.bincount(rows.owner[vat], minlength=len(view.firms))
    # the last month is declared in the next
    assert set(counts[general]) <= {len(view.months), len(view.months) - 1}


def test_dates_are_coherent(view: View) -> None:
    ended = view.ended
    assert 0.02 < ended.mean() < 0.2
    assert (view.end_day[ended] > view.firms.established[ended]).all()
    owner, column = np.nonzero(view.alive)
    assert (
        view.firms.established[owner]
        < view.months[column].astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ).all()


def test_any_slice_can_be_made_alone(view: View) -> None:
    part = View(view.basis, 1003, 3777, view.day)
    assert (part.health == view.health[1003:3777]).all()
    assert (part.loans.defaults == view.loans.defaults[1003:3777]).all()
    assert part.names.equals(view.names.slice(1003, 2774))
