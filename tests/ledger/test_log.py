"""The log over a real database: writing, group commit, proofs, receipts, and every way of tampering found and named."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.crypto.suites import suite
from xinshu.ledger import Entry, LeafUnknownError, Ledger, LedgerBrokenError, LedgerUnavailableError, note, with_change
from xinshu.ledger.audit import audit
from xinshu.ledger.receipts import ReceiptError, verify
from xinshu.ledger.tree import leaf_hash, verify_consistency, verify_inclusion
from xinshu.store import Database


class PlainSealer:
    """Nothing here is about sealing."""

    def seal(self, plain: str, aad: bytes) -> str:
        return f"{aad.decode()}|{plain}"

    def open(self, sealed: str, aad: bytes) -> str:
        place, _, plain = sealed.partition("|")
        assert place == aad.decode()
        return plain

    def index(self, value: str, domain: str) -> bytes:
        raise NotImplementedError


ORIGIN = "xinshu/320000"


async def opened(db: Database, clock: FixedClock, folder: Path, suite_name: str = "intl") -> Ledger:
    return await Ledger.open(db, PlainSealer(), clock, suite_name, ORIGIN, folder / "witness.jsonl")  # type: ignore[arg-type]


@pytest.fixture
async def ledger(db: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger whose writer runs."""
    one = await opened(db, clock, tmp_path)
    one.log.start()
    yield one
    await one.log.stop()


def entry(clock: FixedClock, number: int, kind: str = "inquiry") -> Entry:
    return Entry(kind, clock.now(), "client:c-1", "mbank", f"code{number % 7}", {"number": number})


async def fill(ledger: Ledger, clock: FixedClock, count: int) -> None:
    await asyncio.gather(*[ledger.append(entry(clock, number)) for number in range(count)])


async def run(db: Database, sql: str) -> None:
    async with db.acquire() as conn:
        await conn.execute(sql)


async def test_leaves_are_numbered_without_gaps_and_hashed(ledger: Ledger, clock: FixedClock, db: Database) -> None:
    await fill(ledger, clock, 700)
    leaves = await ledger.leaves(size=1000)
    assert [leaf.index for leaf in leaves] == list(range(699, -1, -1))
    digest = suite("intl").digest
    assert all(leaf.hash == leaf_hash(digest, leaf.content.encode()) for leaf in leaves)
    assert sorted(orjson.loads(leaf.content)["about"]["number"] for leaf in leaves) == list(range(700))
    assert (await audit(db, ledger)) == (700, [])


async def test_writers_of_two_processes_share_one_log(db: Database, clock: FixedClock, tmp_path: Path) -> None:
    both = [await opened(db, clock, tmp_path), await opened(db, clock, tmp_path)]
    for one in both:
        one.log.start()
    indexes = await asyncio.gather(*[both[n % 2].append(entry(clock, n)) for n in range(400)])
    assert sorted(indexes) == list(range(400))
    for one in both:
        await one.log.stop()
    assert (await audit(db, both[0])) == (400, [])


async def test_an_entry_beside_its_change_is_there_if_the_change_is(
    ledger: Ledger, clock: FixedClock, db: Database
) -> None:
    async with db.transaction() as conn:
        await with_change(conn, "consent", clock.now(), principal="account:1", subject="code1", digest="00")
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as conn:
            await with_change(conn, "consent", clock.now(), digest="never")
            raise ZeroDivisionError
    for _ in range(200):
        if leaves := await ledger.leaves():
            break
        await asyncio.sleep(0.02)
    assert [orjson.loads(leaf.content)["about"] for leaf in leaves] == [{"digest": "00"}]


async def test_an_entry_that_cannot_be_stored_keeps_no_other_out(
    ledger: Ledger, clock: FixedClock, db: Database
) -> None:
    bad = Entry("inquiry", clock.now(), "client:c-1", "mbank", "code\0", {})
    asked = [entry(clock, 1), bad, entry(clock, 2), bad, entry(clock, 3)]
    answers = await asyncio.gather(*[ledger.append(one) for one in asked], return_exceptions=True)
    assert [isinstance(answer, asyncpg.DataError) for answer in answers] == [False, True, False, True, False]
    assert isinstance((await asyncio.gather(ledger.append(bad), return_exceptions=True))[0], asyncpg.DataError)
    assert await ledger.append(entry(clock, 4)) == 3
    assert await audit(db, ledger) == (4, [])


async def test_nothing_is_promised_when_the_writer_does_not_run(
    db: Database, clock: FixedClock, tmp_path: Path
) -> None:
    ledger = await opened(db, clock, tmp_path)
    with pytest.raises(LedgerUnavailableError):
        await ledger.append(entry(clock, 1))
    ledger.log.start()
    await run(db, "alter table leaf rename to gone")
    with pytest.raises(LedgerUnavailableError) as caught:
        await ledger.append(entry(clock, 1))
    assert caught.value.status == 503
    await run(db, "alter table gone rename to leaf")
    assert await ledger.append(entry(clock, 2)) == 0
    await ledger.log.stop()


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 600])
async def test_every_proof_holds(ledger: Ledger, clock: FixedClock, count: int) -> None:
    await fill(ledger, clock, count)
    state = note.read(await ledger.checkpoint(), ledger.public_key)
    assert (state.size, state.origin) == (count, ORIGIN)
    digest = ledger.suite.digest
    for index in {0, count // 2, count - 1, min(255, count - 1)}:
        leaf = await ledger.leaf(index)
        proof = await ledger.inclusion(index, count)
        assert verify_inclusion(digest, leaf.hash, index, count, proof, state.root)
    await fill(ledger, clock, 40)
    later = note.read(await ledger.checkpoint(), ledger.public_key)
    proof = await ledger.consistency(count, later.size)
    assert verify_consistency(digest, count, later.size, state.root, later.root, proof)


@pytest.mark.parametrize("name", ["intl", "gm"])
async def test_a_receipt_is_verified_offline(db: Database, clock: FixedClock, tmp_path: Path, name: str) -> None:
    ledger = await opened(db, clock, tmp_path, name)
    ledger.log.start()
    await fill(ledger, clock, 300)
    receipt = orjson.loads(orjson.dumps(await ledger.receipt(37)))
    await ledger.log.stop()
    shown = verify(receipt, ledger.public_key)
    assert (shown["index"], shown["leaf"]["kind"], shown["origin"]) == (37, "inquiry", ORIGIN)
    other = suite(name).generate_key().public
    spoilt: list[tuple[dict[str, Any], Any]] = [
        ({**receipt, "leaf": receipt["leaf"].replace("client:c-1", "client:c-2")}, ledger.public_key),
        ({**receipt, "index": 38}, ledger.public_key),
        ({**receipt, "proof": receipt["proof"][:-1]}, ledger.public_key),
        ({**receipt, "proof": [base64.b64encode(bytes(32)).decode(), *receipt["proof"][1:]]}, ledger.public_key),
        ({**receipt, "checkpoint": receipt["checkpoint"].replace("\n300\n", "\n301\n")}, ledger.public_key),
        ({**receipt, "checkpoint": "nonsense"}, ledger.public_key),
        ({**receipt, "proof": ["***"]}, ledger.public_key),
        ({**receipt, "suite": "intl" if name == "gm" else "gm"}, ledger.public_key),
        (receipt, other),
        ({"form": "something else"}, ledger.public_key),
        ("a text", ledger.public_key),  # type: ignore[list-item]
    ]
    for bad, key in spoilt:
        with pytest.raises(XinshuError) as caught:
            verify(bad, key)
        assert caught.value.hint
        assert isinstance(caught.value, ReceiptError | note.NoteError), caught.value


async def test_what_is_not_there_is_refused(ledger: Ledger, clock: FixedClock) -> None:
    await fill(ledger, clock, 3)
    for call in (ledger.leaf(3), ledger.leaf(-1), ledger.inclusion(3, 3), ledger.inclusion(0, 4),
                 ledger.consistency(0, 3), ledger.consistency(2, 9), ledger.receipt(99)):  # fmt: skip
        with pytest.raises(LeafUnknownError):
            await call


async def test_a_checkpoint_is_signed_once_for_one_size(ledger: Ledger, clock: FixedClock) -> None:
    await fill(ledger, clock, 5)
    first = await ledger.checkpoint()
    assert await ledger.checkpoint() == first
    await ledger.append(entry(clock, 9))
    assert await ledger.checkpoint() != first


# how somebody with the database at hand might change what happened → the codes under which the audit names it
TAMPERING = {
    "alter the content": (
        "update leaf set content = replace(content, 'code3', 'code4') where index = 3",
        {"leaf_altered", "node_altered", "head_altered", "checkpoint_differs", "witness_differs"},
    ),
    "alter content and hash": (
        "update leaf set content = replace(content, 'mbank', 'mother'), member_id = 'mother', "
        "hash = sha256('\\x00'::bytea || convert_to(replace(content, 'mbank', 'mother'), 'UTF8')) where index = 3",
        {"node_altered", "head_altered", "checkpoint_differs", "witness_differs"},
    ),
    "alter a column for searching": (
        "update leaf set subject = 'code9' where index = 3", {"columns_altered"},
    ),
    "alter a time": ("update leaf set at = at - interval '1 day' where index = 3", {"columns_altered"}),
    "alter a hash": ("update leaf set hash = sha256('x') where index = 3", {"leaf_altered"}),
    "delete a leaf": ("delete from leaf where index = 100", {"leaf_missing"}),
    "delete the first leaf": ("delete from leaf where index = 0", {"leaf_missing"}),
    "swap two leaves": (
        "update leaf set index = -1 where index = 3; update leaf set index = 3 where index = 4; "
        "update leaf set index = 4 where index = -1",
        {"node_altered", "head_altered", "checkpoint_differs", "witness_differs"},
    ),
    "cut off the end": ("delete from leaf where index >= 290", {"leaves_cut_off", "rolled_back"}),
    "cut off the end and the head": (
        "delete from leaf where index >= 290; update log_head set size = 290",
        {"head_altered", "leaves_cut_off", "rolled_back"},
    ),
    "add a leaf": (
        "insert into leaf select 300, at, kind, principal, member_id, subject, content, hash from leaf where index = 7",
        {"leaves_cut_off"},
    ),
    "alter a node": ("update log_node set hash = sha256('x')", {"node_altered"}),
    "add a node": ("insert into log_node values (16, 0, sha256('x'))", {"node_surplus"}),
    "alter the head": ("update log_head set roots = array_append(roots[2:], sha256('x'))", {"head_altered"}),
    "alter a checkpoint": ("update checkpoint set root = sha256('x')", {"checkpoint_differs"}),
    "alter a note": (
        "update checkpoint set note = replace(note, E'\\n300\\n', E'\\n200\\n')", {"checkpoint_unsigned"},
    ),
    "roll back the database": (
        "delete from leaf where index >= 256; delete from checkpoint; "
        "update log_head set size = 256, roots = (select array_agg(hash) from log_node)",
        {"rolled_back"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERING)
async def test_tampering_is_found_and_named(ledger: Ledger, clock: FixedClock, db: Database, how: str) -> None:
    await fill(ledger, clock, 300)
    await ledger.checkpoint()
    await ledger.log.stop()
    assert (await audit(db, ledger)) == (300, [])
    sql, codes = TAMPERING[how]
    await run(db, sql)
    faults = (await audit(db, ledger))[1]
    assert {fault.code for fault in faults} == codes
    assert all(fault.place and fault.words for fault in faults)


async def test_a_database_rolled_back_is_not_written_on(db: Database, clock: FixedClock, tmp_path: Path) -> None:
    ledger = await opened(db, clock, tmp_path)
    ledger.log.start()
    await fill(ledger, clock, 300)
    await ledger.checkpoint()
    await ledger.log.stop()
    await opened(db, clock, tmp_path)
    await run(db, TAMPERING["roll back the database"][0])
    with pytest.raises(LedgerBrokenError) as caught:
        await opened(db, clock, tmp_path)
    assert "回退" in caught.value.message
    await run(db, "update log_head set size = 300, roots = '{}'")
    with pytest.raises(LedgerBrokenError):
        await opened(db, clock, tmp_path)


async def test_a_witness_line_cut_short_is_passed_over(db: Database, clock: FixedClock, tmp_path: Path) -> None:
    ledger = await opened(db, clock, tmp_path)
    ledger.log.start()
    await fill(ledger, clock, 3)
    await ledger.checkpoint()
    await ledger.log.stop()
    with (tmp_path / "witness.jsonl").open("a") as file:
        file.write('{"note": "cut sho')
    seen = (await opened(db, clock, tmp_path)).witnessed()
    assert seen is not None
    assert seen.size == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a\n1\n\n",
        "o\n1\nAAAA\n\n\u2014 o AAAA\n",
        "o\n-1\nAAAA\n\n\u2014 o ####\n",
        "o\n\n\n\u2014 o AAAAAAAA\n",
    ],
)
def test_texts_that_are_no_checkpoint(text: str) -> None:
    with pytest.raises(note.NoteError):
        note.read(text, suite("intl").generate_key().public)


def test_a_checkpoint_reads_as_it_was_signed(clock: FixedClock) -> None:
    key = suite("intl").generate_key()
    state = note.Checkpoint(ORIGIN, 12, bytes(range(32)), clock.now())
    assert note.read(note.sign(state, ORIGIN, key), key.public) == state
    with pytest.raises(note.NoteError):
        note.read(note.sign(state, ORIGIN, key), suite("intl").generate_key().public)
