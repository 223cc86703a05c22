"""Runs over PostgreSQL: all subjects, those touched, one alone; for today and for a day past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from collect_kit import Node, code_of, farm, firm, firms, penalties, penalty
from evaluate_kit import book, cards

from xinshu.core.errors import XinshuError
from xinshu.evaluate.service import EvaluationService, FullRunNeededError, NoModelError
from xinshu.inquiry.model import AsOfError, SubjectUnknownError
from xinshu.members.model import local_operator
from xinshu.subjects.model import SubjectKind

WHO, CHECKER, CHIEF = (local_operator(name) for name in ("zhang", "li", "wang"))
FIRMS = 12


def grade(serial: int, level: str, year: int = 2025) -> dict[str, Any]:
    """A row of item 15."""
    return {
        "uscc": code_of(serial), "subject_name": f"示例市第{serial}号机械有限公司", "evaluation_year": str(year),
        "tax_credit_grade": level, "evaluation_kind": "1", "evaluated_date": f"{year + 1}-04-20",
        "authority": "国家税务总局示例市税务局", "division": "320111",
    }  # fmt: skip


async def in_force(service: EvaluationService) -> None:
    """All shipped models in force, by three people."""
    for card in cards().values():
        await service.models.create(card, WHO)
        await service.models.validate(card.id, card.version, [], None, "测试", CHECKER)
        await service.models.approve(card.id, card.version, CHIEF)
        await service.models.start(card.id, card.version, CHIEF)


async def filled(node: Node) -> None:
    """Some firms, a farm, penalties, tax grades."""
    await node.publish(firms(FIRMS))
    await node.publish([farm()], item="37", provider="agriculture")
    await node.publish(penalties(2, serial=3) + penalties(1, serial=5), item="8", provider="ndrc", name="p.csv")
    await node.publish([grade(n, "ABMCD"[n % 5]) for n in range(1, 9)], item="15", provider="tax", name="t.csv")


async def stored(node: Node) -> dict[int, dict[str, Any]]:
    """Results and indicators as stored, without the time of computing."""
    rows = await node.table(
        'select subject_id, model, version, e.as_of, score, earned, grade, vetoes, points, "values" '
        "from evaluation_result e join indicator_values using (subject_id) order by 1, 2"
    )
    return {row["subject_id"]: row for row in rows}


async def test_a_full_run_agrees_with_each_subject_alone(node: Node, service: EvaluationService) -> None:
    await filled(node)
    await in_force(service)
    done = await service.run_full(WHO, piece=5)  # several pieces
    assert (done.kind, done.subjects, done.changed) == ("full", FIRMS + 1, 0)
    results = await stored(node)
    assert len(results) == FIRMS + 1
    for subject in await node.table("select id, code, old_number, kind from subject"):
        alone = await service.evaluate(subject["code"])
        row = results[subject["id"]]
        assert (row["model"], row["score"], row["grade"]) == (alone.card.id, alone.score.score, alone.score.grade)
        assert row["points"] == [one.points for one in alone.score.points]
        assert row["vetoes"] == list(alone.score.vetoes)
        _, values = await service.indicators(subject["code"])
        assert await service.stored_values(subject["id"]) == values
    farms = [row for row in results.values() if row["model"] == "agriculture"]
    assert len(farms) == 1


async def test_touched_subjects_are_evaluated_again_and_the_rest_is_what_a_full_run_gives(
    node: Node, service: EvaluationService
) -> None:
    await filled(node)
    await in_force(service)
    with pytest.raises(FullRunNeededError):
        await service.run_touched(WHO, needs_full=True)
    await service.run_full(WHO)
    assert await service.waiting() == 0
    assert (await service.run_touched(WHO)).subjects == 0
    # new facts of a known subject, a changed one, one that ends, a new subject
    await node.publish([penalty("示市监处罚〔2026〕1号", 7, decision_date="2026-02-01", publication_date="2026-02-05",
                                publicity_to_date="2029-02-01", fine_amount="30")], item="8",
                       provider="ndrc", name="q.csv", mode="incremental")  # fmt: skip
    await node.publish([grade(2, "D")], item="15", provider="tax", name="u.csv", mode="incremental")
    await node.publish([firm(99)], name="n.csv", mode="incremental")
    assert await service.waiting() > 0
    done = await service.run_touched(WHO, needs_full=True)
    touched = await node.table("select id from subject where code = any ($1)", [code_of(n) for n in (2, 7, 99)])
    assert (done.subjects, done.left) == (len(touched), 0)
    by_touch = await stored(node)
    await service.run_full(WHO)
    assert by_touch == await stored(node)
    seven = await service.evaluate(code_of(7))
    assert seven.score.by_dimension["law_abiding"] < 360


async def test_what_is_repaired_is_used_no_more(node: Node, service: EvaluationService) -> None:
    await filled(node)
    await in_force(service)
    await service.run_full(WHO)
    before = await service.evaluate(code_of(3))
    # what a repair does to the copies (R5.3): the records end as repaired, the documents are written anew
    async with node.db.transaction() as conn:
        subject = await conn.fetchval("select id from subject where code = $1", code_of(3))
        await conn.execute(
            "update record set state = 'repaired', known_to = $2 where subject_id = $1 and item = '8'",
            subject, node.clock.now(),
        )  # fmt: skip
        await conn.execute(
            "update holding set document = '[]', rows = 0, version = version + 1 where subject_id = $1 and item = '8'",
            subject,
        )  # fmt: skip
    done = await service.run_touched(WHO)
    assert done.subjects == 1
    after = await service.evaluate(code_of(3))
    assert after.score.score > before.score.score
    assert (await stored(node))[subject]["score"] == after.score.score
    # not even for a day on which it was still known
    node.clock.advance(timedelta(days=2))
    past = await service.evaluate(code_of(3), date(2026, 6, 1))
    assert past.score.score == after.score.score


async def test_any_past_day(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(2))
    await in_force(service)
    node.clock.advance(timedelta(days=40))
    await node.publish(penalties(3, serial=1), item="8", provider="ndrc", name="p.csv")
    now, then = await service.evaluate(code_of(1)), await service.evaluate(code_of(1), date(2026, 6, 20))
    assert now.score.score < then.score.score
    assert then.as_of == date(2026, 6, 20) and then.valid_to == date(2027, 6, 20)
    _, values = await service.indicators(code_of(1), date(2026, 6, 20))
    assert values["penalties_36m"] == 0 and values["months_since_established"] == 123
    # the batch of that day says the same
    await service.run_full(WHO, date(2026, 6, 20))
    rows = await node.table("select score from evaluation_result e join subject s on s.id = e.subject_id "
                            "where s.code = $1", code_of(1))  # fmt: skip
    assert rows[0]["score"] == then.score.score
    assert await service.stored_values(1) == values


async def test_a_day_before_anything_was_known(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(2))
    await in_force(service)
    done = await service.run_full(WHO, date(2020, 1, 1))
    assert done.subjects == 2
    alone = await service.evaluate(code_of(1), date(2020, 1, 1))
    rows = await node.table("select distinct score, grade from evaluation_result")
    assert [tuple(row.values()) for row in rows] == [(alone.score.score, alone.score.grade)]


async def test_reasons_name_the_facts_behind_them(node: Node, service: EvaluationService) -> None:
    await filled(node)
    await in_force(service)
    found = (await service.evaluate(code_of(3))).as_json()
    lowered = next(one for one in found["reasons"] if one["indicator"] == "penalties_36m")
    assert lowered["effect"] == "lowered" and lowered["text"].startswith("近36个月行政处罚次数:2件,得")
    assert lowered["change"] is not None and "多得" in lowered["change"]
    documents = {fact["about"]["document_no"] for fact in found["facts"]["penalties_36m"]}
    assert documents == {"示市监处罚〔2024〕1号", "示市监处罚〔2024〕2号"}
    assert sum(one["points"] for one in found["dimensions"]) == found["score"]
    assert found["person"] and found["uses"]["forbidden"]


async def test_what_cannot_be_evaluated_says_so(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(1))
    with pytest.raises(NoModelError, match="enterprise"):
        await service.evaluate(code_of(1))
    await in_force(service)
    with pytest.raises(SubjectUnknownError):
        await service.evaluate("91320100748204660Q")
    with pytest.raises(AsOfError):
        await service.evaluate(code_of(1), date(2027, 1, 1))
    assert len(book()) >= 120
    assert all(isinstance(kind, SubjectKind) for card in cards().values() for kind in card.kinds)
    with pytest.raises(XinshuError):
        await service.run_full(WHO, date(2027, 1, 1))
