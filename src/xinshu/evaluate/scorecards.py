"""Reading the models: every one, or every fault with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from xinshu.catalogue import DefinitionsInvalidError, Fault
from xinshu.catalogue.loader import module_folders
from xinshu.catalogue.source import Source, Where, read
from xinshu.catalogue.wording import validated
from xinshu.core.errors import XinshuError
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Ratio
from xinshu.evaluate.scorecard import FULL, GRADES, Scorecard, Scored
from xinshu.evaluate.variants import Variant, derived

Problem = tuple[Where, str]


class ModelInvalidError(XinshuError):
    """The model cannot be used; `details.faults` says where and why."""

    status = 422
    code = "model_invalid"

    def __init__(self, name: str, faults: list[str]) -> None:
        shown = ";".join(faults[:5])
        super().__init__(f"评价模型 {name} 有 {len(faults)} 处错误:{shown}", hint="改正后重新提交", faults=faults)


def load(definitions: Path, book: Book) -> list[Scorecard]:
    """Read `definitions/models`. Raises DefinitionsInvalidError with every fault."""
    cards, faults = read_files(definitions, book)
    if faults:
        raise DefinitionsInvalidError(definitions, faults)
    return cards


def load_variants(definitions: Path, book: Book) -> list[Scorecard]:
    """The variants of feature modules (`model-*.yml`). Raises DefinitionsInvalidError with every fault."""
    variants, faults = read_variants(definitions, book, load(definitions, book))
    if faults:
        raise DefinitionsInvalidError(definitions, faults)
    return variants


def read_files(definitions: Path, book: Book) -> tuple[list[Scorecard], list[Fault]]:
    """Every model with what is wrong in any; nothing is raised."""
    folder = definitions / "models"
    if not folder.is_dir():
        return [], [Fault(str(folder), 0, 0, "", "没有这个文件夹:评价模型应在 models 下")]
    cards: list[Scorecard] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        card, source = _read(path, definitions, book)
        faults += source.faults
        if card is not None:
            if any((c.id, c.version) == (card.id, card.version) for c in cards):
                faults.append(source.fault(("version",), f"模型 {card.id} 的版本 {card.version} 已在另一文件中"))
            cards.append(card)
    return cards, sorted(faults)


def read_variants(definitions: Path, book: Book, cards: list[Scorecard]) -> tuple[list[Scorecard], list[Fault]]:
    """Every variant of the feature modules, derived from the models in `cards`; nothing is raised."""
    variants: list[Scorecard] = []
    faults: list[Fault] = []
    for module in module_folders(definitions, book.catalogue.overlay_name):
        for path in sorted(module.glob("model-*.yml")):
            card, source = _read_variant(path, definitions, book, cards)
            if card is not None and any((c.id, c.version) == (card.id, card.version) for c in [*cards, *variants]):
                source.add(("version",), f"模型 {card.id} 的版本 {card.version} 已在另一文件中")
            faults += source.faults
            if card is not None:
                variants.append(card)
    return variants, sorted(faults)


def _read_variant(path: Path, root: Path, book: Book, cards: list[Scorecard]) -> tuple[Scorecard | None, Source]:
    source = read(path, root)
    variant = validated(Variant, source)
    if variant is None:
        return None, source
    base = max((card for card in cards if card.id == variant.extends), key=lambda card: card.version, default=None)
    if base is None:
        source.add(("extends",), f"没有模型 {variant.extends}:可用 {'、'.join(dict.fromkeys(c.id for c in cards))}")
        return None, source
    if not variant.id.startswith(f"{base.id}-"):
        source.add(("id",), f"变体的编号应以 {base.id}- 开头,实际为 {variant.id}")
    card = derived(variant, base)
    kept = len(base.dimensions)
    for where, message in problems(card, book):
        number = where[1] if len(where) > 1 else None
        own = where[0] == "dimensions" and isinstance(number, int)
        source.add(("dimensions", int(str(number)) - kept, *where[2:]) if own else where, message)
    return card, source


def read_one(path: Path, book: Book) -> Scorecard:
    """One model from a file anywhere. Raises DefinitionsInvalidError with every fault."""
    card, source = _read(path, path.parent, book)
    if card is None or source.faults:
        raise DefinitionsInvalidError(path, sorted(source.faults))
    return card


def _read(path: Path, root: Path, book: Book) -> tuple[Scorecard | None, Source]:
    source = read(path, root)
    card = validated(Scorecard, source)
    if card is not None:
        for where, message in problems(card, book):
            source.add(where, message)
    return card, source


def check(card: Scorecard, book: Book) -> None:
    """For a model that came as data. Raises ModelInvalidError."""
    found = [f"{'.'.join(map(str, where))}:{message}" for where, message in problems(card, book)]
    if found:
        raise ModelInvalidError(card.id, found)


def problems(card: Scorecard, book: Book) -> Iterator[Problem]:
    """Everything that is wrong with a model beyond its form, with its place."""
    total, seen = 0, set()
    for d, dimension in enumerate(card.dimensions):
        for i, one in enumerate(dimension.indicators):
            place: Where = ("dimensions", d, "indicators", i)
            total += one.weight
            if one.indicator in seen:
                yield (*place, "indicator"), f"指标 {one.indicator} 在模型中出现了两次"
            seen.add(one.indicator)
            for where, message in _scored(one, book):
                yield (*place, *where), message
    if total != FULL:
        yield ("dimensions",), f"各指标 weight 之和应为 {FULL},实际为 {total}"
    if len({dimension.id for dimension in card.dimensions}) != len(card.dimensions):
        yield ("dimensions",), "维度的 id 重复"
    if tuple(one.grade for one in card.grades) != GRADES:
        yield ("grades",), f"等级应依次为 {'、'.join(GRADES)}"
    elif any(a.score <= b.score for a, b in pairwise(card.grades)) or card.grades[-1].score != 0:
        yield ("grades",), "等级的分数线应由高到低,最后一级从 0 分起"
    for v, veto in enumerate(card.vetoes):
        if veto.indicator not in book:
            yield ("vetoes", v, "indicator"), _unknown(veto.indicator, book)
        elif (book.kind(veto.indicator) == "code") != isinstance(veto.value, str):
            yield ("vetoes", v, "value"), f"{veto.value!r} 与指标 {veto.indicator} 的值类型不符"
        elif isinstance(veto.value, str) and veto.op not in ("eq", "ne"):
            yield ("vetoes", v, "op"), "值是代码时只能用 eq 或 ne"


def _unknown(name: str, book: Book) -> str:
    near = difflib.get_close_matches(name, [one.id for one in book], 1)
    return f"没有指标 {name}" + (f",是否应为 {near[0]}" if near else ":请先在 indicators 中定义")


def _scored(one: Scored, book: Book) -> Iterator[Problem]:
    if one.indicator not in book:
        yield ("indicator",), _unknown(one.indicator, book)
        return
    points = [bin.points for bin in one.bins] + [code.points for code in one.codes]
    points += [special.points for special in one.special] + [one.missing]
    if one.unseen is not None:
        points.append(one.unseen)
    if max(points) != one.weight:
        yield ("weight",), f"weight 应等于最高一档的分数 {max(points)},实际为 {one.weight}"
    if book.kind(one.indicator) == "code":
        yield from _codes(one, book)
    else:
        yield from _bins(one)


def _bins(one: Scored) -> Iterator[Problem]:
    if one.codes or one.unseen is not None:
        yield ("codes",), f"指标 {one.indicator} 是数值,应写 bins"
    if not one.bins:
        yield ("bins",), "缺少 bins"
        return
    edges = [bin.to for bin in one.bins]
    if edges[-1] is not None:
        yield ("bins", len(edges) - 1), "最后一档不写 to,表示其余的值"
    inner = [edge for edge in edges[:-1] if edge is not None]
    if len(inner) != len(edges) - 1 or any(a >= b for a, b in pairwise(inner)):
        yield ("bins",), "除最后一档外都要写 to,由小到大"
    if any(isinstance(special.value, str) for special in one.special):
        yield ("special",), f"指标 {one.indicator} 是数值,特殊值也应是数值"


def _codes(one: Scored, book: Book) -> Iterator[Problem]:
    if one.bins:
        yield ("bins",), f"指标 {one.indicator} 的值是代码,应写 codes"
    if not one.codes or one.unseen is None:
        yield ("unseen",), "值是代码的指标要写 codes 和 unseen(未列出的代码得多少分)"
    indicator = book[one.indicator]
    assert not isinstance(indicator, Ratio)  # noqa: S101  (a ratio is a number)
    item = book.catalogue.item(indicator.item)
    known = item.field(getattr(indicator, "field", "")).codes or {}
    given = [code for bin in one.codes for code in bin.codes]
    for code in given:
        if code not in known:
            yield ("codes",), f"代码 {code} 不在事项 {item.item} 的代码表中:可用 {'、'.join(known)}"
    if len(set(given)) != len(given):
        yield ("codes",), "同一代码不能在两档中"
