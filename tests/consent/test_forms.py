"""In which form items are given: documents cut to it, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from consent_kit import FIRM
from gate_kit import CONSENTS, NOW, catalogue, consent

from xinshu.consent.forms import FormsDisagreeError, profile
from xinshu.consent.rules import Decision, Reader, Request, choose, cut, months_before
from xinshu.consent.view import ConsentView

ASKED = Request("account:1", Reader.INSTITUTION, FIRM, "pre_loan", None, "m-own")


def row(
    data: dict[str, Any], valid_from: str | None = None, valid_to: str | None = None, seen: str = "2026-05-30"
) -> Any:
    """One row as `xinshu_document_row` writes it."""
    origin = {"provider": "tax", "platform": "320000", "batch": 7, "first_seen": f"{seen}T00:00:00Z"}
    return {"data": data, "origin": origin, "valid_from": valid_from, "valid_to": valid_to, "state": "current"}


def given(item: str, view: ConsentView | None, rows: list[Any], masked: list[Any] | None = None, **unseal: Any) -> Any:
    """What is given of a document."""
    decision = decided(item, view)
    assert decision.view == "cut"
    return orjson.loads(
        cut(orjson.dumps(rows), orjson.dumps(masked) if masked is not None else None, decision, **unseal)
    )


def decided(item: str, view: ConsentView | None) -> Decision:
    return choose(ASKED, [view] if view is not None else [], catalogue().item(item), NOW)


def test_what_an_open_item_keeps_confidential_is_left_out() -> None:
    rows = [row({"uscc": FIRM, "tax_credit_grade": "A", "evaluation_score": "95.5"}, "2026-03-01")]
    (told,) = given("15", None, rows)
    assert told["data"] == {"uscc": FIRM, "tax_credit_grade": "A"}
    assert told["origin"] == rows[0]["origin"]
    assert decided("15", None).withheld == ("evaluation_score",)


def test_fields_that_were_not_authorised_are_left_out() -> None:
    rows = [row({"uscc": FIRM, "period_to": "2026-03-31", "sales_revenue": "5", "tax_due": "1"})]
    (told,) = given("17", CONSENTS["some-fields"], rows)
    assert told["data"] == {"period_to": "2026-03-31", "sales_revenue": "5"}
    assert "uscc" in decided("17", CONSENTS["some-fields"]).withheld
    (nothing,) = given("17", CONSENTS["no-fields"], rows)
    assert nothing["data"] == {}


def test_personal_fields_stay_masked_among_authorised_ones() -> None:
    view = CONSENTS["some-fields"]  # of item 3: revenue and contact_phone
    (told,) = given("3", view, [row({"revenue": "9", "contact_phone": "13800005678", "net_profit": "1"})],
                    [row({"revenue": "0–10元", "contact_phone": "138****5678", "net_profit": "0–10元"})])  # fmt: skip
    assert told["data"] == {"revenue": "9", "contact_phone": "138****5678"}


def test_what_has_no_masked_copy_is_left_out() -> None:
    """Collected before a province asked for the mask."""
    (told,) = given("3", CONSENTS["some-fields"], [row({"revenue": "9", "contact_phone": "13800005678"})])
    assert told["data"] == {"revenue": "9"}


def test_a_persons_consent_opens_the_rows_about_that_person_only() -> None:
    rows = [
        row({"role": role, "person_name": name, "citizen_no": "sealed"})
        for role, name in (("01", "周明远"), ("22", "吴桐"))
    ]
    masked = [
        row({"role": role, "person_name": name, "citizen_no": "3201**********1234"})
        for role, name in (("01", "周**"), ("22", "吴**"))
    ]
    told = given("4", CONSENTS["personal-4"], rows, masked)
    assert [one["data"]["person_name"] for one in told] == ["周明远", "吴**"]
    assert {one["data"]["citizen_no"] for one in told} == {"3201**********1234"}


def test_sealed_fields_are_opened_by_whoever_has_the_key() -> None:
    rows = [
        row({"operator_name": "周农", "citizen_no": "sealed:1"}),
        row({"operator_name": "李农", "citizen_no": None}),
    ]
    masked = [
        row({"operator_name": "周*", "citizen_no": "3201**********1234"}),
        row({"operator_name": "李*", "citizen_no": None}),
    ]
    view = CONSENTS["personal-37-number"]
    assert decided("37", view).form is not None and decided("37", view).form.opened == ("citizen_no",)  # type: ignore[union-attr]
    without = given("37", view, rows, masked)
    assert [one["data"] for one in without] == [
        {"operator_name": "周农", "citizen_no": "3201**********1234"}, {"operator_name": "李农", "citizen_no": None},
    ]  # fmt: skip
    opened = given("37", view, rows, masked, unseal=lambda field, sealed: f"{field} of {sealed}")
    assert opened[0]["data"]["citizen_no"] == "citizen_no of sealed:1"
    name_only = given("37", CONSENTS["personal-37"], rows, masked, unseal=lambda *_: "never")
    assert name_only[0]["data"] == {"operator_name": "周农", "citizen_no": "3201**********1234"}


def test_the_data_range_keeps_what_is_inside() -> None:
    days = ["2024-05-31", "2024-06-01", "2026-05-31"]
    rows = [row({"period_to": day, "tax_due": "1"}) for day in days]
    told = given("17", CONSENTS["two-years"], rows)
    assert [one["data"]["period_to"] for one in told] == days[1:]
    months = [row({"stat_month": month}) for month in ("2024-05", "2024-06", "2026-05")]
    view = consent("electricity", {"items": {"25": None}, "months_back": 24})
    assert [one["data"]["stat_month"] for one in given("25", view, months, months)] == ["2024-06", "2026-05"]


def test_of_an_open_item_earlier_rows_are_given_as_without_authorisation() -> None:
    rows = [row({"evaluated_date": day, "evaluation_score": "90"}, day) for day in ("2023-04-01", "2025-04-01")]
    told = given("15", CONSENTS["two-years"], rows)
    assert [one["data"].get("evaluation_score") for one in told] == [None, "90"]


def test_what_still_held_is_inside_the_data_range() -> None:
    """A mortgage registered ten years ago and not released is today's fact, a released one is not."""
    rows = [
        row({"document_no": "未解除", "registered_date": "2016-01-01"}, "2016-01-01"),
        row({"document_no": "上月解除", "registered_date": "2016-01-01"}, "2016-01-01", "2026-05-02"),
        row({"document_no": "早已解除", "registered_date": "2016-01-01"}, "2016-01-01", "2020-01-01"),
    ]
    view = consent("mortgages", {"items": {"28": None}, "months_back": 24})
    assert [one["data"]["document_no"] for one in given("28", view, rows)] == ["未解除", "上月解除"]


def test_rows_without_a_date_count_from_when_they_were_seen() -> None:
    rows = [row({"tax_due": "1"}, seen="2020-01-01"), row({"tax_due": "2"}, seen="2026-01-01")]
    assert [one["data"] for one in given("17", CONSENTS["two-years"], rows)] == [{"tax_due": "2"}]


def test_documents_that_do_not_fit_together_are_not_given() -> None:
    with pytest.raises(FormsDisagreeError):
        given("4", CONSENTS["personal-4"], [row({"role": "01"})] * 2, [row({"role": "01"})])


def test_views_of_every_item_say_what_they_do() -> None:
    """`full` only where nothing is kept back, `masked` only where the masked copy is just right."""
    for item in catalogue().items:
        about = profile(item)
        masks = {field.name for field in item.masked_fields}
        for form in (about.as_masked, about.open, about.own, about.whole):
            parts = [set(form.withheld), set(form.masked), set(form.clear)]
            assert set.union(*parts) == {field.name for field in item.fields}
            assert sum(map(len, parts)) == len(item.fields)
            if form.view == "full":
                assert not form.withheld and not form.masked
            if form.view == "masked":
                assert set(form.masked) == masks and not form.withheld
        assert not set(about.whole.clear) & about.personal


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"), ("2024-03-31", 1, "2024-02-29"), ("2026-01-15", 1, "2025-12-15"),
        ("2026-06-01", 24, "2024-06-01"),
    ],
)  # fmt: skip
def test_months_back(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months).isoformat() == before
