"""Lists (名单) of modules: run by their declared criteria, kept as given out, each run a leaf of the log."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xinshu.core.clock import Clock
from xinshu.ledger import Entry, Ledger
from xinshu.members.model import Principal
from xinshu.modules.errors import ListUnknownError
from xinshu.modules.loader import Module
from xinshu.modules.model import Listing
from xinshu.modules.service import Modules
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.modules")
KIND = "module_list"


@dataclass(frozen=True)
class ListRun:
    """A list as it was given out. `truncated`: more subjects met the criteria than the list holds."""

    id: UUID
    module: str
    list: str
    version: str
    at: datetime
    principal: str
    member_id: str | None
    leaf: int
    count: int
    truncated: bool
    digest: bytes
    lines: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, row: Any) -> ListRun:
        """From a stored row."""
        return cls(**{**dict(row), "lines": tuple(orjson.loads(row["lines"]))})


def listing_of(module: Module, name: str) -> Listing:
    """A declared list. Raises ListUnknownError."""
    found = next((one for one in module.file.lists if one.id == name), None)
    if found is None:
        known = "、".join(one.id for one in module.file.lists)
        raise ListUnknownError(f"模块 {module.id} 没有名单 {name}", hint=f"可用:{known}")
    return found


class Lists:
    """Lists of a node."""

    def __init__(
        self, db: Database, clock: Clock, ledger: Ledger, modules: Modules,
        new_id: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16), version=4),
    ) -> None:  # fmt: skip
        self._db = db
        self._clock = clock
        self._ledger = ledger
        self._modules = modules
        self._new_id = new_id

    async def make(self, module: str, name: str, who: Principal) -> ListRun:
        """Run a list once and keep it. Raises ModuleUnknownError, ListUnknownError, LedgerUnavailableError."""
        one = self._modules.book[module]
        listing = listing_of(one, name)
        found = await self._modules.members(one.id, listing.criteria, who, sort=listing.sort, size=listing.most + 1)
        truncated, found = len(found) > listing.most, found[: listing.most]
        lines = orjson.dumps([asdict(line) for line in found], option=orjson.OPT_SORT_KEYS)
        digest, now, number = self._ledger.suite.digest(lines), self._clock.now(), self._new_id()
        about = {
            "list_run": str(number), "module": one.id, "list": listing.id, "version": one.file.version,
            "count": len(found), "truncated": truncated, "result": digest.hex(),
        }  # fmt: skip
        leaf = await self._ledger.append(Entry(KIND, now, who.id, who.member_id, None, about))
        async with self._db.acquire() as conn:
            await queries.insert_list_run(
                conn, id=number, module=one.id, list=listing.id, version=one.file.version, at=now, principal=who.id,
                member_id=who.member_id, leaf=leaf, count=len(found), truncated=truncated, digest=digest,
                lines=lines.decode(),
            )  # fmt: skip
        return await self.get(one.id, number)

    async def get(self, module: str, number: UUID) -> ListRun:
        """A list as it was given out. Raises ListUnknownError."""
        async with self._db.acquire() as conn:
            row = await queries.list_run(conn, id=number)
        if row is None or row["module"] != module:
            raise ListUnknownError(f"模块 {module} 没有编号为 {number} 的名单", hint="核对编号")
        return ListRun.of(row)
