"""The rules: codes, scopes, names, certificates, kinds, each with its evidence."""

from __future__ import annotations

from datetime import date

import pytest
from modules_kit import book, recognition

from xinshu.modules.classify import Firm, Membership, classify

DAY = date(2026, 6, 1)


def found(module: str, **known: object) -> Membership:
    return classify(book(), Firm(**{"name": "示例公司", **known}), DAY)[module]  # type: ignore[arg-type]


CASES = {
    "a full code": ("strategic-emerging", {"industry": "C3825"}, "member"),
    "a partial code alone": ("strategic-emerging", {"industry": "C3821"}, "possible"),
    "a partial code with a second sign": (
        "strategic-emerging", {"industry": "C3821", "scope": "光伏逆变器、储能设备的研发"}, "member",
    ),
    "made": ("strategic-emerging", {"scope": "光伏组件、太阳能电池的生产、销售"}, "member"),
    "developed": ("strategic-emerging", {"scope": "光伏组件的技术研发、销售"}, "member"),
    "traded": ("strategic-emerging", {"scope": "光伏组件、太阳能电池、集成电路、医疗器械销售"}, "none"),
    "standing phrases": ("strategic-emerging", {"scope": "新能源技术推广服务;新材料技术推广服务;节能技术推广"}, "none"),
    "excluded": ("strategic-emerging", {"scope": "五金加工(不含光伏组件制造);不得从事集成电路生产"}, "none"),
    "far behind": ("strategic-emerging", {"scope": "家具制造;木门制造;地板制造;玩具制造;服装制造;鞋帽制造;纸箱制造;"
                                                   "塑料桶制造;光伏组件制造"}, "possible"),
    "an activity": ("green", {"scope": "污水处理"}, "member"),
    "a thing for the activity, traded": ("green", {"scope": "污水处理设备销售"}, "none"),
    "advice on the activity": ("green", {"scope": "机械加工;五金加工;模具加工;污水处理技术咨询"}, "none"),
    "farming": ("agriculture", {"scope": "水稻、小麦种植;农产品销售"}, "member"),
    "trading produce": ("agriculture", {"scope": "农产品、水果、蔬菜批发、零售"}, "none"),
    "a cooperative by kind": ("agriculture", {"kind": "cooperative", "scope": ""}, "member"),
    "a household by kind": ("agriculture", {"kind": "farm_household", "scope": ""}, "member"),
    "a cooperative by name": ("agriculture", {"name": "示例县金穗玉米种植专业合作社"}, "member"),
    "a supply cooperative": ("agriculture", {"name": "示例县供销合作社", "scope": "日用百货销售"}, "none"),
    "a household is no firm": ("strategic-emerging", {"kind": "farm_household", "scope": "光伏发电"}, "none"),
    "developing is enough": ("future-industries", {"scope": "石墨烯材料的研发、制备技术开发"}, "member"),
    "chain": ("key-supply-chains", {"scope": "汽车零部件、轴承的制造、加工"}, "member"),
    "repair is no chain": ("key-supply-chains", {"scope": "汽车维修;汽车零部件销售"}, "none"),
}  # fmt: skip


@pytest.mark.parametrize("module,known,degree", CASES.values(), ids=CASES.keys())
def test_degrees(module: str, known: dict[str, object], degree: str) -> None:
    one = found(module, **known)
    assert one.degree == degree, one.evidence


def test_every_point_comes_from_evidence_that_says_where_it_is_from() -> None:
    one = found("strategic-emerging", name="示例市晨曦光伏科技有限公司", industry="C3825", scope="光伏组件制造",
                certificates={"33": [recognition(1)]})  # fmt: skip
    assert (one.degree, one.points, one.degree_name) == ("member", 100, "属于")
    assert one.parts == ("new-energy",)
    assert [(piece.origin, piece.item) for piece in one.evidence] == [
        ("certificate", "33"), ("industry", "1"), ("scope", "1"), ("name", "1"),
    ]  # fmt: skip
    said = {piece.origin: (piece.said, piece.why) for piece in one.evidence}
    assert said["industry"] == ("C3825", "行业代码 C3825 整类属于新能源")
    assert said["scope"] == ("光伏组件", "经营范围“光伏组件制造”(生产、经营,居前)")
    assert "小巨人" in said["certificate"][1]


def test_certificates_count_while_they_hold() -> None:
    known = {"industry": "C3821", "certificates": {"33": [recognition(1)]}}
    assert found("strategic-emerging", **known).points == 75
    for spoiled in (recognition(1, valid_to="2026-05-31"), recognition(1, certificate_status="3")):
        assert found("strategic-emerging", industry="C3821", certificates={"33": [spoiled]}).points == 40


def test_two_certificates_of_one_kind_count_once() -> None:
    twice = {"33": [recognition(1), recognition(1, recognition_year="2024")]}
    assert found("strategic-emerging", certificates=twice).points == 35


def test_a_trading_name_halves_the_text_and_says_so() -> None:
    scope = "光伏组件制造"
    plain, shop = found("green", scope=scope), found("green", scope=scope, name="示例光伏商贸有限公司")
    assert (plain.points, shop.points) == (60, 30)
    assert next(piece for piece in shop.evidence if piece.origin == "against").said == "商贸"


def test_only_the_modules_asked_for_are_classified() -> None:
    assert list(classify(book(), Firm("示例"), modules=["green"])) == ["green"]
