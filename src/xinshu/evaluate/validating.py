"""Scoring everybody by a draft: now from the stored indicators, and as of an earlier day from the records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson

from xinshu.evaluate import life, run
from xinshu.evaluate.days import Day
from xinshu.evaluate.life import State, StoredModel
from xinshu.evaluate.loader import Book
from xinshu.evaluate.models import Models
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.scoring import score
from xinshu.evaluate.validation import Case
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries
from xinshu.store.workbench import Workbench, Workbenches

queries = load_queries("xinshu.evaluate")
PAGE = 5_000


class Validating:
    """Validations of drafts over the subjects of a node."""

    def __init__(self, db: Database, book: Book, models: Models, benches: Workbenches) -> None:
        self._db = db
        self._book = book
        self._models = models
        self._benches = benches

    async def validate(
        self, id: str, version: str, outcomes: Mapping[str, bool], source: str, who: Principal, engine: run.Engine,
        earlier: date | None, missing: Callable[[], Exception],
    ) -> StoredModel:  # fmt: skip
        """Score everybody whose indicators are stored, and keep what that shows; if nobody's are, raise `missing()`.

        `outcomes`: code → went bad, for those known. `earlier`: a day with whose scores the present ones are compared.
        Raises ModelNotFoundError, ModelStateError.
        """
        model = await self._models.get(id, version)
        life.check_step(model, State.VALIDATED)
        kinds = [kind.value for kind in model.card.kinds]
        cases: list[Case] = []
        after = 0
        while True:
            async with self._db.acquire() as conn:
                page = [row async for row in queries.values_page(conn, kinds=kinds, after=after, size=PAGE)]
            cases += await asyncio.to_thread(self._cases, model.card, page, outcomes)
            if len(page) < PAGE:
                break
            after = page[-1]["id"]
        if not cases:
            raise missing()
        before = await self._as_of(model.card, engine, earlier) if earlier is not None else None
        return await self._models.validate(id, version, cases, before, source, who, earlier)

    def _cases(self, card: Scorecard, page: list[Any], outcomes: Mapping[str, bool]) -> list[Case]:
        found = []
        for row in page:
            result = score(card, run.filled(self._book, orjson.loads(row["values"])))
            groups = {
                "division": row["division"][:4] if row["division"] else None,
                "size": row["size_class"],
                "section": row["industry"][:1] if row["industry"] else None,
            }
            found.append(Case(result.score, result.grade, outcomes.get(row["code"]), groups))
        return found

    async def _as_of(self, card: Scorecard, engine: run.Engine, day: date) -> list[Case]:
        """Everybody of whom something was known on the day, as the draft scores it; nothing is stored."""
        found: list[Case] = []
        bench = await asyncio.to_thread(self._benches.take)
        try:
            async with self._db.acquire() as conn:
                bounds = await queries.subject_bounds(conn)
            for low in range(bounds["low"], bounds["high"] + 1, run.PIECE):
                found += await self._piece(bench, engine, card, Day(day), low, low + run.PIECE)
        finally:
            await asyncio.to_thread(self._benches.give_back, bench)
        return found

    async def _piece(
        self, bench: Workbench, engine: run.Engine, card: Scorecard, day: Day, low: int, high: int
    ) -> list[Case]:
        until = run.end_of(day.day)
        async with self._db.acquire() as conn:
            known = [row["id"] async for row in queries.known_by(conn, low=low, high=high, until=until)]
            subjects = [(row["id"], row["kind"]) async for row in queries.subjects_of(conn, subjects=known)]
            if not subjects:
                return []
            await run.load(conn, bench, engine, subjects, until)
        await asyncio.to_thread(engine.compute, bench, day, [card])
        rows = await asyncio.to_thread(_fetch, bench)
        return [Case(points, grade, None, {}) for points, grade in rows]


def _fetch(bench: Workbench) -> list[tuple[int, str]]:
    return [(int(points), grade) for points, grade in
            bench.connection.execute("select score, grade from evaluations").fetchall()]  # fmt: skip
