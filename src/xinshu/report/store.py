"""Reports as they are kept: rows that stay, documents that are deleted when their time is over."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zlib import compress, decompress

import orjson

from xinshu.catalogue import Item
from xinshu.core.clock import CHINA
from xinshu.crypto import Sealer
from xinshu.report.evidence import Fact, queries


@dataclass(frozen=True)
class Stored:
    """A report without its content."""

    number: str
    leaf: int
    check_code: str
    at: datetime
    principal: str
    member_id: str | None
    subject_id: int
    subject_code: str
    reader_kind: str
    reader_name: str
    variant: str
    purpose: str
    reference: str | None
    as_of: date
    since: date | None
    layout_version: str
    inquiry: UUID
    consents: tuple[str, ...]
    items: tuple[str, ...]
    grade: str | None
    digest: bytes
    content_digest: bytes
    expires_at: datetime
    request: bytes | None
    subject_name: str | None = None

    @classmethod
    def of(cls, row: Any) -> Stored:
        """From its row."""
        values = {name: row[name] for name in cls.__dataclass_fields__ if name in row.keys()}  # noqa: SIM118
        return cls(**{**values, "consents": tuple(row["consents"]), "items": tuple(row["items"])})

    @property
    def owner(self) -> str:
        """Whose it is: the member's, or that of whoever asked without one."""
        return self.member_id or self.principal


def end_of(day: date) -> datetime:
    """The moment at which a day in China is over."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


async def facts_on(conn: Any, subject_id: int, items: Sequence[str], day: date) -> set[Fact]:
    """The facts that an inquiry as of a day reads."""
    rows = queries.facts_on(conn, subject_id=subject_id, items=list(items), until=end_of(day), day=day)
    return {Fact(row["item"], str(row["key"]), row["version"], row["disputed"]) async for row in rows}


async def registered(conn: Any, subject_id: int, items: Sequence[Item], day: date) -> list[tuple[Item, dict[str, Any]]]:
    """What the registers said of a subject at the end of a day."""
    known = {item.item: item for item in items}
    rows = queries.registered(conn, subject_id=subject_id, items=list(known), until=end_of(day), day=day)
    return [(known[row["item"]], orjson.loads(row["payload"])) async for row in rows]


def sealed(vault: Sealer, number: str, subject_code: str, document: bytes) -> str:
    """A document sealed under its subject's key. May block."""
    text = b64encode(compress(document, 6)).decode()
    return vault.seal(text, _place(number), vault.ref("code", subject_code))


def opened(vault: Sealer, number: str, text: str) -> bytes:
    """What was sealed. May block. Raises SealedValueError, ShreddedError."""
    return decompress(b64decode(vault.open(text, _place(number))))


def _place(number: str) -> bytes:
    return b"report/" + number.encode()
