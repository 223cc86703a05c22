"""Runs over PostgreSQL: everybody, those touched, one alone, agree; lists, circles, what readers see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from collect_kit import Node, code_of, farm
from evaluate_kit import book as indicators
from evaluate_kit import catalogue
from modules_kit import (
    COOPERATIVE,
    MAKER,
    MILL,
    TRADER,
    YARD,
    book,
    modules_over,
    recognition,
    shareholding,
    some_firms,
)

from xinshu.evaluate.run import Engine
from xinshu.evaluate.service import EvaluationService
from xinshu.inquiry.model import AsOfError, SubjectUnknownError
from xinshu.members.model import MemberKind, MemberRef, MemberState, Principal, local_operator
from xinshu.modules.circles import Circles
from xinshu.modules.errors import CircleUnknownError, ListUnknownError, PartUnknownError
from xinshu.modules.lists import Lists
from xinshu.modules.loader import BookOfModules, ModuleUnknownError
from xinshu.modules.model import Condition, Criteria
from xinshu.modules.service import Modules
from xinshu.modules.views import WITHHELD, evidence_shown
from xinshu.synth import World
from xinshu.synth.items import GENERATORS
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

WHO = local_operator("zhang")
BANKER = Principal(
    "account:banker", "banker", frozenset({"credit-officer"}),
    MemberRef("m-bank", MemberKind.BANK, "银行", MemberState.ONLINE),
)  # fmt: skip
ALL = Criteria(degrees=("member", "possible"))


async def filled(node: Node) -> None:
    """The firms of the kit, a family farm, a recognition, shares among some."""
    await node.publish(some_firms())
    await node.publish([farm()], item="37", provider="agriculture", name="f.csv")
    await node.publish([recognition(MAKER)], item="33", provider="miit", name="r.csv")
    holders = [shareholding(YARD, MAKER), shareholding(MILL, MAKER), shareholding(TRADER, MILL)]
    holders += [shareholding(COOPERATIVE, MAKER)]
    await node.publish(holders, item="2", name="s.csv")


async def stored(node: Node) -> list[dict[str, Any]]:
    """Memberships and relations as stored, without the time of computing."""
    columns = "subject_id, module, version, degree, points, parts, evidence, as_of"
    rows = await node.table(f"select {columns} from module_membership order by 1, 2")
    return rows + await node.table("select * from module_relation order by 1, 2, 3")


async def agree(node: Node, service: Modules) -> int:
    """How many memberships were compared: those stored, and each subject alone."""
    kept = {(row["subject_id"], row["module"]): row for row in await node.table("select * from module_membership")}
    compared = 0
    for subject in await node.table("select id, code, old_number from subject"):
        _, alone = await service.classify(subject["code"] or subject["old_number"])
        for module, one in alone.items():
            row = kept.pop((subject["id"], module), None)
            assert (row is None) == (one.degree == "none")
            if row is not None:
                assert (row["degree"], row["points"], tuple(row["parts"])) == (one.degree, one.points, one.parts)
                assert [e.why for e in one.evidence] == [e["why"] for e in _evidence(row)]
            compared += 1
    assert not kept
    return compared


def _evidence(row: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(row["evidence"])
    return found


async def test_a_full_run_finds_what_each_subject_alone_gives(node: Node, service: Modules) -> None:
    await filled(node)
    done = await service.run_full(WHO, piece=3)  # several pieces
    assert (done.kind, done.subjects) == ("full", 7)
    assert await agree(node, service) == 7 * len(book())
    degrees = {(row["code"], row["module"]): row["degree"] for row in await node.table(
        "select code, module, degree from module_membership join subject on id = subject_id")}  # fmt: skip
    assert degrees[code_of(MAKER), "strategic-emerging"] == "member"
    assert (code_of(TRADER), "strategic-emerging") not in degrees
    assert degrees[code_of(COOPERATIVE), "agriculture"] == "member"
    assert degrees[code_of(MILL), "green"] == "member"
    assert not any(code == code_of(6) for code, _ in degrees)
    assert sum(module == "agriculture" for _, module in degrees) == 2  # the farm too


async def test_a_synthetic_province_is_classified_alike(node: Node, service: Modules) -> None:
    world, subjects = World(7, 400, date(2026, 6, 1), catalogue=catalogue()), 150
    view = View(world.basis, 0, subjects, (date(2026, 6, 1) - date(1970, 1, 1)).days)
    providers = {"1": "samr", "5": "housing", "6": "cnca", "33": "miit"}
    for number, provider in providers.items():
        table = to_table(catalogue().item(number), view, GENERATORS[number](view))
        rows = [{k: "" if v is None else str(v) for k, v in row.items()} for row in table.to_pylist()]
        if rows:
            await node.send(rows, item=number, provider=provider, name=f"{number}.csv")
    done = await service.run_full(WHO, piece=40)
    assert done.subjects > 100 and done.members > 5
    assert await agree(node, service) == done.subjects * len(book())


async def test_touched_subjects_are_classified_again_and_the_rest_is_what_a_full_run_gives(
    node: Node, service: Modules
) -> None:
    await filled(node)
    await service.run_full(WHO)
    assert await service.waiting() == 0
    moved = some_firms()
    moved[TRADER - 1]["business_scope"] = "锂离子电池制造"
    moved[TRADER - 1]["subject_name"] = "示例市晨光电池有限公司"
    moved[MAKER - 1]["business_scope"], moved[MAKER - 1]["industry"] = "家政服务", "O8010"
    await node.publish(moved, name="again.csv")
    await node.publish([shareholding(6, YARD)], item="2", name="more.csv")
    assert await service.waiting() > 0
    done = await service.run_touched(WHO)
    assert done.kind == "incremental" and 3 <= done.subjects <= 7 and done.left == 0
    after = await stored(node)
    await service.run_full(WHO)
    assert await stored(node) == after
    assert (await service.run_touched(WHO)).subjects == 0
    assert not await service.full_run_due()
    node.clock.advance(timedelta(days=1))
    assert await service.full_run_due()


async def test_past_days_are_classified_by_what_was_known_then(node: Node, service: Modules) -> None:
    await filled(node)
    node.clock.advance(timedelta(days=2))
    moved = some_firms()
    moved[MAKER - 1]["business_scope"], moved[MAKER - 1]["industry"] = "家政服务", "O8010"
    await node.publish(moved, name="again.csv")
    before = (await service.classify(code_of(MAKER), date(2026, 6, 1)))[1]["green"]
    now = (await service.classify(code_of(MAKER)))[1]["green"]
    assert before.points > now.points
    with pytest.raises(AsOfError):
        await service.classify(code_of(MAKER), date(2027, 1, 1))
    with pytest.raises(SubjectUnknownError):
        await service.classify("91320111MADEM0099X")


async def test_lists_hold_who_meets_the_criteria_with_reasons(node: Node, service: Modules) -> None:
    await filled(node)
    await service.run_full(WHO)
    found = await service.members("strategic-emerging", ALL, WHO)
    assert found[0].code == code_of(MAKER)
    assert found[0].reasons[0].startswith("属于:")
    assert await service.filter("strategic-emerging", WHO) == [code_of(MAKER)]
    named = Criteria(degrees=("member",), parts=("new-energy",), divisions=("3201",), kinds=(), sizes=())
    assert [one.code for one in await service.members("strategic-emerging", named, WHO)] == [code_of(MAKER)]
    assert await service.members("strategic-emerging", Criteria(divisions=("33",)), WHO) == []
    with pytest.raises(PartUnknownError, match="没有领域 x"):
        await service.members("strategic-emerging", Criteria(parts=("x",)), WHO)
    with pytest.raises(ModuleUnknownError, match="nothing"):
        await service.members("nothing", ALL, WHO)


async def test_conditions_on_indicators_hold_only_where_they_were_computed(node: Node, service: Modules) -> None:
    await filled(node)
    await service.run_full(WHO)
    recognised = Criteria(indicators=(Condition(indicator="specialised_firm", op="ge", value=1),))
    unpunished = Criteria(indicators=(Condition(indicator="penalties_36m", op="eq", value=0),))
    assert await service.members("strategic-emerging", unpunished, WHO) == []  # nothing was computed yet
    evaluation = EvaluationService(
        node.db, indicators(), node.clock, node.services.ledger, node.services.benches, lambda: Engine.of(indicators())
    )
    await evaluation.run_full(WHO)
    assert [one.code for one in await service.members("strategic-emerging", unpunished, WHO)] == [code_of(MAKER)]
    (line,) = await service.members("strategic-emerging", recognised, WHO)
    assert "不小于 1" in line.reasons[-1]
    none = Criteria(indicators=(Condition(indicator="penalties_36m", op="ge", value=1),))
    assert await service.members("strategic-emerging", none, WHO) == []


async def test_institutions_see_no_households_and_no_scores(node: Node, service: Modules) -> None:
    await filled(node)
    await service.run_full(WHO)
    codes = {one.code for one in await service.members("agriculture", ALL, WHO)}
    seen = await service.members("agriculture", ALL, BANKER)
    assert {one.code for one in seen} == {code for code in codes if not code.startswith("Z")} < codes
    assert all(one.score is None for one in seen)


async def test_evidence_from_closed_items_is_withheld_from_institutions() -> None:
    module = book()["green"]
    pieces = [
        {"origin": "certificate", "said": "x", "item": "3", "points": 9, "why": "年报", "part": None},
        {"origin": "scope", "said": "污水处理", "item": "1", "points": 60, "why": "经营范围", "part": "environment"},
    ]
    exact = evidence_shown(catalogue(), module, pieces, exact=True)
    masked = evidence_shown(catalogue(), module, pieces, exact=False)
    assert exact[0]["said"] == "x" and exact[1] == masked[1]
    assert (masked[0]["why"], masked[0]["said"], masked[0]["points"]) == (WITHHELD, None, None)


async def test_a_list_given_out_is_kept_as_it_was_and_proven(node: Node, service: Modules) -> None:
    await filled(node)
    await service.run_full(WHO)
    lists = Lists(node.db, node.clock, node.services.ledger, service)
    made = await lists.make("strategic-emerging", "all", BANKER)
    assert (made.count, made.truncated, [one["code"] for one in made.lines]) == (1, False, [code_of(MAKER)])
    again = await lists.get("strategic-emerging", made.id)
    assert again == made and made.leaf > 0
    with pytest.raises(ListUnknownError, match="没有名单 best"):
        await lists.make("strategic-emerging", "best", WHO)
    with pytest.raises(ListUnknownError):
        await lists.get("green", made.id)


async def test_circles_follow_the_relations_that_records_state(node: Node, service: Modules) -> None:
    await filled(node)
    await service.run_full(WHO)
    circles = Circles(node.db, node.clock, service)
    leaders = await circles.leaders("key-supply-chains", BANKER)
    assert [(one["code"], one["related"]) for one in leaders] == [(code_of(MAKER), 3)]
    circle = await circles.circle("key-supply-chains", code_of(MAKER), BANKER)
    steps = {one["code"]: one["step"] for one in circle["members"]}
    assert steps == {code_of(YARD): 1, code_of(MILL): 1, code_of(COOPERATIVE): 1, code_of(TRADER): 2}
    assert {(one["of"], one["other"]) for one in circle["links"]} >= {(code_of(TRADER), code_of(MILL))}
    assert {one["name"] for one in circle["links"]} == {"股东"}
    with pytest.raises(CircleUnknownError, match="没有 示例市安心家政"):
        await circles.circle("key-supply-chains", code_of(6), WHO)
    with pytest.raises(CircleUnknownError, match="没有链主生态圈"):
        await circles.leaders("green", WHO)
    with pytest.raises(SubjectUnknownError):
        await circles.circle("key-supply-chains", "X", WHO)


async def test_statistics_and_counts(node: Node, service: Modules) -> None:
    await filled(node)
    await service.run_full(WHO)
    counts = await service.counts()
    assert counts["agriculture"] == {"member": 2, "possible": 0}
    falls = await service.statistics("agriculture", BANKER)
    assert sum(one["subjects"] for one in falls if one["by"] == "size") == 1 + sum(
        1 for one in await service.members("agriculture", ALL, BANKER) if one.kind == "cooperative")  # fmt: skip
    assert {one["part"] for one in falls if one["by"] == "part"} == {"planting"}


async def test_modules_that_are_off_are_not_there(node: Node) -> None:
    some = modules_over(node, BookOfModules([book()["green"]], catalogue()))
    assert list(await some.counts()) == ["green"]
    with pytest.raises(ModuleUnknownError, match="agriculture"):
        await some.members("agriculture", ALL, WHO)
