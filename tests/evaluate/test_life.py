"""The life of a model: each step only after the one before, never alone, always with evidence; drift is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from collect_kit import Node, code_of, firms, penalties
from evaluate_kit import cards

from xinshu.evaluate import validation
from xinshu.evaluate.life import ModelExistsError, ModelNotFoundError, ModelStateError, SamePersonError, State
from xinshu.evaluate.scorecards import ModelInvalidError
from xinshu.evaluate.service import EvaluationService, NothingStoredError
from xinshu.evaluate.validation import Case
from xinshu.members.model import local_operator

DRAFTER, CHECKER, CHIEF = (local_operator(name) for name in ("zhang", "li", "wang"))


def case(score: int, bad: bool | None, **groups: str) -> Case:
    return Case(score, "良", bad, groups)


async def test_from_draft_to_retirement(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(4))
    await node.publish(penalties(3, serial=2), item="8", provider="ndrc", name="p.csv")
    card, models = cards()["general"], service.models
    draft = await models.create(card, DRAFTER)
    assert (draft.state, draft.card, draft.digest) == (State.DRAFT, card, card.digest())
    with pytest.raises(ModelExistsError, match=r"2026\.1 已存在"):
        await models.create(card, DRAFTER)
    with pytest.raises(ModelStateError, match="现为草稿,不能转为已批准"):
        await models.approve("general", "2026.1", CHIEF)
    with pytest.raises(NothingStoredError):
        await service.validate("general", "2026.1", {}, "无", CHECKER)
    await service.run_full(DRAFTER)
    outcomes = {code_of(1): False, code_of(2): True, code_of(3): False}
    validated = await service.validate("general", "2026.1", outcomes, "测试用的结果", CHECKER)
    assert validated.validation is not None
    assert validated.validation["auc"] == 1.0 and validated.validation["outcomes_known"] == 3
    assert validated.validation["source"] == "测试用的结果"
    for person in (DRAFTER, CHECKER):
        with pytest.raises(SamePersonError):
            await models.approve("general", "2026.1", person)
    with pytest.raises(ModelStateError):
        await models.start("general", "2026.1", CHIEF)
    assert (await models.approve("general", "2026.1", CHIEF)).approved_by == CHIEF.id
    started = await models.start("general", "2026.1", CHIEF)
    assert started.state is State.IN_FORCE and await models.in_force() == [card]
    await service.run_full(DRAFTER)
    drift = await models.monitor()
    assert drift == [{"model": "general", "version": "2026.1", "month": "2026-06", "subjects": 4, "psi": 0.0,
                      "drift": "stable"}]  # fmt: skip
    assert (await models.monitored("general", "2026.1"))[0]["subjects"] == 4
    # a new version takes its place
    fresh = card.model_copy(update={"version": "2026.2"})
    await models.create(fresh, DRAFTER)
    await service.validate("general", "2026.2", {}, "没有结果数据", CHECKER)
    await models.approve("general", "2026.2", CHIEF)
    await models.start("general", "2026.2", CHIEF)
    assert [one.version for one in await models.in_force()] == ["2026.2"]
    assert (await models.get("general", "2026.1")).state is State.RETIRED
    with pytest.raises(ModelStateError):
        await models.start("general", "2026.1", CHIEF)
    await models.retire("general", "2026.2", CHIEF)
    assert await models.in_force() == []
    await service.run_full(DRAFTER)  # nobody is evaluated by it any more
    assert await node.table("select count(*) as n from evaluation_result") == [{"n": 0}]
    waiting = await node.table("select count(*) as n from waiting_leaf where kind = 'evaluation_model'")
    leaves = await service._ledger.leaves(kinds=["evaluation_model"]) if service._ledger is not None else []
    assert waiting[0]["n"] + len(leaves) == 10
    assert all(leaf.principal in (DRAFTER.id, CHECKER.id, CHIEF.id) for leaf in leaves)


async def test_a_model_that_is_wrong_is_no_draft(service: EvaluationService) -> None:
    card = cards()["general"]
    lighter = card.model_copy(update={"dimensions": card.dimensions[:4]})
    with pytest.raises(ModelInvalidError, match="应为 1000,实际为 900"):
        await service.models.create(lighter, DRAFTER)
    with pytest.raises(ModelNotFoundError):
        await service.models.get("general", "2099.1")


def test_what_validation_measures() -> None:
    cases = [case(score, score < 500) for score in (100, 200, 300, 600, 700, 800)]
    assert validation.auc(cases) == 1.0 and validation.ks(cases) == 1.0
    turned = [replace(one, bad=not one.bad) for one in cases]
    assert validation.auc(turned) == 0.0
    tied = [case(500, True), case(500, False)]
    assert validation.auc(tied) == 0.5 and validation.ks(tied) == 0.0
    assert validation.auc([case(1, True)]) is None and validation.ks([case(1, None)]) is None
    mixed = [case(300, True), case(400, False), case(500, True), case(600, False)]
    assert validation.auc(mixed) == 0.75 and validation.ks(mixed) == 0.5


def test_drift_is_nothing_for_equal_distributions_and_grows() -> None:
    before = validation.distribution([900, 910, 700, 0, 1000])
    assert sum(before) == 5 and before[0] == 1 and before[-1] == 1
    assert validation.psi(before, before) == 0.0
    assert validation.psi(before, [0] * validation.BANDS) == 0.0
    small, large = validation.distribution([900, 910, 720, 0, 1000]), validation.distribution([100] * 5)
    assert 0.0 <= validation.psi(before, small) < validation.psi(before, large)
    assert [validation.drift(x) for x in (0.05, 0.1, 0.3)] == ["stable", "watch", "alarm"]


def test_small_parts_are_put_together() -> None:
    cases = [case(800, None, division="3201") for _ in range(40)]
    cases += [case(600, None, division=f"32{n:02}") for n in range(2, 12)] + [case(500, None)]
    parts = validation.by_group(cases, "division")
    assert [(one["part"], one["subjects"]) for one in parts] == [("3201", 40), ("其他", 11)]
    report = validation.report(cases, cases)
    assert report["psi"] == 0.0 and report["auc"] is None and report["subjects"] == 51
