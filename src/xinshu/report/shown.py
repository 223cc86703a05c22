"""Values of facts as people read them: dates, money with its unit, names of codes. Pure, but for the code systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import FieldDef, FieldType
from xinshu.core.divisions import Divisions
from xinshu.core.industries import Industries

UNITS = {
    "piece": "件", "CNY": "元", "CNY_10K": "万元", "USD": "美元", "USD_10K": "万美元", "percent": "%", "day": "天",
    "month": "个月", "year": "年", "person": "人", "point": "分", "mu": "亩", "kWh": "千瓦时", "kVA": "千伏安",
    "m2": "平方米", "m3": "立方米",
}  # fmt: skip


class Shower:
    """Knows the names of codes."""

    def __init__(self, catalogue: Catalogue, divisions: Divisions, industries: Industries) -> None:
        self._catalogue = catalogue
        self._divisions = divisions
        self._industries = industries
        self._providers = {item.provider.code: item.provider.zh for item in catalogue.items}

    def text(self, field: FieldDef, value: Any) -> str:
        """One value; what is masked stays as it was given. Empty where there is none."""
        if value is None:
            return ""
        match field.type:
            case FieldType.BOOLEAN if isinstance(value, bool):
                return "是" if value else "否"
            case FieldType.CODE:
                return self.codes(field).get(str(value), str(value))
            case FieldType.DIVISION:
                name = self._divisions.name_of(str(value))
                return f"{value} {name}" if name else str(value)
            case FieldType.INDUSTRY:
                name = self._industries.name_of(str(value))
                return f"{value} {name}" if name else str(value)
            case FieldType.INTEGER | FieldType.DECIMAL if isinstance(value, int | float):
                return _number(field, value)
        return str(value)

    def codes(self, field: FieldDef) -> Mapping[str, str]:
        """Code → Chinese name."""
        if field.codes is not None:
            return field.codes
        return self._catalogue.code_list(field.code_list).codes if field.code_list is not None else {}

    def provider(self, code: str) -> str:
        """Name of a provider; its code where the catalogue does not know it."""
        return self._providers.get(code, code)

    def division(self, code: str | None) -> str | None:
        """Path of names of a division; None where unknown."""
        return (self._divisions.path_of(code) or None) if code is not None else None

    def industry(self, code: str | None) -> str | None:
        """Name of an industry; None where unknown."""
        return (self._industries.name_of(code) or None) if code is not None else None


def _number(field: FieldDef, value: float) -> str:
    decimals = 0 if field.type is FieldType.INTEGER else field.scale if field.scale is not None else 2
    number = f"{value:,.{decimals}f}"
    if decimals > 2:  # amounts in 10,000 yuan, ratios: no more decimals than they have
        whole, _, part = number.partition(".")
        part = part.rstrip("0")
        number = f"{whole}.{part}" if part else whole
    unit = UNITS.get(field.unit or "", "")
    return f"{number}{unit}" if unit == "%" or not unit else f"{number} {unit}"
