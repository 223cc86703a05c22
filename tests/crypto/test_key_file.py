"""The key file: made once, kept to its owner, and every fault named without showing the key."""

from __future__ import annotations

import base64
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xinshu.core.settings import Settings
from xinshu.crypto import Vault, VaultKeyError
from xinshu.crypto.key_file import key_id, load, load_or_create


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault.key"


def test_made_when_absent_and_the_same_afterwards(file: Path) -> None:
    key = load_or_create(file)
    assert len(key) == 32
    assert load_or_create(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [child.name for child in file.parent.iterdir()] == ["vault.key"]


def test_of_many_that_start_at_once_all_have_the_same_key(file: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: load_or_create(file), range(64)))
    assert len(keys) == 1


def test_a_node_keeps_its_key_under_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert Vault.load(settings).key_id == Vault.load(settings).key_id
    assert (tmp_path / "home" / "keys" / "vault.key").is_file()


def _line(key: bytes, name: str | None = None, prefix: str = "xinshu-vault-1") -> str:
    return f"{prefix}:{name or key_id(key)}:{base64.b64encode(key).decode()}\n"


KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "已损坏"),
        ("hello", "已损坏"),
        (_line(KEY, prefix="xinshu-vault-9"), "不是本软件的密钥文件"),
        (_line(KEY)[:-6], "不是 base64|应为 32 字节|不符"),
        (_line(KEY[:16]), "应为 32 字节,实际 16 字节"),
        (_line(KEY, name="00000000"), "与其编号 00000000 不符"),
        ("xinshu-vault-1:aa:%%%%\n", "不是 base64"),
        ("密钥", "无法读取"),
    ],
)
def test_a_damaged_file_is_explained_and_left_alone(file: Path, content: str, says: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(VaultKeyError, match=says) as caught:
        load_or_create(file)
    assert file.read_text() == content
    assert base64.b64encode(KEY).decode()[:20] not in str(caught.value.as_dict())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_open_to_others_is_refused(file: Path, mode: int) -> None:
    load_or_create(file)
    file.chmod(mode)
    with pytest.raises(VaultKeyError, match="权限过宽"):
        load(file)


def test_a_folder_in_its_place_and_a_missing_file(file: Path) -> None:
    with pytest.raises(VaultKeyError, match="无法读取"):
        load(file)
    file.mkdir(parents=True)
    with pytest.raises(VaultKeyError, match="不是普通文件"):
        load_or_create(file)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(VaultKeyError, match=r"无法(写入|读取)"):
        load_or_create(tmp_path / "keys" / "vault.key")


def test_a_full_random_source_is_used_once(file: Path) -> None:
    asked: list[int] = []

    def source(count: int) -> bytes:
        asked.append(count)
        return os.urandom(count)

    load_or_create(file, source)
    load_or_create(file, source)
    assert asked == [32]
