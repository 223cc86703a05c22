"""Comparing the security log with its evidence, for `ledger.audit`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from xinshu.ledger.audit import Content, moment
from xinshu.members.events.service import REFUSED, digest_of, queries

PREFIX = "access."


class EventCheck:
    """Compares the rows of `access_event` with their leaves (`ledger.audit.DetailCheck`); refusals have none."""

    table = "access_event"

    def concerns(self, kind: str) -> bool:
        """Whether leaves of this kind have a row here."""
        return kind.startswith(PREFIX)

    async def told(self, conn: Any, leaves: Sequence[Content]) -> list[Mapping[str, Any] | None]:
        """What the row of each leaf says."""
        ids = [leaf["event"] for leaf in leaves if "event" in leaf]
        rows = {row["id"]: _of(row) async for row in queries.events_by_id(conn, ids=ids)}
        return [rows.get(leaf.get("event")) for leaf in leaves]

    async def rows(self, conn: Any) -> int:
        """How many rows must have a leaf."""
        return int(await queries.count_evidenced(conn, without=REFUSED))


def _of(row: Any) -> Mapping[str, Any]:
    details = orjson.dumps(orjson.loads(row["details"]), option=orjson.OPT_SORT_KEYS).decode()
    columns = [row[name] for name in ("kind", "code", "principal", "member_id", "target", "address")]
    return {
        "event": row["id"],
        "kind": PREFIX + row["kind"],
        "at": moment(row["at"]),
        "principal": row["principal"],
        "member": row["member_id"],
        "code": row["code"],
        "digest": digest_of(*columns, details),
    }
