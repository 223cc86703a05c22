"""A table of a front-end machine that runs MySQL or MariaDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
from pymysql.constants import ER
from pymysql.converters import conversions
from pymysql.cursors import SSCursor

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
)
from xinshu.core.errors import XinshuError


class MysqlTable(Table):
    """MySQL or MariaDB. Address: mysql://user:password@host:port/database, or ?unix_socket=/path."""

    integers = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
    moments = frozenset({"timestamp", "datetime"})
    nested = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit", "geometry", "point", "json")

    def __enter__(self) -> Self:
        address = urlsplit(self._url.get_secret_value())
        options = parse_qs(address.query)
        self._schema = self._schema or unquote(address.path.lstrip("/"))
        try:
            self._link = pymysql.connect(
                host=address.hostname or "localhost",
                port=address.port or 3306,
                user=unquote(address.username or ""),
                password=unquote(address.password or ""),
                database=unquote(address.path.lstrip("/")) or None,
                unix_socket=options.get("unix_socket", [None])[0],
                charset="utf8mb4",
                connect_timeout=TIMEOUT,
                cursorclass=SSCursor,
                conv={k: v for k, v in conversions.items() if not isinstance(k, int)},  # values stay text
                init_command="set time_zone = '+08:00'",
            )
        except pymysql.MySQLError as error:
            raise self._refused(error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._link._force_close()  # an unfinished stream would be read to its end by close()
        if isinstance(error, pymysql.MySQLError):
            raise self._refused(error) from None

    def _refused(self, error: pymysql.MySQLError) -> XinshuError:
        code = error.args[0] if error.args else 0
        if code in (ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR):
            return PullPermissionError(f"数据源 {self._source} 拒绝登录", hint="检查用户、密码与访问许可")
        if code in (ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR):
            return PullPermissionError(
                f"数据源 {self._source} 的账户无权读取表 {self._table}", hint="在前置机上授予该表的查询权限"
            )
        if code == ER.BAD_DB_ERROR:
            return PullSettingError(f"数据源 {self._source} 的地址中的数据库不存在", hint="检查地址中的库名")
        if code in (2003, 2002, 2005):
            return PullUnreachableError(f"数据源 {self._source} 连接不上", hint="检查主机、端口、网络与前置机是否运行")
        if code in (2006, 2013, 0):
            return broken_off(self._source)
        return PullError(f"读取表 {self._table} 失败:{error.args[-1]}", hint="检查表结构与水位")

    def rows(self, since: Sequence[str] | None, lag: int) -> Iterator[Row]:
        with self._link.cursor() as cursor:
            cursor.execute("set session transaction isolation level repeatable read")
            cursor.execute("start transaction with consistent snapshot, read only")
            cursor.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = %s and table_name = %s",
                (self._schema, self._table),
            )
            self.check({str(name): str(kind) for name, kind in cursor.fetchall()}, lag)
            table = f"{_quoted(str(self._schema))}.{_quoted(self._table)}"
            if self._watermark is not None:
                absent = " or ".join(f"{_quoted(column)} is null" for column in self.order)
                cursor.execute(f"select exists (select 1 from {table} where {absent})", ())  # noqa: S608
                self.refuse_null([str(found) for (found,) in cursor.fetchall()] == ["1"])
            self.timed = [self.kind(column) == "moment" for column in self._columns]
            query, values = self._query(table, since, lag)
            cursor.execute(query, values)
            while rows := cursor.fetchmany(FETCH):
                yield from rows

    def _query(self, table: str, since: Sequence[str] | None, lag: int) -> tuple[str, list[Any]]:
        texts = [_quoted(c) for c in self._columns]
        where = ""
        values: list[Any] = []
        if self._watermark is not None:
            ahead = "0" if self.kind(self._watermark) == "integer" else f"{_quoted(self._watermark)} > now(6)"
            texts += [ahead, *map(_quoted, self.order)]
            if since is not None:
                where, values = self._where(since, lag)
        query = f"select {', '.join(texts)} from {table}{where}"  # noqa: S608 (names checked and quoted)
        return query + (f" order by {', '.join(map(_quoted, self.order))}" if self.order else ""), values

    def _where(self, since: Sequence[str], lag: int) -> tuple[str, list[Any]]:
        start = self.start(since)
        column = _quoted(self.order[0])
        if lag > 0:
            if self.kind(self.order[0]) == "integer":
                return f" where {column} >= %s - %s", [start[0], lag]
            unit = "second" if self.kind(self.order[0]) == "moment" else "day"
            return f" where {column} >= cast(%s as datetime(6)) - interval %s {unit}", [start[0], lag]
        # Spelled out: an index on the watermark serves this form, and not the comparison of rows.
        either, values = [], []
        for i, name in enumerate(self.order):
            equal = [f"{_quoted(earlier)} = %s" for earlier in self.order[:i]]
            either.append(" and ".join([*equal, f"{_quoted(name)} > %s"]))
            values += start[: i + 1]
        return f" where {column} >= %s and (({') or ('.join(either)}))", [start[0], *values]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"
