"""The detail of inquiries: who read what about whom, for what, under which authorisation; never what was given.

Written in the transaction of the leaf that proves it. An idempotency key is written once for a member.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto

from xinshu.ledger.audit import Content, moment
from xinshu.ledger.tree import Digest
from xinshu.store import load_queries

queries = load_queries("xinshu.inquiry")
_INSERT = """
insert into inquiry (leaf, id, at, principal, member_id, subject_code, purpose, reference, consents, items, result,
                     idempotency_key, request)
select i.leaf, i.id, given.at, given.principal, given.member_id, given.subject, i.purpose, i.reference, i.consents,
       i.items, decode(i.result, 'hex'), i.key, decode(i.request, 'hex')
from json_to_recordset({rows}) as i (leaf bigint, id uuid, purpose text, reference text, consents text[], items jsonb,
                                     result text, key text, request text)
join given on given.index = i.leaf"""


def random_id(random_bytes: Callable[[int], bytes] = os.urandom) -> UUID:
    """A random UUID (RFC 9562, version 4); of the class in C, because there is one for each inquiry."""
    value = bytearray(random_bytes(16))
    value[6] = value[6] & 0x0F | 0x40
    value[8] = value[8] & 0x3F | 0x80
    made: UUID = pgproto.UUID(bytes(value))
    return made


class Inquired(NamedTuple):
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
        """Where the rows go."""
        return _INSERT

    def record(self, row: Any, index: int) -> dict[str, Any]:
        """What the leaf's columns do not have."""
        one: Inquired = row
        return {
            "leaf": index,
            "id": str(one.id),
            "purpose": one.purpose,
            "reference": one.reference,
            "consents": one.consents,
            "items": one.items,
            "result": one.result.hex(),
            "key": one.idempotency_key,
            "request": one.request.hex() if one.request is not None else None,
        }


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
        about = {name: row[name] for name in Inquired._fields if name != "items"}
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
