"""The same expressions on Spark give every indicator the value that it has on DuckDB (long, so only in full)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest
from evaluate_kit import AS_OF, book, catalogue, chunks, compiled, compute, single

from xinshu.evaluate import columns
from xinshu.evaluate.days import Day
from xinshu.evaluate.expressions import RESULT, SUBJECTS
from xinshu.synth import World

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]  # PySpark's warnings
COMPARED = 2_000
"""Subjects of the invented world."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A Spark session in this process's own JVM, set as `store.engine` sets it; skips without pyspark or Java."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (pip install 'xinshu[spark]')")
    if shutil.which("java") is None:
        pytest.skip("Spark runs on Java, which is not installed (apt-get install default-jre-headless)")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.driver.bindAddress", "127.0.0.1")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.codegen.wholeStage", "false")
    session = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    ibis.pyspark.connect(session)  # makes known Ibis's settings for Spark, without which it cannot write the SQL
    yield session
    session.stop()


def test_every_indicator_is_the_same_on_spark(spark: Any, tmp_path: Path) -> None:
    assert spark.conf.get("spark.sql.ansi.enabled") == "true"
    day, firms = Day(AS_OF), 0
    tables = [SUBJECTS, *(columns.table_name(catalogue().item(number)) for number in single().fields)]
    for chunk in chunks(World(7, COMPARED, AS_OF, catalogue=catalogue()), COMPARED):
        link = chunk.connection()
        compute(link, day)
        for name in tables:
            link.execute(f"copy {name} to '{tmp_path}/{name}.parquet' (format parquet)")
            spark.read.parquet(f"{tmp_path}/{name}.parquet").createOrReplaceTempView(name)
        for name, statement in compiled().steps(day, "pyspark"):
            spark.sql(statement).write.mode("overwrite").parquet(f"{tmp_path}/{name}")
            spark.read.parquet(f"{tmp_path}/{name}").createOrReplaceTempView(name)
        ours = {row[0]: row for row in link.table(RESULT).fetchall()}
        theirs = {row[0]: tuple(row) for row in spark.table(RESULT).collect()}
        assert link.table(RESULT).columns == spark.table(RESULT).columns == ["subject_id", *(one.id for one in book())]
        differing = [
            f"{subject} {name}: DuckDB {one!r}, Spark {other!r}"
            for subject, values in ours.items()
            for name, one, other in zip(spark.table(RESULT).columns, values, theirs[subject], strict=True)
            if one != other
        ]
        assert differing == []
        assert len(theirs) == len(ours)
        firms += len(ours)
    assert firms == COMPARED
