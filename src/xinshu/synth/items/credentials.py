"""Items 5–7: qualifications, certifications, permits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xinshu.synth.calendar import working_day, years_of
from xinshu.synth.draws import Ints
from xinshu.synth.events import first_of, ordinals, strike
from xinshu.synth.items.common import document_numbers, organ, unique_numbers
from xinshu.synth.names import MARK
from xinshu.synth.organs import ordinal
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import join, lookup
from xinshu.synth.view import View


class Licence(NamedTuple):
    """A certificate that firms of some industries hold."""

    divisions: str  # beginnings of industry divisions, separated by blanks
    sector: str
    certificate: str
    kind: str  # 1 qualification, 2 licence
    scope: str
    bureau: str
    graded: bool
    years: int
    share: float  # of the firms of these industries


_LICENCES = (
    Licence("C13 C14 C15", "08", "食品生产许可证", "2", "食品生产", "市场监督管理局", False, 5, 0.9),
    Licence("E47 E48 E49", "01", "建筑业企业资质证书", "1", "建筑工程施工总承包", "住房和城乡建设局", True, 5, 0.6),
    Licence("E50", "01", "建筑业企业资质证书", "1", "建筑装修装饰工程专业承包", "住房和城乡建设局", True, 5, 0.4),
    Licence("F52 H62", "08", "食品经营许可证", "2", "食品销售与餐饮服务", "市场监督管理局", False, 5, 0.6),
    Licence("C27", "09", "药品生产许可证", "2", "药品生产", "市场监督管理局", False, 5, 0.8),
    Licence("C26", "06", "危险化学品安全生产许可证", "2", "危险化学品生产", "应急管理局", False, 3, 0.4),
    Licence("G54", "11", "道路运输经营许可证", "2", "道路普通货物运输", "交通运输局", False, 4, 0.8),
    Licence("I63 I64", "14", "增值电信业务经营许可证", "2", "信息服务业务", "工业和信息化局", False, 5, 0.3),
    Licence("P83", "15", "民办学校办学许可证", "2", "文化教育培训", "行政审批局", False, 3, 0.5),
    Licence("L72", "16", "人力资源服务许可证", "2", "职业中介活动", "人力资源和社会保障局", False, 5, 0.1),
    Licence("K70", "04", "房地产开发企业资质证书", "1", "房地产开发", "住房和城乡建设局", True, 3, 0.2),
    Licence("Q84", "10", "医疗机构执业许可证", "2", "医疗服务", "卫生健康委员会", False, 5, 0.9),
    Licence("A01", "18", "农作物种子生产经营许可证", "2", "农作物种子经营", "农业农村局", False, 5, 0.1),
    Licence("D44", "20", "电力业务许可证", "2", "发电类", "工业和信息化局", False, 5, 0.5),
    Licence("M74", "02", "工程设计资质证书", "1", "建筑行业(建筑工程)设计", "住房和城乡建设局", True, 5, 0.15),
    Licence("N77", "24", "环境污染防治能力评价证书", "1", "水污染防治", "生态环境局", True, 3, 0.3),
    Licence("R87 R88", "17", "营业性演出许可证", "2", "演出经纪", "文化广电和旅游局", False, 2, 0.3),
)
_NO_LICENCE = len(_LICENCES)


def _licence_of(view: View) -> Ints:
    """Which licence the subject's industry calls for; _NO_LICENCE where none."""
    divisions = view.basis.industries.divisions
    fits = [
        next((n for n, li in enumerate(_LICENCES) if code in li.divisions.split()), _NO_LICENCE) for code in divisions
    ]
    return np.array(fits, dtype=np.int64)[view.firms.industry]


def qualifications(view: View) -> Rows:
    """Item 5: the licence that the industry calls for, renewed in time; the weak lose theirs sooner."""
    firms, draws = view.firms, view.draws
    licence = _licence_of(view)
    share = np.array([li.share for li in _LICENCES] + [0.0])[licence]
    first = working_day(firms.established + 20 + draws.below(300, "first issue", firms.index))
    holds = draws.happens(share, "qualified", firms.index) & view.registered & (first <= view.day)
    withdrawn = first_of(view, strike(view, "licence lost", 0.0006, 1.3, view.registered))
    owner = np.nonzero(holds & (first < view.end_day) & (first < withdrawn))[0]
    kind = licence[owner]
    days = np.array([li.years for li in _LICENCES])[kind] * 365
    begun = first[owner] + (view.day - first[owner]) // days * days
    stopped = np.minimum(withdrawn, view.end_day)[owner]
    lost = stopped <= view.day
    issue = np.where(lost, first[owner] + (stopped - first[owner]) // days * days, begun)
    issue = np.maximum(issue, first[owner])
    closed = lost & (stopped == view.end_day[owner])
    status = np.select([closed, lost], [1, 2], 0)
    graded = np.array([li.graded for li in _LICENCES])[kind]
    bureau = np.array([ordinal(li.bureau) for li in _LICENCES])[kind]
    name, code = organ(view, owner, bureau)
    return Rows.of(
        owner,
        certificate_no=join(lookup([f"虚{li.sector}-" for li in _LICENCES], kind), unique_numbers(view, owner, "")),
        certificate_name=lookup([li.certificate for li in _LICENCES], kind),
        certificate_kind=Coded(tuple(li.kind for li in _LICENCES), kind),
        sector=Coded(tuple(li.sector for li in _LICENCES), kind),
        qualification_class=lookup([li.scope for li in _LICENCES], kind),
        qualification_grade=Only(Coded(("3", "2", "1", "1"), firms.size[owner]), graded),
        permit_scope=lookup([f"准予从事{li.scope}" for li in _LICENCES], kind),
        first_issued_date=first[owner],
        issue_date=issue,
        valid_from=issue,
        valid_to=issue + days - 1,
        authority=name,
        authority_uscc=code,
        certificate_status=Coded(("1", "4", "5"), status),
        status_date=Only(stopped, lost & (stopped >= issue)),
        status_reason=Only(Coded(("", "主体终止,依法注销", "违法经营,依法吊销"), status), lost),
    )


_SYSTEMS = (
    ("3", "质量管理体系认证(ISO 9001)", "GB/T 19001-2016/ISO 9001:2015"),
    ("3", "环境管理体系认证(ISO 14001)", "GB/T 24001-2016/ISO 14001:2015"),
    ("3", "职业健康安全管理体系认证(ISO 45001)", "GB/T 45001-2020/ISO 45001:2018"),
    ("3", "信息安全管理体系认证(ISO/IEC 27001)", "GB/T 22080-2016/ISO/IEC 27001:2013"),
    ("2", "绿色产品认证", "GB/T 33761-2017"),
)


def certifications(view: View) -> Rows:
    """Item 6: management systems, more often in large and healthy firms; three years each."""
    firms, draws = view.firms, view.draws
    base = np.array([0.0025, 0.008, 0.02, 0.03])[firms.size]
    events = strike(view, "certification", base, -0.4, view.company)
    owner, issue = events.owner, events.day
    kind = draws.below(len(_SYSTEMS), "certification kind", view.index[owner], events.month)
    expires = issue + 3 * 365
    ended = view.end_day[owner] <= np.minimum(view.day, expires - 1)
    status = np.select([ended, expires <= view.day], [1, 2], 0)
    audit = issue + 365 * np.clip((view.day - issue) // 365 + 1, 1, 2)
    body = draws.below(40, "certifier", view.index[owner])
    return Rows.of(
        owner,
        certificate_no=unique_numbers(view, owner, "虚证", ordinals(owner)),
        certification_kind=Coded(tuple(s[0] for s in _SYSTEMS), kind),
        certification_project=lookup([s[1] for s in _SYSTEMS], kind),
        standard_no=lookup([s[2] for s in _SYSTEMS], kind),
        certification_scope=lookup(
            [f"{n}相关活动" for n in view.basis.industries.class_names], firms.industry_class[owner]
        ),
        covered_persons=firms.employees[owner],
        authority=join(lookup(view.basis.words.heads, body), "拟认证", MARK, "有限公司"),
        body_approval_no=join("CNCA-R-2099-", lookup([f"{n:03d}" for n in range(900, 940)], body)),
        first_issued_date=issue,
        issue_date=issue,
        valid_to=expires,
        certificate_status=Coded(("1", "4", "6"), status),
        status_date=Only(view.end_day[owner], ended),
        status_reason=Only("获证组织终止,注销证书", ended),
        next_audit_date=Only(audit, status == 0),
    )


_PERMITS = (
    ("建筑工程施工许可", "建筑工程施工许可证", "住房和城乡建设局", "E", "准予该项目施工"),
    ("食品经营许可", "食品经营许可证", "市场监督管理局", "FH", "准予从事预包装食品销售"),
    ("道路货物运输经营许可", "道路运输经营许可证", "交通运输局", "G", "准予从事道路普通货物运输"),
    ("取水许可", "取水许可证", "水务局", "ACD", "准予在核定水量内取水"),
    ("城镇污水排入排水管网许可", "排水许可证", "水务局", "BCNOQ", "准予向城镇排水设施排放污水"),
    ("设置大型户外广告许可", "户外广告设置许可证", "城市管理局", "IJKLMPR", "准予设置户外广告设施"),
)


def permits(view: View) -> Rows:
    """Item 7: permits granted in the history; those whose time has run out are no longer in force."""
    firms, draws = view.firms, view.draws
    base = np.array([0.006, 0.012, 0.02, 0.04])[firms.size]
    events = strike(view, "permit", base, -0.15, view.registered)
    owner, day = events.owner, events.day
    letters = view.basis.section_letters
    of_section = np.array([next(n for n, p in enumerate(_PERMITS) if letter in p[3]) for letter in letters])
    kind = of_section[firms.section[owner]]
    years = np.array([1, 2, 3, 5])[draws.below(4, "permit years", view.index[owner], events.month)]
    valid_to = day + years * 365 - 1
    over = np.minimum(valid_to + 1, view.end_day[owner])
    name, code = organ(view, owner, np.array([ordinal(p[2]) for p in _PERMITS])[kind])
    published = day + 1 + draws.below(7, "permit published", view.index[owner], events.month)
    serial = ordinals(owner)
    return Rows.of(
        owner,
        legal_person=view.operator_names.take(owner),
        document_name=lookup([f"准予{p[0]}决定书" for p in _PERMITS], kind),
        document_no=document_numbers(view, owner, "虚审许", day, serial),
        permit_type="1",
        permit_certificate_name=lookup([p[1] for p in _PERMITS], kind),
        permit_no=join(
            "XK",
            lookup([f"{y}" for y in range(1990, 2101)], years_of(day) - 1990),
            unique_numbers(view, owner, "", serial),
        ),
        permit_content=lookup([p[4] for p in _PERMITS], kind),
        decision_date=day,
        valid_from=day,
        valid_to=valid_to,
        authority=name,
        authority_uscc=code,
        permit_status=Coded(("1", "2"), (over <= view.day).astype(np.int64)),
        status_date=Only(np.minimum(over, view.day), over <= view.day),
        source_unit=name,
        source_unit_uscc=code,
        publication_date=Only(published, published <= view.day),
    )
