"""The path of an authorisation over HTTP: asked for, narrowed, signed with a passkey, paused, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import orjson
from consent_kit import FIRM, OTHER_FIRM, Office, account_of, open_office, parsed, refusal, request_body
from gate_kit import catalogue

from xinshu.consent.grantees import Read
from xinshu.consent.rules import Reader, Request, choose
from xinshu.consent.service import close_all_of_member
from xinshu.consent.signing import TrustAnchors
from xinshu.consent.store import in_force
from xinshu.core.clock import CHINA, FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto.suites import INTL
from xinshu.store import Database


async def test_from_request_to_withdrawal(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    made = await office.request(bank, items={"17": None, "15": None, "19": ["period", "paid_amount"]}, max_calls=20)
    assert (made["state"], made["state_name"], made["purpose_name"]) == ("pending", "待签署", "贷前调查")
    inbox = (await office.get(firm, "?state=pending")).json()
    assert [one["id"] for one in inbox["consents"]] == [made["id"]]
    shown = (await office.get(firm, f"/{made['id']}")).json()
    words = " ".join(line["heading"] + line["words"] for line in shown["summary"])
    assert "成员1" in words and "贷前调查" in words and "2026年8月29日" in words and "最多查询20次" in words
    assert "申报与缴纳" in shown["text"] and "撤回" in shown["text"] and "91320100748204660Q" in shown["text"]

    async def decision(item: str, purpose: str = "pre_loan") -> str:
        async with office.db.acquire() as conn:
            views = await in_force(conn, FIRM, bank.member_id or "")
        asked = Request(bank.id, Reader.INSTITUTION, FIRM, purpose, None, bank.member_id)
        return choose(asked, views, catalogue().item(item), office.clock.now()).code

    assert await decision("17") == "consent_pending"
    prepared = await office.prepared(
        firm, made["id"], items={"17": ["period_to", "tax_payable"], "15": None}, max_calls=5, valid_to="2026-06-30"
    )
    artefact = parsed(prepared)
    assert artefact.items == {"15": None, "17": ("period_to", "tax_payable")}
    assert (artefact.max_calls, artefact.revision) == (5, 2)
    assert artefact.valid_to.astimezone(CHINA).date().isoformat() == "2026-07-01"
    assert artefact.signer is not None
    assert (artefact.signer.account, artefact.signer.capacity) == (firm.id, "legal-representative")
    assert prepared["digest"] == INTL.digest(prepared["content"].encode()).hex()
    assert "2026年6月30日" in prepared["text"] and "19" not in artefact.items
    assert INTL.digest(artefact.text.content.encode()).hex() == artefact.text.digest

    signed = await office.post(firm, f"/{made['id']}/sign", office.assertion(firm, prepared))
    assert (signed.status_code, signed.json()["state"], signed.json()["method"]) == (200, "active", "passkey")
    assert [await decision(item) for item in ("17", "15", "19", "18")] == [
        "consented", "consented", "consent_other_item", "consent_other_item",
    ]  # fmt: skip
    assert await decision("17", "post_loan") == "consent_other_purpose"
    steps = (
        ("pause", "paused", "consent_paused"),
        ("resume", "active", "consented"),
        ("revoke", "revoked", "consent_revoked"),
    )
    for step, state, code in steps:
        answer = await office.post(firm, f"/{made['id']}/{step}")
        assert (answer.status_code, answer.json()["state"], await decision("17")) == (200, state, code)
    again = await office.post(firm, f"/{made['id']}/resume")
    assert refusal(again)[:2] == (409, "consent_state")

    life = (await office.get(bank, f"/{made['id']}")).json()
    assert [step["event"] for step in life["steps"]] == ["request", "prepare", "sign", "pause", "resume", "revoke"]
    assert {step["actor_name"] for step in life["steps"] if step["event"] != "request"} == {None}
    assert [(one["part"], one["method"], one["revision"]) for one in life["signatures"]] == [("signer", "passkey", 2)]
    evidence = [one for one in await office.evidence() if one["kind"] == "consent"]
    assert [one["about"]["event"] for one in evidence] == [step["event"] for step in life["steps"]]
    assert {(one["subject"], one["member_id"]) for one in evidence} == {(FIRM, bank.member_id)}
    assert "周明远" not in str(evidence) and "晨曦" not in str(evidence)


async def test_the_same_artefact_is_given_byte_for_byte(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm)
    (row,) = await office.house.sql(
        "select content, digest from consent_artefact where consent_id = $1 and revision = 2", consent
    )
    answer = await office.get(bank, f"/{consent}/artefact")
    assert answer.content == row["content"].encode() and INTL.digest(answer.content) == row["digest"]
    assert orjson.loads(answer.content)["signer"]["account"] == firm.id


async def test_preparing_twice_without_a_change_makes_no_new_artefact(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    made = await office.request(bank)
    first, second = await office.prepared(firm, made["id"]), await office.prepared(firm, made["id"])
    assert first["digest"] == second["digest"] and parsed(second).revision == 2


async def test_a_firm_may_think_again_before_it_signs(office: Office) -> None:
    """What is taken away counts from what was asked for; without a body, what was prepared last stays."""
    bank, firm = await office.bank(), await office.representative()
    made = await office.request(bank)
    asked = (await office.get(firm, f"/{made['id']}")).json()["requested"]
    (kept, *_) = asked["items"]
    less = parsed(await office.prepared(firm, made["id"], items={kept: None}, max_calls=2))
    assert (list(less.items), less.max_calls) == ([kept], 2)
    same = parsed(await office.prepared(firm, made["id"]))
    assert same == less
    other = parsed(await office.prepared(firm, made["id"], max_calls=3))
    assert (other.as_json()["items"], other.max_calls, other.revision) == (asked["items"], 3, 3)
    seen = (await office.get(firm, f"/{made['id']}")).json()
    assert seen["requested"] == asked and seen["artefact"]["max_calls"] == 3
    more = {"max_calls": asked["max_calls"] + 1}
    assert refusal(await office.post(firm, f"/{made['id']}/prepare", more))[:2] == (400, "consent_widened")


async def test_several_states_at_once_and_what_ends_first(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    late = await office.active(bank, firm, valid_to="2026-06-30")
    soon = await office.active(bank, firm, valid_to="2026-06-20")
    newest = await office.active(bank, firm, valid_to="2026-06-25")
    waiting = (await office.request(bank))["id"]
    await office.post(firm, f"/{soon}/pause")

    async def ids(query: str) -> list[str]:
        return [one["id"] for one in (await office.get(firm, query)).json()["consents"]]

    assert await ids("?state=active,paused&sort=ending") == [soon, newest, late]
    assert set(await ids("?state=active,pending")) == {late, newest, waiting}
    assert await ids("?state=paused") == [soon]
    for wrong in ("?state=signed", "?state=active,", "?state=", "?sort=oldest"):
        assert (await office.get(firm, wrong)).status_code == 422


async def test_a_draft_is_seen_by_its_writer_only(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    made = await office.request(bank, draft=True)
    assert made["state"] == "draft"
    assert (await office.get(firm)).json()["total"] == 0
    assert refusal(await office.get(firm, f"/{made['id']}"))[:2] == (404, "consent_not_found")
    assert (await office.get(bank, "?state=draft")).json()["total"] == 1
    assert (await office.post(bank, f"/{made['id']}/send")).json()["state"] == "pending"
    assert (await office.get(firm)).json()["total"] == 1
    assert (await office.post(bank, f"/{made['id']}/cancel")).json()["state"] == "rejected"
    assert refusal(await office.post(firm, f"/{made['id']}/prepare"))[:2] == (409, "consent_state")


async def test_what_is_not_ones_own_is_not_there(office: Office) -> None:
    bank, other = await office.bank(), await office.bank(2)
    firm, stranger = await office.representative(), await office.representative(OTHER_FIRM)
    consent = await office.active(bank, firm)
    for who, paths in (
        (other, ("", "/artefact", "/signature")),
        (stranger, ("", "/artefact", "/signature")),
    ):
        for path in paths:
            assert refusal(await office.get(who, f"/{consent}{path}"))[:2] == (404, "consent_not_found")
        assert (await office.get(who)).json()["total"] == 0
    for step in ("prepare", "decline", "pause", "resume", "revoke"):
        assert refusal(await office.post(stranger, f"/{consent}/{step}"))[:2] == (404, "consent_not_found")
    assert refusal(await office.post(other, f"/{consent}/cancel"))[:2] == (404, "consent_not_found")
    assert refusal(await office.get(firm, f"/{uuid4()}"))[:2] == (404, "consent_not_found")
    assert refusal(await office.post(bank, f"/{consent}/revoke"))[:2] == (403, "forbidden")


async def test_withdrawing_all_of_one_or_all(office: Office) -> None:
    banks = [await office.bank(number) for number in (1, 2, 3)]
    firm = await office.representative()
    held = {bank.id: [await office.active(bank, firm) for _ in range(2)] for bank in banks}
    waiting = (await office.request(banks[0]))["id"]
    await office.post(firm, f"/{held[banks[0].id][0]}/pause")
    done = (await office.post(firm, "/revocations", {"grantee": banks[0].member_id})).json()
    assert set(done["revoked"]) == set(held[banks[0].id])
    assert (await office.post(firm, "/revocations", {})).json()["revoked"].__len__() == 4
    assert (await office.post(firm, "/revocations", {})).json() == {"revoked": []}
    states = {one["id"]: one["state"] for one in (await office.get(firm)).json()["consents"]}
    assert states.pop(waiting) == "pending" and set(states.values()) == {"revoked"}


async def test_expiry_is_told_by_the_clock_and_noticed_before(office: Office) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, valid_to="2026-06-10")
    waiting = (await office.request(bank))["id"]
    assert (await office.get(firm, "?ending_within_days=9")).json()["total"] == 0
    assert (await office.get(firm, "?ending_within_days=10")).json()["consents"][0]["id"] == consent
    office.clock.advance(timedelta(days=9, hours=13, minutes=59, seconds=59))
    assert (await office.get(firm, f"/{consent}")).json()["state"] == "active"
    office.clock.advance(timedelta(seconds=1))
    assert (await office.get(firm, f"/{consent}")).json()["state"] == "expired"
    assert [one["id"] for one in (await office.get(bank, "?state=expired")).json()["consents"]] == [consent]
    assert (await office.get(firm, "?ending_within_days=10")).json()["total"] == 0
    assert refusal(await office.post(firm, f"/{consent}/pause"))[:2] == (409, "consent_state")
    office.clock.advance(timedelta(days=6))
    assert (await office.get(firm, f"/{waiting}")).json()["state"] == "expired"
    assert refusal(await office.post(firm, f"/{waiting}/prepare"))[:2] == (409, "consent_state")


async def test_a_member_that_leaves_holds_nothing(office: Office) -> None:
    bank, other, firm = await office.bank(), await office.bank(2), await office.representative()
    held = [await office.active(bank, firm) for _ in range(2)]
    await office.request(bank)
    kept = await office.active(other, firm)
    async with office.db.transaction() as conn:
        ended = await close_all_of_member(conn, bank.member_id or "", "account:operator", office.clock.now())
    assert ended == {"consents": 2, "consent_requests": 1}
    states = {one["id"]: one["state"] for one in (await office.get(firm)).json()["consents"]}
    assert states[kept] == "active" and [states[one] for one in held] == ["revoked", "revoked"]
    assert {one["about"].get("reason") for one in await office.evidence()} == {None, "member_left"}


async def test_the_firm_sees_who_holds_what(office: Office) -> None:
    bank, other, firm = await office.bank(), await office.bank(2), await office.representative()
    await office.active(bank, firm)
    await office.request(other)
    found = (await office.get(firm, "/grantees")).json()
    assert [(one["grantee_name"], one["in_force"], one["pending"], one["inquiries"]) for one in found] == [
        ("成员1", 1, 0, None), ("成员2", 0, 1, None),
    ]  # fmt: skip
    assert refusal(await office.get(bank, "/grantees"))[:2] == (400, "consent_terms_refused")


async def test_the_firm_sees_how_often_it_was_read(settings: Settings, db: Database, clock: FixedClock) -> None:
    """What has been read is told by the room of inquiries, through a hook."""
    asked: list[str] = []

    async def reads(subject: str) -> dict[str, Read]:
        asked.append(subject)
        return {reader: Read(name, 3, clock.now()) for reader, name in readers.items()}

    async with open_office(settings, db, clock, TrustAnchors([]), reads=reads) as office:
        bank, other, firm = await office.bank(), await office.bank(2), await office.representative()
        readers = {bank.member_id or "": "成员1", "m-court": "第三法院"}
        await office.active(bank, firm)
        await office.request(other)
        found = (await office.get(firm, "/grantees")).json()
    told = [(one["grantee_name"], one["in_force"] + one["pending"], one["inquiries"]) for one in found]
    assert told == [("成员1", 1, 3), ("成员2", 1, 0), ("第三法院", 0, 3)]  # read without an authorisation: told too
    assert [one["last_read_at"] for one in found] == ["2026-06-01T02:00:00Z", None, "2026-06-01T02:00:00Z"]
    assert asked == [FIRM]


async def test_purposes_are_listed_with_their_texts(office: Office) -> None:
    bank = await office.bank()
    told = (await office.get(bank, "/templates")).json()
    assert [one["name"] for one in told["purposes"]] == [
        "客户筛选", "担保审查", "联合建模", "贷中审批", "贷后管理", "贷前调查", "其他",
    ]  # fmt: skip
    assert "单独同意" in told["personal_text"]
    assert request_body()["purpose"] in {one["purpose"] for one in told["purposes"]}
    assert account_of(bank)
