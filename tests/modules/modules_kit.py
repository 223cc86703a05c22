"""Firms with business scopes, modules over a node, definitions that a test may spoil."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

from collect_kit import Node, code_of, firm
from evaluate_kit import book as indicators
from evaluate_kit import catalogue

from xinshu.core.settings import packaged_definitions
from xinshu.modules.loader import BookOfModules
from xinshu.modules.service import Modules

MAKER, TRADER, COOPERATIVE, MILL, YARD = 1, 2, 3, 4, 5  # serial numbers of the firms below


@cache
def book() -> BookOfModules:
    """The shipped modules."""
    return BookOfModules.load(packaged_definitions(), catalogue(), indicators())


def modules_over(node: Node, modules: BookOfModules | None = None) -> Modules:
    """The modules of a node."""
    return Modules(node.db, modules or book(), indicators(), node.clock, node.services.ledger)


def some_firms() -> list[dict[str, Any]]:
    """A maker of photovoltaics, a trader in them, a farm, a mill that recycles, a shipyard, and one of nothing."""
    told = {
        MAKER: ("示例市晨曦光伏科技有限公司", "C3825", "光伏组件、太阳能电池制造;光伏发电;货物进出口。"),
        TRADER: ("示例市晨光商贸有限公司", "F5137", "光伏设备及元器件销售;太阳能热水器、日用百货销售。"),
        COOPERATIVE: ("示例县青禾种植有限公司", "A0111", "水稻、小麦种植、销售;农业技术咨询。"),
        MILL: ("示例市循环再生资源有限公司", "C4220", "废旧塑料再生加工(不含危险废物)。"),
        YARD: ("示例市扬帆造船有限公司", "C3731", "钢质船舶建造;船用配件销售。"),
        6: ("示例市安心家政服务有限公司", "O8010", "家政服务;保洁服务。"),
    }
    return [
        firm(serial, subject_name=name, industry=industry, business_scope=scope, registered_capital="",
             capital_currency="", enterprise_type="", register_kind="main")
        for serial, (name, industry, scope) in told.items()
    ]  # fmt: skip


def recognition(serial: int, kind: str = "05", **values: Any) -> dict[str, Any]:
    """A row of item 33 about a firm."""
    row = {
        "uscc": code_of(serial), "subject_name": some_firms()[serial - 1]["subject_name"], "recognition_type": kind,
        "recognition_level": "1", "recognition_year": "2025", "certificate_no": f"ZX{serial:06}",
        "recognition_date": "2025-07-01", "publication_date": "2025-07-10", "valid_from": "2025-07-01",
        "valid_to": "2028-06-30", "certificate_status": "1", "authority": "示例省工业和信息化厅", "division": "320111",
        "tech_field": "新能源", "list_name": "示例省2025年第一批",
    }  # fmt: skip
    return row | values


def shareholding(serial: int, holder: int, **values: Any) -> dict[str, Any]:
    """A row of item 2: a firm of which another one holds shares."""
    row = {
        "uscc": code_of(serial), "subject_name": some_firms()[serial - 1]["subject_name"],
        "shareholder_name": some_firms()[holder - 1]["subject_name"], "shareholder_kind": "2",
        "shareholder_uscc": code_of(holder), "subscribed_amount": "100", "capital_currency": "CNY",
        "share_ratio": "20", "subscribed_date": "2030-12-31", "paid_in_amount": "100",
    }  # fmt: skip
    return row | values


def copied(folder: Path) -> Path:
    """The shipped definitions, to be changed."""
    target = folder / "definitions"
    shutil.copytree(packaged_definitions(), target)
    return target


def changed(path: Path, old: str, new: str) -> None:
    """One change of a definition."""
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
