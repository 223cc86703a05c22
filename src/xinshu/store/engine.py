"""Batch engines: the same Ibis expression over a stream of rows, on DuckDB or on Spark.

An engine leaves its result as a view of a `Workbench`, an own DuckDB that spills to disk, from which rows are loaded.
"""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from xinshu.core.errors import SettingError, UnavailableError
from xinshu.core.settings import Settings
from xinshu.store.workbench import Workbench

PIECE_ROWS = 100_000
PIECE_BYTES = 64 << 20
COMPILED_KEPT = 128  # statements of about 0.2 MB each
Build = Callable[[ir.Table], ir.Table]


class EngineUnavailableError(UnavailableError):
    """The cluster cannot be reached or gave up."""

    code = "engine_unavailable"


class Engine(Protocol):
    """Runs `build` over the rows of `batches` and leaves the result as view or table `name` of the workbench."""

    def materialise(
        self, bench: Workbench, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], build: Build, key: str
    ) -> None:
        """Equal `key`s promise equal `build` and `schema`, so that what was compiled once may be used again."""
        ...

    def close(self) -> None:
        """Release sessions."""
        ...


class DuckDBEngine:
    """Everything in the process: rows pass in pieces through a statement that the workbench keeps prepared."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def materialise(
        self, bench: Workbench, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], build: Build, key: str
    ) -> None:
        number, new = bench.number_for(key)
        if new:
            self._prepare(bench, number, schema, build, key)
        for piece in _pieces(batches):
            bench.connection.register("piece", pa.Table.from_batches(piece, schema))
            bench.execute(f"insert into kept.arriving_{number} select * from piece").fetchall()  # noqa: S608
            bench.connection.unregister("piece")
            bench.execute(f"execute run_{number}").fetchall()
            bench.execute(f"truncate kept.arriving_{number}")
        bench.execute(f'create or replace view "{name}" as select * from kept.result_{number}')  # noqa: S608

    def _prepare(self, bench: Workbench, number: int, schema: pa.Schema, build: Build, key: str) -> None:
        """Compile, and prepare with the optimizer off.

        The stack of projections is already in its best order, and optimising thousands of expressions takes longer
        (0.4 s for the registration item) than running them over a file of usual size (0.1 s).
        """
        statement = self._statement(schema, build, key).replace('"arriving_rows"', f'kept."arriving_{number}"')
        bench.connection.register("piece", schema.empty_table())
        bench.execute(f"create table kept.arriving_{number} as select * from piece")  # noqa: S608
        bench.connection.unregister("piece")
        bench.execute("pragma disable_optimizer")
        try:
            bench.execute(f"create table kept.result_{number} as {statement}")
            bench.execute(f"prepare run_{number} as insert into kept.result_{number} {statement}")
        finally:
            bench.execute("pragma enable_optimizer")

    def _statement(self, schema: pa.Schema, build: Build, key: str) -> str:
        with self._lock:  # two batches of one kind at once compile once
            sql = self._compiled.get(key)
            if sql is None:
                table = ibis.table(ibis.Schema.from_pyarrow(schema), name="arriving_rows")
                sql = str(ibis.to_sql(build(table), dialect="duckdb"))
                self._compiled[key] = sql
                if len(self._compiled) > COMPILED_KEPT:
                    self._compiled.popitem(last=False)
            return sql

    def close(self) -> None:
        self._compiled.clear()


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches in groups of about `PIECE_ROWS` rows, each group about `PIECE_BYTES` at most."""
    piece: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        piece.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= PIECE_ROWS or size >= PIECE_BYTES:
            yield piece
            piece, rows, size = [], 0, 0
    if piece:
        yield piece


class SparkEngine:
    """The same on Spark: rows go to Parquet in `shared`, which all executors see, and come back as Parquet."""

    def __init__(self, master: str, shared: Path) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise SettingError(
                "XINSHU_ENGINE 要求 Spark,但未安装 pyspark", hint="pip install 'xinshu[spark]'"
            ) from error
        self._shared = shared
        self._session = (
            SparkSession.builder.master(master)
            .appName("xinshu")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8")
            # One method of thousands of expressions is more than a JVM compiles; trying costs seconds a batch.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.files.maxPartitionBytes", str(16 << 20))
            .getOrCreate()
        )

    def materialise(
        self, bench: Workbench, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], build: Build, key: str
    ) -> None:
        del key  # Spark compiles each plan itself
        folder = self._shared / bench.folder.name
        shutil.rmtree(folder, ignore_errors=True)
        arriving, result = folder / "arriving", folder / name
        try:
            arriving.mkdir(parents=True)
            for number, batch in enumerate(chain([pa.RecordBatch.from_pylist([], schema)], batches)):
                pq.write_table(pa.Table.from_batches([batch], schema), arriving / f"{number:06}.parquet")
            # Several batches may be checked at once in the one session: each has a view of its own.
            view = f"arriving_{bench.folder.name.replace('-', '_')}"
            self._run(str(arriving), view, build(ibis.table(ibis.Schema.from_pyarrow(schema), name=view)), str(result))
            bench.execute(f"create or replace table \"{name}\" as select * from read_parquet('{result}/*.parquet')")  # noqa: S608
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, arriving: str, view: str, rows: ir.Table, result: str) -> None:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            self._session.read.parquet(arriving).createOrReplaceTempView(view)
            checked = self._session.sql(str(ibis.to_sql(rows, dialect="pyspark")))
            checked.write.mode("overwrite").parquet(result)
            self._session.catalog.dropTempView(view)
        except (PySparkException, Py4JError, OSError) as error:
            said = str(error).strip().partition("\n")[0][:300]
            raise EngineUnavailableError(f"Spark 未能完成计算:{said}", hint="检查 Spark 集群后重试") from error

    def close(self) -> None:
        self._session.stop()


def open_engine(settings: Settings) -> Engine:
    """The engine that `settings.engine` names. Raises SettingError for an unknown name or a missing pyspark."""
    match settings.engine:
        case "duckdb":
            return DuckDBEngine()
        case "spark-local":
            return SparkEngine("local[*]", settings.home / "spark")
        case master if master.startswith("spark://"):
            return SparkEngine(master, settings.home / "spark")
        case other:
            raise SettingError(
                f"XINSHU_ENGINE 的值 {other!r} 无法识别", hint="可用 duckdb、spark-local 或 spark://host:port"
            )
