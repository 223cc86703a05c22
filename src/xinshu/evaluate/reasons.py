"""Why a subject has its score, in words: what raised it, what lowered it, what would change it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Ratio
from xinshu.evaluate.scorecard import Scorecard, Scored
from xinshu.evaluate.scoring import Points, Score
from xinshu.evaluate.twins import label, twin
from xinshu.evaluate.words import shown

Effect = Literal["raised", "lowered", "unknown", "veto"]


@dataclass(frozen=True)
class Reason:
    """One reason; `lost`: points short of the most; `change`: what would change it, None where nothing would."""

    effect: Effect
    indicator: str
    name: str
    value: str  # as the reader may see it
    points: int
    weight: int
    text: str
    change: str | None

    @property
    def lost(self) -> int:
        """Points that could still be won."""
        return self.weight - self.points


def reasons(card: Scorecard, book: Book, result: Score, values: Mapping[str, str]) -> list[Reason]:
    """Vetoes first, then what lowered most, what is not known, and what raised most.

    `values`: indicator → its value in words, as the reader may see it.
    """
    found = [_veto(card, book, result, place) for place in result.vetoes]
    scored = {one.indicator: one for _, one in card.scored()}
    ranked = sorted(result.points, key=lambda one: (one.points - one.weight, -one.weight))
    found += [_reason(book, scored[one.indicator], one, values[one.indicator]) for one in ranked]
    order = {"veto": 0, "lowered": 1, "unknown": 2, "raised": 3}
    return sorted(found, key=lambda one: order[one.effect])


def _veto(card: Scorecard, book: Book, result: Score, place: int) -> Reason:
    veto = card.vetoes[place]
    held = f"按得分为{result.earned}" if result.earned != result.grade else "不另外改变按得分的等级"
    return Reason(
        "veto", veto.indicator, book[veto.indicator].name.zh, veto.reason, 0, 0,
        f"{veto.reason},等级最高为{veto.grade}({held})", "这一情形依法解除后,等级按得分评定",
    )  # fmt: skip


def value_text(book: Book, points: Points, *, exact: bool) -> str:
    """The value in words: exactly, or by its band."""
    indicator = book[points.indicator]
    if not exact:
        return label(indicator, twin(indicator, points.value))
    return shown(indicator, points.value, codes_of(book, points.indicator))


def codes_of(book: Book, name: str) -> dict[str, str]:
    """Names of the codes that an indicator's values may be."""
    indicator = book[name]
    if isinstance(indicator, Ratio) or book.kind(name) != "code":
        return {}
    return book.catalogue.item(indicator.item).field(getattr(indicator, "field", "")).codes or {}


def _reason(book: Book, scored: Scored, one: Points, value: str) -> Reason:
    indicator = book[one.indicator]
    name = indicator.name.zh
    effect: Effect = "raised" if one.points == one.weight else "lowered"
    if one.how == "missing":
        effect = "raised" if one.points == one.weight else "unknown"
        text = f"{name}没有数据,按约定计 {one.points} 分(满分 {one.weight})"
    elif effect == "raised":
        text = f"{name}:{value},得满分 {one.weight} 分"
    else:
        text = f"{name}:{value},得 {one.points} 分(满分 {one.weight}),少 {one.weight - one.points} 分"
    return Reason(effect, one.indicator, name, value, one.points, one.weight, text, _change(book, scored, one))


def _change(book: Book, scored: Scored, one: Points) -> str | None:
    """The nearest value that would give more."""
    if one.points == one.weight:
        return None
    name = book[one.indicator].name.zh
    if one.how == "missing":
        return f"有关部门报送或者企业补充{name}的数据后重新评分"
    if scored.codes:
        names = codes_of(book, one.indicator)
        code = min((bin for bin in scored.codes if bin.points > one.points), key=lambda bin: bin.points, default=None)
        if code is None:
            return None
        better = "、".join(names.get(each, each) for each in code.codes)
        return f"{name}达到{better}时,多得 {code.points - one.points} 分"
    place = one.bin if one.bin is not None else 0
    nearer = sorted((abs(other - place), other) for other, bin in enumerate(scored.bins) if bin.points > one.points)
    if not nearer:
        return None
    better_place = nearer[0][1]
    bin = scored.bins[better_place]
    indicator = book[one.indicator]
    if better_place < place:
        bound = f"降到{shown(indicator, bin.to)}及以下" if indicator.unit != "flag" else "解除"
    else:
        below = scored.bins[better_place - 1].to
        bound = f"超过{shown(indicator, below)}" if indicator.unit != "flag" else "取得"
    return f"{name}{bound}时,多得 {bin.points - one.points} 分"
