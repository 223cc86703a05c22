"""What may be asked for, and that a firm's narrowing never widens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from consent_kit import FIRM, Office, refusal, request_body
from gate_kit import catalogue
from hypothesis import given, settings
from hypothesis import strategies as st

from xinshu.consent.artefact import Artefact, DataRange, Frequency, Grantee, Grantor
from xinshu.consent.errors import ConsentDefinitionsError, ConsentStateError, ConsentTermsError, ConsentWidenedError
from xinshu.consent.purposes import Purposes
from xinshu.consent.states import EVENT_NAMES, STATE_NAMES, TRANSITIONS, after, effective
from xinshu.consent.terms import UNWRITTEN, Asked, Narrowing, check, months_before, narrow, start_of
from xinshu.consent.view import State
from xinshu.consent.wording import Wording
from xinshu.core.clock import CHINA
from xinshu.core.settings import packaged_definitions
from xinshu.crypto.suites import INTL
from xinshu.members.model import MemberKind

TODAY = date(2026, 6, 1)
PURPOSES = Purposes.load(packaged_definitions(), catalogue())
ASKED = Asked(FIRM, "pre_loan", {"17": None})


def artefact(asked: Asked = ASKED, kind: MemberKind = MemberKind.BANK, permitted: Any = None) -> Artefact:
    """A checked request as an artefact."""
    terms = check(asked, PURPOSES.of(asked.purpose), PURPOSES.personal, catalogue(), kind, permitted, TODAY)
    made = Artefact(
        id="c", revision=1, suite="intl", platform="320000", grantor=Grantor(subject=FIRM, name="公司"), signer=None,
        grantee=Grantee(member="m1", name="银行"), purpose=asked.purpose, purpose_note=asked.purpose_note,
        demand=None, text=UNWRITTEN, **vars(terms),
    )  # fmt: skip
    return Wording(PURPOSES, catalogue(), "平台", INTL).shown(made)


def test_what_is_left_out_is_filled_with_the_purposes_limits() -> None:
    made = artefact()
    assert (made.max_calls, made.retention_days, made.data) == (100, 1095, DataRange(months=60))
    assert made.valid_from == start_of(TODAY) and made.valid_to - made.valid_from == timedelta(days=90)
    assert made.onward == () and made.personal is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"purpose": "nonsense"}, "purpose"),
        ({"purpose": "guarantee_review"}, "member_kind"),
        ({"purpose": "other"}, "purpose_note"),
        ({"purpose": "other", "purpose_note": "  "}, "purpose_note"),
        ({"items": {}}, "items"),
        ({"items": {"8": None}}, "item_open"),
        ({"items": {"17": []}}, "fields"),
        ({"items": {"17": ["nonsense"]}}, "fields"),
        ({"items": {"18": None}, "permitted": ("17",)}, "not_own_item"),
        ({"valid_from": date(2026, 5, 31)}, "valid_from"),
        ({"valid_from": date(2026, 8, 31)}, "valid_from"),
        ({"valid_to": date(2026, 5, 31)}, "valid_to"),
        ({"valid_to": date(2026, 11, 28)}, "valid_to"),
        ({"max_calls": 101}, "max_calls"),
        ({"retention_days": 1096}, "retention_days"),
        ({"data": DataRange(months=61)}, "data"),
        ({"data": DataRange(since=date(2021, 5, 31))}, "data"),
        ({"onward": ("某公司",)}, "onward"),
        ({"personal": ("17",)}, "personal"),
        ({"personal": ("4",)}, "personal"),
        ({"purpose": "joint_modelling", "personal": ("4",), "items": {"4": None}}, "personal"),
    ],
    ids=str,
)
def test_requests_that_ask_too_much(changes: dict[str, Any], reason: str) -> None:
    permitted = changes.pop("permitted", None)
    with pytest.raises(ConsentTermsError) as caught:
        artefact(replace(ASKED, **changes), permitted=permitted)
    assert caught.value.details["reason"] == reason and caught.value.hint


def test_requests_at_the_limits() -> None:
    for changes in (
        {"valid_to": date(2026, 11, 27)},
        {"valid_from": date(2026, 8, 30)},
        {"max_calls": 100, "retention_days": 0, "data": DataRange(since=date(2021, 6, 1))},
        {"items": {"tax_declaration": ("tax_due",), "15": None}},
        {"items": {"37": ("operator_name", "main_product")}, "personal": ("37",)},
    ):
        assert artefact(replace(ASKED, **changes))


def test_texts_say_what_the_artefact_says() -> None:
    made = artefact(
        replace(
            ASKED, items={"17": ("tax_due",), "37": None}, personal=("37",), max_calls=7,
            frequency=Frequency(times=2, per="month"), data=DataRange(since=date(2025, 1, 1)), retention_days=30,
        )
    )  # fmt: skip
    for words in (
        "仅应补(退)税额",
        "最多查询7次,每月不超过2次",
        "2025年1月1日以后",
        "不超过30天",
        "不转给任何第三方",
        "2026年6月1日",
    ):
        assert words in made.text.content, words
    assert made.personal is not None
    assert "证件号码属于敏感个人信息" in made.personal.text.content
    assert made.personal.items["37"].fields == ("citizen_no", "operator_name")
    forwarded = artefact(Asked(FIRM, "guarantee_review", {"17": None}, onward=("示范银行",)), MemberKind.GUARANTOR)
    assert "只可转给示范银行" in forwarded.text.content


def test_names_with_braces_are_only_names() -> None:
    made = artefact().model_copy(update={"grantee": Grantee(member="m1", name="{grantor_code} 银行 {0.__class__}")})
    shown = Wording(PURPOSES, catalogue(), "平台", INTL).shown(made)
    assert "{0.__class__}" in shown.text.content


# -- narrowing ---------------------------------------------------------------------------------------------------------

WIDE = artefact(
    replace(
        ASKED, items={"17": ("period_to", "tax_due", "tax_payable"), "15": None, "4": None}, personal=("4",),
        max_calls=50, frequency=Frequency(times=62, per="month"), data=DataRange(months=24), retention_days=100,
        valid_from=date(2026, 6, 10), valid_to=date(2026, 7, 10),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("by", "part"),
    [
        ({"items": {"18": None}}, "items"),
        ({"items": {"17": None}}, "items"),
        ({"items": {"17": ("sales_revenue",)}}, "items"),
        ({"valid_from": date(2026, 6, 9)}, "period"),
        ({"valid_to": date(2026, 7, 11)}, "period"),
        ({"valid_from": date(2026, 7, 11)}, "period"),
        ({"valid_from": date(2026, 7, 1), "valid_to": date(2026, 6, 20)}, "period"),
        ({"max_calls": 51}, "max_calls"),
        ({"frequency": Frequency(times=63, per="month")}, "frequency"),
        ({"frequency": Frequency(times=3, per="day")}, "frequency"),
        ({"data": DataRange(months=25)}, "data"),
        ({"data": DataRange(since=date(2026, 1, 1))}, "data"),
        ({"retention_days": 101}, "retention_days"),
    ],
    ids=str,
)
def test_widening_is_refused(by: dict[str, Any], part: str) -> None:
    with pytest.raises(ConsentWidenedError) as caught:
        narrow(WIDE, Narrowing(**by), catalogue())
    assert caught.value.details["part"] == part


def test_taking_everything_away_is_declining() -> None:
    with pytest.raises(ConsentTermsError):
        narrow(WIDE, Narrowing(items={}), catalogue())


days = st.dates(date(2026, 5, 25), date(2026, 7, 25))
ranges = st.builds(DataRange, months=st.integers(1, 60)) | st.builds(
    DataRange, since=st.dates(date(2023, 1, 1), date(2026, 6, 1))
)
wanted_fields = st.none() | st.lists(
    st.sampled_from(("period_to", "tax_due", "tax_payable", "sales_revenue")), max_size=3, unique=True
).map(tuple)
narrowings = st.builds(
    Narrowing,
    items=st.none() | st.dictionaries(st.sampled_from(("17", "15", "4", "18")), wanted_fields, max_size=4),
    valid_from=st.none() | days,
    valid_to=st.none() | days,
    max_calls=st.none() | st.integers(1, 80),
    frequency=st.none() | st.builds(Frequency, times=st.integers(1, 80), per=st.sampled_from(("day", "month"))),
    data=st.none() | ranges,
    retention_days=st.none() | st.integers(0, 200),
    personal=st.booleans(),
)
artefacts = st.builds(
    lambda frequency, data: WIDE.model_copy(update={"frequency": frequency, "data": data}),
    st.none() | st.builds(Frequency, times=st.integers(1, 62), per=st.sampled_from(("day", "month"))),
    st.none() | ranges,
)


def _first_day(data: DataRange | None, on: date) -> date:
    if data is None:
        return date.min
    return months_before(on, data.months) if data.months is not None else data.since or date.min


def _calls(frequency: Frequency | None, days_: int) -> float:
    """The most calls that may be made within so many days that fall into one month."""
    if frequency is None:
        return float("inf")
    return frequency.times * (days_ if frequency.per == "day" else 1)


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(artefacts, narrowings)
def test_narrowing_never_widens(before: Artefact, by: Narrowing) -> None:
    """Whatever is asked: refused, or everything is within what it was, on every day."""
    try:
        after_ = narrow(before, by, catalogue())
    except (ConsentWidenedError, ConsentTermsError):
        return
    for item, names in after_.items.items():
        allowed = before.items[item]
        assert allowed is None or (names is not None and set(names) <= set(allowed))
    assert before.valid_from <= after_.valid_from < after_.valid_to <= before.valid_to
    assert (after_.max_calls or 0) <= (before.max_calls or 0) and after_.retention_days <= before.retention_days
    for many in (1, 31):
        assert _calls(after_.frequency, many) <= _calls(before.frequency, many)
    for on in (after_.valid_from, after_.valid_to, after_.valid_to + timedelta(days=400)):
        day = on.astimezone(CHINA).date()
        assert _first_day(after_.data, day) >= _first_day(before.data, day)
    if after_.personal is not None:
        assert by.personal and set(after_.personal.items) <= set(after_.items)
    assert (after_.grantee, after_.purpose, after_.onward) == (before.grantee, before.purpose, before.onward)


async def test_widening_and_asking_too_much_over_http(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    answer = await office.post(bank, "", request_body(max_calls=101))
    assert refusal(answer) == (400, "consent_terms_refused", "max_calls")
    unknown = await office.post(bank, "", request_body(subject="91350100M000100Y43"))
    assert refusal(unknown)[:2] == (404, "subject_unknown")
    assert refusal(await office.post(bank, "", request_body(items={"99": None})))[:2] == (404, "item_not_found")
    assert refusal(await office.post(firm, "", request_body()))[:2] == (403, "forbidden")
    consent = (await office.request(bank))["id"]
    wider = await office.post(firm, f"/{consent}/prepare", {"items": {"18": None}})
    assert (wider.status_code, wider.json()["code"], wider.json()["details"]) == (
        400,
        "consent_widened",
        {"part": "items"},
    )
    assert (await office.get(firm, f"/{consent}")).json()["revision"] == 1


# -- states ------------------------------------------------------------------------------------------------------------

START, END = start_of(TODAY), start_of(TODAY + timedelta(days=30))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", TRANSITIONS)
def test_every_event_in_every_state(state: State, event: str) -> None:
    target = TRANSITIONS[event].get(state)
    if target is None:
        with pytest.raises(ConsentStateError) as caught:
            after(state, event, END, END, START)
        assert caught.value.details == {"state": state.value, "event": event}
    else:
        assert after(state, event, END, END, START) is target
    if effective(state, END, END, END) == "expired":
        with pytest.raises(ConsentStateError):
            after(state, event, END, END, END)


def test_states_and_events_have_names() -> None:
    assert set(TRANSITIONS) | {"request"} == set(EVENT_NAMES)
    assert set(STATE_NAMES) == {*State, "expired"}
    assert {state for state in State if not any(state in moves for moves in TRANSITIONS.values())} == {
        State.REVOKED, State.REJECTED,
    }  # fmt: skip
    assert effective(State.PENDING, END, START, START) == "expired"
    assert effective(State.REVOKED, START, START, END) == "revoked"


# -- definitions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def definitions(tmp_path: Path) -> Iterator[Path]:
    """A copy of the shipped purposes."""
    folder = tmp_path / "consent"
    folder.mkdir()
    for path in (packaged_definitions() / "consent").glob("*.yml"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    yield tmp_path


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("pre_loan", {"more": 1}, "more"),
        ("pre_loan", {"purpose": "other_name"}, "name of its file"),
        ("pre_loan", {"text": "{nonsense}"}, "nonsense"),
        ("pre_loan", {"text": "{grantor.__class__}"}, "grantor.__class__"),
        ("pre_loan", {"text": "{"}, "text"),
        ("pre_loan", {"usual_items": ["99"]}, "99"),
        ("pre_loan", {"personal": ["17"]}, "personal.yml"),
        ("pre_loan", {"members": ["nobody"]}, "members"),
        ("pre_loan", {"signing": []}, "signing"),
        ("pre_loan", {"version": "1"}, "version"),
        ("personal", {"items": {"17": {"fields": ["tax_due"]}}}, "tax_due"),
        ("personal", {"items": {"4": {"fields": ["person_name"], "rows": {"field": "no", "in": ["1"]}}}}, "no"),
        ("personal", {"text": "{items}"}, "items"),
    ],
    ids=str,
)
def test_faults_in_the_definitions_are_named(definitions: Path, name: str, changes: dict[str, Any], words: str) -> None:
    path = definitions / "consent" / f"{name}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConsentDefinitionsError) as caught:
        Purposes.load(definitions, catalogue())
    assert words in caught.value.message


def test_definitions_that_cannot_be_read(definitions: Path) -> None:
    (definitions / "consent" / "other.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConsentDefinitionsError, match=r"other\.yml"):
        Purposes.load(definitions, catalogue())
    (definitions / "consent" / "personal.yml").unlink()
    with pytest.raises(ConsentDefinitionsError, match=r"personal\.yml"):
        Purposes.load(definitions, catalogue())
