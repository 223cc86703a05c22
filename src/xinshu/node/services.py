"""All services of a node, wired on one page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from xinshu.catalogue import Catalogue
from xinshu.collect.files import ReadLimits
from xinshu.collect.overview.service import Overview
from xinshu.collect.prepare import Tools
from xinshu.collect.pulling import PullService
from xinshu.collect.references import Codes
from xinshu.collect.senders import Senders
from xinshu.collect.service import CollectService
from xinshu.collect.tasks import PROCESS, PULL, process_task, pull_task
from xinshu.collect.uploads import Uploads
from xinshu.consent.uses import ConsentUses
from xinshu.core.clock import Clock
from xinshu.core.divisions import Divisions
from xinshu.core.errors import SettingError, UnavailableError
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings
from xinshu.core.sizes import Sizes
from xinshu.core.working_days import FILE as CALENDAR
from xinshu.core.working_days import load_calendar
from xinshu.crypto import Vault
from xinshu.evaluate.tasks import TOUCHED, ask_full
from xinshu.evaluate.tasks import tasks as evaluation_tasks
from xinshu.evaluate.tasks import wake as wake_evaluation
from xinshu.inquiry.listing import Inquiries
from xinshu.inquiry.push import changes, closing
from xinshu.inquiry.service import InquiryService
from xinshu.jobs import Worker, enqueue
from xinshu.ledger import Ledger
from xinshu.members.freshness import Freshness
from xinshu.members.permissions import Permissions
from xinshu.modules.tasks import FULL as MODULES_FULL
from xinshu.modules.tasks import TOUCHED as MODULES_TOUCHED
from xinshu.modules.tasks import ask_full as ask_modules
from xinshu.modules.tasks import tasks as module_tasks
from xinshu.modules.tasks import wake as wake_modules
from xinshu.node.authorisations import Authorisations
from xinshu.node.distribution import Distribution, Host
from xinshu.node.membership import Membership
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys
from xinshu.store.engine import Engine, open_engine
from xinshu.store.lake import Lake
from xinshu.store.workbench import Workbenches
from xinshu.subjects.service import SubjectService
from xinshu.subjects.tasks import refresh_search

if TYPE_CHECKING:
    from xinshu.evaluate.service import EvaluationService
    from xinshu.modules.circles import Circles
    from xinshu.modules.lists import Lists
    from xinshu.modules.service import Modules
    from xinshu.node.reports import Reports

logger = structlog.get_logger(__name__)
CHECKPOINT_EVERY = 60.0  # seconds


@dataclass(frozen=True)
class Services:
    """What a node can do. `membership`: None in a sandbox, whose members are those of its `host`."""

    settings: Settings
    clock: Clock
    db: Database
    engine: Engine
    catalogue: Catalogue
    collect: CollectService
    subjects: SubjectService
    inquiry: InquiryService
    ledger: Ledger
    freshness: Freshness
    table: Permissions
    membership: Membership | None
    authorisations: Authorisations | None
    benches: Workbenches
    distribution: Distribution
    host: Host
    vault: Vault

    @property
    def senders(self) -> Senders:
        """On whose behalf batches come in."""
        return Senders(self.host.db)

    @property
    def uploads(self) -> Uploads:
        """Files that arrive part by part."""
        return Uploads(self.collect.spool_folder, self.collect.upload_max_bytes, self.clock)

    @property
    def overview(self) -> Overview:
        """What providers see of their own sending."""
        return Overview(self.db, self.catalogue, self.clock)

    @cached_property
    def evaluation(self) -> EvaluationService:
        """Indicators and evaluations; loaded at first use: most commands are quicker without."""
        from xinshu.evaluate.advice import Advice
        from xinshu.evaluate.conditions import Conditions
        from xinshu.evaluate.loader import Book
        from xinshu.evaluate.service import EvaluationService

        definitions = self.settings.definitions
        holidays = definitions / CALENDAR
        conditions = Conditions(
            self.settings.evaluation_course_months, self.settings.evaluation_objection_days,
            load_calendar(holidays if holidays.is_file() else None), Advice.load(definitions),
        )  # fmt: skip
        book = Book.load(definitions, self.catalogue)
        return EvaluationService(self.db, book, self.clock, self.ledger, self.benches, conditions=conditions)

    @cached_property
    def report(self) -> Reports:
        """Credit reports; loaded at first use, as evaluations are."""
        from xinshu.node.reports import Reports

        return Reports.build(
            self.settings, self.clock, self.db, self.catalogue, self.table, self.ledger, self.inquiry,
            self.evaluation, self.vault,
        )  # fmt: skip

    @cached_property
    def modules(self) -> Modules:
        """Feature modules that are on; loaded at first use."""
        from xinshu.modules.loader import BookOfModules
        from xinshu.modules.service import Modules

        indicators, on = self.evaluation.book, [one.strip() for one in self.settings.modules.split(",") if one.strip()]
        book = BookOfModules.load(self.settings.definitions, self.catalogue, indicators, on)
        return Modules(self.db, book, indicators, self.clock, self.ledger)

    @property
    def module_lists(self) -> Lists:
        """Lists of the modules."""
        from xinshu.modules.lists import Lists

        return Lists(self.db, self.clock, self.ledger, self.modules)

    @property
    def circles(self) -> Circles:
        """Circles around chain leaders."""
        from xinshu.modules.circles import Circles

        return Circles(self.db, self.clock, self.modules)

    @property
    def inquiries(self) -> Inquiries:
        """Who read what."""
        return Inquiries(self.db)

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

    async def _after_publication(self) -> None:
        await self.refresh_search()
        await self.distribution.push.wake()
        await wake_evaluation(self.db, self.evaluation)
        await wake_modules(self.db, self.modules)

    async def ask_evaluation(self, full: bool) -> None:
        """Ask the background worker to evaluate all subjects, or those touched since the last run."""
        if full:
            await ask_full(self.db)
        else:
            await enqueue(self.db, TOUCHED, {}, key=TOUCHED)

    async def ask_modules(self, full: bool) -> None:
        """Ask the background worker to classify all subjects, or those touched since the last run."""
        task = MODULES_FULL if full else MODULES_TOUCHED
        await enqueue(self.db, task, {}, key=task)

    def worker(self) -> Worker:
        """A background worker with all tasks."""
        tasks = {
            **evaluation_tasks(self.evaluation),
            **module_tasks(self.modules),
            PROCESS: process_task(self.collect, self._after_publication),
            PULL: pull_task(self.pulls, self._after_publication),
            **self.distribution.tasks,
        }
        return Worker(self.db, tasks, at_once=max(self.settings.workers, 1))

    async def keep_up(self) -> None:
        """What a node does beside answering: a signed checkpoint and pushes every minute, daily what is to lapse or
        to be deleted."""
        day = None
        while True:
            try:
                await self.ledger.checkpoint()
                await self.distribution.push.wake()
                await wake_evaluation(self.db, self.evaluation)
                await wake_modules(self.db, self.modules)
                if day != self.clock.today():
                    await ask_full(self.db)
                    await ask_modules(self.db)
                    await self.distribution.remove_outlived()
                    await self.report.service.remove_expired()
                    await self.collect.sweep()
                    if self.membership is not None:
                        await self.membership.onboarding.suspend_lapsed()
                    day = self.clock.today()
            except UnavailableError as error:
                logger.warning("upkeep put off", reason=str(error))
            except Exception:  # whatever it was: a node that no longer looks after itself in silence is worse
                logger.exception("upkeep failed")
            await asyncio.sleep(CHECKPOINT_EVERY)

    async def take_up_unfinished(self) -> None:
        """Queue again what a crash left in the middle, clear away its remains, catch up the search projection."""
        for batch_id in await self.collect.unfinished():
            await self.enqueue_batch(batch_id)
        await self.distribution.take_up_unfinished()
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
async def open_services(settings: Settings, clock: Clock, host: Host | None = None) -> AsyncIterator[Services]:
    """Open everything that a node needs, and close it at the end. `host`: for a sandbox, its node."""
    catalogue = await asyncio.to_thread(Catalogue.load, settings.definitions, settings.overlay, clock.today())
    _make_private(settings)
    divisions, industries = Divisions.load(), Industries.load(settings.definitions)
    async with AsyncExitStack() as stack:
        db = await Database.open(settings)
        stack.push_async_callback(db.close)
        engine = open_engine(settings)
        stack.push_async_callback(asyncio.to_thread, engine.close)
        benches = Workbenches(settings.home / "work", settings.engine_memory, settings.engine_threads)
        stack.push_async_callback(asyncio.to_thread, benches.close)
        vault = Vault.load(settings, DataKeys(db.dsn, clock))
        await asyncio.to_thread(vault.ready)
        tools = Tools(
            engine=engine,
            codes=Codes.load(settings.definitions),
            mappings=settings.definitions / "mappings",
            work=settings.home / "work",
            benches=benches,
            limits=ReadLimits.of(settings),
            vault=vault,
        )
        lake = Lake(settings.lake, vault)
        status_names = catalogue.code_list("registration_status").codes
        subjects = SubjectService(db, vault, clock, divisions, industries, status_names)
        ledger = await open_ledger(settings, clock, db, vault)
        ledger.log.start()
        stack.push_async_callback(ledger.log.stop)
        freshness = Freshness(db)
        stack.push_async_callback(freshness.stop)
        membership, authorisations = None, None
        sandbox = host is not None
        if host is None:
            membership = await Membership.build(
                settings, clock, db, vault, lake, catalogue, divisions, subjects, ledger, freshness,
                closers=(closing.close_all_of_member,),
            )  # fmt: skip
            host = Host(db, membership.principal_by_id)
            stack.push_async_callback(membership.close)
            authorisations = Authorisations.build(settings, clock, db, catalogue, membership)
        sizes = Sizes.load(settings.definitions, industries)
        table = Permissions.load(settings.definitions)

        def unseal(field: str, sealed: str) -> str:
            return vault.open(sealed, field.encode())

        inquiry = InquiryService(db, catalogue, clock, ledger, ConsentUses(db), unseal)
        yield Services(
            settings=settings,
            clock=clock,
            db=db,
            engine=engine,
            catalogue=catalogue,
            collect=CollectService(db, lake, catalogue, tools, sizes, clock, settings.platform_code, changes.changed),
            subjects=subjects,
            inquiry=inquiry,
            ledger=ledger,
            freshness=freshness,
            table=table,
            membership=membership,
            authorisations=authorisations,
            benches=benches,
            distribution=Distribution.build(
                settings, clock, db, lake, catalogue, table, ledger, inquiry, unseal, host, sandbox
            ),
            host=host,
            vault=vault,
        )


async def open_ledger(settings: Settings, clock: Clock, db: Database, vault: Vault) -> Ledger:
    """The log of evidence of a node; the witness file lies beside its keys."""
    witness = settings.home / "ledger" / "checkpoints.jsonl"
    origin = f"xinshu/{settings.platform_code}"
    return await Ledger.open(db, vault, clock, settings.crypto_suite, origin, witness)
