"""The invented organisations of the demo: departments that send, a bank that asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from xinshu.catalogue import Catalogue
from xinshu.cli.demonstration.admission import Applicant
from xinshu.cli.demonstration.calls import System
from xinshu.core.make_codes import make_uscc

Test = Callable[[System, Applicant], Awaitable[None]]
MARK = "(虚构)"
DEPARTMENTS = {
    "samr": "市场监督管理局",
    "sector": "政务服务和数据管理局",
    "cnca": "认证认可监督管理中心",
    "ndrc": "发展和改革委员会",
    "court": "高级人民法院",
    "tax": "税务局",
    "hrss": "人力资源和社会保障厅",
    "housing": "住房和城乡建设厅",
    "customs": "海关",
    "land": "自然资源厅",
    "pbc": "动产融资登记中心",
    "ipo": "知识产权局",
    "most": "科学技术厅",
    "environment": "生态环境厅",
    "agriculture": "农业农村厅",
}
UTILITIES = {"water": "水务有限公司", "power": "电力有限公司", "gas": "燃气有限公司"}
_FIRST_SERIAL = 1000  # of the codes; the operator's is below


def departments(
    codes: Iterable[str], catalogue: Catalogue, province: str, division: str, test: Test
) -> list[Applicant]:
    """One head office for each provider code, with all items that the catalogue gives it; registers first."""
    found = []
    for place, code in enumerate(sorted(codes, key=lambda one: ({"samr": 0, "agriculture": 1}.get(one, 2), one))):
        utility = code in UTILITIES
        name = UTILITIES.get(code) or DEPARTMENTS.get(code) or f"{code} 数据提供单位"
        licence = "营业执照" if utility else "统一社会信用代码证书"
        application = {
            "code": make_uscc(*("9", "1") if utility else ("1", "1"), f"{division[:2]}0000", _FIRST_SERIAL + place),
            "name": f"{province}{name}{MARK}",
            "kind": "provider",
            "provider_code": code,
            "licence": {"kind": licence, "number": f"XN{place:06}", "valid_to": None},
            "items": [item.item for item in catalogue.items if item.provider.code == code],
            "regions": [division[:2]],
            "contacts": [{"name": "联系人(虚构)", "duty": "数据科", "phone": "000-00000000"}],
            "note": "演示",
        }
        found.append(Applicant(f"demo.{code}", f"{name[:4]}管理员(演示)", application, "provider-system", test))
    return found


def bank(province: str, division: str, test: Test) -> Applicant:
    """A bank with a system of its own."""
    application = {
        "code": make_uscc("9", "1", f"{division[:2]}0000", _FIRST_SERIAL - 1),
        "name": f"{province}示范银行{MARK}股份有限公司",
        "kind": "bank",
        "licence": {"kind": "金融许可证", "number": "XN0000001", "valid_to": None},
        "regions": [division[:2]],
        "contacts": [{"name": "联系人(虚构)", "duty": "科技部", "phone": "000-00000000"}],
        "note": "演示",
    }
    return Applicant("demo.bank", "银行管理员(演示)", application, "institution-system", test)
