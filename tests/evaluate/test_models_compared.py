"""Charts of validation and what they cannot show, stability against an earlier day, versions compared, approvals."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from collect_kit import Node, code_of, firms, penalties
from course_kit import CHECKER, DRAFTER, Desk, in_force, person
from evaluate_kit import book, cards

from xinshu.evaluate import validation
from xinshu.evaluate.differences import differences
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.scoring import score
from xinshu.evaluate.service import EvaluationService
from xinshu.evaluate.validation import Case
from xinshu.inquiry.model import AsOfError
from xinshu.members.model import MemberKind

DATA = person("data", "operator-data")
ADMIN = person("admin", "operator-admin")
PATH = "/v1/evaluation-models/general/2026.1"


def cases(good: int, bad: int, unknown: int = 0) -> list[Case]:
    """Scores that rise through 0 to 999, the bad ones among the lower."""
    known = [Case(990 - n % 500, "优", False, {"division": "3201"}) for n in range(good)]
    known += [Case(100 + n % 600, "差", True, {"division": "3202"}) for n in range(bad)]
    return known + [Case(800, "良", None, {"division": "3203"})] * unknown


def test_the_curve_is_what_auc_and_ks_say() -> None:
    some = cases(200, 60)
    points = validation.curve(some)
    area = sum(
        (after["good"] - before["good"]) * (after["bad"] + before["bad"]) / 2 for before, after in pairwise(points)
    )
    assert area == pytest.approx(validation.auc(some), abs=0.01)
    assert max(abs(point["bad"] - point["good"]) for point in points) == pytest.approx(validation.ks(some))
    top = next(point for point in points if point["score"] == validation.ks_score(some))
    assert abs(top["bad"] - top["good"]) == pytest.approx(validation.ks(some))
    assert points[0] == {"score": 0, "good": 0.0, "bad": 0.0} and points[-1]["bad"] == points[-1]["good"] == 1.0
    assert len(points) <= validation.MOST_POINTS + 1
    assert validation.curve(cases(10, 0)) == [] and validation.ks_score(cases(0, 3)) is None


def test_intervals_and_bands() -> None:
    low, high = validation.interval(5, 100)
    assert (round(low, 3), round(high, 3)) == (0.022, 0.112)  # Wilson, as published tables have it
    assert validation.interval(0, 10)[0] == 0.0 and validation.interval(10, 10)[1] == pytest.approx(1.0)
    rows = validation.calibration(cases(50, 5))
    assert rows[0]["low"] == 0.0 and rows[3]["share"] == 1.0 and rows[1] == {
        "grade": "良", "subjects": 0, "bad": 0, "share": None, "low": None, "high": None
    }  # fmt: skip
    bands = validation.bands(cases(50, 5, 7), cases(3, 0))
    assert sum(band["subjects"] for band in bands) == 62 and sum(band["earlier"] or 0 for band in bands) == 3
    assert (bands[0]["low"], bands[0]["high"], bands[-1]["high"]) == (0, 49, 1000)


def test_flags_are_honest() -> None:
    def codes(some: list[Case], earlier: list[Case] | None = None) -> list[str]:
        return [flag["code"] for flag in validation.flags(some, earlier)]

    assert codes(cases(0, 0, 50)) == ["no_outcomes", "no_earlier"]
    assert codes(cases(50, 0), cases(50, 0)) == ["one_sided"]
    assert codes(cases(50, 29), []) == ["too_few_outcomes"]
    assert codes(cases(50, 30, 200), []) == ["partly_known"]
    turned = [Case(900, "优", True, {})] * 40 + [Case(100, "差", False, {})] * 40
    assert codes(turned, []) == ["not_monotonic"]
    assert "只有 7 个,不足 30 个" in validation.flags(cases(177, 7), None)[0]["text"]


def test_fairness_beside_the_whole() -> None:
    rows = validation.fairness_rows(validation.by_group(cases(60, 40), "division"))
    assert [row["part"] for row in rows] == ["3201", "3202"]
    assert rows[0]["gap"] > 0 > rows[1]["gap"] and (rows[0]["high_share"], rows[1]["high_share"]) == (1.0, 0.0)
    assert validation.fairness_rows([]) == []


async def test_a_draft_is_compared_with_an_earlier_day(node: Node, service: EvaluationService) -> None:
    await node.publish(firms(4))
    node.clock.advance(timedelta(days=60))
    await node.publish(penalties(4, serial=2), item="8", provider="ndrc", name="p.csv")
    await node.publish(firms(6), name="n.csv", mode="incremental")
    await service.run_full(DRAFTER)
    await service.models.create(cards()["general"], DRAFTER)
    desk = Desk(node, service)
    body = {"source": "测试结果", "earlier": "2026-06-15", "outcomes": [{"code": code_of(2), "bad": True},
                                                                  {"code": code_of(1), "bad": False}]}  # fmt: skip
    await desk.get(DATA, f"{PATH}/validation", 404)
    await desk.post(DATA, f"{PATH}/validation", body | {"earlier": "2026-07-31"}, 400)
    await desk.post(DATA, f"{PATH}/validation", body | {"earlier": "vorher"}, 422)
    await desk.post(DATA, f"{PATH}/validation", body)
    seen = await desk.get(DATA, f"{PATH}/validation")
    assert (seen["subjects"], seen["bad"], seen["auc"], seen["earlier"]) == (6, 1, 1.0, "2026-06-15")
    assert sum(band["earlier"] for band in seen["bands"]) == 4  # whom the platform knew then
    then = []
    for n in range(1, 5):
        _, values = await service.indicators(code_of(n), date(2026, 6, 15))
        then.append(score(cards()["general"], values).score)
    assert [band["earlier"] for band in seen["bands"]] == validation.distribution(then)
    assert seen["psi"] > 0 and {flag["code"] for flag in seen["flags"]} >= {"too_few_outcomes", "partly_known"}
    assert set(seen["fairness"]) == {"division", "size", "section"} and len(seen["roc"]) >= 2
    assert seen["calibration"][0]["grade"] == "优" and seen["monitoring"] == []
    banker = person("banker", "credit-officer", kind=MemberKind.BANK)
    assert (await desk.get(banker, f"{PATH}/validation"))["subjects"] == 6  # how it is made is open to readers
    with pytest.raises(AsOfError):
        await service.validate("general", "2026.1", {}, "测试", CHECKER, date(2027, 1, 1))


async def test_what_waits_and_what_is_different(node: Node, service: EvaluationService) -> None:
    await in_force(service, "general")
    card = cards()["general"]
    await service.models.create(card.model_copy(update={"version": "2026.2", "valid_months": 6}), DRAFTER)
    await service.models.validate("general", "2026.2", [], None, "测试", CHECKER)
    desk = Desk(node, service)
    waiting = await desk.get(ADMIN, "/v1/evaluation-models", state="validated")
    assert [(one["id"], one["version"]) for one in waiting] == [("general", "2026.2")]
    assert len(await desk.get(ADMIN, "/v1/evaluation-models")) == 2
    await desk.get(ADMIN, "/v1/evaluation-models", 422, state="waiting")
    seen = await desk.get(ADMIN, "/v1/evaluation-models/general/2026.2/difference", **{"with": "2026.1"})
    assert seen["differences"] == [
        {"part": "other", "kind": "changed", "name": "有效期", "text": "由 12 个月改为 6 个月"}
    ]
    await desk.get(ADMIN, f"{PATH}/difference", 404, **{"with": "2030.1"})
    await desk.get(ADMIN, f"{PATH}/difference", 422, **{"with": "latest"})
    await desk.get(ADMIN, f"{PATH}/difference", 422)


def test_differences_in_words() -> None:
    before = cards()["general"]
    document = before.model_dump(mode="json")
    document["grades"][0]["score"] = 880
    first = document["dimensions"][0]["indicators"]
    first[0] |= {"weight": 85, "missing": 85, "bins": [{"to": 0, "points": 85}, *first[0]["bins"][1:]]}
    gone = first.pop(1)
    document["dimensions"][1]["indicators"][0]["unseen"] = 41
    more = {"indicator": "penalties_36m", "op": "gt", "value": 10, "grade": "中", "reason": "处罚过多的情形"}
    document["vetoes"] = [*document["vetoes"][1:], more]
    document["uses"]["allowed"].remove("post_loan")
    found = {(one.part, one.kind, one.name): one.text for one in
             differences(before, Scorecard.model_validate(document), book())}  # fmt: skip
    assert found["grades", "changed", "优"] == "优的分数线由 865 分改为 880 分"
    assert found["indicator", "changed", "近36个月行政处罚次数"] == (
        "满分由 80 改为 85;分档由【0件及以下 80 分,1件及以下 48 分,3件及以下 20 分,以上 0 分】"
        "改为【0件及以下 85 分,1件及以下 48 分,3件及以下 20 分,以上 0 分】;无数据由 80 分改为 85 分"
    )
    assert found["indicator", "removed", book()[gone["indicator"]].name.zh] == "“遵纪守法”去掉近36个月罚款金额(满分 40)"
    assert found["indicator", "changed", "纳税信用级别"] == "未列出的代码由 40 分改为 41 分"
    assert found["dimension", "changed", "遵纪守法"] == "由“遵纪守法”360 分改为“遵纪守法”325 分"
    assert found["vetoes", "removed", "当前在严重失信主体名单"].startswith("去掉:当前在严重失信主体名单内")
    assert found["vetoes", "added", "近36个月行政处罚次数"].endswith("大于10),等级最高为中")
    assert found["uses", "removed", "可用于"] == "去掉:post_loan"
    assert differences(before, before, book()) == []
