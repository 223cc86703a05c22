"""Items 27–29: real estate, its encumbrances, movable security; loans leave their traces here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinshu.synth.calendar import add_months, day_in, working_day, years_of
from xinshu.synth.draws import Flags, Floats, Ints, explode
from xinshu.synth.events import FAR, after_default, first_of
from xinshu.synth.items.common import document_numbers, organ, unique_numbers
from xinshu.synth.kinds import Kind, keeps_accounts
from xinshu.synth.organs import BANKS, bank_codes, bank_names
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import Column, choose, digits, join, lookup
from xinshu.synth.view import View


@dataclass(frozen=True)
class Parcels:
    """Real estate of the view's subjects: how many parcels, and when the first was registered."""

    count: Ints
    since: Ints


def parcels(view: View) -> Parcels:
    """Enterprises that own their premises."""
    firms, draws = view.firms, view.draws
    chance = np.array([0.06, 0.35, 0.75, 0.95])[firms.size] * np.where(firms.in_sections("CK"), 1.0, 0.6)
    owns = keeps_accounts(firms.kind) & draws.happens(chance, "owns land", firms.index)
    since = working_day(firms.established + 200 + draws.below(1500, "land since", firms.index))
    count = np.where(owns & (since <= view.day), 1 + draws.below(2, "parcels", firms.index), 0)
    return Parcels(count, since)


def _unit_numbers(view: View, owner: Ints, serial: Ints) -> Column:
    division = digits(view.firms.division[owner], 6)
    land = digits(view.index[owner] % 100000, 5)
    return join(division, "009901GB", land, "F", digits(view.index[owner] // 100000 * 100 + serial, 8))


def _certificates(view: View, owner: Ints, since: Ints, serial: Ints) -> Column:
    number = digits(view.index[owner] * 10 + serial, 8)
    return join("虚(", digits(years_of(since)), ")拟定市不动产权第", number, "号")


def real_estate(view: View) -> Rows:
    """Item 27: land and buildings."""
    land = parcels(view)
    owner, serial = explode(land.count)
    firms, draws, index = view.firms, view.draws, view.index[owner]
    since = land.since[owner]
    area = np.round(200 + firms.employees[owner] * (10 + 40 * draws.uniform("area", index, serial)), 2)
    makes = firms.in_sections("BCDG")[owner]
    return Rows.of(
        owner,
        unit_no=_unit_numbers(view, owner, serial),
        certificate_no=_certificates(view, owner, since, serial),
        right_type="4",
        registration_type=Coded(("100", "200"), draws.below(2, "land how", index)),
        right_nature="102",
        ownership_kind="0",
        share_ratio=100,
        location=join(_unit_place(view, owner), "虚拟园区", digits(1 + draws.below(300, "plot", index, serial)), "号"),
        land_area=np.round(area * 1.6, 2),
        building_area=area,
        land_use=choose(makes, "工业用地", "商务金融用地"),
        building_use=Coded(("30", "40"), makes.astype(np.int64)),
        use_from_date=since,
        use_to_date=add_months(since, np.where(makes, 600, 480)) - 1,
        acquisition_price=np.round(area * 0.6, 2),
        registered_date=since,
        right_status="1",
        authority=organ(view, owner, "自然资源和规划局")[0],
    )


def _unit_place(view: View, owner: Ints) -> Column:
    names = view.basis.places.counties
    return lookup(names, view.firms.county[owner])


@dataclass(frozen=True)
class Secured:
    """Loans known by the day and what secures them."""

    day: Ints  # over subjects: disbursed; FAR: none
    repaid: Ints  # FAR: not
    bank: Ints
    mortgage: Flags
    kind: Ints  # of movable security: 0 none, 1 movables, 2 receivables, 3 equity


def secured(view: View) -> Secured:
    """How each subject's loan is secured and when the security ends."""
    firms, draws, loans = view.firms, view.draws, view.loans
    index = firms.index
    disbursed = day_in(draws, "disbursed", np.minimum(loans.begins, 3000), index)
    disbursed = np.where(disbursed <= view.day, disbursed, FAR)
    repaid = add_months(np.minimum(disbursed, 40000), loans.term) + 3
    default_told = (loans.defaults <= int(view.months[-1])) & (loans.defaults < 3000)
    repaid = np.where(default_told | (repaid > view.day) | (disbursed == FAR), FAR, repaid)
    land = parcels(view)
    mortgage = (land.count > 0) & (land.since < disbursed) & draws.happens(0.6, "mortgages", index)
    kind = draws.pick((0.55, 0.15, 0.2, 0.1), "secures", index)
    company = firms.kind <= Kind.HONG_KONG
    kind = np.where(mortgage | ~keeps_accounts(firms.kind) | ((kind == 3) & ~company), 0, kind)
    return Secured(disbursed, repaid, draws.below(BANKS, "bank", index), mortgage, kind)


def encumbrances(view: View) -> Rows:
    """Item 28: mortgages of loans, and seizures some months after a default."""
    land, loan = parcels(view), secured(view)
    seized = first_of(view, after_default(view, "seizure", 5, 0.8))
    pledges = loan.mortgage & (loan.day < FAR)
    takes = (land.count > 0) & (seized <= view.day) & (land.since < seized)
    owner, second = explode(pledges.astype(np.int64) + takes)
    seizure = (second == 1) | ~pledges[owner]
    serial = np.zeros(len(owner), dtype=np.int64)
    day = np.where(seizure, seized[owner], loan.day[owner])
    gone = ~seizure & (loan.repaid[owner] <= view.day)
    basis, bank = view.basis, loan.bank[owner]
    amount = np.round(view.loans.amount[owner] * 1.2, 2)
    number = digits(view.index[owner] * 10, 8)
    proof = join("虚(", digits(years_of(day)), ")拟定市不动产证明第", number, "号")
    order = join("(", digits(years_of(day)), ")虚01执保", number, "号")
    return Rows.of(
        owner,
        record_type=Coded(("1", "2"), seizure.astype(np.int64)),
        document_no=choose(seizure, order, proof),
        unit_no=_unit_numbers(view, owner, serial),
        certificate_no=_certificates(view, owner, land.since[owner], serial),
        mortgage_mode=Only("1", ~seizure),
        mortgagee=Only(bank_names(basis, bank), ~seizure),
        mortgagee_uscc=Only(bank_codes(basis, bank), ~seizure),
        secured_amount=Only(amount, ~seizure),
        rank=Only(1, ~seizure),
        debt_from_date=Only(day, ~seizure),
        debt_to_date=Only(add_months(day, view.loans.term[owner]), ~seizure),
        seizure_type=Only("1", seizure),
        seizure_authority=Only(organ(view, owner, "人民法院")[0], seizure),
        seizure_from_date=Only(day, seizure),
        seizure_to_date=Only(day + 1094, seizure),
        registered_date=day,
        encumbrance_status=Coded(("1", "2"), gone.astype(np.int64)),
        released_date=Only(loan.repaid[owner], gone),
        authority=organ(view, owner, "自然资源和规划局")[0],
    )


_SECURITY = ("01", "01", "02", "03")
_COLLATERAL = ("", "生产设备一批", "应收货款", "股权")


def movable_security(view: View) -> Rows:
    """Item 29: movables, receivables and equity that secure loans."""
    loan = secured(view)
    owner = np.nonzero((loan.kind > 0) & (loan.day < FAR))[0]
    kind, day = loan.kind[owner], loan.day[owner]
    equity = kind == 3
    gone = loan.repaid[owner] <= view.day
    amount: Floats = view.loans.amount[owner]
    basis, bank = view.basis, loan.bank[owner]
    name, _ = organ(view, owner, "市场监督管理局")
    return Rows.of(
        owner,
        security_kind=Coded(_SECURITY, kind),
        filing_no=unique_numbers(view, owner, "XN", kind, 18),
        subject_part=Coded(("1", "2"), equity.astype(np.int64)),
        pledgor_name=Only(view.operator_names.take(owner), equity),
        target_name=Only(view.names.take(owner), equity),
        secured_party=bank_names(basis, bank),
        secured_party_uscc=bank_codes(basis, bank),
        secured_amount=amount,
        secured_currency="CNY",
        equity_amount=Only(np.round(view.firms.capital[owner] * 0.5, 2), equity),
        collateral=Coded(_COLLATERAL, kind),
        collateral_value=np.round(amount * 1.4, 2),
        contract_no=document_numbers(view, owner, "虚借", day, kind),
        registered_date=day,
        term_to_date=Only(add_months(day, view.loans.term[owner] + 1), ~equity),
        security_status=Coded(("1", "2"), gone.astype(np.int64)),
        cancelled_date=Only(loan.repaid[owner], gone),
        cancel_reason=Only("主债权消灭", gone),
        publication_date=day,
        authority=choose(equity, name, "征信登记中心(虚构)"),
    )
