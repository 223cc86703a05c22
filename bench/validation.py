"""Validation of the shipped models on an invented world, with enough bad outcomes to mean something about the program.

    python bench/validation.py [subjects, default 104000] [of them for stability, default 20000]

Loans of the invented world that go bad within a year are too few: hundreds of thousands of subjects would be needed for
farms. So the world's own rule of default is applied to everybody, as though each subject had a loan that runs through
the twelve months after the day of evaluation: in every month it defaults with the chance 0.0013 × exp(-1.7 × health),
by a draw of this bench's own. Subjects that had ended by that day are left out. The outcomes of the loans that there
really are in the world stand beside.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from math import sqrt

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from machine import describe

from xinshu.catalogue import Catalogue
from xinshu.core.settings import packaged_definitions
from xinshu.evaluate import facts, scorecards, scoring_sql
from xinshu.evaluate.days import Day
from xinshu.evaluate.expressions import SUBJECTS
from xinshu.evaluate.loader import Book
from xinshu.evaluate.run import Engine
from xinshu.evaluate.scorecard import GRADES, Scorecard
from xinshu.evaluate.validation import Case, auc, calibration, distribution, ks, psi
from xinshu.synth import World
from xinshu.synth.items import GENERATORS
from xinshu.synth.kinds import KINDS
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

SEED, OUTCOME_SEED = 7, 20260601
BEFORE, AFTER = date(2025, 6, 1), date(2026, 6, 1)
CHUNK = 4096
HAZARD, STEEPNESS = 0.0013, 1.7  # the rule of `synth.health`
_SUBJECT_KIND = {1: "enterprise", 2: "individual_business", 3: "cooperative", 0: "farm_household"}
Flags = npt.NDArray[np.bool_]
Scored = dict[str, list[tuple[int, int, str]]]  # model → (place, score, grade)


def days(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def scored(engine: Engine, cards: Sequence[Scorecard], view: View, day: date) -> Scored:
    """The subjects of a view by each model that is made for their kind."""
    link = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    kinds = [_SUBJECT_KIND[KINDS[kind].second] for kind in view.firms.kind.tolist()]
    there = np.flatnonzero(np.asarray(view.exists) & ~np.asarray(view.ended))
    link.register("given", pa.table({"subject_id": there, "kind": [kinds[place] for place in there.tolist()]}))
    link.execute(f"create table {SUBJECTS} as from given")
    for number, fields in engine.single.fields.items():
        item, made = engine.book.catalogue.item(number), GENERATORS[number](view)
        rows = to_table(item, view, made).select(list(fields))
        link.register("given", rows.append_column("subject_id", pa.array(made.owner, pa.int64())))
        link.execute(facts.create(item, facts.from_columns(item, fields, "given")))
    for name, statement in engine.compiled.steps(Day(day)):
        link.execute(f'create table "{name}" as {statement}')
    found = {
        card.id: link.execute(
            f"select subject_id, score, grade from ({scoring_sql.sql(card, engine.book, 'indicators')}) "
            f"join {SUBJECTS} using (subject_id) where kind in (select unnest(?)) order by 1",
            [[kind.value for kind in card.kinds]],
        ).fetchall()
        for card in cards
    }
    link.close()
    return found


def went_bad(view: View, since: View) -> Flags:
    """Whether each subject of `view` defaults in the months that are complete in it but were not in `since`."""
    level = view.health[:, len(since.months) :]
    draws = np.random.default_rng([OUTCOME_SEED, view.start]).random(level.shape)
    return np.asarray((draws < HAZARD * np.exp(-STEEPNESS * level)).any(axis=1))


def loans(view: View, since: View) -> tuple[Flags, Flags]:
    """Of the loans in the world: those that ran on the earlier day without default, and those that default after."""
    last, then = int(view.months[-1]), int(since.months[-1])
    given = view.loans
    running = (given.begins <= then) & (given.begins + given.term > then) & (given.defaults > then)
    return np.asarray(running), np.asarray(running & (given.defaults <= last))


def delong(cases: Sequence[Case]) -> tuple[float, float]:
    """95 % interval of the AUC by DeLong, DeLong and Clarke-Pearson (1988)."""
    good = np.array([case.score for case in cases if case.bad is False], dtype=float)
    bad = np.array([case.score for case in cases if case.bad], dtype=float)

    def share(ones: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """For each of `ones`: the share of `others` that lie below, ties by half."""
        ordered = np.sort(others)
        below = np.searchsorted(ordered, ones, "left") + np.searchsorted(ordered, ones, "right")
        return np.asarray(below / 2 / len(others))

    above, under = share(good, bad), 1 - share(bad, good)
    half = 1.96 * sqrt(above.var(ddof=1) / len(good) + under.var(ddof=1) / len(bad))
    return float(above.mean() - half), float(above.mean() + half)


def main(subjects: int, stable: int) -> None:
    """Score, wait a year, compare; print the tables of docs/evaluation.md."""
    describe()
    began = time.perf_counter()
    definitions = packaged_definitions()
    catalogue = Catalogue.load(definitions)
    book = Book.load(definitions, catalogue)
    engine, cards = Engine.of(book), scorecards.load(definitions, book)
    world = World(SEED, subjects, AFTER, catalogue=catalogue)
    cases: dict[str, list[Case]] = defaultdict(list)
    real: dict[str, list[Case]] = defaultdict(list)
    scores: dict[tuple[str, date], list[int]] = defaultdict(list)
    for start in range(0, subjects, CHUNK):
        stop = min(start + CHUNK, subjects)
        earlier, later = (View(world.basis, start, stop, days(day)) for day in (BEFORE, AFTER))
        bad, (lent, defaulted) = went_bad(later, earlier), loans(later, earlier)
        for model, rows in scored(engine, cards, earlier, BEFORE).items():
            for place, score, grade in rows:
                cases[model].append(Case(score, grade, bool(bad[place]), {}))
                if lent[place]:
                    real[model].append(Case(score, grade, bool(defaulted[place]), {}))
                if stop <= stable:
                    scores[model, BEFORE].append(score)
        if stop <= stable:
            for model, rows in scored(engine, cards, later, AFTER).items():
                scores[model, AFTER] += [score for _, score, _ in rows]
    print(f"{subjects:,} subjects of a world with seed {SEED}; scored as of {BEFORE}, outcomes up to {AFTER}")
    print(
        "\n| 模型 | 主体 | 违约 | AUC(95% 区间) | KS | PSI | 真实贷款 | 其中违约 |\n|---|---|---|---|---|---|---|---|"
    )
    for card in cards:
        ours, low_high = cases[card.id], delong(cases[card.id])
        before, after = (distribution(scores[card.id, day]) for day in (BEFORE, AFTER))
        lent_bad = sum(bool(case.bad) for case in real[card.id])
        print(
            f"| `{card.id}` | {len(ours):,} | {sum(bool(case.bad) for case in ours):,} "
            f"| {auc(ours):.3f}({low_high[0]:.3f}–{low_high[1]:.3f}) | {ks(ours):.3f} | {psi(before, after):.3f} "
            f"| {len(real[card.id]):,} | {lent_bad} |"
        )
    print(f"\n| 模型 | {' | '.join(GRADES)} |\n|---|{'---|' * len(GRADES)}")
    for card in cards:
        cells = [
            f"{row['bad']}/{row['subjects']:,} = {row['share']:.1%}({row['low']:.1%}–{row['high']:.1%})"
            if row["subjects"] else "—"
            for row in calibration(cases[card.id])
        ]  # fmt: skip
        print(f"| `{card.id}` | {' | '.join(cells)} |")
    print(f"\n{time.perf_counter() - began:,.0f} s")


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[1:3]]
    main(given[0] if given else 104_000, given[1] if len(given) > 1 else 20_000)
