"""What any kind of database of a front-end machine must do, the checks they share, and what can go wrong.

Names are checked against the database's catalogue and quoted; values are always parameters. Sessions are read-only,
one snapshot each, in China's time.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import ClassVar, Self

from pydantic import SecretStr

from xinshu.core.errors import UnavailableError, XinshuError

TIMEOUT = 10  # seconds to connect
FETCH = 2_000  # rows held by the driver

_INTEGER = re.compile(r"-?\d{1,20}")
_MOMENT = re.compile(r"\d{4,6}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d)?)?)?")

Row = Sequence[str | None]


class PullError(XinshuError):
    """The table cannot be pulled."""

    status = 422
    code = "pull_failed"


class PullSettingError(PullError):
    """The source's settings do not lead to a database."""

    code = "pull_setting"


class PullUnreachableError(UnavailableError):
    """The front-end machine's database does not answer, or the connection broke; nothing was taken."""

    code = "pull_unreachable"


class PullPermissionError(PullError):
    """The account may not log in, or may not read the table."""

    status = 403
    code = "pull_permission"


class PullTableError(PullError):
    """No such table, or no such column."""

    code = "pull_table"


class PullWatermarkError(PullError):
    """The watermark column cannot serve as one."""

    code = "pull_watermark"


class PullColumnError(PullError):
    """A column's type does not give single texts."""

    code = "pull_column"


class Table(ABC):
    """A table of a front-end machine, opened for one pull. `timed`: which columns are timestamps."""

    integers: ClassVar[frozenset[str]]
    moments: ClassVar[frozenset[str]]
    nested: ClassVar[tuple[str, ...]]
    timed: list[bool]

    def __init__(
        self,
        url: SecretStr,
        source: str,
        schema: str | None,
        table: str,
        columns: Sequence[str],
        watermark: str | None,
        keys: Sequence[str],
    ) -> None:
        self._url = url
        self._source = source
        self._schema = schema
        self._table = table
        self._columns = columns
        self._watermark = watermark
        self._keys = keys
        self._types: dict[str, str] = {}

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    @abstractmethod
    def rows(self, since: Sequence[str] | None, lag: int) -> Iterator[Row]:
        """Each row: the columns, then, with a watermark, whether it is dated ahead, its watermark, its keys."""

    @property
    def order(self) -> list[str]:
        return [] if self._watermark is None else [self._watermark, *self._keys]

    def check(self, found: dict[str, str], lag: int) -> None:
        """Judge the columns by name and type. Raises PullTableError, PullColumnError, PullWatermarkError."""
        name = f"{self._schema}.{self._table}" if self._schema else self._table
        if len(found) == 0:
            raise PullTableError(
                f"数据源 {self._source} 没有表 {name},或账户无权看到它",
                hint="检查 schema 与 table,并授予查询权限",
                table=name,
            )
        missing = [c for c in dict.fromkeys((*self._columns, *self.order)) if c not in found]
        if missing:
            raise PullTableError(f"表 {name} 没有列 {'、'.join(missing)}", hint="检查列名,区分大小写", columns=missing)
        for column in self._columns:
            if found[column].endswith("[]") or found[column].partition("(")[0] in self.nested:
                raise PullColumnError(
                    f"列 {column} 的类型 {found[column]} 不是单个文本值", hint="在前置机上用视图转为文本"
                )
        self._types = found
        if self._watermark is not None:
            kind = self.kind(self._watermark)
            if kind == "other" or (kind == "date" and lag == 0):
                why = "日期不分先后,需设 lag(天)" if kind == "date" else "应为时间戳、日期或整数"
                raise PullWatermarkError(
                    f"水位列 {self._watermark} 的类型是 {found[self._watermark]}:{why}", hint="换用更新时间或自增序号列"
                )

    def kind(self, column: str) -> str:
        base = self._types[column].partition("(")[0].strip().lower()
        if base in self.integers:
            return "integer"
        return "date" if base == "date" else "moment" if base in self.moments else "other"

    def start(self, since: Sequence[str]) -> list[int | str]:
        """The stored watermark as values for the query. Raises PullWatermarkError when it is of another type."""
        values: list[int | str] = []
        for column, text in zip(self.order, since, strict=True):
            kind = self.kind(column)
            if (kind == "integer" and not _INTEGER.fullmatch(text)) or (
                kind in ("moment", "date") and not _MOMENT.fullmatch(text)
            ):
                raise PullWatermarkError(
                    f"已保存的水位 {text[:40]} 与列 {column} 的类型 {self._types[column]} 不符",
                    hint="换了水位列,应从头抽取:xinshu collect pull … --from-start",
                )
            values.append(int(text) if kind == "integer" else text)
        return values

    def refuse_null(self, present: bool) -> None:
        if present:
            raise PullWatermarkError(
                f"水位列或键列({'、'.join(self.order)})有空值:这些行会被漏掉", hint="补齐空值,或改用 full 方式"
            )


def first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:300]


def broken_off(source: str) -> PullUnreachableError:
    return PullUnreachableError(f"数据源 {source} 的连接中断,本次没有取任何数据", hint="恢复连接后会从原水位重新抽取")
