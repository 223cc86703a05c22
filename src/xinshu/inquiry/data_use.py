"""How a provider's information was used (数据使用反馈, R5.5): how many inquiries, of which item, for which purpose, by
which kind of reader. Firms are counted and never named, readers are named by their kind alone.

An inquiry counts for a provider where, at that time, it had sent information of the item about the firm in question.
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from xinshu.catalogue import Catalogue
from xinshu.collect.senders import Senders
from xinshu.core.clock import CHINA, Clock
from xinshu.inquiry.evidence import queries
from xinshu.members.permissions import Access, Guards
from xinshu.store import Database

PROVIDER = r"^[a-z0-9][a-z0-9-]{0,62}$"
# Codes of `consent.rules.Decision`, and of a verification.
GIVEN = ("open_information", "consented", "own_information", "operator_upkeep", "verified")


@dataclass(frozen=True)
class UseLine:
    """Inquiries of one month about one item, for one purpose, by one kind of reader.

    `reader`: a kind of member, or `firm` for those that read about themselves. `given`: answered with the item;
    `refused`: asked for without the authorisation that it needs. `subjects`: how many firms they were about.
    """

    month: str
    item: str
    purpose: str
    reader: str
    given: int
    refused: int
    subjects: int


class DataUse:
    """Counts inquiries for those whose information was read."""

    def __init__(self, db: Database, host_db: Database, catalogue: Catalogue, clock: Clock) -> None:
        """`host_db`: where the members are; a sandbox has none of its own."""
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self.senders = Senders(host_db)

    async def lines(self, provider: str, item: str | None, months: int) -> tuple[str, str, list[UseLine]]:
        """(first month, last month, what was used) of the last `months` months, this one included.

        Raises ItemNotFoundError.
        """
        number = self._catalogue.item(item).item if item is not None else None
        today = self._clock.today()
        count = today.year * 12 + today.month - months
        first = date(count // 12, count % 12 + 1, 1)
        since = datetime.combine(first, time(), CHINA)
        async with self._db.acquire() as conn:
            rows = queries.data_use(conn, provider=provider, item=number, since=since, given=list(GIVEN))
            return f"{first:%Y-%m}", f"{today:%Y-%m}", [UseLine(**dict(row)) async for row in rows]


class UseLineOut(BaseModel):
    """Inquiries of one month about one item, for one purpose, by one kind of reader."""

    month: str
    item: str
    purpose: str
    reader: str
    given: int
    refused: int
    subjects: int


class DataUseOut(BaseModel):
    """How a provider's information was used, from month `since` to month `until`."""

    provider: str
    since: str
    until: str
    lines: list[UseLineOut]


def router(use: DataUse, guards: Guards) -> APIRouter:
    """The route /v1/data-use."""
    routes = APIRouter(tags=["inquiry 查询"])
    Reading = Annotated[Access, Depends(guards.may("read", "data-use"))]

    @routes.get("/v1/data-use", summary="数据使用情况 How data were used")
    async def data_use(
        access: Reading,
        provider: Annotated[str | None, Query(pattern=PROVIDER, description="数据提供单位代码;不写:本单位")] = None,
        item: Annotated[str | None, Query(min_length=1, max_length=64, description="事项编号或英文短名")] = None,
        months: Annotated[int, Query(ge=1, le=24, description="最近几个月,含本月")] = 12,
    ) -> DataUseOut:
        """By month, item, purpose and kind of reader; no firm and no institution is named."""
        code = await use.senders.own_code(access, provider)
        await use.senders.items_of(access, code)
        since, until, lines = await use.lines(code, item, months)
        return DataUseOut(
            provider=code, since=since, until=until, lines=[UseLineOut.model_validate(asdict(one)) for one in lines]
        )

    return routes
