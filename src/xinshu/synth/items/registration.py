"""Items 1–4: register, shareholders, annual reports, principal persons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xinshu.synth.calendar import add_months, first_day, working_day, years_of
from xinshu.synth.draws import Flags, Floats, Ints, explode
from xinshu.synth.events import FAR, repeats
from xinshu.synth.items.common import organ
from xinshu.synth.kinds import KINDS, Kind
from xinshu.synth.names import (
    addresses,
    change_day,
    citizens,
    moved,
    name_changed,
    operator_changed,
    operators,
    subject_codes,
    subject_names,
)
from xinshu.synth.people import name_ids, person_keys, person_names, phones
from xinshu.synth.relations import NONE, parents, partner_firms
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import choose, join, lookup
from xinshu.synth.view import View

PURGED_AFTER = 730  # days after cancellation at which a subject leaves the register's full file
_TABLES: tuple[tuple[tuple[float, ...], ...], ...] = (
    ((100.0,), (100.0,)),
    ((60.0, 40.0), (90.0, 10.0)),
    ((51.0, 29.0, 20.0), (70.0, 20.0, 10.0)),
    ((40.0, 30.0, 20.0, 10.0), (55.5, 24.5, 12.0, 8.0)),
    ((35.0, 25.0, 20.0, 12.0, 8.0), (67.0, 12.0, 9.0, 7.0, 5.0)),
)
_RATIOS = np.array([[row + (0.0,) * (5 - len(row)) for row in rows] for rows in _TABLES])
_TYPES = tuple(facts.register_type or None for facts in KINDS)


def purged(view: View) -> Flags:
    """Cancelled so long ago that the register no longer sends the subject; none before the first as-of day."""
    leaves = view.end_day + PURGED_AFTER
    return view.ended & ~view.revoked & (leaves > view.basis.today) & (leaves <= view.day)


def registration(view: View) -> Rows:
    """Item 1: one row for each subject in the market register."""
    owner = np.nonzero(view.registered & ~purged(view))[0]
    firms, draws, day = view.firms, view.draws, view.day
    index = firms.index[owner]
    established = firms.established[owner]
    ended, revoked = view.ended[owner], view.revoked[owner]
    end = np.where(ended, view.end_day[owner], 0)
    latest, what = _latest_change(view)
    latest, what = latest[owner], what[owner]
    dormant = draws.happens(0.004, "dormant", index) & ~ended
    status = np.select([revoked, ended, dormant], [1, 2, 3], 0)
    foreign = (firms.kind[owner] == Kind.FOREIGN) & draws.happens(0.5, "dollars", index)
    years = np.where(draws.happens(0.5, "term", index), 20, 30)
    industries = view.basis.industries
    scope = join(
        lookup([f"{name};" for name in industries.class_names], firms.industry_class[owner]),
        lookup([f"{name}经营" for name in industries.names], firms.industry[owner]),
        "(依法须经批准的项目,经相关部门批准后方可开展经营活动)",
    )
    return Rows.of(
        owner,
        register_kind="main",
        enterprise_type=Coded(_TYPES, firms.kind[owner]),
        registration_status=Coded(("1", "2", "3", "7"), status),
        legal_person=view.operator_names.take(owner),
        registered_capital=Only(firms.capital[owner], firms.capital[owner] > 0),
        capital_currency=Only(Coded(("CNY", "USD"), foreign.astype(np.int64)), firms.capital[owner] > 0),
        established_date=established,
        approved_date=np.maximum(np.maximum(established, latest), end),
        term_from=established,
        term_to=Only(add_months(established, years * 12) - 1, draws.happens(0.35, "has term", index)),
        authority=organ(view, owner, "市场监督管理局")[0],
        address=addresses(firms, day).take(owner),
        address_division=join(lookup([str(c) for c in view.basis.places.county_codes], firms.county[owner])),
        industry=lookup(industries.class_codes, firms.industry_class[owner]),
        business_scope=scope,
        change_item=Only(Coded(("名称变更", "住所变更", "法定代表人变更"), what), latest > 0),
        changed_date=Only(latest, latest > 0),
        revoked_date=Only(end, revoked),
        cancelled_date=Only(end, ended & ~revoked),
        cancel_reason=Only(Coded(("1", "6", "6"), index % 3), ended & ~revoked),
    )


def _latest_change(view: View) -> tuple[Ints, Ints]:
    """Day of each subject's latest change (0: none) and which of name, address, legal person it was."""
    firms, day = view.firms, view.day
    days = np.stack(
        [
            np.where(name_changed(firms, day), change_day(view.basis, firms.index, "name change", 0.06), 0),
            np.where(moved(firms, day), change_day(view.basis, firms.index, "move", 0.10), 0),
            np.where(operator_changed(firms, day), change_day(view.basis, firms.index, "new operator", 0.08), 0),
        ]
    )
    what = days.argmax(axis=0)
    return days.max(axis=0), what.astype(np.int64)


def _holders(view: View) -> tuple[Ints, Ints, Ints, Floats]:
    """Shareholders: position of the subject, rank, how many there are, share in percent."""
    firms, draws = view.firms, view.draws
    more = draws.below(3, "shareholders", firms.index)
    counts = np.select(
        [
            firms.kind == Kind.LIMITED,
            firms.kind == Kind.SHARES,
            (firms.kind == Kind.PARTNERSHIP) | (firms.kind == Kind.LIMITED_PARTNERSHIP),
            firms.kind <= Kind.SOLE,
        ],
        [2 + more, 3 + more, 2 + more % 2, 1],
        0,
    )
    owner, rank = explode(np.where(view.registered, counts, 0))
    table = draws.below(2, "shares", firms.index)[owner]
    return owner, rank, counts[owner], _RATIOS[counts[owner] - 1, table, rank]


def shareholders(view: View) -> Rows:
    """Item 2: shareholders and partners; a corporate parent stands first, foreign and state owners hold all."""
    owner, rank, _, ratio = _holders(view)
    firms, draws = view.firms, view.draws
    index, kind = firms.index[owner], firms.kind[owner]
    parent = parents(firms)
    corporate = (rank == 0) & (parent[owner] != NONE)
    abroad = (kind == Kind.FOREIGN) | (kind == Kind.HONG_KONG)
    state = kind == Kind.STATE
    partner = partner_firms(view.basis, np.where(corporate, parent[owner], index))
    person = np.where(rank == 0, operators(firms)[owner], person_keys(draws, "shareholder", index, rank))
    organisation, organisation_code = organ(view, owner, "工业和信息化局")
    name = choose(corporate, subject_names(partner, view.day), person_names(draws, person))
    name = choose(abroad, join(lookup(view.basis.words.heads, index % 1024), "虚投资控股(虚构)有限公司(境外)"), name)
    name = choose(state, organisation, name)
    same = repeats(owner, np.where(corporate | abroad | state, -1, name_ids(draws, person)))
    capital = firms.capital[owner] * ratio / 100
    paid_share = np.array([0.0, 0.3, 0.5, 1.0, 1.0])[draws.below(5, "paid in", index)]
    established = firms.established[owner]
    paid_on = working_day(established + draws.below(700, "paid on", index))
    paid = np.where(paid_on <= view.day, np.round(capital * paid_share, 4), 0.0)
    return Rows.of(
        owner,
        shareholder_name=name,
        same_name_no=Only(same + 1, same > 0),
        shareholder_kind=Coded(("1", "2", "7", "4"), np.select([corporate, abroad, state], [1, 2, 3], 0)),
        shareholder_uscc=Only(choose(corporate, subject_codes(partner), organisation_code), corporate | state),
        subscribed_amount=capital,
        paid_in_amount=paid,
        capital_currency="CNY",
        share_ratio=ratio,
        subscribed_date=add_months(established, 60 + 12 * draws.below(20, "due", index)),
        subscribed_method="1",
        paid_date=Only(paid_on, paid > 0),
        paid_method=Only("1", paid > 0),
        is_controller=ratio > 50,
        entered_date=established,
        publication_date=np.minimum(established + 15, view.day),
    )


class Reports(NamedTuple):
    """Annual reports of the last three years, subject × year."""

    years: Ints
    day: Ints  # filed; FAR: never
    due: Flags  # the subject had to file
    mood: Floats
    late: Flags


def reports(view: View) -> Reports:
    """When each subject files its annual reports: January to June, later or never when it is weak."""
    draws, firms = view.draws, view.firms
    this_year = int(years_of(np.array([view.day]))[0])
    years = np.arange(this_year - 3, this_year, dtype=np.int64)
    january = first_day((years + 1 - 1970) * 12)
    index = firms.index[:, None]
    mood = view.mood_at(january)
    skips = draws.happens(np.minimum(0.04 * np.exp(-0.9 * mood), 0.7), "no report", index, years[None, :])
    late = draws.happens(np.minimum(0.05 * np.exp(-0.7 * mood), 0.6), "late report", index, years[None, :])
    day = january + 1 + draws.below(170, "report day", index, years[None, :]) + np.where(late, 185, 0)
    due = view.registered[:, None] & (firms.established[:, None] < january)
    filed = due & ~skips & (view.end_day[:, None] > day)
    return Reports(years, np.where(filed, working_day(day), FAR), due, mood, late)


def annual_report(view: View) -> Rows:
    """Item 3: annual reports of the last three years."""
    draws, firms = view.draws, view.firms
    years, day, _, mood, late = reports(view)
    owner, column = np.nonzero(day <= view.day)
    year, submitted = years[column], day[owner, column]
    figures = _figures(view, owner, year, mood[owner, column])
    individual = firms.kind[owner] == Kind.INDIVIDUAL
    published = draws.happens(0.25, "publishes", firms.index[owner]) & ~individual
    tidy = ~individual
    return Rows.of(
        owner,
        report_year=year,
        submitted_date=submitted,
        publication_date=submitted,
        is_late=late[owner, column],
        operating_status="1",
        address=addresses(firms, view.basis.today).take(owner),
        contact_phone=phones(draws, operators(firms)[owner]),
        has_investment=draws.happens(0.08, "invests", firms.index[owner]),
        has_equity_transfer=draws.happens(0.05, "transfers", firms.index[owner], year),
        has_guarantee=view.circle[owner] >= 0,
        figures_published=published,
        employees=figures["employees"],
        insured_persons=np.rint(figures["employees"] * 0.8).astype(np.int64),
        total_assets=Only(figures["assets"], tidy),
        total_liabilities=Only(figures["liabilities"], tidy),
        owners_equity=Only(figures["assets"] - figures["liabilities"], tidy),
        revenue=figures["revenue"],
        main_revenue=Only(np.round(figures["revenue"] * 0.95, 4), tidy),
        total_profit=Only(figures["profit"], tidy),
        net_profit=Only(figures["net"], tidy),
        total_tax=figures["tax"],
    )


def _figures(view: View, owner: Ints, year: Ints, mood: Floats) -> dict[str, Floats]:
    """A year's figures: the health of the year moves revenue, margin and debt."""
    firms, draws = view.firms, view.draws
    index = firms.index[owner]
    noise = draws.normal("report", index, year)
    revenue = np.round(firms.revenue[owner] * np.exp(0.18 * mood + 0.1 * noise), 4)
    assets = np.round(firms.assets[owner] * np.exp(0.05 * draws.normal("report assets", index, year)), 4)
    debt = np.clip(0.52 - 0.11 * mood + 0.1 * draws.normal("debt", index), 0.05, 1.4)
    liabilities = np.round(assets * debt, 4)
    margin = 0.04 + 0.035 * mood + 0.02 * draws.normal("margin", index, year)
    profit = np.round(revenue * margin, 4)
    net: Floats = np.round(profit * np.where(profit > 0, 0.85, 1.0), 4)
    tax: Floats = np.round(revenue * np.clip(0.025 + 0.006 * mood, 0.002, 0.08), 4)
    employees: Floats = np.maximum(np.rint(firms.employees[owner] * np.exp(0.06 * mood)), 1.0)
    return {
        "revenue": revenue,
        "assets": assets,
        "liabilities": liabilities,
        "profit": profit,
        "net": net,
        "tax": tax,
        "employees": employees,
    }


_ROLE_OF_KIND = np.array([1, 1, 1, 1, 1, 1, 1, 5, 3, 3, 4, 1, 0, 0])  # ordinals of the roles below
_ROLES = (None, "01", "02", "03", "04", "05", "13", "22", "31", "33", "51")


def principal_persons(view: View) -> Rows:
    """Item 4: legal person, director, supervisor, manager and beneficial owner."""
    firms, draws = view.firms, view.draws
    company = firms.kind <= Kind.HONG_KONG
    counts = np.where(company, np.where(firms.size > 0, 6, 4), 1)
    owner, rank = explode(np.where(view.registered, counts, 0))
    index = firms.index[owner]
    # legal person, supervisor, manager, owner, director, finance
    role = np.where(rank == 0, _ROLE_OF_KIND[firms.kind[owner]], np.array([0, 7, 8, 10, 6, 9])[rank])
    boss = (rank == 0) | (rank == 3) | ((rank == 2) & draws.happens(0.5, "boss manages", index))
    person = np.where(boss, operators(firms, view.day)[owner], person_keys(draws, "officer", index, rank))
    replaced = operator_changed(firms, view.day)
    since = np.where(replaced, change_day(view.basis, firms.index, "new operator", 0.08), firms.established)[owner]
    appointed = np.where(boss, since, firms.established[owner])
    return Rows.of(
        owner,
        role=Coded(_ROLES, role),
        person_name=person_names(draws, person),
        id_document_type="111",
        citizen_no=citizens(view.basis, person),
        nationality="CHN",
        appointment_method=Coded(("1", "3"), person % 2),
        appointed_date=appointed,
        approved_date=np.minimum(appointed + 5, view.day),
        control_basis=Only("1", role == 10),
        ownership_ratio=Only(25 + draws.below(76, "owner share", index), role == 10),
    )
