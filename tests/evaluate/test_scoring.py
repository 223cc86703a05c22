"""Points, grades, vetoes and reasons: alone, in batch, as SQL text and reloaded from disk the same."""

from __future__ import annotations

import pytest
from evaluate_kit import AS_OF, batch_values, book, cards, catalogue, chunks

from xinshu.evaluate import scoring_sql
from xinshu.evaluate.days import Day
from xinshu.evaluate.model import Values
from xinshu.evaluate.reasons import reasons, value_text
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.scoring import score
from xinshu.synth import World

SUBJECTS = 400
"""Of the invented world."""


@pytest.mark.parametrize("model", ["general", "individual-business", "agriculture"])
def test_four_ways_give_one_answer(model: str) -> None:
    card = cards()[model]
    reloaded = Scorecard.reloaded(card.document())
    chunk = next(chunks(World(7, 600, AS_OF, catalogue=catalogue()), SUBJECTS))
    link, day = chunk.connection(), Day(AS_OF)
    values = batch_values(link, day)
    by_text = {
        row["subject_id"]: row
        for row in link.sql(scoring_sql.sql(card, book(), "indicators")).to_arrow_table().to_pylist()
    }
    by_reloaded = {
        row["subject_id"]: row
        for row in link.sql(scoring_sql.sql(reloaded, book(), "indicators")).to_arrow_table().to_pylist()
    }
    assert by_text == by_reloaded
    grades = set()
    for subject, known in values.items():
        alone, again = score(card, known), score(reloaded, known)
        assert alone == again
        row = by_text[subject]
        assert (row["score"], row["earned"], row["grade"]) == (alone.score, alone.earned, alone.grade)
        assert [row[f"p_{one.indicator}"] for one in alone.points] == [one.points for one in alone.points]
        assert {name: row[f"d_{name}"] for name in alone.by_dimension} == alone.by_dimension
        assert tuple(n for n in range(len(card.vetoes)) if row[f"v_{n}"]) == alone.vetoes
        grades.add(alone.grade)
    assert len(grades) >= 3


def best(card: Scorecard) -> Values:
    """Values that give every point."""
    values: Values = {}
    for _, one in card.scored():
        if one.codes:
            values[one.indicator] = one.codes[0].codes[0]
        elif one.bins[0].points == one.weight:
            values[one.indicator] = one.bins[0].to
        else:
            edge = one.bins[-2].to
            assert edge is not None
            values[one.indicator] = edge + 1
    return values | {veto.indicator: 0 for veto in card.vetoes}


def test_missing_special_and_unseen_values() -> None:
    card = cards()["general"]
    assert score(card, best(card)).score == 1000
    nothing: Values = dict.fromkeys(card.indicators())
    empty = score(card, nothing)
    assert {one.how for one in empty.points} == {"missing"} and empty.vetoes == ()
    assert empty.score == sum(one.missing for _, one in card.scored())
    unseen = score(card, best(card) | {"tax_credit_grade": "N"})
    assert next(one for one in unseen.points if one.indicator == "tax_credit_grade").how == "unseen"
    document = card.model_dump(mode="json")
    first = document["dimensions"][0]["indicators"][0]
    first["special"] = [{"value": 7, "points": 33}]
    special = score(Scorecard.model_validate(document), best(card) | {first["indicator"]: 7})
    assert next(one for one in special.points if one.indicator == first["indicator"]).points == 33


def test_a_veto_lowers_the_grade_and_not_the_score() -> None:
    card = cards()["general"]
    listed = score(card, best(card) | {"seriously_dishonest": 1})
    assert (listed.score, listed.earned, listed.grade) == (1000, "优", "差")
    told = reasons(card, book(), listed, {one.indicator: "" for one in listed.points})
    assert told[0].effect == "veto" and "严重失信主体名单" in told[0].text and "按得分为优" in told[0].text
    abnormal = score(card, best(card) | {"abnormal_operation": 1})
    assert abnormal.grade == "中" and abnormal.score == 960


def test_reasons_say_what_lowered_and_what_would_change_it() -> None:
    card = cards()["general"]
    values = best(card) | {
        "penalties_36m": 3, "tax_credit_grade": "C", "valid_patents": 0, "months_since_established": None,
        "high_tech_enterprise": 0,
    }  # fmt: skip
    result = score(card, values)
    shown = {one.indicator: value_text(book(), one, exact=True) for one in result.points}
    told = {one.indicator: one for one in reasons(card, book(), result, shown)}
    assert told["penalties_36m"].text == "近36个月行政处罚次数:3件,得 20 分(满分 80),少 60 分"
    assert told["penalties_36m"].change == "近36个月行政处罚次数降到1件及以下时,多得 28 分"
    assert told["tax_credit_grade"].change == "纳税信用级别达到M级时,多得 28 分"
    assert told["valid_patents"].change == "有效专利数超过0件时,多得 10 分"
    assert told["high_tech_enterprise"].change == "高新技术企业取得时,多得 15 分"
    assert told["months_since_established"].effect == "unknown"
    assert "没有数据" in told["months_since_established"].text
    assert told["fines_36m"].effect == "raised" and told["fines_36m"].change is None
    assert reasons(card, book(), result, shown)[0].effect == "lowered"
    assert result.score + sum(one.lost for one in told.values()) == 1000


def test_bands_hide_what_a_reader_may_not_see() -> None:
    card = cards()["general"]
    result = score(card, best(card) | {"insured_latest": 37})
    part = next(one for one in result.points if one.indicator == "insured_latest")
    assert value_text(book(), part, exact=True) == "37人"
    assert value_text(book(), part, exact=False) == "10人至50人(不含)"
