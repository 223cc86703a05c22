"""What would improve an evaluation: things the firm can do, each with the points that the model then gives. Pure.

Nothing is promised that is not recomputed: the score of a step is that of the same values with this one changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import floor, inf, nextafter
from typing import Any

from xinshu.evaluate.advice import KINDS, Advice, Kind
from xinshu.evaluate.explain import Evaluation, Fact
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Value, Values
from xinshu.evaluate.reasons import codes_of, value_text
from xinshu.evaluate.scorecard import GRADES, Scorecard, Scored, Veto
from xinshu.evaluate.scoring import Points, Score, holds, score
from xinshu.evaluate.words import shown


@dataclass(frozen=True)
class Step:
    """Something to do. `change`: the value that was put in to reckon `gain`; `at_most`: depends on what comes in."""

    indicator: str
    dimension: str
    kind: Kind
    value: str
    target: str
    change: Value
    gain: int
    at_most: bool
    score: int
    grade: str
    text: str
    action: str


@dataclass(frozen=True)
class Lift:
    """A veto to be lifted. `change`: the value without it."""

    indicator: str
    reason: str
    grade: str
    grade_without: str
    change: Value
    action: str


@dataclass(frozen=True)
class Improvements:
    """What would improve an evaluation. `beyond`: points that nothing the firm does now would win."""

    lifts: tuple[Lift, ...]
    steps: tuple[Step, ...]
    together: Score
    beyond: int


def improvements(card: Scorecard, book: Book, advice: Advice, values: Values, result: Score) -> Improvements:
    """Vetoes first, then steps, those that give most first. `values`: of all that the model reads."""
    lifts = [_lift(card, book, advice, values, card.vetoes[place]) for place in result.vetoes]
    possible = [one for one in lifts if one is not None]
    scored = {one.indicator: one for _, one in card.scored()}
    steps, beyond = [], 0
    for one in result.points:
        if one.points == one.weight:
            continue
        step = _step(card, book, advice, values, result, scored[one.indicator], one)
        if step is None:
            beyond += one.weight - one.points
        else:
            steps.append(step)
            beyond += one.weight - one.points - step.gain
    steps.sort(key=lambda one: (-one.gain, one.indicator))
    changed = {lift.indicator: lift.change for lift in possible} | {step.indicator: step.change for step in steps}
    return Improvements(tuple(possible), tuple(steps), score(card, values | changed), beyond)


def _lift(card: Scorecard, book: Book, advice: Advice, values: Values, veto: Veto) -> Lift | None:
    if not advice.can(book, veto.indicator):
        return None
    change: Value = 0 if not isinstance(veto.value, str) else None
    if holds(veto, change):
        change = None
    without = score(card, values | {veto.indicator: change})
    do = advice.do(book, veto.indicator, lower=True)
    return Lift(veto.indicator, veto.reason, veto.grade, without.grade, change, do.action)


def _step(
    card: Scorecard, book: Book, advice: Advice, values: Values, result: Score, scored: Scored, one: Points
) -> Step | None:
    """The best that the firm can reach with one indicator; None where it can do nothing about it."""
    if not advice.can(book, one.indicator):
        return None
    change = best(book, scored)
    after = score(card, values | {one.indicator: change})
    gain = after.score - result.score
    if gain <= 0:
        return None
    indicator = book[one.indicator]
    codes = codes_of(book, one.indicator)
    target = _target(book, scored)
    kind: Kind = "supply"
    action, missing = "", one.how == "missing"
    if not missing:
        do = advice.do(book, one.indicator, lower=_lower(scored, one))
        kind, action = do.kind, do.action
    name = indicator.name.zh
    text = (
        f"{name}没有数据:报送后达到{target}的,至多多得 {gain} 分"
        if missing
        else f"{name}现为{value_text(book, one, exact=True)},达到{target}时,多得 {gain} 分"
    )
    nearest = _nearest(scored, one)
    if nearest is not None and nearest[1] < gain:
        text += f";达到{_bound(book, scored, nearest[0])}时,即可先得 {nearest[1]} 分"
    return Step(
        one.indicator, one.dimension, kind, shown(indicator, one.value, codes), target, change, gain, missing,
        after.score, after.grade, text, action,
    )  # fmt: skip


def _lower(scored: Scored, one: Points) -> bool:
    """Whether less of it gives more points."""
    if scored.codes or one.bin is None:
        return False
    top = max(range(len(scored.bins)), key=lambda place: scored.bins[place].points)
    return top < one.bin


def best(book: Book, scored: Scored) -> Value:
    """A value that gives the most points that bins or codes give; the nearest of the bin to the others."""
    if scored.codes:
        top = max(scored.codes, key=lambda bin: bin.points)
        return top.codes[0]
    place = max(range(len(scored.bins)), key=lambda at: scored.bins[at].points)
    to = scored.bins[place].to
    if to is not None:
        return _whole(book, scored.indicator, to, up=False)
    below = scored.bins[place - 1].to if place > 0 else 0
    assert below is not None  # noqa: S101  (only the last bin has no end)
    return _whole(book, scored.indicator, below, up=True)


def _whole(book: Book, indicator: str, edge: float, *, up: bool) -> Value:
    """The edge itself, or the next value above it; whole where the indicator counts."""
    if book.kind(indicator) == "integer":
        return floor(edge) + 1 if up else floor(edge)
    return nextafter(edge, inf) if up else edge


def _target(book: Book, scored: Scored) -> str:
    if scored.codes:
        names = codes_of(book, scored.indicator)
        top = max(scored.codes, key=lambda bin: bin.points)
        return "、".join(names.get(code, code) for code in top.codes)
    return _bound(book, scored, max(range(len(scored.bins)), key=lambda at: scored.bins[at].points))


def _bound(book: Book, scored: Scored, place: int) -> str:
    """A bin of numbers, or of codes, in words."""
    if scored.codes:
        names = codes_of(book, scored.indicator)
        return "、".join(names.get(code, code) for code in scored.codes[place].codes)
    indicator = book[scored.indicator]
    to = scored.bins[place].to
    if indicator.unit == "flag":
        return "无此情形" if to is not None else "有"
    if to is not None:
        exact = shown(indicator, int(to) if float(to).is_integer() else to)
        return f"{exact}以内" if to != 0 else f"没有({exact})"
    below = scored.bins[place - 1].to
    return f"超过{shown(indicator, int(below) if float(below).is_integer() else below)}" if below is not None else "有"


def _nearest(scored: Scored, one: Points) -> tuple[int, int] | None:
    """The next better bin or code and what it gives more; None where nothing is known."""
    if one.how == "missing" or one.bin is None:
        return None
    ranks = [bin.points for bin in (scored.codes or scored.bins)]
    better = [place for place, points in enumerate(ranks) if points > one.points]
    if not better:
        return None
    place = min(better, key=lambda at: (abs(at - one.bin), ranks[at]))  # type: ignore[operator]  # not None, as above
    return place, ranks[place] - one.points


def as_json(
    found: Improvements, evaluation: Evaluation, book: Book, advice: Advice, facts: Mapping[str, list[Fact]]
) -> dict[str, Any]:
    """As an answer carries it, but for the evidence."""
    card, result = evaluation.card, evaluation.score
    dimensions = {dimension.id: dimension.name.zh for dimension in card.dimensions}

    def sources(indicator: str, *, missing: bool) -> list[dict[str, Any]]:
        items = [book.catalogue.item(number) for number in sorted(book.items_of(indicator), key=_number)]
        return [
            {"item": item.item, "item_name": item.name.zh, "provider": item.provider.zh,
             "way": advice.how_in(item) if missing else advice.way(item)}
            for item in items
        ]  # fmt: skip

    def behind(indicator: str) -> list[dict[str, Any]]:
        return [asdict(fact) for fact in facts.get(indicator, [])]

    better = [one for one in card.grades if GRADES.index(one.grade) < GRADES.index(result.earned)]
    return {
        "code": evaluation.code,
        "name": evaluation.subject["name"],
        "model": {
            "id": card.id, "version": card.version, "name": card.name.zh, "source_status": card.source_status,
        },
        "as_of": evaluation.as_of,
        "score": result.score,
        "earned": result.earned,
        "grade": result.grade,
        "next": {"grade": better[-1].grade, "score": better[-1].score, "needed": better[-1].score - result.score}
        if better else None,
        "lifts": [
            {"indicator": one.indicator, "name": book[one.indicator].name.zh, "reason": one.reason, "grade": one.grade,
             "grade_without": one.grade_without, "action": one.action,
             "sources": sources(one.indicator, missing=False), "facts": behind(one.indicator)}
            for one in found.lifts
        ],
        "steps": [
            {"indicator": one.indicator, "name": book[one.indicator].name.zh, "dimension": dimensions[one.dimension],
             "kind": one.kind, "kind_name": KINDS[one.kind], "value": one.value, "target": one.target,
             "gain": one.gain, "at_most": one.at_most, "score": one.score, "grade": one.grade, "text": one.text,
             "action": one.action or sources(one.indicator, missing=True)[0]["way"],
             "sources": sources(one.indicator, missing=one.at_most), "facts": behind(one.indicator)}
            for one in found.steps
        ],
        "together": {"score": found.together.score, "grade": found.together.grade},
        "beyond": found.beyond,
        "person": card.uses.person,
    }  # fmt: skip


def _number(item: str) -> tuple[int, str]:
    return (int(item), "") if item.isdigit() else (10**6, item)
