"""Sealed files: streaming, and every change, cut, exchange or addition of pieces noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from keys_kit import execute

from xinshu.crypto import SealedFileError, ShreddedError, Vault
from xinshu.crypto.data_keys import DataKey
from xinshu.crypto.sealed_files import open_file, read_header, seal_file

KEYS = {"intl": DataKey(9, "intl", bytes(range(32))), "gm": DataKey(9, "gm", bytes(range(16)))}
PIECE, TAG, HEADER = 64, 16, 45
NAME = "raw/37/abc.sealed"


def sealed_file(folder: Path, data: bytes, suite: str = "intl", name: str = NAME) -> Path:
    source, target = folder / "plain", folder / "sealed"
    source.write_bytes(data)
    seal_file(source, target, name, KEYS[suite], piece=PIECE)
    return target


def opened(path: Path, suite: str = "intl", name: str = NAME) -> bytes:
    target = path.with_name("opened")
    with path.open("rb") as file:
        open_file(file, read_header(file, name), target, name, KEYS[suite])
    return target.read_bytes()


@pytest.mark.parametrize("suite", ["intl", "gm"])
@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 10 * PIECE + 7])
def test_what_was_sealed_is_opened(tmp_path: Path, suite: str, size: int) -> None:
    data = os.urandom(size)
    path = sealed_file(tmp_path, data, suite)
    assert opened(path, suite) == data
    pieces = max(1, -(-size // PIECE))
    assert path.stat().st_size == HEADER + size + pieces * TAG
    assert size < 8 or data not in path.read_bytes()


def test_the_same_file_is_sealed_differently_each_time(tmp_path: Path) -> None:
    data = bytes(200)
    assert sealed_file(tmp_path, data).read_bytes() != sealed_file(tmp_path, data).read_bytes()


def spoilt(raw: bytes) -> dict[str, tuple[bytes, str]]:
    """What may happen to a file of four pieces, and where it is noticed."""
    head, size = raw[:HEADER], PIECE + TAG
    pieces = [raw[HEADER + i * size : HEADER + (i + 1) * size] for i in range(4)]

    def joined(*parts: bytes) -> bytes:
        return head + b"".join(parts)

    altered = bytearray(raw)
    altered[HEADER + size + 5] ^= 1
    salted = bytearray(raw)
    salted[30] ^= 1
    return {
        "a bit": (bytes(altered), "第 2 段"),
        "exchanged": (joined(pieces[1], pieces[0], *pieces[2:]), "第 1 段"),
        "one left out": (joined(pieces[0], *pieces[2:]), "第 2 段"),
        "one twice": (joined(pieces[0], pieces[0], *pieces[1:]), "第 2 段"),
        "the last cut off": (joined(*pieces[:3]), "第 3 段"),
        "cut within a piece": (raw[:-5], "第 4 段"),
        "only the header": (head, "第 1 段"),
        "something behind it": (raw + b"x", "第 4 段"),
        "a piece behind it": (raw + pieces[3], "第 4 段"),
        "another salt": (bytes(salted), "第 1 段"),
        "half a header": (raw[:20], "文件头"),
        "nothing": (b"", "文件头"),
        "another magic": (b"y" + raw[1:], "文件头"),
        "another suite": (raw[:16] + b"x" + raw[17:], "文件头"),
        "the other suite": (raw[:16] + b"g" + raw[17:], "文件头"),
        "a piece without end": (raw[: HEADER - 4] + b"\xff" * 4 + raw[HEADER:], "文件头"),
    }


@pytest.mark.parametrize("what", list(spoilt(bytes(HEADER + 4 * (PIECE + TAG)))))
def test_any_damage_is_noticed_and_named(tmp_path: Path, what: str) -> None:
    path = sealed_file(tmp_path, os.urandom(4 * PIECE))
    raw, where = spoilt(path.read_bytes())[what]
    path.write_bytes(raw)
    with pytest.raises(SealedFileError, match=where) as caught:
        opened(path)
    assert (caught.value.status, caught.value.code) == (503, "sealed_file_damaged")
    assert NAME in caught.value.message and caught.value.hint


def test_a_file_under_another_name_or_key(tmp_path: Path) -> None:
    path = sealed_file(tmp_path, b"content")
    with pytest.raises(SealedFileError):
        opened(path, name="raw/37/other.sealed")
    other = sealed_file(tmp_path, b"content", "gm")
    with pytest.raises(SealedFileError):
        opened(other)


def test_a_vault_has_a_key_for_each_file(vault: Vault, tmp_path: Path, database_url: str) -> None:
    source, target, back = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    source.write_bytes(os.urandom(3_000_000))
    vault.seal_file(source, target, NAME)
    vault.open_file(target, back, NAME)
    assert back.read_bytes() == source.read_bytes()
    vault.seal_file(source, back, "raw/37/other.sealed")
    with target.open("rb") as one, back.open("rb") as two:
        assert read_header(one, NAME).key_id != read_header(two, NAME).key_id
    execute(
        database_url,
        "update data_key set wrapped = null, ref = null, destroyed_at = now(), destroyed_by = 'x', reason = 'x' "
        "where ref = %s",
        vault.file_ref(NAME),
    )
    with pytest.raises(ShreddedError):
        vault.open_file(target, tmp_path / "d", NAME)
    vault.open_file(back, tmp_path / "d", "raw/37/other.sealed")
