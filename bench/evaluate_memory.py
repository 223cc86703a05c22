"""The memory of a full evaluation, by `python bench/evaluate.py --memory SUBJECTS [FOLDER]`; nothing by itself.

A database with an invented world's records, each subject's repeated under further subjects, is made once in FOLDER by
a process of its own; the run is then measured in this one, PostgreSQL's processes apart.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import shutil
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import psutil
import psycopg
import pyarrow as pa
from machine import Peak, describe
from pydantic import SecretStr

from xinshu.catalogue import Catalogue
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.evaluate import scorecards
from xinshu.evaluate.loader import Book
from xinshu.evaluate.run import PIECE
from xinshu.evaluate.service import EvaluationService
from xinshu.members.model import local_operator
from xinshu.store import Database, embedded
from xinshu.store.migrate import upgrade
from xinshu.store.workbench import Workbenches
from xinshu.synth import World
from xinshu.synth.items import GENERATORS
from xinshu.synth.kinds import KINDS
from xinshu.synth.production import HEAVY_CHUNK
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
INVENTED = 20_000  # subjects of the world; more are copies
_SUBJECT_KIND = {1: "enterprise", 2: "individual_business", 3: "cooperative", 0: "farm_household"}
_JSON = "json_merge_patch('{}'::json, to_json(r))"  # without what is null, as payloads are


class Servers(Peak):
    """Highest memory of PostgreSQL's processes: shared pages are counted once."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._main = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))

    def _watch(self) -> None:
        while not self._stop.wait(2):
            total = 0
            for process in (self._main, *self._main.children(recursive=True)):
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.bytes = max(self.bytes, total)


def fill(folder: Path, subjects: int) -> None:
    """Make the database: subjects and records."""
    definitions = packaged_definitions()
    catalogue = Catalogue.load(definitions)
    server = embedded.start(folder / "data")
    upgrade(server.dsn)
    invented = min(subjects, INVENTED)
    world = World(7, max(invented, 600), NOW.date(), catalogue=catalogue)
    with psycopg.connect(server.dsn, autocommit=True) as link:
        for name in ("fsync", "full_page_writes"):
            link.execute(f"alter system set {name} = off")
        link.execute("select pg_reload_conf()")
        link.execute("alter table subject disable trigger user")
        link.execute("create unlogged table arriving (subject_id bigint, kind text, item text, payload text)")
        for start in range(0, invented, HEAVY_CHUNK):
            view = View(world.basis, start, min(start + HEAVY_CHUNK, invented), (NOW.date() - date(1970, 1, 1)).days)
            _copy(link, catalogue, view, folder / "rows.csv")
        link.execute("create index on arriving (subject_id)")
        copies = -(-subjects // invented)
        for copy in range(copies):
            link.execute(
                "insert into subject (id, code, name, name_key, kind) overriding system value "
                "select subject_id + %s, 'B' || subject_id + %s, '示例', md5('')::uuid, kind from arriving "
                "where item is null and subject_id + %s <= %s",
                (copy * invented, copy * invented, copy * invented, subjects),
            )
            link.execute(
                "insert into record (subject_id, item, key, version, payload, row_hash, batch_id, row_no, provider, "
                "platform, first_seen, last_seen, state) "
                "select subject_id + %s, item, gen_random_uuid(), 1, payload, md5('')::uuid, 1, 1, 'bench', '320000', "
                "%s, %s, 'current' from arriving where item is not null and subject_id + %s <= %s order by 1",
                (copy * invented, datetime(2026, 1, 1, tzinfo=UTC), NOW, copy * invented, subjects),
            )
        link.execute("drop table arriving")
        link.execute("alter table subject enable trigger user")
        link.execute("analyze subject, record")
    server.stop()
    (folder / "filled").touch()


def _copy(link: psycopg.Connection[tuple[object, ...]], catalogue: Catalogue, view: View, file: Path) -> None:
    """The rows of some subjects into `arriving`; a row without an item says what kind a subject is."""
    duck = duckdb.connect()
    duck.execute("set enable_progress_bar = false")
    kinds = [_SUBJECT_KIND[KINDS[kind].second] for kind in view.firms.kind.tolist()]
    numbers = pa.array(range(view.start + 1, view.stop + 1), pa.int64())
    given = pa.table({"subject_id": numbers, "kind": kinds})
    duck.register("given", given)
    duck.execute(
        "create table rows as select subject_id, kind, null::varchar as item, null::json as payload from given"
    )
    for number, make in GENERATORS.items():
        item, made = catalogue.item(number), make(view)
        found = to_table(item, view, made)
        duck.register("found", found)
        duck.register("owners", pa.table({"subject_id": pa.array(made.owner + view.start + 1, pa.int64())}))
        duck.execute(
            f"insert into rows select subject_id, null, '{item.item}', {_JSON} "
            "from owners positional join (select r from found r)"
        )
    duck.execute(f"copy rows to '{file}' (format csv, header false, nullstr '')")
    duck.close()
    with link.cursor().copy("copy arriving from stdin (format csv)") as sink, file.open("rb") as source:
        while piece := source.read(1 << 20):
            sink.write(piece)
    file.unlink()


async def evaluate(folder: Path, dsn: str) -> None:
    """The shipped models in force, then a full run; prints what it took."""
    definitions = packaged_definitions()
    book = Book.load(definitions, Catalogue.load(definitions))
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=home, database_url=SecretStr(dsn))
    database = await Database.open(settings)
    benches = Workbenches(home / "work", settings.engine_memory, settings.engine_threads)
    service = EvaluationService(database, book, FixedClock(NOW), None, benches)
    who, checker, chief = (local_operator(name) for name in ("one", "two", "three"))
    if not await service.models.in_force():
        for card in scorecards.load(definitions, book):
            await service.models.create(card, who)
            await service.models.validate(card.id, card.version, [], None, "bench", checker)
            await service.models.approve(card.id, card.version, chief)
            await service.models.start(card.id, card.version, chief)
    async with database.acquire() as conn:
        records = await conn.fetchval("select count(*) from record")
    peaks: list[int] = []
    with Peak() as peak, Servers(folder / "data") as servers:
        began = time.perf_counter()

        def piece_done(done: int, whole: int) -> None:
            peaks.append(peak.bytes)
            peak.bytes = 0
            so_far = f"{done:,} of {whole:,} after {time.perf_counter() - began:,.0f} s"
            print(f"  {so_far}, highest memory of this piece {peaks[-1] / 2**20:,.0f} MiB", flush=True)

        done = await service.run_full(who, progress=piece_done)
        seconds = time.perf_counter() - began
    benches.close()
    await database.close()
    print(f"{done.subjects:,} subjects, {records:,} records, {len(book)} indicators, pieces of {PIECE:,}; ", end="")
    print(f"DuckDB limited to {settings.engine_memory}")
    print(f"{seconds:,.0f} s, {done.subjects / seconds:,.0f} subjects/s from records to stored grades")
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"highest memory of the process: {whole / 2**20:,.0f} MiB (Python and DuckDB)")
    print(f"highest memory of PostgreSQL: {servers.bytes / 2**20:,.0f} MiB (shared pages counted once)")


def main(subjects: int, folder: Path | None) -> None:
    """Fill where nothing is, then evaluate."""
    describe()
    folder = folder or Path(tempfile.gettempdir()) / f"xinshu-bench-evaluate-{subjects}"
    if not (folder / "filled").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.perf_counter()
        filler = multiprocessing.get_context("spawn").Process(target=fill, args=(folder, subjects))
        filler.start()
        filler.join()
        if filler.exitcode != 0:
            raise SystemExit("the database could not be made")
        print(f"database made in {time.perf_counter() - began:,.0f} s under {folder}")
    server = embedded.start(folder / "data")
    try:
        asyncio.run(evaluate(folder, server.dsn))
    finally:
        server.stop()
