"""The firms that authorised an institution: their grades now and on an earlier day, and what changed between."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from xinshu.core.clock import Clock
from xinshu.evaluate.course import Cards, cards_of, changes, reasons_of, standing
from xinshu.evaluate.days import months_before
from xinshu.evaluate.loader import Book
from xinshu.evaluate.scorecard import GRADES
from xinshu.evaluate.validation import BANDS, WIDTH, drift, psi
from xinshu.inquiry.model import AsOfError
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.evaluate")
KIND = "portfolio"
USUAL_MONTHS = 3  # how far back a portfolio is compared unless told otherwise
LEAST_COMPARED = 30  # subjects below which a drift says nothing
Sort = Literal["score", "change", "grade", "name"]


@dataclass(frozen=True)
class Wanted:
    """Which rows, in which order; every filter may be None. `since`: the earlier day."""

    since: date | None = None
    purpose: str | None = None
    model: str | None = None
    grade: str | None = None
    changed: str | None = None
    division: str | None = None
    sort: Sort = "change"
    descending: bool = False
    page: int = 1
    page_size: int = 50


@dataclass(frozen=True)
class Portfolio:
    """A page, with totals of the whole."""

    as_of: date
    since: date
    leaf: int
    total: int
    rows: list[dict[str, Any]]
    totals: list[dict[str, Any]]


class Portfolios:
    """Reads what members may see of those that authorised them."""

    def __init__(self, db: Database, book: Book, clock: Clock, ledger: Ledger | None) -> None:
        self._db = db
        self._book = book
        self._clock = clock
        self._ledger = ledger

    async def read(self, wanted: Wanted, who: Principal) -> Portfolio:
        """Subjects with an authorisation in force for a purpose that the model allows; recorded before it is given.

        Raises AsOfError, LedgerUnavailableError.
        """
        today = self._clock.today()
        since = wanted.since or months_before(today, USUAL_MONTHS)
        if since >= today:
            raise AsOfError(f"比较日期 {since} 应早于今天", hint=f"今天是 {today}")
        asked: dict[str, Any] = {
            "member": who.member_id, "purpose": wanted.purpose, "now": self._clock.now(), "since": since,
            "model": wanted.model, "division": wanted.division,
        }  # fmt: skip
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.portfolio(
                    conn, **asked, grade=wanted.grade, changed=wanted.changed, sort=wanted.sort,
                    direction=-1 if wanted.descending else 1, size=wanted.page_size,
                    skip=(wanted.page - 1) * wanted.page_size,
                )
            ]  # fmt: skip
            moved = [row async for row in queries.portfolio_totals(conn, **asked, width=WIDTH)]
            cards = await cards_of(
                conn,
                [(row["model"], row["version"]) for row in rows]
                + [(row["model"], row["then_version"]) for row in rows if row["then_version"] is not None],
            )
            names = {row["id"]: row["name"] async for row in queries.names_in_force(conn)}
        total = sum(row["subjects"] for row in moved if _chosen(row, wanted))
        assert self._ledger is not None  # noqa: S101  (routes are served with one)
        shown = hashlib.sha256("\n".join(row["code"] for row in rows).encode()).hexdigest()
        about = {"subjects": len(rows), "codes": shown, "total": total, "since": since.isoformat(),
                 "purpose": wanted.purpose, "page": wanted.page}  # fmt: skip
        leaf = await self._ledger.append(Entry(KIND, self._clock.now(), who.id, who.member_id, None, about))
        shown_rows = [self._row(row, cards) for row in rows]
        return Portfolio(today, since, leaf, total, shown_rows, _totals(moved, names))

    def _row(self, row: Any, cards: Cards) -> dict[str, Any]:
        card = cards.get((row["model"], row["version"]))
        now = standing(row)
        then = standing(row, "then_") if row["then_day"] is not None else None
        kept = ("code", "name", "division", "industry", "size_class", "purposes", "model", "version", "as_of", "score",
                "grade", "then_day", "then_score", "then_grade", "disputed")  # fmt: skip
        return {name: row[name] for name in kept} | {
            "change": _change(row["then_grade"], row["grade"]),
            "score_change": now.score - then.score if then is not None else None,
            "reasons": changes(self._book, card, then, now),
            "vetoes": reasons_of(card, now.vetoes),
        }


def _chosen(row: Any, wanted: Wanted) -> bool:
    """The filters by grade, as the query has them."""
    change = _change(row["then_grade"], row["grade"])
    fits = wanted.changed in (None, change) or (wanted.changed == "changed" and change in ("better", "worse"))
    return fits and wanted.grade in (None, row["grade"])


def _change(then: str | None, now: str) -> str:
    if then is None:
        return "new"
    before, after = GRADES.index(then), GRADES.index(now)
    return "same" if before == after else "better" if after < before else "worse"


def _totals(moved: Sequence[Any], names: dict[str, str]) -> list[dict[str, Any]]:
    """By model: grades now and then, moves between them, drift of the scores of those evaluated on both days."""
    by_model: defaultdict[str, list[Any]] = defaultdict(list)
    for row in moved:
        by_model[row["model"]].append(row)
    return [_total(model, names.get(model, model), rows) for model, rows in sorted(by_model.items())]


def _total(model: str, name: str, rows: Sequence[Any]) -> dict[str, Any]:
    now, then, moves = Counter[str](), Counter[str](), Counter[tuple[str | None, str]]()
    bands, bands_then = [0] * BANDS, [0] * BANDS
    for row in rows:
        now[row["grade"]] += row["subjects"]
        moves[row["then_grade"], row["grade"]] += row["subjects"]
        if row["then_grade"] is not None:
            then[row["then_grade"]] += row["subjects"]
            bands[row["band"]] += row["subjects"]
            bands_then[row["then_band"]] += row["subjects"]
    compared = sum(then.values())
    index = psi(bands_then, bands) if compared >= LEAST_COMPARED else None
    return {
        "model": model,
        "model_name": name,
        "subjects": sum(now.values()),
        "now": {grade: now[grade] for grade in GRADES},
        "then": {grade: then[grade] for grade in GRADES},
        "moves": [
            {"then": before, "now": after, "subjects": moves[before, after]}
            for before in (*GRADES, None)
            for after in GRADES
            if moves[before, after] > 0
        ],
        "compared": compared,
        "psi": index,
        "drift": drift(index) if index is not None else None,
    }
