"""How the evaluation models of the demo come into force: drafted and validated by one person, approved and started by
another, then everybody is evaluated by the background worker; and who is found to belong to the feature modules."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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
from xinshu.jobs import JobNotNowError
from xinshu.members.model import local_operator
from xinshu.node.services import Services

SOURCE = "虚构世界的贷款结果,多在评分日之前;只演示验证程序,不能说明模型在真实企业上的区分能力"
PAUSE = 0.3  # seconds between two looks at a run


class Rating:
    """Brings the shipped models into force, from whatever step an earlier run left them at. `folder`: of the world."""

    def __init__(self, crew: Crew, services: Services, folder: Path, console: Console) -> None:
        self._crew = crew
        self._services = services
        self._folder = folder
        self._console = console
        self._who = local_operator(local_user())

    async def settle(self) -> None:
        """Raises RefusedError."""
        officer, admin = await self._crew.first(), await self._crew.admin()
        states = {(one["id"], one["version"]): one["state"] for one in await officer.get("/v1/evaluation-models")}
        cards = scorecards.load(self._services.settings.definitions, self._services.evaluation.book)
        waiting = [card for card in cards if states.get((card.id, card.version)) not in ("in_force", "retired")]
        if waiting:
            with self._console.status("信用评价:计算指标"):  # over which a model is validated
                await _alone(lambda: self._services.evaluation.run_full(self._who))
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
        if not models:
            return  # retired since, by whoever has the node
        with self._console.status("信用评价:全部主体"):
            everybody = self._services.evaluation.run_full
            await _alone(lambda: everybody(self._who), lambda: self._evaluated(officer, models))
        await self._show(officer, models)
        await self._modules(officer)

    async def _modules(self, officer: Person) -> None:
        """Everybody is classified at once, where the worker has not come to it yet."""
        modules = self._services.modules
        if await modules.waiting() > 0:
            with self._console.status("特色功能模块:全部主体"):
                await _alone(lambda: modules.run_full(self._who))
        table = Table("模块", "属于", "可能", title="特色功能模块(机器识别,须核对)")
        for one in await officer.get("/v1/modules"):
            counts = [f"{one['counts'][degree] or 0:,}" for degree in ("member", "possible")]
            table.add_row(one["name"], *counts)
        self._console.print(table)

    async def _evaluated(self, officer: Person, models: list[dict[str, Any]]) -> bool:
        """Whether there was a full run that began after the last model came into force."""
        since = max(datetime.fromisoformat(one["started_at"]) for one in models)
        runs = await officer.get("/v1/evaluation-runs", page_size=200)
        return any(
            one["kind"] == "full"
            and one["finished_at"] is not None
            and datetime.fromisoformat(one["started_at"]) >= since
            for one in runs
        )

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


async def _alone(run: Callable[[], Awaitable[object]], done: Callable[[], Awaitable[bool]] | None = None) -> None:
    """Once the worker's own run is over, unless that has `done` it."""
    while done is None or not await done():
        try:
            await run()
        except JobNotNowError:
            await asyncio.sleep(PAUSE)
        else:
            return
