"""Invented subjects that these tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xinshu.core.identifiers import make_uscc
from xinshu.store import Database
from xinshu.subjects import kind_of, name_key

COLUMNS = ("code", "old_number", "name", "name_key", "kind", "division", "status", "size_class", "established")
FIRMS: tuple[tuple[str, str, str, str, str, date | None], ...] = (
    ("1", "南京青禾科技有限公司", "320102", "1", "micro", date(2019, 3, 1)),
    ("1", "南京青禾贸易有限公司", "320104", "1", "small", date(2012, 5, 4)),
    ("1", "苏州青禾科技股份有限公司", "320508", "1", "medium", date(2005, 1, 1)),
    ("1", "无锡白桦（集团）有限责任公司", "320213", "1", "large", date(1998, 7, 7)),
    ("2", "玄武区老张面馆", "320102", "1", "micro", date(2021, 9, 9)),
    ("3", "高淳区固城湖螃蟹专业合作社", "320118", "1", "small", None),
    ("1", "100%纯_净水有限公司", "320102", "3", "undetermined", date(2001, 2, 3)),
    ("1", "ＫＴＶ 欢乐（江苏）有限公司", "320102", "1", "micro", date(2010, 10, 10)),
)


def firms() -> list[tuple[Any, ...]]:
    """Rows of `FIRMS` for COPY."""
    found = []
    for serial, (second, name, division, status, size, established) in enumerate(FIRMS):
        code = make_uscc("9", second, division, serial)
        old = f"32010000000{serial:04d}"
        found.append((code, old, name, name_key(division, name), kind_of(code), division, status, size, established))
    return found


async def load(db: Database, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows into the subject base, as a publication does."""
    async with db.transaction() as conn:
        await conn.copy_records_to_table("subject", records=rows, columns=COLUMNS)
