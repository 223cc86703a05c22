"""Items 33 and 34: recognition as an innovative firm, research expense."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import add_months, first_day, working_day, years_of
from xinshu.synth.draws import Ints, explode
from xinshu.synth.events import first_of, strike
from xinshu.synth.items.common import organ, unique_numbers
from xinshu.synth.items.intellectual import inventive
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import digits, join, lookup
from xinshu.synth.view import View

_TYPES = (("01", "2", "高新技术企业", 36), ("02", "2", "科技型中小企业", 12), ("04", "2", "专精特新中小企业", 36))
_FIELDS = ("电子信息", "生物与新医药", "新材料", "高技术服务", "新能源与节能", "先进制造与自动化")


def _recognised(view: View) -> Ints:
    """subject × kind of recognition: day of the first recognition, far in the future where none."""
    able = inventive(view)
    days = [
        first_of(view, strike(view, f"recognition {kind}", rate * able, -0.7, view.company))
        for kind, rate in zip("abc", (0.009, 0.010, 0.004), strict=True)
    ]
    return np.stack(days, axis=1)


def recognitions(view: View) -> Rows:
    """Item 33: three years (one for small technology firms); withdrawn from some of those who fall ill."""
    draws, firms = view.draws, view.firms
    days = _recognised(view)
    owner, kind = np.nonzero(days <= view.day)
    day, index = days[owner, kind], firms.index[owner]
    year = years_of(day)
    valid_to = add_months(day, np.array([t[3] for t in _TYPES])[kind]) - 1
    withdrawal = first_of(view, strike(view, "recognition withdrawn", 0.0015, 1.5, view.company))[owner]
    withdrawn = (withdrawal >= day) & (withdrawal <= np.minimum(view.day, valid_to))
    status = np.select([withdrawn, valid_to < view.day], [1, 2], 0)
    published = day + 20
    number = join("GR", digits(year), unique_numbers(view, owner, "", kind, 8))
    return Rows.of(
        owner,
        recognition_type=Coded(tuple(t[0] for t in _TYPES), kind),
        recognition_level=Coded(tuple(t[1] for t in _TYPES), kind),
        recognition_year=year,
        certificate_no=number,
        list_name=lookup([f"{t[2]}名单(虚构)" for t in _TYPES], kind),
        tech_field=Only(lookup(_FIELDS, draws.below(len(_FIELDS), "tech field", index)), kind == 0),
        evaluation_score=Only(np.round(60 + 39 * draws.uniform("tech score", index), 2), kind == 1),
        recognition_date=day,
        publication_date=Only(published, published <= view.day),
        valid_from=day,
        valid_to=valid_to,
        certificate_status=Coded(("1", "3", "6"), status),
        cancelled_date=Only(withdrawal, withdrawn),
        cancel_reason=Only("不再符合认定条件", withdrawn),
        authority=organ(view, owner, "科学技术局", city_level=True)[0],
    )


_PARTS = np.array([0.48, 0.27, 0.08, 0.03, 0.05, 0.06, 0.03])


def research(view: View) -> Rows:
    """Item 34: a summary a year and one project of inventive firms."""
    draws, firms = view.draws, view.firms
    this_year = int(years_of(np.array([view.day]))[0])
    years = np.arange(this_year - 3, this_year, dtype=np.int64)
    declared = working_day(first_day((years + 1 - 1970) * 12 + 4) + 10)
    active = view.company & draws.happens(np.minimum(0.3 * inventive(view), 0.9), "does research", firms.index)
    before = firms.established[:, None] < first_day((years - 1970) * 12)
    files = active[:, None] & before & (view.end_day[:, None] > declared) & (declared <= view.day)
    cell, second = explode(np.where(files, 2, 0).reshape(-1))
    owner, column = cell // len(years), cell % len(years)
    index, year = firms.index[owner], years[column]
    project = second == 1
    mood = view.mood_at(first_day((years + 1 - 1970) * 12))[owner, column]
    revenue = np.round(firms.revenue[owner] * np.exp(0.18 * mood), 4)
    intensity = 0.02 + 0.06 * draws.uniform("intensity", index)
    expense = revenue * intensity * np.where(project, 0.4, 1.0)
    parts = np.round(expense[:, None] * _PARTS, 4)
    total = np.round(parts.sum(axis=1), 4)
    staff = np.maximum(np.floor(firms.employees[owner] * 0.2), 1).astype(np.int64)
    start = first_day((year - 1970) * 12)
    names = [f"{name}关键技术研究(虚构)" for name in view.basis.industries.class_names]
    costs = ("personnel", "material", "depreciation", "amortisation", "design_test", "outsourced", "other")
    return Rows(
        owner,
        {
            "stat_year": year,
            "record_kind": Coded(("1", "2"), second),
            "project_no": join(lookup(("0", "XM"), second), lookup(("", "01"), second)),
            "project_name": Only(lookup(names, firms.industry_class[owner]), project),
            "project_level": Only(Coded(("5", "3", "2"), index % 3), project),
            "project_from_date": Only(start, project),
            "project_to_date": Only(start + 700, project),
            "rd_expense": total,
            **{f"{cost}_cost": parts[:, n] for n, cost in enumerate(costs)},
            "extra_deduction": Only(total, ~project),
            "grant_amount": np.round(total * 0.05, 4),
            "revenue": Only(revenue, ~project),
            "rd_staff": staff,
            "employees": firms.employees[owner],
            "verified": Coded(("1", "2"), second),
            "declared_date": declared[column],
        },
    )
