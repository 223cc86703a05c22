"""The detail of inquiries: who read what about whom, for what, under which authorisation; never what was given.

Written in the transaction of the leaf that proves it. An idempotency key is written once for a member.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.store import load_queries

queries = load_queries("xinshu.inquiry")
_INSERT = """
insert into inquiry (leaf, id, at, principal, member_id, subject_code, purpose, reference, consents, items, result,
                     idempotency_key, request)
select i.leaf, i.id, i.at, i.principal, i.member_id, i.subject_code, i.purpose, i.reference, i.consents::text[],
       i.items::jsonb, i.result, i.idempotency_key, i.request
from unnest({0}::bigint[], {1}::uuid[], {2}::timestamptz[], {3}::text[], {4}::text[], {5}::text[], {6}::text[],
            {7}::text[], {8}::text[], {9}::text[], {10}::bytea[], {11}::text[], {12}::bytea[])
    as i (leaf, id, at, principal, member_id, subject_code, purpose, reference, consents, items, result,
          idempotency_key, request)
where exists (select from moved)"""


@dataclass(frozen=True, slots=True)
class Inquired:
    """One answered inquiry. `items`: item → code of its decision. `request`, `result`: digests."""

    id: UUID
    at: datetime
    principal: str
    member_id: str | None
    subject_code: str
    purpose: str
    reference: str | None
    consents: tuple[str, ...]
    items: dict[str, str]
    result: bytes
    idempotency_key: str | None
    request: bytes | None


class InquiryDetail:
    """Keeps `Inquired` rows beside the log (`ledger.Detail`)."""

    def key(self, row: Any) -> Hashable | None:
        """(member or principal, idempotency key)."""
        inquired: Inquired = row
        if inquired.idempotency_key is None:
            return None
        return (inquired.member_id or inquired.principal, inquired.idempotency_key)

    async def known(self, conn: Any, keys: Sequence[Hashable]) -> dict[Hashable, int]:
        """Keys that were used before, with the leaf."""
        owners, names = zip(*keys, strict=True)
        rows = queries.known_keys(conn, owners=list(owners), keys=list(names))
        return {(row["owner"], row["idempotency_key"]): row["leaf"] async for row in rows}

    @property
    def insert(self) -> str:
        """Where the rows go; arrays within arrays are passed as their text."""
        return _INSERT

    def arrays(self, rows: Sequence[Any], indexes: Sequence[int]) -> list[list[Any]]:
        """One array a column."""
        records = [
            (
                leaf, one.id, one.at, one.principal, one.member_id, one.subject_code, one.purpose, one.reference,
                "{" + ",".join(one.consents) + "}", orjson.dumps(one.items).decode(), one.result, one.idempotency_key,
                one.request,
            )
            for leaf, one in zip(indexes, rows, strict=True)
        ]  # fmt: skip
        return [list(column) for column in zip(*records, strict=True)]
