"""The models of a node and their life; every step is a leaf of the log of evidence, in the step's own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import asyncpg
import orjson

from xinshu.core.clock import Clock
from xinshu.evaluate import life, scorecards, validation
from xinshu.evaluate.differences import Difference, differences
from xinshu.evaluate.life import ModelExistsError, ModelNotFoundError, State, StoredModel
from xinshu.evaluate.loader import Book
from xinshu.evaluate.scorecard import Scorecard
from xinshu.evaluate.validation import Case
from xinshu.ledger import with_change
from xinshu.members.model import Principal
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.evaluate")
KIND = "evaluation_model"


class Models:
    """Versions of models, and their steps."""

    def __init__(self, db: Database, book: Book, clock: Clock) -> None:
        self._db = db
        self._book = book
        self._clock = clock

    async def all(self, id: str | None = None, state: str | None = None) -> list[StoredModel]:
        """Every version, or those in a state, newest of each model first."""
        async with self._db.acquire() as conn:
            return [StoredModel.of(row) async for row in queries.models(conn, id=id, state=state)]

    async def compared(self, id: str, version: str, other: str) -> list[Difference]:
        """What a version says otherwise than another one. Raises ModelNotFoundError."""
        after, before = await self.get(id, version), await self.get(id, other)
        return differences(before.card, after.card, self._book)

    async def get(self, id: str, version: str) -> StoredModel:
        """One version. Raises ModelNotFoundError."""
        async with self._db.acquire() as conn:
            row = await queries.model(conn, id=id, version=version)
        if row is None:
            raise _unknown(id, version)
        return StoredModel.of(row)

    async def in_force(self) -> list[Scorecard]:
        """The models by which subjects are evaluated."""
        async with self._db.acquire() as conn:
            return await in_force(conn)

    async def create(self, card: Scorecard, who: Principal) -> StoredModel:
        """A draft; a version that is there never changes. Raises ModelInvalidError, ModelExistsError."""
        scorecards.check(card, self._book)
        now = self._clock.now()
        try:
            async with self._db.transaction() as conn:
                await queries.insert_model(
                    conn, id=card.id, version=card.version, document=card.document().decode(), digest=card.digest(),
                    by=who.id, now=now,
                )  # fmt: skip
                await self._record(conn, "create", card.id, card.version, who, digest=card.digest().hex())
        except asyncpg.UniqueViolationError:
            raise ModelExistsError(
                f"模型 {card.id} 的版本 {card.version} 已存在", hint="版本不可修改:请改用新的版本号"
            ) from None
        return await self.get(card.id, card.version)

    async def validate(
        self, id: str, version: str, cases: Sequence[Case], earlier: Sequence[Case] | None, source: str, who: Principal,
        earlier_day: date | None = None,
    ) -> StoredModel:  # fmt: skip
        """Keep what a validation measured; `source`: where the outcomes come from. Raises ModelStateError."""
        report = await asyncio.to_thread(validation.report, cases, earlier)
        report |= {"source": source, "earlier": earlier_day.isoformat() if earlier_day is not None else None}
        async with self._db.transaction() as conn:
            await self._step(conn, id, version, State.VALIDATED)
            await queries.set_validated(
                conn, id=id, version=version, by=who.id, now=self._clock.now(), validation=orjson.dumps(report).decode()
            )
            await self._record(conn, "validate", id, version, who, subjects=len(cases))
        return await self.get(id, version)

    async def approve(self, id: str, version: str, who: Principal) -> StoredModel:
        """Raises ModelStateError, SamePersonError."""
        async with self._db.transaction() as conn:
            model = await self._step(conn, id, version, State.APPROVED)
            life.check_approver(model, who.id)
            await queries.set_approved(conn, id=id, version=version, by=who.id, now=self._clock.now())
            await self._record(conn, "approve", id, version, who, digest=model.digest.hex())
        return await self.get(id, version)

    async def start(self, id: str, version: str, who: Principal) -> StoredModel:
        """Bring an approved version into force; the one before it is retired. Raises ModelStateError."""
        async with self._db.transaction() as conn:
            await self._step(conn, id, version, State.IN_FORCE)
            now = self._clock.now()
            async for row in queries.retire_current(conn, id=id, by=who.id, now=now):
                await self._record(conn, "retire", id, row["version"], who)
            await queries.set_in_force(conn, id=id, version=version, by=who.id, now=now)
            await self._record(conn, "start", id, version, who)
        return await self.get(id, version)

    async def retire(self, id: str, version: str, who: Principal) -> StoredModel:
        """Raises ModelStateError."""
        async with self._db.transaction() as conn:
            await self._step(conn, id, version, State.RETIRED)
            await queries.set_retired(conn, id=id, version=version, by=who.id, now=self._clock.now())
            await self._record(conn, "retire", id, version, who)
        return await self.get(id, version)

    async def monitor(self) -> list[dict[str, Any]]:
        """Drift of the models in force, kept for this month: PSI against the distribution that was approved."""
        found, month = [], self._clock.today().isoformat()[:7]
        for model in [one for one in await self.all() if one.state is State.IN_FORCE]:
            async with self._db.transaction() as conn:
                counts = [0] * validation.BANDS
                async for row in queries.score_bins(
                    conn, model=model.id, version=model.version, width=validation.WIDTH
                ):
                    counts[row["band"]] = row["subjects"]
                approved = (model.validation or {}).get("distribution") or counts
                index = validation.psi(approved, counts)
                await queries.keep_monitor(
                    conn, model=model.id, version=model.version, month=month, now=self._clock.now(),
                    subjects=sum(counts), psi=index, distribution=counts,
                )  # fmt: skip
            found.append(
                {"model": model.id, "version": model.version, "month": month, "subjects": sum(counts), "psi": index,
                 "drift": validation.drift(index)}
            )  # fmt: skip
        return found

    async def monitored(self, id: str, version: str) -> list[dict[str, Any]]:
        """Months of a version, newest first. Raises ModelNotFoundError."""
        await self.get(id, version)
        async with self._db.acquire() as conn:
            rows = [dict(row) async for row in queries.monitored(conn, model=id, version=version)]
        return [{**row, "drift": validation.drift(row["psi"])} for row in rows]

    async def _step(self, conn: Any, id: str, version: str, to: State) -> StoredModel:
        row = await queries.lock_model(conn, id=id, version=version)
        if row is None:
            raise _unknown(id, version)
        model = StoredModel.of(row)
        life.check_step(model, to)
        return model

    async def _record(self, conn: Any, step: str, id: str, version: str, who: Principal, **about: Any) -> None:
        await with_change(
            conn, KIND, self._clock.now(), principal=who.id, member_id=who.member_id, step=step, model=id,
            version=version, **about,
        )  # fmt: skip


async def in_force(conn: Any) -> list[Scorecard]:
    """The models in force, by id."""
    return [Scorecard.reloaded(row["document"]) async for row in queries.models_in_force(conn)]


def _unknown(id: str, version: str) -> ModelNotFoundError:
    return ModelNotFoundError(f"没有评价模型 {id} 的版本 {version}", hint="用 xinshu evaluate models 列出")
