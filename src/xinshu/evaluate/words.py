"""Values of indicators as people read them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from xinshu.evaluate.model import Indicator, Value

UNITS = {
    "piece": "件", "CNY": "元", "CNY_10K": "万元", "percent": "%", "day": "天", "month": "个月", "year": "年",
    "person": "人", "point": "分", "mu": "亩", "kWh": "千瓦时", "m2": "平方米", "m3": "立方米", "USD_10K": "万美元",
}  # fmt: skip


def shown(indicator: Indicator, value: Value, codes: Mapping[str, str] | None = None) -> str:
    """A value with its unit; `codes`: names of codes."""
    if value is None:
        return "无数据"
    if isinstance(value, str):
        return (codes or {}).get(value, value)
    if indicator.unit == "flag":
        return "是" if value else "否"
    if indicator.unit == "ratio" and indicator.id.endswith(("_per_employee", "_per_mu", "_turnover")):
        return f"{value:.4g}"
    if indicator.unit == "ratio":
        return f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"
    number = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return f"{number}{UNITS.get(indicator.unit, '')}"
