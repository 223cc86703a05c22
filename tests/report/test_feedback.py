"""Feedback of readers reaches those who provide the item, and their answer comes back; quality figures count it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from report_kit import Counter, part

from xinshu.members.model import MemberKind


async def provider(counter: Counter, name: str, items: list[str]) -> httpx.AsyncClient:
    """A data officer of a provider of some items."""
    member = f"mprovider-{name}"
    await counter.node.table("update member set items = $2 where id = $1", member, items)
    return await counter.desk.whole.seat("data-officer", member=member)


async def told_to(who: httpx.AsyncClient, number: str) -> list[dict[str, Any]]:
    """What somebody who answers sees of the feedback on a report."""
    answer = await who.get("/v1/report-feedback", params={"page_size": 200})
    assert answer.status_code == 200, answer.text
    return [one for one in answer.json() if one["number"] == number]


async def test_feedback_flows_to_the_provider_and_back(counter: Counter) -> None:
    desk = counter.desk
    officer, serial = await desk.officer(), desk.fresh()
    told = await counter.issued(officer, serial)
    report = await counter.read(officer, told)
    path = f"/v1/reports/{told['number']}/feedback"
    said = []
    for body in (
        {"kind": "useful", "text": "资料齐全"},
        {"kind": "wrong", "item": "8", "row": 1, "text": "文号与决定书不符"},
        {"kind": "missing", "item": "15", "text": "缺少2025年度级别"},
    ):
        answer = await officer.post(path, json=body)
        assert answer.status_code == 201, answer.text
        said.append(answer.json())
    penalty = part(report, "8").rows[0].origin
    assert (said[1]["provider"], said[1]["batch_id"]) == (penalty.provider, penalty.batch) == ("samr", penalty.batch)
    samr = await provider(counter, "samr", ["1", "8"])
    tax = await provider(counter, "tax", ["15", "17"])
    other = await provider(counter, "ndrc", ["8"])
    assert [one["id"] for one in await told_to(samr, told["number"])] == [said[1]["id"]]
    assert [one["id"] for one in await told_to(tax, told["number"])] == [said[2]["id"]]
    assert await told_to(other, told["number"]) == [], "the fact is another provider's"
    data = await desk.whole.seat("operator-data", member="moperator")
    assert {one["id"] for one in await told_to(data, told["number"])} == {one["id"] for one in said}
    (seen,) = await told_to(samr, told["number"])
    assert "member_id" not in seen and desk.bank.name not in str(seen), "not who said it"
    answered = await samr.post(f"/v1/report-feedback/{said[1]['id']}/answer", json={"answer": "已更正,重新报送"})
    assert (answered.status_code, answered.json()["answered_for"]) == (200, "samr")
    twice = await samr.post(f"/v1/report-feedback/{said[1]['id']}/answer", json={"answer": "再次"})
    assert (twice.status_code, twice.json()["code"]) == (409, "feedback_answered")
    foreign = await samr.post(f"/v1/report-feedback/{said[2]['id']}/answer", json={"answer": "不是我的"})
    assert (foreign.status_code, foreign.json()["details"]["reason"]) == (403, "not_own_item")
    hidden = await other.post(f"/v1/report-feedback/{said[1]['id']}/answer", json={"answer": "不是我的"})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "feedback_not_found")
    (await data.post(f"/v1/report-feedback/{said[0]['id']}/answer", json={"answer": "谢谢"})).raise_for_status()
    answers = {one["id"]: one["answer"] for one in (await officer.get(path)).json()}
    assert answers == {said[0]["id"]: "谢谢", said[1]["id"]: "已更正,重新报送", said[2]["id"]: None}
    still = await data.get("/v1/report-feedback", params={"open": True, "item": "15", "kind": "missing"})
    assert said[2]["id"] in {one["id"] for one in still.json()}
    assert await desk.count("report-feedback") >= 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "wrong", "item": "99", "text": "x"}, 400, "feedback_invalid"),
        ({"kind": "wrong", "item": "8", "row": 2, "text": "x"}, 400, "feedback_invalid"),
        ({"kind": "wrong", "item": "17", "row": 1, "text": "x"}, 400, "feedback_invalid"),
        ({"kind": "wrong", "row": 1, "text": "x"}, 400, "feedback_invalid"),
        ({"kind": "angry", "text": "x"}, 422, "request_invalid"),
        ({"kind": "useful"}, 422, "request_invalid"),
        ({"kind": "useful", "text": ""}, 422, "request_invalid"),
        ({"kind": "useful", "text": "长" * 1001}, 422, "request_invalid"),
        ({"kind": "useful", "text": "a\u0000b"}, 422, "request_invalid"),
        ({"kind": "useful", "text": "x", "row": 0}, 422, "request_invalid"),
    ],
)
async def test_bad_feedback_is_refused(counter: Counter, body: dict[str, Any], status: int, code: str) -> None:
    officer = await counter.desk.officer()
    if counter.number is None:
        counter.number = (await counter.issued(officer, counter.desk.fresh()))["number"]
    answer = await officer.post(f"/v1/reports/{counter.number}/feedback", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_only_its_reader_speaks_of_a_report(counter: Counter) -> None:
    officer, serial = await counter.desk.officer(), counter.desk.fresh()
    number = (await counter.issued(officer, serial))["number"]
    other = await counter.desk.officer(counter.desk.other)
    body = {"kind": "useful", "text": "x"}
    refused = await other.post(f"/v1/reports/{number}/feedback", json=body)
    assert (refused.status_code, refused.json()["details"]["reason"]) == (403, "not_own_member")
    owner = await counter.desk.owner(serial)
    refused = await owner.post(f"/v1/reports/{number}/feedback", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "report_not_own")
    assert (await officer.get("/v1/report-feedback")).status_code == 403
    data = await counter.desk.whole.seat("operator-data", member="moperator")
    unknown = await data.post(f"/v1/report-feedback/{uuid4()}/answer", json={"answer": "x"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "feedback_not_found")


async def test_quality_of_the_platform(counter: Counter) -> None:
    member = await counter.desk.whole.member("msup3", MemberKind.SUPERVISOR)
    supervisor = await counter.desk.officer(member, "supervisor")
    found = (await supervisor.get("/v1/reports/quality")).raise_for_status().json()
    items = {one["item"]: one for one in found["items"]}
    assert found["subjects"] >= 40 and items["1"]["coverage"] == 1.0 and items["30"]["coverage"] == 0.0
    assert items["8"]["overdue"] is None, "penalties are never due"
    assert len(found["classes"]) == 17
    assert sum(one["reports"] for one in found["reports"]) > 0
    assert (await (await counter.desk.officer()).get("/v1/reports/quality")).status_code == 403


async def test_metrics_count_reports(counter: Counter) -> None:
    await counter.issued(await counter.desk.officer(), counter.desk.fresh(), variant="screening")
    text = (await counter.desk.whole.browser().get("/metrics")).text
    assert 'xinshu_reports_issued_total{variant="screening"}' in text
    assert 'xinshu_report_seconds_count{variant="screening"}' in text
