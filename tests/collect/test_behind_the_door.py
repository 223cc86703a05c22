"""Collection belongs to members: own items, own divisions, own batches; operators see all; every refusal says why."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from collect_kit import Node, code_of, csv_of, farm, firm, firms, penalty

sys.path.insert(0, str(Path(__file__).parent.parent / "members"))  # for members_kit

from members_kit import RoomApp, guards, person

from xinshu.collect.errors import BatchStateError
from xinshu.collect.model import BatchState
from xinshu.collect.routes import router
from xinshu.collect.senders import Senders
from xinshu.members import directory
from xinshu.members.model import ANONYMOUS, MemberState, Principal, Strength

OPERATOR = person("operator-data", name="运营员甲", number=90)
SECOND = person("operator-data", name="运营员乙", number=91)


async def join(node: Node, number: int, provider: str | None, **values: Any) -> str:
    """A provider that is a member."""
    row = {
        "id": f"mtest{number}", "code": code_of(9000 + number), "name": f"数据单位{number}", "kind": "provider",
        "provider_code": provider, "items": ["1", "8", "37"], "regions": ["32"], "state": "online", "parent_id": None,
        "level": "head",
    } | values  # fmt: skip
    async with node.db.acquire() as conn:
        await conn.execute(
            "insert into member (id, code, name, kind, provider_code, items, regions, state, parent_id, level, "
            "state_since, created_by, created_at, updated_at) "
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), 'test', now(), now())",
            *row.values(),
        )
    return str(row["id"])


async def officer(node: Node, member_id: str, role: str = "data-officer", number: int = 1) -> Principal:
    """A person of a member, with the limits the directory gives."""
    async with node.db.acquire() as conn:
        stands = await directory.standing(conn, member_id)
    assert stands is not None
    return Principal(
        f"account:00000000-0000-0000-0000-{number:012}", "数据专员", frozenset({role}), stands.ref,
        members=stands.members, items=stands.items, regions=stands.regions, strength=Strength.MULTI,
    )  # fmt: skip


@pytest.fixture
def room(node: Node) -> RoomApp:
    """The routes of collection; batches are processed before the answer of `send`."""

    async def process(batch_id: int) -> None:
        await node.collect.process(batch_id)

    return RoomApp(router(node.collect, guards(), Senders(node.db), process))


async def send(room: RoomApp, rows: list[dict[str, Any]], item: str = "1", **about: Any) -> httpx.Response:
    """Hand in rows as a CSV file."""
    async with room.client() as client:
        params = {"item": item, "file_name": "rows.csv", **about}
        return await client.post("/v1/batches", params=params, content=csv_of(rows))


async def get(room: RoomApp, path: str, **params: Any) -> httpx.Response:
    """A reading request."""
    async with room.client() as client:
        return await client.get(f"/v1/batches{path}", params=params)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status, and the condition that failed or the code."""
    body = answer.json()
    assert body["message"], body
    assert body["hint"], body
    return answer.status_code, body["details"].get("reason", body["code"])


async def test_a_provider_sends_its_own_items_only(node: Node, room: RoomApp) -> None:
    mine = await join(node, 1, "samr", items=["1", "8"])
    await join(node, 2, "tax")
    room.principal = await officer(node, mine)
    accepted = await send(room, firms(3))
    assert accepted.status_code == 202, accepted.text
    assert accepted.json()["provider"] == "samr"
    assert refusal(await send(room, [farm()], "37")) == (403, "not_own_item")
    assert refusal(await send(room, firms(3, 10), provider="tax")) == (403, "not_own_member")
    assert refusal(await send(room, firms(3, 10), provider="nobody")) == (403, "not_own_member")
    async with room.client() as client:
        rows = {"item": "37", "rows": [farm()]}
        assert refusal(await client.post("/v1/batches/rows", json=rows)) == (403, "not_own_item")
        rows = {"item": "1", "rows": [firm(20)]}
        assert (await client.post("/v1/batches/rows", json=rows)).status_code == 202
    (batch,) = await node.table(
        "select member_id, submitted_by from batch where item = '1' and channel = 'api' limit 1"
    )
    assert batch == {"member_id": mine, "submitted_by": room.principal.id}


async def test_it_sees_its_own_batches_only(node: Node, room: RoomApp) -> None:
    first, second = await join(node, 1, "samr"), await join(node, 2, "tax")
    room.principal = await officer(node, first)
    number = (await send(room, [*firms(60), firm(99, uscc="broken")])).json()["id"]
    room.principal = await officer(node, second)
    assert (await get(room, "")).json()["total"] == 0
    assert (await get(room, "/figures")).json() == []
    for path in (f"/{number}", f"/{number}/quarantine", f"/{number}/feedback"):
        assert refusal(await get(room, path)) == (403, "not_own_member"), path
    assert refusal(await send(room, [firm(2)], correction_of=number))[0] in (403, 409)
    room.principal = await officer(node, first)
    assert (await get(room, "")).json()["total"] == 1
    assert len((await get(room, "/figures")).json()) == 1
    assert len((await get(room, f"/{number}/quarantine")).json()) == 1
    assert (await get(room, f"/{number}/feedback")).status_code == 200
    room.principal = OPERATOR
    assert (await get(room, "")).json()["total"] == 1
    assert (await get(room, f"/{number}/quarantine")).status_code == 200


async def test_a_head_office_sees_the_batches_of_its_branches(node: Node, room: RoomApp) -> None:
    head = await join(node, 1, "samr")
    branch = await join(node, 2, None, parent_id=head, level="branch", regions=["3201"], items=["1"])
    room.principal = await officer(node, branch)
    answer = await send(room, firms(2))
    assert answer.status_code == 202, answer.text
    assert answer.json()["provider"] == "samr"  # its head office's code
    assert refusal(await send(room, [penalty("示〔2024〕1号")], "8")) == (403, "not_own_item")
    room.principal = await officer(node, head)
    assert (await get(room, f"/{answer.json()['id']}")).status_code == 200
    mine = (await send(room, firms(2, 50))).json()["id"]
    room.principal = await officer(node, branch)
    assert refusal(await get(room, f"/{mine}")) == (403, "not_own_member")


async def test_rows_of_other_divisions_are_set_aside(node: Node, room: RoomApp) -> None:
    city = await join(node, 1, "samr", regions=["3201"])
    elsewhere = firm(1, uscc=code_of(1, "320211"), division="320211")
    await node.publish([elsewhere])
    room.principal = await officer(node, city)
    moved = elsewhere | {"division": "320111", "address": "搬来的"}
    stranger = firm(2, uscc=code_of(2, "320211"), division="320211")
    batch = (await send(room, [*firms(98, 3), moved, stranger])).json()
    codes = await node.table("select row_no, reasons from quarantine where batch_id = $1 order by row_no", batch["id"])
    assert len(codes) == 2
    assert all("OUTSIDE_REGIONS" in row["reasons"] for row in codes)
    names = await node.table("select code, address from subject order by id")
    assert {row["code"] for row in names} == {elsewhere["uscc"], *(one["uscc"] for one in firms(98, 3))}
    assert "搬来的" not in {row["address"] for row in names}
    fact = penalty("示〔2024〕7号", uscc=elsewhere["uscc"])
    assert (await send(room, [fact], "8")).status_code == 202
    assert await node.records("8") == []


async def test_a_full_batch_ends_only_records_of_the_senders_divisions(node: Node, room: RoomApp) -> None:
    head = await join(node, 1, "samr", regions=[""])
    branch = await join(node, 2, None, parent_id=head, level="branch", regions=["3201"])
    here, there = firm(1), firm(2, uscc=code_of(2, "320211"), division="320211")
    room.principal = await officer(node, head)
    assert (await send(room, [here, there], mode="full")).status_code == 202
    room.principal = await officer(node, branch)
    answer = await send(room, [here | {"address": "新址"}], mode="full", batch_no="own")
    batch = await node.collect.get(answer.json()["id"])
    assert (batch.state, batch.counts.closed) == (BatchState.PUBLISHED, 0)
    states = {row["code"]: row["state"] for row in await node.records("1") if row["known_to"] is None}
    assert states == {here["uscc"]: "current", there["uscc"]: "current"}


async def test_rows_with_personal_information_go_back_to_their_sender_alone(node: Node, room: RoomApp) -> None:
    mine = await join(node, 1, "agriculture", regions=[""])
    room.principal = await officer(node, mine)
    number = (await send(room, [farm(), farm("另一家庭农场", citizen_no="110105194912310021")], "37")).json()["id"]
    own = (await get(room, f"/{number}/quarantine")).json()
    assert "110105194912310021" in own[0]["original"]
    assert (await get(room, f"/{number}/feedback")).status_code == 200
    room.principal = OPERATOR
    shown = await get(room, f"/{number}/quarantine")
    assert shown.json()[0]["original"] is None
    assert shown.json()[0]["reasons"][0]["code"]
    assert "110105194912310021" not in shown.text
    assert refusal(await get(room, f"/{number}/feedback")) == (403, "rows_sealed")


async def test_whoever_sent_a_batch_does_not_release_it(node: Node, room: RoomApp) -> None:
    await join(node, 1, "samr")
    room.principal = OPERATOR
    bad = [firm(number, uscc="broken") for number in range(1, 40)]
    number = (await send(room, [firm(100), *bad], provider="samr")).json()["id"]
    assert (await node.collect.get(number)).state is BatchState.HELD
    async with room.client() as client:
        path = f"/v1/batches/{number}/decision"
        assert refusal(await client.post(path, json={"accept": True})) == (403, "same_person")
        room.principal = await officer(node, "mtest1")
        assert refusal(await client.post(path, json={"accept": True})) == (403, "role_lacks_right")
        room.principal = SECOND
        decided = await client.post(path, json={"accept": True, "note": "核实过"})
    assert (decided.status_code, decided.json()["decided_by"]) == (200, SECOND.id)


async def test_operators_send_for_members_that_are_online(node: Node, room: RoomApp) -> None:
    await join(node, 1, "samr", state=MemberState.SUSPENDED)
    room.principal = OPERATOR
    assert refusal(await send(room, firms(2), provider="samr")) == (409, "provider_offline")
    assert refusal(await send(room, firms(2), provider="nobody")) == (404, "provider_unknown")
    assert refusal(await send(room, firms(2))) == (404, "provider_unknown")


async def test_a_suspended_provider_is_refused(node: Node, room: RoomApp) -> None:
    mine = await join(node, 1, "samr", state=MemberState.SUSPENDED)
    room.principal = await officer(node, mine)
    assert refusal(await send(room, firms(2))) == (403, "member_not_online")
    assert refusal(await get(room, "")) == (403, "member_not_online")


async def test_others_have_no_business_here(node: Node, room: RoomApp) -> None:
    room.principal = ANONYMOUS
    assert refusal(await get(room, "")) == (401, "unauthorised")
    for role in ("credit-officer", "firm-legal-representative", "operator-security"):
        room.principal = person(role)
        assert refusal(await get(room, "")) == (403, "role_lacks_right"), role
        assert refusal(await send(room, firms(1))) == (403, "role_lacks_right"), role


async def test_a_branch_has_nothing_of_its_head_office_under_their_common_code(node: Node, room: RoomApp) -> None:
    head = await join(node, 1, "samr")
    branch = await join(node, 2, None, parent_id=head, level="branch", regions=["3201"])
    room.principal = await officer(node, head)
    rows = [*firms(60), firm(99, uscc="broken")]
    number = (await send(room, rows)).json()["id"]
    room.principal = await officer(node, branch, number=2)
    assert refusal(await send(room, rows)) == (409, "file_known")
    mended = [{"行号": "62"} | firm(99)]
    assert refusal(await send(room, mended, correction_of=number)) == (403, "not_own_member")
    assert (await send(room, rows, batch_no="own")).status_code == 202
    room.principal = await officer(node, head)
    assert (await send(room, rows)).json()["id"] == number
    (row,) = await node.table("select state from quarantine where batch_id = $1", number)
    assert row["state"] == "quarantined"


async def test_of_two_who_decide_at_once_one_does(node: Node, room: RoomApp) -> None:
    await join(node, 1, "samr")
    room.principal = OPERATOR
    bad = [firm(number, uscc="broken") for number in range(1, 40)]
    number = (await send(room, [firm(100), *bad], provider="samr")).json()["id"]
    found = await asyncio.gather(
        *(node.collect.decide(number, accept, "account:x") for accept in (True, False, True, False)),
        return_exceptions=True,
    )
    assert [isinstance(one, BatchStateError) for one in found].count(True) == 3, found
    batch = await node.collect.get(number)
    assert batch.state in (BatchState.PUBLISHED, BatchState.REJECTED)
    assert (len(await node.records("1")) > 0) == (batch.state is BatchState.PUBLISHED)
