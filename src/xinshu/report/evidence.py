"""A report's row, written in the transaction of the leaf that proves it; the audit compares the two."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from xinshu.ledger.audit import Content, moment
from xinshu.ledger.tree import Digest
from xinshu.store import load_queries

queries = load_queries("xinshu.report")
KIND = "report"
READ = "report-read"
_INSERT = """
insert into report (number, leaf, check_code, at, principal, member_id, subject_id, subject_code, reader_kind,
                    reader_name, variant, purpose, reference, as_of, since, layout_version, inquiry, consents, items,
                    grade, digest, content_digest, fact_items, fact_keys, fact_versions, fact_disputed, expires_at,
                    idempotency_key, request)
select r.number, r.leaf, r.check_code, given.at, given.principal, given.member_id, r.subject_id, given.subject,
       r.reader_kind, r.reader_name, r.variant, r.purpose, r.reference, r.as_of, r.since, r.layout_version, r.inquiry,
       r.consents, r.items, r.grade, decode(r.digest, 'hex'), decode(r.content_digest, 'hex'), r.fact_items,
       r.fact_keys, r.fact_versions, r.fact_disputed, r.expires_at, r.idempotency_key, decode(r.request, 'hex')
from json_to_recordset({rows}) as r (
    number text, leaf bigint, check_code text, subject_id bigint, reader_kind text, reader_name text, variant text,
    purpose text, reference text, as_of date, since date, layout_version text, inquiry uuid, consents text[],
    items text[], grade text, digest text, content_digest text, fact_items text[], fact_keys uuid[],
    fact_versions integer[], fact_disputed boolean[], expires_at timestamptz, idempotency_key text, request text)
join given on given.index = r.leaf"""


class Fact(NamedTuple):
    """One version of a fact; `disputed`: when the report was made."""

    item: str
    key: str
    version: int
    disputed: bool


class Made(NamedTuple):
    """The row of a report. `request`, `digest`, `content_digest`: digests."""

    number: str
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
    facts: tuple[Fact, ...]
    expires_at: datetime
    idempotency_key: str | None
    request: bytes | None

    def about(self, digest: Digest) -> dict[str, Any]:
        """What the leaf says beside who, when and about whom."""
        return {
            "report": self.number,
            "inquiry": str(self.inquiry),
            "variant": self.variant,
            "purpose": self.purpose,
            "as_of": self.as_of.isoformat(),
            "since": self.since.isoformat() if self.since is not None else None,
            "grade": self.grade,
            "digest": self.digest.hex(),
            "content": self.content_digest.hex(),
            "asked": asked(digest, self.reference, self.idempotency_key, self.request),
        }


def asked(digest: Digest, reference: str | None, key: str | None, request: bytes | None) -> str:
    """Digest of what the leaf does not tell in clear."""
    return digest(orjson.dumps([reference, key, request.hex() if request is not None else None])).hex()


class ReportDetail:
    """Keeps `Made` rows beside the log (`ledger.Detail`)."""

    def key(self, row: Any) -> Hashable | None:
        """(member or principal, idempotency key)."""
        made: Made = row
        if made.idempotency_key is None:
            return None
        return (made.member_id or made.principal, made.idempotency_key)

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
        made: Made = row
        about = made._asdict()
        facts: tuple[Fact, ...] = about.pop("facts")
        for name in ("at", "principal", "member_id", "subject_code"):
            del about[name]
        return {
            **about,
            "leaf": index,
            "inquiry": str(made.inquiry),
            "digest": made.digest.hex(),
            "content_digest": made.content_digest.hex(),
            "request": made.request.hex() if made.request is not None else None,
            "fact_items": [one.item for one in facts],
            "fact_keys": [one.key for one in facts],
            "fact_versions": [one.version for one in facts],
            "fact_disputed": [one.disputed for one in facts],
        }


class ReportCheck:
    """Compares the rows of `report` with their leaves (`ledger.audit.DetailCheck`)."""

    table = "report"

    def __init__(self, digest: Digest) -> None:
        self._digest = digest

    def concerns(self, kind: str) -> bool:
        """Whether leaves of this kind have a row here."""
        return kind == KIND

    async def told(self, conn: Any, leaves: Sequence[Content]) -> list[Mapping[str, Any] | None]:
        """What the row of each leaf says."""
        numbers = [leaf["report"] for leaf in leaves if "report" in leaf]
        rows = {row["number"]: self._of(row) async for row in queries.told(conn, numbers=numbers)}
        return [rows.get(leaf.get("report", "")) for leaf in leaves]

    async def rows(self, conn: Any) -> int:
        """How many rows there are."""
        return int(await queries.count_reports(conn))

    def _of(self, row: Any) -> Mapping[str, Any]:
        return {
            "index": row["leaf"],
            "at": moment(row["at"]),
            "principal": row["principal"],
            "member": row["member_id"],
            "subject": row["subject_code"],
            "report": row["number"],
            "inquiry": str(row["inquiry"]),
            "variant": row["variant"],
            "purpose": row["purpose"],
            "as_of": row["as_of"].isoformat(),
            "since": row["since"].isoformat() if row["since"] is not None else None,
            "grade": row["grade"],
            "digest": row["digest"].hex(),
            "content": row["content_digest"].hex(),
            "asked": asked(self._digest, row["reference"], row["idempotency_key"], row["request"]),
        }
