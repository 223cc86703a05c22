"""Search in a million generated subjects: `python bench/search.py [SUBJECTS] [--plans]`.

Prints how fast the projection is filled, p50 and p99 of typical searches, and last `ratio: N.NN`: p50 of a name search
(count, page and rows) ÷ p50 of a look-up by code, both through the service, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from xinshu.core.clock import SystemClock
from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import make_uscc
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys
from xinshu.subjects.service import SubjectService
from xinshu.subjects.tasks import refresh_search

BATCH = 50_000
ROUNDS = 300
TRADES = (
    "科技", "贸易", "商贸", "建筑工程", "餐饮管理", "物流", "机械制造", "电子", "农业发展", "信息技术", "文化传媒",
    "装饰工程", "服饰", "化工", "医疗器械", "新能源", "食品", "纺织", "环保设备", "教育咨询", "房地产开发", "汽车销售",
    "五金制品", "塑料制品",
)  # fmt: skip
FORMS = (
    ("有限公司", "1"),
    ("有限责任公司", "1"),
    ("股份有限公司", "1"),
    ("经营部", "2"),
    ("商行", "2"),
    ("专业合作社", "3"),
)
WEIGHTS = (50, 15, 2, 20, 9, 4)
BRAND = [chr(c) for c in range(0x4E00, 0x4E00 + 2000)]
COLUMNS = ("code", "name", "name_key", "kind", "division", "status", "size_class", "established")


def rows(count: int, seed: int) -> Any:
    """Invented subjects of one province, in batches."""
    draw = random.Random(seed)
    divisions = [(d.code, d.name) for d in Divisions.load() if d.code[:2] == "32" and d.level == "county"]
    cities = Divisions.load()
    kinds = {"1": "enterprise", "2": "individual_business", "3": "cooperative"}
    batch = []
    for serial in range(count):
        division, county = draw.choice(divisions)
        place = draw.choice((cities.name_of(f"{division[:4]}00").removesuffix("市"), county, "江苏"))
        ((form, kind),) = draw.choices(FORMS, WEIGHTS)
        brand = "".join(draw.choices(BRAND, k=draw.choice((2, 2, 3, 4))))
        name = f"{place}{brand}{draw.choice(TRADES)}{form}"
        established = date(2000, 1, 1) + timedelta(days=draw.randrange(9000))
        code = make_uscc("9", kind, division, serial)
        size = draw.choice(("micro", "micro", "small", "undetermined", "medium"))
        status = "1" if draw.random() < 0.9 else "3"
        batch.append((code, name, UUID(int=draw.getrandbits(128)), kinds[kind], division, status, size, established))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def fill(db: Database, count: int) -> list[tuple[Any, ...]]:
    """Load the subjects and project them; returns a sample of rows."""
    sample: list[tuple[Any, ...]] = []
    loading = 0.0
    for batch in rows(count, 7):
        began = time.perf_counter()
        async with db.transaction() as conn:
            await conn.copy_records_to_table("subject", records=batch, columns=COLUMNS)
        loading += time.perf_counter() - began
        sample += random.Random(1).sample(batch, 100)
    print(f"load: {count / loading:,.0f} subjects/s")
    began = time.perf_counter()
    await refresh_search(db)
    print(f"projection for search, first load: {count / (time.perf_counter() - began):,.0f} subjects/s")
    async with db.transaction() as conn:
        await conn.execute("update subject set status = '4' where id % 20 = 0")
    began = time.perf_counter()
    changed = await refresh_search(db)
    print(f"projection for search, {changed:,} changes: {changed / (time.perf_counter() - began):,.0f} subjects/s")
    async with db.acquire() as conn:
        await conn.execute("vacuum analyze subject")
        await conn.execute("vacuum analyze subject_search")
    return sample


async def measure(label: str, calls: Sequence[Callable[[], Awaitable[Any]]]) -> float:
    """Print p50 and p99 in milliseconds and an example of what was found; returns p50."""
    times = []
    found: Any = None
    for call in calls:
        began = time.perf_counter()
        found = await call()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    total = getattr(found, "total_text", "1")
    print(f"{label:<34} p50 {p50:8.2f} ms   p99 {p99:8.2f} ms   last total {total}")
    return p50


async def run(count: int, home: Path, plans: bool) -> None:
    """Fill, measure, print."""
    print(
        f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {count:,} subjects"
    )
    settings = Settings(home=home)
    db = await Database.open(settings)
    clock = SystemClock()
    vault = Vault.load(settings, DataKeys(db.dsn, clock))
    service = SubjectService(db, vault, clock, Divisions.load(), Industries.load())
    try:
        sample = await fill(db, count)
        draw = random.Random(3)
        some = [draw.choice(sample) for _ in range(ROUNDS)]
        get, search = service.get, service.search
        brand = [partial(search, r[1][len(r[1]) // 2 - 2 : len(r[1]) // 2 + 1]) for r in some]
        await measure("(warm up)", brand[:50])
        key = await measure("look-up by code", [partial(get, r[0]) for r in some])
        await measure("search by whole code", [partial(search, r[0]) for r in some])
        await measure("search by code prefix (10)", [partial(search, r[0][:10]) for r in some])
        await measure("exact name", [partial(search, r[1]) for r in some])
        part = await measure("part of a name (3 characters)", brand)
        await measure("part of a name (2 characters)", [partial(search, r[1][2:4]) for r in some])
        await measure("part and county", [partial(search, r[1][-6:-3], division=r[4]) for r in some[:100]])
        await measure("trade 科技", [partial(search, "科技")] * 30)
        await measure("trade and form 科技有限公司", [partial(search, "科技有限公司")] * 30)
        await measure("form 有限公司", [partial(search, "有限公司")] * 30)
        await measure("form 有限公司, page 500", [partial(search, "有限公司", page=500)] * 10)
        await measure("city and 有限公司", [partial(search, "有限公司", division="3201")] * 30)
        await measure("county and 有限公司", [partial(search, "有限公司", division="320102")] * 10)
        await measure("city, youngest first", [partial(search, division="3205", sort="established")] * 30)
        await measure("county", [partial(search, division="320102")] * 30)
        await measure("nothing found", [partial(search, "限责任有")] * 5)
        if plans:
            await explain(db, some[0][1])
        print(f"ratio: {part / key:.2f}")
    finally:
        await db.close()


async def explain(db: Database, name: str) -> None:
    """Print the plans of the typical statements."""
    from xinshu.subjects.rules import grams, name_pattern

    part = name[len(name) // 2 - 2 : len(name) // 2 + 1]
    statements = {
        "selective pair": "select subject_id from subject_search where grams @> $1::int[] and name like $2",
        "walk": "select subject_id from subject_search where name like $2 and $1::int[] is not null "
        "order by pinyin, subject_id limit 20",
    }
    for label, sql in statements.items():
        text = part if label != "walk" else "有限公司"
        async with db.acquire() as conn:
            plan = await conn.fetch(f"explain (analyze, buffers) {sql}", grams(text) or [0], name_pattern(text))
        print(f"\nplan: {label} ({text})", *(row[0] for row in plan), sep="\n  ")


def main() -> None:
    """Run with a temporary home."""
    count = next((int(a) for a in sys.argv[1:] if a.isdigit()), 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(count, Path(folder), "--plans" in sys.argv))


if __name__ == "__main__":
    main()
