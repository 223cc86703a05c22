"""The same expressions on Spark give what they give on DuckDB (a compact set of rows; long, so only in full)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import pytest
from catalogue_kit import Duck, raw_table, unbound
from catalogue_texts import BY_TYPE, RUBBISH, random_rows

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Item

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore")]  # PySpark's own warnings


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A Spark session in this process's own JVM."""
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra xinshu[spark]")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.driver.bindAddress", "127.0.0.1")
    session = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    yield session
    session.stop()


def on_spark(session: Any, item: Item, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The rows that the expressions give on Spark, ANSI mode on."""
    assert session.conf.get("spark.sql.ansi.enabled") == "true"
    table = raw_table(item, rows)
    session.createDataFrame(table).createOrReplaceTempView("rows_in")
    backend = ibis.pyspark.connect(session)
    return [row.asDict() for row in session.sql(backend.compile(unbound(item))).collect()]


def test_any_text_in_any_type(spark: Any, duck: Duck, every_type: Item) -> None:
    texts = sorted({text for several in BY_TYPE.values() for text in several} | set(RUBBISH) | {""})
    rows = [{field.name: text for field in every_type.fields} for text in texts]
    assert on_spark(spark, every_type, rows) == duck.evaluate(every_type, rows)


def test_every_kind_of_check(spark: Any, duck: Duck, every_type: Item) -> None:
    rows = random_rows(every_type.fields, 2000, seed=1)
    assert on_spark(spark, every_type, rows) == duck.evaluate(every_type, rows)


@pytest.mark.parametrize("number", ["1", "8", "19", "29", "37"])
def test_shipped_items(spark: Any, duck: Duck, shipped: Catalogue, number: str) -> None:
    item = shipped.item(number)
    rows = random_rows(item.fields, 300, seed=2)
    assert on_spark(spark, item, rows) == duck.evaluate(item, rows)
