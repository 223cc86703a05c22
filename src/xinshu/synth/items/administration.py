"""Items 8 and 9: penalties and other administrative acts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xinshu.synth.calendar import working_day
from xinshu.synth.draws import Ints
from xinshu.synth.events import merge, ordinals, strike
from xinshu.synth.items.common import amount_text, document_numbers, organ
from xinshu.synth.organs import ordinal
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import choose, join, lookup
from xinshu.synth.view import View


class Offence(NamedTuple):
    """A kind of violation, in which sections it occurs, who punishes it and by which law."""

    bureau: str
    sections: str
    violation: str
    facts: str
    law: str
    fine: float  # typical, in 10,000 yuan


_ALL = "ABCDEFGHIJKLMNOPQR"
_OFFENCES = (
    Offence(
        "市场监督管理局",
        _ALL,
        "发布虚假广告",
        "发布的广告内容与实际情况不符",
        "《中华人民共和国广告法》第五十五条",
        1.0,
    ),
    Offence(
        "市场监督管理局",
        "CF",
        "生产销售不合格产品",
        "抽检产品不符合执行标准",
        "《中华人民共和国产品质量法》第四十九条",
        2.0,
    ),
    Offence(
        "市场监督管理局",
        "CFH",
        "违反食品安全管理规定",
        "未按规定建立进货查验记录",
        "《中华人民共和国食品安全法》第一百二十六条",
        0.6,
    ),
    Offence(
        "生态环境局",
        "BCDN",
        "超标排放水污染物",
        "总排口废水污染物浓度超过排放标准",
        "《中华人民共和国水污染防治法》第八十三条",
        12.0,
    ),
    Offence(
        "生态环境局",
        "BCE",
        "超标排放大气污染物",
        "废气排放口颗粒物浓度超标",
        "《中华人民共和国大气污染防治法》第九十九条",
        10.0,
    ),
    Offence(
        "应急管理局",
        "BCDE",
        "未落实安全生产责任",
        "未如实记录安全生产教育和培训情况",
        "《中华人民共和国安全生产法》第九十七条",
        3.0,
    ),
    Offence("交通运输局", "G", "车辆超限运输", "货运车辆车货总质量超过限定标准", "《公路安全保护条例》第六十四条", 0.4),
    Offence(
        "税务局",
        _ALL,
        "未按规定期限办理纳税申报",
        "逾期未申报增值税",
        "《中华人民共和国税收征收管理法》第六十二条",
        0.05,
    ),
    Offence(
        "住房和城乡建设局",
        "E",
        "违反工程质量管理规定",
        "未按照工程设计图纸施工",
        "《建设工程质量管理条例》第六十四条",
        5.0,
    ),
    Offence(
        "消防救援大队", "CFHPQR", "消防设施不符合要求", "占用、堵塞疏散通道", "《中华人民共和国消防法》第六十条", 1.2
    ),
    Offence(
        "人力资源和社会保障局",
        "CEHL",
        "违反劳动保障规定",
        "未按时足额支付劳动者工资",
        "《劳动保障监察条例》第二十六条",
        0.8,
    ),
    Offence("城市管理局", "FHEO", "擅自占用城市道路", "占道经营影响通行", "《城市道路管理条例》第四十二条", 0.1),
)
_NEW_RULE = 20544  # 2026-04-01: publicity by severity (36号令)


def offences_of(view: View, purpose: str, owner: Ints, month: Ints) -> Ints:
    """An offence that fits each row's industry."""
    fitting = [[n for n, o in enumerate(_OFFENCES) if letter in o.sections] for letter in view.basis.section_letters]
    width = max(map(len, fitting))
    table = np.array([row + [0] * (width - len(row)) for row in fitting])
    counts = np.array([len(row) for row in fitting])
    section = view.firms.section[owner]
    return table[section, view.draws.below(counts[section], purpose, view.index[owner], month)]


def penalties(view: View) -> Rows:
    """Item 8: penalties strike the weak and the large (who are inspected more)."""
    firms, draws = view.firms, view.draws
    base = np.array([0.0016, 0.005, 0.009, 0.014])[firms.size]
    events = strike(view, "penalty", base, 1.1, view.registered)
    owner, month, day = events.owner, events.month, events.day
    index, serial = view.index[owner], ordinals(owner)
    kind = offences_of(view, "offence", owner, month)
    typical = np.array([o.fine for o in _OFFENCES])[kind]
    fine = np.round(np.maximum(typical * np.exp(0.8 * draws.normal("fine", index, month)), 0.01), 4)
    warned = draws.happens(0.18, "warned", index, month)
    confiscates = ~warned & draws.happens(0.12, "confiscated", index, month)
    taken = np.round(fine * 0.4 + 0.01, 4)
    severity = np.select([fine >= 10, fine < 0.2], [2, 0], 1)
    published = day + 2 + draws.below(7, "penalty published", index, month)
    shown_for = np.where(severity == 2, 1095, np.where(severity == 1, 365, 90))
    name, code = organ(view, owner, np.array([ordinal(o.bureau) for o in _OFFENCES])[kind])
    content = join("罚款人民币", amount_text(fine), "万元")
    return Rows.of(
        owner,
        legal_person=view.operator_names.take(owner),
        document_no=document_numbers(view, owner, "虚罚", day, serial),
        violation_type=lookup([o.violation for o in _OFFENCES], kind),
        violation_facts=lookup([o.facts for o in _OFFENCES], kind),
        penalty_basis=lookup([o.law for o in _OFFENCES], kind),
        penalty_type=Coded(("21", "11"), warned.astype(np.int64)),
        penalty_type_2=Only("22", confiscates),
        penalty_content=choose(warned, "警告,责令改正", content),
        fine_amount=Only(fine, ~warned),
        confiscated_amount=Only(taken, confiscates),
        severity=Only(Coded(("1", "2", "3"), severity), day >= _NEW_RULE),
        decision_date=day,
        publicity_to_date=day + shown_for,
        authority=name,
        authority_uscc=code,
        decision_status=Coded(("1", "3"), draws.happens(0.01, "overturned", index, month).astype(np.int64)),
        publication_date=Only(published, published <= view.day),
    )


_INSPECTION, _AWARD, _CONFIRMATION, _COMPULSION = range(4)
_ACTS = (
    ("2", "双随机、一公开监督检查", "按抽查计划对登记事项、公示信息进行检查"),
    ("5", "质量与诚信经营表彰", "对在质量管理和诚信经营方面成绩突出的予以表彰"),
    ("3", "税收优惠资格确认", "确认符合小型微利企业普惠性优惠条件"),
    ("1", "查封、扣押涉案财物", "对涉嫌违法的场所、设施、财物实施查封或者扣押"),
)


def other_acts(view: View) -> Rows:
    """Item 9: inspections of all, awards for the healthy, compulsion against the weak."""
    firms, draws = view.firms, view.draws
    base = np.array([0.004, 0.012, 0.02, 0.03])[firms.size]
    events, act = merge(
        strike(view, "inspection", base, 0.1, view.registered),
        strike(view, "award", base * 0.08, -1.1, view.registered),
        strike(view, "confirmation", base * 0.1, -0.3, view.company),
        strike(view, "compulsion", base * 0.015, 1.6, view.registered),
    )
    owner, day = events.owner, events.day
    index = view.index[owner]
    serial = ordinals(owner)
    health = view.health[owner, np.minimum(events.month - view.basis.origin, len(view.months) - 1)]
    found = draws.uniform("inspection result", index, serial) < 0.15 * np.exp(-0.8 * health)
    lost = draws.uniform("cannot contact", index, serial) < 0.01 * np.exp(-1.4 * health)
    result = np.select([lost, found], [2, 1], 0)
    inspects, compels, awards = act == _INSPECTION, act == _COMPULSION, act == _AWARD
    due = day + 30
    fixed = working_day(day + 5 + draws.below(20, "rectified", index, serial))
    lifted = day + 30
    name, code = organ(view, owner, "市场监督管理局")
    return Rows.of(
        owner,
        act_type=Coded(tuple(a[0] for a in _ACTS), act),
        document_no=document_numbers(view, owner, "虚行", day, serial),
        act_name=lookup([a[1] for a in _ACTS], act),
        act_content=lookup([a[2] for a in _ACTS], act),
        act_basis="《中华人民共和国行政处罚法》等法律、法规和规章",
        decision_date=day,
        measure=Only(Coded(("1", "2"), index % 2), compels),
        measure_from_date=Only(day, compels),
        measure_to_date=Only(lifted, compels),
        inspection_mode=Only(Coded(("1", "2", "3"), (index + serial) % 3), inspects),
        inspection_result=Only(Coded(("1", "3", "6"), result), inspects),
        rectify_due_date=Only(due, inspects & (result == 1)),
        rectified_date=Only(fixed, inspects & (result == 1) & (fixed <= view.day)),
        award_level=Only(Coded(("3", "4"), index % 2), awards),
        award_name=Only("诚信经营示范单位(虚构)", awards),
        act_status=Coded(("1", "2"), (compels & (lifted <= view.day)).astype(np.int64)),
        authority=name,
        authority_uscc=code,
    )
