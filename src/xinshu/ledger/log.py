"""The writer of the log: group commit, so that thousands of leaves a second are durable before anything is answered.

Whoever needs evidence before it answers awaits `append`; what is written together with its change (consents, rights,
batches) goes through `with_change`, in the change's own transaction, and moves into the tree at once afterwards.
All processes of a node may write: the row of `log_head` is held while leaves are numbered.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import asyncpg
import orjson
import structlog

from xinshu.core.errors import UnavailableError
from xinshu.crypto.suites import Suite
from xinshu.ledger import tree
from xinshu.ledger.model import Entry, LedgerUnavailableError
from xinshu.store import Database, load_queries

logger = structlog.get_logger(__name__)
queries = load_queries("xinshu.ledger")
CHANNEL = "xinshu_ledger"
TILE = 8  # heights at which roots are kept
BATCH = 4_000  # most leaves in one transaction
PAUSE = 0.5  # seconds before another attempt when the database does not answer
POLL = 5.0  # seconds between looks for entries whose notice was lost


class Detail(Protocol):
    """A table that keeps the detail of leaves of one kind, written in the leaves' own transaction.

    The head of the log is held meanwhile, so nobody else writes details at the same time.
    """

    def key(self, row: Any) -> Hashable | None:
        """What may be written only once; None: the row has no such key."""
        ...

    async def known(self, conn: Any, keys: Sequence[Hashable]) -> dict[Hashable, int]:
        """Key → the leaf that it was written with, for those that were."""
        ...

    @property
    def insert(self) -> str:
        """`insert into … select … from json_to_recordset({rows}) … join given on given.index = …`: `{rows}` stands for
        the `records` as JSON, `given` has the columns of their leaves (index, at, principal, member_id, subject)."""
        ...

    def record(self, row: Any, index: int) -> dict[str, Any]:
        """What is written of a row, for JSON; `index` is its leaf's."""
        ...


class AlreadyRecordedError(Exception):
    """The row was written before, with leaf `index`."""

    def __init__(self, index: int) -> None:
        super().__init__(f"leaf {index}")
        self.index = index


class _Asked(NamedTuple):
    """An entry whose caller waits."""

    entry: Entry
    done: asyncio.Future[int]
    detail: Detail | None = None
    row: Any = None
    key: Hashable | None = None


@dataclass(frozen=True)
class Head:
    """The log as it stands."""

    suite: str
    origin: str
    frontier: tree.Frontier
    key_id: str


def head_of(row: Any) -> Head:
    """From the row of `log_head`."""
    return Head(row["suite"], row["origin"], tree.Frontier(row["size"], list(row["roots"])), row["key_id"])


async def with_change(
    conn: Any,
    kind: str,
    at: datetime,
    *,
    principal: str | None = None,
    member_id: str | None = None,
    subject: str | None = None,
    **about: Any,
) -> None:
    """Record a change in its own transaction: both are there, or neither."""
    await queries.add_waiting(
        conn, kind=kind, at=at, principal=principal, member_id=member_id, subject=subject,
        about=orjson.dumps(about).decode(),
    )  # fmt: skip
    await conn.execute("select pg_notify($1, '')", CHANNEL)


class Log:
    """The log of a node, as one process writes it."""

    def __init__(self, db: Database, suite: Suite) -> None:
        self._db = db
        self._digest = suite.digest
        self._waiting: list[_Asked] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._head: tree.Frontier | None = None  # as this process left it
        self._others_wait = True  # entries beside their changes

    async def append(self, entry: Entry, detail: Detail | None = None, row: Any = None) -> int:
        """Record `entry`, and `row` in its detail table; returns the leaf's index once both are durable.

        Raises LedgerUnavailableError: then it is not in the log, or (the connection was lost in the middle) it is and
        nobody was told; what it is evidence of must not be given out. Raises AlreadyRecordedError, and
        asyncpg.DataError for texts that the database cannot hold.
        """
        if not self.running:
            raise LedgerUnavailableError("存证服务没有运行", hint="稍后重试")
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        key = detail.key(row) if detail is not None else None
        self._waiting.append(_Asked(entry, done, detail, row, key))
        self._wake.set()
        return await done

    @property
    def running(self) -> bool:
        """Whether entries are written."""
        return bool(self._tasks) and not self._stopping

    def start(self) -> None:
        """Begin to write, in the background of the running loop."""
        self._stopping = False
        self._tasks = [
            asyncio.create_task(self._write_on(), name="ledger"),
            asyncio.create_task(self._hear(), name="ledger-notices"),
        ]

    async def stop(self) -> None:
        """Write what waits, then stop."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await self._tasks[0]
            self._tasks[1].cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._tasks[1]
        self._tasks = []

    async def drain(self) -> int:
        """Move what waits beside its changes into the log; returns how many. For commands and tests."""
        moved = 0
        while count := await self._write([]):
            moved += count
        return moved

    # -- writing -----------------------------------------------------------------------------------------------------

    async def _write_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            more = True
            while more:
                batch, self._waiting = _each_once(self._waiting)
                try:
                    written = await self._write_apart(batch)
                except Exception as error:
                    _fail(batch, error)
                    logger.warning("evidence not written", error=f"{type(error).__name__}: {error}")
                    if not isinstance(error, UnavailableError):
                        logger.exception("fault of the log")
                    await asyncio.sleep(PAUSE if not self._stopping else 0)
                    written = 0
                more = bool(self._waiting) or written > len(batch)
            if self._stopping:
                return

    async def _write_apart(self, batch: Sequence[_Asked]) -> int:
        """`_write`; an entry that the database cannot hold (a NUL in a text) keeps none of the others out."""
        try:
            return await self._write(batch)
        except asyncpg.DataError as error:
            if len(batch) == 1 and not batch[0].done.done():
                batch[0].done.set_exception(error)
            if len(batch) < 2:
                return 0
        written = 0
        for asked in batch:
            written += await self._write_apart([asked])
        return written

    async def _write(self, batch: Sequence[_Asked]) -> int:
        """One transaction: number, hash, store; then tell those who wait. Returns how many leaves were written."""
        if self._head is None or self._others_wait:
            return await self._write_slowly(batch)
        if not batch:
            return 0
        async with self._db.acquire() as conn:
            known = await _known(conn, batch)
            fresh = [asked for asked in batch if asked.key is None or asked.key not in known]
            before = self._head
            after = await self._append(conn, before, [asked.entry for asked in fresh], fresh)
        if after is None:  # another process has written since
            return await self._write_slowly(batch)
        self._head = after
        _tell(batch, fresh, known, before.size)
        return len(fresh)

    async def _write_slowly(self, batch: Sequence[_Asked]) -> int:
        """As `_write`, with the head read first and what waits beside its changes taken in."""
        self._others_wait = False
        self._head = None
        async with self._db.transaction() as conn:
            row = await queries.lock_head(conn)
            if row is None:
                raise LedgerUnavailableError("存证日志尚未建立", hint="重新启动节点")
            before = head_of(row).frontier
            known = await _known(conn, batch)
            fresh = [asked for asked in batch if asked.key is None or asked.key not in known]
            entries = [asked.entry for asked in fresh]
            entries += [_waiting_entry(row) async for row in queries.take_waiting(conn, size=BATCH)]
            after = await self._append(conn, before, entries, fresh)
        self._head = after  # not before it was committed
        _tell(batch, fresh, known, before.size)
        return len(entries)

    async def _append(
        self, conn: Any, before: tree.Frontier, entries: Sequence[Entry], fresh: Sequence[_Asked]
    ) -> tree.Frontier | None:
        """Write leaves, nodes, details and the new head in one statement; None when the head is no longer `before`.

        The rows go as JSON, whose making costs a fifth of what encoding an array a column does.
        """
        if not entries:
            return before
        digest, frontier = self._digest, tree.Frontier(before.size, list(before.roots))
        leaves, nodes = [], []
        for entry in entries:
            content = entry.content()
            hashed = tree.leaf_hash(digest, content)
            leaves.append(
                {
                    "index": frontier.size, "at": entry.at, "kind": entry.kind, "principal": entry.principal,
                    "member_id": entry.member_id, "subject": entry.subject, "content": content.decode(),
                    "hash": hashed.hex(),
                }
            )  # fmt: skip
            for height, index, root in frontier.append(digest, hashed):
                if height % TILE == 0:
                    nodes.append({"height": height, "index": index, "hash": root.hex()})
        values: list[Any] = [
            frontier.size, _json([root.hex() for root in frontier.roots]), before.size, _json(leaves), _json(nodes),
        ]  # fmt: skip
        statement = _APPEND
        for number, (detail, group) in enumerate(_by_detail(enumerate(fresh, before.size)).items()):
            values.append(_json([detail.record(asked.row, index) for index, asked in group]))
            statement += f", detail_{number} as ({detail.insert.format(rows=f'${len(values)}::json')})"
        statement += " select size from moved"
        return frontier if await conn.fetchval(statement, *values) is not None else None

    async def _hear(self) -> None:
        """Wake when another room has written beside its change."""
        while True:
            try:
                async with self._db.acquire() as conn:
                    lost = asyncio.Event()
                    ended = _setter(lost)
                    conn.add_termination_listener(ended)
                    await conn.add_listener(CHANNEL, self._told)
                    self._told()
                    try:
                        while not lost.is_set():
                            with contextlib.suppress(TimeoutError):
                                await asyncio.wait_for(lost.wait(), POLL)
                            self._told()  # perhaps a notice was lost
                    finally:
                        conn.remove_termination_listener(ended)
                        with contextlib.suppress(Exception):
                            await conn.remove_listener(CHANNEL, self._told)
            except (UnavailableError, OSError):
                pass  # the writer says so
            await asyncio.sleep(PAUSE)

    def _told(self, *_: Any) -> None:
        self._others_wait = True
        self._wake.set()


# The insertions see whether the head could be moved on: from the size that this process knew, to the new one.
_APPEND = """
with moved as (
    update log_head set size = $1, roots = (
        select array_agg(decode(root, 'hex') order by place)
        from json_array_elements_text($2::json) with ordinality as r (root, place))
    where size = $3 returning size
), given as (
    select * from json_to_recordset($4::json)
        as l (index bigint, at timestamptz, kind text, principal text, member_id text, subject text, content text,
              hash text)
    where exists (select from moved)
), leaves as (
    insert into leaf (index, at, kind, principal, member_id, subject, content, hash)
    select index, at, kind, principal, member_id, subject, content, decode(hash, 'hex') from given
), nodes as (
    insert into log_node (height, index, hash)
    select n.height, n.index, decode(n.hash, 'hex')
    from json_to_recordset($5::json) as n (height smallint, index bigint, hash text) where exists (select from moved)
)"""


def _json(rows: Sequence[Any]) -> str:
    return orjson.dumps(rows).decode()


def _tell(batch: Sequence[_Asked], fresh: Sequence[_Asked], known: dict[Hashable, int], first: int) -> None:
    """Whoever waits learns the index of its leaf."""
    for index, asked in enumerate(fresh, first):
        if not asked.done.done():
            asked.done.set_result(index)
    for asked in batch:
        if asked.key in known and not asked.done.done():
            asked.done.set_exception(AlreadyRecordedError(known[asked.key]))


def _setter(event: asyncio.Event) -> Callable[[Any], None]:
    return lambda _: event.set()


def _waiting_entry(row: Any) -> Entry:
    return Entry(row["kind"], row["at"], row["principal"], row["member_id"], row["subject"], orjson.loads(row["about"]))


def _by_detail(numbered: Iterable[tuple[int, _Asked]]) -> dict[Detail, list[tuple[int, _Asked]]]:
    groups: dict[Detail, list[tuple[int, _Asked]]] = {}
    for index, asked in numbered:
        if asked.detail is not None:
            groups.setdefault(asked.detail, []).append((index, asked))
    return groups


async def _known(conn: Any, batch: Sequence[_Asked]) -> dict[Hashable, int]:
    """Key → leaf, of what was written before."""
    known: dict[Hashable, int] = {}
    for detail, group in _by_detail(enumerate(batch)).items():
        keys = [asked.key for _, asked in group if asked.key is not None]
        if keys:
            known |= await detail.known(conn, keys)
    return known


def _each_once(waiting: list[_Asked]) -> tuple[list[_Asked], list[_Asked]]:
    """The next batch, and what waits on: a key comes once in a batch, so that the second finds the first."""
    batch: list[_Asked] = []
    later: list[_Asked] = []
    keys: set[Hashable] = set()
    for asked in waiting:
        if len(batch) == BATCH or asked.key in keys:
            later.append(asked)
            continue
        if asked.key is not None:
            keys.add(asked.key)
        batch.append(asked)
    return batch, later


def _fail(batch: Sequence[_Asked], error: Exception) -> None:
    for asked in batch:
        if not asked.done.done():
            refusal = LedgerUnavailableError("存证暂时不能写入,未作答复", hint="稍后用同一幂等键重试")
            refusal.__cause__ = error
            asked.done.set_exception(refusal)
