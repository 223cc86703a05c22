"""What would improve an evaluation: promised points are really gained, only what a firm can do, data not code."""

from __future__ import annotations

from pathlib import Path

import pytest
from collect_kit import Node, code_of, firms, penalties
from course_kit import Desk, in_force, person
from evaluate_kit import AS_OF, book, cards, chunks, single
from test_scoring import best as all_points

from xinshu.core.settings import packaged_definitions
from xinshu.evaluate.advice import KINDS, Advice, AdviceInvalidError
from xinshu.evaluate.days import Day
from xinshu.evaluate.improve import improvements
from xinshu.evaluate.scoring import score
from xinshu.evaluate.service import EvaluationService
from xinshu.members.model import ANONYMOUS, MemberKind
from xinshu.synth import World

ADVICE = Advice.load(packaged_definitions())
OWNER = person("owner", "firm-legal-representative", subject=code_of(2))
PATH = f"/v1/subjects/{code_of(2)}/evaluation/improvements"


@pytest.mark.parametrize("model", ["general", "individual-business", "agriculture"])
def test_every_point_promised_is_gained(model: str) -> None:
    card, day = cards()[model], Day(AS_OF)
    chunk = next(chunks(World(7, 200, AS_OF, catalogue=book().catalogue), 120))
    promised = 0
    for records in chunk.records().values():
        values = single().evaluate(records, day, card.indicators())
        result = score(card, values)
        found = improvements(card, book(), ADVICE, values, result)
        for step in found.steps:
            after = score(card, values | {step.indicator: step.change})
            assert (after.score - result.score, after.score, after.grade) == (step.gain, step.score, step.grade)
            assert step.gain > 0 and step.text and (step.action or step.at_most)
            promised += 1
        for lift in found.lifts:
            after = score(card, values | {lift.indicator: lift.change})
            assert after.grade == lift.grade_without
        every = score(card, values | {one.indicator: one.change for one in (*found.lifts, *found.steps)})
        assert every == found.together
        assert result.score + sum(one.gain for one in found.steps) + found.beyond == 1000
        assert [one.gain for one in found.steps] == sorted((one.gain for one in found.steps), reverse=True)
        for one in (*found.steps, *found.lifts):
            assert ADVICE.can(book(), one.indicator)
    assert promised > 100


def test_nobody_is_told_to_be_older() -> None:
    card = cards()["general"]
    values = all_points(card) | {"months_since_established": 3, "legal_person_changes_36m": 4, "penalties_36m": 2}
    found = improvements(card, book(), ADVICE, values, score(card, values))
    assert [one.indicator for one in found.steps] == ["penalties_36m"] and found.beyond == 28 + 20
    step = found.steps[0]
    assert (step.kind, step.gain, step.change) == ("repair", 60, 0)
    assert step.text == "近36个月行政处罚次数现为2件,达到没有(0件)时,多得 60 分;达到1件以内时,即可先得 28 分"
    assert "申请信用修复" in step.action


def test_a_veto_comes_first_with_the_grade_without_it() -> None:
    card = cards()["general"]
    values = all_points(card) | {"seriously_dishonest": 1, "revoked": 0}
    found = improvements(card, book(), ADVICE, values, score(card, values))
    assert [(one.indicator, one.grade, one.grade_without) for one in found.lifts] == [
        ("seriously_dishonest", "差", "优")
    ]
    assert found.together.grade == "优"
    gone = all_points(card) | {"revoked": 1}
    assert improvements(card, book(), ADVICE, gone, score(card, gone)).lifts == ()  # no firm can undo that


def test_what_is_missing_is_promised_at_most() -> None:
    card = cards()["general"]
    values = all_points(card) | {"tax_credit_grade": None}
    step = improvements(card, book(), ADVICE, values, score(card, values)).steps[0]
    assert (step.kind, step.at_most, step.gain) == ("supply", True, 24) and "至多多得 24 分" in step.text


def test_the_file_covers_the_shipped_models() -> None:
    named = {indicator for card in cards().values() for indicator in card.indicators()}
    assert set(ADVICE.indicators) <= {one.id for one in book()}
    for indicator in named:
        assert book().items_of(indicator) <= set(ADVICE.items), indicator
    assert set(KINDS) >= {"repair", "settle", "keep", "obtain", "supply"}


def test_without_the_file_the_catalogue_words_it(tmp_path: Path) -> None:
    plain = Advice.load(tmp_path)
    item = book().catalogue.item("8")
    assert item.provider.zh in plain.way(item) and item.provider.zh in plain.how_in(item)
    assert not plain.can(book(), "months_since_established")
    assert plain.do(book(), "penalties_36m", lower=True).kind == "repair"
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "advice.yml").write_text("items: {'8': {lower: {kind: magic, action: 什么都不做}}}")
    with pytest.raises(AdviceInvalidError, match=r"items\.8\.lower\.kind"):
        Advice.load(tmp_path)
    (tmp_path / "evaluation" / "advice.yml").write_text("items: [")
    with pytest.raises(AdviceInvalidError, match="无法读取"):
        Advice.load(tmp_path)


async def test_a_firm_is_told_over_http(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(3))
    await node.publish(penalties(2, serial=2), item="8", provider="ndrc", name="p.csv")
    await in_force(service)
    desk = Desk(node, service)
    seen = await desk.get(OWNER, PATH)
    step = next(one for one in seen["steps"] if one["indicator"] == "penalties_36m")
    assert step["gain"] == 60 and step["score"] == seen["score"] + 60
    assert {fact["about"]["document_no"] for fact in step["facts"]} == {
        "示市监处罚〔2024〕1号", "示市监处罚〔2024〕2号"
    }  # fmt: skip
    assert step["sources"][0]["item"] == "8" and "国家发展改革委" in step["sources"][0]["provider"]
    assert seen["together"]["score"] == seen["score"] + sum(one["gain"] for one in seen["steps"])
    assert seen["next"] is None or seen["next"]["needed"] == seen["next"]["score"] - seen["score"]
    assert all(one["action"] and one["sources"] and one["kind_name"] for one in seen["steps"]) and seen["person"]
    assert seen["leaf"] is not None
    banker = person("banker", "credit-officer", kind=MemberKind.BANK)
    assert (await desk.get(banker, PATH, 403))["details"]["reason"] == "role_lacks_right"
    await desk.get(OWNER, f"/v1/subjects/{code_of(1)}/evaluation/improvements", 403)
    await desk.get(ANONYMOUS, PATH, 401)
    data = person("data", "operator-data")
    await desk.get(data, "/v1/subjects/91320100748204660Q/evaluation/improvements", 404)
    await desk.get(data, f"/v1/subjects/{'1' * 41}/evaluation/improvements", 422)
