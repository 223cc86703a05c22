"""Inquiries over the whole node: who is given what, by which authorisation, with which evidence; who sees it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from asking_kit import (
    ITEMS,
    OFFICERS,
    OPERATOR,
    SALES,
    SCORE,
    Desk,
    citizen_of,
    codes_of,
)
from collect_kit import code_of, firm

from xinshu.consent.store import CHANNEL
from xinshu.members.model import MemberKind
from xinshu.store import Database

AT_ONCE = 64


@dataclass(frozen=True)
class Case:
    """`given`: terms of authorisations that are signed; `expect`: item → code of the decision, and what is kept back.

    `ask`: the question, about just these items unless it names others. `secrets`: what of the secrets is told.
    """

    expect: dict[str, str]
    given: tuple[dict[str, Any], ...] = ()
    ask: dict[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


ALL = dict.fromkeys(("4", "15", "17", "37"))
PERSONS = dict.fromkeys(("4", "37"))
RECENT = ("2500625.25", "2600326.26")  # within five years, the most that is given before a loan


def partly(code: str, *items: str) -> dict[str, str]:
    """Decisions without an authorisation that serves, `code` saying why."""
    return {
        item: code if item == "17" else f"open_information {code}" if item in ALL else "open_information"
        for item in items or ITEMS
    }


NOTHING = partly("consent_missing")
GIVEN = {"17": "consented"}
CASES = {
    "nothing authorised": Case(NOTHING),
    "everything of the firm": Case(
        NOTHING | GIVEN | {"15": "consented"}, ({"items": ALL},), secrets=(SCORE, *RECENT)
    ),
    "one item": Case(GIVEN | partly("consent_other_item", "15"), ({},), secrets=RECENT),
    "another item": Case(partly("consent_other_item", "17"), ({"items": {"15": None}},)),
    "some fields": Case(GIVEN, ({"items": {"17": ["uscc", "period_to", "tax_type"]}},)),
    "open fields alone": Case(partly("consent_missing", "15"), ({"items": {"15": ["tax_credit_grade"]}},)),
    "the confidential field": Case(
        {"15": "consented"}, ({"items": {"15": ["evaluation_score"]}},), secrets=(SCORE,)
    ),
    "another purpose": Case(partly("consent_other_purpose", "17"), ({},), {"purpose": "post_loan"}),
    "a purpose that is none": Case(partly("consent_other_purpose", "17"), ({},), {"purpose": "curiosity"}),
    "authorised for another purpose": Case(partly("consent_other_purpose", "17"), ({"purpose": "loan_approval"},)),
    "for two purposes": Case(GIVEN, ({"purpose": "loan_approval"}, {}), secrets=RECENT),
    "from tomorrow": Case(
        partly("consent_not_yet_valid", "15", "17"), ({"items": ALL, "valid_from": "2026-06-02"},)
    ),
    "the newest two years": Case(GIVEN, ({"data": {"months": 24}},), secrets=RECENT),
    "the newest three months": Case(GIVEN, ({"data": {"months": 3}},), secrets=RECENT[1:]),
    "since a day": Case(GIVEN, ({"data": {"since": "2026-01-01"}},), secrets=RECENT[1:]),
    "a range that cuts what is confidential": Case(
        {"15": "consented"}, ({"items": {"15": None}, "data": {"months": 1}},)
    ),
    "a day before the range": Case(
        partly("consent_other_period", "17"), ({"data": {"months": 3}},), {"as_of": "2026-01-31"}
    ),
    "this very day": Case(GIVEN, ({},), {"as_of": "2026-06-01"}, secrets=RECENT),
    "persons": Case(
        dict.fromkeys(PERSONS, "consented"), ({"items": PERSONS, "personal": ["4", "37"]},),
        secrets=(OPERATOR, "citizen", OFFICERS["01"]),
    ),
    "persons of one item": Case(
        {"37": "consented"} | partly("consent_missing", "4"), ({"items": PERSONS, "personal": ["37"]},),
        secrets=(OPERATOR, "citizen"),
    ),
    "a person's name alone": Case(
        {"37": "consented"}, ({"items": {"37": ["operator_name"]}, "personal": ["37"]},), secrets=(OPERATOR,)
    ),
    "persons without their own consent": Case(partly("consent_missing", "4", "37"), ({"items": PERSONS},)),
    "the better of two": Case(GIVEN, ({"data": {"months": 3}}, {"data": {"months": 24}}), secrets=RECENT),
    "an item twice": Case(GIVEN, ({},), {"items": ["17", "tax_declaration", "17"]}, secrets=RECENT),
}  # fmt: skip


def secrets_in(content: str, serial: int) -> set[str]:
    """Which of the things that nobody is told without authorisation stand in an answer."""
    found = {secret for secret in (SCORE, OPERATOR, *OFFICERS.values(), *SALES.values()) if secret in content}
    return found | ({"citizen"} if citizen_of(serial) in content else set())


def decisions(told: dict[str, Any]) -> dict[str, str]:
    """Item → code, and the code of what keeps part of it back."""
    return {
        one["item"]: " ".join(filter(None, (one["decision"]["code"], one["decision"]["kept_back"])))
        for one in told["items"]
    }


@pytest.mark.parametrize("name", CASES)
async def test_decisions(desk: Desk, name: str) -> None:
    case, serial = CASES[name], desk.fresh()
    for terms in case.given:
        await desk.authorised(serial, **terms)
    bank = await desk.system()
    answer = await desk.post(bank, serial, **{"items": list(case.expect)} | case.ask)
    told = await desk.proven(answer)
    assert decisions(told) == case.expect
    assert secrets_in(answer.text, serial) == set(case.secrets)
    for one in told["items"]:
        decision = one["decision"]
        assert decision["reason"]
        assert bool(decision["remedy"]) == (not decision["allowed"] or decision["kept_back"] is not None)


# -- states -----------------------------------------------------------------------------------------------------------


async def told_17(desk: Desk, bank: httpx.AsyncClient, serial: int) -> str:
    """The code of the decision on tax declarations."""
    return codes_of(await desk.ask(bank, serial))["17"]


async def test_each_state_of_an_authorisation(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    declined = await desk.requested(serial)
    assert await told_17(desk, bank, serial) == "consent_pending"
    await desk.step(serial, declined, "decline")
    assert await told_17(desk, bank, serial) == "consent_rejected"
    consent = await desk.authorised(serial)
    assert await told_17(desk, bank, serial) == "consented"
    for step, code in (("pause", "consent_paused"), ("resume", "consented"), ("revoke", "consent_revoked")):
        await desk.step(serial, consent, step)
        assert await told_17(desk, bank, serial) == code
    assert await desk.uses(consent) == ("revoked", 2)


async def test_an_authorisation_is_for_one_institution_and_one_firm(desk: Desk) -> None:
    serial, stranger = desk.fresh(), desk.fresh()
    branch = await desk.whole.member("mbranch", MemberKind.BANK, parent=desk.bank.id)
    await desk.authorised(serial, items={"17": None, "15": None})
    for member, firm_asked, code in (
        (desk.bank, serial, "consented"), (desk.other, serial, "consent_missing"), (branch, serial, "consent_missing"),
        (desk.bank, stranger, "consent_missing"),
    ):  # fmt: skip
        answer = await desk.post(await desk.system(member), firm_asked, items=["15", "17"])
        assert codes_of(await desk.proven(answer))["17"] == code
        assert (SCORE in answer.text) == (code == "consented")
    await desk.authorised(serial, by=branch)
    assert await told_17(desk, await desk.system(branch), serial) == "consented"


async def test_what_was_revoked_by_another_process_is_refused_by_the_next_question(desk: Desk) -> None:
    """No process keeps authorisations in memory: nothing has to be told, nobody has to hear it."""
    serial, bank = desk.fresh(), await desk.system()
    consents = [await desk.authorised(serial) for _ in range(4)]
    elsewhere = await Database.open(desk.node.services.settings, migrate=False)
    heard: list[str] = []

    def hear(*told: Any) -> None:
        heard.append(told[-1])

    async with elsewhere.acquire() as conn:
        await conn.add_listener(CHANNEL, hear)
        for consent in consents:
            assert await told_17(desk, bank, serial) == "consented"
            async with elsewhere.transaction() as other:
                await other.execute("update consent set state = 'revoked' where id = $1", consent)
            expected = "consented" if consent != consents[-1] else "consent_revoked"
            assert await told_17(desk, bank, serial) == expected
        await conn.remove_listener(CHANNEL, hear)
    await elsewhere.close()
    assert set(heard) == {code_of(serial)}


async def test_the_day_after_the_last_one(desk: Desk) -> None:
    serial = desk.fresh()
    last = desk.clock.today()
    await desk.authorised(serial, valid_to=last.isoformat())
    assert await told_17(desk, await desk.system(), serial) == "consented"
    desk.clock.advance(timedelta(hours=13, minutes=59, seconds=59))
    bank = await desk.system()
    assert await told_17(desk, bank, serial) == "consented"
    desk.clock.advance(timedelta(seconds=1))
    assert desk.clock.today() == last + timedelta(days=1)
    assert await told_17(desk, bank, serial) == "consent_expired"
    desk.owners.clear()  # their sessions are over


# -- counted ----------------------------------------------------------------------------------------------------------


async def test_of_64_at_once_exactly_as_many_are_given_as_are_left(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, max_calls=7)
    answers = await asyncio.gather(*[desk.post(bank, serial, items=["17", "1"]) for _ in range(AT_ONCE)])
    codes = [codes_of(await desk.proven(answer)) for answer in answers]
    given = [one["17"] for one in codes]
    assert (given.count("consented"), given.count("consent_exhausted")) == (7, AT_ONCE - 7)
    assert [SALES["2026-03-31"] in answer.text for answer in answers] == [one == "consented" for one in given]
    assert {one["1"] for one in codes} == {"open_information"}
    assert await desk.uses(consent) == ("exhausted", 7)
    steps = await desk.node.table("select event from consent_step where consent_id = $1 and event = 'exhaust'", consent)
    assert len(steps) == 1


async def test_so_many_a_day(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, max_calls=9, frequency={"times": 3, "per": "day"})
    answers = await asyncio.gather(*[desk.post(bank, serial) for _ in range(20)])
    codes = [codes_of(await desk.proven(answer))["17"] for answer in answers]
    assert sorted(set(codes)) == ["consent_frequency", "consented"] and codes.count("consented") == 3
    assert await desk.uses(consent) == ("active", 3)
    desk.clock.advance(timedelta(days=1))
    desk.owners.clear()
    bank = await desk.system()
    assert [await told_17(desk, bank, serial) for _ in range(4)] == ["consented"] * 3 + ["consent_frequency"]


async def test_two_counted_authorisations_are_used_up_one_after_the_other(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    both = [await desk.authorised(serial, max_calls=count) for count in (3, 4)]
    answers = await asyncio.gather(*[desk.post(bank, serial) for _ in range(20)])
    codes = [codes_of(await desk.proven(answer))["17"] for answer in answers]
    assert codes.count("consented") == 7
    assert [await desk.uses(one) for one in both] == [("exhausted", 3), ("exhausted", 4)]


async def test_one_question_takes_one_use_however_many_items(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, items=ALL, max_calls=2)
    told = await desk.ask(bank, serial, items=["15", "17", "1"])
    assert codes_of(told) == {"15": "consented", "17": "consented", "1": "open_information"}
    await desk.ask(bank, serial, items=["1", "8"])  # relies on none
    assert await desk.uses(consent) == ("active", 1)


# -- who reads --------------------------------------------------------------------------------------------------------


async def test_the_firm_reads_its_own_and_nobody_elses(desk: Desk) -> None:
    serial, stranger = desk.fresh(), desk.fresh()
    owner = await desk.owner(serial)
    answer = await desk.post(owner, serial, items=list(ITEMS), purpose="own")
    told = await desk.proven(answer)
    assert set(codes_of(told).values()) == {"own_information"}
    assert secrets_in(answer.text, serial) == {SCORE, *SALES.values()}  # what is sealed stays masked, and all with it
    refusal = await desk.post(owner, stranger, purpose="own")
    assert (refusal.status_code, refusal.json()["details"]["reason"]) == (403, "not_own_subject")


async def test_supervisors_operators_and_others(desk: Desk) -> None:
    serial = desk.fresh()
    await desk.authorised(serial, items=ALL)
    supervisor = await desk.whole.member("msupervisor", MemberKind.SUPERVISOR)
    answer = await desk.post(await desk.officer(supervisor, "supervisor"), serial, items=list(ITEMS))
    assert decisions(await desk.proven(answer)) == NOTHING
    assert secrets_in(answer.text, serial) == set()
    operator = await desk.whole.seat("operator-data", member="moperator")
    answer = await desk.post(operator, serial, items=list(ITEMS), purpose="upkeep")
    assert set(codes_of(await desk.proven(answer)).values()) == {"operator_upkeep"}
    assert secrets_in(answer.text, serial) == {SCORE, *SALES.values()}
    refusals = {}
    narrow = await desk.whole.member("mnarrow", MemberKind.BANK, items=["1", "8"])
    answer = await desk.post(await desk.officer(narrow), serial, items=list(ITEMS))
    assert set(codes_of(await desk.proven(answer)).values()) == {"open_information", "not_own_item"}
    assert secrets_in(answer.text, serial) == set()
    for role in ("member-admin", "data-officer"):
        member = desk.bank if role == "member-admin" else await desk.whole.member("mprov", MemberKind.PROVIDER)
        answer = await desk.post(await desk.officer(member, role), serial)
        refusals[role] = (answer.status_code, answer.json()["code"])
    assert set(refusals.values()) == {(403, "forbidden")}
    async with desk.node.http(None) as nobody:
        answer = await desk.post(nobody, serial)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


async def test_by_the_old_number_and_in_small_letters(desk: Desk) -> None:
    serial, bank, number = desk.fresh(), await desk.system(), "320111000012345"
    await desk.node.publish([firm(serial, registration_no=number)], "1")
    await desk.authorised(serial)
    for subject in (code_of(serial), f"  {code_of(serial).lower()} ", number):
        answer = await desk.post(bank, serial, subject=subject, items=["17"])
        told = await desk.proven(answer)
        assert (told["subject"]["code"], codes_of(told)) == (code_of(serial), {"17": "consented"})
    rows = await desk.node.table("select distinct subject_code from inquiry where subject_code = $1", code_of(serial))
    assert len(rows) == 1
    leaves = await desk.node.services.ledger.leaves(kinds=["inquiry"], subject=code_of(serial))
    assert len(leaves) == 3


# -- who sees it ------------------------------------------------------------------------------------------------------


async def listed(who: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    """What somebody sees."""
    found: list[dict[str, Any]] = (await who.get("/v1/inquiries", params=params)).raise_for_status().json()
    return found


async def test_firm_bank_and_supervisor_see_the_same_line_each_within_its_rights(desk: Desk) -> None:
    serial, stranger = desk.fresh(), desk.fresh()
    consent = await desk.authorised(serial)
    bank, other = await desk.system(), await desk.system(desk.other)
    told = await desk.ask(bank, serial, items=["17", "1"], reference="贷款申请 2026-17 号")
    foreign = await desk.ask(other, serial)
    elsewhere = await desk.ask(bank, stranger)
    watching = await desk.whole.member("mwatching", MemberKind.SUPERVISOR)
    people = {
        "firm": await desk.owner(serial), "system": bank, "officer": await desk.officer(),
        "admin": await desk.officer(role="member-admin"), "supervisor": await desk.officer(watching, "supervisor"),
    }  # fmt: skip
    lines = {name: await listed(who, subject=code_of(serial)) for name, who in people.items()}
    (line,) = lines["system"]
    assert {key: line[key] for key in ("leaf", "id", "subject_code", "member_id", "purpose", "consents", "items")} == {
        "leaf": told["leaf"], "id": told["inquiry"], "subject_code": code_of(serial), "member_id": "mbank",
        "purpose": "pre_loan", "consents": [consent], "items": {"17": "consented", "1": "open_information"},
    }  # fmt: skip
    assert (line["reference"], line["member_name"]) == ("贷款申请 2026-17 号", desk.bank.name)
    assert lines["officer"] == lines["admin"] == [line]
    assert lines["firm"] == lines["supervisor"]
    assert [one["leaf"] for one in lines["firm"]] == [foreign["leaf"], told["leaf"]] and lines["firm"][1] == line

    assert [one["leaf"] for one in await listed(people["firm"])] == [foreign["leaf"], told["leaf"]]
    assert await listed(people["firm"], subject=code_of(stranger)) == []
    assert await listed(people["firm"], member="mother") == lines["firm"][:1]
    for name, who in people.items():
        assert await listed(who, consent=consent) == [line], name
    assert await listed(other, consent=consent) == []
    assert await listed(await desk.owner(stranger), consent=consent) == []
    pages = [await listed(people["firm"], page_size=1, before=before) for before in (foreign["leaf"], told["leaf"])]
    assert pages == [[line], []]
    assert elsewhere["leaf"] in [one["leaf"] for one in await listed(bank)]
    read = (await people["firm"].get("/v1/consents/grantees")).raise_for_status().json()
    assert [(one["grantee"], one["in_force"], one["inquiries"]) for one in read] == [("mbank", 1, 1), ("mother", 0, 1)]


async def test_lines_by_purpose_by_day_and_of_others(desk: Desk) -> None:
    serial = desk.fresh()
    bank, firm = await desk.system(), await desk.owner(serial)
    told = await desk.ask(bank, serial, items=["1"], purpose="post_loan")
    pretended = await desk.ask(bank, serial, items=["1"], purpose="own")
    own = (await firm.get(f"/v1/subjects/{code_of(serial)}/information", params={"items": "1"})).json()
    today, leaves = desk.clock.today(), [told["leaf"], pretended["leaf"], own["leaf"]]

    async def seen(**filters: Any) -> list[int]:
        lines = await listed(firm, **filters)
        assert {line["subject_name"] for line in lines} <= {f"示例市第{serial}号机械有限公司"}
        return sorted(line["leaf"] for line in lines)

    assert await seen() == leaves
    assert await seen(others=True) == leaves[:2]  # whatever purpose a reader states
    assert await seen(purpose="post_loan") == leaves[:1]
    assert await seen(since=today.isoformat(), until=today.isoformat()) == leaves
    assert await seen(since=(today + timedelta(days=1)).isoformat()) == []
    assert await seen(until=(today - timedelta(days=1)).isoformat()) == []


async def test_who_may_not_see_it_and_bad_filters(desk: Desk) -> None:
    async with desk.node.http(None) as nobody:
        assert (await nobody.get("/v1/inquiries")).status_code == 401
    provider = await desk.whole.member("mcourt-data", MemberKind.PROVIDER)
    assert (await (await desk.officer(provider, "data-officer")).get("/v1/inquiries")).status_code == 403
    bank = await desk.system()
    for params in (
        {"before": -1}, {"before": "x"}, {"before": 2**63}, {"page_size": 0}, {"page_size": 201},
        {"subject": "9" * 41}, {"member": "m" * 41}, {"consent": "c" * 61}, {"purpose": "p" * 41},
        {"since": "1999-12-31"}, {"until": "2200-01-01"}, {"since": "yesterday"}, {"others": "perhaps"},
    ):  # fmt: skip
        answer = await bank.get("/v1/inquiries", params=params)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid"), params
    for params in ({"consent": "no such"}, {"subject": "' or 1=1 --"}, {"before": 0}):
        assert await listed(bank, **params) == []


async def test_every_answer_has_a_receipt_that_holds(desk: Desk) -> None:
    """Of all answers that the tests above have had; the log as a whole holds too."""
    assert len(desk.leaves) > 100
    assert await desk.receipts(set(sorted(desk.leaves)[::7])) > 20
    assert await desk.audited() == []
    everything = " ".join(row["content"] for row in await desk.node.table("select content from leaf"))
    assert not any(secret in everything for secret in (SCORE, OPERATOR, *OFFICERS.values(), *SALES.values(), "2026-17"))
