"""Figures, members and statistics for everybody: right, withheld where small, from memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from collect_kit import Node, firm, firms

from xinshu.core.clock import CHINA

START = datetime(2026, 4, 20, 9, tzinfo=CHINA)


async def ask(node: Node, path: str, **params: Any) -> tuple[int, Any]:
    """Nobody asks."""
    async with node.http(None) as http:
        answer = await http.get(f"/v1/public/{path}", params=params)
        return answer.status_code, answer.json()


async def inquiries(node: Node, count: int, purpose: str, at: datetime = START, member: str | None = "mbank") -> None:
    """Rows of answered inquiries, as the log's writer leaves them."""
    await node.table(
        "insert into inquiry (leaf, id, at, principal, member_id, subject_code, purpose, consents, items, result) "
        "select (select coalesce(max(leaf), 0) from inquiry) + n, gen_random_uuid(), $2, 'client:c', $4, 'code', $3, "
        "'{}', '{}', '' from generate_series(1, $1) n",
        count, at, purpose, member,
    )  # fmt: skip


async def test_figures_are_counted_once_for_all(node: Node) -> None:
    await node.publish(firms(12))
    await inquiries(node, 3, "pre_loan")
    status, told = await ask(node, "figures")
    assert status == 200
    assert (told["subjects"], told["batches"], told["items"]) == (12, 1, 37)
    assert (told["inquiries"], told["consents"]) == (None, 0)  # three are too few to tell
    assert {one["kind"]: one["members"] for one in told["members"]} == {"provider": 6, "operator": 1}
    assert told["providers"] == 6

    await inquiries(node, 20, "pre_loan")
    assert (await ask(node, "figures"))[1] == told  # still that of half a minute ago
    node.clock.advance(timedelta(seconds=31))
    assert (await ask(node, "figures"))[1]["inquiries"] == 23


async def test_members_online_by_name(node: Node) -> None:
    status, told = await ask(node, "members", kind="provider", page_size=4)
    assert (status, told["total"], len(told["members"])) == (200, 6, 4)
    assert told["members"][0] == {"name": "agriculture", "kind": "provider", "is_branch": False}
    assert len((await ask(node, "members", kind="provider", page_size=4, page=2))[1]["members"]) == 2
    assert (await ask(node, "members"))[1]["total"] == 7
    assert (await ask(node, "members", kind="bank"))[1] == {"total": 0, "members": []}
    await node.table("update member set state = 'suspended' where id = 'mprovider-tax'")
    node.clock.advance(timedelta(minutes=1))
    assert (await ask(node, "members", kind="provider"))[1]["total"] == 5


@pytest.mark.parametrize("bad", [{"kind": "firm"}, {"page": 0}, {"page": 5000}, {"page_size": 1000}, {"page": "x"}])
async def test_odd_pages_are_refused(node: Node, bad: dict[str, Any]) -> None:
    status, told = await ask(node, "members", **bad)
    assert (status, told["code"]) == (422, "request_invalid")


async def test_statistics_in_groups(node: Node) -> None:
    rows = firms(40)
    rows += [firm(100 + n, division="320508", industry="I6513", established_date="2021-05-06") for n in range(30)]
    rows += [firm(200 + n, division="321322", established_date="1979-05-06") for n in range(3)]
    await node.publish(rows)
    await inquiries(node, 25, "pre_loan")
    await inquiries(node, 12, "post_loan")
    await inquiries(node, 2, "other")
    await inquiries(node, 50, "own", member=None)
    await inquiries(node, 50, "upkeep", member="moperator")
    status, told = await ask(node, "statistics")
    assert status == 200
    areas = {one["name"]: one["subjects"] for one in told["subjects"]["areas"]}
    # Three in one city, and the next smallest city with them: else the three were seventy-three less the others.
    assert (areas["南京市"], areas["苏州市"], areas["宿迁市"], areas["无锡市"]) == (40, None, None, 0)
    assert told["subjects"]["total"] == 73
    industries = {one["code"]: one["subjects"] for one in told["subjects"]["industries"]}
    assert industries == {"C": 43, "I": 30}
    years = {one["name"]: one["subjects"] for one in told["subjects"]["years"]}
    assert years == {"1979 年及以前": None, "2015—2019 年": 40, "2020—2024 年": None}
    assert told["months"][-1] == "2026-06"
    assert len(told["months"]) == 12
    registered = next(one for one in told["collection"] if one["item"] == "1")
    assert (registered["batches"], registered["rows"][-1], sum(registered["rows"])) == (1, 73, 73)
    asked = {one["purpose"]: one["inquiries"][-3:] for one in told["inquiries"]}
    assert asked["pre_loan"] == [25, 0, 0]
    assert asked["post_loan"] == [None, 0, 0]
    assert asked["other"] == [None, 0, 0]
    assert "own" not in asked and "upkeep" not in asked


async def test_statistics_of_an_empty_node(node: Node) -> None:
    status, told = await ask(node, "statistics")
    assert (status, told["subjects"]["total"], told["subjects"]["years"]) == (200, 0, [])
    assert {one["subjects"] for one in told["subjects"]["areas"]} == {0}


async def test_nothing_can_be_written(node: Node) -> None:
    async with node.http(None) as http:
        answer: httpx.Response = await http.post("/v1/public/figures", json={})
        assert answer.status_code == 405
