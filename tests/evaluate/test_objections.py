"""Objections and their review by a person: steps, clock, who may review, marks, evaluation again, records named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from collect_kit import Node, code_of, firms, parts, penalties
from course_kit import CHECKER, CHIEF, DRAFTER, Desk, authorise, in_force, member, person
from evaluate_kit import book, engine

from xinshu.core.working_days import load_calendar
from xinshu.evaluate.conditions import Conditions
from xinshu.evaluate.dispute import ReviewerError
from xinshu.evaluate.service import EvaluationService
from xinshu.members.model import ANONYMOUS, MemberKind, local_operator

OWNER = person("owner", "firm-legal-representative", subject=code_of(2))
OTHER = person("other", "firm-legal-representative", subject=code_of(1))
DATA, DATA_2 = person("data", "operator-data"), person("data-2", "operator-data")
BANKER = person("banker", "credit-officer", kind=MemberKind.BANK)
PATH = f"/v1/subjects/{code_of(2)}/evaluation"
ALL = "/v1/evaluation-objections"
WHOLE = {"about": "whole", "text": "处罚已经修复,评价没有更新,请人工复核"}
REASONS = "经核对,处罚决定已于上月撤销,来源部门尚未更新"


@pytest.fixture
async def desk(node: Node) -> Desk:
    """A node with firms, penalties of the second, models in force, everybody evaluated."""
    await node.start()
    conditions = Conditions(calendar=load_calendar())
    service = EvaluationService(
        node.db, book(), node.clock, node.services.ledger, parts().benches, engine, conditions
    )  # fmt: skip
    await node.publish(firms(3))
    await node.publish(penalties(2, serial=2), item="8", provider="ndrc", name="p.csv")
    await in_force(service)
    await service.run_full(DRAFTER)
    return Desk(node, service)


def fact_of(evaluation: Any) -> dict[str, Any]:
    """The first penalty as the evaluation shows it."""
    fact = evaluation["facts"]["penalties_36m"][0]
    return {"item": fact["item"], "batch": fact["batch"], "about": {"document_no": fact["about"]["document_no"]}}


async def test_from_objection_to_a_new_evaluation(desk: Desk) -> None:
    node, service = desk.node, desk.service
    evaluation = await desk.get(OWNER, PATH)
    assert evaluation["disputed"] is False
    body = {"about": "fact", "text": "这一处罚决定已被撤销,请核实", "fact": fact_of(evaluation)}
    made = await desk.post(OWNER, f"{PATH}/objections", body, 201)
    id = made["id"]
    assert (made["state"], made["state_name"], made["score"]) == ("received", "已收到", evaluation["score"])
    assert made["due"] == "2026-06-30"  # 20 working days; the Dragon Boat Festival on 19 June is free
    assert made["fact"]["provider"] == "ndrc" and made["overdue"] is False
    # marked wherever the evaluation is given
    for who, purpose in ((OWNER, "own"), (BANKER, "post_loan"), (DATA, "upkeep")):
        assert (await desk.get(who, PATH, purpose=purpose))["disputed"] is True
        assert (await desk.get(who, f"{PATH}/course", purpose=purpose))["disputed"] is True
    await member(node, "m-bank", "bank")
    await authorise(node, code_of(2), "m-bank")
    assert (await desk.get(BANKER, "/v1/portfolio"))["rows"][0]["disputed"] is True
    # the desk
    listed = await desk.get(DATA, ALL, open=True)
    assert (listed["total"], listed["objections"][0]["id"]) == (1, id)
    taken = await desk.post(DATA, f"{ALL}/{id}/review")
    assert (taken["state"], taken["reviewer_name"]) == ("in_review", "data")
    refused = await desk.post(DATA_2, f"{ALL}/{id}/decision", {"outcome": "upheld", "reasons": REASONS}, 403)
    assert refused["code"] == "same_person"
    wrong = [body["fact"] | {"what": "处罚决定已撤销"}]
    decision = {"outcome": "upheld", "reasons": REASONS, "wrong": wrong}
    decided = await desk.post(DATA, f"{ALL}/{id}/decision", decision)
    assert (decided["state"], decided["reasons"], decided["unseen"]) == ("upheld", REASONS, True)
    assert decided["wrong"][0]["provider"] == "ndrc" and decided["now"]["score"] == evaluation["score"]
    # evaluated again
    assert desk.asked == [False] and await service.waiting() == 1
    assert (await service.run_touched(DRAFTER)).subjects == 1
    assert (await desk.get(BANKER, PATH, purpose="post_loan"))["disputed"] is False
    # the firm is told
    assert (await desk.get(OWNER, ALL, unseen=True))["total"] == 1
    seen = await desk.get(OWNER, f"{ALL}/{id}")
    assert [step["event"] for step in seen["steps"]] == ["enter", "take", "decide", "see"]
    assert seen["unseen"] is False and (await desk.get(OWNER, ALL, unseen=True))["total"] == 0
    # the provider is told which record
    await member(node, "m-provider", "provider", "ndrc")
    officer = person("officer", "data-officer", kind=MemberKind.PROVIDER)
    named = await desk.get(officer, f"{ALL}/wrong-records")
    assert (named["total"], named["records"][0]["what"]) == (1, "处罚决定已撤销")
    assert named["records"][0]["about"] == {"document_no": body["fact"]["about"]["document_no"]}
    async with node.db.transaction() as conn:
        await conn.execute("update member set provider_code = 'tax' where id = 'm-provider'")
    assert (await desk.get(officer, f"{ALL}/wrong-records"))["total"] == 0
    assert (await desk.get(DATA, f"{ALL}/wrong-records"))["total"] == 1
    # evidence of each step, without what was written
    waiting = await node.table("select about, subject from waiting_leaf where kind = 'evaluation_objection'")
    leaves = await service._ledger.leaves(kinds=["evaluation_objection"])
    texts = [str(row["about"]) for row in waiting] + [leaf.content for leaf in leaves]
    assert len(texts) == 4 and not any("撤销" in text for text in texts)


async def test_whoever_made_or_ran_it_does_not_review_it(desk: Desk) -> None:
    service = desk.service
    made = await desk.post(OWNER, f"{PATH}/objections", WHOLE, 201)
    for who in (DRAFTER, CHECKER, CHIEF):
        with pytest.raises(ReviewerError, match="不能复核"):
            await service.objections.take(UUID(made["id"]), who)
    runner = local_operator("zhao")
    await service.run_full(runner)
    desk.node.clock.advance(timedelta(minutes=5))
    later = await desk.post(OTHER, f"/v1/subjects/{code_of(1)}/evaluation/objections", WHOLE, 201)
    with pytest.raises(ReviewerError, match="不能复核"):
        await service.objections.take(UUID(later["id"]), runner)
    assert (await service.objections.take(UUID(later["id"]), local_operator("qian"))).objection.reviewer_name


async def test_the_clock_and_withdrawing(desk: Desk) -> None:
    node = desk.node
    made = await desk.post(
        OWNER, f"{PATH}/objections", {**WHOLE, "about": "indicator", "indicator": "penalties_36m"}, 201
    )
    assert made["indicator_name"] == "近36个月行政处罚次数"
    again = await desk.post(
        OWNER, f"{PATH}/objections", {**WHOLE, "about": "indicator", "indicator": "penalties_36m"}, 409
    )
    assert again["code"] == "objection_exists"
    node.clock.advance(timedelta(days=29))
    assert (await desk.get(DATA, ALL, overdue=True))["total"] == 0
    node.clock.advance(timedelta(days=1))
    overdue = await desk.get(DATA, ALL, overdue=True)
    assert overdue["total"] == 1 and overdue["objections"][0]["overdue"] is True
    gone = await desk.post(OWNER, f"{ALL}/{made['id']}/withdrawal")
    assert (gone["state"], gone["overdue"]) == ("withdrawn", False)
    await desk.post(OWNER, f"{ALL}/{made['id']}/withdrawal", status=409)
    assert (await desk.post(DATA, f"{ALL}/{made['id']}/review", status=409))["code"] == "objection_state"
    assert (await desk.get(OWNER, PATH))["disputed"] is False


async def test_a_rejection_has_reasons_and_names_no_records(desk: Desk) -> None:
    evaluation = await desk.get(OWNER, PATH)
    made = await desk.post(OWNER, f"{PATH}/objections", WHOLE, 201)
    path = f"{ALL}/{made['id']}/decision"
    assert (await desk.post(DATA, path, {"outcome": "rejected", "reasons": REASONS}, 409))["code"] == "objection_state"
    await desk.post(DATA, f"{ALL}/{made['id']}/review")
    await desk.post(DATA, path, {"outcome": "rejected"}, 422)
    await desk.post(DATA, path, {"outcome": "rejected", "reasons": "不成立"}, 422)
    await desk.post(DATA, path, {"outcome": "maybe", "reasons": REASONS}, 422)
    wrong = [fact_of(evaluation) | {"what": "处罚决定已撤销"}]
    await desk.post(DATA, path, {"outcome": "rejected", "reasons": REASONS, "wrong": wrong}, 422)
    unknown = [{"item": "8", "batch": 99999, "about": {}, "what": "处罚决定已撤销"}]
    answer = await desk.post(DATA, path, {"outcome": "partly", "reasons": REASONS, "wrong": unknown}, 404)
    assert answer["code"] == "record_unknown"
    assert (await desk.get(DATA, f"{ALL}/{made['id']}"))["state"] == "in_review"  # nothing of it was kept
    assert (await desk.post(DATA, path, {"outcome": "rejected", "reasons": REASONS}))["state"] == "rejected"
    assert desk.asked == []


async def test_each_sees_its_own(desk: Desk) -> None:
    made = await desk.post(OWNER, f"{PATH}/objections", WHOLE, 201)
    id = made["id"]
    assert (await desk.get(OTHER, ALL))["total"] == 0
    await desk.get(OTHER, f"{ALL}/{id}", 403)
    await desk.post(OTHER, f"{PATH}/objections", WHOLE, 403)
    await desk.post(OTHER, f"{ALL}/{id}/withdrawal", status=403)
    assert (await desk.get(person("audit", "operator-audit"), ALL))["total"] == 1
    for path in (ALL, f"{ALL}/{id}", f"{ALL}/wrong-records"):
        assert (await desk.get(BANKER, path, 403))["details"]["reason"] == "role_lacks_right"
        await desk.get(ANONYMOUS, path, 401)
    await desk.post(OWNER, f"{ALL}/{id}/review", status=403)
    await desk.post(person("admin", "operator-admin"), f"{ALL}/{id}/review", status=403)


BAD: list[tuple[Any, int]] = [
    ({}, 422),
    ({"about": "whole", "text": "不对"}, 422),
    ({**WHOLE, "more": 1}, 422),
    ({**WHOLE, "indicator": "penalties_36m"}, 422),
    ({**WHOLE, "about": "indicator"}, 422),
    ({**WHOLE, "about": "indicator", "indicator": "no_such_indicator"}, 422),
    ({**WHOLE, "about": "fact"}, 422),
    ({**WHOLE, "about": "fact", "fact": {"item": "8", "batch": 99999}}, 404),
    ({**WHOLE, "about": "fact", "fact": {"item": "99", "batch": 1}}, 404),
    ({**WHOLE, "about": "fact", "fact": {"item": "8", "batch": 0}}, 422),
    ({**WHOLE, "text": "x" * 2001}, 422),
    ({**WHOLE, "text": "零字符\x00不收,十个字以上"}, 422),
]


async def test_bad_objections(desk: Desk) -> None:
    for body, status in BAD:
        await desk.post(OWNER, f"{PATH}/objections", body, status)


async def test_bad_questions(desk: Desk) -> None:
    nobody = uuid4()
    await desk.get(DATA, f"{ALL}/{nobody}", 404)
    await desk.get(DATA, f"{ALL}/1", 422)
    await desk.get(DATA, ALL, 422, state="open")
    await desk.get(DATA, ALL, 422, page_size=1000)
    await desk.get(DATA, f"{ALL}/wrong-records", 422, page=0)
    await desk.post(DATA, f"{ALL}/{nobody}/review", status=404)
    await desk.post(DATA, f"{ALL}/{nobody}/decision", {"outcome": "upheld", "reasons": REASONS}, 404)
    await desk.post(OWNER, f"{ALL}/{nobody}/withdrawal", status=404)
