"""All services of a node, wired on one page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from xinshu.catalogue import Catalogue
from xinshu.collect.files import ReadLimits
from xinshu.collect.prepare import Tools
from xinshu.collect.pulling import PullService
from xinshu.collect.references import Codes
from xinshu.collect.service import CollectService
from xinshu.collect.tasks import PROCESS, PULL, process_task, pull_task
from xinshu.core.clock import Clock
from xinshu.core.divisions import Divisions
from xinshu.core.errors import SettingError
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings
from xinshu.core.sizes import Sizes
from xinshu.crypto import Vault
from xinshu.inquiry.service import InquiryService
from xinshu.jobs import Worker, enqueue
from xinshu.store import Database
from xinshu.store.engine import Engine, open_engine
from xinshu.store.lake import Lake
from xinshu.store.workbench import Workbenches
from xinshu.subjects.service import SubjectService
from xinshu.subjects.tasks import refresh_search


@dataclass(frozen=True)
class Services:
    """What a node can do."""

    settings: Settings
    clock: Clock
    db: Database
    engine: Engine
    catalogue: Catalogue
    collect: CollectService
    subjects: SubjectService
    inquiry: InquiryService

    @property
    def pulls(self) -> PullService:
        """Tables of front-end machines; their addresses are in the environment."""
        return PullService(self.db, self.collect, self.settings.pull_sources, os.environ, self.clock)

    async def enqueue_batch(self, batch_id: int) -> None:
        """Hand a batch to the background worker."""
        await enqueue(self.db, PROCESS, {"batch": batch_id}, key=f"{PROCESS}:{batch_id}")

    async def enqueue_pull(self, source: str) -> None:
        """Ask the background worker to pull a source."""
        await enqueue(self.db, PULL, {"source": source}, key=f"{PULL}:{source}")

    async def refresh_search(self) -> None:
        """Bring the search projection up to date with the subject base."""
        await refresh_search(self.db)

    def worker(self) -> Worker:
        """A background worker with all tasks."""
        tasks = {
            PROCESS: process_task(self.collect, self.refresh_search),
            PULL: pull_task(self.pulls, self.refresh_search),
        }
        return Worker(self.db, tasks, at_once=max(self.settings.workers, 1))

    async def take_up_unfinished(self) -> None:
        """Queue again what a crash left in the middle, clear away its remains, catch up the search projection."""
        for batch_id in await self.collect.unfinished():
            await self.enqueue_batch(batch_id)
        await self.collect.sweep()
        await self.refresh_search()


def _make_private(settings: Settings) -> None:
    """Folders with information on firms are closed to other users of the machine."""
    folders = [settings.home / "work"]
    if "://" not in settings.lake:
        folders.append(Path(settings.lake))
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        raise SettingError(
            f"目录 {error.filename} 不能创建或设限:{error.strerror}", hint="检查 XINSHU_HOME 的权限"
        ) from error


@asynccontextmanager
async def open_services(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """Open everything that a node needs, and close it at the end."""
    catalogue = await asyncio.to_thread(Catalogue.load, settings.definitions, settings.overlay, clock.today())
    _make_private(settings)
    vault = Vault.load(settings)
    divisions, industries = Divisions.load(), Industries.load(settings.definitions)
    db = await Database.open(settings)
    engine = open_engine(settings)
    benches = Workbenches(settings.home / "work", settings.engine_memory, settings.engine_threads)
    try:
        tools = Tools(
            engine=engine,
            codes=Codes.load(settings.definitions),
            mappings=settings.definitions / "mappings",
            work=settings.home / "work",
            benches=benches,
            limits=ReadLimits.of(settings),
            vault=vault,
        )
        sizes = Sizes.load(settings.definitions, industries)
        yield Services(
            settings=settings,
            clock=clock,
            db=db,
            engine=engine,
            catalogue=catalogue,
            collect=CollectService(db, Lake(settings.lake), catalogue, tools, sizes, clock, settings.platform_code),
            subjects=SubjectService(
                db, vault, clock, divisions, industries, catalogue.code_list("registration_status").codes
            ),
            inquiry=InquiryService(db, catalogue, clock),
        )
    finally:
        await asyncio.to_thread(benches.close)
        await asyncio.to_thread(engine.close)
        await db.close()
