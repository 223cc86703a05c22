"""One key is one inquiry; nothing is answered without its evidence; what was altered beside the log is named."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from asking_kit import SALES, Desk, audited, codes_of, raw_items
from collect_kit import Node, code_of, firms, penalty

from xinshu.core.errors import XinshuError
from xinshu.inquiry.model import Question
from xinshu.ledger import Entry, LedgerUnavailableError, with_change
from xinshu.members.events import record
from xinshu.members.model import local_operator

AT_ONCE = 32


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    body = answer.json()
    assert body["message"] and body["hint"], body
    return answer.status_code, body["code"]


def same(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers are one inquiry, byte for byte in what was given."""
    first, second = one.json(), other.json()
    keys = ("inquiry", "leaf", "answered_at", "subject", "purpose")
    return raw_items(one.content) == raw_items(other.content) and all(first[key] == second[key] for key in keys)


# -- one key, one inquiry ---------------------------------------------------------------------------------------------


async def test_the_same_key_again_is_the_same_inquiry(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, max_calls=2)
    before = await desk.count()
    first = await desk.post(bank, serial, "loan-17", reference="17", items=["17", "1"])
    again = [await desk.post(bank, serial, "loan-17", reference="17", items=["17", "1"]) for _ in range(3)]
    assert first.json()["repeated"] is False and {one.json()["repeated"] for one in again} == {True}
    for one in (first, *again):
        await desk.proven(one)
        assert same(first, one)
    assert await desk.count() == before + 1
    assert await desk.uses(consent) == ("active", 1)
    another = await desk.post(await desk.system(), serial, "loan-17", reference="17", items=["17", "1"])
    assert same(first, another)  # another system of the same member


async def test_the_last_use_is_given_again(desk: Desk) -> None:
    """Whoever did not hear the answer that used the authorisation up asks again and hears it."""
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, max_calls=1)
    first = await desk.post(bank, serial, "only-one")
    assert await desk.uses(consent) == ("exhausted", 1)
    again = await desk.post(bank, serial, "only-one")
    assert same(first, again) and codes_of(await desk.proven(again)) == {"17": "consented"}
    assert codes_of(await desk.ask(bank, serial, "another-key")) == {"17": "consent_exhausted"}
    assert await desk.uses(consent) == ("exhausted", 1)


async def test_the_last_use_of_the_day_is_given_again(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    await desk.authorised(serial, frequency={"times": 1, "per": "day"})
    await desk.authorised(serial, max_calls=1)  # is used up in the second question
    firsts = [await desk.post(bank, serial, f"day-{number}") for number in range(3)]
    codes = [codes_of(await desk.proven(one))["17"] for one in firsts]
    assert codes[:2] == ["consented"] * 2 and codes[2] in ("consent_frequency", "consent_exhausted")
    agains = [await desk.post(bank, serial, f"day-{number}") for number in range(3)]
    assert all(same(first, again) for first, again in zip(firsts, agains, strict=True))


async def test_the_same_key_with_another_body(desk: Desk) -> None:
    serial, stranger, bank = desk.fresh(), desk.fresh(), await desk.system()
    await desk.ask(bank, serial, "reused")
    before = await desk.count()
    for change in (
        {"purpose": "post_loan"}, {"items": ["17", "1"]}, {"items": None}, {"as_of": "2026-05-01"}, {"reference": "x"},
        {"subject": code_of(stranger)},
    ):  # fmt: skip
        assert refusal(await desk.post(bank, serial, "reused", **change)) == (409, "idempotency_key_reused"), change
    assert await desk.count() == before


async def test_what_has_changed_since_is_not_read_under_the_old_key(desk: Desk) -> None:
    """Else one key would read what is new for ever, without evidence and without being counted."""
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, max_calls=5)
    await desk.ask(bank, serial, "before", items=["8", "17"])
    before = await desk.count()
    await desk.node.publish([penalty("示市监处罚〔2026〕新1号", serial)], "8")
    answer = await desk.post(bank, serial, "before", items=["8", "17"])
    assert refusal(answer) == (409, "idempotency_answer_changed")
    assert "新1号" not in answer.text and SALES["2026-03-31"] not in answer.text
    told = answer.json()["details"]
    (row,) = await desk.node.table("select id, leaf from inquiry where idempotency_key = 'before'")
    assert (told["inquiry"], told["leaf"]) == (str(row["id"]), row["leaf"])
    assert (await desk.count(), await desk.uses(consent)) == (before, ("active", 1))
    fresh = await desk.post(bank, serial, "after", items=["8", "17"])
    assert "新1号" in fresh.text and codes_of(await desk.proven(fresh))["17"] == "consented"

    await desk.step(serial, consent, "revoke")
    for key in ("after", "before"):
        answer = await desk.post(bank, serial, key, items=["8", "17"])
        assert refusal(answer) == (409, "idempotency_answer_changed")
        assert SALES["2026-03-31"] not in answer.text
    assert codes_of(await desk.ask(bank, serial, "revoked"))["17"] == "consent_revoked"


async def test_32_at_once_with_one_key_are_one_inquiry(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, max_calls=3)
    before = await desk.count()
    answers = await asyncio.gather(*[desk.post(bank, serial, "at-once") for _ in range(AT_ONCE)])
    assert all(same(answers[0], one) for one in answers)
    assert sorted(one.json()["repeated"] for one in answers) == [False] + [True] * (AT_ONCE - 1)
    assert await desk.count() == before + 1
    assert await desk.uses(consent) == ("active", 1)
    await desk.proven(answers[0])


async def test_the_key_of_another_member_is_another_inquiry(desk: Desk) -> None:
    serial = desk.fresh()
    told = [await desk.ask(await desk.system(member), serial, "shared") for member in (desk.bank, desk.other)]
    owner = await desk.owner(serial)
    told.append(await desk.ask(owner, serial, "shared"))
    assert len({one["inquiry"] for one in told}) == len({one["leaf"] for one in told}) == 3
    assert not any(one["repeated"] for one in told)


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "a b", "a\tb", "a\x01b", "a\x7fb", "键"])
async def test_keys_that_are_none(desk: Desk, key: str) -> None:
    bank = await desk.system()
    before = await desk.count()
    answer = await bank.post(
        "/v1/inquiries", json={"subject": code_of(1), "purpose": "own"}, headers=[(b"Idempotency-Key", key.encode())]
    )
    assert refusal(answer) == (422, "request_invalid")
    assert "idempotency-key" in answer.text and await desk.count() == before


async def test_keys_at_the_edge(desk: Desk) -> None:
    serial, bank = desk.fresh(), await desk.system()
    for key in ("!", "~" * 100, "'or''='", "../..;--"):
        assert (await desk.ask(bank, serial, key))["repeated"] is False
        assert (await desk.ask(bank, serial, key))["repeated"] is True


# -- no answer without evidence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["leaf", "inquiry", "log_head"])
async def test_where_evidence_cannot_be_written_nothing_is_given(desk: Desk, table: str) -> None:
    serial, bank = desk.fresh(), await desk.system()
    consent = await desk.authorised(serial, items={"15": None, "17": None}, max_calls=1)
    await desk.ask(bank, serial, items=["8"])
    await desk.node.table(f"alter table {table} rename to gone")
    try:
        key = None if table == "inquiry" else f"without-{table}"
        answers = await asyncio.gather(*[desk.post(bank, serial, key) for _ in range(3)])
    finally:
        await desk.node.table(f"alter table gone rename to {table}")
    for answer in answers:
        assert refusal(answer)[0] == 503
        assert not any(secret in answer.text for secret in SALES.values())
    assert {refusal(answer)[1] for answer in answers} == {"ledger_unavailable"}
    if table != "inquiry":  # whether it was recorded cannot be told while the records are away: the use stays taken
        assert await desk.uses(consent) == ("active", 0)
        assert codes_of(await desk.ask(bank, serial, key)) == {"17": "consented"}
    assert await desk.audited() == []


async def test_a_log_that_stands_still(desk: Desk) -> None:
    serial, bank, log = desk.fresh(), await desk.system(), desk.node.services.ledger.log
    consent = await desk.authorised(serial, max_calls=1)
    await log.stop()
    answer = await desk.post(bank, serial, "k")
    log.start()
    assert refusal(answer) == (503, "ledger_unavailable")
    assert await desk.uses(consent) == ("active", 0)
    assert codes_of(await desk.ask(bank, serial, "k")) == {"17": "consented"}


async def test_a_use_is_kept_when_the_inquiry_was_recorded_and_nobody_told(desk: Desk, monkeypatch: Any) -> None:
    """The connection is lost after the commit: the leaf is there, the caller hears 503, the key tells the answer."""
    serial, bank, ledger = desk.fresh(), await desk.system(), desk.node.services.ledger
    consent = await desk.authorised(serial, max_calls=1)
    append = ledger.append

    async def lost(*about: Any) -> int:
        await append(*about)
        raise LedgerUnavailableError("连接中断", hint="稍后重试")

    monkeypatch.setattr(ledger, "append", lost)
    assert refusal(await desk.post(bank, serial, "lost")) == (503, "ledger_unavailable")
    monkeypatch.undo()
    assert await desk.uses(consent) == ("exhausted", 1)
    told = await desk.ask(bank, serial, "lost")
    assert (told["repeated"], codes_of(told)) == (True, {"17": "consented"})
    assert codes_of(await desk.ask(bank, serial, "new")) == {"17": "consent_exhausted"}


# -- the detail beside the log ----------------------------------------------------------------------------------------

ROW = "where subject_code = (select max(subject_code) from inquiry) and idempotency_key = 'k-1'"
EVENT = "where code = 'opened' and target = 'account:2'"
# how somebody with the database at hand might change what is told beside the log → code and what the fault names
TAMPERING = {
    "another subject": (f"update inquiry set subject_code = 'other' {ROW}", "detail_altered", "subject"),
    "another reader": (f"update inquiry set principal = 'account:9' {ROW}", "detail_altered", "principal"),
    "another member": (f"update inquiry set member_id = 'm-other' {ROW}", "detail_altered", "member"),
    "another purpose": (f"update inquiry set purpose = 'post_loan' {ROW}", "detail_altered", "purpose"),
    "another reference": (f"update inquiry set reference = 'nothing' {ROW}", "detail_altered", "asked"),
    "no reference": (f"update inquiry set reference = null {ROW}", "detail_altered", "asked"),
    "another key": (f"update inquiry set idempotency_key = 'k-9' {ROW}", "detail_altered", "asked"),
    "another request": (f"update inquiry set request = sha256('x') {ROW}", "detail_altered", "asked"),
    "an authorisation": (f"update inquiry set consents = array['c-1'] {ROW}", "detail_altered", "consents"),
    "another decision": (
        f"""update inquiry set items = jsonb_set(items, '{{8}}', '"consented"') {ROW}""", "detail_altered", "items",
    ),
    "an item less": (f"update inquiry set items = items - '8' {ROW}", "detail_altered", "items"),
    "another result": (f"update inquiry set result = sha256('x') {ROW}", "detail_altered", "result"),
    "another time": (f"update inquiry set at = at - interval '1 day' {ROW}", "detail_altered", "at"),
    "another leaf": (f"update inquiry set leaf = 100 {ROW}", "detail_altered", "index"),
    "another id": (f"update inquiry set id = gen_random_uuid() {ROW}", "detail_missing", "inquiry"),
    "an inquiry deleted": (f"delete from inquiry {ROW}", "detail_missing", "inquiry"),
    "all inquiries deleted": ("delete from inquiry", "detail_missing", "inquiry"),
    "two inquiries exchanged": (
        "update inquiry i set subject_code = o.subject_code from inquiry o where i.leaf <> o.leaf "
        "and i.idempotency_key in ('k-0', 'k-1') and o.idempotency_key in ('k-0', 'k-1')", "detail_altered", "subject",
    ),
    "an inquiry invented": (
        "insert into inquiry select 100, gen_random_uuid(), at, principal, member_id, subject_code, purpose, null, "
        f"consents, items, result, null, null from inquiry {ROW}", "detail_surplus", "inquiry",
    ),
    "an event of another kind": (f"update access_event set kind = 'rights' {EVENT}", "detail_altered", "kind"),
    "another outcome": (f"update access_event set code = 'closed' {EVENT}", "detail_altered", "code"),
    "somebody else": (f"update access_event set principal = 'account:9' {EVENT}", "detail_altered", "principal"),
    "for another member": (f"update access_event set member_id = 'm-9' {EVENT}", "detail_altered", "member"),
    "on another thing": (f"update access_event set target = 'account:9' {EVENT}", "detail_altered", "digest"),
    "from elsewhere": (f"update access_event set address = '192.0.2.9' {EVENT}", "detail_altered", "digest"),
    "with other details": (
        f"update access_event set details = details || '{{\"roles\": []}}' {EVENT}", "detail_altered", "digest",
    ),
    "at another time": (f"update access_event set at = at + interval '1 hour' {EVENT}", "detail_altered", "at"),
    "an event deleted": (f"delete from access_event {EVENT}", "detail_missing", "access_event"),
    "an event that is called a refusal": (
        f"update access_event set kind = 'refused' {EVENT}", "detail_altered", "kind",
    ),
    "an event invented": (
        "insert into access_event (at, kind, code) values (now(), 'rights', 'granted')", "detail_surplus",
        "access_event",
    ),
    "an event deleted before its leaf was written": (
        "delete from access_event where code = 'waiting'", "detail_missing", "waiting",
    ),
}  # fmt: skip


async def told_and_recorded(node: Node) -> None:
    """Three inquiries and three events, one of which waits for its leaf; a refusal, which has none."""
    await node.publish(firms(2))
    await node.start()
    who = local_operator("tester")
    for number, serial in ((0, 1), (1, 2), (2, 2)):
        question = Question(code_of(serial), "upkeep", ("1", "8"), None, f"业务{number}", f"k-{number}")
        await node.services.inquiry.ask(question, who)
    details = {"roles": ["b", "a"], "longest key": 1.5, "k": None, "名称": "值", "count": 10**15}
    for number in (1, 2):
        async with node.db.transaction() as conn:
            await record(
                conn, node.clock.now(), "sign_in", "opened", principal="account:1", member_id="m-1",
                target=f"account:{number}", address="192.0.2.1", **details,
            )  # fmt: skip
    async with node.db.transaction() as conn:
        await record(conn, node.clock.now(), "refused", "forbidden", principal="account:1")
        await with_change(conn, "consent", node.clock.now(), subject="x", consent="1")  # has no detail that is compared
    await node.services.ledger.log.stop()
    await node.services.ledger.log.drain()
    async with node.db.transaction() as conn:
        await record(conn, node.clock.now(), "rights", "waiting", principal="account:1")


async def test_altered_details_are_found_and_named(node: Node) -> None:
    await told_and_recorded(node)
    assert await audited(node) == []
    for how, (sql, code, named) in TAMPERING.items():
        await node.table("create table kept_inquiry as select * from inquiry")
        await node.table("create table kept_event as select * from access_event")
        await node.table(sql)
        faults = await audited(node)
        assert {fault.code for fault in faults} >= {code}, how
        assert any(named in fault.place + fault.words for fault in faults if fault.code == code), (how, faults)
        assert {fault.code for fault in faults} <= {code, "detail_surplus"}, (how, faults)
        await node.table("delete from inquiry")
        await node.table("insert into inquiry select * from kept_inquiry")
        await node.table("delete from access_event")
        await node.table("insert into access_event overriding system value select * from kept_event")
        await node.table("drop table kept_inquiry, kept_event")
    assert await audited(node) == []


async def test_leaves_that_point_nowhere(node: Node) -> None:
    """A leaf of a kind that has details, whose content names none, is a leaf without its detail."""
    await node.start()
    await node.services.ledger.append(Entry("inquiry", node.clock.now(), "client:c-1", "m", "x", {"number": 1}))
    await node.services.ledger.append(Entry("access.rights", node.clock.now(), "client:c-1", "m", "x", {"event": 77}))
    assert [(fault.code, fault.place) for fault in await audited(node)] == [
        ("detail_missing", "inquiry of leaf 0"), ("detail_missing", "access_event of leaf 1"),
    ]  # fmt: skip


async def test_evidence_holds_no_content(node: Node) -> None:
    await told_and_recorded(node)
    contents = [row["content"] for row in await node.table("select content from leaf order by index")]
    (one,) = [orjson.loads(content) for content in contents[1:2]]
    assert set(one["about"]) == {"inquiry", "purpose", "consents", "items", "as_of", "asked", "result"}
    assert UUID(one["about"]["inquiry"]) and len(one["about"]["asked"]) == len(one["about"]["result"]) == 64
    assert not any(text in " ".join(contents) for text in ("业务1", "k-1", "示例", "192.0.2.1"))
    with pytest.raises(XinshuError):
        await node.services.ledger.receipt(99)
