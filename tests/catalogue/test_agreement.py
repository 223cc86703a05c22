"""The vectorised and the single-row path give the same values, reasons, warnings and masks."""

from __future__ import annotations

from typing import Any

import pytest
from catalogue_kit import REFERENCES, TODAY, Duck
from catalogue_texts import any_text, random_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinshu.catalogue import Catalogue
from xinshu.catalogue.masks import mask_value
from xinshu.catalogue.messages import REASONS
from xinshu.catalogue.model import Item
from xinshu.catalogue.single import check_row, warn_row

NATIONAL = [str(number) for number in range(1, 38)]
QUICK = {"1", "8", "29", "37"}  # a cross-section; the others take their turn in full
ALL = [n if n in QUICK else pytest.param(n, marks=pytest.mark.full) for n in NATIONAL]


def single(item: Item, row: dict[str, str]) -> dict[str, Any]:
    """What the single-row path says, in the shape of the vectorised one."""
    typed, reasons = check_row(item, row, TODAY, REFERENCES)
    masks = {f"m_{f.name}": mask_value(f.mask, typed[f.name], f.unit) for f in item.masked_fields if f.mask}
    return {**typed, "reasons": reasons, "warnings": warn_row(item, row), **masks}


def compare(duck: Duck, item: Item, several: list[dict[str, str]]) -> set[str]:
    """Hold the two paths against each other; the reasons and warnings met."""
    found = duck.evaluate(item, several)
    met: set[str] = set()
    for row, vectorised in zip(several, found, strict=True):
        vectorised.pop("n")
        assert vectorised == single(item, row), row
        met.update(vectorised["reasons"], vectorised["warnings"])
    return met


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(several=st.lists(any_text(), min_size=1, max_size=120))
def test_any_text_in_any_type_agrees(duck: Duck, every_type: Item, several: list[str]) -> None:
    compare(duck, every_type, [{field.name: text for field in every_type.fields} for text in several])


def test_every_kind_of_check_agrees(duck: Duck, every_type: Item) -> None:
    several = random_rows(every_type.fields, 3000, seed=1)
    found = compare(duck, every_type, several)
    assert {reason.rpartition("|")[2] for reason in found} == set(REASONS)
    assert {c.id for c in every_type.checks} <= {reason.partition("|")[0] for reason in found}


@pytest.mark.parametrize("number", ALL)
def test_shipped_items_agree(duck: Duck, shipped: Catalogue, number: str) -> None:
    item = shipped.item(number)
    assert len(compare(duck, item, random_rows(item.fields, 300, seed=int(number)))) > 10


@pytest.mark.parametrize("number", NATIONAL)
def test_examples_are_accepted(shipped: Catalogue, number: str) -> None:
    """A row of the examples may break checks between fields, but no field of its own."""
    item = shipped.item(number)
    row = {field.name: field.example for field in item.fields}
    _, reasons = check_row(item, row, TODAY, REFERENCES)
    wrong = [r for r in reasons if r.rpartition("|")[2] not in ("CHECK", "DIVISION_UNKNOWN", "INDUSTRY_UNKNOWN")]
    assert wrong == []
