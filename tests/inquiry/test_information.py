"""Reading a subject's information: now, as of a day, and for whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from collect_kit import Node, code_of, farm, firms, penalties, penalty

from xinshu.catalogue.faults import ItemNotFoundError
from xinshu.inquiry.model import Answer, AsOfError, Question, SubjectUnknownError
from xinshu.members.model import ANONYMOUS, local_operator

OPERATOR = local_operator("tester")


async def asked(node: Node, code: str, items: tuple[str, ...] | None = None, as_of: date | None = None) -> Answer:
    """The answer to an operator."""
    await node.start()
    return await node.services.inquiry.ask(Question(code, "upkeep", items, as_of), OPERATOR)


async def ask(node: Node, as_of: str | None = None, items: str = "8") -> list[dict[str, Any]]:
    """Records of the first item of the answer over HTTP."""
    params = {"items": items} | ({"as_of": as_of} if as_of else {})
    async with node.http() as client:
        answer = await client.get(f"/v1/subjects/{code_of(1)}/information", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["as_of"] == as_of
    (item,) = answer.json()["items"]
    assert item["rows"] == len(item["records"])
    records: list[dict[str, Any]] = item["records"]
    return records


async def test_as_of_a_day_gives_what_was_known_and_valid_then(node: Node) -> None:
    """First known on 1 June, changed on the 3rd, gone from the full batch of the 5th (days in China)."""
    rows = penalties(30)
    await node.publish(firms(1))
    await node.publish(rows, "8", mode="full")
    node.clock.advance(timedelta(days=2))
    await node.publish([penalty(rows[0]["document_no"], penalty_content="罚款1万元"), *rows[1:]], "8", mode="full")
    node.clock.advance(timedelta(days=2))
    await node.publish(rows[1:], "8", mode="full", batch_no="third")

    def content(records: list[dict[str, Any]]) -> list[str]:
        return [r["data"]["penalty_content"] for r in records if r["data"]["document_no"] == rows[0]["document_no"]]

    assert await ask(node, "2026-05-31") == []
    assert content(await ask(node, "2026-06-01")) == ["罚款0.5万元"]
    assert content(await ask(node, "2026-06-02")) == ["罚款0.5万元"]
    assert content(await ask(node, "2026-06-03")) == ["罚款1万元"]
    assert content(await ask(node, "2026-06-05")) == []
    assert content(await ask(node)) == []
    assert len(await ask(node)) == len(await ask(node, "2026-06-05")) == 29
    states = {record["state"] for record in await ask(node, "2026-06-02")}
    assert states == {"current"}  # what it is called today does not matter to that day

    information = await asked(node, code_of(1), ("8",), date(2026, 6, 5))
    assert (information.as_of, information.items[0].rows) == (date(2026, 6, 5), 29)
    with pytest.raises(AsOfError) as caught:
        await asked(node, code_of(1), ("8",), date(2026, 6, 6))
    assert (caught.value.status, caught.value.code) == (400, "as_of_in_future")
    assert "2026-06-05" in caught.value.hint
    async with node.http() as client:
        answer = await client.get(f"/v1/subjects/{code_of(1)}/information", params={"as_of": "2026-06-06"})
    assert (answer.status_code, answer.json()["code"]) == (400, "as_of_in_future")


async def test_as_of_leaves_out_what_was_not_valid_then(node: Node) -> None:
    await node.publish(firms(1))
    rows = [
        penalty(
            "已届满〔2020〕1号",
            decision_date="2020-01-01",
            publication_date="2020-01-05",
            publicity_to_date="2023-01-01",
        ),
        penalty("最后一天〔2024〕1号", publicity_to_date="2026-06-01"),
        penalty("无截止〔2024〕2号", publicity_to_date=""),
        penalty("仍有效〔2024〕3号"),
    ]
    await node.publish(rows, "8")
    given = {record["data"]["document_no"] for record in await ask(node, "2026-06-01")}
    assert given == {"最后一天〔2024〕1号", "无截止〔2024〕2号", "仍有效〔2024〕3号"}
    assert len(await ask(node)) == 4  # the document is what is known; validity stands beside each record


async def test_repaired_records_are_not_given_for_any_day(node: Node) -> None:
    await node.publish(firms(1))
    await node.publish(penalties(2), "8")
    await node.table(
        "update record set state = 'repaired', known_to = $1 where row_no = 1 and item = '8'", node.clock.now()
    )
    assert len(await ask(node, "2026-06-01")) == 1


async def test_both_ways_of_reading_agree(node: Node) -> None:
    """The stored document and the one built as of today are the same, masked or not."""
    await node.publish(firms(1))
    await node.publish(penalties(3), "8")
    await node.publish([farm("示例县青禾家庭农场", uscc=code_of(1), citizen_no="")], "37")
    for item in ("1", "8", "37"):
        assert await ask(node, items=item) == await ask(node, "2026-06-01", items=item)
    (shown,) = await ask(node, items="37")
    assert shown["data"]["operator_name"] == "周**"


async def test_unknown_subjects_and_items(node: Node) -> None:
    await node.publish(firms(1))
    with pytest.raises(SubjectUnknownError) as unknown:
        await asked(node, code_of(2))
    assert (unknown.value.status, code_of(2) in unknown.value.message) == (404, True)
    with pytest.raises(ItemNotFoundError):
        await asked(node, code_of(1), ("1", "no-such-item"))


async def test_all_items_are_answered_for_with_their_decisions(node: Node) -> None:
    await node.publish(firms(1))
    information = await asked(node, code_of(1))
    assert len(information.items) == 37
    assert all(answer.decision.allowed and answer.decision.reason for answer in information.items)
    assert [answer.item.item for answer in information.items if answer.document is not None] == ["1"]
    assert "id" not in information.subject


async def test_nobody_in_particular_is_refused_with_a_reason(node: Node) -> None:
    await node.publish(firms(1))
    await node.start()
    refused = await node.services.inquiry.ask(Question(code_of(1), "", ("1", "8")), ANONYMOUS)
    assert [(a.decision.allowed, a.document, a.rows) for a in refused.items] == [(False, None, 0)] * 2
    assert all("请先登录" in answer.decision.reason for answer in refused.items)
    async with node.http(None) as client:
        answer = await client.get(f"/v1/subjects/{code_of(1)}/information")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
