"""Batch engines: the same Ibis expression over a stream of rows, on DuckDB or on Spark.

An engine leaves its result as a table of a `Workbench`, an own DuckDB that spills to disk, from which rows are loaded.
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from xinshu.core.errors import SettingError, UnavailableError
from xinshu.core.settings import Settings

COMPILED_KEPT = 128  # statements of about 0.2 MB each
Build = Callable[[ir.Table], ir.Table]


class WorkSpaceError(UnavailableError):
    """The working folder is full or not writable."""

    code = "work_space_unavailable"


class Workbench:
    """A private DuckDB for one collection run; its tables spill to `folder` beyond `memory`."""

    def __init__(self, folder: Path, memory: str, threads: int) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.connection = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": memory,
                    "threads": threads,
                    "temp_directory": str(folder / "spill"),
                    "preserve_insertion_order": False,
                },
            )
        except (OSError, duckdb.Error) as error:
            raise WorkSpaceError(f"工作目录 {folder} 不可用:{error}", hint="检查磁盘空间与权限") from error

    def execute(self, sql: str) -> Any:
        """Run one statement; returns the DuckDB result."""
        return self.connection.execute(sql)

    def row(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query."""
        rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()  # reads to the end, as DuckDB demands
        return rows[0]

    def close(self) -> None:
        """Drop everything."""
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Engine(Protocol):
    """Runs `build` over the rows of `batches` and leaves the result as table `name` of the workbench."""

    def materialise(
        self, bench: Workbench, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], build: Build, key: str
    ) -> None:
        """Equal `key`s promise equal `build` and `schema`, so that what was compiled once may be used again."""
        ...

    def close(self) -> None:
        """Release sessions."""
        ...


class DuckDBEngine:
    """Everything in the process: the expression is compiled once a key and streams over Arrow batches."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[str, str] = OrderedDict()

    def materialise(
        self, bench: Workbench, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], build: Build, key: str
    ) -> None:
        sql = self._compiled.get(key)
        if sql is None:
            table = ibis.table(ibis.Schema.from_pyarrow(schema), name="arriving_rows")
            sql = str(ibis.to_sql(build(table), dialect="duckdb"))
            self._compiled[key] = sql
            if len(self._compiled) > COMPILED_KEPT:
                self._compiled.popitem(last=False)
        reader = pa.RecordBatchReader.from_batches(schema, batches)
        bench.connection.register("arriving_rows", reader)
        # The stack of projections is already in its best order, and optimising thousands of expressions takes longer
        # than running them over a file of usual size (0.4 s as against 0.1 s for the registration item).
        bench.execute("pragma disable_optimizer")
        try:
            bench.execute(f'create or replace table "{name}" as {sql}')
        finally:
            bench.execute("pragma enable_optimizer")
            bench.connection.unregister("arriving_rows")

    def close(self) -> None:
        self._compiled.clear()


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
        arriving.mkdir(parents=True)
        empty = True
        for number, batch in enumerate(batches):
            pq.write_table(pa.Table.from_batches([batch], schema), arriving / f"{number:06}.parquet")
            empty = False
        if empty:
            pq.write_table(schema.empty_table(), arriving / "000000.parquet")
        self._session.read.parquet(str(arriving)).createOrReplaceTempView("arriving_rows")
        table = ibis.table(ibis.Schema.from_pyarrow(schema), name="arriving_rows")
        rows = self._session.sql(str(ibis.to_sql(build(table), dialect="pyspark")))
        rows.write.mode("overwrite").parquet(str(result))
        try:
            bench.execute(f"create or replace table \"{name}\" as select * from read_parquet('{result}/*.parquet')")  # noqa: S608
        finally:
            shutil.rmtree(folder, ignore_errors=True)

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
