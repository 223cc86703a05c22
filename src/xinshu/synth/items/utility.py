"""Items 24–26: water, electricity, gas: use follows business, arrears follow health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xinshu.synth.calendar import first_day, working_day
from xinshu.synth.draws import Floats, Ints
from xinshu.synth.events import running, spells
from xinshu.synth.items.common import organ, unique_numbers
from xinshu.synth.kinds import Kind
from xinshu.synth.names import addresses
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import hide
from xinshu.synth.view import View


@dataclass(frozen=True)
class Bills:
    """Monthly bills of the subjects with an account; everything a row."""

    owner: Ints
    month: Ints
    quantity: Floats
    reading: Floats  # at the end of the month
    payable: Floats
    common: dict[str, Any]  # fields that the three items share


def _bills(view: View, what: str, share: Floats, need: Floats, unit_price: float, supplier: str, stem: str) -> Bills:
    """`share` of the subjects have an account; `need` is their usual quantity a month."""
    firms, draws = view.firms, view.draws
    has = view.registered & draws.happens(share, f"{what} account", firms.index)
    noise = draws.normal(f"{what} use", firms.index[:, None], view.months[None, :])
    season = 1 + 0.15 * np.cos((view.months % 12 - 7) * np.pi / 6)
    quantity = np.round(need[:, None] * season * np.exp(0.22 * view.health + 0.15 * noise), 1)
    quantity = np.where(view.alive, quantity, 0.0)
    payable = np.round(quantity * unit_price, 2)
    spell = spells(view, f"{what} arrears", 0.004, 1.3, has)
    periods, owed = running(spell, payable, view.day)
    owner, column = np.nonzero(has[:, None] & view.alive)
    month, index = view.months[column], firms.index[owner]
    inside = spell.inside[owner, column]
    regular = working_day(first_day(month + 1) + 2 + draws.below(16, f"{what} paid", index, month))
    paid_on = np.where(inside, spell.settled[owner, column], regular)
    paid = paid_on <= view.day
    count = periods[owner, column]
    stopped = count >= 3
    bill = payable[owner, column]
    # old accounts know the subject by its old number or by its name alone
    old_style = draws.uniform(f"{what} identification", firms.index)[owner]
    has_old = view.old_numbers.is_valid().to_numpy(zero_copy_only=False)[owner]
    by_number, by_name = (old_style < 0.04) & has_old, (old_style > 0.993)
    common: dict[str, Any] = {
        "uscc": hide(view.codes.take(owner), ~by_number & ~by_name),
        "registration_no": hide(view.old_numbers.take(owner), by_number),
        "account_no": unique_numbers(view, owner, stem, 0, 10),
        "stat_month": month,
        "quantity": quantity[owner, column],
        "payable": bill,
        "paid_amount": np.where(paid, bill, 0.0),
        "paid_date": Only(paid_on, paid),
        "arrears_periods": count,
        "arrears_amount": owed[owner, column],
        "late_fee": np.round(owed[owner, column] * 0.001 * count * 30, 2),
        "account_status": Coded(("1", "2"), stopped.astype(np.int64)),
        "suspended_date": Only(first_day(month) + 10, stopped),
        "supplier": organ(view, owner, supplier)[0],
        "address": addresses(firms, view.basis.today).take(owner),
    }
    start = 1000 + draws.below(90000, f"{what} meter", firms.index)
    reading: Floats = np.round(start[:, None] + np.cumsum(quantity, axis=1), 1)
    return Bills(owner, month, quantity[owner, column], reading[owner, column], bill, common)


def _share(view: View, enterprise: float, individual: float) -> Floats:
    return np.where(view.firms.kind == Kind.INDIVIDUAL, individual, enterprise).astype(np.float64)


def water(view: View) -> Rows:
    """Item 24: water and sewage fee."""
    need = view.firms.employees.astype(np.float64) * np.where(view.firms.in_sections("CD"), 14.0, 4.0) + 3
    bills = _bills(view, "water", _share(view, 0.6, 0.3), need, 4.05, "自来水有限公司", "W")
    water_fee = np.round(bills.quantity * 2.55, 2)
    return Rows(
        bills.owner,
        {
            **bills.common,
            "use_type": "2",
            "reading_start": np.round(bills.reading - bills.quantity, 1),
            "reading_end": bills.reading,
            "water_fee": water_fee,
            "sewage_fee": bills.payable - water_fee,
            "other_fee": 0,
        },
    )


def electricity(view: View) -> Rows:
    """Item 25: industry pays in two parts and by time of use."""
    firms = view.firms
    makes = firms.in_sections("BCD")
    need = firms.employees.astype(np.float64) * np.where(makes, 650.0, 90.0) + 60
    bills = _bills(view, "power", _share(view, 0.75, 0.4), need, 0.68, "供电公司", "E")
    owner = bills.owner
    two_part = (makes & (firms.size > 0))[owner]
    peak = np.round(bills.quantity * 0.36, 1)
    valley = np.round(bills.quantity * 0.28, 1)
    return Rows(
        owner,
        {
            **bills.common,
            "use_type": Coded(("2", "1"), two_part.astype(np.int64)),
            "voltage_level": Coded(("1", "2", "3", "4"), np.where(two_part, firms.size[owner], 0)),
            "contract_capacity": np.ceil(need[owner] / 250) * 5,
            "quantity_peak": Only(peak, two_part),
            "quantity_flat": Only(np.round(bills.quantity - peak - valley, 1), two_part),
            "quantity_valley": Only(valley, two_part),
            "breach_kind": "0",
            "breach_amount": 0,
        },
    )


def gas(view: View) -> Rows:
    """Item 26: industry and catering."""
    firms = view.firms
    uses = firms.in_sections("CDH")
    need = firms.employees.astype(np.float64) * np.where(firms.in_sections("C"), 60.0, 25.0) + 20
    bills = _bills(view, "gas", np.where(uses, _share(view, 0.35, 0.25), 0.02), need, 3.9, "燃气有限公司", "G")
    owner = bills.owner
    inspected = first_day(bills.month - bills.month % 12) + 40
    return Rows(
        owner,
        {
            **bills.common,
            "use_type": Coded(("3", "2"), firms.in_sections("CD")[owner].astype(np.int64)),
            "meter_kind": "1",
            "reading_start": np.round(bills.reading - bills.quantity, 1),
            "reading_end": bills.reading,
            "contract_quantity": np.ceil(need[owner] * 12),
            "inspected_date": Only(inspected, inspected <= view.day),
            "hazard": Only("0", inspected <= view.day),
        },
    )
