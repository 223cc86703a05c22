"""Push as one service: what routes use, and what goes on in the background."""

from __future__ import annotations

from dataclasses import dataclass

from xinshu.catalogue import Catalogue
from xinshu.core.clock import Clock
from xinshu.inquiry.push.changes import make_events, queries
from xinshu.inquiry.push.delivery import Delivery
from xinshu.inquiry.push.lists import Lists
from xinshu.inquiry.push.post import Poster
from xinshu.inquiry.push.subscriptions import Subscriptions
from xinshu.inquiry.push.webhooks import Webhooks
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.inquiry.service import InquiryService
from xinshu.jobs import Task, enqueue
from xinshu.ledger import Ledger
from xinshu.store import Database

TASK = "push.run"


@dataclass(frozen=True)
class PushService:
    """Webhooks and subscriptions for routes; `run` for the worker."""

    db: Database
    clock: Clock
    webhooks: Webhooks
    subscriptions: Subscriptions
    delivery: Delivery
    lists: Lists

    @classmethod
    def build(
        cls,
        db: Database,
        members_db: Database,
        clock: Clock,
        catalogue: Catalogue,
        inquiry: InquiryService,
        ledger: Ledger,
        screenings: ScreeningService,
        poster: Poster,
        sandbox: bool = False,
    ) -> PushService:
        """Over a node's parts. `members_db`: where the members are; of a sandbox, its node's."""
        return cls(
            db=db,
            clock=clock,
            webhooks=Webhooks(db, clock, ledger, poster),
            subscriptions=Subscriptions(db, clock, catalogue, screenings),
            delivery=Delivery(db, members_db, clock, catalogue, inquiry, ledger, poster, sandbox),
            lists=Lists(db, members_db, clock, screenings, sandbox),
        )

    async def run(self) -> None:
        """Make events of what was published, run the lists that are due, deliver until nothing is due."""
        while True:
            made = await make_events(self.db, self.clock) + await self.lists.run_due()
            if await self.delivery.deliver_due() + made == 0:
                return

    async def wake(self) -> None:
        """Ask the worker for `run` if there is anything to do. For once a minute, and after each publication."""
        async with self.db.acquire() as conn:
            due = await queries.anything_due(conn, now=self.clock.now())
        if due:
            await enqueue(self.db, TASK, {}, key=TASK)


def push_task(service: PushService) -> Task:
    """The task of the worker."""

    async def run(payload: dict[str, object]) -> None:
        await service.run()

    return run
