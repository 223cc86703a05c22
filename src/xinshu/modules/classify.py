"""Which modules a subject belongs to, in which degree, and why. Pure: the same for one subject and for all of them.

Points of a field of a module are the sum of what its industry code, its scope, its name and its certificates give;
the best field decides. Each piece of evidence says where it is from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from xinshu.evaluate.days import Day
from xinshu.modules import reading
from xinshu.modules.loader import BookOfModules, Module
from xinshu.modules.model import DEGREE_NAMES, FULL, Degree
from xinshu.modules.reading import Said
from xinshu.modules.scope import ACT_NAMES, Act, Clause, clauses

Origin = Literal["kind", "industry", "scope", "name", "certificate", "against"]
SHOWN = 5  # phrases of a field that are told
Records = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Firm:
    """What is known of a subject. `kind`: as the subject base has it, None unknown; `certificates`: item number →
    records (payloads) of the items that the modules look at."""

    name: str
    industry: str | None = None
    scope: str = ""
    kind: str | None = None
    certificates: Records = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """One reason. `said`: the phrase, code or certificate; `item`: number of the item it was read from; `part`: id of
    the field it speaks for, None for all."""

    origin: Origin
    said: str
    item: str
    points: int
    why: str
    part: str | None = None


@dataclass(frozen=True)
class Membership:
    """The place of a subject in one module."""

    module: str
    version: str
    degree: Degree
    points: int
    parts: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def degree_name(self) -> str:
        """属于, 可能 or 不属于."""
        return DEGREE_NAMES[self.degree]

    def as_json(self) -> dict[str, Any]:
        """For an answer."""
        return {**asdict(self), "degree_name": self.degree_name}


def classify(
    book: BookOfModules, firm: Firm, on: date | None = None, modules: Iterable[str] | None = None
) -> dict[str, Membership]:
    """Module id → membership, for every module of the book or for `modules`.

    `on`: the day on which certificates must hold; None: those given do.
    """
    spoken = clauses(firm.scope)
    day = Day(on) if on is not None else None
    chosen = [book[one] for one in modules] if modules is not None else list(book)
    return {module.id: _membership(book, module, firm, spoken, day) for module in chosen}


def _membership(
    book: BookOfModules, module: Module, firm: Firm, spoken: tuple[Clause, ...], day: Day | None
) -> Membership:
    rules = module.file.classification
    if firm.kind is not None and firm.kind not in rules.kinds:
        return Membership(module.id, module.file.version, "none", 0, (), ())
    general: list[Evidence] = []
    if firm.kind is not None and firm.kind in rules.certain:
        general.append(Evidence("kind", firm.kind, "1", FULL, "主体类别本身属于本模块"))
    against = _against(module, firm)
    if against is not None:
        general.append(against)
    certificates = _certificates(module, firm, day)
    general += [one for one in certificates if one.part is None]
    by_part: dict[str, list[Evidence]] = {part.id: [] for part in rules.parts}
    _codes(module, firm, by_part)
    for one in certificates:
        if one.part is not None:
            by_part[one.part].append(one)
    _texts(book, module, firm, spoken, by_part, against is not None)
    common = sum(one.points for one in general)
    totals = {part: sum(one.points for one in found) for part, found in by_part.items()}
    best = max(totals.values(), default=0)
    points = min(FULL, common + best)
    degree: Degree = "member" if points >= rules.member else "possible" if points >= rules.possible else "none"
    parts = tuple(
        part for part, total in totals.items() if total > 0 and min(FULL, total + common) >= rules.possible
    ) if degree != "none" else ()  # fmt: skip
    told = [*general, *(one for part in sorted(by_part, key=lambda name: -totals[name]) for one in by_part[part])]
    return Membership(module.id, module.file.version, degree, points, parts, tuple(told))


def _codes(module: Module, firm: Firm, by_part: dict[str, list[Evidence]]) -> None:
    rules = module.file.classification
    if not firm.industry:
        return
    for part in rules.parts:
        if _begins(firm.industry, part.codes.full):
            points, why = rules.tiers.code_full, f"行业代码 {firm.industry} 整类属于{part.name.zh}"
        elif _begins(firm.industry, part.codes.partial):
            points, why = rules.tiers.code_partial, f"行业代码 {firm.industry} 部分属于{part.name.zh},需其他依据印证"
        else:
            continue
        by_part[part.id].append(Evidence("industry", firm.industry, "1", points, why, part.id))


def _against(module: Module, firm: Firm) -> Evidence | None:
    against = module.file.classification.against
    word = next((word for word in against.names if word in firm.name), None)
    if word is not None:
        return Evidence("against", word, "1", 0, f"名称含“{word}”,经营范围按 {against.percent}% 计,名称不计")
    if firm.industry and _begins(firm.industry, against.industries):
        why = f"行业代码 {firm.industry} 不是生产类行业,经营范围按 {against.percent}% 计,名称不计"
        return Evidence("against", firm.industry, "1", 0, why)
    return None


def _certificates(module: Module, firm: Firm, day: Day | None) -> list[Evidence]:
    """The best record of each sign; several signs of one label count once."""
    best: dict[tuple[str, str | None], Evidence] = {}
    for sign in module.signs:
        known = best.get((sign.sign.label, sign.sign.part))
        if known is not None and known.points >= sign.sign.points:
            continue
        for payload in firm.certificates.get(sign.item.item, ()):
            if sign.held_by(payload, day):
                said = sign.named(payload)
                why = f"{sign.item.name.zh}:{sign.sign.label}" + (f"({said})" if said else "")
                best[sign.sign.label, sign.sign.part] = Evidence(
                    "certificate", said or sign.sign.label, sign.item.item, sign.sign.points, why, sign.sign.part
                )
                break
    return list(best.values())


def _texts(
    book: BookOfModules, module: Module, firm: Firm, spoken: tuple[Clause, ...], by_part: dict[str, list[Evidence]],
    against: bool,
) -> None:  # fmt: skip
    rules, groups = module.file.classification, module.words.words
    percent = rules.against.percent if against else FULL
    said: dict[str, list[Said]] = {}
    for one in reading.said(book.lexicon, module.id, module.words, spoken):
        said.setdefault(groups[one.group].part, []).append(one)
    for part, found in said.items():
        by_part[part] += [
            Evidence("scope", phrase, "1", points, why, part)
            for phrase, points, why in _phrases(module, found, percent)
        ]
    if not against:
        silent = all(clause.out for clause in spoken)
        for part, (word, points) in _names(module, firm.name, silent).items():
            by_part[part].append(Evidence("name", word, "1", points, f"名称含“{word}”", part))


def _phrases(module: Module, said: Sequence[Said], percent: int) -> list[tuple[str, int, str]]:
    """(phrase, points, why), the best first; each further clause of things made or developed adds a little."""
    tiers = module.file.classification.tiers
    best: dict[str, tuple[int, Said]] = {}
    for one in said:
        points = module.words.words[one.group].points * tiers.acts.get(one.act, 0) * _faded(tiers.places, one.place)
        points = points * percent // 1_000_000
        if one.phrase not in best or points > best[one.phrase][0]:
            best[one.phrase] = (points, one)
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].place, pair[1].phrase))
    told, more, texts = [], 0, {ranked[0][1].text} if ranked else set()
    for number, (points, one) in enumerate(ranked[:SHOWN]):
        given = points
        if number > 0:
            adds = points > 0 and one.act in (Act.MAKE, Act.RESEARCH) and more < 2 and one.text not in texts
            given = min(tiers.another * percent // FULL, points) if adds else 0
            more += adds
            texts.add(one.text)
        where = "居前" if one.place < 3 else f"第 {one.place + 1} 项"
        told.append((one.phrase, given, f"经营范围“{one.text[:40]}”({ACT_NAMES[one.act]},{where})"))
    return told


def _faded(places: tuple[int, int, int], place: int) -> int:
    return places[0] if place < 3 else places[1] if place < 8 else places[2]


def _names(module: Module, name: str, silent: bool) -> dict[str, tuple[str, int]]:
    """Part → (word, points): the most telling word of the name."""
    tiers = module.file.classification.tiers
    usual = tiers.name_alone if silent else tiers.name
    best: dict[str, tuple[str, int]] = {}
    for words in module.words.words:
        points = usual if words.name_points is None else words.name_points
        for word in words.names:
            if word in name and not any(other in name for other in words.unless):
                known = best.get(words.part)
                if known is None or (points, len(word)) > (known[1], len(known[0])):
                    best[words.part] = (word, points)
    return best


def _begins(code: str, prefixes: Sequence[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes)
