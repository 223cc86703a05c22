"""Rows a second from file to queryable, beside the limit: DuckDB reads the CSV, COPY into an identical keyed table.

Uses the open register files in `../shared/data/registry` (39 files, 282,803 rows), or those given as arguments.
Both sides write to the same embedded PostgreSQL with the same settings. "Queryable" is: published, readable by code.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import duckdb
from machine import Peak, describe, ratio

from xinshu.collect.model import Submission
from xinshu.collect.publish import copy_from
from xinshu.collect.staging import RECORD_COLUMNS
from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.node.services import Services, open_services

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "registry"


async def limit(dsn: str, files: list[Path]) -> tuple[float, int]:
    """Seconds and rows: each file read by DuckDB and copied into a table like `record`, keys and partitions too."""
    conn = await asyncpg.connect(dsn)
    await conn.execute("create table bench_record (like record including all) partition by hash (subject_id)")
    for part in range(8):
        await conn.execute(
            f"create table bench_record_p{part} partition of bench_record for values with (modulus 8, remainder {part})"
        )
    duck = duckdb.connect(config={"threads": 2})
    source = _Workbench(duck)
    offset = 0
    began = time.perf_counter()
    for path in files:
        duck.execute(
            f"create or replace table arrived as select row_number() over () + {offset} as n, * "
            f"from read_csv('{path}', all_varchar = true, header = true)"
        )
        cells = duck.execute("select column_name from (describe arrived) where column_name <> 'n'").fetchall()
        text = " || '\",\"' || ".join(f"replace(coalesce(\"{name}\", ''), '\"', '''')" for (name,) in cells)
        sql = (
            f"select n, '1', md5(n::varchar), 1, '[\"' || {text} || '\"]', null, md5(n::varchar), 1, n, 'samr', "
            "'320000', now(), now(), null, null, 'current' from arrived"
        )
        async with conn.transaction():
            await copy_from(conn, source, "bench_record", RECORD_COLUMNS, sql)  # type: ignore[arg-type]
        offset += duck.execute("select count(*) from arrived").fetchall()[0][0]
    seconds = time.perf_counter() - began
    rows = await conn.fetchval("select count(*) from bench_record")
    await conn.execute("drop table bench_record")
    await conn.close()
    return seconds, rows


class _Workbench:
    """As much of `Prepared` as `copy_from` uses."""

    def __init__(self, connection: Any) -> None:
        self.bench = self
        self.connection = connection


async def ours(services: Services, files: list[Path]) -> tuple[float, int, int]:
    """Seconds, rows read and rows accepted, from file to published."""
    submission = Submission("samr", "1", mapping="registry-open-data")
    read = accepted = 0
    began = time.perf_counter()
    async for path, batch in services.collect.add_files(files, submission):
        if isinstance(batch, Exception):
            raise batch
        if batch.state.value != "published":
            raise SystemExit(f"{path.name}: {batch.state} {batch.error} {batch.held_for}")
        read, accepted = read + batch.counts.read, accepted + batch.counts.accepted
    return time.perf_counter() - began, read, accepted


async def main(files: list[Path]) -> None:
    """Measure both and print them."""
    describe()
    home = Path(tempfile.mkdtemp(prefix="xinshu-bench-"))
    try:
        async with open_services(Settings(home=home), SystemClock()) as services:
            with Peak() as peak:
                seconds, read, accepted = await ours(services, files)
            began = time.perf_counter()
            await services.refresh_search()
            search = time.perf_counter() - began
            least, rows = await limit(services.db.dsn, files)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"files {len(files)}, rows read {read:,}, accepted {accepted:,}")
    print(f"ours:  {seconds:7.2f} s  {read / seconds:10,.0f} rows/s, peak memory {peak.bytes / 2**20:,.0f} MiB")
    print(f"       {search:7.2f} s more until every name is searchable by part")
    print(f"limit: {least:7.2f} s  {rows / least:10,.0f} rows/s (DuckDB read_csv, COPY into a table like record)")
    ratio(seconds, least)


if __name__ == "__main__":
    chosen = [Path(name) for name in sys.argv[1:]] or sorted(DATA.glob("*.csv.gz"))
    if len(chosen) == 0:
        raise SystemExit(f"no files: {DATA} is absent; give files as arguments")
    asyncio.run(main(chosen))
