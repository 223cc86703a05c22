"""Items 19–21: social insurance, its arrears, housing fund."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinshu.synth.calendar import first_day, last_day, working_day
from xinshu.synth.draws import Flags, Floats, Ints, explode
from xinshu.synth.events import Spells, running, spells
from xinshu.synth.items.common import document_numbers, organ, unique_numbers
from xinshu.synth.kinds import Kind, keeps_accounts
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.view import View

_TYPES = ("110", "310", "410")  # pension, medical, work injury
_UNIT = np.array([0.16, 0.08, 0.004])
_PERSONAL = np.array([0.08, 0.02, 0.0])


@dataclass(frozen=True)
class Insurance:
    """Social insurance of the view's subjects, subject × month."""

    insured: Flags  # over subjects
    heads: Ints
    base: Floats  # yuan a month, all heads
    unpaid: Spells


def insurance(view: View) -> Insurance:
    """Who insures, how many heads and when contributions stay unpaid."""
    firms, draws = view.firms, view.draws
    chance = np.where(firms.size > 0, 1.0, 0.6)
    insured = keeps_accounts(firms.kind) & view.exists & draws.happens(chance, "insures", firms.index)
    wage = np.round(4800 * np.exp(0.25 * draws.normal("wage", firms.index) + 0.06 * firms.size))
    growth = 1 + 0.004 * np.arange(len(view.months))
    heads = np.maximum(np.rint(view.headcount * 0.92), 1).astype(np.int64)
    base = np.round(heads * wage[:, None] * growth[None, :], 2)
    return Insurance(insured, heads, base, spells(view, "social arrears", 0.0035, 1.5, insured))


def _pays_on(view: View, purpose: str, owner: Ints, month: Ints) -> Ints:
    return working_day(first_day(month) + 9 + view.draws.below(16, purpose, view.index[owner], month))


def contributions(view: View) -> Rows:
    """Item 19: three kinds of insurance a month; months without payment are sent as unpaid and later as paid."""
    social = insurance(view)
    files = social.insured[:, None] & view.alive
    cell, kind = explode(np.where(files, len(_TYPES), 0).reshape(-1))
    owner, column = cell // len(view.months), cell % len(view.months)
    month = view.months[column]
    inside = social.unpaid.inside[owner, column]
    day = np.where(inside, social.unpaid.settled[owner, column], _pays_on(view, "social paid", owner, month))
    paid = day <= view.day
    base = social.base[owner, column]
    unit, personal = np.round(base * _UNIT[kind], 2), np.round(base * _PERSONAL[kind], 2)
    total = unit + personal
    late_days = np.where(inside & paid, np.maximum(day - last_day(month), 0), 0)
    return Rows.of(
        owner,
        unit_no=unique_numbers(view, owner, "SB", 0, 12),
        insurance_type=Coded(_TYPES, kind),
        period=month,
        levy_type="1",
        participant_count=social.heads[owner, column],
        contributor_count=social.heads[owner, column],
        contribution_base=base,
        unit_payable=unit,
        personal_payable=personal,
        payable=total,
        paid_amount=np.where(paid, total, 0.0),
        late_fee=np.round(total * 0.0005 * late_days, 2),
        paid_date=Only(day, paid),
        payment_status=Coded(("1", "3"), (~paid).astype(np.int64)),
        insured_status="1",
        authority=organ(view, owner, "税务局")[0],
    )


def arrears(view: View) -> Rows:
    """Item 20: the last spell of each unit and insurance, owed or cleared."""
    social = insurance(view)
    spell = social.unpaid
    has = spell.inside.any(axis=1)
    last = len(view.months) - 1 - spell.inside[:, ::-1].argmax(axis=1)
    rows = np.nonzero(has)[0]
    position, kind = explode(np.full(len(rows), 2, dtype=np.int64))
    owner = rows[position]
    column = last[owner]
    begins, settled = spell.begins[owner, column], spell.settled[owner, column]
    cleared = settled <= view.day
    start = begins - view.months[0]
    total = np.cumsum(np.pad(social.base, ((0, 0), (1, 0))), axis=1)
    base = total[owner, column + 1] - total[owner, start]
    unit = np.where(cleared, 0.0, np.round(base * _UNIT[kind], 2))
    personal = np.where(cleared, 0.0, np.round(base * _PERSONAL[kind], 2))
    principal = unit + personal
    cutoff = np.where(cleared, last_day(view.months[column]), int(last_day(view.months[-1])))
    fee = np.round(principal * np.minimum(0.0005 * np.maximum(cutoff - first_day(begins), 0), 1.0), 2)
    demanded = first_day(begins + 2) + 10
    has_demand = demanded <= view.day
    return Rows.of(
        owner,
        unit_no=unique_numbers(view, owner, "SB", 0, 12),
        insurance_type=Coded(_TYPES, kind),
        cutoff_date=cutoff,
        arrears_from=begins,
        arrears_to=view.months[column],
        arrears_months=view.months[column] - begins + 1,
        arrears_headcount=social.heads[owner, column],
        unit_principal=unit,
        personal_principal=personal,
        principal=principal,
        late_fee=fee,
        arrears_amount=principal + fee,
        arrears_status=Coded(("1", "4"), cleared.astype(np.int64)),
        document_no=Only(document_numbers(view, owner, "虚社限缴", demanded, begins % 100), has_demand),
        demand_date=Only(demanded, has_demand),
        cleared_date=Only(settled, cleared),
        authority=organ(view, owner, "税务局")[0],
    )


def housing_fund(view: View) -> Rows:
    """Item 21: monthly deposits of larger units; rates of 5 to 12 percent."""
    firms, draws = view.firms, view.draws
    social = insurance(view)
    chance = np.where(firms.size > 0, 0.8, 0.18)
    deposits = social.insured & (firms.kind <= Kind.HONG_KONG) & draws.happens(chance, "deposits", firms.index)
    spell = spells(view, "fund arrears", 0.004, 1.3, deposits)
    rate = draws.between(5, 12, "fund rate", firms.index)
    due = np.round(social.base * rate[:, None] / 100, 2) * 2
    periods, owed = running(spell, due, view.day)
    owner, column = np.nonzero(deposits[:, None] & view.alive)
    month = view.months[column]
    inside = spell.inside[owner, column]
    day = np.where(inside, spell.settled[owner, column], _pays_on(view, "fund paid", owner, month))
    paid = day <= view.day
    half = np.round(social.base[owner, column] * rate[owner] / 100, 2)
    opened = working_day(firms.established[owner] + 60)
    return Rows.of(
        owner,
        unit_account_no=unique_numbers(view, owner, "GJJ", 0, 12),
        account_status="01",
        opened_date=Only(opened, opened <= view.day),
        contribution_month=month,
        contributor_count=social.heads[owner, column],
        sealed_count=draws.below(4, "sealed", view.index[owner], month),
        contribution_base=social.base[owner, column],
        unit_rate=rate[owner],
        personal_rate=rate[owner],
        unit_amount=half,
        personal_amount=half,
        payable=half * 2,
        paid_amount=np.where(paid, half * 2, 0.0),
        paid_date=Only(day, paid),
        paid_to_month=np.where(paid, month, np.where(inside, spell.begins[owner, column], month) - 1),
        arrears_months=periods[owner, column],
        arrears_amount=owed[owner, column],
        authority=organ(view, owner, "住房公积金管理中心", city_level=True)[0],
    )
