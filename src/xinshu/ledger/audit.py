"""The audit: everything is computed again from the leaves, and every contradiction is named.

Found: an altered, missing, reordered or cut-off leaf, an altered node, head or checkpoint, a signature that does not
hold, and a database rolled back behind a checkpoint of the witness file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson

from xinshu.ledger import note, tree
from xinshu.ledger.log import TILE, head_of
from xinshu.ledger.model import Fault
from xinshu.ledger.service import Ledger
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.ledger")
PAGE = 5_000
SHOWN = 100  # most faults of a kind reported


async def audit(db: Database, ledger: Ledger) -> tuple[int, list[Fault]]:
    """(leaves read, faults found). Reads the whole log once, in pages."""
    async with db.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        head = head_of(await queries.head(conn))
        checkpoints = {row["size"]: dict(row) async for row in queries.checkpoints(conn, after=-1, page=10_000_000)}
        nodes = {(row["height"], row["index"]): row["hash"] async for row in queries.all_nodes(conn)}
        return await _Audit(ledger, checkpoints, nodes).run(conn, head.frontier)


class _Audit:
    def __init__(
        self, ledger: Ledger, checkpoints: dict[int, dict[str, Any]], nodes: dict[tuple[int, int], bytes]
    ) -> None:
        self.ledger = ledger
        self.digest = ledger.suite.digest
        self.checkpoints = checkpoints
        self.nodes = nodes
        self.faults: list[Fault] = []

    async def run(self, conn: Any, stored: tree.Frontier) -> tuple[int, list[Fault]]:
        frontier, expected = tree.Frontier(), 0
        computed: set[tuple[int, int]] = set()
        witnessed = self.ledger.witnessed()
        async for row in _leaves(conn):
            if row["index"] != expected:
                self.fault("leaf_missing", f"leaf {expected}", f"第 {expected} 至 {row['index'] - 1} 条缺失")
                return row["index"], self.faults  # what follows cannot be computed without them
            self.check_leaf(row)
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
        return expected, self.faults

    def check_leaf(self, row: Any) -> None:
        place = f"leaf {row['index']}"
        content = row["content"]
        if tree.leaf_hash(self.digest, content.encode()) != row["hash"]:
            self.fault("leaf_altered", place, "内容与摘要不符")
            return
        said = orjson.loads(content)
        shown = (row["kind"], row["principal"], row["member_id"], row["subject"])
        at = row["at"].isoformat(timespec="milliseconds")
        if shown != (said["kind"], said["principal"], said["member"], said["subject"]) or said["at"] != at:
            self.fault("columns_altered", place, "检索用的列与内容不符")

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
