"""Items 30–32: patents, trademarks and copyrights, pledges of them."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import add_months, working_day, years_of
from xinshu.synth.codes import application_numbers
from xinshu.synth.draws import Floats
from xinshu.synth.events import FAR, Events, merge, ordinals, strike
from xinshu.synth.items.common import document_numbers, unique_numbers
from xinshu.synth.items.property import secured
from xinshu.synth.names import brands
from xinshu.synth.organs import bank_codes, bank_names
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import digits, join, lookup
from xinshu.synth.view import View

_OFFICE = "国家知识产权局(虚构数据)"


def inventive(view: View) -> Floats:
    """How inventive each subject's industry and size are, about 1 for a small manufacturer."""
    firms = view.firms
    section = np.where(firms.in_sections("CM"), 1.0, np.where(firms.in_sections("I"), 0.8, 0.04))
    able: Floats = section * np.array([0.3, 1.0, 3.0, 8.0])[firms.size]
    return able


def _applications(view: View) -> Events:
    return strike(view, "patent", 0.008 * inventive(view), -0.35, view.company)


_TERMS = np.array([240, 120, 180])  # months


def patents(view: View) -> Rows:
    """Item 30: applications of the history; utility models are granted sooner than inventions."""
    draws = view.draws
    events = _applications(view)
    owner, day = events.owner, events.day
    index, serial = view.index[owner], ordinals(owner)
    kind = draws.pick((0.3, 0.55, 0.15), "patent kind", index, serial)
    wait = np.where(
        kind == 0, 420 + draws.below(500, "grant", index, serial), 120 + draws.below(180, "grant", index, serial)
    )
    decided = working_day(day + wait)
    refused = draws.happens(np.array([0.35, 0.1, 0.1])[kind], "refused", index, serial)
    granted, rejected = (decided <= view.day) & ~refused, (decided <= view.day) & refused
    lapse = working_day(decided + 365 + draws.below(730, "lapse", index, serial))
    lapsed = granted & draws.happens(0.15, "lapses", index, serial) & (lapse <= view.day)
    status = np.select([lapsed, granted, rejected], [3, 1, 2], 0)
    published = day + np.where(kind == 0, 180, wait)
    number = draws.below(10_000_000, "patent number", index, serial)
    trade = [f"一种{name}用装置及方法(虚构)" for name in view.basis.industries.class_names]
    return Rows.of(
        owner,
        application_no=application_numbers(years_of(day), kind + 1, number),
        publication_no=Only(join("CN", digits(number + 100_000_000), "A"), published <= view.day),
        patent_type=Coded(("1", "2", "3"), kind),
        title=lookup(trade, view.firms.industry_class[owner]),
        application_date=day,
        publication_date=Only(published, published <= view.day),
        grant_date=Only(decided, granted),
        holder_part=Coded(("1", "2"), granted.astype(np.int64)),
        acquired_by="1",
        holder_count=1,
        legal_status=Coded(("1", "2", "3", "4"), status),
        status_date=np.where(lapsed, lapse, np.where(granted | rejected, decided, day)),
        fee_paid_to_date=Only(decided + 365, granted),
        expiry_date=Only(add_months(day, _TERMS[kind]), granted),
        ended_date=Only(lapse, lapsed),
    )


def marks_and_works(view: View) -> Rows:
    """Item 31: trademarks of all, software of the software industry."""
    firms, draws = view.firms, view.draws
    size = np.array([0.4, 1.0, 2.0, 5.0])[firms.size]
    software = 0.006 * size * np.where(firms.in_sections("IM"), 1.0, 0.02)
    events, kind = merge(
        strike(view, "trademark", 0.004 * size, -0.3, view.registered),
        strike(view, "software", software, -0.35, view.company),
    )
    owner, day = events.owner, events.day
    index, serial = view.index[owner], ordinals(owner)
    mark = kind == 0
    applied = day - 270 + draws.below(60, "applied", index, serial)
    word = brands(draws, view.basis.words, (1 << 29) + (index * 97 + serial) % (1 << 28))
    classes = lookup([str(n) for n in range(1, 46)], draws.below(45, "nice class", index, serial))
    valid_to = add_months(day, 120) - 1
    return Rows.of(
        owner,
        right_kind=Coded(("1", "3"), kind),
        certificate_no=join(lookup(("TM", "SR"), kind), unique_numbers(view, owner, "", serial)),
        title=join(word, lookup(("", "管理软件(虚构)"), kind)),
        nice_classes=Only(classes, mark),
        goods=Only("核定使用商品或服务", mark),
        mark_kind=Only("1", mark),
        software_version=Only("V1.0", ~mark),
        application_date=Only(applied, mark),
        completed_date=Only(day - 60, ~mark),
        registered_date=day,
        valid_to=Only(valid_to, mark),
        legal_status="1",
        status_date=day,
        acquired_by="1",
    )


def ip_pledges(view: View) -> Rows:
    """Item 32: loans of inventive firms secured by patents or trademarks."""
    loan = secured(view)
    draws, index = view.draws, view.index
    pledges = draws.happens(np.minimum(0.08 * inventive(view), 0.6), "pledges patents", index)
    owner = np.nonzero(pledges & view.company & (loan.day < FAR) & ~loan.mortgage)[0]
    day, bank = loan.day[owner], loan.bank[owner]
    count = draws.between(1, 3, "pledged rights", index[owner])
    gone = loan.repaid[owner] <= view.day
    number = digits(draws.below(10_000_000, "pledged number", index[owner]), 7)
    published = day + 15
    amount = view.loans.amount[owner]
    return Rows.of(
        owner,
        filing_no=join("Y", digits(years_of(day)), unique_numbers(view, owner, "9", 0, 9)),
        right_kind="1",
        right_count=count,
        right_nos=join("ZL", digits(years_of(day) - 3), "2", number, ".X"),
        pledgee=bank_names(view.basis, bank),
        pledgee_uscc=bank_codes(view.basis, bank),
        debtor=view.names.take(owner),
        contract_no=document_numbers(view, owner, "虚知质", day, count),
        secured_amount=amount,
        secured_currency="CNY",
        assessed_value=np.round(amount * 1.5, 2),
        assessor="内部评估",
        debt_from_date=day,
        debt_to_date=add_months(day, view.loans.term[owner]),
        registered_date=day,
        security_status=Coded(("1", "2"), gone.astype(np.int64)),
        cancelled_date=Only(loan.repaid[owner], gone),
        publication_date=Only(published, published <= view.day),
        authority=_OFFICE,
    )
