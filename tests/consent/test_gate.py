"""Two forms of one rule: every case of the table, and random ones, by `choose()` and by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from gate_kit import CASES, CONSENTS, FIRMS, MEMBERS, NOW, Case, by_sql, catalogue, prepare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinshu.consent.forms import profile
from xinshu.consent.rules import IN_FORCE, REFUSALS, Reader, Request, choose, decide
from xinshu.consent.view import ConsentView, PersonalGrant, State
from xinshu.store import embedded


@pytest.fixture(scope="module")
def link(server: embedded.EmbeddedServer) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database with three members."""
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as admin:
        admin.execute("create database gate template xinshu_template")
        with psycopg.connect(server.dsn_of("gate"), autocommit=True) as connection:
            prepare(connection)
            yield connection
        admin.execute("drop database gate with (force)")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(link: psycopg.Connection, case: Case) -> None:
    views = [CONSENTS[name] for name in case.given]
    decision = choose(case.request, views, catalogue().item(case.item), NOW)
    allowed = case.view is not None
    since = decision.window.since.isoformat() if decision.window is not None else None
    by = CONSENTS[case.by].id if case.by is not None else None
    assert (decision.allowed, decision.code, decision.view) == (allowed, case.then, case.view)
    assert (decision.consent, decision.kept_back, since) == (by, case.kept, case.since)
    assert decision.reason and (decision.allowed or decision.remedy)
    assert by_sql(link, case.request, views, [case.item]) == [
        (case.item, allowed, case.then, by, case.kept, case.since)
    ]


@pytest.mark.parametrize("case", [case for case in CASES if len(case.given) == 1], ids=str)
def test_one_authorisation_may_be_named(case: Case) -> None:
    """`decide` with the one there is says the same, and names what even a list does not look at."""
    view = CONSENTS[case.given[0]]
    decision = decide(case.request, view, catalogue().item(case.item), NOW)
    told = decision.kept_back or decision.code
    expected = case.kept or case.then
    closer = {"draft": "consent_pending", "other-bank": "consent_other_grantee", "branch": "consent_other_grantee",
              "other-firm": "consent_other_subject", "active": "consent_other_grantee"}  # fmt: skip
    assert told == expected or (expected == "consent_missing" and told == closer[case.given[0]])


def test_the_case_table_is_whole() -> None:
    assert len(CASES) >= 150
    assert len({str(case) for case in CASES}) == len(CASES), "a case is there twice"
    assert {name for case in CASES for name in case.given} == set(CONSENTS)
    told = {case.then for case in CASES} | {case.kept for case in CASES if case.kept is not None}
    only_when_named = {"consent_other_subject", "consent_other_grantee", "consent_other_period"}
    assert set(REFUSALS) - only_when_named <= told
    assert {case.reader for case in CASES} == {reader.value for reader in Reader}


def test_a_day_before_the_data_range_is_refused() -> None:
    item = catalogue().item("17")
    request = Request("account:1", Reader.INSTITUTION, FIRMS["own"], "pre_loan", None, "m-own")
    view = CONSENTS["three-months"]
    for day, code in ((date(2026, 3, 1), "consented"), (date(2026, 2, 28), "consent_other_period")):
        assert decide(request._replace(as_of=day), view, item, NOW).code == code


def test_without_consent_nothing_guarded_is_given() -> None:
    """Of every item: no confidential field, no personal one in clear, without an authorisation that says so."""
    for reader in (Reader.INSTITUTION, Reader.AUTHORITY):
        request = Request("account:1", reader, FIRMS["own"], "pre_loan", None, "m-own")
        for item in catalogue().items:
            decision = choose(request, [], item, NOW)
            clear = {item.field(name).sensitivity.value for name in decision.clear}
            assert clear <= {"open"}, item.item
            assert decision.allowed == (item.access != "firm-consent")


numbers = st.sampled_from(("3", "4", "8", "15", "17", "19", "37"))
names = {
    item: [field.name for field in catalogue().item(item).fields] for item in ("3", "4", "8", "15", "17", "19", "37")
}
moments = st.integers(-400, 400).map(lambda days: NOW + timedelta(days=days)) | st.sampled_from(
    (NOW, NOW - timedelta(seconds=1), NOW + timedelta(seconds=1))
)


@st.composite
def views(draw: st.DrawFn) -> ConsentView:
    """Any authorisation."""
    items = draw(st.lists(numbers, unique=True, max_size=5))
    first, last = sorted((draw(moments), draw(moments)))
    times = draw(st.none() | st.integers(1, 3))
    months = draw(st.none() | st.integers(1, 60))
    personal = {
        item: PersonalGrant(draw(st.frozensets(st.sampled_from(sorted(profile(catalogue().item(item)).personal)))))
        for item in items
        if profile(catalogue().item(item)).personal and draw(st.booleans())
    }
    return ConsentView(
        id=str(draw(st.uuids(version=4))),
        subject=draw(st.sampled_from(sorted(FIRMS.values()))),
        grantee=draw(st.sampled_from(MEMBERS)),
        purpose=draw(st.sampled_from(("pre_loan", "post_loan"))),
        state=draw(st.sampled_from(State)),
        valid_from=first,
        valid_to=last if last > first else first + timedelta(seconds=1),
        items={item: draw(st.none() | st.frozensets(st.sampled_from(names[item]), max_size=4)) for item in items},
        personal=personal,
        months_back=months,
        since=draw(st.none() | st.dates(date(2020, 1, 1), date(2027, 1, 1))) if months is None else None,
        max_calls=draw(st.none() | st.integers(1, 3)),
        used=draw(st.integers(0, 3)),
        times=times,
        per=draw(st.sampled_from(("day", "month"))) if times is not None else None,
        period=draw(st.none() | st.sampled_from(("2026-06-01", "2026-06", "2026-05-31", "2026-05"))),
        period_used=draw(st.integers(0, 3)),
        answer_by=draw(moments),
    )


requests = st.builds(
    Request,
    actor=st.just("account:1"),
    reader=st.sampled_from((Reader.INSTITUTION,) * 5 + tuple(Reader)),
    subject_code=st.sampled_from(sorted(FIRMS.values())),
    purpose=st.sampled_from(("pre_loan", "post_loan")),
    items=st.none() | st.lists(numbers, max_size=4).map(tuple),
    member=st.sampled_from((None, *MEMBERS)),
    as_of=st.none(),  # lists, for which the SQL form is, are of now
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(requests, st.lists(views(), max_size=6, unique_by=lambda view: view.id))
def test_both_forms_agree_on_random_authorisations(
    link: psycopg.Connection, request_: Request, given_views: list[ConsentView]
) -> None:
    found = by_sql(link, request_, given_views, sorted(names))
    for item, allowed, code, consent, kept, since in found:
        decision = choose(request_, given_views, catalogue().item(item), NOW)
        window = decision.window.since.isoformat() if decision.window is not None else None
        mine: tuple[Any, ...] = (decision.allowed, decision.code, decision.consent, decision.kept_back, window)
        assert mine == (allowed, code, consent, kept, since), item
    assert len(found) == len(names)


def test_the_codes_are_known_to_both() -> None:
    assert IN_FORCE not in REFUSALS and all(words and remedy for words, remedy in REFUSALS.values())
