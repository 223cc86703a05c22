"""The audit: everything is computed again from the leaves, and every contradiction is named.

Found: an altered, missing, reordered or cut-off leaf, an altered node, head or checkpoint, a signature that does not
hold, a database rolled back behind a checkpoint of the witness file, and, by `DetailCheck`s, an altered, missing or
surplus row of a table that tells the detail of leaves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson

from xinshu.ledger import note, tree
from xinshu.ledger.log import TILE, head_of
from xinshu.ledger.model import Entry, Fault
from xinshu.ledger.service import Ledger
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.ledger")
PAGE = 5_000
SHOWN = 100  # most faults of a kind reported


Content = Mapping[str, Any]
"""What a leaf says, with its `about` on the same level, and its `index` (None while it waits to be written)."""


class DetailCheck(Protocol):
    """Knows a table with the detail of leaves; the room that writes the table hands it in."""

    @property
    def table(self) -> str:
        """Its name."""
        ...

    def concerns(self, kind: str) -> bool:
        """Whether each leaf of this kind has a row in it."""
        ...

    async def told(self, conn: Any, leaves: Sequence[Content]) -> list[Mapping[str, Any] | None]:
        """For each leaf what its row says, by the names of `Content`; None where there is no row."""
        ...

    async def rows(self, conn: Any) -> int:
        """How many rows there are that must have a leaf."""
        ...


def moment(at: datetime) -> str:
    """A time as leaves write it."""
    return at.isoformat(timespec="milliseconds")


async def audit(db: Database, ledger: Ledger, details: Sequence[DetailCheck] = ()) -> tuple[int, list[Fault]]:
    """(leaves read, faults found). Reads the whole log, and the rows of `details`, once, in pages."""
    async with db.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        head = head_of(await queries.head(conn))
        checkpoints = {row["size"]: dict(row) async for row in queries.checkpoints(conn, after=-1, page=10_000_000)}
        nodes = {(row["height"], row["index"]): row["hash"] async for row in queries.all_nodes(conn)}
        work = _Audit(ledger, checkpoints, nodes, details)
        leaves = await work.run(conn, head.frontier)
        for detail in work.details:
            await detail.end(conn)
        return leaves, work.faults


class _Detail:
    """Compares one table with the leaves that come by. `fault(code, place, words)` takes what is wrong."""

    def __init__(self, check: DetailCheck, fault: Callable[[str, str, str], None]) -> None:
        self._check = check
        self._fault = fault
        self._leaves: list[Content] = []
        self._found = 0

    async def see(self, conn: Any, content: dict[str, Any], index: int | None) -> None:
        """Note a leaf; they are compared a page at a time."""
        if self._check.concerns(content["kind"]):
            self._leaves.append({**content["about"], **content, "index": index})
            if len(self._leaves) == PAGE:
                await self._compare(conn)

    async def end(self, conn: Any) -> None:
        """What is left, what waits to be written, and rows that no leaf speaks of."""
        async for row in queries.all_waiting(conn):
            about = orjson.loads(row["about"])
            entry = Entry(row["kind"], row["at"], row["principal"], row["member_id"], row["subject"], about)
            await self.see(conn, orjson.loads(entry.content()), None)
        await self._compare(conn)
        surplus = await self._check.rows(conn) - self._found
        if surplus > 0:
            self._fault("detail_surplus", self._check.table, f"有 {surplus} 行没有存证")

    async def _compare(self, conn: Any) -> None:
        rows = await self._check.told(conn, self._leaves)
        for leaf, row in zip(self._leaves, rows, strict=True):
            place = f"{self._check.table} of leaf {leaf['index'] if leaf['index'] is not None else '(waiting)'}"
            if row is None:
                self._fault("detail_missing", place, "存证所指的明细不在")
                continue
            self._found += 1
            wrong = sorted(name for name, value in row.items() if leaf.get(name) != value)
            if wrong:
                self._fault("detail_altered", place, f"明细与存证不符:{'、'.join(wrong)}")
        self._leaves = []


class _Audit:
    def __init__(
        self,
        ledger: Ledger,
        checkpoints: dict[int, dict[str, Any]],
        nodes: dict[tuple[int, int], bytes],
        details: Sequence[DetailCheck],
    ) -> None:
        self.ledger = ledger
        self.digest = ledger.suite.digest
        self.checkpoints = checkpoints
        self.nodes = nodes
        self.faults: list[Fault] = []
        self.details = [_Detail(check, self.fault) for check in details]

    async def run(self, conn: Any, stored: tree.Frontier) -> int:
        """How many leaves there are."""
        frontier, expected = tree.Frontier(), 0
        computed: set[tuple[int, int]] = set()
        witnessed = self.ledger.witnessed()
        async for row in _leaves(conn):
            if row["index"] != expected:
                self.fault("leaf_missing", f"leaf {expected}", f"第 {expected} 至 {row['index'] - 1} 条缺失")
                self.details = []  # of which the leaves were not all seen
                return int(row["index"])  # what follows cannot be computed without them
            content = self.check_leaf(row)
            if content is not None:
                for detail in self.details:
                    await detail.see(conn, content, expected)
            hashed = tree.leaf_hash(self.digest, row["content"].encode())
            for height, index, root in frontier.append(self.digest, hashed):
                if height % TILE == 0:
                    computed.add((height, index))
                    if self.nodes.get((height, index)) != root:
                        self.fault("node_altered", f"node {height}/{index}", "节点的摘要与叶子不符")
            expected += 1
            self.check_checkpoint(frontier)
            if witnessed is not None and witnessed.size == expected and frontier.root(self.digest) != witnessed.root:
                self.fault("witness_differs", f"checkpoint {expected}", "与数据库之外的见证文件不符")
        for height, index in sorted(set(self.nodes) - computed):
            self.fault("node_surplus", f"node {height}/{index}", "没有叶子与这个节点对应")
        if stored.size != expected:
            self.fault("leaves_cut_off", f"leaf {expected}", f"日志应有 {stored.size} 条,只有 {expected} 条")
        elif stored.roots != frontier.roots:
            self.fault("head_altered", "head", "日志头的摘要与叶子不符")
        for size in sorted(self.checkpoints):
            if size > expected:
                self.fault("leaves_cut_off", f"checkpoint {size}", f"检查点记有 {size} 条,日志只有 {expected} 条")
        if witnessed is not None and witnessed.size > expected:
            words = f"数据库之外的见证文件记有 {witnessed.size} 条,日志只有 {expected} 条:数据库被回退"
            self.fault("rolled_back", f"checkpoint {witnessed.size}", words)
        return expected

    def check_leaf(self, row: Any) -> dict[str, Any] | None:
        """What the leaf says; None where it was altered."""
        place = f"leaf {row['index']}"
        content = row["content"]
        if tree.leaf_hash(self.digest, content.encode()) != row["hash"]:
            self.fault("leaf_altered", place, "内容与摘要不符")
            return None
        said: dict[str, Any] = orjson.loads(content)
        shown = (row["kind"], moment(row["at"]), row["principal"], row["member_id"], row["subject"])
        if shown != tuple(said[name] for name in ("kind", "at", "principal", "member", "subject")):
            self.fault("columns_altered", place, "检索用的列与内容不符")
        return said

    def check_checkpoint(self, frontier: tree.Frontier) -> None:
        kept = self.checkpoints.get(frontier.size)
        if kept is None:
            return
        place = f"checkpoint {frontier.size}"
        try:
            signed = note.read(kept["note"], self.ledger.public_key)
        except note.NoteError as error:
            self.fault("checkpoint_unsigned", place, error.message)
            return
        root = frontier.root(self.digest)
        if signed.root != root or signed.size != frontier.size or kept["root"] != signed.root:
            self.fault("checkpoint_differs", place, "签名的检查点与叶子不符:此前的叶子被改动或调换")

    def fault(self, code: str, place: str, words: str) -> None:
        if sum(one.code == code for one in self.faults) < SHOWN:
            self.faults.append(Fault(code, place, words))


async def _leaves(conn: Any) -> AsyncIterator[Any]:
    start = 0
    while True:
        page = [row async for row in queries.all_leaves(conn, start=start, page=PAGE)]
        for row in page:
            yield row
        if len(page) < PAGE:
            return
        start = page[-1]["index"] + 1
