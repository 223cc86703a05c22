"""What a model's validation measures: discrimination, stability, calibration, distribution, fairness. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import Any

from xinshu.evaluate.scorecard import FULL, GRADES

BANDS = 20
WIDTH = FULL // BANDS
_FLOOR = 1e-4  # share of an empty band: PSI would be infinite
DRIFT_WATCH, DRIFT_ALARM = 0.1, 0.25  # customary bounds of the index
FEW_BAD = 30  # bad outcomes below which AUC and KS say little
MOST_POINTS = 101  # of a curve


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


def interval(bad: int, known: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson): holds for few outcomes too."""
    z, share = 1.96, bad / known
    middle = (share + z * z / (2 * known)) / (1 + z * z / known)
    half = z / (1 + z * z / known) * sqrt(share * (1 - share) / known + z * z / (4 * known * known))
    return max(0.0, middle - half), min(1.0, middle + half)


def calibration(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """By grade, best first: subjects with a known outcome, those that went bad, their share and its interval."""
    known: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        if case.bad is not None:
            known[case.grade].append(case.bad)
    rows = []
    for grade in GRADES:
        count, bad = len(known[grade]), sum(known[grade])
        low, high = interval(bad, count) if count else (None, None)
        share = bad / count if count else None
        rows.append({"grade": grade, "subjects": count, "bad": bad, "share": share, "low": low, "high": high})
    return rows


def curve(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Shares of the good and of the bad with at most so many points: the ROC curve, and both curves of KS.

    Empty without both. At most `MOST_POINTS` points, the first at no share, the last at all.
    """
    good, bad = _split(cases)
    if not good or not bad:
        return []
    goods, bads, seen_good, seen_bad = sum(good.values()), sum(bad.values()), 0, 0
    points = [{"score": 0, "good": 0.0, "bad": 0.0}]
    for score in sorted(set(good) | set(bad)):
        seen_good, seen_bad = seen_good + good[score], seen_bad + bad[score]
        points.append({"score": score, "good": seen_good / goods, "bad": seen_bad / bads})
    if len(points) <= MOST_POINTS:
        return points
    top = max(range(len(points)), key=lambda at: abs(points[at]["bad"] - points[at]["good"]))
    step = (len(points) - 1) / (MOST_POINTS - 1)
    chosen = {round(place * step) for place in range(MOST_POINTS - 1)} | {len(points) - 1, top}
    return [points[at] for at in sorted(chosen)]


def ks_score(cases: Sequence[Case]) -> int | None:
    """The score at which the two curves are farthest apart; None without both."""
    good, bad = _split(cases)
    if not good or not bad:
        return None
    goods, bads, seen_good, seen_bad, largest, at = sum(good.values()), sum(bad.values()), 0, 0, -1.0, 0
    for score in sorted(set(good) | set(bad)):
        seen_good, seen_bad = seen_good + good[score], seen_bad + bad[score]
        distance = abs(seen_bad / bads - seen_good / goods)
        if distance > largest:
            largest, at = distance, score
    return at


def bands(cases: Sequence[Case], earlier: Sequence[Case] | None) -> list[dict[str, Any]]:
    """Each band of the score: subjects, those known to be good or bad, and the subjects of the earlier day."""
    counts = distribution(case.score for case in cases)
    good = distribution(case.score for case in cases if case.bad is False)
    bad = distribution(case.score for case in cases if case.bad)
    before = distribution(case.score for case in earlier) if earlier is not None else [None] * BANDS
    return [
        {"low": at * WIDTH, "high": FULL if at == BANDS - 1 else (at + 1) * WIDTH - 1, "subjects": counts[at],
         "good": good[at], "bad": bad[at], "earlier": before[at]}
        for at in range(BANDS)
    ]  # fmt: skip


def flags(cases: Sequence[Case], earlier: Sequence[Case] | None) -> list[dict[str, str]]:
    """What the figures cannot show, in words."""
    known = sum(case.bad is not None for case in cases)
    bad = sum(bool(case.bad) for case in cases)
    found = []
    if known == 0:
        found.append(("no_outcomes", "没有结果数据:只能看得分分布、稳定性和公平性,不能说明区分能力"))
    elif bad == 0 or bad == known:
        found.append(("one_sided", f"已知结果 {known} 个,全部为{'违约' if bad else '未违约'}:不能计算 AUC 和 KS"))
    elif bad < FEW_BAD:
        found.append(
            (
                "too_few_outcomes",
                f"违约只有 {bad} 个,不足 {FEW_BAD} 个:AUC、KS 和各等级违约率只供参考,不能据以批准分数线",
            )
        )
    if known and known < len(cases) * 0.5:
        found.append(("partly_known", f"{len(cases):,} 个主体中只有 {known:,} 个的结果已知:结论只适用于这一部分"))
    rates = [row["share"] for row in calibration(cases) if row["share"] is not None]
    if bad and any(worse < better for better, worse in pairwise(rates)):
        found.append(("not_monotonic", "违约率没有随等级变差而升高:检查分数线和分档"))
    if earlier is None:
        found.append(("no_earlier", "没有与较早的日期比较:稳定性(PSI)未计算"))
    return [{"code": code, "text": text} for code, text in found]


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
    """Everything that an approver looks at; `earlier`: the subjects as of an earlier day, for stability."""
    counts = distribution(case.score for case in cases)
    known = [case for case in cases if case.bad is not None]
    stability = psi(distribution(case.score for case in earlier), counts) if earlier is not None else None
    return {
        "subjects": len(cases),
        "outcomes_known": len(known),
        "bad": sum(bool(case.bad) for case in known),
        "auc": auc(known),
        "ks": ks(known),
        "ks_score": ks_score(known),
        "psi": stability,
        "distribution": counts,
        "band_width": WIDTH,
        "grades": {grade: sum(case.grade == grade for case in cases) for grade in GRADES},
        "calibration": calibration(known),
        "roc": curve(known),
        "bands": bands(cases, earlier),
        "flags": flags(cases, earlier),
        "fairness": {group: by_group(cases, group) for group in ("division", "size", "section")},
    }


def fairness_rows(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Parts of a group beside the mean of all: `gap` of the mean, share of the two better grades."""
    whole = sum(part["subjects"] for part in parts)
    mean = sum(part["mean"] * part["subjects"] for part in parts) / whole if whole else 0.0
    better = GRADES[:2]
    return [
        {**part, "gap": part["mean"] - mean,
         "high_share": sum(part["grades"].get(grade, 0) for grade in better) / part["subjects"]}
        for part in parts
    ]  # fmt: skip
