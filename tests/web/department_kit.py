"""A department at a node that listens: its officer, and batches of several months, some with rows to mend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from collect_kit import code_of, csv_of, firms, penalty
from web_kit import Listening, Visitor

from xinshu.collect.model import Batch, BatchState

OFFICER = "samr.officer"
PROVIDER = "mprovidersamr"
OnStep = Callable[[BatchState], Awaitable[None]]


def wrong(serial: int) -> dict[str, Any]:
    """A penalty with a fault that only whoever has the file at hand can mend."""
    faults: list[dict[str, Any]] = [
        {"decision_date": "2024年3月"},
        {"authority_uscc": "12320100MB0DEM0689"},
        {"fine_amount": "五千元"},
        {"penalty_type": "罚金"},
        {"decision_date": "2031-03-05"},
    ]
    return penalty(f"示市监处罚〔2024〕{900 + serial}号", serial, **faults[serial % len(faults)])


class Department:
    """A provider of data and its officer."""

    def __init__(self, node: Listening, officer: Visitor) -> None:
        self.node = node
        self.officer = officer

    @classmethod
    async def open(cls, node: Listening) -> Department:
        """Admitted, with an officer who has signed in."""
        now = node.clock.now()
        async with node.services.db.transaction() as conn:
            await conn.execute(
                "insert into member (id, code, name, kind, provider_code, items, regions, state, state_since, "
                "created_by, created_at, updated_at) values ($1, '11320100014000002B', '示例市市场监督管理局', "
                "'provider', 'samr', $2, array['3201'], 'online', $3, 'test', $3, $3)",
                PROVIDER, ["1", "3", "4", "8", "9"], now,
            )  # fmt: skip
        officer = await node.people["chief.admin"].invites(OFFICER, "周数据", PROVIDER, "data-officer", "member-admin")
        return cls(node, officer)

    async def send(self, rows: list[dict[str, Any]], item: str, name: str, **about: Any) -> int:
        """Hand a file in; the number of its batch."""
        params = {"item": item, "file_name": name, **about}
        answer = await self.officer.call("POST", "/v1/batches", params=params, content=csv_of(rows))
        number: int = answer["id"]
        return number

    async def deliver(self, rows: list[dict[str, Any]], item: str, name: str, days_ago: int = 0) -> int:
        """Hand a file in and process it; `days_ago`: as if it had come so long ago."""
        number = await self.send(rows, item, name)
        await self.process(number)
        if days_ago > 0:
            moment = self.node.clock.now() - timedelta(days=days_ago)
            await self.execute(
                "update batch set received_at = $2, updated_at = $2, published_at = case when published_at is not null "
                "then $2::timestamptz end where id = $1", number, moment,
            )  # fmt: skip
        return number

    async def process(self, number: int, on_step: OnStep | None = None) -> Batch:
        """What a worker does."""
        collect = self.node.services.collect
        return await (collect.process(number) if on_step is None else collect.process(number, on_step))

    async def execute(self, sql: str, *values: Any) -> None:
        """A change that no person could make: of the past."""
        async with self.node.services.db.transaction() as conn:
            await conn.execute(sql, *values)

    async def history(self) -> None:
        """Half a year of deliveries and of inquiries."""
        for month in range(6, 0, -1):
            start = 1000 + 40 * month
            bad = [firm | {"industry": "ZZ99"} for firm in firms(month, start=start + 30)]
            await self.deliver([*firms(30, start=start), *bad], "1", f"登记-{month}.csv", days_ago=30 * month - 10)
        await self.deliver([penalty(f"示市监处罚〔2023〕{n}号", 1060 + n) for n in range(1, 12)], "8", "处罚.csv", 60)
        uses = [("bank", "pre_loan", 7), ("bank", "post_loan", 4), ("guarantor", "guarantee_review", 2), ("", "own", 3)]
        rows = []
        for month in range(6):
            moment: datetime = self.node.clock.now() - timedelta(days=30 * month + 1)
            for kind, purpose, times in uses:
                member = None if kind == "" else await self._reader(kind)
                for n in range(times * (6 - month)):
                    code = "open_information" if n % 5 else "consent_missing"
                    about = f'{{"1": "{code}"}}'
                    rows.append((-1 - len(rows), uuid4(), moment, member, code_of(1240 + n % 30), purpose, about))
        async with self.node.services.db.transaction() as conn:
            await conn.executemany(
                "insert into inquiry (leaf, id, at, principal, member_id, subject_code, purpose, consents, items, "
                "result) values ($1, $2, $3, 'client:x', $4, $5, $6, '{}', $7, '')",
                rows,
            )
        # What a firm must have been known for at the time.
        await self.execute("update record set first_seen = $1", self.node.clock.now() - timedelta(days=300))

    async def _reader(self, kind: str) -> str:
        async with self.node.services.db.transaction() as conn:
            await conn.execute(
                "insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, "
                "updated_at) values ($1, $1, $1, $2, array[''], 'online', $3, 'test', $3, $3) on conflict do nothing",
                f"m{kind}", kind, self.node.clock.now(),
            )  # fmt: skip
        return f"m{kind}"
