"""The portfolio of an institution: only those that authorised it, then and now, why, and how it drifts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from collect_kit import Node, code_of, firms, penalties
from course_kit import DRAFTER, Desk, authorise, in_force, member, person
from course_kit import taken_back as take_back

from xinshu.evaluate.portfolio import _total
from xinshu.evaluate.service import EvaluationService
from xinshu.members.model import ANONYMOUS, MemberKind

BANKER = person("banker", "credit-officer", kind=MemberKind.BANK)
GUARANTOR = person("guarantor", "guarantee-officer", kind=MemberKind.GUARANTOR)
PATH = "/v1/portfolio"


@pytest.fixture
async def desk(node: Node, service: EvaluationService) -> Desk:
    """Six firms; of one more is known after forty days; five authorised a bank, in several ways."""
    await node.publish(firms(6))
    await in_force(service)
    await service.run_full(DRAFTER)
    await member(node, "m-bank", "bank")
    await member(node, "m-guarantor", "guarantor")
    node.clock.advance(timedelta(days=40))
    for serial in (1, 2):
        await authorise(node, code_of(serial), "m-bank")
    await authorise(node, code_of(2), "m-bank", "pre_loan")
    await authorise(node, code_of(3), "m-bank", state="revoked")
    await authorise(node, code_of(4), "m-bank", "joint_modelling")  # no purpose that the model allows
    await authorise(node, code_of(5), "m-bank", days=1)
    await authorise(node, code_of(6), "m-bank", max_calls=2, used=2)
    await authorise(node, code_of(3), "m-guarantor", "guarantee_review")
    await node.publish(penalties(4, serial=2), item="8", provider="ndrc", name="p.csv")
    await service.run_touched(DRAFTER)
    node.clock.advance(timedelta(days=2))
    return Desk(node, service)


async def test_only_those_that_authorised_it_appear(desk: Desk) -> None:
    seen = await desk.get(BANKER, PATH)
    assert (seen["since"], seen["total"]) == ("2026-04-13", 2)
    assert {row["code"]: row["purposes"] for row in seen["rows"]} == {
        code_of(1): ["post_loan"], code_of(2): ["post_loan", "pre_loan"]
    }  # fmt: skip
    assert all(row["change"] == "new" and row["then_grade"] is None for row in seen["rows"])
    assert [row["code"] for row in (await desk.get(GUARANTOR, PATH))["rows"]] == [code_of(3)]
    assert (await desk.get(BANKER, PATH, purpose="pre_loan"))["total"] == 1
    assert (await desk.get(BANKER, PATH, purpose="joint_modelling"))["total"] == 0
    async with desk.node.db.transaction() as conn:
        await conn.execute("update consent set state = 'paused' where subject_code = $1", code_of(1))
    assert [row["code"] for row in (await desk.get(BANKER, PATH))["rows"]] == [code_of(2)]


async def test_then_and_now_with_reasons(desk: Desk) -> None:
    seen = await desk.get(BANKER, PATH, since="2026-06-10")
    worse, same = seen["rows"]  # least change of the score first
    assert (worse["code"], worse["change"]) == (code_of(2), "worse") and worse["score_change"] < 0
    assert worse["then_day"] == "2026-06-01" and worse["reasons"][0].startswith("近36个月行政处罚次数:少 ")
    assert (same["code"], same["change"], same["score_change"], same["reasons"]) == (code_of(1), "same", 0, [])
    total = seen["totals"][0]
    assert (total["model"], total["subjects"], total["compared"]) == ("general", 2, 2)
    assert total["psi"] is None and total["drift"] is None  # of two firms it would say nothing
    assert {(one["then"], one["now"]): one["subjects"] for one in total["moves"]} == {
        (worse["then_grade"], worse["grade"]): 1, (same["grade"], same["grade"]): 1
    }  # fmt: skip
    for given, wanted in (
        ({"changed": "worse"}, [code_of(2)]), ({"changed": "changed"}, [code_of(2)]), ({"changed": "better"}, []),
        ({"changed": "same"}, [code_of(1)]), ({"grade": worse["grade"]}, [code_of(2)]),
        ({"sort": "score", "descending": True}, [code_of(1), code_of(2)]), ({"sort": "name"}, [code_of(1), code_of(2)]),
        ({"sort": "grade"}, [code_of(1), code_of(2)]), ({"division": "3201"}, [code_of(2), code_of(1)]),
        ({"division": "11"}, []), ({"model": "agriculture"}, []),
    ):  # fmt: skip
        found = await desk.get(BANKER, PATH, since="2026-06-10", **given)
        assert ([row["code"] for row in found["rows"]], found["total"]) == (wanted, len(wanted)), given
    second = await desk.get(BANKER, PATH, since="2026-06-10", page=2, page_size=1)
    assert ([row["code"] for row in second["rows"]], second["total"]) == ([code_of(1)], 2)
    assert (await desk.get(BANKER, PATH, since="2026-06-10", page=9))["total"] == 2


async def test_a_look_is_one_leaf_and_vetoes_are_named(desk: Desk) -> None:
    service = desk.service
    assert service._ledger is not None
    before = await service._ledger.leaves(kinds=["portfolio"])
    seen = await desk.get(BANKER, PATH)
    leaves = await service._ledger.leaves(kinds=["portfolio"])
    assert len(leaves) == len(before) + 1 and leaves[0].principal == BANKER.id
    assert seen["leaf"] == leaves[0].index and leaves[0].subject is None and code_of(1) not in leaves[0].content
    assert all(row["vetoes"] == [] for row in seen["rows"])


async def test_what_was_repaired_is_not_in_the_grade_of_then(desk: Desk) -> None:
    node, service = desk.node, desk.service
    worse = (await desk.get(BANKER, PATH, since="2026-07-12", changed="same"))["rows"][0]
    assert worse["code"] in (code_of(1), code_of(2))
    node.clock.advance(timedelta(days=1))
    await take_back(node, code_of(2), "8")
    await service.run_touched(DRAFTER)
    await service.keep_courses()
    rows = {row["code"]: row for row in (await desk.get(BANKER, PATH, since="2026-07-12"))["rows"]}
    repaired = rows[code_of(2)]
    assert repaired["change"] == "same" and repaired["then_score"] == repaired["score"]


async def test_who_may_and_bad_questions(desk: Desk) -> None:
    for who in (person("owner", "firm-delegate", subject=code_of(1)), person("data", "operator-data")):
        assert (await desk.get(who, PATH, 403))["details"]["reason"] == "role_lacks_right"
    await desk.get(ANONYMOUS, PATH, 401)
    bad: list[tuple[dict[str, Any], int]] = [
        ({"since": "2026-07-13"}, 400), ({"since": "2030-01-01"}, 400), ({"since": "gestern"}, 422),
        ({"grade": "A"}, 422), ({"changed": "up"}, 422), ({"division": "32%"}, 422), ({"sort": "code"}, 422),
        ({"model": "General"}, 422), ({"page": 0}, 422), ({"page_size": 201}, 422), ({"purpose": "x" * 41}, 422),
    ]  # fmt: skip
    for given, status in bad:
        await desk.get(BANKER, PATH, status, **given)


def test_drift_of_a_portfolio() -> None:
    def row(then: str | None, now: str, then_band: int | None, band: int, subjects: int) -> dict[str, Any]:
        return {"grade": now, "then_grade": then, "band": band, "then_band": then_band, "subjects": subjects}

    still = _total("general", "通用", [row("优", "优", 18, 18, 40), row(None, "良", None, 16, 9)])
    assert (still["psi"], still["drift"], still["compared"], still["subjects"]) == (0.0, "stable", 40, 49)
    moved = _total("general", "通用", [row("优", "优", 18, 18, 20), row("优", "差", 18, 10, 20)])
    assert (
        moved["drift"] == "alarm"
        and moved["then"]["优"] == 40
        and moved["now"] == {"优": 20, "良": 0, "中": 0, "差": 20}
    )
