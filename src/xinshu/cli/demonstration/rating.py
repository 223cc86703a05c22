"""How the evaluation models of the demo come into force: drafted and validated by one person, approved and started by
another, then everybody is evaluated by the background worker."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from xinshu.cli.demonstration.calls import Person
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.output import local_user
from xinshu.evaluate import scorecards
from xinshu.evaluate.run import PIECE
from xinshu.jobs import JobNotNowError
from xinshu.members.model import local_operator
from xinshu.node.services import Services

SOURCE = "虚构世界的贷款结果,多在评分日之前;只演示验证程序,不能说明模型在真实企业上的区分能力"
PAUSE = 0.3  # seconds between two looks at a run
PATIENCE = 300  # seconds until everybody is evaluated


class Rating:
    """Brings the shipped models into force, from whatever step an earlier run left them at. `folder`: of the world."""

    def __init__(self, crew: Crew, services: Services, folder: Path, console: Console) -> None:
        self._crew = crew
        self._services = services
        self._folder = folder
        self._console = console

    async def settle(self) -> None:
        """Raises RefusedError, TimeoutError."""
        officer, admin = await self._crew.first(), await self._crew.admin()
        states = {(one["id"], one["version"]): one["state"] for one in await officer.get("/v1/evaluation-models")}
        cards = scorecards.load(self._services.settings.definitions, self._services.evaluation.book)
        waiting = [card for card in cards if states.get((card.id, card.version)) not in ("in_force", "retired")]
        if waiting:
            with self._console.status("信用评价:计算指标"):
                await self._indicators()
        outcomes = await asyncio.to_thread(self._outcomes)
        for card in waiting:
            place, state = f"/v1/evaluation-models/{card.id}/{card.version}", states.get((card.id, card.version))
            if state is None:
                await officer.post("/v1/evaluation-models", orjson.loads(card.document()))
            if state in (None, "draft"):
                await officer.post(f"{place}/validation", {"source": SOURCE, "outcomes": outcomes})
            if state != "approved":
                await admin.post(f"{place}/approval")
            await admin.post(f"{place}/start")
        models = [one for one in await officer.get("/v1/evaluation-models") if one["state"] == "in_force"]
        with self._console.status("信用评价:全部主体"):
            await asyncio.wait_for(self._evaluated(officer, models), PATIENCE)
        await self._show(officer, models)

    async def _indicators(self) -> None:
        """A model is validated over stored indicators, and the worker computes none before one is in force."""
        who = local_operator(local_user())
        while True:
            try:
                await self._services.evaluation.run_full(who, piece=PIECE)
            except JobNotNowError:
                await asyncio.sleep(PAUSE)
            else:
                return

    async def _evaluated(self, officer: Person, models: list[dict[str, Any]]) -> None:
        """Wait for a full run that began after the last model came into force."""
        since = max(datetime.fromisoformat(one["started_at"]) for one in models)
        while True:
            for one in await officer.get("/v1/evaluation-runs", page_size=200):
                begun = datetime.fromisoformat(one["started_at"])
                if one["kind"] == "full" and one["finished_at"] is not None and begun >= since:
                    return
            await asyncio.sleep(PAUSE)

    async def _show(self, officer: Person, models: list[dict[str, Any]]) -> None:
        table = Table("模型", "版本", "优", "良", "中", "差", "起草与验证", "批准与施行", title="公共信用综合评价")
        for one in models:
            parts = await officer.get("/v1/evaluations/distribution", model=one["id"])
            counts = dict.fromkeys("优良中差", 0)
            for part in parts:
                if part["by"] == "kind":
                    counts[part["grade"]] += part["subjects"]
            grades = [f"{count:,}" for count in counts.values()]
            table.add_row(one["name"], one["version"], *grades, "周受理(演示)", "平台管理员(演示)")
        self._console.print(table)

    def _outcomes(self) -> list[dict[str, Any]]:
        """Who borrowed, and who defaulted; nothing where the world was written without."""
        path = self._folder / "outcomes.parquet"
        if not path.exists():
            return []
        table = pq.read_table(path, columns=["code", "loan_month", "default_month"])
        borrowed = table.filter(pc.is_valid(table["loan_month"]))
        return [
            {"code": one["code"], "bad": one["default_month"] is not None}
            for one in borrowed.to_pylist()
            if one["code"] is not None
        ]
