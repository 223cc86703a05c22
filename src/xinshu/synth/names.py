"""Names, codes and addresses of subjects. Every name carries the mark 「(虚构)」; no two firms share one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from xinshu.synth.basis import Basis
from xinshu.synth.codes import citizen_numbers, credit_codes, registration_numbers
from xinshu.synth.draws import Draws, Flags, Ints
from xinshu.synth.firms import Firms
from xinshu.synth.kinds import KINDS, Kind, is_registered, seconds
from xinshu.synth.lexicon import HEADS, Lexicon
from xinshu.synth.people import BORN_FROM, birthdays, person_keys, person_names, sequences
from xinshu.synth.text import Column, choose, digits, hide, join, lookup

MARK = "(虚构)"
CHANGE_SPAN = 60  # months from the opening over which changes of name, address and manager are spread
_GENERATION = 1 << 28  # a later name takes the brand of a number beyond every subject's
_SHORT = HEADS * HEADS
_UNIFIED = 16709  # 2015-10-01, when the unified code came
_PLAIN_TRADES = ("综合经营",)


def brands(draws: Draws, words: Lexicon, number: Ints) -> Column:
    """Brands, distinct for distinct numbers below 2**30: two characters below 2**20, else three."""
    short = number < _SHORT
    two = draws.permute(np.where(short, number, 0), 20, "brand of two")
    three = draws.permute(number, 30, "brand of three")
    middle = choose(short, "", lookup(words.middles, three // HEADS % HEADS))
    head = np.where(short, two // HEADS, three // HEADS // HEADS)
    tail = np.where(short, two, three) % HEADS
    return join(lookup(words.heads, head), middle, lookup(words.tails, tail))


@lru_cache(maxsize=4)
def _trades(words: Lexicon, keywords: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], Ints, Ints]:
    """Trade words that fit each industry division: flat list, start and count for each division."""
    flat: list[str] = []
    starts, counts = [], []
    for parts in keywords:
        fitting = [w for w in words.trades if len(w) <= 5 and "专业" not in w and any(part in w for part in parts)]
        starts.append(len(flat))
        flat.extend(fitting or list(parts) or list(_PLAIN_TRADES))
        counts.append(len(flat) - starts[-1])
    return tuple(flat), np.array(starts, dtype=np.int64), np.array(counts, dtype=np.int64)


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, ...], Ints, Ints]:
    flat = tuple(form for facts in KINDS for form in facts.forms)
    counts = np.array([len(facts.forms) for facts in KINDS], dtype=np.int64)
    return flat, np.cumsum(counts) - counts, counts


@lru_cache(maxsize=4)
def _shop_forms(basis: Basis) -> Ints:
    """Three forms of names of 个体工商户 for each industry division, as places in the list of forms."""
    forms, start, _ = _forms()
    wanted = {"C": ("加工厂", "加工厂", "工作室"), "F": ("商行", "经营部", "店"), "H": ("餐馆", "店", "店")}
    plain = ("服务部", "经营部", "工作室")
    rows = [wanted.get(letter, plain) for letter in basis.industries.sections]
    first = int(start[Kind.INDIVIDUAL])
    return np.array([[forms.index(form, first) for form in row] for row in rows], dtype=np.int64)


def change_day(basis: Basis, index: Ints, what: str, chance: float) -> Ints:
    """Day on which the subject changes `what` once, at random over 60 months; -1 where it never does."""
    day = basis.opening + basis.draws.below(CHANGE_SPAN * 30, f"day of {what}", index)
    return np.where(basis.draws.happens(chance, f"has {what}", index), day, -1)


def changed(day: Ints, firms: Firms, by: int) -> Flags:
    """Whether the change of that day has happened by day number `by`, and well after the subject was established."""
    return (day > firms.established + 30) & (day <= by)


def name_changed(firms: Firms, by: int) -> Flags:
    """Whether the subject bears its second name on day `by`; persons keep their names."""
    day = change_day(firms.basis, firms.index, "name change", 0.06)
    renamed: Flags = changed(day, firms, by) & (firms.kind != Kind.FARM_HOUSEHOLD)
    return renamed


def subject_names(firms: Firms, by: int) -> Column:
    """Names in force on day `by`."""
    return _names(firms, np.where(name_changed(firms, by), firms.index + _GENERATION, firms.index))


def _names(firms: Firms, number: Ints) -> Column:
    basis, index = firms.basis, firms.index
    draws, places = basis.draws, basis.places
    city = [name.removesuffix("市") if len(name) > 2 else name for name in places.cities]
    county = [name if len(name) == 2 else name[:-1] for name in places.counties]
    large_scale = draws.happens(np.where(firms.kind <= Kind.HONG_KONG, 0.6, 0.15), "place in name", index)
    place = choose(large_scale, lookup(city, firms.city), lookup(county, firms.county))
    trades, trade_start, trade_count = _trades(basis.words, basis.industries.keywords)
    trade = trade_start[firms.industry] + draws.below(trade_count[firms.industry], "trade", index)
    forms, form_start, form_count = _forms()
    form = form_start[firms.kind] + draws.below(form_count[firms.kind], "form", index)
    shop = _shop_forms(basis)[firms.industry, draws.below(3, "form", index)]
    form = np.where(firms.kind == Kind.INDIVIDUAL, shop, form)
    name = join(place, brands(draws, basis.words, number), lookup(trades, trade), MARK, lookup(forms, form))
    household = firms.kind == Kind.FARM_HOUSEHOLD
    if not household.any():
        return name
    return choose(household, join(person_names(draws, operators(firms)), MARK, "家庭农场"), name)


def operators(firms: Firms, by: int | None = None) -> Ints:
    """Person keys of the legal persons (operators, householders) in office on day `by`; None: the first ones."""
    first = person_keys(firms.basis.draws, "operator", firms.index)
    if by is None:
        return first
    return np.where(operator_changed(firms, by), person_keys(firms.basis.draws, "second operator", firms.index), first)


def operator_changed(firms: Firms, by: int) -> Flags:
    """Whether the legal person has changed by day `by`; only enterprises change theirs."""
    day = change_day(firms.basis, firms.index, "new operator", 0.08)
    return changed(day, firms, by) & (firms.kind <= Kind.LIMITED_PARTNERSHIP)


def operator_names(firms: Firms, by: int) -> Column:
    """Names of the legal persons in office on day `by`."""
    return person_names(firms.basis.draws, operators(firms, by))


def subject_codes(firms: Firms) -> Column:
    """Unified credit codes; null for subjects without one."""
    codes = credit_codes(firms.basis.draws, firms.index, seconds(firms.kind), firms.division)
    return hide(codes, is_registered(firms.kind))


def old_numbers(firms: Firms) -> Column:
    """15-digit registration numbers of subjects from before October 2015, when the unified code came; else null."""
    numbers = registration_numbers(firms.basis.draws, firms.index, firms.division)
    return hide(numbers, is_registered(firms.kind) & (firms.established < _UNIFIED))


def citizens(basis: Basis, person: Ints) -> Column:
    """Citizen numbers of the persons."""
    return citizen_numbers(basis.province_number, birthdays(basis.draws, person), sequences(basis.draws, person))


def farmer_numbers(firms: Firms) -> Column:
    """Citizen numbers of the operators of farms, unique by index < 2**24: they identify the subject."""
    place = firms.basis.draws.permute(firms.index % (1 << 24), 24, "farmer")
    return citizen_numbers(firms.basis.province_number, BORN_FROM + place // 884, place % 884 + 1)


def moved(firms: Firms, by: int) -> Flags:
    """Whether the subject has moved within its county by day `by`."""
    return changed(change_day(firms.basis, firms.index, "move", 0.10), firms, by)


def addresses(firms: Firms, by: int) -> Column:
    """Addresses in force on day `by`: real divisions, invented roads."""
    basis, places = firms.basis, firms.basis.places
    turn = moved(firms, by).astype(np.int64)
    start, count = places.township_start[firms.county], places.township_count[firms.county]
    town = start + basis.draws.below(count, "township", firms.index, turn)
    number = digits(basis.draws.between(1, 399, "house", firms.index, turn))
    road = lookup(basis.words.heads, basis.draws.below(HEADS, "road", firms.index, turn))
    prefixes = [
        f"{places.province}{places.cities[c] if places.cities[c] != places.province else ''}{name}"
        for c, name in zip(places.city_of, places.counties, strict=True)
    ]
    return join(lookup(prefixes, firms.county), lookup(places.townships, town), "虚", road, "路", number, "号")
