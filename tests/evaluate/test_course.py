"""The course of evaluations: what is noted when, in words, for whom, and put right where facts were taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from collect_kit import Node, code_of, farm, firm, firms, penalties, penalty
from course_kit import CHECKER, CHIEF, DRAFTER, Desk, in_force, person, taken_back
from evaluate_kit import book, cards

from xinshu.evaluate.course import Standing, changes
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.tasks import FULL, TOUCHED, tasks, wake
from xinshu.members.model import ANONYMOUS, MemberKind

BANKER = person("banker", "credit-officer", kind=MemberKind.BANK)
OWNER = person("owner", "firm-legal-representative", subject=code_of(2))
DATA = person("data", "operator-data")
PATH = f"/v1/subjects/{code_of(2)}/evaluation/course"


async def test_what_changes_is_noted_and_nothing_else(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(3))
    await in_force(service)
    await service.run_full(DRAFTER)
    assert await node.table("select count(*) as n from evaluation_course where cause = 'first'") == [{"n": 3}]
    node.clock.advance(timedelta(days=3))
    await service.run_full(DRAFTER)
    assert await node.table("select count(*) as n from evaluation_course") == [{"n": 3}]
    await node.publish(penalties(3, serial=2), item="8", provider="ndrc", name="p.csv")
    await service.run_touched(DRAFTER)
    desk = Desk(node, service)
    seen = await desk.get(OWNER, PATH)
    assert [(one["day"], one["cause"]) for one in seen["entries"]][1] == ("2026-06-01", "first")
    newest = seen["entries"][0]
    assert newest["day"] == "2026-06-04" and newest["cause"] in ("grade", "score")
    assert newest["changes"][0] == "近36个月行政处罚次数:少 60 分"
    assert newest["score"] < seen["entries"][1]["score"] and seen["kept_months"] == 60
    # another version
    card = cards()["general"].model_copy(update={"version": "2026.2"})
    await service.models.create(card, DRAFTER)
    await service.models.validate("general", "2026.2", [], None, "测试", CHECKER)
    await service.models.approve("general", "2026.2", CHIEF)
    await service.models.start("general", "2026.2", CHIEF)
    node.clock.advance(timedelta(days=1))
    await service.run_full(DRAFTER)
    newest = (await desk.get(OWNER, PATH))["entries"][0]
    assert (newest["cause"], newest["version"]) == ("version", "2026.2")
    assert newest["changes"] == ["评价模型由 2026.1 版换为 2026.2 版"]
    # and its end
    await service.models.retire("general", "2026.2", CHIEF)
    node.clock.advance(timedelta(days=1))
    await service.run_full(DRAFTER)
    rows = await node.table("select cause from evaluation_course order by day desc limit 1")
    assert rows == [{"cause": "ended"}]


async def test_readers_see_what_they_may(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(3))
    await in_force(service)
    await service.run_full(DRAFTER)
    node.clock.advance(timedelta(days=3))
    await node.publish(penalties(3, serial=2), item="8", provider="ndrc", name="p.csv")
    await service.run_touched(DRAFTER)
    desk = Desk(node, service)
    assert (await desk.get(BANKER, PATH, 403))["code"] == "evaluation_use_forbidden"
    seen = await desk.get(BANKER, PATH, purpose="post_loan")
    assert all(one["score"] is None for one in seen["entries"]) and seen["leaf"] is not None
    own = await desk.get(OWNER, PATH)
    assert len(own["entries"]) == 2
    assert [one["grade"] for one in seen["entries"]] == list(dict.fromkeys(one["grade"] for one in own["entries"]))
    assert len((await desk.get(DATA, PATH, since="2026-06-02"))["entries"]) == 1
    assert (await desk.get(DATA, PATH, until="2026-05-02"))["entries"] == []
    await desk.get(OWNER, f"/v1/subjects/{code_of(1)}/evaluation/course", 403)
    await desk.get(ANONYMOUS, PATH, 401)
    await desk.get(DATA, "/v1/subjects/91320100748204660Q/evaluation/course", 404)
    await desk.get(DATA, PATH, 422, since="gestern")
    assert service._ledger is not None
    leaves = await service._ledger.leaves(kinds=["evaluation"])
    assert [leaf.principal for leaf in leaves][-1] == BANKER.id


async def test_no_past_grade_rests_on_what_was_taken_back(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(3))
    await node.publish(penalties(4, serial=2), item="8", provider="ndrc", name="p.csv")
    await in_force(service)
    work = tasks(service)
    await work[FULL]({})
    first = (await service.evaluate(code_of(2))).score
    node.clock.advance(timedelta(days=20))
    await taken_back(node, code_of(2), "8")
    await wake(node.db, service)
    await work[TOUCHED]({})
    now = (await service.evaluate(code_of(2))).score
    assert now.score > first.score
    rows = await node.table("select day, score, grade from evaluation_course c join subject s on s.id = c.subject_id "
                            "where s.code = $1 order by day", code_of(2))  # fmt: skip
    past = (await service.evaluate(code_of(2), date(2026, 6, 1))).score
    assert [(row["day"], row["score"]) for row in rows] == [
        (date(2026, 6, 1), past.score), (date(2026, 6, 21), now.score)
    ]  # fmt: skip
    assert past.score > first.score
    # done once
    assert await service.courses.mend(await service.engine()) == 0


async def test_a_correction_is_refreshed_through_the_worker(node: Node, service: EvaluationService) -> None:
    """A real batch that corrects, then the task that the worker runs within minutes."""
    await node.publish(firms(2))
    wrong = penalty("示市监处罚〔2024〕1号", 2, penalty_type="41")
    await node.publish([wrong], item="8", provider="ndrc", name="p.csv")
    await in_force(service)
    work = tasks(service)
    await work[FULL]({})
    before = (await service.evaluate(code_of(2))).score
    node.clock.advance(timedelta(hours=2))
    right = wrong | {"fine_amount": "20"}
    await node.publish([right], item="8", provider="ndrc", name="q.csv", mode="incremental")
    assert await service.waiting() > 0
    await wake(node.db, service)
    assert [job["entrypoint"] for job in await node.table("select entrypoint from pgqueuer")] == [TOUCHED]
    await work[TOUCHED]({})
    after = (await service.evaluate(code_of(2))).score
    rows = await node.table("select score from evaluation_result r join subject s on s.id = r.subject_id "
                            "where s.code = $1", code_of(2))  # fmt: skip
    assert rows == [{"score": after.score}] and after.score < before.score and await service.waiting() == 0


async def test_an_old_number_tells_the_kind(node: Node, service: EvaluationService) -> None:
    await node.publish([firm(1), firm(2, uscc="", registration_no="320111600123453"),
                        firm(3, uscc="", registration_no="320111000123459")])  # fmt: skip
    await node.publish([farm()], item="37", provider="agriculture")
    numbers = await node.table("select old_number, xinshu_evaluated_kind(kind, old_number) as kind from subject "
                               "where code is null and old_number is not null order by 1")  # fmt: skip
    await in_force(service)
    await service.run_full(DRAFTER)
    for row in numbers:
        found = await service.evaluate(row["old_number"])
        assert found.card.id == {"6": "individual-business", "0": "general"}[row["old_number"][6]]
        assert row["kind"] in {kind.value for kind in found.card.kinds}
    assert len(numbers) == 2
    missing = await node.table("select count(*) as n from subject s where not exists "
                               "(select from evaluation_result r where r.subject_id = s.id)")  # fmt: skip
    assert missing == [{"n": 0}]


async def test_what_is_older_than_it_is_kept_goes_but_for_the_last(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(1))
    await in_force(service)
    await service.run_full(DRAFTER)
    async with node.db.transaction() as conn:
        for day, score in ((date(2019, 1, 1), 700), (date(2020, 1, 1), 750), (date(2024, 1, 1), 800)):
            await conn.execute(
                "insert into evaluation_course select subject_id, model, $1, version, $2, earned, grade, vetoes, "
                "points, 'score', at from evaluation_course where day = '2026-06-01'", day, score,
            )  # fmt: skip
    assert await service.courses.forget() == 1
    rows = await node.table("select day from evaluation_course order by day")
    assert [row["day"].year for row in rows] == [2020, 2024, 2026]


def test_changes_in_words() -> None:
    card = cards()["general"]
    points = [one.weight for _, one in card.scored()]
    lower = [points[0] - 60, points[1] - 12, *points[2:]]
    before, now = Standing("2026.1", 1000, "优", [], points), Standing("2026.1", 928, "差", [0], lower)
    assert changes(book(), card, before, now) == [
        "出现:当前在严重失信主体名单内", "近36个月行政处罚次数:少 60 分", "近36个月罚款金额:少 12 分",
    ]  # fmt: skip
    assert changes(book(), card, now, before)[:2] == ["解除:当前在严重失信主体名单内", "近36个月行政处罚次数:多 60 分"]
    assert changes(book(), card, None, now) == [] and changes(book(), card, now, now) == []
    assert changes(book(), None, before, now) == []
    with pytest.raises(ValueError, match="zip"):
        changes(book(), card, before, Standing("2026.1", 1, "差", [], points[1:]))
