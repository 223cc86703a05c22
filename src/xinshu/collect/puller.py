"""Puller of a front-end machine's table (前置机库表): rows by watermark, as the same text stream that a file gives.

Each pull reads one consistent snapshot, in the order of watermark and key, so rows with equal watermarks are neither
lost nor read twice. Rows committed late by the provider's own system are caught by `lag`: the last stretch before the
watermark is read again, and unchanged rows are recognised further on. Rows dated after the database's own present do
not move the watermark: one wrong date would hide every later row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import pyarrow as pa
from pyarrow import parquet
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from xinshu.collect.puller_mysql import MysqlTable
from xinshu.collect.puller_postgres import PostgresTable
from xinshu.collect.puller_sql import PullError, PullSettingError, Table
from xinshu.core.settings import ENV_PREFIX

_NAME = r"^[^\x00-\x1f\"'`\\;.]{1,63}$"
_PRESENT = ("0", "f", "false")  # the row is not dated after the database's present
_MIDNIGHT = re.compile(r" 00:00:00(\.0+)?(\+08)?$")
_BATCH_CHARS = 4 * 1024**2
_BATCH_ROWS = 20_000

Identifier = Annotated[str, Field(pattern=_NAME)]


class PullSource(BaseModel):
    """A table to be pulled, as written in its YAML.

    `url_env`: name of the environment variable that holds the address (postgresql:// or mysql://, with password).
    `watermark`: a timestamp, date or integer sequence that grows with each change; `keys` tell rows with equal
    watermarks apart. `lag`: how far before the watermark is read again: seconds, days for a date, steps for a sequence.
    A source that is not `enabled` is known, and not pulled.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    url_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    schema_: Identifier | None = Field(None, alias="schema")  # MySQL: the database of the address when absent
    table: Identifier
    columns: tuple[Identifier, ...] = Field(min_length=1)
    mode: Literal["incremental", "full"] = "incremental"
    watermark: Identifier | None = None
    keys: tuple[Identifier, ...] = ()
    lag: int = Field(0, ge=0)
    item: str
    provider: str
    mapping: str | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _complete(self) -> PullSource:
        if self.mode == "incremental" and (self.watermark is None or len(self.keys) == 0):
            raise ValueError("增量方式需要 watermark 与 keys")
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("columns 有重复的列名")
        if self.url_env.startswith(ENV_PREFIX):
            raise ValueError(f"url_env 不能以 {ENV_PREFIX} 开头:那是本软件的设置项")
        return self

    def url(self, environment: Mapping[str, str]) -> SecretStr:
        """The address from the environment. Raises PullSettingError naming the variable."""
        value = environment.get(self.url_env, "")
        if value == "":
            raise PullSettingError(
                f"数据源 {self.name} 缺少环境变量 {self.url_env}", hint="其值为数据库地址,含用户与密码"
            )
        return SecretStr(value)


class Watermark(BaseModel):
    """How far a source has been read: the watermark's and the keys' values as the database writes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str
    keys: tuple[str, ...]


@dataclass
class Pull:
    """One pull. `watermark` and `rows` are final once `batches()` has ended."""

    source: PullSource
    watermark: Watermark | None
    rows: int = 0
    _url: SecretStr = field(repr=False, default_factory=lambda: SecretStr(""))

    @property
    def schema(self) -> pa.Schema:
        """The source's columns as text."""
        return pa.schema([(name, pa.string()) for name in self.source.columns])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, streamed; empty text for null, a timestamp at midnight as its date. Cells are not judged here.

        Raises PullError and its kin: unreachable, no such table or column, no permission, wrong watermark.
        """
        width = len(self.source.columns)
        held: list[list[str]] = []
        size = 0
        since = None if self.source.mode == "full" or self.watermark is None else self.watermark
        with table_of(self.source, self._url) as table:
            for row in table.rows((since.value, *since.keys) if since is not None else None, self.source.lag):
                cells = [_text(cell, timed) for cell, timed in zip(row[:width], table.timed, strict=True)]
                held.append(cells)
                size += sum(map(len, cells))
                self.rows += 1
                if self.source.mode == "incremental" and row[width] in _PRESENT:
                    self.watermark = Watermark(value=str(row[width + 1]), keys=tuple(map(str, row[width + 2 :])))
                if size > _BATCH_CHARS or len(held) >= _BATCH_ROWS:
                    yield self._batch(held)
                    held, size = [], 0
        if held:
            yield self._batch(held)

    def _batch(self, rows: list[list[str]]) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(
            [pa.array(c, pa.string()) for c in zip(*rows, strict=True)], schema=self.schema
        )


def _text(cell: str | None, timed: bool) -> str:
    if cell is None:
        return ""
    return _MIDNIGHT.sub("", cell) if timed else cell


def table_of(source: PullSource, url: SecretStr) -> Table:
    """The table behind an address. Raises PullSettingError for a kind of database that is not known."""
    kind = url.get_secret_value().partition("://")[0].partition("+")[0]
    made: dict[str, type[Table]] = {
        "postgresql": PostgresTable,
        "postgres": PostgresTable,
        "mysql": MysqlTable,
        "mariadb": MysqlTable,
    }
    if kind not in made:
        raise PullSettingError(
            f"数据源 {source.name} 的地址以 {kind[:20]}:// 开头,不支持", hint="可用 postgresql://… 或 mysql://…"
        )
    incremental = source.mode == "incremental"
    return made[kind](
        url,
        source.name,
        source.schema_,
        source.table,
        source.columns,
        source.watermark if incremental else None,
        source.keys if incremental else (),
    )


def pull(source: PullSource, url: SecretStr, watermark: Watermark | None) -> Pull:
    """Prepare a pull of what is new since `watermark` (None: everything); nothing is read before `batches()`."""
    if watermark is not None and source.mode == "incremental" and len(watermark.keys) != len(source.keys):
        raise PullError(
            f"数据源 {source.name} 的水位有 {len(watermark.keys)} 个键值,而 keys 有 {len(source.keys)} 列",
            hint="更改 keys 后应从头抽取:xinshu collect pull … --from-start",
        )
    return Pull(source, watermark, 0, url)


@dataclass(frozen=True)
class Pulled:
    """A finished pull: rows written and the watermark to keep once the batch is accepted."""

    rows: int
    watermark: Watermark | None


def pull_to_file(source: PullSource, url: SecretStr, path: Path, watermark: Watermark | None) -> Pulled:
    """Write what is new since `watermark` to a Parquet file that goes through the pipeline like any other.

    The file is there whole or not at all. Keep the new watermark in the transaction that records the batch.
    """
    reading = pull(source, url, watermark)
    part = path.with_name(f".{path.name}.part")
    try:
        with parquet.ParquetWriter(part, reading.schema, compression="zstd") as out:
            for batch in reading.batches():
                out.write_batch(batch)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Pulled(reading.rows, reading.watermark)
