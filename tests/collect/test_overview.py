"""A provider's items against their cycles, and the quality of its batches over time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from collect_kit import Node, Speaker, firm, firms, penalties

from xinshu.catalogue.model import UpdateCycle
from xinshu.collect.overview.rules import due_day, punctuality
from xinshu.collect.overview.service import month_before

MONTHLY = UpdateCycle(every="month", lag_days=10)
SENT = date(2026, 1, 1)  # due on the 31st day after and ten more: 11 February


@pytest.mark.parametrize(
    ("cycle", "last", "today", "expected"),
    [
        (MONTHLY, SENT, date(2026, 1, 20), "on_time"),
        (MONTHLY, SENT, date(2026, 2, 8), "due_soon"),
        (MONTHLY, SENT, date(2026, 2, 11), "due_soon"),
        (MONTHLY, SENT, date(2026, 2, 12), "late"),
        (MONTHLY, None, date(2026, 2, 12), "never"),
        (UpdateCycle(every="day", lag_days=0), SENT, date(2026, 1, 2), "on_time"),
        (UpdateCycle(every="day", lag_days=0), SENT, date(2026, 1, 3), "late"),
        (UpdateCycle(every="event", lag_days=7), None, date(2026, 1, 3), "on_event"),
        (UpdateCycle(every="event", lag_days=7), SENT, date(2027, 1, 3), "on_event"),
    ],
)
def test_punctuality(cycle: UpdateCycle, last: date | None, today: date, expected: str) -> None:
    assert punctuality(cycle, last, today) == expected


def test_days() -> None:
    assert due_day(MONTHLY, SENT) == date(2026, 2, 11)
    assert due_day(MONTHLY, None) is None
    assert [month_before(date(2026, 3, 31), n) for n in (0, 1, 3, -1, -10)] == [
        date(2026, 3, 1), date(2026, 2, 1), date(2025, 12, 1), date(2026, 4, 1), date(2027, 1, 1),
    ]  # fmt: skip


async def test_items_with_what_was_sent_and_what_waits(node: Node) -> None:
    await node.publish(firms(20))
    mended = await node.publish([*firms(20, start=30), firm(60, industry="ZZ99")])
    async with node.http() as client:
        body = (await client.get("/v1/batches/overview", params={"provider": "samr"})).json()
        items = {one["item"]: one for one in body["items"]}
        one = items["1"]
        assert (one["batch"], one["state"], one["rows_to_mend"], one["batch_to_mend"]) == (
            mended.id, "published", 1, mended.id,
        )  # fmt: skip
        assert (one["held"], one["working"]) == (0, 0)
        assert one["punctuality"] == "on_time"
        assert one["due"] > "2026-06-01"
        assert all(other["punctuality"] in ("never", "on_event") for number, other in items.items() if number != "1")
        node.clock.advance(timedelta(days=400))
        await node.sign_in(Speaker("later"))
        node.speaker = Speaker("much.later")
        await node.sign_in(node.speaker)
        body = (await client.get("/v1/batches/overview", params={"provider": "samr"})).json()
        assert {one["item"]: one["punctuality"] for one in body["items"]}["1"] == "late"


async def test_quality_by_month(node: Node) -> None:
    await node.publish(firms(20))
    node.clock.advance(timedelta(days=31))
    await node.publish([*firms(20, start=30), firm(60, industry="ZZ99")])
    await node.publish(penalties(8), "8")
    node.speaker = Speaker("later")
    async with node.http() as client:
        body = (await client.get("/v1/batches/trends", params={"provider": "samr", "months": 3})).json()
        assert (body["since"], body["until"]) == ("2026-05", "2026-07")
        rows = {(one["month"], one["item"]): one for one in body["months"]}
        assert rows["2026-06", "1"]["accuracy"] == 1
        assert rows["2026-07", "1"]["accuracy"] == pytest.approx(20 / 21)
        assert 0 < rows["2026-07", "1"]["completeness"] <= 1
        assert rows["2026-07", "8"]["read"] == 8
        assert body["reasons"] == [
            {
                "item": "1",
                "field": "industry",
                "code": "INDUSTRY_UNKNOWN",
                "words": body["reasons"][0]["words"],
                "rows": 1,
            }
        ]
        assert "行业" in body["reasons"][0]["words"]
        only = (await client.get("/v1/batches/trends", params={"provider": "samr", "item": "8"})).json()
        assert {one["item"] for one in only["months"]} == {"8"}


async def test_bad_questions(shared_node: Node) -> None:
    async with shared_node.http() as client:
        for path, asked, status in [
            ("/v1/batches/overview", {}, 404),
            ("/v1/batches/overview", {"provider": "nobody"}, 404),
            ("/v1/batches/overview", {"provider": "NO BODY"}, 422),
            ("/v1/batches/trends", {"provider": "samr", "item": "99"}, 404),
            ("/v1/batches/trends", {"provider": "samr", "months": 0}, 422),
            ("/v1/batches/trends", {"provider": "samr", "months": 37}, 422),
            ("/v1/data-use", {"provider": "nobody"}, 404),
            ("/v1/data-use", {"provider": "samr", "item": "99"}, 404),
            ("/v1/data-use", {"provider": "samr", "months": 25}, 422),
        ]:
            answer = await client.get(path, params=asked)
            assert answer.status_code == status, (path, asked, answer.text)
