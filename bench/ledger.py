"""Leaves a second of the log of evidence: `python bench/ledger.py [LEAVES]`.

Appends with 1, 64 and 1,024 callers at once, each waiting until its leaf is durable. Last `ratio: N.NN`: the time of
1,024 callers ÷ the time that PostgreSQL takes to insert the same rows, as many in one transaction, in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from machine import describe, ratio

from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.ledger import Entry, Ledger
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

CALLERS = (1, 64, 1024)


async def append(ledger: Ledger, count: int, callers: int) -> float:
    """Seconds for `count` leaves by `callers` at once."""
    clock = SystemClock()
    numbers = iter(range(count))

    async def caller() -> None:
        for number in numbers:
            about = {"items": ["1", "8"], "purpose": "pre_loan", "result": "0" * 64, "number": number}
            await ledger.append(Entry("inquiry", clock.now(), "client:c-bench", "mbench", "9132011100000000XX", about))

    began = time.perf_counter()
    await asyncio.gather(*[caller() for _ in range(callers)])
    return time.perf_counter() - began


async def limit(db: Database, count: int, together: int) -> float:
    """Seconds to insert the same rows without a tree."""
    async with db.acquire() as conn:
        await conn.execute("create table bench_leaf (like leaf including all)")
        rows = await conn.fetch("select * from leaf order by index desc limit $1", count)
        records = [tuple(row.values()) for row in rows]
        began = time.perf_counter()
        for start in range(0, len(records), together):
            async with conn.transaction():
                await conn.copy_records_to_table("bench_leaf", records=records[start : start + together])
        return time.perf_counter() - began


async def main(count: int) -> None:
    """Measure and print."""
    describe()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        db = await Database.open(settings)
        clock = SystemClock()
        vault = Vault.load(settings, DataKeys(db.dsn, clock))
        await asyncio.to_thread(vault.ready)
        ledger = await Ledger.open(db, vault, clock, "intl", "bench", settings.home / "ledger" / "checkpoints.jsonl")
        ledger.log.start()
        seconds = 0.0
        for callers in CALLERS:
            number = count if callers > 1 else max(count // 20, 100)
            seconds = await append(ledger, number, callers)
            print(f"{callers:5} callers: {number / seconds:8,.0f} leaves/s, each durable before its caller goes on")
        bare = await limit(db, count, CALLERS[-1])
        print(f"  limit, rows without a tree: {count / bare:8,.0f} rows/s")
        await ledger.log.stop()
        await db.close()
    ratio(seconds, bare)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000))
