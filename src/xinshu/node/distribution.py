"""What carries information to those who may have it, besides single inquiries: batches, push, screening; wired on one
page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter

from xinshu.catalogue import Catalogue
from xinshu.consent.forms import Unseal
from xinshu.consent.uses import ConsentUses
from xinshu.core.clock import Clock
from xinshu.core.settings import Settings
from xinshu.inquiry.batches.routes import router as batch_routes
from xinshu.inquiry.batches.service import InquiryBatches
from xinshu.inquiry.batches.tasks import TASK as BATCH
from xinshu.inquiry.batches.tasks import batch_task, enqueue_batch
from xinshu.inquiry.batches.work import BatchWork
from xinshu.inquiry.data_use import DataUse
from xinshu.inquiry.data_use import router as data_use_routes
from xinshu.inquiry.preview import PreviewService
from xinshu.inquiry.preview import router as preview_routes
from xinshu.inquiry.push.addresses import Reach
from xinshu.inquiry.push.post import Poster
from xinshu.inquiry.push.routes import router as push_routes
from xinshu.inquiry.push.service import TASK as PUSH
from xinshu.inquiry.push.service import PushService, push_task
from xinshu.inquiry.screening.routes import router as screening_routes
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.inquiry.service import InquiryService
from xinshu.inquiry.usage.routes import router as usage_routes
from xinshu.inquiry.usage.service import Quota, UsageService
from xinshu.inquiry.verification.model import Verifiable
from xinshu.inquiry.verification.routes import router as verification_routes
from xinshu.inquiry.verification.service import VerificationService
from xinshu.jobs import Task
from xinshu.ledger import Ledger
from xinshu.members.model import Principal
from xinshu.members.permissions import Guards, Permissions
from xinshu.node.edge.limits import Rate
from xinshu.store import Database
from xinshu.store.lake import Lake

PrincipalById = Callable[[str], Awaitable[Principal | None]]


@dataclass(frozen=True)
class Host:
    """The node of a sandbox: where the members are, and who they are."""

    db: Database
    principal_by_id: PrincipalById


@dataclass(frozen=True)
class Distribution:
    """Batches of inquiries, push and screening of a node or of its sandbox."""

    db: Database
    batches: InquiryBatches
    work: BatchWork
    screenings: ScreeningService
    push: PushService
    data_use: DataUse
    preview: PreviewService
    usage: UsageService
    verification: VerificationService

    @classmethod
    def build(
        cls,
        settings: Settings,
        clock: Clock,
        db: Database,
        lake: Lake,
        catalogue: Catalogue,
        table: Permissions,
        ledger: Ledger,
        inquiry: InquiryService,
        unseal: Unseal,
        host: Host,
        sandbox: bool,
    ) -> Distribution:
        """Over a node's parts. `host`: of the members; of a node, itself. Raises SettingError."""
        folder, kept = settings.home / "work", timedelta(days=settings.batch_result_days)
        screenings = ScreeningService(db, clock, catalogue, ledger, settings.screenings_per_day, kept)
        poster = Poster(Reach.of(settings))
        return cls(
            db=db,
            batches=InquiryBatches(db, clock, catalogue, ledger, lake, folder),
            work=BatchWork(db, clock, inquiry, table, lake, folder, host.principal_by_id, kept),
            screenings=screenings,
            push=PushService.build(db, host.db, clock, catalogue, inquiry, ledger, screenings, poster, sandbox=sandbox),
            data_use=DataUse(db, host.db, catalogue, clock),
            preview=PreviewService(db, catalogue, clock, ConsentUses(db)),
            usage=UsageService(db, clock, settings.screenings_per_day, _rates(settings)),
            verification=VerificationService(
                db,
                clock,
                catalogue,
                ledger,
                Verifiable.load(settings.definitions, catalogue),
                unseal,
                settings.verifications_per_day,
            ),
        )

    @property
    def tasks(self) -> dict[str, Task]:
        """For the background worker."""
        return {BATCH: batch_task(self.work), PUSH: push_task(self.push)}

    def router(self, guards: Guards) -> APIRouter:
        """All their routes."""
        routes = APIRouter()
        routes.include_router(batch_routes(self.batches, guards, self._enqueue))
        routes.include_router(push_routes(self.push, guards, self.push.wake))
        routes.include_router(screening_routes(self.screenings, guards))
        routes.include_router(data_use_routes(self.data_use, guards))
        routes.include_router(preview_routes(self.preview, guards))
        routes.include_router(usage_routes(self.usage, guards))
        routes.include_router(verification_routes(self.verification, guards))
        return routes

    async def take_up_unfinished(self) -> None:
        """Queue again what a crash left in the middle."""
        for batch_id in await self.batches.unfinished():
            await self._enqueue(batch_id)
        await self.push.wake()

    async def remove_outlived(self) -> None:
        """Delete results whose time is over."""
        await self.batches.remove_outlived()
        await self.screenings.remove_outlived()
        await self.verification.remove_outlived()

    async def _enqueue(self, batch_id: UUID) -> None:
        await enqueue_batch(self.db, batch_id)


def _rates(settings: Settings) -> tuple[Quota, ...]:
    """The limits of requests that concern a member, as its usage shows them."""
    rates = {name: Rate.read(name, getattr(settings, name)) for name in ("rate_member", "rate_caller")}
    units = {1: "second", 60: "minute", 3600: "hour"}
    return tuple(Quota(name, rate.amount, None, units[rate.seconds]) for name, rate in rates.items())
