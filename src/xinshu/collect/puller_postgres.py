"""A table of a front-end machine that runs PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from xinshu.collect.puller_sql import (
    FETCH,
    TIMEOUT,
    PullError,
    PullPermissionError,
    PullSettingError,
    PullUnreachableError,
    Row,
    Table,
    broken_off,
    first_line,
)
from xinshu.core.errors import XinshuError


class PostgresTable(Table):
    """PostgreSQL, or a database that speaks its protocol and has its catalogue."""

    integers = frozenset({"smallint", "integer", "bigint"})
    moments = frozenset({"timestamp without time zone", "timestamp with time zone", "timestamp"})
    nested = ("bytea", "record", "json", "jsonb", "xml")

    def __enter__(self) -> Self:
        try:
            self._link = psycopg.connect(
                self._url.get_secret_value(), connect_timeout=TIMEOUT, options="-c timezone=<+08>-8 -c datestyle=ISO"
            )
        except psycopg.OperationalError as error:
            raise self._refused(error) from None
        except psycopg.ProgrammingError:
            raise PullSettingError(
                f"数据源 {self._source} 的地址写法有误", hint="postgresql://用户:密码@主机:端口/库"
            ) from None
        self._link.read_only = True
        self._link.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._link.close()
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            raise PullPermissionError(
                f"数据源 {self._source} 的账户无权读取表 {self._table}", hint="在前置机上授予该表的查询权限"
            ) from None
        if isinstance(error, psycopg.OperationalError):
            raise broken_off(self._source) from None
        if isinstance(error, psycopg.Error):
            raise PullError(f"读取表 {self._table} 失败:{first_line(error)}", hint="检查表结构与水位") from None

    def _refused(self, error: psycopg.OperationalError) -> XinshuError:
        said = first_line(error)
        if (
            "authentication failed" in said
            or "role" in said
            or "pg_hba" in said
            or "permission denied for database" in said
        ):
            return PullPermissionError(f"数据源 {self._source} 拒绝登录", hint="检查用户、密码与访问许可")
        if 'database "' in said and "does not exist" in said:
            return PullSettingError(f"数据源 {self._source} 的地址中的数据库不存在", hint="检查地址中的库名")
        return PullUnreachableError(f"数据源 {self._source} 连接不上", hint="检查主机、端口、网络与前置机是否运行")

    def rows(self, since: Sequence[str] | None, lag: int) -> Iterator[Row]:
        table = sql.Identifier(*([self._schema] if self._schema else []), self._table)
        with self._link.cursor() as cursor:
            cursor.execute(
                "select a.attname,"
                " case when t.typtype = 'c' then 'record' else format_type(a.atttypid, a.atttypmod) end"
                " from pg_attribute a join pg_type t on t.oid = a.atttypid"
                " where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped",
                [table.as_string(self._link)],
            )
            self.check(dict(cursor.fetchall()), lag)
            if self._watermark is not None:
                absent = sql.SQL(" or ").join(sql.SQL("{} is null").format(sql.Identifier(c)) for c in self.order)
                exists = sql.SQL("select exists (select from {} where {})").format(table, absent)
                found = cursor.execute(exists).fetchone()
                self.refuse_null(bool(found and found[0]))
        self.timed = [self.kind(column) == "moment" for column in self._columns]
        query, values = self._query(table, since, lag)
        with self._link.cursor(name="xinshu_pull") as stream:
            stream.itersize = FETCH
            stream.execute(query, values)
            yield from stream

    def _query(self, table: sql.Identifier, since: Sequence[str] | None, lag: int) -> tuple[sql.Composed, list[Any]]:
        texts: list[sql.Composable] = [sql.SQL("{}::text").format(_of(c)) for c in self._columns]
        where: sql.Composable = sql.SQL("")
        values: list[Any] = []
        if self._watermark is not None:
            column = _of(self._watermark)
            ahead = sql.SQL("({} > now())::text") if self.kind(self._watermark) != "integer" else sql.SQL("'f'")
            texts += [ahead.format(column), *(sql.SQL("{}::text").format(_of(c)) for c in self.order)]
            if since is not None:
                where, values = self._where(since, lag)
        query = sql.SQL("select {} from {} as t").format(sql.SQL(", ").join(texts), table) + where
        if self.order:
            query += sql.SQL(" order by {}").format(sql.SQL(", ").join(map(_of, self.order)))
        return query, values

    def _where(self, since: Sequence[str], lag: int) -> tuple[sql.Composable, list[Any]]:
        start = self.start(since)
        kinds = [sql.SQL(self._types[c]) for c in self.order]  # type names come from the catalogue
        if lag > 0:
            column = self.order[0]
            step = {"moment": "%s * interval '1 second'", "date": "%s::int", "integer": "%s::bigint"}[self.kind(column)]
            late = sql.SQL(" where {} >= %s::text::{} - " + step).format(_of(column), kinds[0])
            return late, [str(start[0]), lag]
        names = sql.SQL(", ").join(map(_of, self.order))
        marks = sql.SQL(", ").join(sql.SQL("%s::text::{}").format(kind) for kind in kinds)
        return sql.SQL(" where ({}) > ({})").format(names, marks), list(map(str, start))


def _of(column: str) -> sql.Identifier:
    """A column of the table `t`: a bare name in `order by` would mean the text that is selected under that name."""
    return sql.Identifier("t", column)
