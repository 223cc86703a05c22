"""The preview says what the inquiry then says, and leaves no trace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asking_kit import ITEMS, Desk, codes_of
from collect_kit import code_of


async def look(desk: Desk, serial: int, **body: Any) -> dict[str, Any]:
    """The preview of a question by an officer of the bank."""
    asked = {"subject": code_of(serial), "purpose": "pre_loan", "items": list(ITEMS)} | body
    answer = await (await desk.officer()).post("/v1/inquiries/preview", json=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


GIVEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing authorised": ({}, {}),
    "one item": ({"items": {"17": None}}, {}),
    "two items, of one some fields": ({"items": {"15": ["tax_credit_grade", "evaluation_score"], "17": None}}, {}),
    "persons": ({"items": {"4": None, "37": None}, "personal": ["4", "37"]}, {}),
    "another purpose": ({"items": {"17": None}, "purpose": "loan_approval"}, {}),
    "from tomorrow": ({"items": {"17": None}, "valid_from": "tomorrow"}, {}),
    "a day before the range": ({"items": {"17": None}, "data": {"months": 3}}, {"as_of": "2026-01-31"}),
    "a purpose that is none": ({"items": {"17": None}}, {"purpose": "curiosity"}),
}


@pytest.mark.parametrize("case", GIVEN)
async def test_the_preview_says_what_the_inquiry_says(desk: Desk, case: str) -> None:
    terms, ask = GIVEN[case]
    if terms.get("valid_from") == "tomorrow":  # of the clock of all tests at this desk, which goes on
        terms = terms | {"valid_from": (desk.clock.today() + timedelta(days=1)).isoformat()}
    serial = desk.fresh()
    consent = await desk.authorised(serial, **terms) if terms else None
    told = await look(desk, serial, **ask)
    leaves = await desk.count()
    asked = await desk.ask(await desk.officer(), serial, items=list(ITEMS), **ask)
    assert await desk.count() == leaves + 1
    decided = {one["item"]: one["decision"] for one in asked["items"]}
    assert {one["item"]: one["code"] for one in told["items"]} == codes_of(asked)
    for one in told["items"]:
        answered = decided[one["item"]]
        for part in ("allowed", "view", "reason", "remedy", "kept_back", "consent"):
            assert one[part] == answered[part], (one["item"], part)
        for part in ("masked", "withheld"):
            assert [field["name"] for field in one[part]] == sorted(
                answered[part], key=[field["name"] for field in one[part]].index
            )
    relied = {one["consent"] for one in told["items"]} - {None}
    assert {one["id"] for one in told["consents"]} == relied
    assert relied <= {consent}


async def test_no_use_is_taken_and_nothing_known_is_told(desk: Desk) -> None:
    serial = desk.fresh()
    consent = await desk.authorised(serial, max_calls=2)
    before = await desk.count()
    for _ in range(3):
        told = await look(desk, serial, items=["17"])
        assert told["consents"] == [{"id": consent, "valid_to": told["consents"][0]["valid_to"], "left": 2}]
    assert await desk.uses(consent) == ("active", 0)
    assert await desk.count() == before
    assert "records" not in told["items"][0] and "rows" not in told["items"][0]
    await desk.ask(await desk.officer(), serial)
    assert (await look(desk, serial, items=["17"]))["consents"][0]["left"] == 1


async def test_fields_have_names_and_all_items_are_told_of(desk: Desk) -> None:
    serial = desk.fresh()
    told = await look(desk, serial, items=["15"])
    (one,) = told["items"]
    assert (one["allowed"], one["kept_back"], one["needs_consent"]) == (True, "consent_missing", False)
    assert {"name": "evaluation_score", "zh": "评价得分", "en": "Score"}.keys() == one["withheld"][0].keys()
    assert told["subject"]["code"] == code_of(serial)
    body = {"subject": code_of(serial), "purpose": "pre_loan"}
    whole = (await (await desk.officer()).post("/v1/inquiries/preview", json=body)).json()
    assert len(whole["items"]) == 37
    assert len({one["item"] for one in whole["items"]}) == 37


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"subject": "91320100MA1XXXXX0X"}, 404, "subject_unknown"),
        ({"items": ["99"]}, 404, "item_not_found"),
        ({"as_of": "2999-01-01"}, 400, "as_of_in_future"),
        ({"purpose": ""}, 422, "request_invalid"),
        ({"items": []}, 422, "request_invalid"),
        ({"purpose": "pre\x00loan"}, 422, "request_invalid"),
        ({"key": "x"}, 422, "request_invalid"),
    ],
)
async def test_bad_questions(desk: Desk, body: dict[str, Any], status: int, code: str) -> None:
    asked = {"subject": code_of(1), "purpose": "pre_loan"} | body
    answer = await (await desk.officer()).post("/v1/inquiries/preview", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"]


async def test_whoever_may_not_read_may_not_look(desk: Desk) -> None:
    serial = desk.fresh()
    body = {"subject": code_of(serial), "purpose": "own"}
    assert (await desk.whole.browser().post("/v1/inquiries/preview", json=body)).status_code == 401
    admin = await desk.officer(role="member-admin")
    assert (await admin.post("/v1/inquiries/preview", json=body)).status_code == 403
    owner = await desk.owner(serial)
    told = await owner.post("/v1/inquiries/preview", json=body)
    assert {one["code"] for one in told.json()["items"]} == {"own_information"}
    other = await owner.post("/v1/inquiries/preview", json=body | {"subject": code_of(serial + 1)})
    assert other.status_code == 403
