"""What a model's validation measures: discrimination, stability, calibration, distribution, fairness. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from xinshu.evaluate.scorecard import FULL, GRADES

BANDS = 20
WIDTH = FULL // BANDS
_FLOOR = 1e-4  # share of an empty band: PSI would be infinite
DRIFT_WATCH, DRIFT_ALARM = 0.1, 0.25  # customary bounds of the index


@dataclass(frozen=True)
class Case:
    """One subject: its score, whether it went bad (None: not known), and the groups it belongs to."""

    score: int
    grade: str
    bad: bool | None
    groups: Mapping[str, str | None]


def auc(cases: Sequence[Case]) -> float | None:
    """Share of (bad, good) pairs in which the bad one has the lower score; ties count half. None without both."""
    good, bad = _split(cases)
    if not good or not bad:
        return None
    below = won = 0.0
    for score in sorted(set(good) | set(bad), reverse=True):
        # from the best down: goods seen so far lie above this score
        won += bad[score] * (below + good[score] / 2)
        below += good[score]
    return won / (sum(good.values()) * sum(bad.values()))


def ks(cases: Sequence[Case]) -> float | None:
    """Largest distance between the distributions of bad and good. None without both."""
    good, bad = _split(cases)
    if not good or not bad:
        return None
    goods, bads, seen_good, seen_bad, largest = sum(good.values()), sum(bad.values()), 0, 0, 0.0
    for score in sorted(set(good) | set(bad)):
        seen_good, seen_bad = seen_good + good[score], seen_bad + bad[score]
        largest = max(largest, abs(seen_bad / bads - seen_good / goods))
    return largest


def _split(cases: Sequence[Case]) -> tuple[Counter[int], Counter[int]]:
    good, bad = Counter[int](), Counter[int]()
    for case in cases:
        if case.bad is not None:
            (bad if case.bad else good)[case.score] += 1
    return good, bad


def distribution(scores: Iterable[int]) -> list[int]:
    """Subjects in each of `BANDS` bands of the score."""
    counts = [0] * BANDS
    for score in scores:
        counts[min(score // WIDTH, BANDS - 1)] += 1
    return counts


def psi(expected: Sequence[int], actual: Sequence[int]) -> float:
    """Population stability index of two distributions over the same bands; 0 where either is empty."""
    whole, seen = sum(expected), sum(actual)
    if whole == 0 or seen == 0:
        return 0.0
    total = 0.0
    for before, after in zip(expected, actual, strict=True):
        p, q = max(before / whole, _FLOOR), max(after / seen, _FLOOR)
        total += (q - p) * log(q / p)
    return total


def drift(index: float) -> str:
    """The customary reading of a PSI."""
    return "stable" if index < DRIFT_WATCH else "watch" if index < DRIFT_ALARM else "alarm"


def calibration(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """By grade, best first: subjects with a known outcome, those that went bad, their share."""
    known: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        if case.bad is not None:
            known[case.grade].append(case.bad)
    return [
        {"grade": grade, "subjects": len(known[grade]), "bad": sum(known[grade]),
         "share": sum(known[grade]) / len(known[grade]) if known[grade] else None}
        for grade in GRADES
    ]  # fmt: skip


def by_group(cases: Sequence[Case], group: str, least: int = 30) -> list[dict[str, Any]]:
    """Fairness over the parts of a group: mean score, shares of grades, AUC and share of bad where outcomes are known.

    Parts with fewer than `least` subjects are put together as `其他`: a handful says nothing and may be recognised.
    """
    parts: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        parts[case.groups.get(group) or "未知"].append(case)
    small = [name for name, members in parts.items() if len(members) < least]
    for name in small:
        parts["其他"] += parts.pop(name) if name != "其他" else []
    return [
        {
            "part": name,
            "subjects": len(members),
            "mean": sum(case.score for case in members) / len(members),
            "grades": {grade: sum(case.grade == grade for case in members) for grade in GRADES},
            "bad": sum(bool(case.bad) for case in members),
            "known": sum(case.bad is not None for case in members),
            "auc": auc(members),
        }
        for name, members in sorted(parts.items())
        if members
    ]


def report(cases: Sequence[Case], earlier: Sequence[Case] | None = None) -> dict[str, Any]:
    """Everything that an approver looks at; `earlier`: the same subjects as of an earlier day, for stability."""
    counts = distribution(case.score for case in cases)
    known = [case for case in cases if case.bad is not None]
    stability = psi(distribution(case.score for case in earlier), counts) if earlier is not None else None
    return {
        "subjects": len(cases),
        "outcomes_known": len(known),
        "bad": sum(bool(case.bad) for case in known),
        "auc": auc(known),
        "ks": ks(known),
        "psi": stability,
        "distribution": counts,
        "band_width": WIDTH,
        "grades": {grade: sum(case.grade == grade for case in cases) for grade in GRADES},
        "calibration": calibration(known),
        "fairness": {group: by_group(cases, group) for group in ("division", "size", "section")},
    }
