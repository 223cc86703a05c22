"""What a masked copy shows; that the vectorised masks agree is tested with the checks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from xinshu.catalogue.masks import mask_value
from xinshu.catalogue.model import Mask


@pytest.mark.parametrize(
    ("kind", "value", "unit", "shown"),
    [
        (Mask.NAME, "张小明", None, "张**"),
        (Mask.NAME, "李", None, "李**"),
        (Mask.NAME, "𠮷野", None, "𠮷**"),
        (Mask.CITIZEN_NO, "320102199001011234", None, "3201**********1234"),
        (Mask.CITIZEN_NO, "1234567", None, "***"),
        (Mask.PHONE, "13812345678", None, "138****5678"),
        (Mask.PHONE, "83456789", None, "****89"),
        (Mask.ACCOUNT, "6222021234567890", None, "****7890"),
        (Mask.ACCOUNT, "1234", None, "****"),
        (Mask.ADDRESS, "江苏省南京市浦口区示例路88号", None, "江苏省南京市****"),
        (Mask.HIDE, "任何内容", None, "***"),
        (Mask.BAND, Decimal("1530000.50"), "CNY", "100万–200万元"),
        (Mask.BAND, Decimal("2000000"), "CNY", "200万–300万元"),
        (Mask.BAND, Decimal("1999999.99"), "CNY", "100万–200万元"),
        (Mask.BAND, Decimal("950"), "CNY", "900–1000元"),
        (Mask.BAND, Decimal("9800"), "CNY", "9000–1万元"),
        (Mask.BAND, Decimal("-53000"), "CNY", "-5万–-6万元"),
        (Mask.BAND, Decimal("0.004"), "CNY", "0–1元"),
        (Mask.BAND, Decimal("0"), "CNY", "0元"),
        (Mask.BAND, Decimal("153.5"), "CNY_10K", "100万–200万元"),
        (Mask.BAND, Decimal("0.5"), "CNY_10K", "0–1万元"),
        (Mask.BAND, Decimal("25000"), "USD_10K", "2亿–3亿美元"),
        (Mask.BAND, Decimal("33.3"), "percent", "30–40%"),
        (Mask.BAND, 87, None, "80–90"),
        (Mask.NAME, None, None, None),
        (Mask.BAND, None, "CNY", None),
    ],
)
def test_mask(kind: Mask, value: object, unit: str | None, shown: str | None) -> None:
    assert mask_value(kind, value, unit) == shown
