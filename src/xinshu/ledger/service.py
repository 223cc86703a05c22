"""Reading the log: proofs, checkpoints, receipts; making it, with its key."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import orjson

from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.crypto.suites import PublicKey, SigningKey, Suite, suite
from xinshu.ledger import note, tree
from xinshu.ledger.log import TILE, Detail, Log, head_of
from xinshu.ledger.model import Entry, Leaf, LeafUnknownError, LedgerBrokenError
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.ledger")
EVERYTHING = "[{}]"  # scopes of whoever may see all
RECEIPT = "xinshu-receipt-1"


class Ledger:
    """Evidence of one node: `log` writes, the rest reads and signs."""

    def __init__(
        self, db: Database, log: Log, chosen: Suite, clock: Clock, origin: str, key: SigningKey, witness: Path
    ) -> None:
        """`witness`: a file outside the database that keeps every checkpoint signed here."""
        self.log = log
        self.origin = origin
        self._db = db
        self._suite = chosen
        self._clock = clock
        self._key = key
        self._witness = witness

    @classmethod
    async def open(
        cls, db: Database, vault: Sealer, clock: Clock, suite_name: str, origin: str, witness: Path
    ) -> Ledger:
        """The ledger of a node, made at first use with a signing key of its own.

        Raises LedgerBrokenError when the database holds less than the witness file has seen (it was rolled back).
        """
        async with db.transaction() as conn:
            row = await queries.head(conn)
            if row is None:
                fresh = suite(suite_name).generate_key()
                name = fresh.public.key_id
                sealed = vault.seal(fresh.to_pem(None).decode(), b"ledger/key/" + name.encode())
                await queries.insert_log_key(
                    conn, id=name, suite=suite_name, public_pem=fresh.public.to_pem().decode(), private_sealed=sealed,
                    now=clock.now(),
                )  # fmt: skip
                await queries.create_head(conn, suite=suite_name, origin=origin, key_id=name)
                row = await queries.head(conn)
            head = head_of(row)
            stored = await queries.log_key(conn, id=head.key_id)
        chosen = suite(head.suite)
        pem = vault.open(stored["private_sealed"], b"ledger/key/" + head.key_id.encode())
        key = chosen.load_signing_key(pem.encode(), None)
        ledger = cls(db, Log(db, chosen), chosen, clock, head.origin, key, witness)
        await ledger.check_witness()
        return ledger

    @property
    def public_key(self) -> PublicKey:
        """The key by which checkpoints are verified."""
        return self._key.public

    @property
    def suite(self) -> Suite:
        """The suite whose digest the tree uses."""
        return self._suite

    def sign(self, data: bytes) -> tuple[str, bytes]:
        """The platform's signature on a document, and the id of the key."""
        return self.public_key.key_id, self._key.sign(data)

    async def append(self, entry: Entry, detail: Detail | None = None, row: Any = None) -> int:
        """`Log.append`."""
        return await self.log.append(entry, detail, row)

    # -- checkpoints -------------------------------------------------------------------------------------------------

    async def checkpoint(self) -> str:
        """Sign the tree as it stands, keep it in the database and in the witness file; the newest one when nothing
        was added since."""
        async with self._db.transaction() as conn:
            head = head_of(await queries.lock_head(conn))
            newest = await queries.newest_checkpoint(conn)
            if newest is not None and newest["size"] == head.frontier.size:
                return str(newest["note"])
            now = self._clock.now()
            state = note.Checkpoint(self.origin, head.frontier.size, head.frontier.root(self._suite.digest), now)
            signed = note.sign(state, self.origin, self._key)
            await queries.insert_checkpoint(conn, size=state.size, root=state.root, at=now, note=signed)
        self._keep(signed)
        return signed

    async def newest_checkpoint(self) -> str:
        """The newest signed checkpoint; one is made when there is none yet."""
        async with self._db.acquire() as conn:
            newest = await queries.newest_checkpoint(conn)
        return str(newest["note"]) if newest is not None else await self.checkpoint()

    async def checkpoints(self, before: int | None = None, size: int = 50) -> list[Any]:
        """Signed checkpoints (size, root, at, note), newest first, of fewer than `before` leaves."""
        async with self._db.acquire() as conn:
            return [row async for row in queries.newest_checkpoints(conn, before=before, page=size)]

    async def size(self) -> tuple[int, int]:
        """Leaves in the log, and entries that wait to come into it."""
        async with self._db.acquire() as conn:
            return head_of(await queries.head(conn)).frontier.size, await queries.count_waiting(conn)

    def _keep(self, signed: str) -> None:
        self._witness.parent.mkdir(parents=True, exist_ok=True)
        with self._witness.open("a", encoding="utf-8") as file:
            file.write(orjson.dumps({"note": signed}).decode() + "\n")
            file.flush()

    def witnessed(self) -> note.Checkpoint | None:
        """The newest checkpoint of the witness file; None when there is none. A last line cut short is passed over."""
        if not self._witness.exists():
            return None
        # From the end: a year of checkpoints is half a million signatures.
        for line in reversed(self._witness.read_text(encoding="utf-8").splitlines()):
            try:
                return note.read(orjson.loads(line)["note"], self.public_key)
            except (orjson.JSONDecodeError, note.NoteError):
                continue
        return None

    async def check_witness(self) -> None:
        """Raises LedgerBrokenError when the log is not a continuation of the newest checkpoint seen here."""
        seen = self.witnessed()
        if seen is None or seen.size == 0:
            return
        async with self._db.acquire() as conn:
            head = head_of(await queries.head(conn))
            if head.frontier.size < seen.size:
                raise LedgerBrokenError(
                    f"存证日志只有 {head.frontier.size} 条,而见证文件 {self._witness} 记有 {seen.size} 条:数据库被回退",
                    hint="从备份恢复较新的数据库;确认丢失后由安全管理员移走见证文件",
                )
            if await self._root(conn, 0, seen.size) != seen.root:
                raise LedgerBrokenError(
                    f"存证日志的前 {seen.size} 条与见证文件 {self._witness} 不符:内容被改动",
                    hint="执行 xinshu ledger audit",
                )

    # -- reading -----------------------------------------------------------------------------------------------------

    async def leaf(self, index: int) -> Leaf:
        """One leaf. Raises LeafUnknownError."""
        async with self._db.acquire() as conn:
            return await self._leaf(conn, index)

    async def leaves(
        self, *, kinds: list[str] | None = None, subject: str | None = None, member_id: str | None = None,
        principal: str | None = None, before: int | None = None, size: int = 50, scopes: str = EVERYTHING,
    ) -> list[Leaf]:  # fmt: skip
        """A page of the log within `scopes` (of a guard), newest first, numbered below `before`."""
        async with self._db.acquire() as conn:
            rows = queries.leaves(
                conn, scopes=scopes, kinds=kinds, subject=subject, member_id=member_id, principal=principal,
                before=before, size=size,
            )  # fmt: skip
            return [Leaf(**dict(row)) async for row in rows]

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """Proof that leaf `index` is in the tree of `size` leaves. Raises LeafUnknownError."""
        async with self._db.acquire() as conn:
            await self._within(conn, size)
            if not 0 <= index < size:
                raise _unknown(index)
            return [await self._root(conn, *part) for part in tree.inclusion_ranges(index, size)]

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Proof that the tree of `first` leaves is the beginning of that of `second`. Raises LeafUnknownError."""
        async with self._db.acquire() as conn:
            await self._within(conn, second)
            if not 0 < first <= second:
                raise _unknown(first)
            return [await self._root(conn, *part) for part in tree.consistency_ranges(first, second)]

    async def receipt(self, index: int) -> dict[str, Any]:
        """What proves leaf `index` to anybody who has the platform's public key, offline (`receipts.verify`)."""
        async with self._db.acquire() as conn:
            leaf = await self._leaf(conn, index)
            covering = await queries.checkpoint_at_least(conn, index=index)
        if covering is None:
            signed = await self.checkpoint()
            size = note.read(signed, self.public_key).size
        else:
            signed, size = covering["note"], covering["size"]
        proof = await self.inclusion(index, size)
        return {
            "form": RECEIPT,
            "suite": self._suite.name,
            "leaf": leaf.content,
            "index": index,
            "checkpoint": signed,
            "proof": [base64.b64encode(one).decode() for one in proof],
            "public_key": self.public_key.to_pem().decode(),
        }

    async def _leaf(self, conn: Any, index: int) -> Leaf:
        row = await queries.leaf(conn, index=index)
        if row is None:
            raise _unknown(index)
        return Leaf(**dict(row))

    async def _within(self, conn: Any, size: int) -> None:
        head = head_of(await queries.head(conn))
        if size > head.frontier.size:
            raise LeafUnknownError(f"日志只有 {head.frontier.size} 条,没有第 {size} 条", hint="先取最新检查点")

    async def _root(self, conn: Any, start: int, end: int) -> bytes:
        digest = self._suite.digest
        return tree.fold(digest, [await self._subtree(conn, *one) for one in tree.subtrees(start, end)])

    async def _subtree(self, conn: Any, height: int, index: int) -> bytes:
        """Root of a perfect subtree, from the leaves or from the kept nodes below it."""
        base = height - height % TILE
        start, stop = index << (height - base), (index + 1) << (height - base)
        if base == 0:
            rows = queries.leaf_hashes(conn, start=start, stop=stop)
        else:
            rows = queries.node_hashes(conn, height=base, start=start, stop=stop)
        hashes = [row["hash"] async for row in rows]
        if len(hashes) != stop - start:
            raise LedgerBrokenError(f"存证日志在第 {start << base} 条之后有缺失", hint="执行 xinshu ledger audit")
        return tree.perfect(self._suite.digest, hashes)


def _unknown(index: int) -> LeafUnknownError:
    return LeafUnknownError(f"存证日志没有第 {index} 条", hint="核对编号")
