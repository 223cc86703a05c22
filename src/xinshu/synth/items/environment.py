"""Items 35 and 36: environmental credit, permits to discharge, violations."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import add_months, first_day, working_day, years_of
from xinshu.synth.draws import Flags, explode
from xinshu.synth.events import ordinals, strike
from xinshu.synth.items.common import amount_text, document_numbers, organ
from xinshu.synth.names import addresses
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import choose, digits, join, lookup
from xinshu.synth.view import View

_LEVELS = ("1", "2", "3", "4")


def _regulated(view: View) -> Flags:
    """Subjects whose discharge needs a permit."""
    firms = view.firms
    chance = np.where(firms.in_sections("BCD"), np.array([0.35, 0.7, 0.9, 1.0])[firms.size], 0.02)
    return view.accounts & view.draws.happens(chance, "regulated", firms.index)


def credit(view: View) -> Rows:
    """Item 35: yearly level from the year's health, published in June."""
    firms, draws = view.firms, view.draws
    this_year = int(years_of(np.array([view.day]))[0])
    years = np.arange(this_year - 3, this_year, dtype=np.int64)
    evaluated = working_day(first_day((years + 1 - 1970) * 12 + 4) + 9)
    published = working_day(evaluated + 10)
    mood = view.mood_at(first_day((years + 1 - 1970) * 12))
    before = firms.established[:, None] < first_day((years - 1970) * 12)
    rated = _regulated(view) & (firms.size > 0) & draws.happens(0.7, "rated", firms.index)
    judged = rated[:, None] & before & (view.end_day[:, None] > published) & (published <= view.day)
    owner, column = np.nonzero(judged)
    noise = draws.normal("environment", firms.index[owner], years[column])
    score = np.round(np.clip(80 + 7 * mood[owner, column] + 4 * noise, 10, 120), 2)
    level = np.select([score >= 88, score >= 70, score >= 60], [0, 1, 2], 3)
    industries = view.basis.industries
    return Rows.of(
        owner,
        evaluation_year=years[column],
        evaluation_level=Coded(_LEVELS, level),
        evaluation_score=score,
        rule_no="虚环发〔2023〕150号",
        deduction_reason=Only("自行监测数据未按期公开", level >= 2),
        key_unit=firms.size[owner] >= 2,
        industry=lookup(industries.class_codes, firms.industry_class[owner]),
        veto=np.zeros(len(owner), dtype=np.bool_),
        evaluation_date=evaluated[column],
        publication_date=published[column],
        valid_from=published[column],
        valid_to=published[column] + 364,
        document_no=join("虚环信〔", digits(years[column] + 1), "〕8号"),
        authority=organ(view, owner, "生态环境局", city_level=True)[0],
    )


def permits_and_violations(view: View) -> Rows:
    """Item 36: one permit (or entry) a regulated subject, and violations that strike the weak."""
    firms, draws = view.firms, view.draws
    first = working_day(firms.established + 90 + draws.below(300, "discharge permit", firms.index))
    holds = _regulated(view) & (first <= view.day) & (first < view.end_day)
    base = np.array([0.001, 0.003, 0.005, 0.008])[firms.size]
    events = strike(view, "environmental violation", base, 1.1, holds)
    count = holds.astype(np.int64)
    breaches = np.bincount(events.owner, minlength=len(firms))
    owner, place = explode(count + breaches)
    violates = place >= count[owner]
    which = np.zeros(len(owner), dtype=np.int64)
    which[violates] = np.arange(len(events))  # both are ordered by subject and day
    day = np.where(violates, events.day[which] if len(events) else 0, 0)
    index = firms.index[owner]
    heavy = firms.size[owner] >= 1
    ended = view.end_day[owner] <= view.day
    until = np.where(ended, view.end_day[owner], view.day)
    renewed = first[owner] + (until - first[owner]) // 1826 * 1826
    begins = np.where(violates, day, np.maximum(renewed, first[owner]))
    serial = np.where(violates, ordinals(owner), 0)
    fine = np.round(np.maximum(8 * np.exp(0.7 * draws.normal("environmental fine", index, serial)), 0.5), 2)
    fixed = working_day(day + 20 + draws.below(60, "environment fixed", index, serial))
    mended = violates & (fixed <= view.day)
    record = np.select([violates, heavy], [2, 0], 1)
    permit_no = join(view.codes.take(owner), "001P")
    industries = view.basis.industries
    kinds = Coded(("03", "07", "02"), serial % 3)
    return Rows.of(
        owner,
        record_type=Coded(("1", "2", "3"), record),
        document_no=choose(
            violates, document_numbers(view, owner, "虚环罚", np.where(violates, day, 0), serial), permit_no
        ),
        site_name=join(view.names.take(owner), "生产场所"),
        address=addresses(firms, view.basis.today).take(owner),
        industry=lookup(industries.class_codes, firms.industry_class[owner]),
        management_class=Only(Coded(("3", "2", "1", "1"), firms.size[owner]), ~violates),
        pollutants="化学需氧量、氨氮、颗粒物",
        decision_date=begins,
        valid_from=begins,
        valid_to=np.where(violates, add_months(day, 12), begins + 1825),
        permit_status=Only(Coded(("1", "4"), ended.astype(np.int64)), ~violates),
        violation_kind=Only(kinds, violates),
        violation_facts=Only("总排口污染物日均浓度超过许可排放限值", violates),
        penalty_basis=Only("《排污许可管理条例》第三十四条", violates),
        penalty_type=Only("21", violates),
        penalty_content=Only(join("罚款人民币", amount_text(fine), "万元,责令改正"), violates),
        fine_amount=Only(fine, violates),
        correction_status=Only(Coded(("0", "1"), mended.astype(np.int64)), violates),
        corrected_date=Only(fixed, mended),
        authority=organ(view, owner, "生态环境局", city_level=True)[0],
    )
