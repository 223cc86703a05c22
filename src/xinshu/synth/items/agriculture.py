"""Item 37: family farms, cooperatives, leading agricultural enterprises; farms without a code by citizen number."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import working_day
from xinshu.synth.items.common import organ, unique_numbers
from xinshu.synth.kinds import Kind
from xinshu.synth.names import addresses
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import lookup
from xinshu.synth.view import View

_FARM, _COOPERATIVE, _LEADER = range(3)
_SINCE = 10957  # 2000-01-01: no earlier recognition is in the directories
_PRODUCTS = ("水稻、小麦", "蔬菜", "水果", "生猪", "水产")


def entities(view: View) -> Rows:
    """Item 37."""
    firms, draws = view.firms, view.draws
    uncoded = firms.kind >= Kind.FAMILY_FARM
    coded_farm = (firms.kind == Kind.INDIVIDUAL) & firms.in_sections("A")
    leader = (firms.kind <= Kind.HONG_KONG) & (firms.size > 0) & firms.in_sections("AC")
    leader &= firms.in_sections("A") | draws.happens(0.05, "leads agriculture", firms.index)
    cooperative = firms.kind == Kind.COOPERATIVE
    owner = np.nonzero((uncoded | coded_farm | leader | cooperative) & view.exists)[0]
    index = firms.index[owner]
    entity = np.select([cooperative[owner], leader[owner]], [_COOPERATIVE, _LEADER], _FARM)
    without = uncoded[owner]
    ended = view.ended[owner]
    named = working_day(firms.established[owner] + 400 + draws.below(900, "farm recognised", index))
    recognised = draws.happens(0.3, "model farm", index) & (named >= _SINCE) & (named <= view.day)
    recognised &= named < view.end_day[owner]
    level = np.where(recognised, draws.pick((0.05, 0.2, 0.35, 0.4), "farm level", index), 4)
    land = np.round(20 + firms.employees[owner] * 15 * np.exp(0.5 * draws.normal("land", index)), 2)
    members = 5 + draws.below(120, "members", index)
    joint = entity == _COOPERATIVE
    industries = view.basis.industries
    return Rows.of(
        owner,
        citizen_no=Only(view.citizen_numbers.take(owner), without),
        operator_name=view.operator_names.take(owner),
        entity_type=Coded(("family_farm", "cooperative", "leading_enterprise"), entity),
        recognition_level=Coded(("1", "2", "3", "4", "0"), level),
        authority=Only(organ(view, owner, "农业农村局", city_level=True)[0], recognised),
        document_no=Only("虚农经〔2024〕14号", recognised),
        recognition_date=Only(named, recognised),
        recognition_valid_to=Only(named + 730 * ((view.day - named) // 730 + 1) - 1, recognised),
        directory_no=unique_numbers(view, owner, "ML", 0, 12),
        address=addresses(firms, view.day).take(owner),
        industry=lookup(industries.class_codes, firms.industry_class[owner]),
        main_product=lookup(_PRODUCTS, draws.below(len(_PRODUCTS), "product", index)),
        established_date=firms.established[owner],
        operating_status=Coded(("1", "3"), ended.astype(np.int64)),
        land_area=land,
        transferred_area=np.round(land * 0.7, 2),
        member_count=Only(members, joint),
        farmer_member_count=Only(np.floor(members * 0.9).astype(np.int64), joint),
        employees=firms.employees[owner],
        annual_revenue=firms.revenue[owner],
        total_assets=firms.assets[owner],
        linked_households=draws.below(200, "linked", index),
    )
