"""What a batch seals: which data keys, raw files encrypted and read back, damage that loses nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from collect_kit import CITIZEN_NO, Node, code_of, farm, firms, penalties, vault_of

from xinshu.collect.model import BatchState
from xinshu.core.errors import UnavailableError
from xinshu.crypto import SealedFileError

OTHER_CITIZEN = "110101199001010015"


def person(serial: int, number: str = CITIZEN_NO, **values: Any) -> dict[str, Any]:
    """A row of item 4 about `firm(serial)`."""
    row = {
        "uscc": code_of(serial), "subject_name": f"示例市第{serial}号机械有限公司", "role": "01",
        "person_name": "李明远", "id_document_type": "111", "citizen_no": number, "appointed_date": "2024-03-01",
        "approved_date": "2024-03-05",
    }  # fmt: skip
    return row | values


def raw_file(node: Node, path: str) -> Path:
    return node.services.settings.home / "lake" / path


async def sealed_of(node: Node, name: str) -> dict[str, str]:
    """Subject → sealed value of the field in its current records."""
    rows = await node.table("select s.name, r.payload from record r join subject s on s.id = r.subject_id")
    return {row["name"]: value for row in rows if (value := orjson.loads(row["payload"]).get(name))}


def number_of(sealed: str) -> str:
    return sealed.split(":")[2]


async def test_a_subject_keeps_its_data_key_over_batches(node: Node) -> None:
    await node.publish([farm(), farm("示例县红枫家庭农场", citizen_no=OTHER_CITIZEN)], "37")
    before = await sealed_of(node, "citizen_no")
    assert len({number_of(text) for text in before.values()}) == 2
    await node.publish([farm(land_area="200")], "37")
    after = await node.table("select payload from record where version = 2")
    assert number_of(orjson.loads(after[0]["payload"])["citizen_no"]) == number_of(before["示例县青禾家庭农场"])
    vault = vault_of(node.services.settings)
    assert vault.open(before["示例县红枫家庭农场"], b"citizen_no") == OTHER_CITIZEN
    (subject,) = await node.table("select citizen_sealed from subject where name = '示例县青禾家庭农场'")
    assert vault.open(subject["citizen_sealed"], b"citizen_no") == CITIZEN_NO


async def test_rows_of_one_code_share_a_key_with_their_rows_set_aside(node: Node) -> None:
    await node.publish(firms(3))
    bad = person(2, "110105194912310021", person_name="张远")  # wrong check character
    rows = [person(1), person(1, OTHER_CITIZEN, person_name="王平"), person(2), bad, person(3), person(3, role="02")]
    batch = await node.send(rows, "4")
    assert batch.state is BatchState.PUBLISHED, (batch.held_for, batch.error, batch.reasons)
    assert batch.counts.quarantined == 1, batch.reasons
    payloads = await node.table(
        "select s.code, r.payload from record r join subject s on s.id = r.subject_id where r.item = '4'"
    )
    keys = {(row["code"], number_of(orjson.loads(row["payload"])["citizen_no"])) for row in payloads}
    assert len(payloads) == 5 and len(keys) == 3
    (aside,) = await node.table("select original from quarantine")
    assert (code_of(2), number_of(orjson.loads(aside["original"])["sealed"])) in keys
    (row,) = await node.aside(batch)
    assert row.original[5] == "110105194912310021"


async def test_raw_files_with_personal_information_are_encrypted(node: Node) -> None:
    batch = await node.receive([farm()], "37")
    assert batch.raw_path == f"raw/37/{batch.file_sha256}.sealed"
    kept = raw_file(node, batch.raw_path).read_bytes()
    assert CITIZEN_NO.encode() not in kept and "周明禾".encode() not in kept
    assert (await node.collect.process(batch.id)).state is BatchState.PUBLISHED
    assert (await node.receive([farm()], "37")).id == batch.id  # the same file is the same batch
    work = node.services.settings.home / "work"
    assert [path for path in work.rglob("*") if path.is_file()] == []
    open_one = await node.receive(penalties(1), "8")
    assert not open_one.raw_path.endswith(".sealed")
    assert "罚款".encode() in raw_file(node, open_one.raw_path).read_bytes()


async def test_a_raw_file_received_in_clear_is_still_read(node: Node) -> None:
    """As an earlier release kept it."""
    batch = await node.receive([farm()], "37")
    sealed = raw_file(node, batch.raw_path)
    clear = sealed.with_suffix("")
    vault_of(node.services.settings).open_file(sealed, clear, batch.raw_path)
    sealed.unlink()
    await node.table("update batch set raw_path = $1 where id = $2", batch.raw_path.removesuffix(".sealed"), batch.id)
    assert (await node.collect.process(batch.id)).counts.new == 1


async def test_a_damaged_raw_file_is_a_clear_error_and_loses_nothing(node: Node) -> None:
    batch = await node.receive([farm()], "37")
    path = raw_file(node, batch.raw_path)
    good = path.read_bytes()
    path.write_bytes(good[:-3] + bytes([good[-3] ^ 1]) + good[-2:])
    with pytest.raises(SealedFileError) as caught:
        await node.collect.process(batch.id)
    assert (caught.value.status, caught.value.code) == (503, "sealed_file_damaged")
    assert "第 1 段" in caught.value.message and batch.raw_path in caught.value.message
    assert (await node.collect.get(batch.id)).state is BatchState.RECEIVED
    assert await node.records("37") == []
    path.write_bytes(good)
    assert (await node.collect.process(batch.id)).counts.new == 1


async def test_keys_destroyed_between_sealing_and_publication(node: Node) -> None:
    """What was sealed may be unreadable: the batch stays and is sealed anew."""
    batch = await node.receive([farm()], "37")

    async def destroy(state: BatchState) -> None:
        if state is BatchState.CHECKED:
            await node.table(
                "update data_key set wrapped = null, ref = null, destroyed_at = now(), destroyed_by = 'x', "
                "reason = 'x' where id = (select max(id) from data_key where wrapped is not null) returning id"
            )

    with pytest.raises(UnavailableError) as caught:
        await node.collect.process(batch.id, destroy)
    assert caught.value.code == "keys_destroyed_meanwhile"
    assert await node.records("37") == []
    assert (await node.collect.process(batch.id)).counts.new == 1
    (sealed,) = (await sealed_of(node, "citizen_no")).values()
    assert vault_of(node.services.settings).open(sealed, b"citizen_no") == CITIZEN_NO
