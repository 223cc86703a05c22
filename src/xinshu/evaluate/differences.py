"""What differs between two versions of a model, in words for whoever approves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xinshu.evaluate.loader import Book
from xinshu.evaluate.reasons import codes_of
from xinshu.evaluate.scorecard import Scorecard, Scored, Veto
from xinshu.evaluate.words import shown

Part = Literal["grades", "vetoes", "dimension", "indicator", "uses", "other"]
Kind = Literal["added", "removed", "changed"]
_OPS = {"eq": "等于", "ne": "不等于", "lt": "小于", "le": "不大于", "gt": "大于", "ge": "不小于"}


@dataclass(frozen=True)
class Difference:
    """One difference; `name`: of what."""

    part: Part
    kind: Kind
    name: str
    text: str


def differences(before: Scorecard, after: Scorecard, book: Book) -> list[Difference]:
    """What `after` says otherwise than `before`: cut-offs, vetoes, dimensions, indicators, uses."""
    return [
        *_other(before, after), *_grades(before, after), *_vetoes(before, after, book), *_dimensions(before, after),
        *_indicators(before, after, book), *_uses(before, after),
    ]  # fmt: skip


def _other(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    if before.name != after.name:
        yield Difference("other", "changed", "名称", f"由“{before.name.zh}”改为“{after.name.zh}”")
    if before.kinds != after.kinds:
        earlier, now = ("、".join(kind.value for kind in card.kinds) for card in (before, after))
        yield Difference("other", "changed", "评价对象", f"由 {earlier} 改为 {now}")
    if before.valid_months != after.valid_months:
        yield Difference("other", "changed", "有效期", f"由 {before.valid_months} 个月改为 {after.valid_months} 个月")
    if before.basis != after.basis:
        yield Difference("other", "changed", "依据", f"改为:{';'.join(after.basis)}")


def _grades(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    for earlier, now in zip(before.grades, after.grades, strict=True):
        if earlier.score != now.score:
            yield Difference(
                "grades", "changed", now.grade, f"{now.grade}的分数线由 {earlier.score} 分改为 {now.score} 分"
            )


def _vetoes(before: Scorecard, after: Scorecard, book: Book) -> Iterator[Difference]:
    for veto in after.vetoes:
        if veto not in before.vetoes:
            yield Difference("vetoes", "added", _name(book, veto.indicator), f"增加:{_veto(veto, book)}")
    for veto in before.vetoes:
        if veto not in after.vetoes:
            yield Difference("vetoes", "removed", _name(book, veto.indicator), f"去掉:{_veto(veto, book)}")


def _veto(veto: Veto, book: Book) -> str:
    condition = f"{_name(book, veto.indicator)}{_OPS.get(veto.op, veto.op)}{_plain(veto.value)}"
    return f"{veto.reason}({condition}),等级最高为{veto.grade}"


def _dimensions(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    earlier = {one.id: (one.name.zh, sum(each.weight for each in one.indicators)) for one in before.dimensions}
    now = {one.id: (one.name.zh, sum(each.weight for each in one.indicators)) for one in after.dimensions}
    for id, (name, weight) in now.items():
        if id not in earlier:
            yield Difference("dimension", "added", name, f"增加维度“{name}”,{weight} 分")
        elif earlier[id] != now[id]:
            yield Difference(
                "dimension", "changed", name, f"由“{earlier[id][0]}”{earlier[id][1]} 分改为“{name}”{weight} 分"
            )
    for id, (name, weight) in earlier.items():
        if id not in now:
            yield Difference("dimension", "removed", name, f"去掉维度“{name}”({weight} 分)")


def _indicators(before: Scorecard, after: Scorecard, book: Book) -> Iterator[Difference]:
    earlier = {one.indicator: (dimension.name.zh, one) for dimension, one in before.scored()}
    now = {one.indicator: (dimension.name.zh, one) for dimension, one in after.scored()}
    for id, (dimension, one) in now.items():
        name = _name(book, id)
        if id not in earlier:
            yield Difference(
                "indicator", "added", name, f"“{dimension}”增加{name},满分 {one.weight}:{_bins(one, book)}"
            )
        elif earlier[id] != now[id]:
            yield Difference("indicator", "changed", name, _changed(earlier[id], now[id], book))
    for id, (dimension, one) in earlier.items():
        if id not in now:
            name = _name(book, id)
            yield Difference("indicator", "removed", name, f"“{dimension}”去掉{name}(满分 {one.weight})")


def _changed(earlier: tuple[str, Scored], now: tuple[str, Scored], book: Book) -> str:
    (dimension, before), (other, after) = earlier, now
    said = []
    if dimension != other:
        said.append(f"由“{dimension}”移到“{other}”")
    if before.weight != after.weight:
        said.append(f"满分由 {before.weight} 改为 {after.weight}")
    if _bins(before, book) != _bins(after, book):
        said.append(f"分档由【{_bins(before, book)}】改为【{_bins(after, book)}】")
    if before.missing != after.missing:
        said.append(f"无数据由 {before.missing} 分改为 {after.missing} 分")
    if before.unseen != after.unseen:
        said.append(f"未列出的代码由 {before.unseen} 分改为 {after.unseen} 分")
    return ";".join(said)


def _bins(one: Scored, book: Book) -> str:
    if one.indicator not in book:
        return "指标已不存在"
    indicator = book[one.indicator]
    said = [f"{shown(indicator, _plain(each.value))} {each.points} 分" for each in one.special]
    names = codes_of(book, one.indicator)
    said += [f"{'、'.join(names.get(code, code) for code in each.codes)} {each.points} 分" for each in one.codes]
    for each in one.bins:
        to = f"{shown(indicator, _plain(each.to))}及以下" if each.to is not None else "以上"
        said.append(f"{to} {each.points} 分")
    return ",".join(said)


def _plain(value: float | str) -> float | int | str:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _uses(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    for name, earlier, now in (
        ("可用于", before.uses.allowed, after.uses.allowed), ("不得用于", before.uses.forbidden, after.uses.forbidden),
    ):  # fmt: skip
        for one in now:
            if one not in earlier:
                yield Difference("uses", "added", name, f"增加:{one}")
        for one in earlier:
            if one not in now:
                yield Difference("uses", "removed", name, f"去掉:{one}")
    if before.uses.person != after.uses.person:
        yield Difference("uses", "changed", "异议办法", f"改为:{after.uses.person}")


def _name(book: Book, indicator: str) -> str:
    return book[indicator].name.zh if indicator in book else indicator
