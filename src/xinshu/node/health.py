"""GET /v1/health: is everything well, and if not, what to do. For people; `/healthz` and `/readyz` are for machines."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import asyncio
import shutil
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from xinshu.core.errors import XinshuError
from xinshu.jobs import Jobs
from xinshu.members.permissions import Guards
from xinshu.node import health_rules as rules
from xinshu.node.health_rules import Finding, Late, Words
from xinshu.node.services import Services
from xinshu.store import load_queries
from xinshu.subjects.tasks import search_lag

queries = load_queries("xinshu.node")
State = Literal["good", "attention", "bad", "unknown"]


class WordsOut(BaseModel):
    """The same in both languages."""

    zh: str
    en: str


class FindingOut(BaseModel):
    """One thing looked at; `place`: the page where something can be done about it."""

    code: str
    name: WordsOut
    state: State
    words: WordsOut
    remedy: WordsOut | None
    place: str | None
    figures: dict[str, int | float | str | None]


class LateOut(BaseModel):
    """An item that is overdue (`days`), or was never sent (`last` null)."""

    provider: str
    provider_name: str
    item: str
    item_name: WordsOut
    every: str
    last: date | None
    due: date | None
    days: int | None


class HealthOut(BaseModel):
    """The gravest state and all findings."""

    at: datetime
    state: State
    findings: list[FindingOut]
    late: list[LateOut]


def router(services: Services, guards: Guards) -> APIRouter:
    """The route, which looks at everything when it is called."""
    routes = APIRouter(tags=["node 节点"])

    @routes.get("/v1/health", summary="运行状况 Health", dependencies=[Depends(guards.may("read", "health"))])
    async def health() -> HealthOut:
        """Database, lake, background work, evidence, search, pulls, push, timeliness: a state, words, what to do."""
        findings, late = await look(services)
        return HealthOut(
            at=services.clock.now(),
            state=rules.worst(findings),
            findings=[FindingOut.model_validate(asdict(one)) for one in findings],
            late=[LateOut.model_validate(asdict(one)) for one in late],
        )

    return routes


async def look(services: Services) -> tuple[list[Finding], list[Late]]:
    """All findings at this moment, in the order of what depends on what."""
    now = services.clock.now()
    going = await Jobs(services.db).going()
    async with services.db.acquire() as conn:
        base = await queries.health_of_database(conn)
        log = dict(await queries.health_of_ledger(conn))
        batches = await queries.health_of_batches(conn)
        pushed = dict(await queries.health_of_push(conn))
        last = {(row["provider"], row["item"]): row["at"] async for row in queries.last_publications(conn)}
        providers = {row["provider"]: row["name"] async for row in queries.providers_online(conn)}
    late = rules.late(services.catalogue, providers, last, services.clock.today())
    findings = [
        rules.database(base["version"].split(" ")[0], base["bytes"], base["connections"], base["most"]),
        rules.space(*await asyncio.to_thread(_room, services.settings.lake)),
        rules.worker(going),
        rules.failed_jobs(going.failed),
        *rules.ledger(**log, now=now),
        rules.search(await search_lag(services.db)),
        rules.held(batches["held"], batches["since"], now),
        await _pulls(services),
        rules.timeliness(late),
        rules.push(**pushed, now=now),
    ]
    return findings, late


def _room(lake: str) -> tuple[int | None, int | None]:
    """Bytes free and in all where the lake lies; of a folder that is not there yet, where it will be."""
    if "://" in lake and not lake.startswith("file://"):
        return None, None
    folder = Path(lake.removeprefix("file://")).expanduser()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


async def _pulls(services: Services) -> Finding:
    try:
        found = await services.pulls.sources()
    except XinshuError as error:  # a definition with a fault
        name = Words("前置机抽取", "Pulls from front-end machines")
        remedy = Words(error.hint or "改正数据源定义", "Mend the definition of the source")
        return Finding("pulls", name, "bad", Words(error.message, error.message), remedy)
    states: dict[str, str | None] = {
        one.source.name: one.batch.state.value if one.batch is not None else None for one in found if one.source.enabled
    }
    return rules.sources(states)
