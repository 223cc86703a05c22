"""The detail of inquiries: who read what about whom, for what, under which authorisation; never what was given.

Written in the transaction of the leaf that proves it. An idempotency key is written once for a member.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.ledger.audit import Content, moment
from xinshu.ledger.tree import Digest
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

    def asked(self, digest: Digest) -> str:
        """Digest of what the leaf does not tell in clear."""
        request = self.request.hex() if self.request is not None else None
        return digest(orjson.dumps([self.reference, self.idempotency_key, request])).hex()


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


class InquiryCheck:
    """Compares the rows of `inquiry` with their leaves (`ledger.audit.DetailCheck`)."""

    table = "inquiry"

    def __init__(self, digest: Digest) -> None:
        self._digest = digest

    def concerns(self, kind: str) -> bool:
        """Whether leaves of this kind have a row here."""
        return kind == "inquiry"

    async def told(self, conn: Any, leaves: Sequence[Content]) -> list[Mapping[str, Any] | None]:
        """What the row of each leaf says."""
        ids = [UUID(leaf["inquiry"]) for leaf in leaves if "inquiry" in leaf]
        rows = {str(row["id"]): self._of(row) async for row in queries.by_id(conn, ids=ids)}
        return [rows.get(leaf.get("inquiry", "")) for leaf in leaves]

    async def rows(self, conn: Any) -> int:
        """How many rows there are."""
        return int(await queries.count_inquiries(conn))

    def _of(self, row: Any) -> Mapping[str, Any]:
        items = orjson.loads(row["items"])
        about = {name: row[name] for name in Inquired.__dataclass_fields__ if name != "items"}
        return {
            "index": row["leaf"],
            "at": moment(row["at"]),
            "principal": row["principal"],
            "member": row["member_id"],
            "subject": row["subject_code"],
            "purpose": row["purpose"],
            "consents": row["consents"],
            "items": items,
            "result": row["result"].hex(),
            "asked": Inquired(items=items, **about).asked(self._digest),
        }
