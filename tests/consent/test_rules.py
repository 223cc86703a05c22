"""The gate against its table of cases, and what holds for every item."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from xinshu.catalogue import Catalogue
from xinshu.consent.rules import Reader, Request, decide
from xinshu.core.settings import packaged_definitions

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "decide.yml").read_text())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped items."""
    return Catalogue.load(packaged_definitions())


def asked(reader: str, purpose: str = "upkeep") -> Request:
    return Request(actor="operator", reader=Reader(reader), subject_code="91320100748204660Q", purpose=purpose)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(catalogue: Catalogue, case: dict[str, Any]) -> None:
    decision = decide(asked(**case["request"]), None, catalogue.item(case["item"]), NOW)
    assert {"allowed": decision.allowed, "view": decision.view, "code": decision.code} == case["expect"]
    assert decision.reason


def test_a_personal_field_is_never_given_in_full(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        decision = decide(asked("operator"), None, item, NOW)
        personal = [field for field in item.fields if str(field.sensitivity).startswith("personal")]
        assert decision.view == "masked" or len(personal) == 0, item.item


def test_every_refusal_names_the_item(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        decision = decide(asked("anonymous"), None, item, NOW)
        assert not decision.allowed and item.name.zh in decision.reason
