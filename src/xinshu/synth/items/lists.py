"""Items 13 and 14: lists of serious dishonesty and of abnormal operation."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import first_day, working_day
from xinshu.synth.events import FAR, Events, merge, ordinals, strike
from xinshu.synth.items.common import document_numbers, organ
from xinshu.synth.items.registration import reports
from xinshu.synth.kinds import Kind
from xinshu.synth.organs import ordinal
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import lookup
from xinshu.synth.view import View

_LISTS = (
    ("01", "市场监督管理局", "被列入经营异常名录后仍不改正,情节严重", "《市场监督管理严重违法失信名单管理办法》第二条"),
    (
        "02",
        "人力资源和社会保障局",
        "拖欠农民工工资数额较大,逾期未支付",
        "《拖欠农民工工资失信联合惩戒对象名单管理暂行办法》第五条",
    ),
    ("04", "应急管理局", "发生生产安全责任事故,情节严重", "《安全生产严重失信主体名单管理办法》第六条"),
    ("15", "生态环境局", "逃避监管排放污染物,情节严重", "《中华人民共和国环境保护法》第五十四条"),
)


def serious_dishonesty(view: View) -> Rows:
    """Item 13: three years on the list, sooner off for some who mend their ways."""
    firms, draws = view.firms, view.draws
    base = np.array([0.00012, 0.0003, 0.0004, 0.0004])[firms.size]
    events = strike(view, "serious dishonesty", base, 1.7, view.registered)
    owner, listed = events.owner, events.day
    index, serial = view.index[owner], ordinals(owner)
    builds, makes = firms.in_sections("E")[owner], firms.in_sections("BCD")[owner]
    kind = np.select([builds, makes], [1, 2 + draws.below(2, "list", index, serial)], 0)
    mended = draws.happens(0.25, "mended", index, serial)
    removed = working_day(listed + np.where(mended, 365 + draws.below(300, "mended on", index, serial), 1095))
    gone = removed <= view.day
    name, code = organ(view, owner, np.array([ordinal(li[1]) for li in _LISTS])[kind], city_level=True)
    published = listed + 3
    shown = published <= view.day
    return Rows.of(
        owner,
        legal_person=view.operator_names.take(owner),
        list_kind=Coded(tuple(li[0] for li in _LISTS), kind),
        document_no=document_numbers(view, owner, "虚失信认", listed, serial),
        listed_facts=lookup([li[2] for li in _LISTS], kind),
        listed_basis=lookup([li[3] for li in _LISTS], kind),
        listed_date=listed,
        authority=name,
        authority_uscc=code,
        publication_date=Only(published, shown),
        publicity_to_date=Only(published + 1095, shown),
        measures="限制参加政府采购、工程招标投标,限制享受财政资金扶持",
        list_status=Coded(("1", "2"), gone.astype(np.int64)),
        removed_date=Only(removed, gone),
        removed_reason=Only(Coded(("1", "2"), mended.astype(np.int64)), gone),
        removed_document_no=Only(document_numbers(view, owner, "虚失信移", removed, serial), gone),
        removed_authority=Only(name, gone),
    )


_REASONS = ("1", "4", "2")


def abnormal_operation(view: View) -> Rows:
    """Item 14: annual reports not filed (item 3 lacks them), subjects not found, duties not done."""
    firms, draws = view.firms, view.draws
    filed = reports(view)
    july = first_day((filed.years + 1 - 1970) * 12 + 6)
    on = working_day(july + 3 + draws.below(12, "listed for report", view.index[:, None], filed.years[None, :]))
    missing = filed.due & (filed.day > july) & (view.end_day[:, None] > on) & (on <= view.day)
    row, column = np.nonzero(missing)
    unreported = Events(row, (filed.years[column] + 1 - 1970) * 12 + 6, on[row, column])
    events, reason = merge(
        unreported,
        strike(view, "not found", np.full(len(firms), 0.0012), 1.3, view.registered),
        strike(view, "not published", np.full(len(firms), 0.0003), 1.0, view.registered),
    )
    owner, listed = events.owner, events.day
    index = view.index[owner]
    year = listed.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1969
    reported = filed.day[owner, np.clip(year - filed.years[0], 0, len(filed.years) - 1)]
    cured = draws.happens(0.55, "cured", index, listed)
    later = working_day(listed + 40 + draws.below(500, "cured on", index, listed))
    removed = np.where(reason == 0, reported, np.where(cured, later, FAR))
    gone = (removed <= view.day) & (removed >= listed)
    authority = organ(view, owner, "市场监督管理局")[0]
    individual = firms.kind[owner] == Kind.INDIVIDUAL
    return Rows.of(
        owner,
        legal_person=view.operator_names.take(owner),
        entry_kind=Coded(("1", "2"), individual.astype(np.int64)),
        listed_reason=Coded(_REASONS, reason),
        report_year=Only(year, reason == 0),
        listed_date=listed,
        authority=authority,
        listed_document_no=document_numbers(view, owner, "虚异列", listed, year % 100),
        list_status=Coded(("1", "2"), gone.astype(np.int64)),
        removed_date=Only(removed, gone),
        removed_reason=Only(Coded(("1", "4", "2"), reason), gone),
        removed_authority=Only(authority, gone),
    )
