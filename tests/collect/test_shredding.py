"""Lawful deletion: one subject's sealed values become unreadable in every copy, everybody else's stay."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from collect_kit import CITIZEN_NO, Node, code_of, farm, firms, vault_of
from test_sealing import OTHER_CITIZEN, number_of, person, raw_file

from xinshu.collect.model import BatchState
from xinshu.crypto import ShreddedError, Vault
from xinshu.crypto.suites import INTL
from xinshu.subjects.errors import RawFileNeededError, RawFileUnknownError, ShredReasonError, SubjectNotFoundError
from xinshu.subjects.shredding import Shredder

AAD = b"citizen_no"
REASON = "主体退出名录满 5 年"


def shredder(node: Node) -> Shredder:
    return Shredder(node.db, vault_of(node.services.settings), node.clock)


def sealed_in(text: str, field: str = "citizen_no") -> str:
    found = orjson.loads(text)
    value: str = found[0]["data"][field] if isinstance(found, list) else found[field]
    return value


async def subject_of(node: Node, name: str) -> dict[str, Any]:
    (row,) = await node.table("select * from subject where name = $1", name)
    return row


async def test_every_copy_of_one_subject_and_no_other(node: Node) -> None:
    batch = await node.publish([farm(), farm("示例县红枫家庭农场", citizen_no=OTHER_CITIZEN)], "37")
    changed = await node.publish([farm(land_area="200")], "37")
    vault = vault_of(node.services.settings)
    gone, stays = await subject_of(node, "示例县青禾家庭农场"), await subject_of(node, "示例县红枫家庭农场")
    records = await node.table("select * from record where subject_id = $1 order by version", gone["id"])
    assert len(records) == 2

    done = await shredder(node).shred(gone["code"], REASON, "李处")
    assert (done.keys, done.records, done.batches) == (1, 2, (batch.id, changed.id))

    parquet = pq.read_table(raw_file(node, f"item=37/batch={batch.id}/accepted.parquet")).to_pylist()
    copies = [record["payload"] for record in records]
    (holding,) = await node.table("select * from holding where subject_id = $1", gone["id"])
    unreadable = [
        *map(sealed_in, copies),
        sealed_in(holding["document"]),
        gone["citizen_sealed"],
        parquet[0]["citizen_no"],
    ]
    for other_process in (vault, vault_of(node.services.settings)):
        for sealed in unreadable:
            with pytest.raises(ShreddedError) as caught:
                other_process.open(sealed, AAD)
            assert (caught.value.code, caught.value.status) == ("sealed_value_shredded", 410)
    assert vault.open(stays["citizen_sealed"], AAD) == OTHER_CITIZEN
    assert vault.open(parquet[1]["citizen_no"], AAD) == OTHER_CITIZEN

    after = await subject_of(node, "示例县青禾家庭农场")
    assert after["citizen_index"] is None and after["code"] == gone["code"]
    assert sealed_in(holding["masked"]) == "***"
    masked = await node.table("select masked from record where subject_id = $1", gone["id"])
    assert {sealed_in(row["masked"]) for row in masked} == {"***"}
    (other,) = await node.table("select masked from record where subject_id = $1", stays["id"])
    assert sealed_in(other["masked"]) == "1101**********0015"

    (key,) = await node.table("select * from data_key where destroyed_at is not null")
    assert (key["wrapped"], key["ref"], key["destroyed_by"], key["reason"]) == (None, None, "李处", REASON)
    again = await shredder(node).shred(gone["code"], REASON, "李处")
    assert (again.keys, again.records) == (0, 0)


async def test_a_new_batch_about_the_subject_makes_a_new_key(node: Node) -> None:
    await node.publish(firms(2))
    await node.publish([person(1), person(2)], "4")
    vault = vault_of(node.services.settings)
    sql = (
        "select r.* from record r join subject s on s.id = r.subject_id where r.item = '4' and s.code = $1 "
        "order by version"
    )
    (old,) = await node.table(sql, code_of(1))
    (other,) = await node.table(sql, code_of(2))
    assert (await shredder(node).shred(code_of(1), REASON, "李处")).keys == 1
    # The same content again: it would be "unchanged" and stay unreadable, had the record kept its digest.
    again = await node.publish([person(1), person(2)], "4", batch_no="again")
    assert (again.counts.changed, again.counts.unchanged) == (1, 1)
    first, second = await node.table(sql, code_of(1))
    assert (first["payload"], first["state"]) == (old["payload"], "superseded")
    assert number_of(sealed_in(second["payload"])) != number_of(sealed_in(old["payload"]))
    assert vault.open(sealed_in(second["payload"]), AAD) == CITIZEN_NO
    assert vault.open(sealed_in(other["payload"]), AAD) == CITIZEN_NO
    with pytest.raises(ShreddedError):
        vault.open(sealed_in(old["payload"]), AAD)


async def test_rows_set_aside_are_shredded_with_their_subject(node: Node) -> None:
    await node.publish(firms(2))
    bad = [person(serial, "110105194912310021", person_name="张远") for serial in (1, 2)]
    good = [person(serial, role=role) for serial in (1, 2) for role in ("01", "02", "03", "04", "05")]
    batch = await node.send([*good, *bad], "4")
    assert batch.state is BatchState.PUBLISHED, (batch.held_for, batch.reasons)
    assert len(await node.aside(batch)) == 2
    await shredder(node).shred(code_of(1), REASON, "李处")
    shown = await node.aside(batch)
    assert [(row.state, row.original == "") for row in shown] == [("shredded", True), ("quarantined", False)]
    feedback = node.services.settings.home / "feedback.csv"
    assert await node.collect.feedback(batch.id, feedback) == 1
    aside = await node.table("select row_no, original from quarantine order by row_no")
    vault = vault_of(node.services.settings)
    with pytest.raises(ShreddedError):
        vault.open(orjson.loads(aside[0]["original"])["sealed"], b"quarantine")
    assert "110105194912310021" in vault.open(orjson.loads(aside[1]["original"])["sealed"], b"quarantine")


async def test_a_text_that_looks_like_anothers_sealed_value_destroys_nothing(node: Node) -> None:
    """A sender cannot have another's key destroyed by writing its number into a field of its own."""
    await node.publish([farm(), farm("示例县红枫家庭农场", citizen_no=OTHER_CITIZEN)], "37")
    gone, stays = await subject_of(node, "示例县青禾家庭农场"), await subject_of(node, "示例县红枫家庭农场")
    await node.publish([farm(operator_name=stays["citizen_sealed"][:50], address=stays["citizen_sealed"])], "37")
    assert (await shredder(node).shred(gone["code"], REASON, "李处")).keys == 1
    assert vault_of(node.services.settings).open(stays["citizen_sealed"], AAD) == OTHER_CITIZEN


def first_form(vault: Vault, key: bytes, plain: str) -> str:
    """As the first release sealed it."""
    import base64

    nonce = bytes(12)
    return (
        "s1:e5c11724:"
        + base64.b64encode(nonce + INTL.encrypt(key, nonce, plain.encode(), b"s1:e5c11724:" + AAD)).decode()
    )


async def test_values_of_the_first_release_are_overwritten(node: Node) -> None:
    """They had one key for all, which cannot be destroyed for one."""
    import base64

    keys = node.services.settings.home / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    master = bytes(range(32))
    (keys / "vault.key").write_text(f"xinshu-vault-1:e5c11724:{base64.b64encode(master).decode()}\n")
    (keys / "vault.key").chmod(0o600)
    await node.publish([farm(), farm("示例县红枫家庭农场", citizen_no=OTHER_CITIZEN)], "37")
    vault = vault_of(node.services.settings)
    gone, stays = await subject_of(node, "示例县青禾家庭农场"), await subject_of(node, "示例县红枫家庭农场")
    seal_key = INTL.derive(master, b"xinshu/vault/seal/1", 32)
    for subject, plain in ((gone, CITIZEN_NO), (stays, OTHER_CITIZEN)):
        old = first_form(vault, seal_key, plain)
        assert vault.open(old, AAD) == plain
        for table, column in (("record", "payload"), ("holding", "document")):
            await node.table(
                f"update {table} set {column} = replace({column}, $1, $2) where subject_id = $3",
                subject["citizen_sealed"], old, subject["id"],
            )  # fmt: skip
        await node.table("update subject set citizen_sealed = $1 where id = $2", old, subject["id"])
    await shredder(node).shred(gone["code"], REASON, "李处")
    (record,) = await node.table("select payload from record where subject_id = $1", gone["id"])
    (holding,) = await node.table("select document from holding where subject_id = $1", gone["id"])
    after = await subject_of(node, "示例县青禾家庭农场")
    for sealed in (sealed_in(record["payload"]), sealed_in(holding["document"]), after["citizen_sealed"]):
        with pytest.raises(ShreddedError):
            vault.open(sealed, AAD)
    (other,) = await node.table("select payload from record where subject_id = $1", stays["id"])
    assert vault.open(sealed_in(other["payload"]), AAD) == OTHER_CITIZEN


async def test_a_registered_household(node: Node) -> None:
    async with node.db.transaction() as conn:
        done = await node.services.subjects.register_farm_household(
            conn, citizen_no=CITIZEN_NO, name="张三", division="320115"
        )
    code = done.subject.code or ""
    assert (await shredder(node).shred(f" {code.lower()} ", REASON, "李处")).keys == 1
    (row,) = await node.table("select * from subject")
    assert row["citizen_index"] is None
    with pytest.raises(ShreddedError):
        vault_of(node.services.settings).open(row["citizen_sealed"], code.encode())
    async with node.db.transaction() as conn:
        again = await node.services.subjects.register_farm_household(
            conn, citizen_no=CITIZEN_NO, name="张三", division="320115"
        )
    assert again.created and again.subject.code != code


async def test_it_waits_for_publications_under_way(node: Node) -> None:
    """A batch sealed before and published meanwhile is destroyed with the rest."""
    await node.publish([farm()], "37")
    gone = await subject_of(node, "示例县青禾家庭农场")
    waiting: list[asyncio.Task[Any]] = []

    async def begin(state: BatchState) -> None:
        if state is BatchState.COMPARED:
            waiting.append(asyncio.create_task(shredder(node).shred(gone["code"], REASON, "李处")))
            await asyncio.sleep(0.3)

    batch = await node.receive([farm(land_area="200")], "37")
    assert (await node.collect.process(batch.id, begin)).state is BatchState.PUBLISHED
    done = await waiting[0]
    assert (done.keys, done.records, done.batches[-1]) == (1, 2, batch.id)


async def test_the_raw_file_of_a_batch(node: Node) -> None:
    batch = await node.receive([farm()], "37")
    with pytest.raises(RawFileNeededError, match="还要读取"):
        await shredder(node).shred_file(batch.id, REASON, "李处")
    await node.collect.process(batch.id)
    assert await shredder(node).shred_file(batch.id, REASON, "李处") == 1
    assert await shredder(node).shred_file(batch.id, REASON, "李处") == 0
    vault = vault_of(node.services.settings)
    with pytest.raises(ShreddedError):
        vault.open_file(raw_file(node, batch.raw_path), node.services.settings.home / "x", batch.raw_path)
    assert vault.open((await subject_of(node, "示例县青禾家庭农场"))["citizen_sealed"], AAD) == CITIZEN_NO
    clear = await node.publish(firms(1))
    with pytest.raises(RawFileNeededError, match="没有封存"):
        await shredder(node).shred_file(clear.id, REASON, "李处")
    with pytest.raises(RawFileUnknownError):
        await shredder(node).shred_file(999, REASON, "李处")


@pytest.mark.parametrize("reason", ["", " ", "a", "字" * 501])
async def test_a_reason_is_stated(node: Node, reason: str) -> None:
    with pytest.raises(ShredReasonError):
        await shredder(node).shred("ZN320115000000001C", reason, "李处")


@pytest.mark.parametrize("code", ["", "ZN320115000000001C", "' or true --"])
async def test_a_subject_that_is_not_there(node: Node, code: str) -> None:
    with pytest.raises(SubjectNotFoundError):
        await shredder(node).shred(code, REASON, "李处")
