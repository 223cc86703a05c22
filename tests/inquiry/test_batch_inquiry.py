"""Batches of inquiries: each subject with its own evidence, a result that loses nothing, and everything that may go
wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from collect_kit import Node, code_of, firms, penalties
from members_kit import RoomApp, guards, person
from push_kit import Banks, lines_of, open_banks

from xinshu.inquiry.batches.model import PART, BatchState, Order, part_name
from xinshu.inquiry.batches.routes import router
from xinshu.inquiry.batches.tasks import TASK, enqueue_batch
from xinshu.inquiry.model import KeyReusedError
from xinshu.inquiry.push.closing import close_all_of_member
from xinshu.jobs import JobNotNowError
from xinshu.ledger import LedgerUnavailableError
from xinshu.ledger.audit import audit
from xinshu.members.model import ANONYMOUS, Principal

FIRMS = 40


@pytest.fixture
async def banks(node: Node) -> Banks:
    """Two banks, and firms to be asked about."""
    await node.publish(firms(FIRMS))
    await node.publish(penalties(2), "8")
    return await open_banks(node)


@pytest.fixture
async def room(banks: Banks) -> AsyncIterator[tuple[RoomApp, httpx.AsyncClient]]:
    """The routes, called by an officer of the bank."""

    async def enqueue(batch_id: Any) -> None:
        await enqueue_batch(banks.node.db, batch_id)

    app = RoomApp(router(banks.batches, guards(), enqueue), await banks.person())
    async with app.client() as client:
        yield app, client


def order(codes: list[str], **about: Any) -> dict[str, Any]:
    """A request's body."""
    return {"subjects": codes, "purpose": "post_loan", "items": ["1", "8", "17"]} | about


async def submit(client: httpx.AsyncClient, body: dict[str, Any], key: str = "k-1") -> httpx.Response:
    return await client.post("/v1/inquiries/batch", json=body, headers={"Idempotency-Key": key})


async def inquiries(node: Node) -> list[dict[str, Any]]:
    """All recorded, by leaf."""
    return await node.table("select * from inquiry order by leaf")


async def test_three_bad_codes_give_three_error_lines_and_the_others_answers(
    banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]
) -> None:
    _, client = room
    await banks.consent(3, ["17"])
    codes = [code_of(serial) for serial in range(1, FIRMS + 1)]
    codes[4:4] = ["91320111MADE0000XX"]
    codes[11:11] = ["not a code", code_of(3).lower()]  # unknown, and a firm that comes twice
    taken = await submit(client, order(codes, reference="贷后 2026-06"))
    assert taken.status_code == 202
    batch = taken.json()
    assert (batch["state"], batch["total"], batch["done"]) == ("waiting", FIRMS + 3, 0)
    early = await client.get(f"/v1/inquiries/batch/{batch['id']}/result")
    assert (early.status_code, early.json()["code"]) == (409, "inquiry_batch_not_finished")
    assert await banks.node.table("select entrypoint from pgqueuer") == [{"entrypoint": TASK}]

    (unfinished,) = await banks.batches.unfinished()
    await banks.work.process(unfinished)
    await banks.work.process(unfinished)  # a job that is run again finds nothing to do
    shown = (await client.get(f"/v1/inquiries/batch/{batch['id']}")).json()
    assert [shown[name] for name in ("state", "total", "done", "answered", "failed")] == [
        "finished", FIRMS + 3, FIRMS + 3, FIRMS, 3,
    ]  # fmt: skip
    answer = await client.get(f"/v1/inquiries/batch/{batch['id']}/result")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = lines_of(answer.content)
    assert [line["position"] for line in lines] == list(range(1, FIRMS + 4))
    assert [line["subject"] for line in lines] == [code.upper() for code in codes]
    errors = {line["position"]: line["error"]["code"] for line in lines if "error" in line}
    assert errors == {5: "subject_unknown", 12: "subject_unknown", 13: "duplicate_subject"}
    assert lines[12]["error"]["details"] == {"first": 3}

    rows = await inquiries(banks.node)
    assert len(rows) == FIRMS
    assert {row["reference"] for row in rows} == {"贷后 2026-06"}
    by_id = {str(row["id"]): row for row in rows}
    for line in lines:
        if "answer" in line:
            row = by_id.pop(line["answer"]["inquiry"])
            assert (row["leaf"], row["subject_code"]) == (line["answer"]["leaf"], line["subject"])
    assert by_id == {}
    consented = lines[2]["answer"]["items"]
    assert [item["decision"]["allowed"] for item in consented] == [True, True, True]
    assert [item["decision"]["code"] for item in lines[0]["answer"]["items"]][2] == "consent_missing"
    exports = await banks.node.services.ledger.leaves(kinds=["export"])
    assert [leaf.member_id for leaf in exports] == ["m-own"]


async def test_what_is_kept_of_a_result_is_encrypted(banks: Banks) -> None:
    who = await banks.person()
    batch, _ = await banks.batches.submit(Order((code_of(1),), "post_loan", ("8",)), "k", who)
    await banks.work.process(batch.id)
    kept = Path(banks.node.services.settings.lake) / part_name(batch.id, 0)
    assert b"\xe7\xa4\xba" not in kept.read_bytes()
    assert code_of(1).encode() not in kept.read_bytes()
    assert list((banks.node.services.settings.home / "work").glob("inquiries-*")) == []


async def test_the_same_key_is_the_same_batch(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    app, client = room
    first = await submit(client, order([code_of(1), code_of(2)]))
    again = await submit(client, order([code_of(1), code_of(2)]))
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = await submit(client, order([code_of(1)]))
    assert (other.status_code, other.json()["code"]) == (409, KeyReusedError.code)
    app.principal = await banks.person(member="m-other", number=2)
    assert (await submit(client, order([code_of(1)]))).status_code == 202  # another member's keys are its own


async def test_what_is_not_an_order_is_refused(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    bad: list[dict[str, Any]] = [
        order([]),
        order([code_of(1)] * 1001),
        order([""]),
        order(["x" * 41]),
        order([code_of(1)], items=[]),
        order([code_of(1)], purpose=""),
        order([code_of(1)], surprise=1),
        {"subjects": [code_of(1)]},
        order([code_of(1)], subjects="91320111MADE0000XX"),
        order([code_of(1)], reference="x" * 101),
    ]
    for body in bad:
        assert (await submit(client, body)).status_code == 422, body
    assert (await client.post("/v1/inquiries/batch", json=order([code_of(1)]))).status_code == 422  # no key
    for key in ("", "with space", "x" * 101):
        assert (await submit(client, order([code_of(1)]), key)).status_code == 422
    unknown = await submit(client, order([code_of(1)], items=["no-such-item"]))
    assert unknown.status_code == 404
    assert await inquiries(banks.node) == []
    assert await banks.node.table("select from inquiry_batch") == []


async def test_only_whose_it_is_sees_and_fetches_it(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    app, client = room
    batch = (await submit(client, order([code_of(1)]))).json()["id"]
    (open_one,) = await banks.batches.unfinished()
    await banks.work.process(open_one)
    path = f"/v1/inquiries/batch/{batch}"
    own = app.principal
    app.principal = await banks.person(member="m-other", number=2)
    for method, url in (("GET", path), ("GET", f"{path}/result"), ("POST", f"{path}/cancel")):
        refused = await client.request(method, url)
        assert (refused.status_code, refused.json()["details"]["reason"]) == (403, "not_own_member"), url
    assert (await client.get("/v1/inquiries/batch")).json() == []
    app.principal = await banks.person("member-admin", number=3)
    assert (await client.get(path)).status_code == 200
    assert (await client.get(f"{path}/result")).json()["details"]["reason"] == "role_lacks_right"
    # the head office sees its branch's batches; what was answered is the branch's alone
    head = await banks.person(member="m-other", number=4)
    app.principal = type(head)(**{**head.__dict__, "members": ("m-other", "m-own")})
    assert len((await client.get("/v1/inquiries/batch")).json()) == 1
    refused = await client.get(f"{path}/result")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_the_submitter")
    app.principal = ANONYMOUS
    for method, url in (
        ("GET", path), ("GET", f"{path}/result"), ("POST", f"{path}/cancel"), ("GET", "/v1/inquiries/batch"),
        ("POST", "/v1/inquiries/batch"),
    ):  # fmt: skip
        assert (await client.request(method, url)).status_code in (401, 422), url
    app.principal = person("data-officer", member=own.member)
    assert (await submit(client, order([code_of(1)]), "k-2")).status_code == 403
    app.principal = own
    assert (await client.get(f"{path}/result")).status_code == 200
    gone = await client.get("/v1/inquiries/batch/00000000-0000-4000-8000-000000000000")
    assert (gone.status_code, gone.json()["code"]) == (404, "inquiry_batch_unknown")
    assert (await client.get("/v1/inquiries/batch/nonsense")).status_code == 422
    assert len((await client.get("/v1/inquiries/batch", params={"state": "finished"})).json()) == 1
    assert (await client.get("/v1/inquiries/batch", params={"state": "waiting"})).json() == []
    assert (await client.get("/v1/inquiries/batch", params={"state": "'; drop table"})).status_code == 422


async def result_of(banks: Banks, batch_id: UUID, who: Principal) -> list[dict[str, Any]]:
    """The lines of a result."""
    pieces = await banks.batches.result(await banks.batches.batch(batch_id), who)
    return lines_of(b"".join([piece async for piece in pieces]))


class Interrupted(Exception):
    """Stands for the moment at which a process is killed."""


def failing_put(banks: Banks, at: int) -> Callable[[], None]:
    """The lake refuses the part with this number, after its inquiries were answered; returns what mends it."""
    real = banks.work._keep

    def keep(name: str, lines: Any) -> None:
        if name.endswith(f"/{at:03}.jsonl.sealed"):
            raise Interrupted
        real(name, lines)

    banks.work._keep = keep  # type: ignore[method-assign]

    def mend() -> None:
        banks.work._keep = real  # type: ignore[method-assign]

    return mend


async def test_taken_up_again_nothing_is_answered_or_counted_twice(banks: Banks) -> None:
    who = await banks.person()
    consents = [await banks.consent(serial, ["17"], max_calls=1) for serial in range(1, FIRMS + 1)]
    codes = tuple(code_of(serial) for serial in range(1, FIRMS + 1))
    batch, _ = await banks.batches.submit(Order(codes, "post_loan", ("17",)), "k", who)
    mend = failing_put(banks, 1)
    with pytest.raises(Interrupted):
        await banks.work.process(batch.id)
    assert len(await inquiries(banks.node)) == FIRMS  # the second part was answered, and its file is not there
    shown = await banks.batches.batch(batch.id)
    assert (shown.state, shown.done) == (BatchState.RUNNING, PART)
    mend()
    await banks.work.process(batch.id)
    lines = await result_of(banks, batch.id, who)
    assert len(await inquiries(banks.node)) == FIRMS
    used = await banks.node.table("select id, used from consent")
    assert {row["id"]: row["used"] for row in used} == dict.fromkeys(consents, 1)
    assert [line["answer"]["items"][0]["decision"]["allowed"] for line in lines] == [True] * FIRMS
    assert [line["answer"]["repeated"] for line in lines] == [False] * PART + [True] * (FIRMS - PART)
    assert (await audit(banks.node.db, banks.node.services.ledger))[1] == []


async def test_a_member_suspended_in_between_is_answered_nothing_more(banks: Banks) -> None:
    """What was recorded before is named in the result, even where its answer was lost."""
    who = await banks.person()
    codes = tuple(code_of(serial) for serial in range(1, FIRMS + 1))
    batch, _ = await banks.batches.submit(Order(codes, "post_loan", ("1",)), "k", who)
    mend = failing_put(banks, 1)
    with pytest.raises(Interrupted):
        await banks.work.process(batch.id)
    mend()
    await banks.set_state("m-own", "suspended")
    await banks.work.process(batch.id)
    shown = await banks.batches.batch(batch.id)
    assert (shown.state, shown.stopped_by) == (BatchState.STOPPED, "member_not_online")
    assert (shown.done, shown.answered, shown.failed) == (FIRMS, PART, FIRMS - PART)
    lines = await result_of(banks, batch.id, who)
    recorded = {str(row["id"]): row["leaf"] for row in await inquiries(banks.node)}
    named = {one["answer"]["inquiry"] if "answer" in one else one["error"]["details"]["inquiry"]: one for one in lines}
    assert recorded.keys() == named.keys()
    assert {line["error"]["code"] for line in lines[PART:]} == {"member_not_online"}
    await banks.set_state("m-own", "online")
    await banks.work.process(batch.id)
    assert len(await inquiries(banks.node)) == FIRMS  # it does not come back to life


@pytest.mark.parametrize("how", ["gone", "role", "moved", "closed"])
async def test_whoever_lost_the_right_gets_no_answers(banks: Banks, how: str) -> None:
    who = await banks.person()
    batch, _ = await banks.batches.submit(Order((code_of(1), code_of(2)), "post_loan"), "k", who)
    expected = "not_own_member"
    if how == "gone":
        banks.people.clear()
    elif how == "role":
        banks.people[who.id] = person("member-admin", member=who.member)
        expected = "role_lacks_right"
    elif how == "moved":
        banks.people[who.id] = await banks.person(member="m-other")
    else:
        async with banks.node.db.transaction() as conn:
            counts = await close_all_of_member(conn, "m-own", "account:op", banks.node.clock.now())
        assert counts["inquiry_batches"] == 1
        expected = "inquiry_batch_cancelled"
    await banks.work.process(batch.id)
    shown = await banks.batches.batch(batch.id)
    assert shown.answered == 0
    assert await inquiries(banks.node) == []
    lines = await result_of(banks, batch.id, who)
    assert {line["error"]["code"] for line in lines} == {expected}


async def test_a_batch_is_cancelled(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    codes = [code_of(serial) for serial in range(1, FIRMS + 1)]
    batch = (await submit(client, order(codes))).json()["id"]
    mend = failing_put(banks, 1)
    (open_one,) = await banks.batches.unfinished()
    with pytest.raises(Interrupted):
        await banks.work.process(open_one)
    mend()
    cancelled = await client.post(f"/v1/inquiries/batch/{batch}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    await banks.work.process(open_one)
    lines = lines_of((await client.get(f"/v1/inquiries/batch/{batch}/result")).content)
    assert ["answer" in line for line in lines] == [True] * PART + [False] * (FIRMS - PART)
    assert {line["error"]["code"] for line in lines[PART:]} == {"inquiry_batch_cancelled"}
    assert all("leaf" in line["error"]["details"] for line in lines[PART:])
    again = await client.post(f"/v1/inquiries/batch/{batch}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "inquiry_batch_ended")


async def test_an_authorisation_revoked_in_between_is_seen(banks: Banks) -> None:
    who = await banks.person()
    consent = await banks.consent(FIRMS, ["17"])
    codes = tuple(code_of(serial) for serial in range(1, FIRMS + 1))
    batch, _ = await banks.batches.submit(Order(codes, "post_loan", ("17",)), "k", who)
    await banks.revoke(consent)
    await banks.work.process(batch.id)
    lines = await result_of(banks, batch.id, who)
    assert lines[-1]["answer"]["items"][0]["decision"]["code"] == "consent_revoked"


async def test_one_worker_a_batch(banks: Banks) -> None:
    who = await banks.person()
    batch, _ = await banks.batches.submit(Order((code_of(1),), "post_loan"), "k", who)
    async with banks.work._alone(batch.id):
        with pytest.raises(JobNotNowError):
            await banks.work.process(batch.id)
    await asyncio.gather(banks.work.process(batch.id))
    assert len(await inquiries(banks.node)) == 1


async def test_without_evidence_there_is_no_answer_and_the_job_is_put_off(banks: Banks) -> None:
    who = await banks.person()
    batch, _ = await banks.batches.submit(Order((code_of(1), code_of(2)), "post_loan"), "k", who)
    await banks.node.services.ledger.log.stop()
    with pytest.raises(LedgerUnavailableError):
        await banks.work.process(batch.id)
    assert (await banks.batches.batch(batch.id)).done == 0
    banks.node.services.ledger.log.start()
    await banks.work.process(batch.id)
    assert (await banks.batches.batch(batch.id)).answered == 2


async def test_results_are_removed_when_their_time_is_over(
    banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]
) -> None:
    _, client = room
    batch = (await submit(client, order([code_of(serial) for serial in range(1, 31)]))).json()["id"]
    (open_one,) = await banks.batches.unfinished()
    await banks.work.process(open_one)
    folder = Path(banks.node.services.settings.lake) / "inquiry-batches" / batch
    assert len(list(folder.iterdir())) == 2
    banks.node.clock.advance(timedelta(days=7) - timedelta(seconds=1))
    assert await banks.batches.remove_outlived() == 0
    banks.node.clock.advance(timedelta(seconds=1))
    assert await banks.batches.remove_outlived() == 1
    assert list(folder.iterdir()) == []
    gone = await client.get(f"/v1/inquiries/batch/{batch}/result")
    assert (gone.status_code, gone.json()["code"]) == (410, "inquiry_batch_result_removed")
    assert await banks.node.table("select subjects from inquiry_batch") == [{"subjects": []}]
    assert len(await inquiries(banks.node)) == 30  # the evidence stays


async def test_lists_are_turned_page_by_page(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    made = {(await submit(client, order([code_of(1)]), f"k-{number}")).json()["id"] for number in range(5)}
    seen: list[str] = []
    while page := (
        await client.get("/v1/inquiries/batch", params={"page_size": 2} | ({"before": seen[-1]} if seen else {}))
    ).json():
        seen += [one["id"] for one in page]
    assert (len(seen), set(seen)) == (5, made)  # all handed in at the same moment
