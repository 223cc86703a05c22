"""Items 15–18: tax credit grades, arrears, declarations, invoices."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import first_day, last_day, working_day, years_of
from xinshu.synth.draws import Flags, Floats, explode
from xinshu.synth.events import FAR, merge, ordinals, strike
from xinshu.synth.items.common import document_numbers, organ
from xinshu.synth.kinds import Kind
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.view import View

_GENERAL = 500  # revenue of 5 million yuan: general VAT payers, who declare monthly
_LEVELS = ("A", "B", "M", "C", "D")


def _payers(view: View) -> Flags:
    return view.accounts & (view.firms.kind <= Kind.LIMITED_PARTNERSHIP)


def tax_credit(view: View) -> Rows:
    """Item 15: yearly grades from health; M for the young, A only after three years."""
    draws, firms = view.draws, view.firms
    this_year = int(years_of(np.array([view.day]))[0])
    years = np.arange(this_year - 3, this_year, dtype=np.int64)
    day = working_day(first_day((years + 1 - 1970) * 12 + 3) + 19)
    mood = view.mood_at(first_day((years + 1 - 1970) * 12))
    noise = draws.normal("tax score", view.index[:, None], years[None, :])
    score = np.round(np.clip(82 + 9 * mood + 3 * noise, 5, 99.5), 2)
    age = first_day((years + 1 - 1970) * 12)[None, :] - firms.established[:, None]
    judged = _payers(view)[:, None] & (age > 0) & (view.end_day[:, None] > day) & (day <= view.day)[None, :]
    owner, column = np.nonzero(judged)
    score, age = score[owner, column], age[owner, column]
    grade = np.select([score < 40, score < 70, age < 365, (score >= 90) & (age > 1095)], [4, 3, 2, 0], 1)
    published = day[column] + 5
    return Rows.of(
        owner,
        evaluation_year=years[column],
        tax_credit_grade=Coded(_LEVELS, grade),
        evaluation_score=score,
        evaluation_kind="1",
        evaluated_date=day[column],
        consecutive_a_years=Only(np.ones(len(owner), dtype=np.int64), grade == 0),
        authority=organ(view, owner, "税务局")[0],
        publication_date=Only(published, (grade == 0) & (published <= view.day)),
    )


def tax_arrears(view: View) -> Rows:
    """Item 16: announced arrears, abnormal taxpayers and grave tax violations."""
    firms, draws = view.firms, view.draws
    base = np.array([0.0014, 0.003, 0.004, 0.004])[firms.size]
    payers = _payers(view) | (view.registered & (firms.kind == Kind.INDIVIDUAL) & (firms.size > 0))
    events, kind = merge(
        strike(view, "tax arrears", base, 1.4, payers),
        strike(view, "abnormal taxpayer", base * 0.35, 1.7, payers),
        strike(view, "tax violation", base * 0.02, 2.0, payers),
    )
    owner, day = events.owner, events.day
    index, serial = view.index[owner], ordinals(owner)
    owes, violates = kind == 0, kind == 2
    share = 0.004 + 0.03 * draws.uniform("tax owed", index, serial)
    balance = np.round(firms.revenue[owner] * 10000 * share + 100, 2)
    ends = working_day(day + 40 + draws.below(400, "tax settled", index, serial))
    ends = np.where(draws.happens(0.5, "tax settles", index, serial), ends, FAR)
    gone = ends <= view.day
    return Rows.of(
        owner,
        legal_person=view.operator_names.take(owner),
        info_type=Coded(("1", "2", "3"), kind),
        tax_type=Only(Coded(("10101", "10104", "10109"), index % 3), owes),
        overdue_balance=Only(balance, owes),
        new_overdue=Only(np.round(balance * 0.4, 2), owes),
        balance_date=Only(first_day(events.month) - 1, owes),
        recognized_date=Only(day, ~owes),
        document_no=Only(document_numbers(view, owner, "虚税稽处", day, serial), violates),
        violation_kind=Only(Coded(("5", "1", "8"), serial % 3), violates),
        violation_facts=Only("在没有真实货物交易的情况下对外开具增值税专用发票", violates),
        involved_amount=Only(np.round(balance * 5, 2), violates),
        treatment=Only("追缴税款,并处罚款", violates),
        publication_date=day,
        ended_date=Only(ends, gone),
        ended_reason=Only(Coded(("1", "2", "4"), kind), gone),
        authority=organ(view, owner, "税务局")[0],
    )


def _quarter(view: View, monthly: Floats) -> Floats:
    """Sum of the quarter's months so far, in each month."""
    total = monthly.copy()
    for column in range(1, monthly.shape[1]):
        carries = view.months[column] % 3 > 0
        total[:, column] += total[:, column - 1] if carries else 0.0
    return total


def declarations(view: View) -> Rows:
    """Item 17: value added tax by month or quarter, enterprise income tax by quarter."""
    firms, draws = view.firms, view.draws
    general = (firms.revenue >= _GENERAL)[:, None]
    files = _payers(view)[:, None] & view.alive
    closing = (view.months % 3 == 2)[None, :]
    sales = np.where(view.alive, view.sales, 0.0)
    by_quarter = _quarter(view, sales)
    counts = (files & (general | closing)).astype(np.int64) + (
        files & closing & (firms.kind <= Kind.HONG_KONG)[:, None]
    )
    vat = files & (general | closing)
    cell, second = explode(counts.reshape(-1))
    owner, column = cell // len(view.months), cell % len(view.months)
    income = (second == 1) | ~vat[owner, column]
    month, index = view.months[column], view.index[owner]
    health = view.health[owner, column]
    monthly = general[owner, 0] & ~income
    revenue = np.where(monthly, sales[owner, column], by_quarter[owner, column])
    profit = np.round(revenue * (0.05 + 0.03 * health), 2)
    base = np.where(income, profit, np.round(revenue, 2))
    rate = np.where(income, 0.05, np.where(general[owner, 0], 0.026, 0.01))
    tax = np.round(np.maximum(base, 0) * rate, 2)
    purpose = np.where(income, 1, 0)
    late = draws.happens(np.minimum(0.02 * np.exp(-0.9 * health), 0.6), "late filing", index, month, purpose)
    never = draws.happens(np.minimum(0.003 * np.exp(-1.4 * health), 0.5), "no filing", index, month, purpose)
    due = working_day(first_day(month + 1) + 14)
    filed = working_day(first_day(month + 1) + 3 + draws.below(10, "filed", index, month, purpose))
    filed = np.where(late, due + 10 + draws.below(60, "filed late", index, month, purpose), filed)
    filed = np.where(never, FAR, filed)
    known = filed <= view.day
    unpaid = draws.happens(np.minimum(0.008 * np.exp(-1.4 * health), 0.6), "tax unpaid", index, month, purpose)
    paid = np.where(unpaid, 0.0, tax)
    visible = known | (due <= view.day)
    return Rows.of(
        owner[visible],
        tax_type=Coded(("10101", "10104"), purpose[visible]),
        taxpayer_kind=Only(Coded(("2", "1"), general[owner, 0].astype(np.int64)[visible]), ~income[visible]),
        period_from=first_day(np.where(monthly, month, month - month % 3))[visible],
        period_to=last_day(month)[visible],
        declared_date=Only(filed[visible], known[visible]),
        declaration_status=Coded(("1", "2", "4"), np.select([~known, late], [2, 1], 0)[visible]),
        sales_revenue=Only(revenue[visible], known[visible]),
        taxable_amount=Only(base[visible], known[visible]),
        tax_payable=Only(tax[visible], known[visible]),
        tax_reduced=Only(0, known[visible]),
        tax_prepaid=Only(0, known[visible]),
        tax_due=Only(tax[visible], known[visible]),
        paid_amount=Only(paid[visible], known[visible]),
        payment_due_date=due[visible],
        treasury_date=Only(filed[visible], known[visible] & (paid > 0)[visible]),
        authority=organ(view, owner[visible], "税务局")[0],
    )


_TOP = np.array([0.15, 0.35])


def invoices(view: View) -> Rows:
    """Item 18: one row a month for output and one for input; shares follow the subject's customers and suppliers."""
    firms, draws = view.firms, view.draws
    files = _payers(view)[:, None] & view.alive
    cell, direction = explode(np.where(files, 2, 0).reshape(-1))
    owner, column = cell // len(view.months), cell % len(view.months)
    index, month = view.index[owner], view.months[column]
    sales = view.sales[owner, column]
    noise = np.exp(0.25 * draws.normal("purchases", index, month))
    amount = np.round(np.where(direction == 0, sales, sales * 0.78 * noise), 2)
    rate = np.where(firms.revenue[owner] >= _GENERAL, 0.13, 0.03)
    ticket = 2000 + firms.revenue[owner] * 12
    valid = np.clip(np.rint(amount / ticket * (0.6 + 0.8 * draws.uniform("tickets", index, month, direction))), 1, 1e6)
    valid = valid.astype(np.int64)
    weak = np.exp(-0.6 * view.health[owner, column])
    void = np.floor(valid * 0.03 * weak * draws.uniform("void", index, month, direction)).astype(np.int64)
    red = np.minimum(
        np.floor(valid * 0.04 * weak * draws.uniform("red", index, month, direction)).astype(np.int64), valid
    )
    partners = np.maximum(np.minimum(valid, (3 + valid**0.6).astype(np.int64)), 1)
    concentration = draws.uniform("concentration", index, direction)
    top = np.clip(
        _TOP[direction] + 0.5 * concentration**2 + 0.05 * draws.normal("top", index, month, direction), 0.05, 1
    )
    top = np.where(partners == 1, 1.0, np.maximum(top, 1 / partners))
    top5 = np.where(partners <= 5, 1.0, np.clip(top + 0.35 * (1 - top), top, 1))
    tax = np.round(amount * rate, 2)
    first = draws.between(0, 6, "first invoice", index, month, direction)
    last = draws.between(20, 27, "last invoice", index, month, direction)
    last = np.where(valid == 1, first, last)
    return Rows.of(
        owner,
        invoice_month=month,
        invoice_direction=Coded(("1", "2"), direction),
        invoice_kind="99",
        invoice_count=valid + void,
        valid_count=valid,
        void_count=void,
        red_count=red,
        amount=amount,
        tax_amount=tax,
        total_amount=amount + tax,
        red_amount=-np.round(np.where(red > 0, amount * red / valid * 0.8 + 1, 0.0), 2),
        void_amount=np.round(amount * void / valid, 2),
        counterparty_count=partners,
        top1_share=np.round(top * 100, 2),
        top5_share=np.round(top5 * 100, 2),
        other_province_share=np.round(60 * draws.uniform("elsewhere", index, direction) ** 2, 2),
        active_days=np.where(valid == 1, 1, np.minimum(valid, 20)),
        first_invoice_date=first_day(month) + first,
        last_invoice_date=first_day(month) + last,
    )
